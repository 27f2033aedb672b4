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
