import { closedPort, startScriptedServer } from '../../support/scripted-server.js';
import { close, drip, flood, raw, reset, silence, wait } from '../../support/dialogue.js';
import type { Dialogue } from '../../support/dialogue.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { createZoo } from '../../support/zoo.js';
import type { Species, Zoo } from '../../support/zoo.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';

/**
 * Each ordinary failure as a server that shows it and, beside it, a near twin that must not raise the finding.
 * A row: what the server does, what the endpoint asks beyond the usual, the five letters, and the codes found.
 */
interface Row {
  readonly name: string;
  readonly server: Dialogue;
  readonly endpoint?: Partial<Endpoint>;
  readonly steps: string;
  readonly codes: readonly string[];
}

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo();
});

const served = (species: Species): { key: string; cert: string } => ({
  key: zoo[species].key,
  cert: zoo[species].chain,
});

async function check({ server, endpoint = {}, ...expected }: Row, species: Species = 'good'): Promise<void> {
  await using running = await startScriptedServer({ ...server, tls: { ...served(species), ...server.tls } });
  const full = testEndpoint(running.port, { auth: AUTH, delivery: DELIVERY, timeoutMs: 1000, ...endpoint });
  const policy = { ...full.tls, ca: [zoo.pki.root.cert, ...full.tls.ca] };
  const { report } = await gate({ ...full, tls: policy });
  expect({ steps: letters(report.steps), codes: codes(report.steps) }).toEqual({
    steps: expected.steps,
    codes: expected.codes,
  });
}

const GOOD = { steps: 'ppppp', codes: ['receipt-not-verified'] } as const;

