import { createPki, type Pki } from '../../../src/servers/pki.js';
import { textResolver } from '../../../src/net/txt.js';
import type { RequiredVerdicts } from '../../../src/plan/endpoint.js';
import { signed, signingKey } from '../../support/dkim.js';
import { USER, startEmbedded, type Embedded } from '../../support/embedded.js';
import { codes, gate, letters, WITHOUT_PAUSES } from '../../support/gate.js';
import { HOSTILE } from '../../support/hostile.js';
import { SERVFAIL, SILENCE, startNameServer, type NameServer } from '../../support/name-server.js';

/** What a delivered message proves: for each finding, a server that causes it and a similar one that does not. */

let pki: Pki;
let names: NameServer;
const key = signingKey();
const DOMAIN = USER.username.replace(/^.*@/, '');

beforeAll(async () => {
  pki = await createPki('Proof');
  names = await startNameServer({
    [`gate._domainkey.${DOMAIN}`]: key.record,
    [`cut._domainkey.${DOMAIN}`]: key.record.slice(0, 255),
    [`revoked._domainkey.${DOMAIN}`]: 'v=DKIM1; p=',
    [`typed._domainkey.${DOMAIN}`]: key.record.replace('k=rsa', 'k=rsa-sha256'),
    [`broken._domainkey.${DOMAIN}`]: SERVFAIL,
    [`silent._domainkey.${DOMAIN}`]: SILENCE,
    [`commands._domainkey.${DOMAIN}`]: HOSTILE.slice(0, 12).join(''),
    [`markup._domainkey.${DOMAIN}`]: HOSTILE.slice(12).join(''),
    [`tags._domainkey.${DOMAIN}`]: `v=DKIM1; k=rsa; n=${HOSTILE[0]}; p=${HOSTILE.slice(7, 15).join('')}`,
  });
});
afterAll(async () => {
  await names[Symbol.asyncDispose]();
});

/** Runs the gate against a server that changes the message before it delivers it. */
async function deliver(alter: (message: string) => string, verdicts?: RequiredVerdicts, isProxied?: true) {
  await using server: Embedded = await startEmbedded({
    pki,
    alter: (raw) => Buffer.from(alter(raw.toString())),
  });
  const endpoint = server.endpoint();
  const { delivery } = endpoint;
  if (!delivery) throw new Error('no delivery');
  const { report } = await gate(
    {
      ...endpoint,
      timeoutMs: 5000,
      delivery: { ...delivery, ...(verdicts && { verdicts }), ...(isProxied && { isProxied }) },
    },
    { txt: textResolver([names.address]), ...WITHOUT_PAUSES },
  );
  expect(server.mailbox.messages).toEqual([]);
  const findings = report.steps.flatMap((step) => step.findings);
  return { outcome: [letters(report.steps), codes(report.steps)], findings, tls: report.tls };
}

const trace = (replace: string) => (message: string) =>
  message.replace(/ with ESMTPSA /, ` (Postfix) with ${replace} `);

/** What a server behind a proxy writes, which forwards EHLO and terminates TLS. */
const behindProxy = (client: string) => (message: string) =>
  trace('ESMTP')(message).replace(/^Received: from \S+/, `Received: from gate.example.test (proxy [${client}])`);

