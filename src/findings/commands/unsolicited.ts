import { greetingCommand, plainLinesCommand } from './curl.js';
import { ehloLineOverTlsCommand, greetingOverTlsCommand } from './openssl.js';
import type { ReproducibleEndpoint, Subject } from './subject.js';

/**
 * The command that shows a reply that nobody asked for, after the reply that the evidence `awaited` names. It sends nothing
 * after that reply, because what a client sends next would look like the reason.
 * @returns undefined after other replies: no tool waits there without sending something
 */
export function unsolicitedCommand(endpoint: ReproducibleEndpoint, { address, evidence }: Subject): string | undefined {
  const { awaited = '' } = evidence;
  switch (awaited) {
    case 'nothing, after the greeting':
      return greetingCommand(endpoint, address);
    case 'nothing, after the greeting over TLS':
      return greetingOverTlsCommand(endpoint, address);
    case 'nothing, after the reply to EHLO':
      return plainLinesCommand(endpoint, address, []);
    case 'nothing, after the reply to EHLO over TLS':
      return ehloLineOverTlsCommand(endpoint, address);
    default:
      return undefined;
  }
}