describe('step 1, capability', () => {
  test.each<Row>([
    { name: 'a good server', server: {}, ...GOOD },
    { name: 'a greeting of several lines', server: { greeting: ['220-mx', '220 ready'] }, ...GOOD },
    { name: 'a bare code', server: { greeting: '220' }, ...GOOD },
    { name: 'a greeting that is late', server: { greeting: [wait(500), '220 mx'] }, ...GOOD },
    {
      name: 'a greeting that is too late',
      server: { greeting: [wait(1500), '220 mx'] },
      steps: 'fbbbb',
      codes: ['reply-timeout'],
    },
    { name: 'silence', server: { greeting: silence }, steps: 'fbbbb', codes: ['reply-timeout'] },
    {
      name: 'one octet at a time',
      server: { greeting: drip('220 drip, drip, drip\r\n', 200) },
      steps: 'fbbbb',
      codes: ['reply-timeout'],
    },
    { name: 'a close', server: { greeting: close }, steps: 'fbbbb', codes: ['connection-lost'] },
    { name: 'a reset', server: { greeting: reset }, steps: 'fbbbb', codes: ['connection-lost'] },
    {
      name: 'half a greeting',
      server: { greeting: [raw('220 mx'), close] },
      steps: 'fbbbb',
      codes: ['connection-lost'],
    },
    { name: '421', server: { greeting: ['421 busy', close] }, steps: 'ibbbb', codes: ['throttled'] },
    { name: '450', server: { greeting: '450 later' }, steps: 'ibbbb', codes: ['throttled'] },
    { name: '554', server: { greeting: '554 not you' }, steps: 'fbbbb', codes: ['greeting-rejected'] },
    { name: '354', server: { greeting: '354 what' }, steps: 'fbbbb', codes: ['protocol-error'] },
    { name: 'SSH', server: { greeting: 'SSH-2.0-OpenSSH_9.2' }, steps: 'fbbbb', codes: ['not-smtp'] },
    { name: 'NNTP', server: { greeting: '200 news NNRP ready' }, steps: 'fbbbb', codes: ['not-smtp'] },
    {
      name: 'MySQL',
      server: { greeting: raw(Buffer.from('4a0000000a382e302e3332', 'hex')) },
      steps: 'fbbbb',
      codes: ['not-smtp'],
    },
    {
      name: 'FTP',
      server: { greeting: '220 ProFTPD Server ready', replies: { EHLO: '500 what' } },
      steps: 'fbbbb',
      codes: ['not-smtp'],
    },
    { name: 'IMAP', server: { greeting: '* OK IMAP4rev1' }, steps: 'fbbbb', codes: ['not-smtp'] },
    { name: 'POP3', server: { greeting: '+OK ready' }, steps: 'fbbbb', codes: ['not-smtp'] },
    { name: 'HTTP', server: { greeting: 'HTTP/1.1 400 Bad Request' }, steps: 'fbbbb', codes: ['not-smtp'] },
    { name: 'no protocol that is known', server: { greeting: 'hello' }, steps: 'fbbbb', codes: ['protocol-error'] },
    {
      name: 'a line without end',
      server: { greeting: [raw('220 '), flood('aaaaaaaa')] },
      steps: 'fbbbb',
      codes: ['protocol-error'],
    },
    {
      name: 'a reply without end',
      server: { greeting: flood('220-more\r\n') },
      steps: 'fbbbb',
      codes: ['protocol-error'],
    },
    { name: 'two greetings', server: { greeting: ['220 one', '220 two'] }, steps: 'fbbbb', codes: ['protocol-error'] },
    {
      name: 'EHLO refused, HELO taken',
      server: { replies: { 'plain:EHLO': '502 no' } },
      steps: 'fbbbb',
      codes: ['ehlo-rejected'],
    },
    { name: 'EHLO put off', server: { replies: { 'plain:EHLO': '451 later' } }, steps: 'ibbbb', codes: ['throttled'] },
    {
      name: 'mixed codes',
      server: { replies: { 'plain:EHLO': ['250-mx', '220 STARTTLS'] } },
      steps: 'fbbbb',
      codes: ['protocol-error'],
    },
    {
      name: 'no STARTTLS',
      server: { offers: ['8BITMIME'], replies: { STARTTLS: '502 no' } },
      steps: 'fbbbb',
      codes: ['starttls-not-advertised'],
    },
    {
      name: 'STARTTLS answered 220 though it is not listed',
      server: { offers: ['8BITMIME'], replies: { STARTTLS: '220 go' } },
      steps: 'fbbbb',
      codes: ['starttls-stripped'],
    },
    { name: 'TLS from the first byte', server: { implicit: true }, steps: 'fbbbb', codes: ['implicit-tls-port'] },
    {
      name: 'a TLS record for a greeting',
      server: { greeting: raw(Buffer.from('150303000202', 'hex')) },
      steps: 'fbbbb',
      codes: ['implicit-tls-port'],
    },
    {
      name: 'no capability at all',
      server: { offers: [], replies: { STARTTLS: close } },
      steps: 'fbbbb',
      codes: ['starttls-not-advertised'],
    },
    { name: 'STARTTLS in lower case, last', server: { offers: ['8BITMIME', 'starttls '] }, ...GOOD },
    {
      name: 'the keyword written over',
      server: { offers: ['XXXXXXXA', '8BITMIME'] },
      steps: 'fbbbb',
      codes: ['starttls-stripped'],
    },
    {
      name: 'AUTH in the clear',
      server: { offers: ['STARTTLS', 'AUTH PLAIN'] },
      steps: 'wpppp',
      codes: ['plaintext-auth-advertised', 'receipt-not-verified'],
    },
    {
      name: 'AUTH in the clear, of an MX',
      server: { offers: ['STARTTLS', 'AUTH PLAIN'] },
      endpoint: { role: 'mx' },
      steps: 'ppppp',
      codes: ['plaintext-auth-advertised', 'auth-plain-on-mx', 'receipt-not-verified'],
    },
    {
      name: 'AUTH in the clear and no STARTTLS: both are told',
      server: { offers: ['AUTH PLAIN'], replies: { STARTTLS: '502 no' } },
      steps: 'fbbbb',
      codes: ['starttls-not-advertised', 'plaintext-auth-advertised'],
    },
    {
      name: 'bare line feeds',
      server: { replies: { 'plain:EHLO': raw('250-mx\n250 STARTTLS\n') } },
      steps: 'wpppp',
      codes: ['bare-line-feed', 'receipt-not-verified'],
    },
  ])('$name: $steps $codes', (row) => check(row));

  test('nothing listens', async () => {
    const { report, transient } = await gate(testEndpoint(await closedPort()));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['fbbbb', ['connection-refused']]);
    expect(transient).toBe(true);
  });

  test.each([
    ['ENOTFOUND', 'fbbbb', false],
    ['EAI_AGAIN', 'ibbbb', true],
  ])('the name is not found (%s)', async (code, steps, again) => {
    const resolver = (): Promise<never> => Promise.reject(Object.assign(new Error('lookup'), { code }));
    const { report, transient } = await gate(testEndpoint(25, { host: 'nothing.example.test' }), { resolver });
    expect([letters(report.steps), codes(report.steps)]).toEqual([steps, ['dns-failed']]);
    expect(transient).toBe(again);
  });
});

