import { commandAsFarAs } from './commands/as-far-as.js';
import { connectCommand, greetingCommand, inboxCommand, plainLinesCommand } from './commands/curl.js';
import {
  anyTlsCommand,
  certificateCommand,
  inboxTlsCommand,
  opensslCommand,
  opensslUntilClosed,
  pinCommand,
} from './commands/openssl.js';
import type { ReproducibleEndpoint, Subject } from './commands/subject.js';
import { ehloOverTlsCommand, mailCommand, firstEhloCommand, starttlsCommand, swaksCommand } from './commands/swaks.js';

export { authority } from './commands/shell.js';
export type { ReproducibleEndpoint } from './commands/subject.js';

/** Undefined if no common tool can do what the endpoint requires, such as authentication with a token. */
type Command = (endpoint: ReproducibleEndpoint, subject: Subject) => string | undefined;

/** The command that sends a message if nothing prevents it. */
export const SENDING = 'delivery';

/** The commands by name. Each is for a POSIX shell, ends by itself, and contains no secret. */
export const COMMANDS = {
  /** Whether the port accepts connections. */
  connect: (endpoint, { address }) => connectCommand(endpoint, address),
  /** What the server sends first, without TLS. */
  greeting: (endpoint, { address }) => greetingCommand(endpoint, address),
  /** The same, unless the greeting comes over TLS. */
  'plain-greeting': (endpoint, { address }) =>
    endpoint.transport === 'starttls' ? greetingCommand(endpoint, address) : undefined,
  /** The greeting and the first reply to EHLO: before TLS, or with implicit TLS over it. */
  ehlo: (endpoint, { address }) => firstEhloCommand(endpoint, address),
  /** The reply to STARTTLS. */
  starttls: (endpoint, { address }) => starttlsCommand(endpoint, address),
  /** What the server sends after STARTTLS, unencrypted. */
  'after-starttls': (endpoint, { address }) => plainLinesCommand(endpoint, address, ['STARTTLS']),
  'plain-auth': (endpoint, { address }) => plainLinesCommand(endpoint, address, ['AUTH PLAIN', '*', 'QUIT']),
  'plain-mail': (endpoint, { address, evidence }) => mailCommand(endpoint, 'plain', address, senderIn(evidence)),
  /** The TLS session: handshake, certificates and their verification. */
  openssl: (endpoint, { address }) => opensslCommand(endpoint, address),
  'implicit-tls': (endpoint, { address }) => opensslCommand({ ...endpoint, transport: 'implicit' }, address),
  /** The same, until the server closes the connection. */
  'tls-until-closed': (endpoint, { address }) => opensslUntilClosed(endpoint, address),
  /** What the server selects if every TLS version and cipher suite is allowed. */
  'any-tls': (endpoint, { address }) => anyTlsCommand(endpoint, address),
  pin: (endpoint, { address }) => pinCommand(endpoint, address),
  /** One part of the server's certificate. */
  'certificate-names': (endpoint, { address }) => certificateCommand(['-ext', 'subjectAltName'], endpoint, address),
  'certificate-purpose': (endpoint, { address }) => certificateCommand(['-purpose'], endpoint, address),
  'certificate-text': (endpoint, { address }) => certificateCommand(['-text'], endpoint, address),
  'ehlo-over-tls': (endpoint, { address }) => ehloOverTlsCommand(endpoint, address),
  'mail-over-tls': (endpoint, { address, evidence }) => mailCommand(endpoint, 'tls', address, senderIn(evidence)),
  'sign-in': (endpoint, subject) => swaksCommand(endpoint, subject, 'AUTH'),
  /** The reply to the sender. */
  mail: (endpoint, subject) => swaksCommand(endpoint, subject, 'MAIL'),
  /** The reply to the recipient. */
  rcpt: (endpoint, subject) => swaksCommand(endpoint, subject, 'RCPT'),
  /** The reply to a message. It is the only command that sends one, and never to a recipient that must be rejected. */
  [SENDING]: (endpoint, subject) =>
    endpoint.delivery?.expect === 'refused' ? undefined : swaksCommand(endpoint, subject, 'the message'),
  /** Goes as far as the reply that the evidence `awaited` names. */
  'as-far-as': (endpoint, subject) => commandAsFarAs(endpoint, subject),
  /** The TLS session with the inbox. */
  'inbox-tls': (endpoint) => inboxTlsCommand(endpoint),
  /** The dialogue with the inbox. */
  inbox: (endpoint) => inboxCommand(endpoint),
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

/** The sender in a MAIL command of a probe. */
function senderIn({ sent = '' }: Subject['evidence']): string {
  return sent.replace(/^MAIL FROM:<|>$/g, '');
}
