import { getDiffieHellman, type DiffieHellmanGroup } from 'node:crypto';
import { close, raw, reset, wait, type Dialogue, type Reply } from '../../support/dialogue.js';
import { AUTH, DELIVERY, gate, letters, testEndpoint, testRun } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { completeFinding } from '../../../src/findings/complete.js';
import { errorToFinding } from '../../../src/steps/error-to-finding.js';
import { judgeHandshakeFailure } from '../../../src/steps/certificate/handshake-failure.js';
import type { Context, RunContext } from '../../../src/steps/context.js';
import type { Transient } from '../../../src/steps/hand-over.js';
import { Deadline } from '../../../src/net/deadline.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import { PROBES } from '../../../src/plan/schema/enums.js';
import type { Finding } from '../../../src/report/report.js';
import { ReplyTimeout } from '../../../src/smtp/session.js';
import { EXACTLY, inWords } from '../../support/reports.js';
import { onCurve } from '../../support/rewritten.js';

/** Why a handshake fails: from the first connection, and from another one that offers everything. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
const ODD = { maxVersion: 'TLSv1.2', ciphers: 'CAMELLIA@SECLEVEL=0' } as const;

interface Seen {
  readonly found: Finding | undefined;
  readonly steps: string;
  readonly transient: Transient;
  readonly connections: number;
}

/** @param dialogues one for each connection; the last one repeats */
async function see(
  dialogues: readonly Dialogue[],
  endpoint: Partial<Endpoint> = {},
  world: Partial<RunContext> = {},
): Promise<Seen> {
  const tls = { key: certs.good.key, cert: certs.good.chain };
  await using server = await startScriptedServer(dialogues.map((one) => ({ ...one, tls: { ...tls, ...one.tls } })));
  const policy = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report, transient } = await gate(testEndpoint(server.port, { tls: policy, ...endpoint }), world);
  const found = report.steps.flatMap(({ findings }) => findings)[0];
  return { found, steps: letters(report.steps), transient, connections: server.connections };
}

/** Sends 220, and this instead of the ServerHello. */
const instead = (...acts: Extract<Reply, readonly unknown[]>): Dialogue => ({
  replies: { STARTTLS: ['220 go', wait(100), ...acts] },
});
const alert = (number: number): Dialogue => instead(raw(Buffer.from([21, 3, 3, 0, 2, 2, number])), wait(200), close);

describe('a closed connection instead of a ServerHello', () => {
  test.each([
    ['closed', close],
    ['reset', reset],
  ])('is reported as an old version if the server supports only that: %s', async (_, hangUp) => {
    const seen = await see([instead(hangUp), { tls: OLD }]);
    expect(seen).toMatchObject({ steps: 'ppfbb', transient: false, connections: 2 });
    expect(seen.found).toMatchObject({
      code: 'tls-version-too-old',
      evidence: { negotiated: 'TLSv1', required: 'TLSv1.2', detail: expect.any(String) as string },
    });
  });

  test.each([
    ['FIN', [close], 'the server closed it'],
    [
      'close_notify',
      [raw(Buffer.of(21, 3, 3, 0, 2, 1, 0)), close],
      'the server closed it after the alert close_notify',
    ],
    ['a warning', [raw(Buffer.of(21, 3, 3, 0, 2, 1, 112)), close], 'the server closed it after the warning alert 112'],
    ['RST', [reset], 'ECONNRESET'],
  ] as const)('is reported with the way it was closed: %s', async (_, acts, detail) => {
    const { found } = await see([instead(...acts)]);
    expect(found).toMatchObject({ code: 'tls-handshake-failed', evidence: { detail } });
  });

  test('is a failed handshake if the server closes the next ones too, also without SNI, and is worth another attempt', async () => {
    const seen = await see([instead(close)]);
    expect(seen).toMatchObject({ found: { code: 'tls-handshake-failed' }, transient: true, connections: 3 });
  });

  test.each<[string, Dialogue]>([
    ['421', { greeting: ['421 busy', close] }],
    ['a deferred STARTTLS', { replies: { STARTTLS: '454 later' } }],
  ])('is a lost connection if the second one gets no further: %s', async (_, second) => {
    const seen = await see([instead(close), second]);
    expect(seen).toMatchObject({ found: { code: 'connection-lost' }, transient: true, connections: 2 });
  });

  test('is a lost connection if the server has sent a part of a handshake', async () => {
    const seen = await see([instead(raw(Buffer.of(22, 3, 3, 0, 80, 2, 0, 0, 76)), close)]);
    expect(seen).toMatchObject({ found: { code: 'connection-lost' }, transient: true, connections: 2 });
  });

  test('is a lost connection if the second handshake succeeds', async () => {
    const seen = await see([instead(close), {}]);
    // Two more find out whether the size of the ClientHello is the reason.
    expect(seen).toMatchObject({ found: { code: 'connection-lost' }, transient: true, connections: 4 });
  });

  test('is reported as an old version with implicit TLS too', async () => {
    const seen = await see([{ greeting: [wait(100), close] }, { implicit: true, tls: OLD }], { transport: 'implicit' });
    expect(seen.found).toMatchObject({ code: 'tls-version-too-old', evidence: { negotiated: 'TLSv1' } });
  });
});

