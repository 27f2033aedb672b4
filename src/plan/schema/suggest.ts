import { closestMatch } from 'leven';

/**
 * A hint for somebody who mistyped a word.
 * @returns `; did you mean "word"?`, or nothing where no known word is near
 */
export function didYouMean(word: string, known: readonly string[]): string {
  const match = closestMatch(word, known, { maxDistance: Math.max(2, Math.floor(word.length / 3)) });
  return match === undefined ? '' : `; did you mean "${match}"?`;
}