describe('the Received field of the hop that accepted the message', () => {
  test.each<[string, (message: string) => string, string, string[]]>([
    ['says that TLS was used', (message) => message, 'ppppp', []],
    ['says that TLS was not used', trace('ESMTPA'), 'ppppf', ['delivery-hop-unencrypted']],
    ['names the correct version', trace('ESMTPA (version=TLS1_3)'), 'ppppp', []],
    ['names a different version', trace('ESMTPSA (version=TLS1_2)'), 'ppppw', ['delivery-hop-mismatch']],
    ['names a different cipher', trace('ESMTPSA (cipher=DHE-RSA-AES128-SHA256)'), 'ppppw', ['delivery-hop-mismatch']],
    ['does not name a protocol', (message) => message.replace(/ with ESMTPSA/, ''), 'ppppp', ['delivery-hop-unproved']],
    ['names SMTP', trace('SMTP'), 'ppppp', ['delivery-hop-unproved']],
    [
      'names ESMTP but not the software',
      (message) => message.replace(/ESMTPSA/, 'ESMTP'),
      'ppppp',
      ['delivery-hop-unproved'],
    ],
    ['says in a comment that TLS was not used', trace('ESMTP (TLS: none)'), 'ppppf', ['delivery-hop-unencrypted']],
    ['is missing', (message) => message.replace(/^.*\r\n .*\r\n/, ''), 'ppppp', ['delivery-hop-unproved']],
    [
      'is below a Received field of localhost',
      (message) => `Received: from localhost ([127.0.0.1]) by mail with ESMTP id 1;\r\n\tMon\r\n${message}`,
      'ppppp',
      [],
    ],
    [
      'is below a Received field of localhost, and says that TLS was not used',
      (message) => `Received: from localhost by mail with ESMTPS id 1;\r\n\tMon\r\n${trace('ESMTP')(message)}`,
      'ppppf',
      ['delivery-hop-unencrypted'],
    ],
  ])('%s', async (_, alter, steps, found) => {
    expect((await deliver(alter)).outcome).toEqual([steps, found]);
  });

  test.each<[string, true | undefined, string, string[]]>([
    ['10.0.0.2', undefined, 'ppppw', ['warning']],
    ['10.0.0.2', true, 'ppppp', ['notice']],
    ['192.0.2.7', true, 'ppppf', ['error']],
  ])('says that a proxy at %s sent the message without TLS; declared: %s', async (client, isProxied, steps, found) => {
    const { outcome, findings } = await deliver(behindProxy(client), undefined, isProxied);
    expect(outcome).toEqual([steps, ['delivery-hop-unencrypted']]);
    expect(findings.map(({ severity }) => severity)).toEqual(found);
  });

  test('is compared with the session in the report', async () => {
    const { findings, tls } = await deliver(trace('ESMTPSA (version=TLS1_2 cipher=AES128-GCM-SHA256)'));
    expect(findings).toMatchObject([
      { code: 'delivery-hop-mismatch', evidence: { expected: `${tls?.version} ${tls?.cipher}` } },
    ]);
  });
});

const OWN = 'mx.example.test';
const says =
  (results: string, id = OWN) =>
  (message: string) =>
    `Authentication-Results: ${id};\r\n\t${results}\r\n${message}`;
const SPF = { authservId: OWN, spf: 'pass' } as const;
const DMARC = { authservId: OWN, dmarc: 'pass' } as const;
const BOTH = { ...SPF, ...DMARC } as const;
const MISMATCH = ['delivery-verdict-mismatch'];
const MISSING = ['delivery-verdict-missing'];

