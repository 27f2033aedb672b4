import type { Reply } from '../smtp/reply.js';
import { wordsOf } from './words.js';

/** Identifiers for the server's own log, such as `08DB28A0B2AA2B50` or `#MBR1212`. */
const IDENTIFIER = /^(?:[\da-f]{12,}|\d{8,}-[\w-]+|#(?:auth|mbr)\d+)$/;

/**
 * The words of a reply, split at punctuation, so that a caller can account for every one of them.
 * Identifiers are left out, and a link is the clause `link`.
 */
export function clausesOf(reply: Reply): string[] {
  const clauses = wordsOf(reply)
    .replace(/’/g, "'")
    .replace(/(?<!\S)\S*:\/\/\S*/g, ' : link : ')
    .split(/[.:;,!?"()[\]|]|\s-+(?=\s|$)|\s'|'(?=\s|$)/);
  return clauses.map((clause) =>
    clause
      .split(' ')
      .filter((word) => !IDENTIFIER.test(word))
      .join(' ')
      .trim(),
  );
}

/** A pattern for whole clauses. */
export function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`);
}

/** Clauses that add nothing to the code of a refusal. */
export const EMPTY = anyOf('', 'error', 'sorry', 'no', 'rejected', 'refused');

/** Clauses that only point to further information. */
export const POINTER = anyOf(
  '(?:please )?(?:see|visit|go to)',
  'for (?:more information|details)(?: (?:see|visit|go to))?',
  'learn more at',
  'link',
  'gsmtp',
);
