import { CATALOG, FINDING_CODES, type CatalogEntry } from '../../src/findings/catalog.js';
import { completeFinding, type Observed } from '../../src/findings/complete.js';
import { finding } from '../../src/findings/finding.js';
import { testEndpoint } from '../support/gate.js';

/** The fix of a finding depends on its cause, its evidence, and what the gate knows about the server. */

const OBSERVED: Observed = {
  step: 'certificate',
  endpoint: testEndpoint(587, { host: 'smtp.example.com', servername: 'smtp.example.com' }),
  address: '192.0.2.1',
  greeting: 'mx ESMTP',
  capabilities: ['PIPELINING'],
};

test('without a cause, the fix is that of the catalog', () => {
  const { remedy, reference } = completeFinding(finding('connection-refused', 'Refused.'), OBSERVED);
  expect({ remedy, reference }).toEqual({
    remedy: CATALOG['connection-refused'].remedy,
    reference: 'RFC 5321 section 4.5.4.1',
  });
});

test('a cause has its own fix, and a reference if necessary', () => {
  const alert = finding('tls-handshake-failed', 'Alert 112.', { cause: 'unknown-name' });
  const { causes, reference } = CATALOG['tls-handshake-failed'];
  expect(completeFinding(alert, OBSERVED)).toMatchObject(causes['unknown-name']);
  const closed = finding('tls-handshake-failed', 'Alert 90.', { cause: 'server-closed' });
  expect(completeFinding(closed, OBSERVED)).toMatchObject({ ...causes['server-closed'], reference });
});

test('the cause is not part of the report', () => {
  const found = completeFinding(finding('run-stopped', 'Over.', { cause: 'cancelled' }));
  expect(Object.keys(found).sort()).toEqual(['code', 'message', 'remedy', 'severity']);
});

test('a fix can quote the evidence, in which a backtick does not mark code', () => {
  const evidence = { missingIssuer: 'CN=`Odd` CA', caIssuers: 'http://x/`' };
  const found = finding('certificate-chain-incomplete', 'Alone.', { cause: 'missing-issuer', evidence });
  expect(completeFinding(found, OBSERVED)).toMatchObject({
    remedy: `Append the certificate of CN='Odd' CA, available at http://x/', to the server's certificate file. ${CATALOG['certificate-chain-incomplete'].remedy}`,
    evidence,
  });
});

test.each(FINDING_CODES)('every cause of %s has a fix', (code) => {
  const { causes = {} }: CatalogEntry = CATALOG[code];
  for (const cause of Object.keys(causes)) {
    const { remedy } = completeFinding({ ...finding(code, 'Wrong.'), cause }, OBSERVED);
    expect(remedy).toMatch(/^[A-Z`].*[.)]$/);
    expect(remedy).not.toContain('undefined');
  }
});

describe('the setting of a server', () => {
  const plain = completeFinding(finding('starttls-refused', 'No.'), OBSERVED).remedy;

  test.each<[string, Partial<Observed>]>([
    ['greeting', { greeting: 'mx ESMTP Postfix' }],
    ['reply to EHLO', { capabilities: ['mx Postfix at your service'] }],
  ])('is added if it is known by its %s', (_, learned) => {
    const { remedy } = completeFinding(finding('starttls-refused', 'No.'), { ...OBSERVED, ...learned });
    expect(remedy).toMatch(/ This is Postfix: Look for "cannot load certificate"/);
    expect(remedy.startsWith(plain)).toBe(true);
  });

  test('is added if it is known by a rejection in the evidence', () => {
    const found = finding('starttls-refused', 'No.', { evidence: { reply: '454 Postfix' } });
    expect(completeFinding(found, OBSERVED).remedy).toContain(' This is Postfix: ');
  });
});

test('asterisks in the greeting take precedence over other causes of a missing capability', () => {
  const greeting = '*'.repeat(30);
  const hidden = completeFinding(finding('starttls-not-advertised', 'None.'), { ...OBSERVED, greeting });
  expect(hidden.remedy).toMatch(/^The greeting is overwritten with asterisks: .*`no inspect esmtp`/);
  expect(hidden.evidence).toEqual({ greeting });
  const other = completeFinding(finding('starttls-refused', 'No.'), { ...OBSERVED, greeting });
  expect(other.remedy).not.toContain('asterisks');
  expect(other).not.toHaveProperty('evidence');
});

describe('the command', () => {
  test('is that of the step', () => {
    const { reproduce } = completeFinding(finding('certificate-expired', 'Expired.'), OBSERVED);
    expect(reproduce).toMatch(/^openssl s_client -connect 192\.0\.2\.1:587 /);
  });

  test('is that of the finding if it has its own', () => {
    const found = finding('plaintext-auth-accepted', 'Accepted.', { reproduce: 'curl' });
    expect(completeFinding(found, OBSERVED).reproduce).toBe('curl');
  });

  test.each([
    finding('certificate-pinned', 'A notice.'),
    finding('inbox-unreachable', 'The inbox.'),
    finding('internal-error', 'The gate.'),
  ])('is missing for $code', (found) => {
    expect(completeFinding(found, OBSERVED)).not.toHaveProperty('reproduce');
  });
});
