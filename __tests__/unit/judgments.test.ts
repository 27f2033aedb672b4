import { X509Certificate } from 'node:crypto';
import type { PeerJudgment } from '../../src/steps/certificate/judge.js';
import { Judgments } from '../../src/steps/certificate/judgments.js';
import { TrustStore } from '../../src/tls/trust.js';
import { createCertificateFixtures, HOST } from '../support/certificate-fixtures.js';

const { good, expired, pki } = await createCertificateFixtures();
const trust = new TrustStore();
const now = new Date();
const policy = { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 1, pins: [] } as const;

function judge(judgments: Judgments, { identity = good, name = HOST, at = now } = {}): PeerJudgment {
  const presented = { sent: [new X509Certificate(identity.cert)] };
  return judgments.of(presented, { policy, name, now: at, trust }, []);
}

test('a chain that many endpoints send is judged once per policy and name', () => {
  const judgments = new Judgments();
  const first = judge(judgments);
  expect(judge(judgments)).toBe(first);
  expect(judge(judgments, { name: 'other.example.test' }).findings).not.toEqual(first.findings);
  expect(judge(judgments, { identity: expired }).findings).not.toEqual(first.findings);
  expect(judge(judgments)).toBe(first);
});

test('a chain is judged again later, because dates pass', () => {
  const judgments = new Judgments();
  expect(judge(judgments, { at: new Date(now.getTime() + 60_000) })).not.toBe(judge(judgments));
  expect(judge(judgments, { at: new Date('2099-01-01') }).findings.map(({ code }) => code)).toContain(
    'certificate-expired',
  );
});

test('a waiver counts only for the endpoints that have it', () => {
  const judgments = new Judgments();
  const presented = { sent: [new X509Certificate(expired.cert)] };
  const options = { policy, name: HOST, now, trust };
  const waiver = { finding: 'certificate-expired', until: '2099-12-31', reason: 'for the test' } as const;
  expect(judgments.of(presented, options, [waiver])).not.toBe(judgments.of(presented, options, []));
});

test('the host counts only for a wrong name, about which the finding names it', () => {
  const judgments = new Judgments();
  const presented = { sent: [new X509Certificate(good.cert)] };
  const of = (name: string, host: string): PeerJudgment =>
    judgments.of(presented, { policy, name, host, now, trust }, []);
  expect(of(HOST, '127.0.0.1')).toBe(of(HOST, '127.0.0.2'));
  const [mismatch] = of('wrong.example.test', HOST).findings;
  expect(mismatch).toMatchObject({ code: 'certificate-hostname-mismatch', evidence: { host: HOST } });
  const [other] = of('wrong.example.test', 'elsewhere.example.test').findings;
  expect(other?.evidence).not.toHaveProperty('host');
});
