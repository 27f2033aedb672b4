import { count } from './count.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Certificates with a lifetime of six days are renewed when about two days are left, so the hours matter. */
const HOURS_BELOW = 72;

/** A time, rounded down: "3 days", "5 hours", "less than an hour". @param ms not negative */
export function daysOrHours(ms: number, hoursBelow = 24): string {
  const hours = Math.floor(ms / HOUR_MS);
  if (hours >= hoursBelow) return count(Math.floor(ms / DAY_MS), 'day');
  return hours > 0 ? count(hours, 'hour') : 'less than an hour';
}

/** How long something is still valid: "12 days", "50 hours". @param ms not negative */
export function timeLeft(ms: number): string {
  return daysOrHours(ms, HOURS_BELOW);
}

/** A required time, rounded up so that no {@link timeLeft} of a shorter time is the same: "7.5 days", "27 hours". */
export function timeNeeded(ms: number): string {
  const hours = Math.ceil(ms / HOUR_MS);
  return hours < HOURS_BELOW ? count(hours, 'hour') : count(Math.ceil((10 * ms) / DAY_MS) / 10, 'day');
}