describe('alert 70 (protocol_version)', () => {
  test('is reported with the version of the server if that is too old', async () => {
    const { found } = await see([{ tls: OLD }]);
    expect(found).toMatchObject({ code: 'tls-version-too-old', evidence: { negotiated: 'TLSv1', alert: '70' } });
    expect(found?.message).toMatch(/^The server supports TLSv1, but TLSv1\.2 or later is required\./);
    // A version at the end of a line is also the beginning of a newer one.
    expect(found).toMatchObject({ reproduceShows: 'SSL alert number 70' });
    expect(found?.reproduce).toMatch(/ -min_protocol TLSv1\.2 /);
  });

  test('is explained for TLS 1.2 if 1.3 is required, with a fix for 1.3', async () => {
    const policy = { ca: [], minVersion: 'TLSv1.3', minValidDays: 14, pins: [] } as const;
    const dialogue: Dialogue = { greeting: '220 mail.example.test ESMTP Exim 4.96', tls: { maxVersion: 'TLSv1.2' } };
    const { found } = await see([dialogue], { tls: policy });
    expect(found).toMatchObject({
      code: 'tls-version-too-old',
      evidence: { negotiated: 'TLSv1.2', required: 'TLSv1.3' },
      reference: 'RFC 9325 section 3.1.1',
    });
    expect(found?.remedy).toMatch(/^Enable TLS 1\.3 on the server.* Exim: remove `\+no_tlsv1_3` from/);
    expect(found?.remedy).not.toMatch(/deprecated|>=TLSv1\.2/);
  });

  test('is reported as no common version if no version works', async () => {
    const { found } = await see([alert(70)]);
    expect(found?.code).toBe('tls-version-too-old');
    expect(found?.message).toMatch(
      /^The server supports none of the TLS versions that the gate offers; TLSv1\.2 or later is required\. /,
    );
  });

  test.each<[string, Dialogue]>([
    ['421', { greeting: ['421 busy', close] }],
    ['a deferred STARTTLS', { replies: { STARTTLS: '454 later' } }],
    ['a closed connection', instead(close)],
  ])('is reported without a version if the second connection fails: %s', async (_, second) => {
    const { found } = await see([alert(70), second]);
    expect(found).toMatchObject({ code: 'tls-version-too-old', evidence: { negotiated: 'unknown', alert: '70' } });
    expect(found?.message).toMatch(
      /^The server does not support TLSv1\.2 or later\. The gate could not determine what it supports/,
    );
  });

  test('is not an old version if a new one is negotiated when all are offered', async () => {
    const { found } = await see([alert(70), {}]);
    expect(found).toMatchObject({ code: 'tls-handshake-failed', evidence: { alert: '70' } });
    expect(found?.message).toMatch(
      /alert 70 .* With every version and cipher suite enabled, the server selects TLSv1\.3 with TLS_/,
    );
  });
});

