import { daysLeft, judgeDates } from '../../src/steps/certificate/dates.js';
import type { VerifyOptions } from '../../src/steps/certificate/presented.js';
import type { CertificateFacts } from '../../src/tls/x509/certificate.js';

const NOW = new Date('2026-11-28T12:00:00Z');
const HOUR_MS = 3_600_000;

function messageOf(hoursLeft: number): string | undefined {
  const facts = { validFrom: new Date(0), validTo: new Date(NOW.getTime() + hoursLeft * HOUR_MS) } as CertificateFacts;
  const options = { now: NOW, policy: { minValidDays: 14 } } as VerifyOptions;
  return judgeDates(facts, options)[0]?.message.render((value) => value);
}

test.each([
  [-72, 'expired on 2026-11-25, 3 days ago.'],
  [-24, 'expired on 2026-11-27, 1 day ago.'],
  [-23.9, 'expired on 2026-11-27, 23 hours ago.'],
  [-1, 'expired on 2026-11-28, 1 hour ago.'],
  [-0.5, 'expired on 2026-11-28, less than an hour ago.'],
  [0.5, 'expires on 2026-11-28, in less than an hour, but must be valid for at least 14 days.'],
  [23.9, 'expires on 2026-11-29, in 23 hours, but must be valid for at least 14 days.'],
  [47, 'expires on 2026-11-30, in 47 hours, but must be valid for at least 14 days.'],
  [71.9, 'expires on 2026-12-01, in 71 hours, but must be valid for at least 14 days.'],
  [72, 'expires on 2026-12-01, in 3 days, but must be valid for at least 14 days.'],
])('a certificate that expires in %d hours', (hoursLeft, expected) => {
  expect(messageOf(hoursLeft)).toBe(`The certificate ${expected}`);
});

test.each([
  [47, 1],
  [0.5, 0],
  [-0.5, -1],
  [-47, -1],
  [-49, -2],
])('%d hours are %d days', (hoursLeft, days) => {
  expect(daysLeft(new Date(NOW.getTime() + hoursLeft * HOUR_MS), NOW)).toBe(days);
});

test('exactly 14 days are enough', () => {
  expect(messageOf(14 * 24)).toBeUndefined();
});
