const LF = 0x0a;

/** The bytes that have been received and not yet read, to be read line by line. */
export class LineBuffer {
  #unread: Buffer = Buffer.alloc(0);
  #searchedTo = 0;

  /** Adds what was received. */
  push(bytes: Uint8Array): void {
    this.#unread = this.#unread.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#unread, bytes]);
  }

  get unread(): Buffer {
    return this.#unread;
  }

  /**
   * Takes the next line.
   * @param maxBytes of the line, its CR included
   * @param tooLong makes the error that is thrown if the line is longer, even if it has not ended
   * @returns the line without its LF; undefined if it has not ended
   */
  takeLine(maxBytes: number, tooLong: () => Error): Buffer | undefined {
    const end = this.#unread.indexOf(LF, this.#searchedTo);
    if (end > maxBytes || (end < 0 && this.#unread.length > maxBytes)) throw tooLong();
    if (end < 0) {
      this.#searchedTo = this.#unread.length;
      return undefined;
    }
    const line = this.#unread.subarray(0, end);
    this.skip(end + 1);
    return line;
  }

  /** Drops the first bytes. */
  skip(count: number): void {
    this.#unread = this.#unread.subarray(count);
    this.#searchedTo = 0;
  }
}