describe("the receiver's result", () => {
  test.each<[string, (message: string) => string, RequiredVerdicts, string, string[]]>([
    ['is the required one', says(`spf=pass smtp.mailfrom=${DOMAIN}; dmarc=pass`), { ...SPF, ...DMARC }, 'ppppp', []],
    ['is a failure, which is required', says('spf=fail'), { ...SPF, spf: 'fail' }, 'ppppp', []],
    ['is an SPF failure', says('spf=fail; dmarc=pass'), SPF, 'ppppf', MISMATCH],
    ['is a DMARC failure', says('spf=pass; dmarc=fail'), DMARC, 'ppppf', MISMATCH],
    [
      'is an SPF failure and a DMARC failure',
      says('spf=softfail; dmarc=fail'),
      { ...SPF, ...DMARC },
      'ppppf',
      [...MISMATCH, ...MISMATCH],
    ],
    ['is a temporary error', says('spf=temperror'), SPF, 'ppppi', MISMATCH],
    [
      'is for the sender and for the EHLO name',
      says(`spf=fail smtp.helo=a; spf=pass smtp.mailfrom=${DOMAIN}`),
      SPF,
      'ppppp',
      [],
    ],
    [
      'is for the sender of the message',
      says(`spf=pass smtp.mailfrom=<x@${DOMAIN}>; dmarc=pass header.from=${DOMAIN}`),
      BOTH,
      'ppppp',
      [],
    ],
    ['is for the domain in capitals', says(`dmarc=pass header.from=${DOMAIN.toUpperCase()}.`), DMARC, 'ppppp', []],
    ['is for a different sender', says('spf=pass smtp.mailfrom=attacker@evil.example'), SPF, 'ppppf', MISMATCH],
    [
      'is for a different sender whose EHLO name imitates the property',
      says(`spf=pass smtp.helo=smtp.mailfrom=${DOMAIN} smtp.mailfrom=evil.example`),
      SPF,
      'ppppf',
      MISMATCH,
    ],
    [
      'is for a different sender, with a reason that imitates the property',
      says(`spf=pass reason="so smtp.mailfrom=${DOMAIN}" smtp.mailfrom=evil.example`),
      SPF,
      'ppppf',
      MISMATCH,
    ],
    [
      'is a failure next to a pass for the sender',
      says(`spf=fail; spf=pass smtp.mailfrom=${DOMAIN}`),
      SPF,
      'ppppf',
      MISMATCH,
    ],
    ['is for a different From domain', says('dmarc=pass header.from=evil.example'), DMARC, 'ppppf', MISMATCH],
    [
      'is for a parent domain',
      says(`dmarc=pass header.from=${DOMAIN.replace(/^[^.]*\./, '')}`),
      DMARC,
      'ppppf',
      MISMATCH,
    ],
    [
      'is for a sender that a relay has rewritten',
      (message) =>
        `Return-Path: <bounce+1@relay.example>\r\n${says('spf=pass smtp.mailfrom=1@relay.example')(message)}`,
      SPF,
      'ppppp',
      [],
    ],
    [
      'is for a From domain, which a relay must not rewrite',
      (message) => `Return-Path: <bounce@relay.example>\r\n${says('dmarc=pass header.from=relay.example')(message)}`,
      DMARC,
      'ppppf',
      MISMATCH,
    ],
    ['is missing', says('dkim=pass'), SPF, 'ppppf', MISSING],
    ['is from a different server', says('spf=pass', 'other.example'), SPF, 'ppppf', MISSING],
    ['is missing for both checks', (message) => message, { ...SPF, ...DMARC }, 'ppppf', [...MISSING, ...MISSING]],
    [
      'is the topmost one, not one below it',
      (message) => says('spf=fail')(says('spf=pass')(message)),
      SPF,
      'ppppf',
      MISMATCH,
    ],
    [
      'is not one that a relay added in its name',
      (message) =>
        says('spf=pass')(`Received: from relay by ${OWN} with ESMTPS;\r\n\tMon\r\n${says('dmarc=pass')(message)}`),
      { ...SPF, ...DMARC },
      'ppppf',
      MISSING,
    ],
    [
      'is not one below the Received fields of all servers',
      (message) => {
        const [first = ''] = /^.*\r\n .*\r\n/.exec(message) ?? [];
        const relayed = `Received: from relay by ${OWN} with ESMTPS;\r\n\tMon\r\n${first}`;
        return relayed + says('spf=pass')(message.slice(first.length));
      },
      SPF,
      'ppppf',
      MISSING,
    ],
  ])('%s', async (_, alter, verdicts, steps, found) => {
    expect((await deliver(alter, verdicts)).outcome).toEqual([steps, found]);
  });

  test('is reported as ignored if a relay could have added it', async () => {
    const relayed = (message: string): string =>
      `Received: from a by b with ESMTPS;\r\n\tMon\r\nReceived: from relay by a with ESMTPS;\r\n\tMon\r\n${says('spf=pass')(message)}`;
    const { findings } = await deliver(relayed, SPF);
    expect(findings).toMatchObject([
      {
        code: 'delivery-verdict-missing',
        title: 'Result may have been added by an earlier server',
        message: expect.stringMatching(/ The gate ignores a result .* could have added it\.$/) as unknown,
      },
    ]);
  });

  test('of a different authserv-id is named in the fix', async () => {
    const { findings } = await deliver(says('spf=pass', 'mx.example.net'), SPF);
    expect(findings).toMatchObject([
      {
        party: 'configuration',
        remedy: expect.stringMatching(/^If `mx\.example\.net` is your receiver, set `authserv-id`/) as unknown,
      },
    ]);
    const own = await deliver(says('spf=pass', '127.0.0.1'), SPF);
    expect(own.findings).toMatchObject([
      { remedy: expect.stringMatching(/^Set `authserv-id` .* to `127\.0\.0\.1`: the tested server/) as unknown },
    ]);
    const none = await deliver((message) => message, SPF);
    expect(none.findings).toMatchObject([
      { party: 'server', remedy: expect.stringMatching(/^Configure \S+ to check SPF of incoming mail /) as unknown },
    ]);
  });

  test('is reported with the domain that it is for', async () => {
    const { findings } = await deliver(says('dmarc=pass header.from=evil.example'), DMARC);
    expect(findings).toMatchObject([
      {
        message: `The DMARC result pass is for evil.example, not for ${DOMAIN}, the domain of the sender.`,
        evidence: { check: 'dmarc', found: 'pass', result: 'dmarc=pass header.from=evil.example', sender: DOMAIN },
      },
    ]);
  });

  test('is reported together with the required result', async () => {
    const { findings } = await deliver(says('spf=softfail (no) smtp.mailfrom=a\u202e'), SPF);
    expect(findings).toMatchObject([
      {
        severity: 'error',
        evidence: { check: 'spf', required: 'pass', found: 'softfail', result: 'spf=softfail smtp.mailfrom=a\\u202e' },
      },
    ]);
  });
});

const PASS = { dkim: 'pass' } as const;
/** The relay signs the message that it received, and adds its Received field above the signature. */
const signs =
  (tags: Parameters<typeof signed>[2], change = (message: string) => message) =>
  (message: string): string => {
    const [received = ''] = /^.*\r\n .*\r\n/.exec(message) ?? [];
    return received + change(signed(message.slice(received.length), key, { d: DOMAIN, ...tags }));
  };

