import { secretOf, tooMany } from './conversation.js';
import type { Conversation, Identity } from './conversation.js';

/** The one message of PLAIN (RFC 4616), which acts for nobody else. */
export function plainMessage(identity: Identity): string {
  return `\0${identity.username}\0${secretOf(identity)}`;
}

/** PLAIN (RFC 4616): everything at once. */
export function plain(identity: Identity): Conversation {
  return {
    initial: plainMessage(identity),
    answer: () => {
      throw tooMany();
    },
  };
}
