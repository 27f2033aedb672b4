import { replyIn } from './as-far-as.js';
import { plainLinesCommand } from './curl.js';
import { ehloLineOverTlsCommand, greetingOverTlsCommand } from './openssl.js';
import type { ReproducibleEndpoint, Subject } from './subject.js';

/**
 * The command that shows how the server ends its lines: CR LF as `^M$`, and a bare LF as `$`.
 * @returns undefined after the replies to EHLO: only swaks gets further, and it shows no line ends
 */
export function lineEndsCommand(endpoint: ReproducibleEndpoint, subject: Subject): string | undefined {
  const lines = linesCommand(endpoint, subject);
  return lines && `${lines} | cat -ve`;
}

function linesCommand(endpoint: ReproducibleEndpoint, { address, evidence }: Subject): string | undefined {
  switch (replyIn(evidence.awaited)) {
    case 'greeting':
    case 'reply to EHLO':
      return plainLinesCommand(endpoint, address, []);
    case 'reply to STARTTLS':
      return plainLinesCommand(endpoint, address, ['STARTTLS']);
    case 'greeting over TLS':
      return greetingOverTlsCommand(endpoint, address);
    case 'reply to EHLO over TLS':
      return ehloLineOverTlsCommand(endpoint, address);
    default:
      return undefined;
  }
}
