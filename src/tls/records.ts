/*
 * What the records of a handshake show but Node does not expose. Most functions get all bytes that the server sent.
 */

/** RFC 8446 section 5.1. */
const ALERT_RECORD = 21;
const HANDSHAKE_RECORD = 22;
/** change_cipher_spec, alert, handshake and application_data. */
const RECORD_TYPES: readonly number[] = [20, ALERT_RECORD, HANDSHAKE_RECORD, 23];
const RECORD_HEADER_BYTES = 5;
const WARNING = 1;

/** RFC 8446 section 4 and RFC 5246 section 7.4. */
const MESSAGE_HEADER_BYTES = 4;
const SERVER_HELLO = 2;
const SERVER_KEY_EXCHANGE = 12;
const CERTIFICATE_REQUEST = 13;

/** The size of a record with its header, by its first bytes; 0 if the header is incomplete. */
export function recordBytes(beginning: Uint8Array): number {
  const [, , , high, low] = beginning;
  return high === undefined || low === undefined ? 0 : RECORD_HEADER_BYTES + high * 256 + low;
}

/**
 * Whether a server requested a client certificate in the unencrypted part of the handshake: up to TLS 1.2 that is all
 * of it, with TLS 1.3 nothing after the ServerHello. TLS 1.2 has no separate alert for a missing client certificate, so
 * this distinguishes it from other causes of a "handshake failure".
 */
export function asksForCertificate(bytes: Buffer): boolean {
  return handshakeMessages(bytes).some(({ type }) => type === CERTIFICATE_REQUEST);
}

/** The last warning alert that a server sent unencrypted (RFC 8446 section 6), including close_notify (0). */
export function warningAlert(bytes: Buffer): number | undefined {
  return recordsOf(bytes).records.findLast(
    ({ type, content }) => type === ALERT_RECORD && content[0] === WARNING && content.length > 1,
  )?.content[1];
}

/** Whether a server has sent a part of a handshake, and not only nothing or alerts. */
export function isAnswer(bytes: Buffer): boolean {
  const { records, rest } = recordsOf(bytes);
  return rest.length > 0 || records.some(({ type }) => type !== ALERT_RECORD);
}

/** Data after the last TLS record that is not TLS; the beginning of a record is TLS. */
export function dataAfterRecords(bytes: Buffer): Buffer {
  const { rest } = recordsOf(bytes);
  return RECORD_TYPES.includes(rest[0] ?? ALERT_RECORD) ? Buffer.alloc(0) : rest;
}

const KEY_SHARE = 51;

/** Groups by their code points (the IANA registry "TLS Supported Groups"). */
const GROUPS: Readonly<Record<number, string>> = {
  23: 'P-256',
  24: 'P-384',
  25: 'P-521',
  29: 'X25519',
  30: 'X448',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  512: 'MLKEM512',
  513: 'MLKEM768',
  514: 'MLKEM1024',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
};

/**
 * The key share in a ServerHello (RFC 8446 sections 4.1.3 and 4.2.8).
 * @returns undefined if there is none, as up to TLS 1.2, or the group is not known here
 */
export function keyExchange(bytes: Buffer): { group: string; postQuantum: boolean } | undefined {
  const hello = handshakeMessages(bytes).findLast(({ type }) => type === SERVER_HELLO)?.content;
  // Version and random have 34 bytes. The session id, preceded by its length, cipher suite and compression follow.
  const sessionIdBytes = hello?.[34];
  if (!hello || sessionIdBytes === undefined) return undefined;
  let at = 35 + sessionIdBytes + 3 + 2;
  while (at + 6 <= hello.length) {
    if (hello.readUInt16BE(at) === KEY_SHARE) {
      const group = GROUPS[hello.readUInt16BE(at + 4)];
      return group === undefined ? undefined : { group, postQuantum: group.includes('MLKEM') };
    }
    at += 4 + hello.readUInt16BE(at + 2);
  }
  return undefined;
}

const NAMED_CURVE = 3;
/** Signature algorithms that are no longer offered, by hash and signature (RFC 5246 section 7.4.1.4.1). */
const OLD_SIGNATURES: Readonly<Record<number, string>> = {
  0x0101: 'RSA with MD5',
  0x0201: 'RSA with SHA-1',
  0x0202: 'DSA with SHA-1',
  0x0203: 'ECDSA with SHA-1',
};

/** How a TLS 1.2 server signs its share of an ECDHE key exchange (RFC 8422 section 5.4), if that is obsolete. */
export function oldSignature(bytes: Buffer): string | undefined {
  const body = handshakeMessages(bytes).find(({ type }) => type === SERVER_KEY_EXCHANGE)?.content;
  const keyBytes = body?.[3];
  if (body?.[0] !== NAMED_CURVE || keyBytes === undefined || body.length < 4 + keyBytes + 2) return undefined;
  return OLD_SIGNATURES[body.readUInt16BE(4 + keyBytes)];
}

interface Part {
  readonly type: number;
  readonly content: Buffer;
}

/** Records whose header is complete, and what follows them. */
function recordsOf(bytes: Buffer): { readonly records: readonly Part[]; readonly rest: Buffer } {
  const records: Part[] = [];
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= bytes.length && RECORD_TYPES.includes(bytes.readUInt8(at))) {
    const start = at + RECORD_HEADER_BYTES;
    const end = start + bytes.readUInt16BE(at + 3);
    records.push({ type: bytes.readUInt8(at), content: bytes.subarray(start, end) });
    at = end;
  }
  return { records, rest: bytes.subarray(at) };
}

/** The messages in the handshake records, up to the first record of a different type; the last may be incomplete. */
function handshakeMessages(bytes: Buffer): Part[] {
  const { records } = recordsOf(bytes);
  const firstOther = records.findIndex(({ type }) => type !== HANDSHAKE_RECORD);
  const parts = firstOther === -1 ? records : records.slice(0, firstOther);
  const joined = Buffer.concat(parts.map(({ content }) => content));
  const messages: Part[] = [];
  for (let at = 0; at + MESSAGE_HEADER_BYTES <= joined.length;) {
    const start = at + MESSAGE_HEADER_BYTES;
    const end = start + joined.readUIntBE(at + 1, 3);
    messages.push({ type: joined.readUInt8(at), content: joined.subarray(start, end) });
    at = end;
  }
  return messages;
}
