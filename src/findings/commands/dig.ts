import { isIP } from 'node:net';
import { command } from './shell.js';
import type { ReproducibleEndpoint } from './subject.js';

/*
 * The commands that look up the host. There is none for an IP address, which needs no lookup.
 */

/** What {@link addressesCommand} prints if there is none: dig itself prints nothing. */
export const NO_ADDRESS = 'no IP address';

/** The command that shows whether the host name exists. */
export function nameCommand({ host }: ReproducibleEndpoint): string | undefined {
  return isIP(host) === 0 ? command(['dig', '+noall', '+comments', host]) : undefined;
}

/** The command that shows the alias that the host name is. */
export function aliasCommand({ host }: ReproducibleEndpoint): string | undefined {
  return isIP(host) === 0 ? command(['dig', '+noall', '+comments', '+answer', host, 'CNAME']) : undefined;
}

/** The command that shows the IP addresses of the host. The target of an alias ends with a dot, and does not count. */
export function addressesCommand({ host }: ReproducibleEndpoint): string | undefined {
  if (isIP(host) !== 0) return undefined;
  const lookup = command(['dig', '+short', host, 'A', host, 'AAAA']);
  return `${lookup} | grep '[0-9a-f:]$' || echo '${NO_ADDRESS}'`;
}

/** The same, and the mail servers of the domain. */
export function mailDomainCommand(endpoint: ReproducibleEndpoint): string | undefined {
  const addresses = addressesCommand(endpoint);
  return addresses && `${addresses}; ${command(['dig', '+noall', '+answer', endpoint.host, 'MX'])}`;
}
