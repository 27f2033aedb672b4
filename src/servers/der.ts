/*
 * What is needed of DER (X.690) to write a certificate. The demonstration and the self-test issue theirs anew each time,
 * and a library that can do all of ASN.1 takes longer to load than the servers of both take to be judged.
 */

/**
 * One element.
 * @param tag its octet
 * @param contents one behind the other
 */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), lengthOf(content), content]);
}

/** A SEQUENCE. */
export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return element(0x30, ...elements);
}

/** A BIT STRING. @param unused bits at the end of its last octet */
export function bitString(octets: Uint8Array, unused = 0): Buffer {
  return element(0x03, Buffer.of(unused), octets);
}

/** An INTEGER. @param octets big-endian, of a number that is not negative, and no more of them than it takes */
export function integer(...octets: readonly number[]): Buffer {
  return element(0x02, Buffer.from(octets));
}

/** An OBJECT IDENTIFIER. @param dotted such as `2.5.29.17` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...arcs].flatMap(base128)));
}

/** A moment of a certificate's validity (RFC 5280 section 4.1.2.5): two digits for the year up to 2049. */
export function time(moment: Date): Buffer {
  const digits = `${moment.toISOString().replace(/\D/g, '').slice(0, 14)}Z`;
  return moment.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const octets = length > 0xff ? [length >> 8, length & 0xff] : [length];
  return Buffer.of(0x80 + octets.length, ...octets);
}

function base128(arc: number): number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 + (rest % 128));
  return octets;
}
