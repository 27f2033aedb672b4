import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { closedPort, startScriptedServer } from '../../support/scripted-server.js';
import { close, drip, flood, raw, reset, silence, wait, type Dialogue } from '../../support/dialogue.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import {
  createCertificateFixtures,
  type CertificateName,
  type CertificateFixtures,
} from '../../support/certificate-fixtures.js';
import { listen } from '../../../src/servers/listener.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';

/**
 * For each common failure, a server that causes it and a similar one that must not cause the finding.
 * A row: the server, settings of the endpoint that differ from the usual ones, the five letters, and the codes found.
 */
interface Row {
  readonly name: string;
  readonly server: Dialogue;
  readonly endpoint?: Partial<Endpoint>;
  readonly steps: string;
  readonly codes: readonly string[];
}

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

const served = (certName: CertificateName): { key: string; cert: string } => ({
  key: certs[certName].key,
  cert: certs[certName].chain,
});

async function check({ server, endpoint = {}, ...expected }: Row, certName: CertificateName = 'good'): Promise<void> {
  await using running = await startScriptedServer({ ...server, tls: { ...served(certName), ...server.tls } });
  const full = testEndpoint(running.port, { auth: AUTH, delivery: DELIVERY, timeoutMs: 1000, ...endpoint });
  const policy = { ...full.tls, ca: [certs.pki.root.cert, ...full.tls.ca] };
  const { report } = await gate({ ...full, tls: policy });
  expect({ steps: letters(report.steps), codes: codes(report.steps) }).toEqual({
    steps: expected.steps,
    codes: expected.codes,
  });
}

const GOOD = { steps: 'ppppp', codes: ['receipt-not-verified'] } as const;

