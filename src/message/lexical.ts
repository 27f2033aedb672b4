export interface Token {
  /** A comment, or a run of other text up to a space, a semicolon or a comment. */
  readonly kind: 'comment' | 'word' | 'semicolon';
  /** A comment without its outer parentheses; a quoted string with its quotes. */
  readonly text: string;
}

const SPACES = /\s*/y;
const WORD = /(?:[^\s(;"]|"(?:[^"\\]|\\[^])*(?:"|\\?$))+/y;

/**
 * Splits a structured field (RFC 5322 section 3.2) into its tokens; an unclosed one extends to the end. No text is read
 * twice, so the time is linear in its length.
 */
export function tokens(field: string): readonly Token[] {
  const found: Token[] = [];
  let at = end(SPACES, field, 0);
  while (at < field.length) {
    const start = at;
    if (field[start] === '(') {
      at = commentEnd(field, start);
      found.push({ kind: 'comment', text: field.slice(start + 1, field[at - 1] === ')' ? at - 1 : at).trim() });
    } else if (field[start] === ';') {
      at += 1;
      found.push({ kind: 'semicolon', text: ';' });
    } else {
      at = end(WORD, field, start);
      found.push({ kind: 'word', text: field.slice(start, at) });
    }
    at = end(SPACES, field, at);
  }
  return found;
}

function end(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}
