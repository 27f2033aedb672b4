import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { brief } from '../../text/peer.js';

/** Protocols that show themselves by the first octets that a server sends. */
const PROTOCOLS: readonly [RegExp, string][] = [
  [/^SSH-/, 'SSH'],
  [/^\* (OK|PREAUTH|BYE)\b/i, 'IMAP'],
  // A POP3 server may greet with -ERR too, and never in these words.
  [/^-(DENIED|NOAUTH|ERR (unknown command|max number of clients|protocol error))\b/i, 'Redis'],
  [/^(\+OK|-ERR)\b/, 'POP3'],
  [/^HTTP\/\d|^<(!DOCTYPE|html)/i, 'HTTP'],
  [/^RFB \d{3}\.\d{3}/, 'VNC'],
  [/^20[01](?=[ -]|\r|$)/, 'NNTP'],
  // RFC 5804 section 1.7: the capabilities, each in quotes, are the greeting.
  [/^"(IMPLEMENTATION|SASL|SIEVE|STARTTLS|NOTIFY|VERSION)"/i, 'ManageSieve'],
  // RFC 854: IAC, and WILL, WONT, DO or DONT.
  [/^\xff[\xfb-\xfe]/, 'Telnet'],
  // A packet of so many octets: a greeting begins with the protocol's version 10, which is a line feed, an error with 255.
  [/^..\0\0(?:[\n\xff]|$)/s, 'MySQL'],
];

/**
 * Names another protocol than SMTP.
 * @param said what a server says first, or its first line; octets that are no UTF-8 as ISO 8859-1
 */
export function protocolOf(said: string): string | undefined {
  return PROTOCOLS.find(([pattern]) => pattern.test(said))?.[1];
}

/**
 * The finding for a server that speaks another protocol than SMTP.
 * @param said what it says first
 * @param when when it says so, as the end of "What answers is …"
 * @returns undefined where the protocol cannot be named
 */
export function otherProtocol(said: string, when = ''): KnownFinding | undefined {
  const protocol = protocolOf(said);
  if (protocol === undefined) return undefined;
  const line = brief(firstLine(said));
  return finding('not-smtp', `What answers is ${protocol}${when}: "${line}".`, { evidence: { line, protocol } });
}

/** The beginning of what a server said, up to the end of its first line that holds anything. */
export function firstLine(said: string): string {
  return said.trimStart().split(/\r?\n/, 1)[0] ?? '';
}
