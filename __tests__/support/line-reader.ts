import type { Duplex } from 'node:stream';

/** The first octets of a TLS record that carries a ClientHello. */
const CLIENT_HELLO = '\x16\x03';

/** Reads a stream line by line: each line is witnessed as it arrives, and handed out on demand. */
export class LineReader {
  #partial = '';
  #ended = false;
  #wake: (() => void) | undefined;
  readonly #lines: string[] = [];
  readonly #stream: Duplex;
  readonly #witness: (line: string) => void;

  /** @param witness is told every line on its arrival, asked for or not */
  constructor(stream: Duplex, witness: (line: string) => void) {
    this.#stream = stream;
    this.#witness = witness;
    stream.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd);
  }

  /** The next line without its end, octets as ISO 8859-1; undefined once the peer has hung up. */
  async next(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#lines.shift();
  }

  /** Lets go of the stream for a TLS handshake. A ClientHello that is here already goes back to the stream. */
  release(): void {
    this.#stream.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
    this.#stream.pause();
    const hello = this.#partial.indexOf(CLIENT_HELLO);
    const plain = hello < 0 ? this.#partial : this.#partial.slice(0, hello);
    if (plain !== '') this.#witness(plain);
    if (hello >= 0) this.#stream.unshift(Buffer.from(this.#partial.slice(hello), 'latin1'));
  }

  readonly #onData = (chunk: Buffer): void => {
    const text = this.#partial + chunk.toString('latin1');
    const hello = text.indexOf(CLIENT_HELLO);
    // A ClientHello is no line, though it may contain a line feed.
    const lines = (hello < 0 ? text : text.slice(0, hello)).split('\n');
    this.#partial = (lines.pop() ?? '') + (hello < 0 ? '' : text.slice(hello));
    for (const line of lines.map((each) => each.replace(/\r$/, ''))) {
      this.#witness(line);
      this.#lines.push(line);
    }
    this.#wake?.();
  };

  readonly #onEnd = (): void => {
    if (!this.#ended && this.#partial !== '') this.#witness(this.#partial);
    this.#ended = true;
    this.#wake?.();
  };
}
