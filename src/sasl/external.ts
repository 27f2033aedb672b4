import { tooMany } from './conversation.js';
import type { Conversation, Identity } from './conversation.js';

/** EXTERNAL (RFC 4422 appendix A): the certificate of the TLS handshake speaks; the name, if any, is to act as. */
export function external({ username }: Identity): Conversation {
  return {
    initial: username,
    answer: () => {
      throw tooMany();
    },
  };
}
