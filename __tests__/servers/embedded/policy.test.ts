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

/** Waivers, pins, and what may travel to whom. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

interface Seen {
  readonly report: Omit<EndpointReport, 'attempts'>;
  readonly steps: string;
  readonly codes: readonly string[];
  /** Whether AUTH or MAIL reached the server. */
  readonly travelled: boolean;
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
    travelled: server.heard.some(({ line }) => /^(AUTH|MAIL)/.test(line)),
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
  test('of a date lets credentials and mail travel, and the step warns', async () => {
    const seen = await see('expired', [], waive('certificate-expired'));
    expect(seen).toMatchObject({
      steps: 'ppwpp',
      codes: ['(certificate-expired)', 'receipt-not-verified'],
      travelled: true,
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
  ] as const)('of %s authenticates nobody: nothing travels', async (certName, code) => {
    expect(await see(certName, [], waive(code))).toMatchObject({
      steps: 'ppwfb',
      codes: [`(${code})`, 'credentials-withheld'],
      travelled: false,
    });
  });

  test('of the chain withholds mail even where there are no credentials', async () => {
    const seen = await see('selfSigned', [], { auth: undefined, ...waive('certificate-self-signed') } as never);
    expect(seen).toMatchObject({ steps: 'ppwfb', travelled: false });
  });

  test('of the withholding itself sends nothing either', async () => {
    const both = [...waive('certificate-self-signed').waive, ...waive('credentials-withheld').waive];
    expect(await see('selfSigned', [], { waive: both })).toMatchObject({ steps: 'ppwwb', travelled: false });
  });

  test('of the chain with nothing to send is a warning', async () => {
    const bare = { auth: undefined, delivery: undefined, ...waive('certificate-self-signed') } as never;
    expect(await see('selfSigned', [], bare)).toMatchObject({ steps: 'ppwnn', travelled: false });
  });

  test('of one finding leaves the others', async () => {
    expect(await see('everything', [], waive('certificate-expired'))).toMatchObject({
      steps: 'ppfbb',
      codes: ['(certificate-expired)', 'certificate-chain-incomplete', 'certificate-hostname-mismatch'],
      travelled: false,
    });
  });

  test('that has ended counts no more', async () => {
    expect(await see('expired', [], waive('certificate-expired', '2020-01-31'))).toMatchObject({
      steps: 'ppfbb',
      codes: ['certificate-expired', 'waiver-expired'],
      travelled: false,
    });
  });

  test('holds to the end of its last day, and no longer', async () => {
    await using server = await startScriptedServer({ offers: ['8BITMIME'] });
    const endpoint = testEndpoint(server.port, waive('starttls-not-advertised', '2026-11-23'));
    const at = async (now: string): Promise<string[]> =>
      codes((await gate(endpoint, { now: () => new Date(now) })).report.steps);
    expect(await at('2026-11-23T23:59:59Z')).toEqual(['(starttls-not-advertised)']);
    expect(await at('2026-11-24T00:00:00Z')).toEqual(['starttls-not-advertised', 'waiver-expired']);
  });

  test('of what blocks technically still blocks', async () => {
    await using server = await startScriptedServer({ offers: ['8BITMIME'] });
    const { report } = await gate(testEndpoint(server.port, waive('starttls-not-advertised')));
    expect([letters(report.steps), report.result]).toEqual(['wbbbb', 'warn']);
  });

  test('of what did not occur is told, in the step that it names', async () => {
    const seen = await see('good', [], waive('certificate-expired'));
    expect(seen).toMatchObject({ steps: 'ppppp', codes: ['waiver-unused', 'receipt-not-verified'] });
    expect(seen.report.steps[2]?.findings.map(({ code }) => code)).toEqual(['waiver-unused']);
  });

  test.each([
    ['2099-12-31', 'certificate-expired is waived until 2099-12-31, but did not occur.'],
    ['2020-01-31', 'The waiver of certificate-expired expired on 2020-01-31, and the finding did not occur.'],
  ])('of what did not occur says whether it still holds: until %s', async (until, message) => {
    const { report } = await see('good', [], waive('certificate-expired', until));
    expect(report.steps[2]?.findings).toMatchObject([
      { code: 'waiver-unused', message, evidence: { finding: 'certificate-expired', until } },
    ]);
  });

  test('is not called unused where a step in which it could occur was never reached', async () => {
    await using server = await startScriptedServer({ offers: ['8BITMIME'] });
    const { report } = await gate(testEndpoint(server.port, waive('connection-lost')));
    expect(codes(report.steps)).toEqual(['starttls-not-advertised']);
  });

  test('is not called unused where its step was never reached', async () => {
    await using server = await startScriptedServer({ offers: ['8BITMIME'] });
    const { report } = await gate(testEndpoint(server.port, waive('certificate-expired')));
    expect(codes(report.steps)).toEqual(['starttls-not-advertised']);
  });
});

describe('a pin', () => {
  test('that matches authenticates whatever the chain and the name', async () => {
    for (const certName of ['selfSigned', 'incomplete', 'untrusted', 'wrongHost'] as const) {
      expect(await see(certName, [certName])).toMatchObject({
        steps: 'ppppp',
        codes: ['certificate-pinned', 'receipt-not-verified'],
        travelled: true,
      });
    }
  });

  test('is one of several, for rollover', async () => {
    expect(await see('good', ['wrongHost', 'good'])).toMatchObject({ steps: 'ppppp', travelled: true });
  });

  test('does not stop the clock', async () => {
    expect(await see('expired', ['expired'])).toMatchObject({
      steps: 'ppfbb',
      codes: ['certificate-expired'],
      travelled: false,
    });
  });

  test('that does not match fails beside whatever else is wrong', async () => {
    expect(await see('good', ['wrongHost'])).toMatchObject({ steps: 'ppfbb', codes: ['certificate-pin-mismatch'] });
    expect(await see('selfSigned', ['good'])).toMatchObject({
      steps: 'ppfbb',
      codes: ['certificate-pin-mismatch', 'certificate-self-signed'],
      travelled: false,
    });
  });

  test('with a waiver of the name: the finding is shown as waived, and credentials travel', async () => {
    expect(await see('wrongHost', ['wrongHost'], waive('certificate-hostname-mismatch'))).toMatchObject({
      steps: 'ppwpp',
      codes: ['(certificate-hostname-mismatch)', 'receipt-not-verified'],
      travelled: true,
    });
  });
});
