/** One element of a DER encoding (X.690). */
export interface DerElement {
  /** The tag octet. */
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
}

/**
 * Reads the elements that stand one behind the other in a DER encoding. Only for certificates that OpenSSL has
 * parsed, for what Node does not tell of them: one-octet tags, definite lengths.
 * @throws {RangeError} if a length points beyond the encoding
 */
export function derElements(der: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < der.length;) {
    const tag = der.readUInt8(at);
    const first = der.readUInt8(at + 1);
    const lengthOctets = first < 0x80 ? 0 : first - 0x80;
    const length = lengthOctets === 0 ? first : der.readUIntBE(at + 2, lengthOctets);
    const start = at + 2 + lengthOctets;
    if (start + length > der.length) throw new RangeError('DER length beyond the end');
    const end = start + length;
    elements.push({ tag, content: der.subarray(start, end), whole: der.subarray(at, end) });
    at = end;
  }
  return elements;
}

/** The dotted form of the content of an OBJECT IDENTIFIER. */
export function oid(content: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [head = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(head / 40));
  return [root, head - root * 40, ...rest].join('.');
}
