import type { RunContext } from '../steps/context.js';

/** The pause before the second try; each later one is four times as long, up to the longest. */
export const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** Milliseconds to wait before the n-th try, from the second on: longer each time, with jitter. */
export function pauseBefore(tries: number, { random }: Pick<RunContext, 'random'>): number {
  return Math.min(FIRST_PAUSE_MS * 4 ** (tries - 2), LONGEST_PAUSE_MS) * (0.75 + random() / 2);
}
