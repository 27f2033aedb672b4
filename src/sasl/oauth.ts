import { PeerText } from '../text/peer.js';
import { extraChallenge, secretOf, type Identity, type SaslClient } from './client.js';

/** The message of OAUTHBEARER (RFC 7628 section 3.1). */
export function bearerMessage(identity: Identity): string {
  const { username, host, port } = identity;
  const name = username.replaceAll('=', '=3D').replaceAll(',', '=2C');
  return `n,a=${name},\x01host=${host}\x01port=${port}\x01auth=Bearer ${secretOf(identity)}\x01\x01`;
}

/** OAUTHBEARER: the client responds to a failure, which is a challenge, with ^A (RFC 7628 section 3.2.3). */
export function oauthBearer(identity: Identity): SaslClient {
  return tokenClient(bearerMessage(identity), '\x01');
}

export function xoauth2Message(identity: Identity): string {
  return `user=${identity.username}\x01auth=Bearer ${secretOf(identity)}\x01\x01`;
}

/** XOAUTH2 of Google and Microsoft: like OAUTHBEARER, but the client responds to a failure with an empty line. */
export function xoauth2(identity: Identity): SaslClient {
  return tokenClient(xoauth2Message(identity), '');
}

function tokenClient(initial: string, afterFailure: string): SaslClient {
  const client: SaslClient = {
    initial,
    respond: ({ bytes, text }) => {
      if (client.reportedError) throw extraChallenge();
      client.reportedError = new PeerText(describeFailure(bytes?.toString('utf8') ?? text));
      return afterFailure;
    },
  };
  return client;
}

/** @param text JSON (RFC 7628 section 3.2.2), or what the server sends instead */
function describeFailure(text: string): string {
  const fields = Object.entries(jsonObject(text));
  if (fields.length === 0) return text;
  return fields
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
