import { BoundedBuffer } from '../bounded-buffer.js';

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

/** What precedes the next byte in its line. */
type Before = 'nothing' | 'a dot' | 'a dot and CR' | 'other bytes';

/**
 * The text of a multi-line reply, up to the line with a dot alone (RFC 1939 section 3): dots unstuffed, every line end a
 * CR LF. It is kept in one buffer, no matter how many lines it has.
 */
export class Pop3Text extends BoundedBuffer {
  /** Whether the line with the dot has been received. */
  hasEnded = false;
  #before: Before = 'nothing';
  #last = LF;

  /** @returns how many of the bytes belong to the text and its end */
  take(bytes: Buffer): number {
    let taken = 0;
    for (const byte of bytes) {
      if (this.hasEnded) break;
      taken += 1;
      this.#take(byte);
    }
    return taken;
  }

  #take(byte: number): void {
    switch (this.#before) {
      case 'nothing':
        if (byte !== DOT) break;
        this.#before = 'a dot';
        return;
      case 'a dot':
        if (byte === LF) this.hasEnded = true;
        if (byte === CR) this.#before = 'a dot and CR';
        if (byte === LF || byte === CR) return;
        break;
      case 'a dot and CR':
        if (byte === LF) this.hasEnded = true;
        if (byte === LF) return;
        this.push(CR);
        break;
      case 'other bytes':
        break;
    }
    if (byte === LF && this.#last !== CR) this.push(CR);
    this.push(byte);
    this.#before = byte === LF ? 'nothing' : 'other bytes';
  }

  override push(byte: number): void {
    this.#last = byte;
    super.push(byte);
  }
}
