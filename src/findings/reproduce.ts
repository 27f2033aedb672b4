import { isIP } from 'node:net';
import {
  bodyCommand,
  copiesCommand,
  dotCommand,
  encodingCommand,
  fieldCommand,
  folderCommand,
  readNewestCommand,
  searchCommand,
  sendAndReadCommand,
  sendAndSearchCommand,
} from './commands/arrival.js';
import { commandAsFarAs, needsMessage } from './commands/as-far-as.js';
import {
  connectCommand,
  greetingCommand,
  handshakeCommand,
  plainBytesCommand,
  plainLinesCommand,
  signInCommand,
} from './commands/curl.js';
import {
  addressesCommand,
  aliasCommand,
  dkimKeyCommand,
  dkimKeyLengthCommand,
  failedLookupCommand,
  mailDomainCommand,
  mxCommand,
  nameCommand,
  nullMxCommand,
  policyCommand,
} from './commands/dig.js';
import {
  anyTlsCommand,
  clientCertificateCommand,
  caTextCommand,
  certificateCommand,
  chainTextCommand,
  ehloLineOverTlsCommand,
  greetingOverTlsCommand,
  inboxGreetingOverTlsCommand,
  inboxTlsCommand,
  keyIdsCommand,
  largeHelloCommand,
  opensslCommand,
  opensslUntilClosed,
  pinCommand,
  purposeCommand,
  scramCommand,
} from './commands/openssl.js';
import { inboxCommand, inboxInTimeCommand, inboxOpeningCommand } from './commands/inbox.js';
import { lineEndsCommand } from './commands/line-ends.js';
import type { ReproducibleEndpoint, Subject } from './commands/subject.js';
import {
  acceptedCommand,
  authOfferCommand,
  eitherCommand,
  extensionCommand,
  ehloOverTlsCommand,
  firstEhloCommand,
  largeMessageCommand,
  mailCommand,
  passwordCommand,
  slowReplyCommand,
  starttlsCommand,
  swaksCommand,
  swaksMechanisms,
  testMessageCommand,
  twiceCommand,
  verifiesLikeGate,
} from './commands/swaks.js';
import { tokenClaimsCommand } from './commands/token.js';
import { tokenDeliveryCommand } from './commands/token-delivery.js';
import { unsolicitedCommand } from './commands/unsolicited.js';

export type { ReproducibleEndpoint } from './commands/subject.js';

/** Undefined if no common tool can do what the endpoint requires, such as authentication with a token. */
type Command = (endpoint: ReproducibleEndpoint, subject: Subject) => string | undefined;

/** The commands that send a message if nothing prevents it. */
const SENDING: readonly CommandName[] = [
  ...['delivery', 'delivery-twice', 'test-message', 'large-message', 'slow-delivery', 'slow-reply'],
  ...['sent-message', 'sent-header', 'sent-to-junk', 'sent-field', 'sent-dkim-signature', 'sent-results'],
  ...['sent-encoding', 'sent-body', 'sent-dot', 'sent-copies', 'sent-search'],
] as const;

export function sendsMessage(name: CommandName): boolean {
  return SENDING.includes(name);
}

