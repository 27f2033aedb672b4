import { Kept } from '../bounded-buffer.js';

const [QUOTE, BACKSLASH, COMMA, OPENS, CLOSES] = [...Buffer.from('"\\,[]')];
const OPENING = new Set(Buffer.from('[{'));
const CLOSING = new Set(Buffer.from(']}'));
const BLANK = new Set(Buffer.from(' \t\r\n'));

/** Where the next octet stands. */
type At = 'before the list' | 'in the list' | 'in a string' | 'behind a backslash' | 'behind the list' | 'in no list';

/**
 * Takes a list in JSON (RFC 8259) apart as it arrives, and keeps no more than the item that is arriving. Whether an
 * item is JSON shows when somebody parses it.
 */
export class JsonItems {
  readonly #most: number;
  readonly #tell: (item: Buffer) => void;
  readonly #item: Kept;
  #at: At = 'before the list';
  /** Of what has opened in the item. */
  #depth = 0;

  /**
   * @param most octets of an item; one that has so many or more is left out
   * @param tell gets each item when it has ended, and until it returns
   */
  constructor(most: number, tell: (item: Buffer) => void) {
    this.#most = most;
    this.#tell = tell;
    this.#item = new Kept(most);
  }

  /** Whether it is a list that has ended. */
  get isWhole(): boolean {
    return this.#at === 'behind the list';
  }

  /** Takes what arrives. @throws what `tell` throws */
  take(octets: Buffer): void {
    for (const octet of octets) this.#take(octet);
  }

  #take(octet: number): void {
    switch (this.#at) {
      case 'before the list':
        if (octet === OPENS) this.#at = 'in the list';
        else if (!BLANK.has(octet)) this.#at = 'in no list';
        return;
      case 'in the list':
        if (this.#depth === 0 && (octet === COMMA || octet === CLOSES)) {
          this.#ended(octet === CLOSES);
          return;
        }
        if (octet === QUOTE) this.#at = 'in a string';
        if (OPENING.has(octet)) this.#depth += 1;
        if (CLOSING.has(octet)) this.#depth -= 1;
        break;
      case 'in a string':
        if (octet === QUOTE) this.#at = 'in the list';
        if (octet === BACKSLASH) this.#at = 'behind a backslash';
        break;
      case 'behind a backslash':
        this.#at = 'in a string';
        break;
      case 'behind the list':
      case 'in no list':
        return;
    }
    // Blanks around an item are none of it, and an empty list has none.
    if (this.#item.total > 0 || !BLANK.has(octet)) this.#item.push(octet);
  }

  #ended(isLast: boolean): void {
    const { octets, total } = this.#item;
    if (total < this.#most && !(isLast && total === 0)) this.#tell(octets);
    this.#item.empty();
    if (isLast) this.#at = 'behind the list';
  }
}
