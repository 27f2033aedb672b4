import type { X509Certificate } from 'node:crypto';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { count } from '../../text/count.js';
import type { CertificateFacts } from '../../tls/x509/certificate.js';
import { nameOf } from './chain-evidence.js';
import type { Parsed, VerifyOptions } from './presented.js';
import { requiresEarlyRenewal, requiredValidity } from './required-validity.js';
import { fixed, own, type OwnText } from '../../text/own.js';
import { daysOrHours, timeLeft } from '../../text/time-left.js';

const DAY_MS = 86_400_000;

function daysBetween(from: Date, to: Date): number {
  return Math.trunc((to.getTime() - from.getTime()) / DAY_MS);
}

/** Whole days; negative after the end, even on the first day. */
export function daysLeft(validTo: Date, now: Date): number {
  return validTo < now ? Math.min(daysBetween(now, validTo), -1) : daysBetween(now, validTo);
}

/** Such as `3 days`, or `5 hours` if that is less than a day. */
export function timeBetween(from: Date, to: Date): OwnText {
  return fixed(daysOrHours(to.getTime() - from.getTime()));
}

/** Such as `2027-02-22, in 50 hours`. */
function dayAndTimeLeft(validTo: Date, now: Date): OwnText {
  return own`${day(validTo)}, in ${fixed(timeLeft(validTo.getTime() - now.getTime()))}`;
}

/** Such as `2027-02-22`, in UTC. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Whether the peer's certificate is valid now, and for as long as required (RFC 5280 section 4.1.2.5). */
export function judgeDates({ validFrom, validTo }: CertificateFacts, options: VerifyOptions): KnownFinding[] {
  const { now } = options;
  const evidence = evidenceOf(validFrom, validTo, now);
  if (validTo < now) {
    const message = own`The certificate expired on ${day(validTo)}, ${timeBetween(validTo, now)} ago.`;
    return [finding('certificate-expired', message, { evidence })];
  }
  if (validFrom > now) {
    const message = own`The certificate is not valid until ${validFrom.toISOString()}, ${timeBetween(now, validFrom)} from now.`;
    const cause = isClockLikely(validFrom, now) ? ({ cause: 'clock' } as const) : {};
    return [finding('certificate-not-yet-valid', message, { evidence, ...cause })];
  }
  return judgeExpiry(validFrom, validTo, options);
}

/** At most one finding: an error if the certificate expires too soon, otherwise a warning if its renewal is late. */
function judgeExpiry(validFrom: Date, validTo: Date, { now, policy }: VerifyOptions): KnownFinding[] {
  const evidence = evidenceOf(validFrom, validTo, now);
  const lifetimeMs = validTo.getTime() - validFrom.getTime();
  const leftMs = validTo.getTime() - now.getTime();
  const checks = [
    ['certificate-expires-soon', 'min-valid-days', policy.minValidDays, own`must`],
    ['certificate-renewal-due', 'warn-valid-days', policy.warnValidDays ?? 0, own`should`],
  ] as const;
  for (const [code, name, setting, verb] of checks) {
    const required = requiredValidity(name, setting, lifetimeMs);
    if (leftMs >= required.ms) continue;
    const message = own`The certificate expires on ${dayAndTimeLeft(validTo, now)}, but ${verb} be valid for at least ${required.inWords}.`;
    // ACME clients renew when about a third of the lifetime is left.
    if (!requiresEarlyRenewal(setting, lifetimeMs, leftMs)) return [finding(code, message, { evidence })];
    const lifetime = own`Its entire lifetime is ${timeBetween(validFrom, validTo)}.`;
    return [finding(code, own`${message} ${lifetime}`, { evidence, cause: 'short-lived' })];
  }
  return [];
}

function evidenceOf(validFrom: Date, validTo: Date, now: Date) {
  return { validFrom: validFrom.toISOString(), validTo: validTo.toISOString(), now: now.toISOString() };
}

/** A clock that is set to local time is wrong by at most 14 hours; a larger difference is rarely due to a clock. */
export function isClockLikely(validFrom: Date, now: Date): boolean {
  return validFrom.getTime() - now.getTime() < DAY_MS;
}

/**
 * Whether an issuer on the path expires before the leaf; an error if it expires sooner than the leaf itself may.
 * @param above the certificates above it, with the trust anchor, whose dates OpenSSL checks, too
 * @param anchor the trust anchor
 */
export function judgeIssuerDates(
  leaf: CertificateFacts,
  above: readonly Parsed[],
  anchor: X509Certificate | undefined,
  { now, policy }: VerifyOptions,
): KnownFinding[] {
  const [first] = above.toSorted((a, b) => a.facts.validTo.getTime() - b.facts.validTo.getTime());
  if (!first || first.facts.validTo >= leaf.validTo) return [];
  const { validTo, subject } = first.facts;
  const issuer = nameOf(subject);
  const lifetimeMs = leaf.validTo.getTime() - leaf.validFrom.getTime();
  const required = requiredValidity('min-valid-days', policy.minValidDays, lifetimeMs);
  const isTooSoon = validTo.getTime() - now.getTime() < required.ms;
  const expires = isTooSoon
    ? own`${dayAndTimeLeft(validTo, now)}, but must be valid for at least ${required.time}`
    : own`${day(validTo)}`;
  const message = own`The issuer ${issuer} expires on ${expires}; the certificate itself expires on ${day(leaf.validTo)}.`;
  const evidence = { issuer, issuerValidTo: validTo.toISOString(), validTo: leaf.validTo.toISOString() };
  const cause = first.certificate === anchor ? ({ cause: 'trusted-ca' } as const) : {};
  const found = finding('certificate-issuer-expires-first', message, { evidence, ...cause });
  return [isTooSoon ? { ...found, severity: 'error' } : found];
}

/** The longest lifetimes that public CAs may issue, by the day of issue (CA/Browser Forum ballot SC-081v3). */
const MAX_LIFETIMES: readonly { readonly from: string; readonly days: number }[] = [
  { from: '2029-03-15', days: 47 },
  { from: '2027-03-15', days: 100 },
  { from: '2026-03-15', days: 200 },
  { from: '2020-09-01', days: 398 },
];

/** @param anchor the end of the path; a private CA has no limit */
export function judgeLifetime(
  { validFrom, validTo }: CertificateFacts,
  anchor: X509Certificate | undefined,
  { trust }: VerifyOptions,
): KnownFinding[] {
  const limit = MAX_LIFETIMES.find(({ from }) => day(validFrom) >= from);
  // The last second counts, and a part of a day counts as a day.
  const days = Math.ceil((validTo.getTime() - validFrom.getTime() + 1000) / DAY_MS);
  if (!limit || days <= limit.days || !anchor || !trust.isPublic(anchor)) return [];
  const message = own`The certificate is valid for ${fixed(count(days, 'day'))}. On its start date, the limit for public CAs was ${limit.days} days.`;
  const evidence = { validFrom: validFrom.toISOString(), validTo: validTo.toISOString() };
  return [finding('certificate-lifetime-long', message, { evidence })];
}
