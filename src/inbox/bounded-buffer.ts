const FIRST_OCTETS = 16 * 1024;

/**
 * Keeps the first octets of what arrives, in one piece: in as many as they arrive in, each octet could take a hundred
 * times its room.
 */
export class Kept {
  readonly #most: number;
  #room: Buffer;
  #total = 0;

  /** @param most octets that are kept */
  constructor(most: number) {
    this.#most = most;
    this.#room = Buffer.alloc(Math.min(most, FIRST_OCTETS));
  }

  /** Octets so far, kept or not. */
  get total(): number {
    return this.#total;
  }

  /** Those that are kept, until it is emptied. */
  get octets(): Buffer {
    return this.#room.subarray(0, Math.min(this.#total, this.#most));
  }

  /** Takes one more. */
  push(octet: number): void {
    if (this.#total < this.#most) {
      this.#makeRoomFor(this.#total + 1);
      this.#room[this.#total] = octet;
    }
    this.#total += 1;
  }

  /** Takes more. */
  add(octets: Buffer): void {
    const total = this.#total + octets.length;
    this.#makeRoomFor(Math.min(this.#most, total));
    // What is over finds no room.
    if (this.#total < this.#most) octets.copy(this.#room, this.#total);
    this.#total = total;
  }

  /** Begins anew, in the same room. */
  empty(): void {
    this.#total = 0;
  }

  #makeRoomFor(octets: number): void {
    if (octets <= this.#room.length) return;
    const larger = Buffer.alloc(Math.min(this.#most, Math.max(octets, 2 * this.#room.length)));
    this.#room.copy(larger);
    this.#room = larger;
  }
}
