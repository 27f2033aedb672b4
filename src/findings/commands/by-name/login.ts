import { isIP } from 'node:net';
import { signInCommand } from '../curl.js';
import { scramCommand } from '../openssl.js';
import {
  authOfferCommand,
  eitherCommand,
  passwordCommand,
  swaksCommand,
  swaksMechanisms,
  verifiesLikeGate,
} from '../swaks.js';
import { tokenClaimsCommand } from '../token.js';
import type { Commands, ReproducibleEndpoint, Subject } from '../subject.js';

/** AUTH and its credentials. */
export const LOGIN_COMMANDS = {
  'sign-in': (endpoint, subject) => authCommand(endpoint, subject),
  /** Whether one of PLAIN and LOGIN works. */
  'sign-in-either': (endpoint, subject) => eitherCommand(endpoint, subject),
  /** Whether the server offers AUTH over TLS. */
  'auth-over-tls': (endpoint, { address }) => authOfferCommand(endpoint, address),
  /** What an access token says about itself. */
  'token-claims': (endpoint) => tokenClaimsCommand(endpoint),
  /** Whether the credentials work with a mechanism that sends the password itself. */
  'sign-in-with-password': (endpoint, subject) => passwordCommand(endpoint, subject),
  /** The reply to the first message of SCRAM, without a password. */
  'scram-start': (endpoint, subject) => scramCommand(endpoint, subject),
} as const satisfies Commands;

/** The reply to AUTH. swaks has no access tokens, and with `addresses: all` it would verify the IP address. */
function authCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const withSwaks = swaksCommand(endpoint, subject, 'AUTH');
  const { auth, addresses, servername, host } = endpoint;
  const { evidence, address = host } = subject;
  // curl takes what follows a colon for the password, and shows only replies.
  const isPossible = isIP(servername) === 0 && !auth?.username.includes(':') && evidence.reply !== undefined;
  if (!auth || !isPossible || !verifiesLikeGate(endpoint)) return withSwaks;
  if (auth.kind === 'access-token') {
    return evidence.mechanism === undefined ? undefined : signInCommand(endpoint, address, evidence.mechanism);
  }
  const mechanism = swaksMechanisms(auth, subject, 'AUTH')?.split(',')[0];
  return addresses === 'all' && mechanism !== undefined ? signInCommand(endpoint, address, mechanism) : withSwaks;
}
