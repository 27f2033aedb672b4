import { folderCommand, readNewestCommand, searchCommand } from '../arrival.js';
import { connectCommand, greetingCommand } from '../curl.js';
import { addressesCommand, failedLookupCommand } from '../dig.js';
import { inboxCommand, inboxInTimeCommand, inboxOpeningCommand } from '../inbox.js';
import { inboxGreetingOverTlsCommand, inboxTlsCommand } from '../openssl.js';
import type { Commands, ReproducibleEndpoint } from '../subject.js';

/** The session with the inbox. */
export const INBOX_COMMANDS = {
  /** The TLS session with the inbox. */
  'inbox-tls': (endpoint) => inboxTlsCommand(endpoint),
  /** Whether the host name of the inbox exists. */
  'inbox-addresses': ({ delivery }) => delivery?.inbox && addressesCommand(delivery.inbox),
  'inbox-lookup': ({ delivery }) => delivery?.inbox && failedLookupCommand(delivery.inbox),
  /** Whether the port of the inbox accepts connections. */
  'inbox-connect': ({ delivery }) => delivery?.inbox && connectCommand(delivery.inbox),
  /** What the inbox sends first, over TLS if its URL says so. */
  'inbox-greeting': (endpoint) => inboxGreeting(endpoint),
  /** The dialogue with the inbox up to the login. */
  'inbox-opening': (endpoint) => inboxOpeningCommand(endpoint),
  /** The dialogue with the inbox. */
  inbox: (endpoint) => inboxCommand(endpoint),
  /** The dialogue with the inbox, within the timeout of the gate. */
  'inbox-in-time': (endpoint) => inboxInTimeCommand(endpoint),
  /** The search for the message in the folder that the evidence names. */
  'inbox-folder': (endpoint, { evidence }) => folderCommand(endpoint, evidence),
  /** The same in the mailbox of the inbox. */
  'inbox-search': (endpoint, subject) => searchCommand(endpoint, subject),
  'inbox-newest': (endpoint) => readNewestCommand(endpoint, { section: 'message' }),
} as const satisfies Commands;

function inboxGreeting(endpoint: ReproducibleEndpoint): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  return inbox?.scheme.endsWith('s') ? inboxGreetingOverTlsCommand(endpoint) : inbox && greetingCommand(inbox);
}