describe('the DKIM signature', () => {
  test.each<[string, (message: string) => string, RequiredVerdicts, string, string[]]>([
    ['is valid', signs({}), PASS, 'ppppp', []],
    ["is valid regardless of the receiver's result", (m) => says('dkim=fail')(signs({})(m)), PASS, 'ppppp', []],
    ["is missing regardless of the receiver's result", says('dkim=pass'), PASS, 'ppppf', MISMATCH],
    ['is missing, which is required', (message) => message, { dkim: 'none' }, 'ppppp', []],
    ['exists, but must not', signs({}), { dkim: 'none' }, 'ppppf', MISMATCH],
    ['has no key in DNS', signs({ s: 'nobody' }), PASS, 'ppppf', MISMATCH],
    ['cannot be verified because the name server fails', signs({ s: 'broken' }), PASS, 'ppppi', MISMATCH],
    ['cannot be verified because the name server does not respond', signs({ s: 'silent' }), PASS, 'ppppi', MISMATCH],
    [
      'is for a different message',
      signs({}, (message) => message.replace('looks for', 'looks at')),
      PASS,
      'ppppf',
      ['message-altered', ...MISMATCH],
    ],
  ])('%s', async (_, alter, verdicts, steps, found) => {
    expect((await deliver(alter, verdicts)).outcome).toEqual([steps, found]);
  });

  test.each<[string, (message: string) => string, RegExp]>([
    [
      'has no key',
      signs({ s: 'nobody' }),
      /^Publish the public key of the server as the TXT record `nobody\._domainkey\./,
    ],
    [
      'has a key that is cut off',
      signs({ s: 'cut' }),
      /^Have the DNS administrator of \S+ publish the whole key as the TXT record `cut\._domainkey\./,
    ],
    ['has a revoked key', signs({ s: 'revoked' }), /^Sign with the selector whose key is in use now\./],
    [
      'has a key of an unknown type',
      signs({ s: 'typed' }),
      /^Have the DNS administrator of \S+ correct the TXT record `typed\._domainkey\.\S+: .* Only `k=rsa` and `k=ed25519` exist\.$/,
    ],
    [
      'has a changed body',
      signs({}, (message) => message.replace('looks for', 'looks at')),
      /^Sign last: a server changed the body/,
    ],
    [
      'has a changed header',
      signs({}, (message) => message.replace(/^Subject: /m, 'Subject: Re: ')),
      /^Compare the public key in DNS \(`\S+\._domainkey\./,
    ],
  ])('has its own fix if it %s', async (_, alter, fix) => {
    const { findings } = await deliver(alter, PASS);
    expect(findings.find(({ code }) => code === 'delivery-verdict-mismatch')?.remedy).toMatch(fix);
  });

  test('is reported with its domain and selector, and the reason why it is not valid', async () => {
    const { findings } = await deliver(signs({ s: 'nobody' }), PASS);
    expect(findings).toMatchObject([
      {
        message: 'The DKIM result is permerror (no key), but the configuration requires pass.',
        evidence: { check: 'dkim', required: 'pass', found: 'permerror', domain: DOMAIN, selector: 'nobody' },
      },
    ]);
    expect(findings[0]?.inconclusive).toBeUndefined();
  });

  test.each(['commands', 'markup', 'tags'])(
    'is reported without any text from DNS if that is commands or markup: %s',
    async (s) => {
      const { outcome, findings } = await deliver(signs({ s }), PASS);
      expect(outcome).toEqual(['ppppf', MISMATCH]);
      expect(names.asked).toContain(`${s}._domainkey.${DOMAIN}`);
      expect(findings).toMatchObject([{ evidence: { domain: DOMAIN, selector: s } }]);
      expect(JSON.stringify(findings)).not.toMatch(/pwned|octocat|\\u00/);
    },
  );

  test('is reported with its domain and selector as visible text', async () => {
    const tag = HOSTILE.join(' ').replace(/[;\r\n]/g, ' ');
    const { outcome, findings } = await deliver(signs({ d: tag, s: tag }), PASS);
    expect(outcome).toEqual(['ppppf', MISMATCH]);
    const [{ evidence } = {}] = findings;
    expect(evidence).toMatchObject({ domain: expect.stringContaining('::error::pwned') as string });
    const shown = Object.values(evidence ?? {}).join();
    // eslint-disable-next-line no-control-regex -- these characters must not appear
    expect(shown).not.toMatch(/[\0-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
  });

  test('is not looked up if no DKIM result is required', async () => {
    const before = names.asked.length;
    expect((await deliver(signs({ s: 'unasked' }))).outcome).toEqual(['ppppp', []]);
    expect(names.asked.length).toBe(before);
  });
});
