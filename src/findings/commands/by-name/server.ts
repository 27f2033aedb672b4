import { commandAsFarAs } from '../as-far-as.js';
import { connectCommand, greetingCommand, plainBytesCommand, plainLinesCommand } from '../curl.js';
import { lineEndsCommand } from '../line-ends.js';
import { ehloLineOverTlsCommand, greetingOverTlsCommand } from '../openssl.js';
import { extensionCommand, ehloOverTlsCommand, firstEhloCommand, mailCommand, starttlsCommand } from '../swaks.js';
import { unsolicitedCommand } from '../unsolicited.js';
import type { Commands, Subject } from '../subject.js';

/** The dialogue with the server: before and over TLS, and its replies to single commands. */
export const SERVER_COMMANDS = {
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
  'ehlo-over-tls': (endpoint, { address }) => ehloOverTlsCommand(endpoint, address),
  'mail-over-tls': (endpoint, { address, evidence }) => mailCommand(endpoint, 'tls', address, senderIn(evidence)),
  /** Whether the server offers SMTPUTF8 over TLS. */
  smtputf8: (endpoint, { address }) => extensionCommand(endpoint, 'SMTPUTF8', address),
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
} as const satisfies Commands;

/** The sender in a MAIL command of a probe. */
function senderIn({ sent = '' }: Subject['evidence']): string {
  return sent.replace(/^MAIL FROM:<|>$/g, '');
}
