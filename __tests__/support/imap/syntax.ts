/** A word, a quoted string or a literal (all as ISO 8859-1 text), or a parenthesized list of them. */
export type Token = string | readonly Token[];

/** A command that is not valid IMAP. */
export class SyntaxFault extends Error {}

/** Splits what a client sends into commands (RFC 9051 section 2.2.1). */
export class CommandReader {
  #buffered = '';
  #command = '';
  #literalLeft = 0;

  /**
   * Reads bytes.
   * @param onCommand receives each complete command with its literals, without the final CR LF
   * @param onLiteral is called each time that the client waits for permission to send a literal
   */
  feed(octets: Buffer, onCommand: (command: string) => void, onLiteral: () => void): void {
    this.#buffered += octets.toString('latin1');
    for (;;) {
      const literal = this.#buffered.slice(0, this.#literalLeft);
      this.#command += literal;
      this.#literalLeft -= literal.length;
      this.#buffered = this.#buffered.slice(literal.length);
      const end = this.#buffered.indexOf('\r\n');
      if (this.#literalLeft > 0 || end < 0) return;
      const line = this.#buffered.slice(0, end);
      this.#buffered = this.#buffered.slice(end + 2);
      const announced = /\{(\d+)(\+?)\}$/.exec(line);
      this.#command += line;
      if (announced) {
        this.#command += '\r\n';
        this.#literalLeft = Number(announced[1]);
        if (announced[2] === '') onLiteral();
      } else {
        const command = this.#command;
        this.#command = '';
        onCommand(command);
      }
    }
  }
}

/**
 * Parses a command (RFC 9051 section 9). A section such as `BODY[HEADER.FIELDS (DATE)]<0.9>` stays one word.
 * @throws SyntaxFault if brackets or quotes are not closed
 */
export function tokenize(command: string): readonly Token[] {
  let at = 0;
  const list = (closing: string): Token[] => {
    const tokens: Token[] = [];
    for (;;) {
      while (command[at] === ' ') at++;
      const character = command[at] ?? '';
      if (character === closing) {
        at++;
        return tokens;
      }
      if (character === '' || character === ')') throw new SyntaxFault('Parentheses do not match');
      tokens.push(token(character));
    }
  };
  const token = (first: string): Token => {
    if (first === '(') {
      at++;
      return list(')');
    }
    const rest = command.slice(at);
    const literal = /^\{(\d+)\+?\}\r\n/.exec(rest);
    if (literal) {
      const start = literal[0].length;
      at += start + Number(literal[1]);
      return rest.slice(start, start + Number(literal[1]));
    }
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
    const word = quoted ?? /^(?:[^\s()"[]|\[[^\]]*\])+/.exec(rest);
    if (!word) throw new SyntaxFault('A quote or bracket does not close');
    at += word[0].length;
    return quoted?.[1]?.replace(/\\(.)/g, '$1') ?? word[0];
  };
  return list('');
}

/** A token as a keyword, in uppercase; empty if it is a list or missing. */
export function word(token: Token | undefined): string {
  return typeof token === 'string' ? token.toUpperCase() : '';
}

/** A quoted string, or a literal if the text cannot be quoted. */
export function quote(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `{${text.length}}\r\n${text}`;
}

/**
 * Whether a number is in a sequence set such as `2,4:7,9:*` (RFC 9051 section 9).
 * @param largest what `*` stands for
 */
export function inSet(set: string, number: number, largest: number): boolean {
  const value = (text: string | undefined): number => (text === '*' ? largest : Number(text));
  return set.split(',').some((range) => {
    const [from, to = from] = range.split(':');
    const [low = 0, high = 0] = [value(from), value(to)].sort((a, b) => a - b);
    return number >= low && number <= high;
  });
}
