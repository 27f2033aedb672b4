/** Shorter than most TTLs, and short enough that an attempt after a long pause sees a change. */
const SHARED_MS = 30_000;

/**
 * Shares the lookups of one name: a lookup in progress, and its result for 30 seconds. A failure is not cached, so that the
 * next attempt looks the name up again.
 * @param keyOf what distinguishes lookups
 * @param nowMs a clock that never goes back
 */
export function shareLookups<Args extends readonly unknown[], T>(
  keyOf: (...args: Args) => string,
  lookUp: (...args: Args) => Promise<T>,
  nowMs: () => number = () => performance.now(),
): (...args: Args) => Promise<T> {
  const shared = new Map<string, { readonly answer: Promise<T>; until: number }>();
  return (...args) => {
    const key = keyOf(...args);
    const known = shared.get(key);
    if (known && nowMs() < known.until) return known.answer;
    const entry = { answer: lookUp(...args), until: Infinity };
    shared.set(key, entry);
    entry.answer.then(
      () => (entry.until = nowMs() + SHARED_MS),
      () => shared.delete(key),
    );
    return entry.answer;
  };
}
