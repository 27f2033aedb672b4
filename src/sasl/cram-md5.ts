import { createHmac } from 'node:crypto';
import { decoded } from './base64.js';
import { SaslFault, secretOf, tooMany } from './conversation.js';
import type { Conversation, Identity, Surroundings } from './conversation.js';

/** CRAM-MD5 (RFC 2195): the password stays here, and signs what the server has made up. */
export function cramMd5(identity: Identity, { derived }: Surroundings): Conversation {
  let presented = false;
  return {
    get presented() {
      return presented;
    },
    answer: (challenge) => {
      if (presented) throw tooMany();
      const octets = decoded(challenge);
      if (!octets || octets.length === 0) throw new SaslFault('malformed', 'the challenge is no base64');
      const digest = createHmac('md5', secretOf(identity)).update(octets).digest();
      derived(digest);
      presented = true;
      return `${identity.username} ${digest.toString('hex')}`;
    },
  };
}