describe('no common cipher suite', () => {
  const NONE = /^The server accepts none of the cipher suites that the gate offers\./;

  test('is the reason for alert 40 if the server selects a suite that the gate does not offer', async () => {
    const { found } = await see([{ tls: ODD }]);
    expect(found).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringMatching(NONE) as string,
      remedy: expect.stringMatching(/^Remove the server's custom cipher list/) as string,
      evidence: { alert: '40', negotiated: expect.stringMatching(/CAMELLIA/) as string },
    });
  });

  test.each([
    [
      'of TLS 1.3',
      { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_CCM_SHA256' },
      /^TLSv1\.3 with TLS_AES_128_CCM_SHA256$/,
    ],
    [
      'of TLS 1.3, with a short tag',
      { minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_CCM_8_SHA256:DEFAULT:@SECLEVEL=0' },
      /CCM_8_SHA256$/,
    ],
  ] as const)('is detected for suites %s', async (_, tls, spoken) => {
    const { found } = await see([{ tls }]);
    expect(found).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringMatching(NONE) as string,
      evidence: { alert: '40', negotiated: expect.stringMatching(spoken) as string },
    });
  });

  test('is distinguished from an obsolete handshake signature', async () => {
    const { key, chain: cert } = certs.rsa2048;
    const tls = { sigalgs: 'RSA+SHA1', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0' };
    const { found } = await see([{ tls: { key, cert, ...tls, maxVersion: 'TLSv1.2' } }]);
    expect(found).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringMatching(/^The server can only sign the handshake with RSA with SHA-1,/) as string,
      remedy: expect.stringMatching(/SHA-256 or better/) as string,
      evidence: { alert: '40', signature: 'RSA with SHA-1' },
    });
  });

  test('is distinguished from no common curve', async () => {
    const { found } = await see([
      {
        tls: {
          maxVersion: 'TLSv1.2',
          ecdhCurve: 'brainpoolP256r1',
          ciphers: 'ECDHE',
          cert: certs.rsa2048.chain,
          key: certs.rsa2048.key,
        },
      },
    ]);
    expect(found).toMatchObject({
      code: 'tls-handshake-failed',
      remedy: expect.stringMatching(/the curves X25519 and P-256/) as string,
      evidence: {
        alert: '40',
        negotiated: expect.stringMatching(/^TLSv1\.2 with TLS_ECDHE_\w+ on brainpoolP256r1$/) as string,
      },
    });
    expect(found?.message).toMatch(/^The server accepts none of the curves that the gate offers\./);
  });

  test.each([
    ['secp224r1', 'P-224', 'TLSv1.2'],
    ['secp224r1', 'P-224', 'TLSv1.3'],
    ['secp256k1', 'secp256k1', 'TLSv1.2'],
    ['secp256k1', 'secp256k1', 'TLSv1.3'],
    // TLS 1.3 has a signature algorithm for it.
    ['brainpoolP256r1', 'brainpoolP256r1', 'TLSv1.2'],
  ] as const)(
    'is distinguished from a key on %s (%s) of a server that supports %s',
    async (curve, name, maxVersion) => {
      const { key, chain } = onCurve(certs.good, curve, certs.pki.intermediate, [certs.pki.intermediate]);
      const { found } = await see([{ tls: { key, cert: chain, maxVersion } }]);
      expect(found).toMatchObject({
        ...{ code: 'tls-handshake-failed', title: 'Certificate key uses an uncommon curve' },
        evidence: { alert: '40', curve: name, negotiated: expect.stringMatching(/^TLSv1\.2 with /) as string },
      });
      expect(found?.message).toMatch(`is on the curve ${name}, which the gate does not offer`);
    },
  );

  test('is not the reason for alert 40 if the server selects an offered suite', async () => {
    const { found } = await see([alert(40), {}]);
    expect(found).toMatchObject({ code: 'tls-handshake-failed', evidence: { alert: '40' } });
    expect(found?.message).not.toMatch(NONE);
    expect(found?.remedy).not.toMatch(/^Remove the server's custom cipher list/);
  });

  test('is the reason for alert 71', async () => {
    const { found } = await see([alert(71)]);
    expect(found).toMatchObject({ code: 'tls-handshake-failed', message: expect.stringMatching(NONE) as string });
    expect(found?.remedy).toMatch(/^Remove the server's custom cipher list/);
  });

  test('is the reason for a ServerHello with a suite that was not offered', async () => {
    // TLS 1.2, 32 bytes of random, no session, TLS_RSA_WITH_CAMELLIA_128_CBC_SHA, no compression, no extensions.
    const hello = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0x00, 0x41, 0])]);
    const message = Buffer.concat([Buffer.from([2, 0, 0, hello.length]), hello]);
    const record = Buffer.concat([Buffer.from([22, 3, 3, 0, message.length]), message]);
    const { found } = await see([instead(raw(record), wait(300), close)]);
    expect(found).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringMatching(NONE) as string,
      evidence: { code: expect.stringMatching(/CIPHER_RETURNED/) as string },
    });
  });
});

