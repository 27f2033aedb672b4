import { isIP } from 'node:net';
import { isLoopback } from '../../net/private-address.js';
import { comparableName, domainOf } from '../../tls/names.js';
import type { Reply } from '../../smtp/reply.js';
import type { PeerText } from '../../text/peer.js';
import { own, type OwnText } from '../../text/own.js';

/** Cisco PIX and ASA hide the names of the server and of its software this way. */
const ASTERISKS = /\*{8}/;

/** Whether a device that inspects SMTP has overwritten the greeting. */
export function isOverwritten(greeting: string): boolean {
  return ASTERISKS.test(greeting);
}

/** A sentence for a message; empty if the greeting is not overwritten. */
export function overwrittenGreeting(greeting: string): OwnText {
  return isOverwritten(greeting) ? own` The greeting is overwritten with asterisks.` : own``;
}

/** No device in the network is between this machine and itself. */
export function isOnThisMachine(address: string | undefined): boolean {
  return address !== undefined && isLoopback(address);
}

/** What a server that may be behind a firewall has sent. */
export interface Inspected {
  readonly greeting: string;
  /** The keywords that are overwritten. */
  readonly masked?: readonly PeerText[];
  /** The reply to a command that such a firewall does not let through. */
  readonly reply?: Reply | undefined;
}

/** A command that is overwritten in transit, in the server's reply to it. */
const OVERWRITTEN_COMMAND = /\bX{4,}\b/;

/** Whether the dialogue shows two of the three ways in which Cisco's inspection of ESMTP overwrites text. */
export function isOfCisco({ greeting, masked = [], reply }: Inspected): boolean {
  const isCommandOverwritten = reply?.lines.some(({ exact }) => OVERWRITTEN_COMMAND.test(exact)) ?? false;
  return [isOverwritten(greeting), masked.length > 0, isCommandOverwritten].filter(Boolean).length >= 2;
}

/** The cause of a finding if something inspects SMTP. No program on the same machine overwrites text as Cisco does. */
export function inspectionAt(
  address: string | undefined,
  inspected: Inspected,
): 'cisco' | 'inspected' | 'inspected-on-this-machine' {
  if (isOfCisco(inspected)) return 'cisco';
  return isOnThisMachine(address) ? 'inspected-on-this-machine' : 'inspected';
}

/** The text of a greeting begins with the name of the server (RFC 5321 section 4.2). */
const GREETING_NAME = /^220[ -]((?:[\w-]+\.)+[a-z][\w-]*)(?: |$)/i;

/** The name of the server in its greeting, in lower case. */
export function nameIn(greeting: string): string | undefined {
  const name = GREETING_NAME.exec(greeting)?.[1];
  return name === undefined ? undefined : comparableName(name);
}

/**
 * The name in a greeting, if it is of a different domain than the host. Such a server may be a proxy between client and
 * server, or the server may only have several names.
 */
export function otherNameIn(greeting: string, host: string): string | undefined {
  const name = nameIn(greeting);
  if (name === undefined || isIP(host) !== 0 || !host.includes('.')) return undefined;
  return domainOf(name) === domainOf(host) ? undefined : name;
}
