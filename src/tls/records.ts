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
  const messages = handshakeContent(octets);
  for (let at = 0; at + MESSAGE_HEADER_OCTETS <= messages.length;) {
    if (messages.readUInt8(at) === CERTIFICATE_REQUEST) return true;
    at += MESSAGE_HEADER_OCTETS + messages.readUIntBE(at + 1, 3);
  }
  return false;
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