test('text after the first TLS record is reported', async () => {
  // An empty ServerHelloDone is a complete record, and OpenSSL reads the next one.
  const begun = Buffer.from('160303000402000046', 'hex');
  const seen = await see([
    instead(raw(Buffer.concat([begun, Buffer.from('454 4.7.0 not now\r\n')])), wait(200), close),
  ]);
  expect(seen).toMatchObject({ steps: 'ppfbb', connections: 1 });
  expect(seen.found).toMatchObject({
    code: 'tls-handshake-failed',
    message: 'During the TLS handshake the server sent data that is not TLS: "454 4.7.0 not now".',
    evidence: { data: '454 4.7.0 not now' },
  });
});

describe('an alert is explained', () => {
  test.each([
    [10, 'unexpected message', /did not expect/, /another network/],
    [20, 'bad record mac', /damaged/, /another network/],
    [21, 'decryption failed', /could not decrypt/, /another network/],
    [22, 'record overflow', /a record that is too long/, /another network/],
    [42, 'bad certificate', /did not request a certificate/, /proxy/],
    [47, 'illegal parameter', /a value in the handshake/, /Update the server's TLS library/],
    [48, 'unknown ca', /did not request a certificate/, /proxy/],
    [49, 'access denied', /denied access/, /gate's IP address/],
    [50, 'decode error', /could not parse/, /Update the server's TLS library/],
    [51, 'decrypt error', /was not valid/, /another network/],
    [80, 'internal error', /gives no reason/, /server's log.*certificate or key/s],
    [86, 'inappropriate fallback', /the client fell back to an older TLS version/, /proxy/],
    [90, 'user canceled', /for a reason other than a protocol error/, /server's log/],
    [109, 'missing extension', /an extension that it requires is missing/, /`servername`/],
    [110, 'unsupported extension', /contains an extension/, /Update the server's TLS library/],
    [113, 'bad certificate status response', /OCSP response/, /OCSP stapling/],
    [114, 'bad certificate hash value', /hash of a certificate/, /another network/],
    [115, 'unknown psk identity', /\(PSK\)/, /with a certificate/],
    [120, 'no application protocol', /\(ALPN\)/, /HTTPS/],
  ])('%i, %s', async (number, name, says, remedy) => {
    const { found } = await see([alert(number)]);
    expect(found).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringMatching(new RegExp(`alert ${number} \\(${name}\\): .*${says.source}`)) as string,
      remedy: expect.stringMatching(remedy) as string,
      evidence: { alert: String(number), name },
    });
  });
});

test('Diffie-Hellman parameters that are too short are reported as such', async () => {
  const { key, chain: cert } = certs.rsa2048;
  const dhparam = parametersOf(getDiffieHellman('modp2'));
  const tls = { key, cert, dhparam, maxVersion: 'TLSv1.2', ciphers: 'DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0' } as const;
  const { found } = await see([{ tls }]);
  expect(found).toMatchObject({
    code: 'tls-handshake-failed',
    message: expect.stringMatching(
      /^The server's Diffie-Hellman parameters are too short \(dh key too small\)\./,
    ) as string,
    remedy: expect.stringMatching(/2048 bits or more.*enable ECDHE cipher suites and TLS 1\.3/) as string,
    evidence: { reason: 'dh key too small', negotiated: expect.stringMatching(/TLS_DHE_RSA/) as string },
  });
});

/** PEM for a server (PKCS #3): a sequence of two integers, prime and generator. */
function parametersOf(group: DiffieHellmanGroup): string {
  const prime = group.getPrime();
  const integer = Buffer.concat([Buffer.of(2, 0x81, prime.length + 1, 0), prime, Buffer.of(2, 1, 2)]);
  const der = Buffer.concat([Buffer.of(0x30, 0x81, integer.length), integer]);
  return `-----BEGIN DH PARAMETERS-----\n${der.toString('base64')}\n-----END DH PARAMETERS-----\n`;
}

describe('alert 112 (unrecognized_name)', () => {
  test('is reported with the name that was sent, and how to change it', async () => {
    const seen = await see([alert(112)]);
    expect(seen).toMatchObject({ steps: 'ppfbb', transient: false, connections: 1 });
    expect(seen.found).toMatchObject({
      code: 'tls-handshake-failed',
      message: expect.stringMatching(/does not recognize the server name mail\.example\.test .*alert 112/) as string,
      remedy: expect.stringMatching(/`servername`/) as string,
      evidence: { alert: '112', name: 'unrecognized name', servername: 'mail.example.test' },
    });
  });

  test('is reported as a missing name if none was sent', async () => {
    const { found } = await see([alert(112)], { servername: '127.0.0.1' });
    expect(found?.message).toMatch(/requires a server name \(SNI\)/);
    expect(found?.evidence).toMatchObject({ servername: 'none sent' });
  });
});

describe('a handshake that takes too long', () => {
  const timedOut = async (
    timeoutMs: number,
    answered: boolean,
    transport: Endpoint['transport'] = 'starttls',
    address?: string,
  ) => {
    const endpoint = testEndpoint(587, { timeoutMs, transport });
    const context = { endpoint, run: testRun(), budget: Deadline.after(1000) } as Context;
    const failure = { kind: 'timed-out', waitedMs: timeoutMs, answered } as const;
    const { findings } = await judgeHandshakeFailure(context, address, { failure, helloBytes: 0 });
    const [found] = findings.map((one) => completeFinding(one, EXACTLY));
    return found;
  };

  test.each([
    [true, 'starttls', 'TLS handshake not finished within a short timeout'],
    [false, 'starttls', 'TLS handshake not started within a short timeout'],
    [false, 'implicit', 'TLS handshake not started within a short timeout'],
  ] as const)(
    'is for the author of the workflow if the timeout is short: %s, %s',
    async (answered, transport, title) => {
      expect(await timedOut(14_900, answered, transport)).toMatchObject({
        ...{ code: 'handshake-timeout', title, party: 'configuration', certainty: 'likely' },
        evidence: { timeout: '14.9 s' },
        remedy: expect.stringMatching(
          /^Raise `timeout` to its default \(15 s\) or above: it is set to 14\.9 s\./,
        ) as string,
      });
    },
  );

  test.each([
    [true, 'starttls', 'TLS handshake timed out'],
    [false, 'starttls', 'Server does not begin the TLS handshake'],
    [false, 'implicit', 'Server does not begin the TLS handshake'],
  ] as const)(
    'is for the server owner if the timeout is that of the default: %s, %s',
    async (answered, transport, title) => {
      const found = await timedOut(15_000, answered, transport, '127.0.0.1');
      expect(found).toMatchObject({ code: 'handshake-timeout', title, party: 'server', certainty: 'likely' });
      expect(found?.evidence).not.toHaveProperty('timeout');
      expect(found?.remedy).not.toMatch(/`timeout`/);
    },
  );

  test('is for the network if nothing follows the STARTTLS of another machine, such as large packets', async () => {
    const found = await timedOut(15_000, false, 'starttls', '192.0.2.1');
    expect(found).toMatchObject({ code: 'handshake-timeout', party: 'network', certainty: 'likely' });
    expect(found?.remedy).toMatch(/^First check whether large packets get through: .*`ping -M do -s 1472 HOST`/s);
  });
});

describe('the time limit of an attempt', () => {
  const endpoint = testEndpoint(587, { timeoutMs: 2000 });
  const context = (leftMs: number): Context =>
    ({ endpoint, run: testRun(), budget: Deadline.after(leftMs) }) as Context;

  test('is reported if it ended the wait', async () => {
    const { finding } = errorToFinding(new ReplyTimeout(312), context(0), 'greeting');
    expect(inWords(finding)).toMatchObject({
      code: 'reply-timeout',
      message: 'The greeting did not arrive within 0.3 s; the whole attempt reached its time limit of 8 s.',
      evidence: { waited: '0.3 s', attemptLimit: '8 s' },
    });
    const { findings } = await judgeHandshakeFailure(context(0), undefined, {
      failure: { kind: 'timed-out', waitedMs: 312, answered: true },
      // There is no time left for another handshake.
      helloBytes: 1600,
    });
    expect(findings.map(inWords)).toMatchObject([
      { code: 'handshake-timeout', evidence: { waited: '0.3 s', attemptLimit: '8 s' } },
    ]);
    expect(findings.map(inWords)[0]?.message).toMatch(/in time; the whole attempt reached its time limit of 8 s\.$/);
    expect(findings.map((one) => completeFinding(one, EXACTLY).remedy)).toEqual([
      expect.not.stringMatching(/`timeout`/),
    ]);
  });

  test('is longer with probes', () => {
    const probed = { ...context(0), endpoint: { ...endpoint, probes: PROBES } };
    expect(errorToFinding(new ReplyTimeout(312), probed, 'greeting').finding.evidence?.attemptLimit).toBe('24 s');
  });

  test('is not reported if the wait reached its own timeout', async () => {
    const { finding } = errorToFinding(new ReplyTimeout(2000), context(1000), 'greeting');
    expect(inWords(finding)).toMatchObject({
      message: 'The greeting did not arrive within 2.0 s.',
      evidence: { waited: '2.0 s' },
    });
    expect(finding.evidence).not.toHaveProperty('attemptLimit');
    const { findings } = await judgeHandshakeFailure(context(1000), undefined, {
      failure: { kind: 'timed-out', waitedMs: 2000, answered: true },
      helloBytes: 0,
    });
    expect(findings.map(inWords)[0]?.message).toMatch(/in time\.$/);
  });

  test('ends a session in which every reply is slow but in time, and the total is too long', async () => {
    const late = (...lines: string[]): Reply => [wait(1200), ...lines];
    const dialogue: Dialogue = {
      greeting: late('220 late'),
      replies: {
        'plain:EHLO': late('250-mail', '250 STARTTLS'),
        'tls:EHLO': late('250-mail', '250 AUTH PLAIN'),
        AUTH: late('235 welcome'),
        MAIL: late('250 ok'),
        RCPT: late('250 ok'),
        DATA: late('354 go ahead'),
        MESSAGE: late('250 ok'),
      },
    };
    // On a busy machine most of the time would be that of this process, which does not count.
    const noStandstill = { totalMs: 0, pausesMs: 0, waitBegins: () => undefined, waitEnds: () => undefined };
    const end = Deadline.on(new AbortController().signal, noStandstill);
    const { found, steps } = await see([dialogue], { timeoutMs: 2000, auth: AUTH, delivery: DELIVERY }, { end });
    expect([steps, found]).toMatchObject(['ppppf', { code: 'reply-timeout', evidence: { attemptLimit: '8 s' } }]);
  }, 30_000);
});