describe('step 2, upgrade', () => {
  test.each<Row>([
    ...['454 no TLS', '501 what', '502 no', '530 denied', '554 no', '250 fine'].map((reply) => ({
      name: `STARTTLS answered ${reply}`,
      server: { replies: { STARTTLS: reply } },
      steps: 'pfbbb',
      codes: ['starttls-refused'],
    })),
    { name: '421', server: { replies: { STARTTLS: ['421 bye', close] } }, steps: 'pibbb', codes: ['throttled'] },
    { name: 'silence', server: { replies: { STARTTLS: silence } }, steps: 'pfbbb', codes: ['reply-timeout'] },
    { name: 'hang-up', server: { replies: { STARTTLS: close } }, steps: 'pfbbb', codes: ['connection-lost'] },
    {
      name: 'a reply in the same segment',
      server: { replies: { STARTTLS: [raw('220 go\r\n250 injected\r\n'), wait(2000)] } },
      steps: 'pfbbb',
      codes: ['plaintext-after-starttls'],
    },
    {
      name: 'a reply in the next segment',
      server: { replies: { STARTTLS: ['220 go', wait(100), '250 injected', wait(2000)] } },
      steps: 'pfbbb',
      codes: ['plaintext-after-starttls'],
    },
    {
      name: 'a refusal where the ServerHello is due',
      server: { replies: { STARTTLS: ['220 go', wait(300), '454 not after all', close] } },
      steps: 'pfbbb',
      codes: ['plaintext-after-starttls'],
    },
  ])('$name: $steps $codes', (row) => check(row));
});