/** The commands by name. Each is for a POSIX shell, ends by itself, and contains no secret. */
export const COMMANDS = {
  /** Whether the port accepts connections. */
  connect: (endpoint, { address }) => connectCommand(endpoint, address),
  /** What the server sends first, without TLS. */
  greeting: (endpoint, { address }) => greetingCommand(endpoint, address),
  /** The same, with implicit TLS over it. */
  'first-lines': (endpoint, { address }) =>
    endpoint.transport === 'starttls' ? greetingCommand(endpoint, address) : greetingOverTlsCommand(endpoint, address),
  /** What the server sends first over TLS, although the endpoint is configured for STARTTLS. */
  'implicit-tls-greeting': (endpoint, { address }) =>
    greetingOverTlsCommand({ ...endpoint, transport: 'implicit' }, address),
  /** The greeting and the first reply to EHLO: before TLS, or with implicit TLS over it. */
  ehlo: (endpoint, { address }) => firstEhloCommand(endpoint, address),
  /** The reply to STARTTLS. */
  starttls: (endpoint, { address }) => starttlsCommand(endpoint, address),
  /** What the server sends after STARTTLS, unencrypted. */
  'after-starttls': (endpoint, { address }) => plainLinesCommand(endpoint, address, ['STARTTLS']),
  /** The same as bytes. */
  'bytes-after-starttls': (endpoint, { address }) => plainBytesCommand(endpoint, address, ['STARTTLS']),
  /** What a server that waits for the client to speak first replies to EHLO, over TLS with implicit TLS. */
  'first-reply': (endpoint, { address }) =>
    endpoint.transport === 'starttls'
      ? plainLinesCommand(endpoint, address, [])
      : ehloLineOverTlsCommand(endpoint, address),
  'first-plain-reply': (endpoint, { address }) => plainLinesCommand(endpoint, address, []),
  'plain-auth': (endpoint, { address }) => plainLinesCommand(endpoint, address, ['AUTH PLAIN', '*', 'QUIT']),
  'plain-mail': (endpoint, { address, evidence }) => mailCommand(endpoint, 'plain', address, senderIn(evidence)),
  /** The TLS session: handshake, certificates and their verification. */
  openssl: (endpoint, { address }) => opensslCommand(endpoint, address),
  /** The same, and like the gate, it accepts an intermediate as a trusted CA. */
  'openssl-partial-chain': (endpoint, { address }) => opensslCommand(endpoint, address, '-partial_chain'),
  'implicit-tls': (endpoint, { address }) => opensslCommand({ ...endpoint, transport: 'implicit' }, address),
  /** The same, until the server closes the connection. */
  'tls-until-closed': (endpoint, { address }) => opensslUntilClosed(endpoint, address),
  'with-client-certificate': (endpoint, subject) => clientCertificateCommand(endpoint, subject),
  /** Whether the TLS handshake ends within the timeout of the gate. */
  'handshake-in-time': (endpoint, { address }) => handshakeCommand(endpoint, address),
  /** The same, with a large ClientHello. */
  'large-hello': (endpoint, { address }) => largeHelloCommand(endpoint, address),
  /** What the server selects if every TLS version and cipher suite is allowed. */
  'any-tls': (endpoint, { address }) => anyTlsCommand(endpoint, address),
  pin: (endpoint, { address }) => pinCommand(endpoint, address),
  /** The key identifiers of all certificates that the server sends. */
  'key-ids': (endpoint, { address }) => keyIdsCommand(endpoint, address),
  /** The keys, signatures, dates and limits of all certificates that the server sends. */
  'chain-text': (endpoint, { address }) => chainTextCommand(endpoint, address),
  /** The same for the certificates in `ca`. */
  'ca-text': (endpoint) => caTextCommand(endpoint),
  /** One part of the server's certificate. */
  'certificate-names': (endpoint, { address }) => certificateCommand(['-ext', 'subjectAltName'], endpoint, address),
  'certificate-purpose': (endpoint, { address }) => purposeCommand(endpoint, address),
  'certificate-text': (endpoint, { address }) => certificateCommand(['-text'], endpoint, address),
  'ehlo-over-tls': (endpoint, { address }) => ehloOverTlsCommand(endpoint, address),
  'mail-over-tls': (endpoint, { address, evidence }) => mailCommand(endpoint, 'tls', address, senderIn(evidence)),
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
  /** Whether the server offers SMTPUTF8 over TLS. */
  smtputf8: (endpoint, { address }) => extensionCommand(endpoint, 'SMTPUTF8', address),
  /** The reply to the sender. */
  mail: (endpoint, subject) => swaksCommand(endpoint, subject, 'MAIL'),
  /** The reply to the recipient. */
  rcpt: (endpoint, subject) => swaksCommand(endpoint, subject, 'RCPT'),
  /** Whether the server accepts the recipient. */
  'rcpt-accepted': (endpoint, subject) => acceptedCommand(endpoint, subject),
  /** The reply to a message. It is sent, but never to a recipient that must be rejected. */
  delivery: (endpoint, subject) =>
    isRefused(endpoint)
      ? undefined
      : (swaksCommand(endpoint, subject, 'the message') ?? tokenDeliveryCommand(endpoint, subject)),
  /** The replies to two messages, one right after the other. */
  'delivery-twice': (endpoint, subject) => (isRefused(endpoint) ? undefined : twiceCommand(endpoint, subject)),
  /** The reply to a message like that of the gate. */
  'test-message': (endpoint, subject) =>
    isRefused(endpoint)
      ? undefined
      : (testMessageCommand(endpoint, subject) ?? tokenDeliveryCommand(endpoint, subject)),
  /** The reply to a message with an attachment as large as that of the gate. */
  'large-message': (endpoint, subject) => (isRefused(endpoint) ? undefined : largeMessageCommand(endpoint, subject)),
  /** The reply to a message, but each reply must arrive within the timeout of the gate. */
  'slow-delivery': (endpoint, subject) =>
    isRefused(endpoint) ? undefined : swaksCommand(endpoint, subject, 'the message', 'of-the-gate'),
  /** How long the reply to the message takes. */
  'slow-reply': (endpoint, subject) => (isRefused(endpoint) ? undefined : slowReplyCommand(endpoint, subject)),
  /** As far as the reply that the evidence `awaited` names. */
  'as-far-as': (endpoint, subject) => commandAsFarAs(endpoint, subject),
  /** The same, but each reply must arrive within the timeout of the gate. */
  'as-far-in-time': (endpoint, subject) => commandAsFarAs(endpoint, subject, 'of-the-gate'),
  /** As far as an earlier attempt got. */
  'as-far-as-before': (endpoint, subject) =>
    commandAsFarAs(endpoint, { ...subject, evidence: { awaited: subject.evidence.earlierAwaited ?? '' } }),
  /** What the server sends without being asked, after the reply that the evidence `awaited` names. */
  unsolicited: (endpoint, subject) => unsolicitedCommand(endpoint, subject),
  /** How the server ends the lines of the reply that the evidence `awaited` names. */
  'line-ends': (endpoint, subject) => lineEndsCommand(endpoint, subject),
  /** Whether the host name exists. */
  name: (endpoint) => nameCommand(endpoint),
  'failed-lookup': (endpoint) => failedLookupCommand(endpoint),
  addresses: (endpoint) => addressesCommand(endpoint),
  alias: (endpoint) => aliasCommand(endpoint),
  'mail-domain': (endpoint) => mailDomainCommand(endpoint),
  /** The public key of a DKIM signature. */
  'dkim-key': (_, { evidence }) => dkimKeyCommand(evidence),
  'dkim-key-length': (_, { evidence }) => dkimKeyLengthCommand(evidence),
  /** The records with which a receiver checks the domain of the sender. */
  spf: (endpoint) => policyCommand(endpoint, 'spf'),
  dmarc: (endpoint) => policyCommand(endpoint, 'dmarc'),
  mx: (endpoint) => mxCommand(endpoint),
  'null-mx': (endpoint) => nullMxCommand(endpoint),
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
  /** A message that is sent, and how it arrives. */
  'sent-message': (endpoint, subject) => sendAndReadCommand(endpoint, subject, { section: 'message' }),
  'sent-header': (endpoint, subject) => sendAndReadCommand(endpoint, subject, { section: 'header' }),
  'sent-to-junk': (endpoint, subject) =>
    sendAndReadCommand(endpoint, subject, { section: 'header', folder: subject.evidence.folder }),
  /** Whether it has the header fields that the test message has lost, or others. */
  'sent-field': (endpoint, subject) => fieldCommand(endpoint, subject, subject.evidence.removed?.split(', ')[0] ?? ''),
  'sent-dkim-signature': (endpoint, subject) => fieldCommand(endpoint, subject, 'DKIM-Signature'),
  'sent-results': (endpoint, subject) => fieldCommand(endpoint, subject, 'Authentication-Results'),
  'sent-encoding': (endpoint, subject) => encodingCommand(endpoint, subject),
  'sent-body': (endpoint, subject) => bodyCommand(endpoint, subject),
  'sent-dot': (endpoint, subject) => dotCommand(endpoint, subject),
  /** Whether it arrives more than once, or at all. */
  'sent-copies': (endpoint, subject) => copiesCommand(endpoint, subject),
  'sent-search': (endpoint, subject) => sendAndSearchCommand(endpoint, subject),
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

/** Commands that end before the message, and what takes their place if the problem is after it. */
const WITH_MESSAGE: Partial<Record<CommandName, CommandName>> = {
  'as-far-as': 'delivery',
  'as-far-in-time': 'slow-delivery',
};

/** The command that a cause names, or the one that also sends a message if no other gets as far as the gate. */
export function commandFor(name: CommandName, evidence: Subject['evidence']): CommandName {
  return (needsMessage(evidence) ? WITH_MESSAGE[name] : undefined) ?? name;
}

function isRefused({ delivery }: ReproducibleEndpoint): boolean {
  return delivery?.expect === 'refused';
}

function inboxGreeting(endpoint: ReproducibleEndpoint): string | undefined {
  const inbox = endpoint.delivery?.inbox;
  return inbox?.scheme.endsWith('s') ? inboxGreetingOverTlsCommand(endpoint) : inbox && greetingCommand(inbox);
}

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

/** The sender in a MAIL command of a probe. */
function senderIn({ sent = '' }: Subject['evidence']): string {
  return sent.replace(/^MAIL FROM:<|>$/g, '');
}
