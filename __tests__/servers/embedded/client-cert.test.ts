import { once } from 'node:events';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { connect as connectTls, createServer, type PeerCertificate, type TLSSocket } from 'node:tls';
import { completeFinding } from '../../../src/findings/complete.js';
import { startEmbedded, USER } from '../../support/embedded.js';
import { DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer, type ScriptedServer } from '../../support/scripted-server.js';
import type { Dialogue } from '../../support/dialogue.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { listen } from '../../../src/servers/listener.js';
import { objectIdentifier, sequence } from '../../../src/servers/der.js';
import {
  createPki,
  extension,
  inDays,
  type CertificateOptions,
  type Identity,
  type Pki,
} from '../../../src/servers/pki.js';
import { errorToFinding } from '../../../src/steps/error-to-finding.js';
import { judgeHandshakeFailure } from '../../../src/steps/certificate/handshake-failure.js';
import type { Context } from '../../../src/steps/context.js';
import type { ClientIdentity, Endpoint, TlsPolicy } from '../../../src/plan/endpoint.js';
import { ConnectionLost } from '../../../src/smtp/session.js';
import { Secret } from '../../../src/secrets/secret.js';
import { TrustStore, type TrustSettings } from '../../../src/tls/trust.js';
import { load } from '../../support/load-plan.js';
import { EXACTLY } from '../../support/reports.js';

/** Servers that request a client certificate. */

const ANY_PURPOSE = extension('2.5.29.37', sequence(objectIdentifier('2.5.29.37.0')));

let certs: CertificateFixtures;
let clients: Pki;
let ours: Identity;
beforeAll(async () => {
  [certs, clients] = await Promise.all([createCertificateFixtures(), createPki('Clients')]);
  ours = await clients.issue({ commonName: 'gate', usage: ['clientAuth'] });
});

const shownAs = ({ chain, key }: Identity): ClientIdentity => ({ certificate: chain, key: new Secret(key) });

/** A server that accepts only clients with a certificate of its own CA. */
function requiringCertificate(maxVersion: 'TLSv1.2' | 'TLSv1.3', dialogue: Dialogue = {}): Promise<ScriptedServer> {
  const tls = { key: certs.good.key, cert: certs.good.chain, maxVersion };
  return startScriptedServer({
    ...dialogue,
    tls: { ...tls, ca: clients.root.cert, requestCert: true, rejectUnauthorized: true },
  });
}

function endpointOf(port: number, client?: ClientIdentity, overrides: Partial<Endpoint> = {}): Endpoint {
  const tls: TlsPolicy = {
    ca: [certs.pki.root.cert],
    minVersion: 'TLSv1.2',
    minValidDays: 14,
    pins: [],
    ...(client && { client }),
  };
  return testEndpoint(port, { tls, delivery: DELIVERY, ...overrides });
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
  test('a server that requires a certificate receives it, and the endpoint passes', async () => {
    await using server = await requiringCertificate(version);
    const { report } = await gate(endpointOf(server.port, shownAs(ours)));
    expect({ steps: letters(report.steps), codes: codes(report.steps) }).toEqual({
      steps: 'pppnp',
      codes: ['receipt-not-verified'],
    });
    expect(server.handshakes.map((one) => one.version)).toEqual([version]);
  });

  test('the same holds with implicit TLS', async () => {
    await using server = await requiringCertificate(version, { implicit: true });
    const { report } = await gate(endpointOf(server.port, shownAs(ours), { transport: 'implicit' }));
    expect(letters(report.steps)).toBe('aapnp');
  });

  test('the finding says that a certificate is required if none is configured', async () => {
    await using server = await requiringCertificate(version);
    const { report } = await gate(endpointOf(server.port));
    expect(codes(report.steps)).toEqual(['client-certificate-required']);
  });
});

test('a server that does not request a certificate receives none', async () => {
  await using server = await startScriptedServer({ tls: { key: certs.good.key, cert: certs.good.chain } });
  const { report } = await gate(endpointOf(server.port, shownAs(ours)));
  expect(letters(report.steps)).toBe('pppnp');
});

