import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { close, raw, silence, wait, type Act, type Dialogue } from '../../support/dialogue.js';
import { codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { RSA_2048 } from '../../support/key-types.js';
import { inDays, issue, type Identity } from '../../../src/servers/pki.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding, TlsReport } from '../../../src/report/report.js';

/** `tls.check: both`: servers with an RSA and an ECDSA certificate, of which one handshake returns only one. */

/** RFC 8446 section 6: a fatal alert. */
const alert = (number: number): Act => raw(Buffer.from([0x15, 3, 3, 0, 2, 2, number]));

const ECDHE_RSA = 0xc02f;
const ECDHE_ECDSA = 0xc02b;
const RSA_PKCS1_SHA256 = 0x0401;
const ECDSA_SHA256 = 0x0403;

/** A handshake message in its own record (RFC 5246 sections 6.2.1 and 7.4). */
function message(type: number, body: Buffer): Buffer {
  const whole = Buffer.concat([Buffer.of(type), uint(3, body.length), body]);
  return Buffer.concat([Buffer.of(0x16, 3, 3), uint(2, whole.length), whole]);
}

function uint(octets: number, value: number): Buffer {
  const buffer = Buffer.alloc(octets);
  buffer.writeUIntBE(value, 0, octets);
  return buffer;
}

/** A list of extensions with only this one, empty: without it, clients abort (RFC 5746 section 3.4). */
const RENEGOTIATION_INFO = Buffer.from('0005ff01000100', 'hex');

/** TLS 1.2, no session, no compression. */
const serverHello = (cipher: number): Buffer =>
  message(
    2,
    Buffer.concat([
      Buffer.of(3, 3),
      Buffer.alloc(32, 1),
      Buffer.of(0),
      uint(2, cipher),
      Buffer.of(0),
      RENEGOTIATION_INFO,
    ]),
  );

function certificateMessage({ certificate }: Identity): Buffer {
  const der = certificate.raw;
  return message(11, Buffer.concat([uint(3, der.length + 3), uint(3, der.length), der]));
}

/** What a ClientHello offers in `signature_algorithms` (RFC 8446 section 4.2.3). */
function signatureSchemes(hello: Buffer): number[] {
  // After the headers, the version and the random: session id, cipher suites, compression, extensions.
  let at = 5 + 4 + 2 + 32;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  for (at += 2; at + 4 <= hello.length; at += 4 + hello.readUInt16BE(at + 2)) {
    if (hello.readUInt16BE(at) !== 13) continue;
    const list = hello.subarray(at + 6, at + 4 + hello.readUInt16BE(at + 2));
    return Array.from({ length: list.length / 2 }, (_, i) => list.readUInt16BE(2 * i));
  }
  return [];
}

let certs: CertificateFixtures;
let expiredRsa: Identity;
beforeAll(async () => {
  certs = await createCertificateFixtures();
  const names = ['mail.example.test'];
  expiredRsa = await certs.pki.issue({ names, key: RSA_2048, notBefore: inDays(-400), notAfter: inDays(-2) });
});

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  readonly found: readonly Finding[];
  readonly tls: TlsReport | undefined;
  readonly connections: number;
  /** Commands received on connections after the first. */
  readonly aside: readonly string[];
}

async function see(
  identities: readonly Identity[],
  dialogue: readonly Dialogue[] = [{}],
  overrides: Partial<Endpoint> = {},
  dualCertificates = true,
): Promise<Seen> {
  const own = { key: identities.map(({ key }) => key), cert: identities.map(({ chain }) => chain) };
  await using server = await startScriptedServer(dialogue.map((one) => ({ ...one, tls: { ...own, ...one.tls } })));
  const policy = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const tls = { ...policy, ...(dualCertificates && { dualCertificates: true as const }) };
  const { report } = await gate(testEndpoint(server.port, { tls, timeoutMs: 3000, ...overrides }));
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    found: report.steps[2]?.findings ?? [],
    tls: report.tls,
    connections: server.connections,
    aside: server.heard.filter(({ connection }) => connection > 0).map(({ line }) => line),
  };
}