describe('step 3, the handshake', () => {
  test.each<Row>([
    {
      name: 'silence',
      server: { replies: { STARTTLS: ['220 go', silence] } },
      steps: 'ppfbb',
      codes: ['handshake-timeout'],
    },
    {
      name: 'hang-up',
      server: { replies: { STARTTLS: ['220 go', close] } },
      steps: 'ppfbb',
      codes: ['connection-lost'],
    },
    {
      name: 'an alert',
      server: { replies: { STARTTLS: ['220 go', wait(100), raw(Buffer.from('15030300020228', 'hex')), wait(500)] } },
      steps: 'ppfbb',
      codes: ['tls-handshake-failed'],
    },
    {
      name: 'TLS 1.1 at most',
      server: { tls: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } },
      steps: 'ppfbb',
      codes: ['tls-version-too-old'],
    },
    { name: 'TLS 1.2', server: { tls: { maxVersion: 'TLSv1.2' } }, ...GOOD },
    {
      name: 'TLS 1.2 where 1.3 is wanted',
      server: { tls: { maxVersion: 'TLSv1.2' } },
      endpoint: { tls: { ca: [], minVersion: 'TLSv1.3', minValidDays: 14, pins: [] } },
      steps: 'ppfbb',
      codes: ['tls-version-too-old'],
    },
    {
      name: 'a client certificate is wanted, TLS 1.3',
      server: { tls: { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' } },
      steps: 'ppfbb',
      codes: ['client-certificate-required'],
    },
    {
      name: 'a client certificate is wanted, TLS 1.2',
      server: { tls: { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' } },
      steps: 'ppfbb',
      codes: ['client-certificate-required'],
    },
    {
      name: 'a client certificate is asked for, and not insisted on',
      server: { tls: { requestCert: true, rejectUnauthorized: false } },
      ...GOOD,
    },
    {
      name: 'the clear on an implicit-TLS port',
      server: {},
      endpoint: { transport: 'implicit' },
      steps: 'aafbb',
      codes: ['plaintext-on-implicit-port'],
    },
    {
      name: 'implicit TLS',
      server: { implicit: true },
      endpoint: { transport: 'implicit' },
      steps: 'aappp',
      codes: ['receipt-not-verified'],
    },
  ])('$name: $steps $codes', (row) => check(row));
});

describe('the key exchange', () => {
  test.each([
    ['X25519MLKEM768', 'TLSv1.3', { group: 'X25519MLKEM768', postQuantum: true }],
    ['X25519', 'TLSv1.3', { group: 'X25519', postQuantum: false }],
    ['prime256v1', 'TLSv1.2', { group: 'prime256v1' }],
  ] as const)('%s with %s is in the report', async (ecdhCurve, maxVersion, expected) => {
    await using server = await startScriptedServer({ tls: { ...served('good'), ecdhCurve, maxVersion } });
    const { report } = await gate(testEndpoint(server.port));
    expect(report.tls).toMatchObject({ version: maxVersion, ...expected });
  });
});

describe('what a server speaks instead', () => {
  const failureOf = async (tls: Dialogue['tls']): Promise<Finding | undefined> => {
    await using server = await startScriptedServer({ tls: { ...served('good'), ...tls } });
    const { report } = await gate(testEndpoint(server.port));
    expect(server.connections).toBe(2);
    return report.steps[2]?.findings[0];
  };

  test('is told where its version is too old', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await failureOf(old)).toMatchObject({
      code: 'tls-version-too-old',
      evidence: { spoken: 'TLSv1.1', wanted: 'TLSv1.2', alert: '70' },
    });
  });

  test('is told where no cipher suite is shared', async () => {
    const odd = { maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA@SECLEVEL=0:AES128-CCM8@SECLEVEL=0' } as const;
    expect(await failureOf(odd)).toMatchObject({
      code: 'tls-handshake-failed',
      evidence: { alert: '40', spoken: expect.stringMatching(/^TLSv1\.2 with TLS_/) as string },
    });
  });
});

describe('step 3, the certificate', () => {
  test.each<[Species, string[]]>([
    ['expired', ['certificate-expired']],
    ['notYetValid', ['certificate-not-yet-valid']],
    ['soon', ['certificate-expires-soon']],
    ['wrongHost', ['certificate-hostname-mismatch']],
    ['commonNameOnly', ['certificate-hostname-mismatch']],
    ['addressAsName', ['certificate-hostname-mismatch']],
    ['selfSigned', ['certificate-self-signed']],
    ['selfSignedExpired', ['certificate-expired', 'certificate-self-signed']],
    ['incomplete', ['certificate-chain-incomplete']],
    ['untrusted', ['certificate-untrusted']],
    ['untrustedWithRoot', ['certificate-untrusted']],
    ['expiredIntermediate', ['certificate-untrusted']],
    ['issuerNoCa', ['certificate-untrusted']],
    ['caAsLeaf', ['certificate-wrong-purpose']],
    ['clientOnly', ['certificate-wrong-purpose']],
    ['rsa1024', ['certificate-weak-key']],
    ['everything', ['certificate-expired', 'certificate-chain-incomplete', 'certificate-hostname-mismatch']],
  ])('%s: %j, and neither AUTH nor MAIL', async (species, expected) => {
    await using server = await startScriptedServer({ tls: { ...served(species), ciphers: 'DEFAULT@SECLEVEL=0' } });
    const tls = { ca: [zoo.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    const { report } = await gate(testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, tls }));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppfbb', expected]);
    expect(server.heard.filter(({ line }) => /^(AUTH|MAIL)/.test(line))).toEqual([]);
    expect(report.tls?.certificate.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<Species>(['good', 'wildcard', 'rsa2048', 'ed25519', 'address'])('%s holds', (species) =>
    check({ name: species, server: {}, ...GOOD }, species),
  );

  test('a chain that is out of order holds, and is remarked upon', () =>
    check(
      { name: '', server: {}, steps: 'ppppp', codes: ['certificate-chain-disordered', 'receipt-not-verified'] },
      'misordered',
    ));

  test('SNI goes out for a name, and never for an address', async () => {
    await using server = await startScriptedServer({ tls: served('address') });
    const tls = { ca: [zoo.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    await gate(testEndpoint(server.port, { tls }));
    const { report } = await gate(testEndpoint(server.port, { tls, servername: '127.0.0.1' }));
    expect(letters(report.steps)).toBe('pppnn');
    expect(server.handshakes.map(({ servername }) => servername)).toEqual(['mail.example.test', undefined]);
  });
});

describe('step 4, authentication', () => {
  const offer = (...offersInTls: string[]): Dialogue => ({ offersInTls });
  test.each<Row>([
    {
      name: 'no credentials',
      server: {},
      endpoint: { auth: undefined, delivery: undefined } as never,
      steps: 'pppnn',
      codes: [],
    },
    {
      name: 'no credentials, but required',
      server: {},
      endpoint: { auth: undefined, require: ['authentication'] } as never,
      steps: 'pppfb',
      codes: ['step-required'],
    },
    { name: 'LOGIN only', server: offer('AUTH LOGIN'), ...GOOD },
    { name: 'LOGIN, insisted on', server: {}, endpoint: { auth: { ...AUTH, mechanism: 'LOGIN' } }, ...GOOD },
    { name: 'the old form', server: offer('AUTH=LOGIN'), ...GOOD },
    { name: 'no AUTH', server: offer('8BITMIME'), steps: 'pppfb', codes: ['auth-not-advertised'] },
    {
      name: 'no mechanism in common',
      server: offer('AUTH GSSAPI NTLM'),
      steps: 'pppfb',
      codes: ['auth-mechanism-unavailable'],
    },
    {
      name: 'tokens wanted, a password is what there is',
      server: offer('AUTH XOAUTH2 OAUTHBEARER'),
      steps: 'pppfb',
      codes: ['auth-mechanism-unavailable'],
    },
    {
      name: 'the mechanism that is insisted on is absent',
      server: {},
      endpoint: { auth: { ...AUTH, mechanism: 'CRAM-MD5' } },
      steps: 'pppfb',
      codes: ['auth-mechanism-unavailable'],
    },
    {
      name: 'the wrong password',
      server: { user: { username: 'user', password: 'other' } },
      steps: 'pppfb',
      codes: ['auth-rejected'],
    },
    ...(
      [
        ['534 5.7.9 application password', 'f', 'auth-rejected'],
        ['550 no', 'f', 'auth-rejected'],
        ['432 transition', 'f', 'auth-rejected'],
        ['454 later', 'i', 'auth-temporary-failure'],
        ['451 later', 'i', 'auth-temporary-failure'],
        ['530 STARTTLS first', 'f', 'auth-tls-required'],
        ['538 encrypt', 'f', 'auth-tls-required'],
        ['504 unknown', 'f', 'auth-mechanism-unavailable'],
        ['250 fine', 'f', 'protocol-error'],
        ['421 bye', 'i', 'throttled'],
      ] as const
    ).map(([reply, letter, code]) => ({
      name: `AUTH answered ${reply}`,
      server: { replies: { AUTH: reply } },
      steps: `ppp${letter}b`,
      codes: [code],
    })),
    {
      name: 'a good answer taken back',
      server: { replies: { AUTH: ['235 ok', '535 no'] } },
      steps: 'pppfb',
      codes: ['protocol-error'],
    },
    {
      name: '220 to EHLO inside TLS',
      server: { replies: { 'tls:EHLO': '220 hello' } },
      steps: 'pppfb',
      codes: ['protocol-error'],
    },
    { name: 'hang-up', server: { replies: { AUTH: close } }, steps: 'pppfb', codes: ['connection-lost'] },
    {
      name: 'EHLO refused inside TLS',
      server: { replies: { 'tls:EHLO': '503 no' } },
      steps: 'pppfb',
      codes: ['ehlo-after-tls-rejected'],
    },
    {
      name: 'STARTTLS offered again',
      server: offer('STARTTLS', 'AUTH PLAIN'),
      steps: 'pppwp',
      codes: ['starttls-still-advertised', 'receipt-not-verified'],
    },
    {
      name: '554 inside implicit TLS',
      server: { implicit: true, greeting: '554 no' },
      endpoint: { transport: 'implicit' },
      steps: 'aapfb',
      codes: ['greeting-rejected'],
    },
    {
      name: 'IMAP inside implicit TLS',
      server: { implicit: true, greeting: '* OK' },
      endpoint: { transport: 'implicit' },
      steps: 'aapfb',
      codes: ['not-smtp'],
    },
    {
      name: 'EHLO refused inside implicit TLS',
      server: { implicit: true, replies: { EHLO: '502 no' } },
      endpoint: { transport: 'implicit' },
      steps: 'aapfb',
      codes: ['ehlo-rejected'],
    },
  ])('$name: $steps $codes', (row) => check(row));
});

describe('step 5, delivery', () => {
  test.each<Row>([
    ...(
      [
        ['MAIL', '550 5.7.1 not you', 'f', 'sender-rejected'],
        ['MAIL', '530 authentication required', 'f', 'sender-rejected'],
        ['MAIL', '451 later', 'i', 'sender-rejected'],
        ['RCPT', '550 5.1.1 nobody', 'f', 'recipient-rejected'],
        ['RCPT', '450 greylisted', 'i', 'recipient-rejected'],
        ['DATA', '554 no', 'f', 'message-rejected'],
        ['DATA', '451 later', 'i', 'message-rejected'],
        ['MESSAGE', '552 too big', 'f', 'message-rejected'],
        ['MESSAGE', '451 later', 'i', 'message-rejected'],
        ['MAIL', '421 bye', 'i', 'throttled'],
      ] as const
    ).map(([verb, reply, letter, code]) => ({
      name: `${verb} answered ${reply}`,
      server: { replies: { [verb]: reply } },
      steps: `pppp${letter}`,
      codes: [code],
    })),
    {
      name: 'acceptance taken back',
      server: { replies: { MESSAGE: ['250 ok', '550 no'] } },
      steps: 'ppppf',
      codes: ['protocol-error'],
    },
    { name: '251 to RCPT', server: { replies: { RCPT: '251 will forward' } }, ...GOOD },
    {
      name: 'silence after the dot',
      server: { replies: { MESSAGE: silence } },
      steps: 'ppppf',
      codes: ['reply-timeout'],
    },
    {
      name: 'hang-up after the dot',
      server: { replies: { MESSAGE: close } },
      steps: 'ppppf',
      codes: ['connection-lost'],
    },
    {
      name: 'no delivery, but required',
      server: {},
      endpoint: { delivery: undefined, require: ['delivery'] } as never,
      steps: 'ppppf',
      codes: ['step-required'],
    },
    {
      name: 'an address that needs SMTPUTF8, which is not offered',
      server: {},
      endpoint: { delivery: { ...DELIVERY, to: 'pöst@example.test' } },
      steps: 'ppppf',
      codes: ['recipient-rejected'],
    },
    {
      name: 'an address that needs SMTPUTF8, which is offered',
      server: { offersInTls: ['SMTPUTF8', 'AUTH PLAIN'] },
      endpoint: { delivery: { ...DELIVERY, to: 'pöst@example.test' } },
      ...GOOD,
    },
    { name: 'no answer to QUIT', server: { replies: { QUIT: silence } }, ...GOOD },
  ])('$name: $steps $codes', (row) => check(row));

  test('nothing is tried again once the final dot is out', async () => {
    for (const MESSAGE of ['451 later', close] as const) {
      await using server = await startScriptedServer({ tls: served('good'), replies: { MESSAGE } });
      const tls = { ca: [zoo.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
      const { report, transient } = await gate(testEndpoint(server.port, { delivery: DELIVERY, tls }));
      expect(letters(report.steps)).toMatch(/^pppn[if]$/);
      expect(transient).toBe(false);
    }
  });

  test('the probe is a message by RFC 5322, and its dots survive', async () => {
    await using server = await startScriptedServer({ tls: served('good') });
    const tls = { ca: [zoo.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    await gate(testEndpoint(server.port, { delivery: DELIVERY, tls }));
    const [message = ''] = server.messages;
    expect(message).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(message.replace(/\r\n /g, ' ')).toMatch(/^Message-ID: <starttls-gate\.[0-9a-f-]{36}@example\.test>\r$/m);
    expect(message).toMatch(/^Date: /m);
    expect(message).toMatch(/^\.This dot must arrive/m);
  });
});
