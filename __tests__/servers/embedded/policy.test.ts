import { createHash } from 'node:crypto';
import { startScriptedServer } from '../../support/scripted-server.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import {
  createCertificateFixtures,
  type CertificateName,
  type CertificateFixtures,
} from '../../support/certificate-fixtures.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';

/** Waivers and pins, and which servers may receive credentials and mail. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

interface Seen {
  readonly report: Omit<EndpointReport, 'attempts'>;
  readonly steps: string;
  readonly codes: readonly string[];
  /** Whether AUTH or MAIL reached the server. */
  readonly sent: boolean;
}

async function see(
  certName: CertificateName,
  pins: readonly CertificateName[],
  endpoint: Partial<Endpoint> = {},
): Promise<Seen> {
  await using server = await startScriptedServer({ tls: { key: certs[certName].key, cert: certs[certName].chain } });
  const pinned = pins.map(spki);
  const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: pinned } as const;
  const { report } = await gate(testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, tls, ...endpoint }));
  return {
    report,
    steps: letters(report.steps),
    codes: codes(report.steps),
    sent: server.heard.some(({ line }) => /^(AUTH|MAIL)/.test(line)),
  };
}

/** The pin of a certificate, as openssl would compute it: from the key itself. */
function spki(certName: CertificateName): string {
  const exported = certs[certName].keys.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(exported).digest('base64');
}

const waive = (finding: Endpoint['waive'][number]['finding'], until = '2099-12-31'): Pick<Endpoint, 'waive'> => ({
  waive: [{ finding, until, reason: 'for the test' }],
});

