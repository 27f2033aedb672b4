export const DAY_MS = 86_400_000;

/** Whole days from one moment to another; negative where that is earlier. */
export function daysBetween(from: Date, to: Date): number {
  return Math.trunc((to.getTime() - from.getTime()) / DAY_MS);
}

/** Such as `2027-02-22`, in UTC. */
export function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
