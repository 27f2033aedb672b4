import type { Reply } from '../smtp/reply.js';

/** Identifiers for the server's own log, such as `08DB28A0B2AA2B50` or `#MBR1212`. */
const IDENTIFIER = /^(?:[\da-f]{12,}|\d{8,}-[\w-]+|#(?:auth|mbr)\d+)$/;

/** The host that Exchange Online adds to its replies, and the session that Gmail adds to its own. */
const TRACE =
  /\[[\w.-]+\.(?:outlook|exchangelabs)\.com(?: [\d-]+t[\d:.]+z [\da-f]+)?\]$|(?<!\S)[\w-]+\.\d+(?= - gsmtp$)/;

/** A host name or an address in brackets, with the name before it: `mx.example.com (mx) [192.0.2.1]:54321`. */
const QUOTED = /(?<!\S)(?:[\w-]+\.[\w.-]+ )?[([][^\s@#]*\w\.\w[^\s@#]*/g;

const BRACKETS = /^[<("'[]+|(?<![>)"'\].,:;!?])[>)"'\].,:;!?]+$/g;

/** A reply as clauses. */
export interface Reading {
  readonly code: number;
  /** The enhanced status code; empty if there is none. */
  readonly status: string;
  readonly says: (pattern: RegExp) => boolean;
  /** Whether every clause matches one of the patterns. */
  readonly consistsOf: (...patterns: readonly RegExp[]) => boolean;
}

/**
 * The words of a reply, split into clauses at punctuation, so that a caller can check that it knows all of them. Status
 * codes, identifiers for the server's log, and what the client has sent are left out. A link becomes the clause `link`, a
 * host name or an address in brackets the clause `quoted`. Other names and addresses are words like any other.
 * @param ours what the client has sent, such as the recipient, in lower case. A name without a dot or an at sign may also
 * be a word of the server, so it is left out only in angle brackets.
 * @returns two readings, because a clause may continue on the next line or end with its line
 */
export function readingsOf(reply: Reply, ours: readonly string[]): Reading[] {
  const { code, enhanced, lines } = reply;
  // qmail appends the enhanced status code to the text.
  const status = enhanced ?? /\(#([245]\.\d{1,3}\.\d{1,3})\)$/.exec(lines.at(-1)?.exact.trimEnd() ?? '')?.[1] ?? '';
  return [' ', ' : '].map((lineEnd) => {
    const clauses = clausesOf(reply, status, ours, lineEnd);
    return {
      code,
      status,
      says: (pattern) => clauses.some((clause) => pattern.test(clause)),
      consistsOf: (...patterns) => clauses.every((clause) => patterns.some((pattern) => pattern.test(clause))),
    };
  });
}

function clausesOf(reply: Reply, status: string, ours: readonly string[], lineEnd: string): string[] {
  const known = (word: string): string => {
    if (word.includes('://')) return ': link :';
    const core = word.replace(BRACKETS, '');
    const isOurs = ours.includes(core) && (/[.@]/.test(core) || word.startsWith('<'));
    if (!isOurs && (status === '' || core.replace('#', '') !== status)) return word;
    return /[.:;,!?]$/.test(word) ? ':' : '';
  };
  const text = reply.lines.map(({ exact }) => exact.toLowerCase()).join(lineEnd);
  const words = text.trim().replace(/’/g, "'").replace(TRACE, '').split(/\s+/).map(known);
  const clauses = words
    .filter((word) => word !== '')
    .join(' ')
    .replace(QUOTED, ': quoted :')
    .split(/\.(?!\w)|[:;,!?"()[\]|]|\s-+(?=\s|$)|\s'|'(?=\s|$)/);
  return clauses.map((clause) =>
    clause
      .split(' ')
      .filter((word) => !IDENTIFIER.test(word))
      .join(' ')
      .trim(),
  );
}

/** A pattern that matches whole clauses. */
export function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(`^(?:${patterns.join('|')})$`);
}

/** Clauses that add nothing to the code of a refusal. */
export const EMPTY = anyOf('', 'error', 'sorry', 'no', 'rejected', 'refused');

/** Clauses that only refer to a page, which may name any cause. They count only next to clauses that name one. */
export const POINTER = anyOf(
  '(?:please )?(?:see|visit|go to)',
  'for (?:more information|details)(?: (?:see|visit|go to))?',
  'learn more at',
  'link',
  'quoted',
  'g?smtp',
);

/**
 * The server's own words in a reply, for a search for its meaning: a recipient at `relay.example.com` does not mean that
 * relaying is refused. Addresses, host names, numbers with dots and text in angle brackets are left out; links are kept.
 */
export function wordsOf({ lines }: Reply): string {
  const text = lines.map(({ exact }) => exact.toLowerCase()).join(' ');
  const words = text.replace(/<[^<>\s]*>/g, ' ').split(/\s+/);
  return words.filter((word) => word.includes('://') || !/@|\w\.\w/.test(word)).join(' ');
}
