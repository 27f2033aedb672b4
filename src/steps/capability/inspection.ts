import { isIP } from 'node:net';
import { isLoopback } from '../../net/private-address.js';
import { comparableName, domainOf } from '../../tls/names.js';
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

/** The cause of a finding if something inspects SMTP. */
export function inspectionAt(address: string | undefined): 'inspected' | 'inspected-on-this-machine' {
  return isOnThisMachine(address) ? 'inspected-on-this-machine' : 'inspected';
}

/** The text of a greeting begins with the name of the server (RFC 5321 section 4.2). */
const GREETING_NAME = /^220[ -]((?:[\w-]+\.)+[a-z][\w-]*)(?: |$)/i;

/**
 * The name in a greeting, if it is of a different domain than the host. Such a server may be a proxy between client and
 * server, or the server may only have several names.
 */
export function otherNameIn(greeting: string, host: string): string | undefined {
  const name = GREETING_NAME.exec(greeting)?.[1];
  if (name === undefined || isIP(host) !== 0 || !host.includes('.')) return undefined;
  return domainOf(name) === domainOf(host) ? undefined : comparableName(name);
}
