const FIRST_BYTES = 16 * 1024;

/**
 * Keeps the first bytes of what is received in one buffer. In chunks as they are received, each byte could take several
 * hundred bytes of memory.
 */
export class BoundedBuffer {
  #memory: Buffer;
  #total = 0;

  constructor(private readonly maxBytes: number) {
    this.#memory = Buffer.alloc(Math.min(maxBytes, FIRST_BYTES));
  }

  /** How many bytes were added, kept or not. */
  get total(): number {
    return this.#total;
  }

  /** The bytes that were kept. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, Math.min(this.#total, this.maxBytes));
  }

  push(byte: number): void {
    if (this.#total < this.maxBytes) {
      this.#makeRoomFor(this.#total + 1);
      this.#memory[this.#total] = byte;
    }
    this.#total += 1;
  }

  add(bytes: Buffer): void {
    const total = this.#total + bytes.length;
    this.#makeRoomFor(Math.min(this.maxBytes, total));
    if (this.#total < this.maxBytes) bytes.copy(this.#memory, this.#total);
    this.#total = total;
  }

  #makeRoomFor(size: number): void {
    if (size <= this.#memory.length) return;
    const larger = Buffer.alloc(Math.min(this.maxBytes, Math.max(size, 2 * this.#memory.length)));
    this.#memory.copy(larger);
    this.#memory = larger;
  }
}