test('each endpoint sends its own certificate, and one without a certificate sends none', async () => {
  const theirs = await clients.issue({ commonName: 'other', usage: ['clientAuth'] });
  const trust = new TrustStore();
  const seen: (string | string[] | undefined)[] = [];
  const server = createServer({
    key: certs.good.key,
    cert: certs.good.chain,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on('secureConnection', (socket) => {
    const { subject } = socket.getPeerCertificate() as Partial<PeerCertificate>;
    seen.push(subject?.CN);
    socket.end('554 that was all\r\n');
  });
  const listener = await listen(server);
  try {
    for (const client of [shownAs(theirs), shownAs(ours), undefined, shownAs(ours)]) {
      await gate(endpointOf(listener.port, client, { transport: 'implicit' }), { trust });
    }
  } finally {
    await listener.close();
  }
  expect(seen).toEqual(['other', 'gate', undefined, 'gate']);
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('an impostor with %s', (maxVersion) => {
  /** What a server with an untrusted certificate receives, and what anyone on the network path reads. */
  async function seenByImpostor(): Promise<{ subject: string | undefined; octets: Buffer; found: string[] }> {
    const { key, chain } = certs.untrusted;
    const impostor = createServer({ key, cert: chain, requestCert: true, rejectUnauthorized: false, maxVersion });
    const shown = new Promise<string | undefined>((resolve) => {
      impostor.on('secureConnection', (socket) => {
        resolve(socket.getPeerX509Certificate()?.subject);
        socket.end('554 that was all\r\n');
      });
    });
    const behind = await listen(impostor);
    const chunks: Buffer[] = [];
    const wire = createTcpServer((client) => {
      const server = connect(behind.port, '127.0.0.1').on('error', () => client.destroy());
      client.on('error', () => server.destroy()).on('data', (chunk: Buffer) => chunks.push(chunk));
      client.pipe(server).pipe(client);
    });
    const listener = await listen(wire);
    try {
      const { report } = await gate(endpointOf(listener.port, shownAs(ours), { transport: 'implicit' }));
      return { subject: await shown, octets: Buffer.concat(chunks), found: codes(report.steps) };
    } finally {
      await listener.close();
      await behind.close();
    }
  }

  test('receives the client certificate before its own is verified, as SECURITY.md says', async () => {
    const { subject, octets, found } = await seenByImpostor();
    expect(found).toContain('certificate-untrusted');
    expect(subject).toBe('CN=gate');
    expect(octets.includes(ours.certificate.raw)).toBe(maxVersion === 'TLSv1.2');
  });
});

test.each([
  [42, 'bad certificate'],
  [48, 'unknown ca'],
  [116, 'certificate required'],
])('alert %i after a TLS 1.3 handshake belongs to step 3', (number, name) => {
  const context = { endpoint: testEndpoint(587) } as Context;
  const lost = new ConnectionLost(new Error(`ssl3_read_bytes:tlsv13 alert:SSL alert number ${number}`));
  expect(errorToFinding(lost, context, 'greeting')).toMatchObject({
    isOfCertificate: true,
    finding: { code: 'client-certificate-required', evidence: { alert: String(number), name } },
    transient: false,
  });
});

/** Whether a server built on OpenSSL accepts a client with a certificate of the CA that it trusts for clients. */
async function opensslAccepts({ chain, key }: Identity): Promise<boolean> {
  const { key: serverKey, chain: cert } = certs.good;
  const server = createServer({
    ...{ key: serverKey, cert, ca: clients.root.cert },
    ...{ requestCert: true, rejectUnauthorized: false },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connectTls({ port, host: '127.0.0.1', cert: chain, key, rejectUnauthorized: false }).on(
    'error',
    () => 0,
  );
  try {
    const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
    return socket.authorized;
  } finally {
    client.destroy();
    server.close();
  }
}

test.each<[string, CertificateOptions, boolean]>([
  ['clientAuth', { usage: ['clientAuth'] }, true],
  ['any purpose', { usage: [], further: [{ rawData: ANY_PURPOSE }] }, false],
  ['serverAuth', { usage: ['serverAuth'] }, false],
  ['no extended key usage', { usage: [] }, true],
])('a client certificate for %s is accepted if, and only if, OpenSSL does', async (_, options, expected) => {
  const identity = await clients.issue(options);
  expect(await opensslAccepts(identity)).toBe(expected);
  const files = { 'client.pem': identity.chain, 'client.key': identity.key };
  const config = 'endpoints: [{host: a.example, tls: {client-cert: client.pem, client-key: client.key}}]';
  const loaded = load({ config, files });
  await (expected ? loaded : expect(loaded).rejects.toThrow(/not for clients/));
});

describe('a client certificate that the server rejects', () => {
  const context = (client?: ClientIdentity): Context =>
    ({ endpoint: endpointOf(587, client), run: { now: () => new Date() } }) as Context;
  const REFUSALS = [
    [42, 'bad certificate', /damaged/, /openssl verify/],
    [43, 'unsupported certificate', /does not accept this type/, /clientAuth/],
    [44, 'certificate revoked', /revoked/, /new certificate/],
    [45, 'certificate expired', /is valid from/, /issuers/],
    [46, 'certificate unknown', /for an unspecified reason/, /log/],
    [48, 'unknown ca', /not issued by a CA that the server trusts/, /^If CN=Clients .*smtpd_tls_CAfile/],
    [49, 'access denied', /owner is denied access/, /server allows/],
    [116, 'certificate required', /could not be sent/, /common key type/],
  ] as const;

  test('is shown with its issuer, and with a command that sends it', () => {
    const lost = new ConnectionLost(new Error('ssl3_read_bytes:tlsv13 alert:SSL alert number 48'));
    const { finding } = errorToFinding(lost, context(shownAs(ours)), 'greeting');
    const client = { ...shownAs(ours), paths: { certificate: 'certs/gate.pem' } };
    const endpoint = { ...testEndpoint(587), tls: { ...testEndpoint(587).tls, client } };
    const found = completeFinding(finding, { ...EXACTLY, step: 'certificate', endpoint, capabilities: [] });
    expect(found.evidence).toMatchObject({
      clientSubject: 'CN=gate',
      clientIssuer: 'CN=Clients Intermediate CA',
      lastIssuer: 'CN=Clients Root CA',
      clientCertificates: '2',
    });
    expect(found.reproduce).toMatch(
      / -cert certs\/gate\.pem -key your-client-key\.pem -cert_chain certs\/gate\.pem -ign_eof <\/dev\/null$/,
    );
    expect(found.reproduceShows).toBe('SSL alert number 48');
  });

  test.each(REFUSALS)('is explained for alert %i (%s) after a TLS 1.3 handshake', (number, name, meaning, remedy) => {
    const lost = new ConnectionLost(new Error(`ssl3_read_bytes:tlsv13 alert:SSL alert number ${number}`));
    const finding = completeFinding(errorToFinding(lost, context(shownAs(ours)), 'greeting').finding, EXACTLY);
    expect(finding).toMatchObject({
      code: 'client-certificate-required',
      message: expect.stringMatching(meaning) as string,
      remedy: expect.stringMatching(remedy) as string,
      evidence: { alert: String(number), name },
    });
    expect(finding.message).toMatch(/^The server rejected the client certificate with alert /);
    expect(finding.remedy).not.toMatch(/^If clients of this port must have a certificate, configure one with/);
    const without = completeFinding(errorToFinding(lost, context(), 'greeting').finding, EXACTLY);
    expect(without.message).toMatch(/^The server requires a client certificate:/);
    expect(without.remedy).toMatch(/^If clients of this port must have a certificate, configure one with/);
  });

  test.each([
    [
      'has expired',
      -4.5,
      -4.5,
      'Client certificate expired',
      /expired on [\d-]{10}, 4 days ago\.$/,
      /^Renew the certif/,
    ],
    ['is not yet valid', 2, 9, 'Client certificate not yet valid', /is not valid until /, /valid now/],
    ['is valid', -1, 9, 'Client certificate rejected: expired', /is valid from .* to /, /^Check the issuers/],
  ])('is shown with its dates if the server says that it has expired: it %s', async (_, from, to, title, said, fix) => {
    const dates = { notBefore: inDays(to < 0 ? -30 : from), notAfter: inDays(to) };
    const client = await clients.issue({ commonName: 'gate', usage: ['clientAuth'], ...dates });
    const lost = new ConnectionLost(new Error('ssl3_read_bytes:tlsv13 alert:SSL alert number 45'));
    const found = completeFinding(errorToFinding(lost, context(shownAs(client)), 'greeting').finding, EXACTLY);
    expect(found).toMatchObject({ title, evidence: { validTo: new Date(client.certificate.validTo).toISOString() } });
    expect(found.message).toMatch(said);
    expect(found.remedy).toMatch(fix);
  });

  test.each([
    [48, /was not issued by a CA that the server trusts/],
    [40, /but ended the handshake although one is configured: alert 40 .*does not give a reason/],
  ])('is explained for alert %i in a TLS 1.2 handshake', async (number, message) => {
    const failure = { kind: 'alert', number, name: 'so it is called', asked: true } as const;
    const { findings } = await judgeHandshakeFailure(context(shownAs(ours)), undefined, { failure, helloBytes: 0 });
    expect(findings.map((found) => completeFinding(found, EXACTLY))).toMatchObject([
      {
        code: 'client-certificate-required',
        message: expect.stringMatching(message) as string,
        remedy: expect.stringMatching(/CA that the server trusts/) as string,
      },
    ]);
  });
});

test.each(['starttls', 'implicit'] as const)(
  'with %s, an alert after a reply over TLS is a lost connection',
  (transport) => {
    const context = { endpoint: testEndpoint(587, { transport }) } as Context;
    const lost = new ConnectionLost(new Error('ssl3_read_bytes:tlsv13 alert:SSL alert number 116'));
    const { isOfCertificate, ...meaning } = errorToFinding(lost, context, 'inside-tls');
    expect([isOfCertificate, meaning]).toMatchObject([
      undefined,
      { finding: { code: 'connection-lost' }, transient: true },
    ]);
  },
);

test('a required client certificate is reported even if a probe runs first', async () => {
  await using server = await requiringCertificate('TLSv1.3');
  const { report } = await gate(endpointOf(server.port, undefined, { probes: ['command-injection'] }));
  expect({ steps: letters(report.steps), codes: codes(report.steps) }).toEqual({
    steps: 'pwfbb',
    codes: ['probe-inconclusive', 'client-certificate-required'],
  });
});

test('the probes send no client certificate', async () => {
  await using server = await requiringCertificate('TLSv1.2');
  const { report } = await gate(endpointOf(server.port, shownAs(ours), { probes: ['command-injection'] }));
  expect(codes(report.steps)).toEqual(['probe-inconclusive', 'receipt-not-verified']);
});

test('the inbox receives no client certificate', async () => {
  const shown: boolean[] = [];
  class Watched extends TrustStore {
    override context(settings: TrustSettings): ReturnType<TrustStore['context']> {
      shown.push(settings.client !== undefined);
      return super.context(settings);
    }
  }
  await using server = await startEmbedded();
  const endpoint = server.endpoint();
  const { report } = await gate(
    { ...endpoint, tls: { ...endpoint.tls, client: shownAs(ours) } },
    { trust: new Watched() },
  );
  expect(report.result).toBe('pass');
  expect(new Set(shown)).toEqual(new Set([false, true]));
  expect(shown.filter(Boolean)).toHaveLength(1);
});

test('no part of the report contains the private key', async () => {
  await using server = await startEmbedded();
  const endpoint = server.endpoint();
  const client = shownAs(ours);
  const { report } = await gate({ ...endpoint, tls: { ...endpoint.tls, client } });
  const lines = ours.key.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  const text = JSON.stringify({ report, endpoint: { ...endpoint, tls: { ...endpoint.tls, client } } });
  expect(text).toContain(USER.username);
  for (const line of lines) expect(text).not.toContain(line);
});
