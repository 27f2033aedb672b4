import 'reflect-metadata';
import type { TLSSocketOptions } from 'node:tls';
import { AuthorityInfoAccessExtension, CRLDistributionPointsExtension } from '@peculiar/x509';
import type { FindingCode } from '../../../src/findings/codes.js';
import type { Identity, Pki } from '../../../src/servers/pki.js';
import type { Act } from '../dialogue.js';
import { HOSTILE } from '../hostile.js';
import { secretForms } from '../secret-forms.js';
import { AS_GOOD, reply, stoppedAt, type Entry, type Means } from './entry.js';
import { QUIT, STAGES, codeOf, goesOn, serverAt, type Stage } from './stages.js';

/*
 * Runner commands and markup in every field that a server or a certificate controls, and the credentials repeated in
 * every form.
 */

/** One line each, because a reply ends with its line. */
const LINES = [...HOSTILE, '##[add-path]/pwned', '::add-path::/pwned', '::stop-commands::pwned', '::pwned::']
  .flatMap((text) => text.split(/\r?\n/))
  .filter((line) => line !== '');

/** The refusal at each stage. */
const REFUSALS: Readonly<Record<string, readonly [code: string, found: FindingCode]>> = {
  'the greeting': ['554', 'greeting-rejected'],
  EHLO: ['550', 'ehlo-rejected'],
  STARTTLS: ['554', 'starttls-refused'],
  'EHLO in TLS': ['550', 'ehlo-after-tls-rejected'],
  AUTH: ['535', 'auth-rejected'],
  MAIL: ['550', 'sender-rejected'],
  RCPT: ['550', 'recipient-rejected'],
  DATA: ['554', 'message-rejected'],
  'the end of data': ['554', 'message-rejected'],
};

/** The stages at which the server has the credentials. */
const KNOWS_CREDENTIALS = ['AUTH', 'MAIL', 'RCPT', 'DATA', 'the end of data'];

function said(stage: Stage, means: Means, what: string, lines: readonly string[]): Entry[] {
  const [code, found] = REFUSALS[stage.name] ?? [];
  const acts: readonly Act[] = [...lines.map((line) => `${codeOf(stage)}-${line}`), ...stage.good];
  const refusal: Entry[] =
    code === undefined || found === undefined
      ? []
      : [
          {
            name: `${stage.name}: rejects with ${what}`,
            server: serverAt(stage, means, reply(code, ...lines)),
            ...stoppedAt(stage.step, 'f', found),
          },
        ];
  return [
    ...refusal,
    {
      name: `${stage.name}: accepts with ${what}`,
      server: serverAt(stage, means, [...acts, ...goesOn(stage)]),
      ...AS_GOOD,
    },
  ];
}

/** Lines that are not replies, with their meaning to others. */
const NO_REPLIES: readonly (readonly [what: string, line: string])[] = [
  ['a runner command', '::error::pwned'],
  ['an old runner command', 'text ##[add-path]/pwned'],
  ['a script', '<script>pwned</script>'],
  ['a terminal command', '\x1b]0;pwned\x07'],
  ['a right-to-left reply', '\u202e220 pwned'],
];

function malformed(means: Means): Entry[] {
  return NO_REPLIES.flatMap(([what, line]) =>
    STAGES.map((stage) => ({
      name: `${stage.name}: sends ${what}`,
      server: serverAt(stage, means, [line]),
      ...stoppedAt(stage.step, 'f', 'protocol-error'),
    })),
  );
}

/** A failure that is reported in the mechanism, as JSON (RFC 7628 section 3.2.2). */
function saslFailure({ tls, password }: Means): Entry {
  const told = {
    status: '401',
    '::error::pwned': '##[error]pwned',
    scope: `<script>${password}</script>\r\n::error::pwned`,
  };
  return {
    name: 'AUTH XOAUTH2: reports a failure with markup and the token',
    server: {
      tls,
      offersInTls: ['AUTH XOAUTH2'],
      sasl: {
        *XOAUTH2() {
          yield Buffer.from(JSON.stringify(told)).toString('base64');
          return '535 5.7.8 ::error::pwned';
        },
      },
    },
    accessToken: true,
    ...stoppedAt(3, 'f', 'auth-rejected'),
  };
}

