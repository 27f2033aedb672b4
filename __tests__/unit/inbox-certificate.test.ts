import { CATALOG } from '../../src/findings/catalog.js';
import { FINDING_CODES } from '../../src/findings/codes.js';
import { completeFinding } from '../../src/findings/complete.js';
import { finding, type KnownFinding } from '../../src/findings/finding.js';
import { aboutCertificate } from '../../src/steps/delivery/inbox-certificate.js';
import { own } from '../../src/text/own.js';
import { EXACTLY } from '../support/reports.js';

/** The finding for an inbox whose certificate has these problems. */
function inboxWith(...objections: readonly KnownFinding[]) {
  const known = finding('inbox-unreachable', own`The inbox cannot be used.`);
  return completeFinding(
    { ...known, ...aboutCertificate(objections, { inbox: 'imaps://mail.example.com:993' }) },
    EXACTLY,
  );
}

/** Errors that a certificate may have. An inbox has no pins. */
const ERRORS = FINDING_CODES.filter(
  (code) =>
    code.startsWith('certificate-') && CATALOG[code].severity === 'error' && code !== 'certificate-pin-mismatch',
);

test.each(ERRORS)('the error %s is the cause, with its own title', (code) => {
  expect(inboxWith(finding(code, own`a`)).title).toMatch(/^Inbox mail\.example\.com: /);
});

const expected = 'mail.example.com';
const SELF_SIGNED = finding('certificate-self-signed', own`a`, { evidence: { issuer: 'CN=x', pin: 'sha256/x' } });
const EXPIRED = finding('certificate-expired', own`b`, { evidence: { validTo: '2026-01-01T00:00:00.000Z' } });
const MISNAMED = finding('certificate-hostname-mismatch', own`c`, { evidence: { expected, names: 'localhost' } });

test('a self-signed CA certificate in `ca` has the fix of the certificate step, without a pin', () => {
  const { title, party, remedy } = inboxWith(
    finding('certificate-wrong-purpose', own`d`, {
      evidence: { expected, subject: 'CN=x', pin: 'sha256/x' },
      cause: 'self-signed-ca',
    }),
  );
  expect([title, party]).toEqual([
    'Inbox mail.example.com: Self-signed CA certificate used as server certificate',
    'inbox',
  ]);
  expect(remedy).toContain(`-addext "subjectAltName=DNS:${expected}"`);
  expect(remedy).not.toContain('pin');
});

test('the example for an expired certificate is an inbox server, not an SMTP server', () => {
  const { remedy } = inboxWith(EXPIRED);
  expect(remedy).toContain('Dovecot: `systemctl reload dovecot`.');
  expect(remedy).not.toContain('Postfix');
});

test('a placeholder certificate has one fix, whatever the order of its problems', () => {
  for (const objections of [
    [MISNAMED, EXPIRED, SELF_SIGNED],
    [EXPIRED, SELF_SIGNED, MISNAMED],
  ]) {
    const { title, remedy, evidence = {} } = inboxWith(...objections);
    expect(title).toBe('Inbox mail.example.com: Self-signed certificate');
    expect(remedy).toMatch(/^Replace the certificate of the inbox with one that /);
    for (const part of ['is valid now', `includes ${expected}`, 'was issued by a CA']) expect(remedy).toContain(part);
    expect(evidence).toMatchObject({ inbox: 'imaps://mail.example.com:993', issuer: 'CN=x' });
    expect(evidence).not.toHaveProperty('pin');
  }
});
