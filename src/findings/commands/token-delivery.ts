import { isIP } from 'node:net';
import { signInCommand } from './curl.js';
import { command } from './shell.js';
import type { ReproducibleEndpoint, Subject } from './subject.js';
import { verifiesLikeGate } from './swaks.js';
import { TEST_BODY, TEST_SUBJECT } from './test-text.js';

/** The mechanisms with which curl sends an access token. */
const WITH_TOKEN = ['XOAUTH2', 'OAUTHBEARER'];

/**
 * The command that sends a message like that of the gate with an access token, which swaks cannot. It sends no message if the
 * server rejects the sender or the recipient.
 * @returns undefined if the endpoint has no access token, or if curl cannot do what the gate did
 */
export function tokenDeliveryCommand(
  endpoint: ReproducibleEndpoint,
  { address = endpoint.host, capabilities }: Subject,
): string | undefined {
  const { auth, delivery, servername } = endpoint;
  // curl takes what follows a colon for the password.
  const isPossible = isIP(servername) === 0 && verifiesLikeGate(endpoint) && !auth?.username.includes(':');
  const offers = capabilities.flatMap((line) => line.toUpperCase().split(/[ =]/));
  const mechanism = auth?.mechanism ?? WITH_TOKEN.find((name) => offers.includes(name));
  if (auth?.kind !== 'access-token' || !delivery || !isPossible || mechanism === undefined) return undefined;
  const { from, to } = delivery;
  const lines = [
    ...[`From: ${from}`, `To: ${to}`, `Subject: ${TEST_SUBJECT}`, 'Auto-Submitted: auto-generated'],
    ...['', ...TEST_BODY],
  ];
  const message = `m=$(mktemp) && printf '%s\\r\\n' ${command(lines)} > "$m"`;
  const options = `${command(['--mail-from', from, '--mail-rcpt', to])} -T "$m"`;
  return `${message}; ${signInCommand(endpoint, address, mechanism, options)}`;
}
