/**
 * A number with its noun: "1 endpoint", "9 endpoints", "0 endpoints".
 * @param noun in the singular
 * @param plural where it is not the singular with an s
 */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** A part of a whole: "2 of 9 endpoints", "all 9 endpoints", "both endpoints", "the endpoint". */
export function countOf(part: number, whole: number, noun: string, plural = `${noun}s`): string {
  if (part < whole || whole === 0) return `${part} of ${count(whole, noun, plural)}`;
  if (whole === 1) return `the ${noun}`;
  return whole === 2 ? `both ${plural}` : `all ${whole} ${plural}`;
}
