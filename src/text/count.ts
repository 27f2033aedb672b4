/**
 * A number with its noun: "1 endpoint", "9 endpoints", "0 endpoints".
 * @param noun in the singular
 * @param plural if it is not the singular plus s
 */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** A part of a whole, always with its number: "2 of 9 endpoints", "all 9 endpoints", "1 endpoint". */
export function countOf(part: number, whole: number, noun: string, plural = `${noun}s`): string {
  if (part < whole || whole === 0) return `${part} of ${count(whole, noun, plural)}`;
  return whole === 1 ? count(1, noun) : `all ${whole} ${plural}`;
}
