import { listOf } from '../../text/lists.js';
import type { Cause, Reproduction, Values } from './entry.js';

interface Advice {
  readonly lead: string;
  readonly items?: readonly string[];
}

const OTHER = 'use a mail catcher that has STARTTLS, such as Mailpit';
const CERTIFICATE = 'The certificate must be for the name that the gate connects to, and its issuer must be in `ca`.';

/** How to test a mail server for tests with TLS, in the terms of its documentation. */
const CATCHERS = {
  GreenMail: {
    lead: 'Test the SMTPS port of GreenMail (3465 in its standalone image) with `transport: implicit`: GreenMail has no STARTTLS.',
    items: [
      'Its own certificate is self-signed. Set `greenmail.tls.keystore.file` to one for the name that the gate connects to, and add its issuer to `ca`.',
      `Or ${OTHER}.`,
    ],
  },
  Mailpit: {
    lead: 'Start Mailpit with `--smtp-tls-cert FILE --smtp-tls-key FILE` (`MP_SMTP_TLS_CERT`, `MP_SMTP_TLS_KEY`): it offers STARTTLS only with a certificate.',
    items: [CERTIFICATE],
  },
  Inbucket: {
    lead: 'Start Inbucket with `INBUCKET_SMTP_TLSENABLED=true`, `INBUCKET_SMTP_TLSCERT` and `INBUCKET_SMTP_TLSPRIVKEY`: without them, it does not offer STARTTLS.',
    items: [CERTIFICATE],
  },
  smtp4dev: {
    lead: 'Start smtp4dev with `--tlsmode=StartTls` (`ServerOptions__TlsMode=StartTls`): by default, it has no TLS.',
    items: [`Its own certificate is self-signed; \`--tlscertificate\` sets another one. ${CERTIFICATE}`],
  },
  aiosmtpd: {
    lead: 'Start aiosmtpd with `--tlscert FILE --tlskey FILE`, or give its controller a `tls_context`: without a certificate, it does not offer STARTTLS.',
    items: [CERTIFICATE],
  },
  MailHog: { lead: `Replace MailHog, which has no TLS: ${OTHER} (it has the same default ports).` },
  MailCatcher: {
    lead: `Replace MailCatcher, which has no TLS: ${OTHER}.`,
    items: ['If it is different software with EventMachine, set the parameter `starttls` of its SMTP server.'],
  },
  Dumbster: { lead: `Replace Dumbster, which has no TLS: ${OTHER}.` },
  "Python's smtpd": {
    lead: "Replace the server, which uses Python's module smtpd: it has no TLS. For tests in Python, use aiosmtpd with a certificate.",
  },
} as const satisfies Readonly<Record<string, Advice>>;

/** A mail server for tests whose greeting names it. */
export type MailCatcher = keyof typeof CATCHERS;

export const CATCHER_EVIDENCE = { software: 'the test mail server that the greeting names' };

function adviceFor(name: string): Advice {
  return Object.hasOwn(CATCHERS, name) ? CATCHERS[name as MailCatcher] : { lead: `Enable TLS in ${name}.` };
}

/** The cause of a server for tests that the workflow itself runs, so that nobody else has to change something. */
export const withoutTls = (reproduce: Reproduction) =>
  ({
    title: 'Test mail server without STARTTLS',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ software = 'the server' }: Values) => {
      const { lead, items = [] } = adviceFor(software);
      return listOf(lead, items);
    },
    reproduce,
  }) as const satisfies Cause;

export const AUTH_OF_CATCHER = {
  title: 'Test mail server offers AUTH before TLS',
  party: 'configuration',
  certainty: 'likely',
  remedy: ({ software = 'this server' }: Values) =>
    `Use only test credentials with ${software}: clients may send them unencrypted. Do not use the credentials of a real account there.`,
} as const satisfies Cause;
