/** One element of a DER encoding (X.690). */
export interface DerElement {
  /** The tag octet. */
  readonly tag: number;
  readonly content: Buffer;
  /** Tag, length and content. */
  readonly whole: Buffer;
}

/** An encoding that this reader does not take. OpenSSL may, so a peer can present one. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** Four octets of length are more than any certificate that OpenSSL accepts in a handshake. */
const MAX_LENGTH_OCTETS = 4;

/**
 * Reads the elements that stand one behind the other in a DER encoding, for what Node does not tell of a
 * certificate: one-octet tags, definite lengths.
 * @throws {DerError} if a tag has several octets, or a length is indefinite or points beyond the encoding
 */
export function derElements(der: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < der.length) {
    const tag = der.readUInt8(at);
    const first = der[at + 1];
    if (first === undefined || (tag & 0x1f) === 0x1f) throw new DerError('a tag that stands alone or goes on');
    const lengthOctets = first < 0x80 ? 0 : first - 0x80;
    const start = at + 2 + lengthOctets;
    if (first === 0x80 || lengthOctets > MAX_LENGTH_OCTETS || start > der.length) throw new DerError('an odd length');
    const end = start + (lengthOctets === 0 ? first : der.readUIntBE(at + 2, lengthOctets));
    if (end > der.length) throw new DerError('a length beyond the end');
    elements.push({ tag, content: der.subarray(start, end), whole: der.subarray(at, end) });
    at = end;
  }
  return elements;
}

/**
 * The elements within the first element of an encoding; none where there is no first.
 * @throws {DerError}
 */
export function derWithin(der: Buffer): DerElement[] {
  const [first] = derElements(der);
  return first ? derElements(first.content) : [];
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
