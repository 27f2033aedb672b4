import { REPLY, type Values } from '../entry.js';

/** The reply is probably the same for every message. */
export const reproduce = { command: 'delivery', shows: REPLY } as const;

/** The command that sends two messages, because a limit may allow the first. */
export const twice = { command: 'delivery-twice', shows: REPLY } as const;

/** An address of the envelope, if it is known. */
export const quoted = (address: string | undefined): string => (address === undefined ? '' : ` (\`${address}\`)`);

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** The domain of an address as code. */
export const domain = (address = ''): string => `\`${domainOf(address)}\``;

/** The address of the account that has authenticated, if its username is one in a complete domain. */
export const ownAddress = ({ account = '' }: Values): string =>
  account.includes('@') && domainOf(account).includes('.') ? `, such as \`${account}\`` : '';

/** The other endpoints of the run that use the same server. */
export const others = ({ sameHost = '' }: Values): string =>
  sameHost
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(' and ');

/** What a rule can exempt: the address of the sender can be forged. */
export const exemptible = ({ account }: Values): string =>
  account === undefined ? "the gate's IP address" : 'the account that the gate uses';

/** Where to look, by an identifier that the reply contains, such as `id=12345-01` of a filter. */
export function inLog({ reply = '' }: Values): string {
  const id = /\bid=([\w-]{4,40})/.exec(reply)?.[1];
  return id === undefined ? 'for the time of the run' : `for \`${id}\``;
}
