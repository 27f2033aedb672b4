import { PeerText } from '../text/peer.js';
import { decoded } from './base64.js';
import { secretOf, tooMany } from './conversation.js';
import type { Conversation, Identity } from './conversation.js';

/** The one message of OAUTHBEARER (RFC 7628 section 3.1). */
export function bearerMessage(identity: Identity): string {
  const { username, host, port } = identity;
  const name = username.replaceAll('=', '=3D').replaceAll(',', '=2C');
  return `n,a=${name},\x01host=${host}\x01port=${port}\x01auth=Bearer ${secretOf(identity)}\x01\x01`;
}

/** OAUTHBEARER: a failure comes as a challenge, and a lone ^A asks for the code (RFC 7628 section 3.2.3). */
export function oauthBearer(identity: Identity): Conversation {
  return tokenConversation(bearerMessage(identity), '\x01');
}

/** The one message of XOAUTH2. */
export function xoauth2Message(identity: Identity): string {
  return `user=${identity.username}\x01auth=Bearer ${secretOf(identity)}\x01\x01`;
}

/** Google's XOAUTH2, which Microsoft speaks too: as OAUTHBEARER, but that the answer to a failure is empty. */
export function xoauth2(identity: Identity): Conversation {
  return tokenConversation(xoauth2Message(identity), '');
}

function tokenConversation(initial: string, afterFailure: string): Conversation {
  let told: PeerText | undefined;
  return {
    initial,
    get told() {
      return told;
    },
    answer: (challenge) => {
      if (told !== undefined) throw tooMany();
      told = new PeerText(failureIn(decoded(challenge)?.toString('utf8') ?? challenge));
      return afterFailure;
    },
  };
}

/** The fields of the JSON by which a server tells of a failure (RFC 7628 section 3.2.2), or what it says instead. */
function failureIn(text: string): string {
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
