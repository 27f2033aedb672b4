import { createHmac } from 'node:crypto';
import {
  extraChallenge,
  secretOf,
  undecodable,
  type ExchangeContext,
  type Identity,
  type SaslClient,
} from './client.js';

/** The message of PLAIN (RFC 4616), without an authorization identity. */
export function plainMessage(identity: Identity): string {
  return `\0${identity.username}\0${secretOf(identity)}`;
}

export function plain(identity: Identity): SaslClient {
  return oneMessage(plainMessage(identity));
}

/** EXTERNAL (RFC 4422 appendix A): the client certificate authenticates; the username, if any, is whom to act as. */
export function external({ username }: Identity): SaslClient {
  return oneMessage(username);
}

function oneMessage(initial: string): SaslClient {
  return {
    initial,
    respond: () => {
      throw extraChallenge();
    },
  };
}

/** LOGIN (draft-murchison-sasl-login): two prompts, for username and password, whose text is not specified. */
export function login(identity: Identity): SaslClient {
  const responses = [identity.username, secretOf(identity)];
  const client: SaslClient = {
    credentialsSent: false,
    respond: () => {
      const response = responses.shift();
      if (response === undefined) throw extraChallenge();
      client.credentialsSent = responses.length === 0;
      return response;
    },
  };
  return client;
}

/** CRAM-MD5 (RFC 2195): the response has an HMAC of the challenge, keyed with the password. */
export function cramMd5(identity: Identity, { addDerivedSecret }: ExchangeContext): SaslClient {
  const client: SaslClient = {
    credentialsSent: false,
    respond: ({ bytes }) => {
      if (client.credentialsSent) throw extraChallenge();
      if (!bytes || bytes.length === 0) throw undecodable();
      const digest = createHmac('md5', secretOf(identity)).update(bytes).digest();
      addDerivedSecret(digest);
      client.credentialsSent = true;
      return `${identity.username} ${digest.toString('hex')}`;
    },
  };
  return client;
}
