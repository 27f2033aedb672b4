import type { Duplex } from 'node:stream';

/** The first bytes of a TLS record that carries a ClientHello. */
const CLIENT_HELLO = '\x16\x03';

/** Reads a stream line by line. */
export class LineReader {
  #partial = '';
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #lines: string[] = [];
  readonly #stream: Duplex;
  readonly #received: (line: string) => void;

  /** @param received gets every line when it arrives, even if it is not read */
  constructor(stream: Duplex, received: (line: string) => void) {
    this.#stream = stream;
    this.#received = received;
    stream.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd);
  }

  /** The next line without its end, bytes as ISO 8859-1; undefined once the peer has closed the connection. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#lines.shift();
  }

  /** Takes the lines that have arrived and were not read. */
  unread(): string[] {
    return this.#lines.splice(0);
  }

  /** Leaves the stream to a TLS handshake. A ClientHello that has already arrived goes back into the stream. */
  release(): void {
    this.#stream.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
    this.#stream.pause();
    const hello = this.#partial.indexOf(CLIENT_HELLO);
    const plain = hello < 0 ? this.#partial : this.#partial.slice(0, hello);
    if (plain !== '') this.#received(plain);
    if (hello >= 0) this.#stream.unshift(Buffer.from(this.#partial.slice(hello), 'latin1'));
  }

  readonly #onData = (chunk: Buffer): void => {
    const text = this.#partial + chunk.toString('latin1');
    const hello = text.indexOf(CLIENT_HELLO);
    // A ClientHello is not a line, though it may contain a line feed.
    const lines = (hello < 0 ? text : text.slice(0, hello)).split('\n');
    this.#partial = (lines.pop() ?? '') + (hello < 0 ? '' : text.slice(hello));
    for (const line of lines.map((each) => each.replace(/\r$/, ''))) {
      this.#received(line);
      this.#lines.push(line);
    }
    this.#wake?.();
  };

  readonly #onEnd = (): void => {
    if (!this.#ended && this.#partial !== '') this.#received(this.#partial);
    this.#ended = true;
    this.#wake?.();
  };
}