const REFUSES: Dialogue = { replies: { STARTTLS: ['220 go', wait(100), alert(40), wait(300)] } };
const HANGS_UP: Dialogue = { replies: { STARTTLS: ['220 go', close] } };

const UP_TO_STARTTLS = ['EHLO gate.example.test', 'STARTTLS'];

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a server of %s', (maxVersion) => {
  const only: readonly Dialogue[] = [{ tls: { maxVersion, minVersion: maxVersion } }];
  /** The number of refused connections with TLS 1.2, which is tried first. */
  const refused = maxVersion === 'TLSv1.3' ? 1 : 0;

  test('passes with two good certificates, and side connections send nothing after STARTTLS', async () => {
    const seen = await see([certs.good, certs.rsa2048], only);
    const aside = refused ? [...UP_TO_STARTTLS, ...UP_TO_STARTTLS] : UP_TO_STARTTLS;
    expect(seen).toMatchObject({ steps: 'pppnn', codes: [], connections: 2 + refused, aside });
  });

  test('fails if its RSA certificate has expired, regardless of which one is configured first', async () => {
    for (const identities of [
      [certs.good, expiredRsa],
      [expiredRsa, certs.good],
    ]) {
      const seen = await see(identities, only);
      // If it is the one of the main handshake, it is also compared with the one that is sent without SNI.
      const compared = seen.found[0]?.evidence?.keyType === undefined ? 1 : 0;
      const connections = 2 + refused + compared;
      expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['certificate-expired'], connections });
    }
  });

  test('gets one connection if one certificate is enough', async () => {
    const seen = await see([certs.good, certs.rsa2048], only, {}, false);
    expect(seen).toMatchObject({ steps: 'pppnn', codes: [], connections: 1 });
  });

  test('has both certificates in the report', async () => {
    const { tls } = await see([certs.good, certs.rsa2048], only);
    expect([tls?.certificate, ...(tls?.otherCertificates ?? [])].map((shown) => shown?.key).sort()).toEqual([
      'EC P-256',
      'RSA 2048',
    ]);
  });
});

describe.each(['TLSv1.2', undefined] as const)('a server of TLS 1.2, with maximum version %s,', (maxVersion) => {
  const only: readonly Dialogue[] = [{ tls: maxVersion ? { maxVersion } : {} }];
  /** TLS 1.2, and TLS 1.3 if the server speaks it. */
  const versions = maxVersion ? 1 : 2;

  test.each(['good', 'rsa2048'] as const)(
    'passes with the single certificate "%s", after a control handshake',
    async (certName) => {
      const seen = await see([certs[certName]], only);
      expect(seen).toMatchObject({ steps: 'pppnn', codes: [], connections: 2 + versions });
      expect(seen.tls).not.toHaveProperty('otherCertificates');
    },
  );

  test('gets handshakes for both key types if its certificate has a third one', async () => {
    const connections = 2 + 2 * versions;
    expect(await see([certs.ed25519], only)).toMatchObject({ steps: 'pppnn', codes: [], connections });
  });
});

describe('a certificate that the server uses only with TLS 1.3, because of its TLS 1.2 cipher suites,', () => {
  /** TLS 1.2 for only one key type, which TLS 1.3 prefers. */
  const limited = (kind: string, sigalgs: string): readonly Dialogue[] => [
    { tls: { ciphers: `ECDHE-${kind}-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256`, sigalgs, honorCipherOrder: true } },
  ];
  const ecdsaFirst = limited('ECDSA', 'ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256');
  const rsaFirst = limited('RSA', 'RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA256');

  test.each<[string, () => readonly Identity[], readonly Dialogue[]]>([
    ['RSA', () => [certs.good, expiredRsa], ecdsaFirst],
    ['ECDSA', () => [certs.rsa2048, certs.expired], rsaFirst],
  ])('is found: %s', async (_, identities, dialogue) => {
    const seen = await see(identities(), dialogue);
    expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['certificate-expired'], connections: 3 });
    expect(seen.found[0]?.message).toMatch(/^The server's (RSA|ECDSA) certificate: /);
  });

  test('is not assumed to be absent if the handshake fails', async () => {
    const stalls: Dialogue = { replies: { STARTTLS: ['220 go', silence] } };
    const seen = await see([certs.good, expiredRsa], [...ecdsaFirst, ...ecdsaFirst, stalls]);
    expect(seen).toMatchObject({ steps: 'ppwnn', codes: ['certificate-unchecked'], connections: 3 });
  });
});

