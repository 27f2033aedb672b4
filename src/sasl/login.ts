import { secretOf, tooMany } from './conversation.js';
import type { Conversation, Identity } from './conversation.js';

/** LOGIN (draft-murchison-sasl-login): two prompts whose wording is no protocol, the first for the name. */
export function login(identity: Identity): Conversation {
  const answers = [identity.username, secretOf(identity)];
  return {
    get presented() {
      return answers.length === 0;
    },
    answer: () => {
      const answer = answers.shift();
      if (answer === undefined) throw tooMany();
      return answer;
    },
  };
}
