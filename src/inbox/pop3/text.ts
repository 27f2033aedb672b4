import { Kept } from '../bounded-buffer.js';

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

/** Where in a line the next octet stands. */
type At = 'line start' | 'behind a dot' | 'behind a dot and CR' | 'in a line';

/**
 * Takes the text of an answer of several lines out of what arrives, up to the line with a dot alone (RFC 1939 section
 * 3): dots unstuffed, every line end a CR LF. What it keeps it keeps in one piece, be it a line or a million of them.
 */
export class Pop3Text {
  readonly #kept: Kept;
  #at: At = 'line start';
  #last = LF;
  #hasEnded = false;

  /** @param most octets that are kept */
  constructor(most: number) {
    this.#kept = new Kept(most);
  }

  /** Whether the line with the dot has come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Octets so far, kept or not. */
  get octets(): number {
    return this.#kept.total;
  }

  /** The text so far, as much of it as is kept. */
  get text(): Buffer {
    return this.#kept.octets;
  }

  /** @returns how many of the octets belong to the text and its end */
  take(octets: Buffer): number {
    let taken = 0;
    for (const octet of octets) {
      if (this.#hasEnded) break;
      taken += 1;
      this.#take(octet);
    }
    return taken;
  }

  #take(octet: number): void {
    switch (this.#at) {
      case 'line start':
        if (octet !== DOT) break;
        this.#at = 'behind a dot';
        return;
      case 'behind a dot':
        if (octet === LF) this.#hasEnded = true;
        if (octet === CR) this.#at = 'behind a dot and CR';
        if (octet === LF || octet === CR) return;
        break;
      case 'behind a dot and CR':
        if (octet === LF) this.#hasEnded = true;
        if (octet === LF) return;
        this.#keep(CR);
        break;
      case 'in a line':
        break;
    }
    if (octet === LF && this.#last !== CR) this.#keep(CR);
    this.#keep(octet);
    this.#at = octet === LF ? 'line start' : 'in a line';
  }

  #keep(octet: number): void {
    this.#last = octet;
    this.#kept.push(octet);
  }
}