/** Texts that are valid in any field of a certificate. */
const IN_CERTIFICATES: readonly (readonly [what: string, text: string])[] = [
  ['a runner command', '::error::pwned'],
  ['an old runner command', 'text ##[add-path]/pwned'],
  ['a script', '</code></pre><script>pwned</script>'],
  ['a link and a mention', '[pwned](https://evil.example) @octocat'],
  ['control characters', '\x1b[2J\x07\r\n::error::pwned\0'],
];

/** Certificates with such a text in every text field. */
export async function hostileCertificates(
  createPki: (name: string) => Promise<Pki>,
  pki: Pki,
  good: { readonly names: readonly string[]; readonly addresses: readonly string[] },
): Promise<Entry[]> {
  const entries = IN_CERTIFICATES.map(async ([what, text]): Promise<Entry[]> => {
    const further = [
      new AuthorityInfoAccessExtension({ caIssuers: `http://ca.example.test/${text}`, ocsp: text }),
      new CRLDistributionPointsExtension([text, `http://crl.example.test/${text}`]),
    ];
    const names = [...good.names, text];
    const fields = { commonName: text.slice(0, 64), further };
    const stranger = await createPki(text);
    const [trusted, misnamed, alone, untrusted] = await Promise.all([
      pki.issue({ ...fields, names, addresses: good.addresses }),
      pki.issue({ ...fields, names: [text] }),
      pki.issue({ ...fields, names, addresses: good.addresses, sends: [] }),
      stranger.issue({ ...fields, names, addresses: good.addresses }),
    ]);
    return [
      { name: `a certificate with ${what} in it`, server: { tls: served(trusted) }, ...AS_GOOD },
      {
        name: `a certificate for ${what}`,
        server: { tls: served(misnamed) },
        ...stoppedAt(2, 'f', 'certificate-hostname-mismatch'),
      },
      {
        name: `a certificate with ${what} in it, alone`,
        server: { tls: served(alone) },
        ...stoppedAt(2, 'f', 'certificate-chain-incomplete'),
      },
      {
        name: `a certificate with ${what} in it, of an authority with that name`,
        server: { tls: served(untrusted) },
        ...stoppedAt(2, 'f', 'certificate-untrusted'),
      },
    ];
  });
  return (await Promise.all(entries)).flat();
}

function served({ key, chain }: Identity): TLSSocketOptions {
  return { key, cert: chain };
}

export function markup(means: Means): Entry[] {
  const echoes = secretForms(means.password, means.username).map((form) => `you said ${form}.`);
  return [
    ...[...STAGES, QUIT].flatMap((stage) => said(stage, means, 'commands and markup', LINES)),
    ...[...STAGES, QUIT]
      .filter((stage) => stage === QUIT || KNOWS_CREDENTIALS.includes(stage.name))
      .flatMap((stage) => said(stage, means, 'the credentials', echoes)),
    ...malformed(means),
    saslFailure(means),
    {
      name: 'mechanisms and keywords with markup',
      server: {
        tls: means.tls,
        offers: ['STARTTLS', ...LINES],
        offersInTls: ['AUTH ::error::pwned ##[error]pwned <script>pwned</script> PLAIN', ...LINES],
      },
      ...AS_GOOD,
    },
    {
      name: 'only markup as mechanisms',
      server: { tls: means.tls, offersInTls: ['AUTH ::error::pwned ##[error]pwned <script>pwned</script>'] },
      ...stoppedAt(3, 'f', 'auth-mechanism-unavailable'),
    },
    {
      name: 'markup instead of STARTTLS',
      server: { offers: LINES, replies: { STARTTLS: reply('502', ...LINES) } },
      ...stoppedAt(0, 'f', 'starttls-not-advertised'),
    },
  ];
}
