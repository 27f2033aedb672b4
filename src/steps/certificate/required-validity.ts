import type { ValidDays } from '../../plan/endpoint.js';
import { fixed, own, type OwnText } from '../../text/own.js';
import { timeNeeded } from '../../text/time-left.js';

const DAY_MS = 86_400_000;

/** What `auto` requires: so many days, or the lifetime divided by a number if that is less. */
interface Automatic {
  readonly days: number;
  readonly divisor: number;
  readonly inWords: OwnText;
}

const AUTOMATIC = {
  'min-valid-days': { days: 14, divisor: 6, inWords: own`a sixth of its lifetime` },
  'warn-valid-days': { days: 21, divisor: 4, inWords: own`a quarter of its lifetime` },
} as const satisfies Record<string, Automatic>;

/** How long a certificate must stay valid. */
export interface RequiredValidity {
  readonly ms: number;
  /** Such as "7.5 days". */
  readonly time: OwnText;
  /** The same, and why: "7.5 days, a sixth of its lifetime". */
  readonly inWords: OwnText;
}

/** @param lifetimeMs of the whole lifetime of the certificate */
export function requiredValidity(
  name: keyof typeof AUTOMATIC,
  setting: ValidDays,
  lifetimeMs: number,
): RequiredValidity {
  const { days, divisor, inWords }: Automatic = AUTOMATIC[name];
  const ofLifetimeMs = lifetimeMs / divisor;
  const depends = setting === 'auto' && ofLifetimeMs < days * DAY_MS;
  const ms = depends ? ofLifetimeMs : (setting === 'auto' ? days : setting) * DAY_MS;
  const time = fixed(timeNeeded(ms));
  return { ms, time, inWords: depends ? own`${time} (${inWords})` : time };
}

/** Whether a number of days requires a renewal while more than a third of the lifetime is left, which is earlier than usual. */
export function requiresEarlyRenewal(setting: ValidDays, lifetimeMs: number, leftMs: number): boolean {
  return setting !== 'auto' && leftMs >= lifetimeMs / 3;
}
