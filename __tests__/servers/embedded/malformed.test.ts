import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { pem } from '../../support/rewritten.js';
import { schemaErrors } from '../../support/report-schema.js';
import { aReport } from '../../support/reports.js';
import { runs } from '../../support/runs.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import {
  HOST,
  createCertificateFixtures,
  type CertificateName,
  type CertificateFixtures,
} from '../../support/certificate-fixtures.js';
import type { Identity } from '../../../src/servers/pki.js';
import { judgePeer, type PeerJudgment } from '../../../src/steps/certificate/judge.js';
import type { Endpoint, TlsPolicy } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';
import { subjectPublicKeyInfo } from '../../../src/tls/x509/encoding.js';
import { TrustStore } from '../../../src/tls/trust.js';

/** Certificates that OpenSSL accepts in a handshake, but that cannot be parsed. */

const RUNS = runs(1500);

let certs: CertificateFixtures;
const trust = new TrustStore();
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

const policy = (pins: readonly string[] = []): TlsPolicy => ({
  ca: [certs.pki.root.cert],
  minVersion: 'TLSv1.2',
  minValidDays: 14,
  pins,
});

interface Seen {
  readonly report: Omit<EndpointReport, 'attempts'>;
  readonly steps: string;
  readonly codes: readonly string[];
  readonly sent: boolean;
}

async function see(certName: CertificateName, endpoint: Partial<Endpoint> = {}): Promise<Seen> {
  const { key, chain } = certs[certName];
  await using server = await startScriptedServer({ tls: { key, cert: chain, ciphers: 'DEFAULT@SECLEVEL=0' } });
  const full = { auth: AUTH, delivery: DELIVERY, tls: policy(), ...endpoint };
  const { report } = await gate(testEndpoint(server.port, full));
  return {
    report,
    steps: letters(report.steps),
    codes: codes(report.steps),
    sent: server.heard.some(({ line }) => /^(AUTH|MAIL)/.test(line)),
  };
}

