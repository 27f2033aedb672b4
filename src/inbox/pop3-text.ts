const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

const FIRST_OCTETS = 16 * 1024;

/** Where in a line the next octet stands. */
type At = 'line start' | 'behind a dot' | 'behind a dot and CR' | 'in a line';

/**
 * Takes the text of an answer of several lines out of what arrives, up to the line with a dot alone (RFC 1939 section
 * 3): dots unstuffed, every line end a CR LF. What it keeps it keeps in one piece, be it a line or a million of them.
 */
export class Pop3Text {
  readonly #most: number;
  #kept = Buffer.alloc(FIRST_OCTETS);
  #octets = 0;
  #at: At = 'line start';
  #last = LF;
  #hasEnded = false;

  /** @param most octets that are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the line with the dot has come. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Octets so far, kept or not. */
  get octets(): number {
    return this.#octets;
  }

  /** The text so far, as much of it as is kept. */
  get text(): Buffer {
    return this.#kept.subarray(0, Math.min(this.#octets, this.#most));
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
    if (this.#octets < this.#most) {
      if (this.#octets === this.#kept.length) this.#grow();
      this.#kept[this.#octets] = octet;
    }
    this.#octets += 1;
  }

  #grow(): void {
    const larger = Buffer.alloc(Math.min(this.#most, 2 * this.#kept.length));
    this.#kept.copy(larger);
    this.#kept = larger;
  }
}