describe('step 1, capability', () => {
  test.concurrent.each<Row>([
    { name: 'a correct server', server: {}, ...GOOD },
    { name: 'a multiline greeting', server: { greeting: ['220-mx', '220 ready'] }, ...GOOD },
    { name: 'a code without text', server: { greeting: '220' }, ...GOOD },
    { name: 'a late greeting', server: { greeting: [wait(500), '220 mx'] }, ...GOOD },
    {
      name: 'a greeting after the timeout',
      server: { greeting: [wait(30_000), '220 mx'] },
      steps: 'fbbbb',
      codes: ['reply-timeout'],
    },
    { name: 'silence', server: { greeting: silence }, steps: 'fbbbb', codes: ['reply-timeout'] },
    {
      name: 'a greeting that arrives byte by byte',
      server: { greeting: drip('220 drip, drip, drip\r\n', 200) },
      steps: 'fbbbb',
      codes: ['reply-timeout'],
    },
    { name: 'a closed connection', server: { greeting: close }, steps: 'fbbbb', codes: ['connection-lost'] },
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
    {
      name: 'FTP, with a server name that does not contain FTP',
      server: { greeting: '220 FileZilla Server 1.7.0', replies: { EHLO: '500 what' } },
      steps: 'fbbbb',
      codes: ['not-smtp'],
    },
    {
      name: 'LMTP',
      server: { greeting: '220 mail Dovecot LMTP ready', replies: { EHLO: '500 what' } },
      steps: 'fbbbb',
      codes: ['not-smtp'],
    },
    {
      name: 'SMTP without EHLO, on a host whose name contains FTP',
      server: { greeting: '220 SFTPGW01.EXAMPLE.COM ESMTP Postfix', replies: { EHLO: '502 no' } },
      steps: 'fbbbb',
      codes: ['ehlo-rejected'],
    },
    {
      name: 'SMTP without EHLO, on a host whose name contains FTP, without a protocol in the greeting',
      server: { greeting: '220 SFTPGW01.EXAMPLE.COM', replies: { EHLO: '502 no' } },
      steps: 'fbbbb',
      codes: ['ehlo-rejected'],
    },
    { name: 'IMAP', server: { greeting: '* OK IMAP4rev1' }, steps: 'fbbbb', codes: ['not-smtp'] },
    { name: 'POP3', server: { greeting: '+OK ready' }, steps: 'fbbbb', codes: ['not-smtp'] },
    { name: 'HTTP', server: { greeting: 'HTTP/1.1 400 Bad Request' }, steps: 'fbbbb', codes: ['not-smtp'] },
    { name: 'an unknown protocol', server: { greeting: 'hello' }, steps: 'fbbbb', codes: ['protocol-error'] },
    {
      name: 'an endless line',
      server: { greeting: [raw('220 '), flood('aaaaaaaa')] },
      steps: 'fbbbb',
      codes: ['protocol-error'],
    },
    {
      name: 'an endless reply',
      server: { greeting: flood('220-more\r\n') },
      steps: 'fbbbb',
      codes: ['protocol-error'],
    },
    { name: 'two greetings', server: { greeting: ['220 one', '220 two'] }, steps: 'fbbbb', codes: ['protocol-error'] },
    {
      name: 'EHLO rejected, HELO accepted',
      server: { replies: { 'plain:EHLO': '502 no' } },
      steps: 'fbbbb',
      codes: ['ehlo-rejected'],
    },
    { name: 'EHLO deferred', server: { replies: { 'plain:EHLO': '451 later' } }, steps: 'ibbbb', codes: ['throttled'] },
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
      name: 'STARTTLS not offered, but accepted',
      server: { offers: ['8BITMIME'], replies: { STARTTLS: '220 go' } },
      steps: 'fbbbb',
      codes: ['starttls-stripped'],
    },
    { name: 'implicit TLS', server: { implicit: true }, steps: 'fbbbb', codes: ['implicit-tls-port'] },
    {
      name: 'a TLS record as the greeting',
      server: { greeting: raw(Buffer.from('150303000202', 'hex')) },
      steps: 'fbbbb',
      codes: ['implicit-tls-port'],
    },
    ...['1503030002020a', '15030300020228', '16030100'].map((octets) => ({
      name: `a TLS record as the greeting, and a closed connection (${octets})`,
      server: { greeting: [raw(Buffer.from(octets, 'hex')), close] },
      steps: 'fbbbb',
      codes: ['implicit-tls-port'],
    })),
    {
      name: 'the first byte of a TLS record without the rest',
      server: { greeting: raw(Buffer.from('1541420d0a', 'hex')) },
      steps: 'fbbbb',
      codes: ['protocol-error'],
    },
    {
      name: 'ManageSieve',
      server: { greeting: ['"IMPLEMENTATION" "Dovecot Pigeonhole"', '"SIEVE" "fileinto"', 'OK "ready"'] },
      steps: 'fbbbb',
      codes: ['not-smtp'],
    },
    {
      name: 'Telnet',
      server: { greeting: [raw(Buffer.from('fffd18fffd20fffd23fffd27', 'hex')), silence] },
      steps: 'fbbbb',
      codes: ['not-smtp'],
    },
    {
      name: 'MySQL, which rejects the client',
      server: { greeting: [raw(Buffer.from('45000000ff6a04', 'hex')), raw("Host '192.0.2.1' is not allowed"), close] },
      steps: 'fbbbb',
      codes: ['not-smtp'],
    },
    {
      name: 'Redis',
      server: { greeting: '-DENIED Redis is running in protected mode' },
      steps: 'fbbbb',
      codes: ['not-smtp'],
    },
    {
      name: 'an IMAP reply to EHLO',
      server: { replies: { 'plain:EHLO': '* OK' } },
      steps: 'fbbbb',
      codes: ['protocol-error'],
    },
    {
      name: 'no capabilities',
      server: { offers: [], replies: { STARTTLS: close } },
      steps: 'fbbbb',
      codes: ['starttls-not-advertised'],
    },
    { name: 'STARTTLS in lowercase, as the last keyword', server: { offers: ['8BITMIME', 'starttls '] }, ...GOOD },
    {
      name: 'the keyword overwritten',
      server: { offers: ['XXXXXXXA', '8BITMIME'] },
      steps: 'fbbbb',
      codes: ['starttls-stripped'],
    },
    {
      name: 'the keyword overwritten completely',
      server: { offers: ['XXXXXXXX', '8BITMIME'] },
      steps: 'fbbbb',
      codes: ['starttls-stripped'],
    },
    {
      name: 'a shorter keyword overwritten, and STARTTLS accepted',
      server: { offers: ['XXXXB', '8BITMIME'], replies: { STARTTLS: '220 go' } },
      steps: 'fbbbb',
      codes: ['starttls-stripped'],
    },
    {
      name: 'a shorter keyword overwritten, and STARTTLS rejected',
      server: { offers: ['XXXXB', '8BITMIME'], replies: { STARTTLS: '502 no' } },
      steps: 'fbbbb',
      codes: ['starttls-not-advertised'],
    },
    {
      name: 'AUTH before TLS',
      server: { offers: ['STARTTLS', 'AUTH PLAIN'] },
      steps: 'wpppp',
      codes: ['plaintext-auth-advertised', 'receipt-not-verified'],
    },
    {
      name: 'AUTH before TLS, on an MX',
      server: { offers: ['STARTTLS', 'AUTH PLAIN'] },
      endpoint: { role: 'mx' },
      steps: 'ppppp',
      codes: ['plaintext-auth-advertised', 'auth-plain-on-mx', 'receipt-not-verified'],
    },
    {
      name: 'AUTH before TLS and no STARTTLS: both are reported',
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

  const foundAt = async (port: number, overrides: Partial<Endpoint> = {}): Promise<Finding | undefined> => {
    const { report } = await gate(testEndpoint(port, { timeoutMs: 1000, ...overrides }));
    return report.steps.flatMap(({ findings }) => findings)[0];
  };
  const foundOf = async (server: Dialogue, overrides: Partial<Endpoint> = {}): Promise<Finding | undefined> => {
    await using running = await startScriptedServer({ tls: served('good'), ...server });
    return await foundAt(running.port, overrides);
  };

  test.concurrent.each<[string, () => Server]>([
    ['HTTP', () => createHttpServer((_, response) => response.end())],
    ['HTTP', () => createTcpServer((socket) => socket.once('data', () => socket.end('<html>\r\n<head><title>400')))],
    [
      'Redis',
      () => createTcpServer((socket) => socket.once('data', () => socket.end("-ERR unknown command '\x16'\r\n"))),
    ],
  ])('the protocol of a server that waits for the client is identified: %s', async (protocol, make) => {
    let connections = 0;
    const server = make().on('connection', (socket: Socket) => {
      connections += 1;
      socket.on('error', () => undefined);
    });
    const listener = await listen(server);
    try {
      const found = await foundAt(listener.port);
      expect(found).toMatchObject({ code: 'not-smtp', evidence: { protocol } });
      expect(found?.message).toMatch(
        new RegExp(`^The server speaks ${protocol}, not SMTP, and waits for the client to speak first:`),
      );
      expect(connections).toBe(2);
    } finally {
      await listener.close();
    }
  });

  test('a silent server that sends an SMTP greeting on the second connection is only slow', async () => {
    await using server = await startScriptedServer([{ greeting: silence }, { greeting: '220 mail' }]);
    expect(await foundAt(server.port)).toMatchObject({ code: 'reply-timeout', evidence: { waited: '1.0 s' } });
    expect(server.connections).toBe(2);
  });

  test.concurrent.each([
    ['closes', close],
    ['resets the connection', reset],
  ])('a TLS port that %s after a timeout is identified with a second connection', async (_, end) => {
    await using server = await startScriptedServer([
      { greeting: [wait(400), end] },
      { implicit: true, tls: served('good') },
    ]);
    expect(await foundAt(server.port)).toMatchObject({ code: 'implicit-tls-port' });
    expect(server.connections).toBe(2);
  });

  test.concurrent.each<[string, Dialogue, string | undefined, string]>([
    ['an IMAP server', { greeting: '* OK IMAP4rev1 ready' }, 'IMAP', 'Correct `host` or `port`.'],
    ['an SMTP server', {}, undefined, 'Set `transport: implicit`'],
    ['an SMTP server that rejects the client', { greeting: '554 no' }, undefined, 'Set `transport: implicit`'],
    [
      'a server that sends nothing over TLS',
      { greeting: silence },
      undefined,
      'Check that this is the port of the mail',
    ],
  ])('%s that expects implicit TLS is identified by its greeting over TLS', async (_, dialogue, protocol, fix) => {
    await using server = await startScriptedServer({ ...dialogue, implicit: true, tls: served('good') });
    const found = await foundAt(server.port);
    expect(found?.code).toBe('implicit-tls-port');
    expect(found?.evidence?.protocol).toBe(protocol);
    expect(found?.remedy.startsWith(fix)).toBe(true);
  });

  test('a server that closes the connection immediately gets no second connection', async () => {
    await using server = await startScriptedServer({ greeting: close });
    expect(await foundAt(server.port)).toMatchObject({ code: 'connection-lost' });
    expect(server.connections).toBe(1);
  });

  test.each<[string, Dialogue['greeting'] & {}, string]>([
    ['an incomplete greeting', [raw('220 mail without end'), silence], '220 mail without end'],
    [
      'the first lines of a greeting',
      ['220-mail', '220-no spam', raw('220-'), silence],
      '220-mail / 220-no spam / 220-',
    ],
  ])('an incomplete reply is reported: %s', async (_, greeting, received) => {
    await using server = await startScriptedServer({ greeting });
    const { report } = await gate(testEndpoint(server.port, { timeoutMs: 500 }));
    expect(report.steps[0]?.findings[0]).toMatchObject({
      code: 'reply-timeout',
      message: `The greeting was not complete within 0.5 s. The server sent only "${received}".`,
      evidence: { received, awaited: 'the greeting' },
    });
    expect(report.transcript.map(({ text }) => text)).toEqual(received.split(' / '));
  });

  test('an incomplete reply before a lost connection is reported', async () => {
    const found = await foundOf({ greeting: ['220-mail', raw('220 re'), close] });
    expect(found).toMatchObject({ code: 'connection-lost', evidence: { received: '220-mail / 220 re' } });
  });

  test('an overwritten keyword of a different length than STARTTLS is reported without a conclusion', async () => {
    const found = await foundOf({ offers: ['XXXXB', '8BITMIME'], replies: { STARTTLS: '502 no' } });
    expect(found?.message).toMatch(/does not offer STARTTLS\. Another keyword was probably overwritten \("XXXXB"\)/);
    expect(found?.evidence).toMatchObject({ masked: 'XXXXB' });
  });

  test.each<[string, Dialogue['greeting'] & {}, RegExp, string | undefined]>([
    ['accepted', '220 go', /the server replied with "220 go"/, '220 go'],
    ['rejected', '502 no', /the server replied with "502 no"/, '502 no'],
    ['no reply', close, /got no usable reply\./, undefined],
  ])(
    'an overwritten keyword of the length of STARTTLS is reported with the reply to STARTTLS: %s',
    async (_, said, message, reply) => {
      const found = await foundOf({ offers: ['XXXXXXXA'], replies: { STARTTLS: said } });
      expect(found).toMatchObject({ code: 'starttls-stripped', evidence: { keyword: 'XXXXXXXA' } });
      expect(found?.message).toMatch(
        /lists "XXXXXXXA", but not STARTTLS: a keyword of this length \(STARTTLS, CHUNKING, .*\) was probably overwritten\./,
      );
      expect(found?.message).toMatch(message);
      expect(found?.evidence?.reply).toBe(reply);
    },
  );

  test('the reply to a STARTTLS that is not offered is reported', async () => {
    const found = await foundOf({ offers: ['8BITMIME'], replies: { STARTTLS: '502 no' } });
    expect(found).toMatchObject({ code: 'starttls-not-advertised', evidence: { reply: '502 no' } });
  });

  test('AUTH without a mechanism is reported as such', async () => {
    const found = await foundOf({ offers: ['STARTTLS', 'AUTH'] });
    expect(found?.message).toBe('The server offers AUTH without a mechanism before TLS.');
  });

  test.each<[Dialogue, string]>([
    [{ offers: ['8BITMIME'], replies: { STARTTLS: '502 no' } }, 'starttls-not-advertised'],
    [{ replies: { EHLO: '500 what' } }, 'ehlo-rejected'],
  ])('a greeting of asterisks is attributed to SMTP inspection: %j, %s', async (dialogue, code) => {
    const greeting = '220 ****************';
    const found = await foundOf({ ...dialogue, greeting });
    expect(found).toMatchObject({ code, evidence: { greeting } });
    expect(found?.message).toMatch(/ The greeting is overwritten with asterisks\.$/);
    expect(found?.remedy).toMatch(/that of this machine/);
    const plain = await foundOf(dialogue);
    expect(plain?.evidence).not.toHaveProperty('greeting');
    expect(plain?.message).not.toMatch(/asterisks/);
  });

  test('a closed port is connection-refused', async () => {
    const { report, transient } = await gate(testEndpoint(await closedPort()));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['fbbbb', ['connection-refused']]);
    expect(transient).toBe(true);
  });

  test.each([
    ['ENOTFOUND', 'fbbbb', false],
    ['EAI_AGAIN', 'ibbbb', true],
  ])('a name that cannot be resolved is dns-failed (%s)', async (code, steps, again) => {
    const resolver = (): Promise<never> => Promise.reject(Object.assign(new Error('lookup'), { code }));
    const { report, transient } = await gate(testEndpoint(25, { host: 'nothing.example.test' }), { resolver });
    expect([letters(report.steps), codes(report.steps)]).toEqual([steps, ['dns-failed']]);
    expect(transient).toBe(again);
  });

  test.each([
    ['no such name', { code: 'ENOTFOUND', errno: -3008 }, /^The name .* does not exist/, 'ENOTFOUND'],
    ['no address', { code: 'ENOTFOUND', errno: -3007 }, /exists, but has no usable IP address/, 'ENODATA'],
    [
      'no address, from a resolver without errno',
      { code: 'ENODATA' },
      /exists, but has no usable IP address/,
      'ENODATA',
    ],
  ])('a failed lookup is explained: %s', async (_, error, message, detail) => {
    const resolver = (): Promise<never> => Promise.reject(Object.assign(new Error('lookup'), error));
    const { report } = await gate(testEndpoint(25, { host: 'nothing.example.test' }), { resolver });
    expect(report.steps[0]?.findings).toMatchObject([
      { code: 'dns-failed', message: expect.stringMatching(message) as string, evidence: { detail } },
    ]);
  });
});

describe('step 2, upgrade', () => {
  test.concurrent.each<Row>([
    ...['454 no TLS', '501 what', '502 no', '530 denied', '554 no', '250 fine'].map((reply) => ({
      name: `reply to STARTTLS: ${reply}`,
      server: { replies: { STARTTLS: reply } },
      steps: 'pfbbb',
      codes: ['starttls-refused'],
    })),
    { name: '421', server: { replies: { STARTTLS: ['421 bye', close] } }, steps: 'pibbb', codes: ['throttled'] },
    { name: 'silence', server: { replies: { STARTTLS: silence } }, steps: 'pfbbb', codes: ['reply-timeout'] },
    {
      name: 'a closed connection',
      server: { replies: { STARTTLS: close } },
      steps: 'pfbbb',
      codes: ['connection-lost'],
    },
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
    ...[[raw('\x16 injected\r\n')], [raw('\x15'), wait(50), raw('\x02injected\r\n')]].map((said) => ({
      name: `what begins like a TLS record but is not one, in writes: ${said.length}`,
      server: { replies: { STARTTLS: ['220 go', wait(100), ...said, wait(2000)] } },
      steps: 'pfbbb',
      codes: ['plaintext-after-starttls'],
    })),
    {
      name: 'a refusal instead of the ServerHello',
      server: { replies: { STARTTLS: ['220 go', wait(300), '454 not after all', close] } },
      steps: 'pfbbb',
      codes: ['plaintext-after-starttls'],
    },
  ])('$name: $steps $codes', (row) => check(row));

  test('the duration of step 3 includes the wait for the handshake', async () => {
    await using server = await startScriptedServer({ replies: { STARTTLS: ['220 go', silence] }, tls: served('good') });
    const { report } = await gate(testEndpoint(server.port, { timeoutMs: 1000 }));
    const [, upgrade, certificate] = report.steps;
    expect(codes(report.steps)).toEqual(['handshake-timeout']);
    expect(certificate?.durationMs).toBeGreaterThan(900);
    expect(upgrade?.durationMs).toBeLessThan(certificate?.durationMs ?? 0);
    const sum = report.steps.reduce((ms, { durationMs }) => ms + durationMs, 0);
    expect(sum).toBeLessThanOrEqual(report.durationMs + report.steps.length);
  });

  test('a TLS record before the ClientHello is not reported as unencrypted', async () => {
    const record = Buffer.from('15030300020228', 'hex');
    await using server = await startScriptedServer({
      tls: served('good'),
      replies: { STARTTLS: [raw(Buffer.concat([Buffer.from('220 go\r\n'), record])), silence] },
    });
    const { report } = await gate(testEndpoint(server.port));
    const [found] = report.steps[1]?.findings ?? [];
    expect(found).toMatchObject({ code: 'plaintext-after-starttls' });
    expect(found?.message).toMatch(/the gate had not sent a ClientHello/);
    expect(found?.message).not.toMatch(/unencrypted/);
  });
});

describe('an implicit-TLS port that sends unencrypted text', () => {
  test.each<[string, Dialogue['greeting'] & {}, string | undefined, boolean, boolean]>([
    ['SMTP', '220 mail ESMTP', undefined, true, false],
    ['SSH', 'SSH-2.0-OpenSSH_9.2', 'SSH', false, false],
    ['IMAP', '* OK IMAP4rev1', 'IMAP', false, false],
    ['HTTP', 'HTTP/1.1 400 Bad Request', 'HTTP', false, false],
    ['NNTP', '200 news ready', 'NNTP', false, false],
    ['a refusal', '554 not you', undefined, true, false],
    ['a rate limit', '421 busy', undefined, true, true],
    ['a rate limit in pieces', [raw('42'), wait(50), raw('1 busy\r\n'), silence], undefined, true, true],
    ['a rate limit without an end of line', [raw('42'), wait(50), raw('1 busy'), silence], undefined, true, true],
    ['a rate limit, and a close', [raw('42'), wait(50), raw('1 busy'), close], undefined, true, true],
    ['MySQL', raw(Buffer.from('4a0000000a382e302e3332', 'hex')), 'MySQL', false, false],
    ['MySQL with a different length', raw(Buffer.from('160000000a382e302e3332', 'hex')), 'MySQL', false, false],
    ['endless data', flood('aaaaaaaa'), undefined, true, false],
  ])('%s', async (name, greeting, protocol, isForStarttls, again) => {
    await using server = await startScriptedServer({ greeting });
    const { report, transient } = await gate(testEndpoint(server.port, { transport: 'implicit' }));
    expect([letters(report.steps), codes(report.steps), transient]).toEqual([
      'aafbb',
      ['plaintext-on-implicit-port'],
      again,
    ]);
    const [found] = report.steps[2]?.findings ?? [];
    expect(found?.evidence?.protocol).toBe(protocol);
    expect(found?.remedy.includes('transport: starttls')).toBe(isForStarttls);
    expect(found?.message.includes('rejects this client')).toBe(name.startsWith('a '));
  });

  test('an unencrypted greeting is shown without the replies to the ClientHello', async () => {
    const said = ['220-mx', '220 mx ESMTP', '500 what?', '500 what?', '500 what?', '221 Bye'];
    await using server = await startScriptedServer({ greeting: [...said, close] });
    const { report } = await gate(testEndpoint(server.port, { transport: 'implicit' }));
    expect(report.steps[2]?.findings[0]?.evidence?.data).toBe('220-mx\\x0d\\x0a220 mx ESMTP');
    const shown = report.transcript.filter(({ from }) => from === 'server').map(({ text }) => text);
    expect(shown).toEqual([...said.slice(0, 2), said.slice(2).join('\r\n')]);
  });
});

test.each([
  ['220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC', 'Amazon SES', '2465'],
  ['220 smtp.gmail.com ESMTP 5b1f17b1804b1-42 - gsmtp', 'Google', '465'],
  ['220 AB1PR01CA0001.outlook.office365.com Microsoft ESMTP MAIL Service ready', 'Microsoft 365', '587'],
])('a server that sends an unencrypted greeting is identified by it: %s', async (greeting, name, port) => {
  await using server = await startScriptedServer({ greeting });
  const { report } = await gate(testEndpoint(server.port, { transport: 'implicit' }));
  expect(report.steps[2]?.findings[0]?.remedy).toMatch(new RegExp(`transport: starttls.* ${name}: .*${port}`));
});

describe('step 3, the handshake', () => {
  test.concurrent.each<Row>([
    {
      name: 'silence',
      server: { replies: { STARTTLS: ['220 go', silence] } },
      steps: 'ppfbb',
      codes: ['handshake-timeout'],
    },
    {
      name: 'a closed connection',
      server: { replies: { STARTTLS: ['220 go', close] } },
      steps: 'ppfbb',
      codes: ['tls-handshake-failed'],
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
      name: 'TLS 1.2 if 1.3 is required',
      server: { tls: { maxVersion: 'TLSv1.2' } },
      endpoint: { tls: { ca: [], minVersion: 'TLSv1.3', minValidDays: 14, pins: [] } },
      steps: 'ppfbb',
      codes: ['tls-version-too-old'],
    },
    {
      name: 'a client certificate is required, TLS 1.3',
      server: { tls: { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' } },
      steps: 'ppfbb',
      codes: ['client-certificate-required'],
    },
    {
      name: 'a client certificate is required, TLS 1.2',
      server: { tls: { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' } },
      steps: 'ppfbb',
      codes: ['client-certificate-required'],
    },
    {
      name: 'a client certificate is requested but not required',
      server: { tls: { requestCert: true, rejectUnauthorized: false } },
      ...GOOD,
    },
    {
      name: 'unencrypted text on an implicit-TLS port',
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
    ['ffdhe3072', 'TLSv1.3', { group: 'ffdhe3072', postQuantum: false }],
    ['prime256v1', 'TLSv1.2', { group: 'P-256' }],
    ['prime256v1', 'TLSv1.3', { group: 'P-256', postQuantum: false }],
  ] as const)('%s with %s is in the report', async (ecdhCurve, maxVersion, expected) => {
    await using server = await startScriptedServer({ tls: { ...served('good'), ecdhCurve, maxVersion } });
    const { report } = await gate(testEndpoint(server.port));
    expect(report.tls).toMatchObject({ version: maxVersion, ...expected });
  });
});

describe('what a server supports instead', () => {
  const failureOf = async (tls: Dialogue['tls']): Promise<Finding | undefined> => {
    await using server = await startScriptedServer({ tls: { ...served('good'), ...tls } });
    const { report } = await gate(testEndpoint(server.port));
    expect(server.connections).toBe(2);
    return report.steps[2]?.findings[0];
  };

  test('is reported if its TLS version is too old', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await failureOf(old)).toMatchObject({
      code: 'tls-version-too-old',
      evidence: { negotiated: 'TLSv1.1', required: 'TLSv1.2', alert: '70' },
    });
  });

  test('is reported if there is no common cipher suite', async () => {
    const odd = { maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA@SECLEVEL=0:AES128-CCM8@SECLEVEL=0' } as const;
    expect(await failureOf(odd)).toMatchObject({
      code: 'tls-handshake-failed',
      evidence: { alert: '40', negotiated: expect.stringMatching(/^TLSv1\.2 with TLS_/) as string },
    });
  });
});

describe('step 3, the certificate', () => {
  test.each<[CertificateName, string[]]>([
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
    ['explicitCurve', ['certificate-untrusted']],
    ['signsCertificatesOnly', ['certificate-wrong-purpose']],
    ['anyPurpose', ['certificate-wrong-purpose']],
    ['netscapeClient', ['certificate-wrong-purpose']],
    ['emailOnly', ['certificate-hostname-mismatch']],
    ['leafTwice', ['certificate-chain-incomplete', 'certificate-chain-disordered']],
    ['outsideConstraints', ['certificate-untrusted']],
    ['everything', ['certificate-expired', 'certificate-chain-incomplete', 'certificate-hostname-mismatch']],
  ])('%s causes %j, and neither AUTH nor MAIL is sent', async (certName, expected) => {
    await using server = await startScriptedServer({ tls: { ...served(certName), ciphers: 'DEFAULT@SECLEVEL=0' } });
    const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    const { report } = await gate(testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, tls }));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppfbb', expected]);
    expect(server.heard.filter(({ line }) => /^(AUTH|MAIL)/.test(line))).toEqual([]);
    expect(report.tls?.certificate.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<CertificateName>(['good', 'wildcard', 'rsa2048', 'ed25519', 'address', 'brainpool', 'constrained'])(
    '%s is valid',
    (certName) => check({ name: certName, server: {}, ...GOOD }, certName),
  );

  test('a chain in the wrong order is valid, and causes a notice', () =>
    check(
      { name: '', server: {}, steps: 'ppppp', codes: ['certificate-chain-disordered', 'receipt-not-verified'] },
      'misordered',
    ));

  test('SNI is sent for a name, and not for an IP address', async () => {
    await using server = await startScriptedServer({ tls: served('address') });
    const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    await gate(testEndpoint(server.port, { tls }));
    const { report } = await gate(testEndpoint(server.port, { tls, servername: '127.0.0.1' }));
    expect(letters(report.steps)).toBe('pppnn');
    expect(server.handshakes.map(({ servername }) => servername)).toEqual(['mail.example.test', undefined]);
  });
});

describe('step 4, authentication', () => {
  const offer = (...offersInTls: string[]): Dialogue => ({ offersInTls });
  test.concurrent.each<Row>([
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
    {
      name: 'LOGIN as the configured mechanism',
      server: {},
      endpoint: { auth: { ...AUTH, mechanism: 'LOGIN' } },
      ...GOOD,
    },
    { name: 'the form AUTH=', server: offer('AUTH=LOGIN'), ...GOOD },
    { name: 'no AUTH', server: offer('8BITMIME'), steps: 'pppfb', codes: ['auth-not-advertised'] },
    {
      name: 'no mechanism in common',
      server: offer('AUTH GSSAPI NTLM'),
      steps: 'pppfb',
      codes: ['auth-mechanism-unavailable'],
    },
    {
      name: 'a password, but the server accepts only tokens',
      server: offer('AUTH XOAUTH2 OAUTHBEARER'),
      steps: 'pppfb',
      codes: ['auth-mechanism-unavailable'],
    },
    {
      name: 'the configured mechanism is not offered',
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
        ['534 5.7.9 app password', 'f', 'auth-rejected'],
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
      name: `reply to AUTH: ${reply}`,
      server: { replies: { AUTH: reply } },
      steps: `ppp${letter}b`,
      codes: [code],
    })),
    {
      name: 'an acceptance followed by a rejection',
      server: { replies: { AUTH: ['235 ok', '535 no'] } },
      steps: 'pppfb',
      codes: ['protocol-error'],
    },
    {
      name: '220 to EHLO over TLS',
      server: { replies: { 'tls:EHLO': '220 hello' } },
      steps: 'pppfb',
      codes: ['protocol-error'],
    },
    { name: 'a closed connection', server: { replies: { AUTH: close } }, steps: 'pppfb', codes: ['connection-lost'] },
    {
      name: 'EHLO rejected over TLS',
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
      name: '554 over implicit TLS',
      server: { implicit: true, greeting: '554 no' },
      endpoint: { transport: 'implicit' },
      steps: 'aapfb',
      codes: ['greeting-rejected'],
    },
    {
      name: 'IMAP over implicit TLS',
      server: { implicit: true, greeting: '* OK' },
      endpoint: { transport: 'implicit' },
      steps: 'aapfb',
      codes: ['not-smtp'],
    },
    {
      name: 'EHLO rejected over implicit TLS',
      server: { implicit: true, replies: { EHLO: '502 no' } },
      endpoint: { transport: 'implicit' },
      steps: 'aapfb',
      codes: ['ehlo-rejected'],
    },
  ])('$name: $steps $codes', (row) => check(row));
});

describe('step 5, delivery', () => {
  test.concurrent.each<Row>([
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
      name: `reply to ${verb}: ${reply}`,
      server: { replies: { [verb]: reply } },
      steps: `pppp${letter}`,
      codes: [code],
    })),
    {
      name: 'an acceptance of the message followed by a rejection',
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
      name: 'a closed connection after the dot',
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
      name: 'no inbox, but delivery is required',
      server: {},
      endpoint: { require: ['delivery'] },
      steps: 'ppppf',
      codes: ['step-required'],
    },
    {
      name: 'acceptance is expected',
      server: {},
      endpoint: { delivery: { ...DELIVERY, expect: 'accepted' } },
      steps: 'ppppp',
      codes: [],
    },
    {
      name: 'acceptance is expected, and delivery is required',
      server: {},
      endpoint: { delivery: { ...DELIVERY, expect: 'accepted' }, require: ['delivery'] },
      steps: 'ppppp',
      codes: [],
    },
    {
      name: 'acceptance is expected, and the message is rejected',
      server: { replies: { MESSAGE: '554 5.6.0 no' } },
      endpoint: { delivery: { ...DELIVERY, expect: 'accepted' } },
      steps: 'ppppf',
      codes: ['message-rejected'],
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
    { name: 'no reply to QUIT', server: { replies: { QUIT: silence } }, ...GOOD },
  ])('$name: $steps $codes', (row) => check(row));

  test('nothing is retried after the final dot', async () => {
    for (const MESSAGE of ['451 later', close] as const) {
      await using server = await startScriptedServer({ tls: served('good'), replies: { MESSAGE } });
      const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
      const { report, transient } = await gate(testEndpoint(server.port, { delivery: DELIVERY, tls }));
      expect(letters(report.steps)).toMatch(/^pppn[if]$/);
      expect(transient).toBe(false);
    }
  });

  test('the test message complies with RFC 5322, and its leading dots are preserved', async () => {
    await using server = await startScriptedServer({ tls: served('good') });
    const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    await gate(testEndpoint(server.port, { delivery: DELIVERY, tls }));
    const [message = ''] = server.messages;
    expect(message).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(message.replace(/\r\n /g, ' ')).toMatch(/^Message-ID: <starttls-gate\.[0-9a-f-]{36}@example\.test>\r$/m);
    expect(message).toMatch(/^Date: /m);
    expect(message).toMatch(/^\.This dot must arrive/m);
  });
});
