/** RFC 8446 section 5.1 and RFC 5246 section 7.4. */
const HANDSHAKE_RECORD = 22;
const RECORD_HEADER_OCTETS = 5;
const MESSAGE_HEADER_OCTETS = 4;
const CERTIFICATE_REQUEST = 13;

/**
 * Whether a server asked for a certificate of the client, as far as its handshake is in the clear: up to TLS 1.2
 * all of it is, with TLS 1.3 nothing behind the ServerHello. TLS 1.2 has no alert of its own for a client that
 * had none to give, so this is how a plain "handshake failure" can be told from others.
 * @param octets what the server sent, from its first record on
 */
export function asksForCertificate(octets: Buffer): boolean {
  return handshakeMessages(octets).some(({ type }) => type === CERTIFICATE_REQUEST);
}

const ALERT_RECORD = 21;
const WARNING = 1;

/**
 * The last warning alert that a server sent in the clear (RFC 8446 section 6), close_notify (0) among them.
 * @param octets what the server sent, from its first record on
 */
export function warningAlert(octets: Buffer): number | undefined {
  let warning: number | undefined;
  for (let at = 0; at + RECORD_HEADER_OCTETS + 2 <= octets.length;) {
    const start = at + RECORD_HEADER_OCTETS;
    if (octets.readUInt8(at) === ALERT_RECORD && octets.readUInt8(start) === WARNING) {
      warning = octets.readUInt8(start + 1);
    }
    at = start + octets.readUInt16BE(at + 3);
  }
  return warning;
}

/** Of a handshake: change_cipher_spec, alert, handshake and application data. */
const RECORD_TYPES: readonly number[] = [20, 21, HANDSHAKE_RECORD, 23];

/**
 * What stands behind the records of TLS and is none.
 * @param octets what the server sent, from its first record on
 * @returns nothing where a record is due or has only begun
 */
export function behindRecords(octets: Buffer): Buffer {
  let at = 0;
  while (at + RECORD_HEADER_OCTETS <= octets.length && RECORD_TYPES.includes(octets.readUInt8(at))) {
    at += RECORD_HEADER_OCTETS + octets.readUInt16BE(at + 3);
  }
  const rest = octets.subarray(at);
  return rest.length === 0 || RECORD_TYPES.includes(rest.readUInt8(0)) ? Buffer.alloc(0) : rest;
}

/** What the handshake records carry, up to the first record of another type. */
function handshakeContent(octets: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + RECORD_HEADER_OCTETS <= octets.length && octets.readUInt8(at) === HANDSHAKE_RECORD;) {
    const end = at + RECORD_HEADER_OCTETS + octets.readUInt16BE(at + 3);
    parts.push(octets.subarray(at + RECORD_HEADER_OCTETS, end));
    at = end;
  }
  return Buffer.concat(parts);
}

const SERVER_HELLO = 2;
const KEY_SHARE = 51;

/** Groups by their code points (the IANA registry "TLS Supported Groups"), and whether a quantum computer breaks them. */
const GROUPS: Readonly<Record<number, KeyExchange>> = {
  23: { group: 'P-256', postQuantum: false },
  24: { group: 'P-384', postQuantum: false },
  25: { group: 'P-521', postQuantum: false },
  29: { group: 'X25519', postQuantum: false },
  30: { group: 'X448', postQuantum: false },
  256: { group: 'ffdhe2048', postQuantum: false },
  257: { group: 'ffdhe3072', postQuantum: false },
  258: { group: 'ffdhe4096', postQuantum: false },
  259: { group: 'ffdhe6144', postQuantum: false },
  260: { group: 'ffdhe8192', postQuantum: false },
  512: { group: 'MLKEM512', postQuantum: true },
  513: { group: 'MLKEM768', postQuantum: true },
  514: { group: 'MLKEM1024', postQuantum: true },
  4587: { group: 'SecP256r1MLKEM768', postQuantum: true },
  4588: { group: 'X25519MLKEM768', postQuantum: true },
  4589: { group: 'SecP384r1MLKEM1024', postQuantum: true },
};

/** How the two sides agreed on a secret. */
export interface KeyExchange {
  readonly group: string;
  readonly postQuantum: boolean;
}

/**
 * The group that a TLS 1.3 server chose, from the key share in its ServerHello (RFC 8446 sections 4.1.3 and 4.2.8),
 * where Node does not tell of the newer ones.
 * @param octets what the server sent, from its first record on
 * @returns undefined where there is none, as up to TLS 1.2, or where it is not known here
 */
export function keyExchange(octets: Buffer): KeyExchange | undefined {
  const hello = handshakeMessages(octets).findLast(({ type }) => type === SERVER_HELLO)?.body;
  // Version and random have 34 octets, the session id its length before it, then cipher suite and compression.
  const sessionIdOctets = hello?.[34];
  if (!hello || sessionIdOctets === undefined) return undefined;
  let at = 35 + sessionIdOctets + 3 + 2;
  while (at + 6 <= hello.length) {
    if (hello.readUInt16BE(at) === KEY_SHARE) return GROUPS[hello.readUInt16BE(at + 4)];
    at += 4 + hello.readUInt16BE(at + 2);
  }
  return undefined;
}

const SERVER_KEY_EXCHANGE = 12;
const NAMED_CURVE = 3;
/** Hash and signature (RFC 5246 section 7.4.1.4.1) of those that are not offered any more. */
const OLD_SIGNATURES: Readonly<Record<number, string>> = {
  0x0101: 'RSA with MD5',
  0x0201: 'RSA with SHA-1',
  0x0202: 'DSA with SHA-1',
  0x0203: 'ECDSA with SHA-1',
};

/**
 * What a TLS 1.2 server signs its share of an ECDHE key exchange with (RFC 8422 section 5.4), where that is out of use.
 * @param octets what the server sent, from its first record on
 */
export function oldSignature(octets: Buffer): string | undefined {
  const body = handshakeMessages(octets).find(({ type }) => type === SERVER_KEY_EXCHANGE)?.body;
  const keyOctets = body?.[3];
  if (body?.[0] !== NAMED_CURVE || keyOctets === undefined || body.length < 4 + keyOctets + 2) return undefined;
  return OLD_SIGNATURES[body.readUInt16BE(4 + keyOctets)];
}

/** The messages of a handshake, as far as they are whole. */
function handshakeMessages(octets: Buffer): { type: number; body: Buffer }[] {
  const content = handshakeContent(octets);
  const messages: { type: number; body: Buffer }[] = [];
  for (let at = 0; at + MESSAGE_HEADER_OCTETS <= content.length;) {
    const start = at + MESSAGE_HEADER_OCTETS;
    const end = start + content.readUIntBE(at + 1, 3);
    messages.push({ type: content.readUInt8(at), body: content.subarray(start, end) });
    at = end;
  }
  return messages;
}