describe('a waiver', () => {
  test('of an expired certificate allows credentials and mail, and the step has a warning', async () => {
    const seen = await see('expired', [], waive('certificate-expired'));
    expect(seen).toMatchObject({
      steps: 'ppwpp',
      codes: ['(certificate-expired)', 'receipt-not-verified'],
      sent: true,
    });
    expect(seen.report.steps[2]?.findings[0]?.waived).toEqual({ reason: 'for the test', until: '2099-12-31' });
    expect(seen.report.result).toBe('warn');
  });

  test.each([
    ['selfSigned', 'certificate-self-signed'],
    ['untrusted', 'certificate-untrusted'],
    ['incomplete', 'certificate-chain-incomplete'],
    ['wrongHost', 'certificate-hostname-mismatch'],
    ['clientOnly', 'certificate-wrong-purpose'],
  ] as const)('of %s does not verify the server: nothing is sent', async (certName, code) => {
    expect(await see(certName, [], waive(code))).toMatchObject({
      steps: 'ppwfb',
      codes: [`(${code})`, 'credentials-withheld'],
      sent: false,
    });
  });

  test('of a self-signed certificate sends no mail, even without credentials', async () => {
    const seen = await see('selfSigned', [], { auth: undefined, ...waive('certificate-self-signed') } as never);
    expect(seen).toMatchObject({ steps: 'ppwfb', sent: false });
  });

  test('of credentials-withheld sends nothing either', async () => {
    const both = [...waive('certificate-self-signed').waive, ...waive('credentials-withheld').waive];
    expect(await see('selfSigned', [], { waive: both })).toMatchObject({ steps: 'ppwwb', sent: false });
  });

  test('of a self-signed certificate is a warning if there is nothing to send', async () => {
    const bare = { auth: undefined, delivery: undefined, ...waive('certificate-self-signed') } as never;
    expect(await see('selfSigned', [], bare)).toMatchObject({ steps: 'ppwnn', sent: false });
  });

  test('of one finding does not affect the others', async () => {
    expect(await see('everything', [], waive('certificate-expired'))).toMatchObject({
      steps: 'ppfbb',
      codes: ['(certificate-expired)', 'certificate-chain-incomplete', 'certificate-hostname-mismatch'],
      sent: false,
    });
  });

  test('is ignored after its last day', async () => {
    expect(await see('expired', [], waive('certificate-expired', '2020-01-31'))).toMatchObject({
      steps: 'ppfbb',
      codes: ['certificate-expired', 'waiver-expired'],
      sent: false,
    });
  });

  test('is valid until the end of its last day', async () => {
    await using server = await startScriptedServer({ offers: ['8BITMIME'] });
    const endpoint = testEndpoint(server.port, waive('starttls-not-advertised', '2026-11-23'));
    const at = async (now: string): Promise<string[]> =>
      codes((await gate(endpoint, { now: () => new Date(now) })).report.steps);
    expect(await at('2026-11-23T23:59:59Z')).toEqual(['(starttls-not-advertised)']);
    expect(await at('2026-11-24T00:00:00Z')).toEqual(['starttls-not-advertised', 'waiver-expired']);
  });

  test('of a missing STARTTLS prevents later steps', async () => {
    await using server = await startScriptedServer({ offers: ['8BITMIME'] });
    const { report } = await gate(testEndpoint(server.port, waive('starttls-not-advertised')));
    expect([letters(report.steps), report.result]).toEqual(['wbbbb', 'warn']);
  });

  test('of a finding that did not occur is reported in the step of that finding', async () => {
    const seen = await see('good', [], waive('certificate-expired'));
    expect(seen).toMatchObject({ steps: 'ppppp', codes: ['waiver-unused', 'receipt-not-verified'] });
    expect(seen.report.steps[2]?.findings.map(({ code }) => code)).toEqual(['waiver-unused']);
  });

  test.each([
    ['2099-12-31', 'certificate-expired is waived until 2099-12-31, but did not occur.'],
    ['2020-01-31', 'The waiver of certificate-expired expired on 2020-01-31, and the finding did not occur.'],
  ])('of a finding that did not occur says whether it is still valid: until %s', async (until, message) => {
    const { report } = await see('good', [], waive('certificate-expired', until));
    expect(report.steps[2]?.findings).toMatchObject([
      { code: 'waiver-unused', message, evidence: { finding: 'certificate-expired', until } },
    ]);
  });

  test('is not unused if a step in which its finding could occur was not reached', async () => {
    await using server = await startScriptedServer({ offers: ['8BITMIME'] });
    const { report } = await gate(testEndpoint(server.port, waive('connection-lost')));
    expect(codes(report.steps)).toEqual(['starttls-not-advertised']);
  });

  test('is not unused if the step of its finding was not reached', async () => {
    await using server = await startScriptedServer({ offers: ['8BITMIME'] });
    const { report } = await gate(testEndpoint(server.port, waive('certificate-expired')));
    expect(codes(report.steps)).toEqual(['starttls-not-advertised']);
  });
});

describe('a pin', () => {
  test('that matches verifies the server regardless of the chain and the name', async () => {
    for (const certName of ['selfSigned', 'incomplete', 'untrusted', 'wrongHost'] as const) {
      expect(await see(certName, [certName])).toMatchObject({
        steps: 'ppppp',
        codes: ['certificate-pinned', 'receipt-not-verified'],
        sent: true,
      });
    }
  });

  test('may be one of several, for key rollover', async () => {
    expect(await see('good', ['wrongHost', 'good'])).toMatchObject({ steps: 'ppppp', sent: true });
  });

  test('does not make an expired certificate valid', async () => {
    expect(await see('expired', ['expired'])).toMatchObject({
      steps: 'ppfbb',
      codes: ['certificate-expired'],
      sent: false,
    });
  });

  test('that does not match is reported together with other problems', async () => {
    expect(await see('good', ['wrongHost'])).toMatchObject({ steps: 'ppfbb', codes: ['certificate-pin-mismatch'] });
    expect(await see('selfSigned', ['good'])).toMatchObject({
      steps: 'ppfbb',
      codes: ['certificate-pin-mismatch', 'certificate-self-signed'],
      sent: false,
    });
  });

  test('with a waiver of the hostname finding allows credentials, and the finding is waived', async () => {
    expect(await see('wrongHost', ['wrongHost'], waive('certificate-hostname-mismatch'))).toMatchObject({
      steps: 'ppwpp',
      codes: ['(certificate-hostname-mismatch)', 'receipt-not-verified'],
      sent: true,
    });
  });
});
