/** X.690. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
}

/** An encoding that this parser does not accept. OpenSSL may accept it, so a peer can present one. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** Four bytes of length are more than any certificate that OpenSSL accepts in a handshake. */
const MAX_LENGTH_BYTES = 4;

/** @throws {DerError} if a tag has several bytes, or a length is indefinite or extends past the end */
export function derElements(der: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < der.length) {
    const tag = der.readUInt8(at);
    const first = der[at + 1];
    if (first === undefined || (tag & 0x1f) === 0x1f) throw new DerError('a tag is incomplete or has several bytes');
    const lengthBytes = first < 0x80 ? 0 : first - 0x80;
    const start = at + 2 + lengthBytes;
    if (first === 0x80 || lengthBytes > MAX_LENGTH_BYTES || start > der.length)
      throw new DerError('a length is invalid');
    const end = start + (lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes));
    if (end > der.length) throw new DerError('a length extends past the end');
    elements.push({ tag, content: der.subarray(start, end), whole: der.subarray(at, end) });
    at = end;
  }
  return elements;
}

/** The elements within the first element of an encoding, or none if it is empty. @throws {DerError} */
export function derWithin(der: Buffer): DerElement[] {
  const [first] = derElements(der);
  return first ? derElements(first.content) : [];
}

/** The dotted form of the content of an OBJECT IDENTIFIER. */
export function oid(content: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [head = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(head / 40));
  return [root, head - root * 40, ...rest].join('.');
}