const MALFORMED_LEAVES = [
  ['noSuchDate', /^notAfter is not a valid date: "\d\d99/],
  ['noSuchStart', /^notBefore is not a valid date: "\d\d00/],
  ['oddNames', /^a length extends past the end$/],
  ['oddPurpose', /^a length extends past the end$/],
  ['extensionTwice', /^the extension 2\.5\.29\.35 occurs twice$/],
] as const;

describe.each(MALFORMED_LEAVES)('%s', (certName, odd) => {
  test('is malformed, and the evidence says why', async () => {
    const { report, ...seen } = await see(certName);
    expect(seen).toEqual({ steps: 'ppfbb', codes: ['certificate-malformed'], sent: false });
    const [found] = report.steps[2]?.findings ?? [];
    expect(found?.evidence?.malformed).toMatch(odd);
    expect(found?.evidence?.sha256).toBe(
      new X509Certificate(certs[certName].cert).fingerprint256.replaceAll(':', '').toLowerCase(),
    );
  });

  test('gives a report that is valid according to its schema', async () => {
    const { report } = await see(certName);
    expect(report.tls).toBeUndefined();
    expect(schemaErrors(aReport({ ...report, attempts: 1 }))).toEqual([]);
  });

  test('is not accepted because of a waiver or a pin', async () => {
    const key = subjectPublicKeyInfo(new X509Certificate(certs[certName].cert));
    const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(key));
    const pin = Buffer.from(digest).toString('base64');
    expect(await see(certName, { tls: policy([pin]) })).toMatchObject({
      steps: 'ppfbb',
      codes: ['certificate-malformed'],
      sent: false,
    });
    const waive = [{ finding: 'certificate-malformed', until: '2099-12-31', reason: 'for the test' }] as const;
    expect(await see(certName, { waive, tls: policy([pin]) })).toMatchObject({
      steps: 'ppwfb',
      codes: ['(certificate-malformed)', 'credentials-withheld'],
      sent: false,
    });
  });
});

test('an intermediate that cannot be parsed is malformed, and the report has the server certificate', async () => {
  const { report, ...seen } = await see('oddIntermediate');
  expect(seen).toEqual({ steps: 'ppfbb', codes: ['certificate-malformed', 'certificate-untrusted'], sent: false });
  const [malformed, untrusted] = report.steps[2]?.findings ?? [];
  expect(malformed?.evidence).toMatchObject({ subject: 'CN=Test Odd Intermediate CA' });
  expect(untrusted?.evidence?.reason).toMatch(
    /^CN=Test Odd Intermediate CA is malformed: notAfter is not a valid date/,
  );
  expect(report.tls?.certificate.names).toEqual([HOST]);
});

test('a malformed certificate outside the path to a trusted CA is ignored', async () => {
  const sends = [certs.pki.intermediate, certs.noSuchDate];
  const identity = await certs.pki.issue({ names: [HOST], sends });
  await using server = await startScriptedServer({ tls: { key: identity.key, cert: identity.chain } });
  const { report } = await gate(testEndpoint(server.port, { tls: policy() }));
  expect([letters(report.steps), codes(report.steps)]).toEqual(['pppnn', ['certificate-chain-disordered']]);
});

describe('a certificate with changed bytes', () => {
  const CHANGES = fc.array(fc.record({ at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) }), {
    minLength: 1,
    maxLength: 3,
  });

  /** A changed certificate that Node still accepts; undefined if there is none. */
  function changed(identity: Identity, changes: readonly { at: number; bits: number }[]): X509Certificate | undefined {
    const original = identity.certificate.raw;
    const octets = Buffer.from(original);
    for (const { at, bits } of changes)
      octets.writeUInt8(octets.readUInt8(at % octets.length) ^ bits, at % octets.length);
    try {
      return octets.equals(original) ? undefined : new X509Certificate(pem(octets));
    } catch {
      return undefined;
    }
  }

  /** @param sent the leaf first; OpenSSL has reported a bad signature */
  function judged(sent: readonly X509Certificate[], ca = certs.pki.root.cert): PeerJudgment {
    return judgePeer(
      { sent, verifyError: 'CERT_SIGNATURE_FAILURE' },
      { policy: { ...policy(), ca: [ca] }, name: HOST, now: new Date(), trust, waived: () => false },
    );
  }

  const SUBJECTS = ['good', 'rsa2048', 'selfSigned', 'address', 'withUrl', 'pss'] as const;

  test.each(SUBJECTS)('is evaluated as a leaf ("%s"), and never verifies the server', (certName) => {
    const issuer = new X509Certificate(certs.pki.intermediate.cert);
    let judgments = 0;
    fc.assert(
      fc.property(CHANGES, (changes) => {
        const leaf = changed(certs[certName], changes);
        if (!leaf) return;
        judgments += 1;
        const { isVerified, findings, certificate } = judged([leaf, issuer]);
        expect({ isVerified, anything: findings.length > 0 }).toEqual({ isVerified: false, anything: true });
        expect(certificate === undefined).toBe(findings.some(({ code }) => code === 'certificate-malformed'));
      }),
      { numRuns: RUNS },
    );
    expect(judgments).toBeGreaterThan(RUNS / 10);
  });

  test('is evaluated as an issuer, and never verifies the server', () => {
    const leaf = new X509Certificate(certs.good.cert);
    fc.assert(
      fc.property(CHANGES, (changes) => {
        const issuer = changed(certs.pki.intermediate, changes);
        if (!issuer) return;
        const { isVerified, certificate } = judged([leaf, issuer]);
        expect({ isVerified, shown: certificate !== undefined }).toEqual({ isVerified: false, shown: true });
      }),
      { numRuns: RUNS },
    );
  });

  test('does not stop the path search if it is the trusted CA', () => {
    const [leaf, issuer] = [certs.good, certs.pki.intermediate].map(({ cert }) => new X509Certificate(cert));
    if (!leaf || !issuer) throw new Error('no chain');
    fc.assert(
      fc.property(CHANGES, (changes) => {
        const anchor = changed(certs.pki.root, changes);
        if (anchor) expect(judged([leaf, issuer], anchor.toString()).certificate).toBeDefined();
      }),
      { numRuns: RUNS },
    );
  });
});
