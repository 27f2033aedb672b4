import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Endpoint } from '../../plan/endpoint.js';
import { PORTS } from '../../plan/schema/enums.js';
import { excerpt } from '../../text/peer.js';
import { exactly, own, type OwnText } from '../../text/own.js';

/** Protocols by the first bytes that a server sends. */
const PROTOCOLS: readonly [RegExp, OwnText][] = [
  [/^SSH-/, own`SSH`],
  [/^\* (OK|PREAUTH|BYE)\b/i, own`IMAP`],
  // A POP3 server may also greet with -ERR, but never with these words.
  [/^-(DENIED|NOAUTH|ERR (unknown command|max number of clients|protocol error))\b/i, own`Redis`],
  [/^(\+OK|-ERR)\b/, own`POP3`],
  [/^HTTP\/\d|^<(!DOCTYPE|html)/i, own`HTTP`],
  [/^AMQP/, own`AMQP`],
  [/^<\?xml\b[^>]*>\s*<stream:|^<stream:/, own`XMPP`],
  [/^RFB \d{3}\.\d{3}/, own`VNC`],
  [/^20[01](?=[ -]|\r|$)/, own`NNTP`],
  // RFC 5804 section 1.7: the greeting is the list of capabilities, each in quotes.
  [/^"(IMPLEMENTATION|SASL|SIEVE|STARTTLS|NOTIFY|VERSION)"/i, own`ManageSieve`],
  // RFC 854: IAC, and WILL, WONT, DO or DONT.
  [/^\xff[\xfb-\xfe]/, own`Telnet`],
  // A packet with its length: a greeting begins with the protocol version 10 (a line feed), an error with 255.
  [/^..\0\0(?:[\n\xff]|$)/s, own`MySQL`],
];

/** @param said the first data from a server, or its first line; bytes that are not UTF-8 as ISO 8859-1 */
export function protocolOf(said: string): OwnText | undefined {
  return PROTOCOLS.find(([pattern]) => pattern.test(said))?.[1];
}

/** Protocols of servers that hold mailboxes, next to which there is usually an SMTP server. */
const OF_MAILBOXES = ['IMAP', 'POP3', 'ManageSieve'];

/** Ports on which nobody runs a web server. */
const MAIL_PORTS: readonly number[] = [PORTS.mx, PORTS.submission, PORTS.implicit, 2525];

/** Whether a proxy that handles a port for mail as HTTP is more likely than a wrong port. */
export function isMailPortWithHttp(protocol: OwnText, port: number): boolean {
  return exactly(protocol) === 'HTTP' && MAIL_PORTS.includes(port);
}

/**
 * The finding for a server that speaks a protocol other than SMTP, if it is recognized.
 * @param said what it sent first, or in reply to a ClientHello
 */
export function otherProtocol(
  { port }: Pick<Endpoint, 'port'>,
  said: string,
  when: 'greets' | 'is-spoken-to' = 'greets',
): KnownFinding | undefined {
  const protocol = protocolOf(said);
  if (protocol === undefined) return undefined;
  const [firstLine = ''] = said.trimStart().split(/\r?\n/, 1);
  const line = excerpt(firstLine);
  const evidence = { line, protocol };
  if (when === 'greets' && exactly(protocol) !== 'HTTP') {
    const message = own`The server speaks ${protocol}, not SMTP: "${line}".`;
    return finding('not-smtp', message, {
      evidence,
      ...(OF_MAILBOXES.includes(exactly(protocol)) && { cause: 'mailbox' }),
    });
  }
  const message = own`The server speaks ${protocol}, not SMTP, and waits for the client to speak first: "${line}".`;
  const cause = isMailPortWithHttp(protocol, port) ? 'http-on-mail-port' : 'client-speaks-first';
  return finding('not-smtp', message, { evidence, cause });
}
