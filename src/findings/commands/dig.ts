import { command } from './shell.js';
import type { ReproducibleEndpoint } from './subject.js';

/** What {@link addressesCommand} prints if there is none: dig itself prints nothing. */
export const NO_ADDRESS = 'no IP address';

/** The command that shows whether the host name exists. */
export function nameCommand({ host }: ReproducibleEndpoint): string {
  return command(['dig', '+noall', '+comments', host]);
}

/** The command that shows the alias that the host name is. */
export function aliasCommand({ host }: ReproducibleEndpoint): string {
  return command(['dig', '+noall', '+comments', '+answer', host, 'CNAME']);
}

/** The command that shows the IP addresses of the host. The target of an alias ends with a dot, and does not count. */
export function addressesCommand({ host }: ReproducibleEndpoint): string {
  const lookup = command(['dig', '+short', host, 'A', host, 'AAAA']);
  return `${lookup} | grep '[0-9a-f:]$' || echo '${NO_ADDRESS}'`;
}

/** The same, and the mail servers of the domain. */
export function mailDomainCommand(endpoint: ReproducibleEndpoint): string {
  return `${addressesCommand(endpoint)}; ${command(['dig', '+noall', '+answer', endpoint.host, 'MX'])}`;
}