describe('a server that supports only TLS 1.3', () => {
  const only: readonly Dialogue[] = [{ tls: { minVersion: 'TLSv1.3' } }];

  test.each(['good', 'rsa2048'] as const)('may have another certificate than "%s"', async (certName) => {
    const seen = await see([certs[certName]], only);
    expect(seen).toMatchObject({ steps: 'ppwnn', codes: ['certificate-unchecked'], connections: 3 });
    expect(seen.tls).not.toHaveProperty('otherCertificates');
    expect(seen.found[0]?.message).toMatch(/because the server supports only TLS 1\.3/);
  });

  test('may have certificates of both key types if its certificate has a third one', async () => {
    const twice = ['certificate-unchecked', 'certificate-unchecked'];
    expect(await see([certs.ed25519], only)).toMatchObject({ steps: 'ppwnn', codes: twice, connections: 5 });
  });
});

test('a finding says which certificate it is about', async () => {
  const { found } = await see([certs.good, expiredRsa]);
  expect(found[0]?.message).toMatch(/^The server's RSA certificate: The certificate expired on/);
  expect(found[0]?.evidence).toMatchObject({ keyType: 'RSA' });
});

test('two expired certificates cause two findings', async () => {
  expect(await see([certs.expired, expiredRsa])).toMatchObject({
    steps: 'ppfbb',
    codes: ['certificate-expired', 'certificate-expired'],
  });
});

test('both certificates are checked with implicit TLS', async () => {
  const seen = await see([certs.good, expiredRsa], [{ implicit: true }], { transport: 'implicit' });
  expect(seen).toMatchObject({ steps: 'aafbb', codes: ['certificate-expired'], aside: [] });
});

describe('a server is known to have no other certificate', () => {
  test('by its alert, if a control handshake succeeds', async () => {
    expect(await see([certs.good], [{}, REFUSES, {}])).toMatchObject({ steps: 'pppnn', codes: [], connections: 4 });
  });

  test('by its alert, after a connection that was closed once', async () => {
    const seen = await see([certs.good], [{}, HANGS_UP, REFUSES, {}]);
    expect(seen).toMatchObject({ steps: 'pppnn', codes: [], connections: 5 });
  });

  test.each([
    ['a cipher suite', () => [serverHello(ECDHE_RSA)]],
    ['a certificate', () => [serverHello(ECDHE_ECDSA), certificateMessage(certs.rsa2048)]],
  ])('by %s of a key type that was not offered', async (_, messages) => {
    // The first certificate is RSA, so the second handshake offers only ECDSA.
    const goesOn: Dialogue = {
      replies: { STARTTLS: ['220 go', wait(100), raw(Buffer.concat(messages())), wait(300)] },
    };
    expect(await see([certs.rsa2048], [{}, goesOn, {}])).toMatchObject({ steps: 'pppnn', codes: [], connections: 4 });
  });
});

test('an ECDSA certificate of an RSA CA is found with a server that is strict about chains', async () => {
  const commonName = 'Test RSA Authority';
  const authority = await issue({
    commonName,
    ca: true,
    key: RSA_2048,
    issuer: certs.pki.root,
    notAfter: inDays(900),
  });
  const options = { names: ['mail.example.test'], issuer: authority, sends: [authority] };
  const expired = await certs.pki.issue({ ...options, notBefore: inDays(-400), notAfter: inDays(-2) });
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    await using server = await startScriptedServer({
      implicit: true,
      // Prefers RSA if the client allows it.
      tls: {
        key: [certs.rsa2048.key, expired.key],
        cert: [certs.rsa2048.chain, expired.chain],
        sigalgs: 'RSA+SHA256:RSA-PSS+SHA256:ECDSA+SHA256',
        maxVersion,
        ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256',
        honorCipherOrder: true,
      },
    });
    await using strict = await startStrict(server.port, RSA_PKCS1_SHA256);
    const policy = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    const tls = { ...policy, dualCertificates: true as const };
    const { report } = await gate(testEndpoint(strict.port, { tls, transport: 'implicit' }));
    expect({ maxVersion, codes: codes(report.steps) }).toEqual({ maxVersion, codes: ['certificate-expired'] });
  }
});

describe('an RSA certificate of an ECDSA CA, with a server that is strict about chains,', () => {
  /** What the gate reports for a server whose RSA certificate has expired. */
  async function seeStrict(versions: Dialogue['tls']): Promise<{ steps: string; codes: readonly string[] }> {
    const own = {
      key: [certs.good.key, expiredRsa.key],
      cert: [certs.good.chain, expiredRsa.chain],
      // Prefers ECDSA if the client allows it.
      ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256',
      honorCipherOrder: true,
    };
    await using server = await startScriptedServer({ implicit: true, tls: { ...own, ...versions } });
    await using strict = await startStrict(server.port, ECDSA_SHA256);
    const policy = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    const tls = { ...policy, dualCertificates: true as const };
    const { report } = await gate(testEndpoint(strict.port, { tls, transport: 'implicit' }));
    return { steps: letters(report.steps), codes: codes(report.steps) };
  }

  test.each<[string, Dialogue['tls']]>([
    ['TLS 1.2', { maxVersion: 'TLSv1.2' }],
    ['TLS 1.2 and 1.3', {}],
  ])('is found with %s', async (_, versions) => {
    expect(await seeStrict(versions)).toEqual({ steps: 'aafbb', codes: ['certificate-expired'] });
  });

  test('may remain unchecked with only TLS 1.3, which causes a warning', async () => {
    expect(await seeStrict({ minVersion: 'TLSv1.3' })).toEqual({ steps: 'aawnn', codes: ['certificate-unchecked'] });
  });
});

describe('the step has a warning if the second certificate cannot be checked because of', () => {
  test.each<[string, readonly Dialogue[]]>([
    ['a different greeting', [{ greeting: '421 busy' }]],
    ['no STARTTLS', [{ replies: { STARTTLS: '454 not now' } }]],
    ['a handshake that stalls', [{ replies: { STARTTLS: ['220 go', silence] } }]],
    ['two closed connections', [HANGS_UP]],
    ['an alert with a different meaning', [{ replies: { STARTTLS: ['220 go', wait(100), alert(80), wait(300)] } }, {}]],
    ['the alert with TLS 1.2, followed by a different greeting', [REFUSES, { greeting: '421 busy' }]],
    ['the alert in the control handshake too', [REFUSES, REFUSES, { greeting: '421 busy' }]],
    [
      'a required client certificate',
      [{ tls: { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' } }],
    ],
  ])('%s', async (_, dialogues) => {
    expect(await see([certs.good, certs.rsa2048], [{}, ...dialogues])).toMatchObject({
      steps: 'ppwnn',
      codes: ['certificate-unchecked'],
    });
  });
});

test('a server that rejects the additional connection is quoted, with a command for the other certificate', async () => {
  const {
    found: [found],
  } = await see([certs.good], [{}, { greeting: '421 busy' }]);
  expect(found).toMatchObject({ code: 'certificate-unchecked', evidence: { outcome: '421 busy' } });
  expect(found?.message).toMatch(
    /an RSA certificate, because the server rejected the additional connection with "421 busy"\.$/,
  );
  expect(found?.remedy).toContain('`openssl s_client -tls1_2 -cipher aRSA`');
});

/** A relay in front of an implicit-TLS server that rejects clients which do not offer this signature scheme. */
async function startStrict(backend: number, scheme: number): Promise<{ port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client.on('error', () => undefined));
    client.once('data', (hello: Buffer) => {
      if (!signatureSchemes(hello).includes(scheme)) {
        client.end(Buffer.from('15030300020228', 'hex'));
        return;
      }
      const behind = connect(backend, '127.0.0.1').on('error', () => client.destroy());
      sockets.add(behind);
      behind.write(hello);
      client.pipe(behind).pipe(client);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
