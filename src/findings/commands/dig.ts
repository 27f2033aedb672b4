import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { command } from './shell.js';
import type { ReproducibleEndpoint, Subject } from './subject.js';

/** A server, or an inbox. */
type Host = Pick<ReproducibleEndpoint, 'host'>;

/** What {@link addressesCommand} prints if there is none: dig itself prints nothing. */
export const NO_ADDRESS = 'no IP address';

/** The command that shows whether the host name exists. An IP address needs no lookup, so there is no command. */
export function nameCommand({ host }: ReproducibleEndpoint): string | undefined {
  return isIP(host) === 0 ? command(['dig', '+noall', '+comments', host]) : undefined;
}

/** The command that shows the alias that the host name is. */
export function aliasCommand({ host }: ReproducibleEndpoint): string | undefined {
  return isIP(host) === 0 ? command(['dig', '+noall', '+comments', '+answer', host, 'CNAME']) : undefined;
}

/** What {@link failedLookupCommand} prints last if a lookup fails. */
export const LOOKUP_FAILED = 'the lookup failed';

/** The command that shows how a lookup of IP addresses or MX records fails. */
export function failedLookupCommand({ host }: Host): string | undefined {
  if (isIP(host) !== 0) return undefined;
  const lookup = command(['dig', '+noall', '+comments', host, 'A', host, 'AAAA', host, 'MX']);
  // Without validation, a name whose DNSSEC is invalid has an address.
  const unvalidated = command(['dig', '+cd', '+short', host]);
  return `${lookup} | grep -E 'status: [^N]|no servers' && echo '${LOOKUP_FAILED}' && ${unvalidated}`;
}

/** The command that shows the IP addresses of the host. The target of an alias ends with a dot, and does not count. */
export function addressesCommand({ host }: Host): string | undefined {
  if (isIP(host) !== 0) return undefined;
  const lookup = command(['dig', '+short', host, 'A', host, 'AAAA']);
  return `${lookup} | grep '[0-9a-f:]$' || echo '${NO_ADDRESS}'`;
}

/** The same, and the mail servers of the domain. */
export function mailDomainCommand(endpoint: ReproducibleEndpoint): string | undefined {
  const addresses = addressesCommand(endpoint);
  return addresses && `${addresses}; ${command(['dig', '+noall', '+answer', endpoint.host, 'MX'])}`;
}

/** What {@link dkimKeyCommand} prints if there is none. */
export const NO_TXT_RECORD = 'no TXT record';

/** The command that shows the public key of a DKIM signature, or that there is none. Undefined for a name of other characters. */
export function dkimKeyCommand({ domain = '', selector = '' }: Subject['evidence']): string | undefined {
  const lookup = txtLookup(`${selector}._domainkey.${domain}`);
  // The name in a CNAME record has no quotation marks.
  return lookup && `${lookup} | grep '^"' || echo '${NO_TXT_RECORD}'`;
}

/** The command that shows the length of that key if that is less than 1,024 bits. */
export function dkimKeyLengthCommand({ domain = '', selector = '' }: Subject['evidence']): string | undefined {
  const lookup = txtLookup(`${selector}._domainkey.${domain}`);
  return (
    lookup &&
    [
      lookup,
      `sed -n '/^"/{s/[" ]//g;s/.*p=//;s/;.*//;p;}'`,
      'openssl base64 -d -A',
      'openssl pkey -pubin -inform DER -noout -text',
      `grep -E '\\(([0-9]{3}|10[01][0-9]|102[0-3]) bit'`,
    ].join(' | ')
  );
}

/** What {@link policyCommand} prints if there is no record. */
export const NO_POLICY = { spf: 'no SPF record', dmarc: 'no DMARC record' } as const;

/** The command that shows the SPF or DMARC record of the domain of the sender. Undefined for a name of other characters. */
export function policyCommand({ delivery }: ReproducibleEndpoint, kind: 'spf' | 'dmarc'): string | undefined {
  const domain = domainToASCII(delivery?.from.replace(/^.*@/, '') ?? '');
  const lookup = txtLookup(kind === 'spf' ? domain : `_dmarc.${domain}`);
  return lookup && `${lookup} | grep -i '^"v=${kind}1' || echo '${NO_POLICY[kind]}'`;
}

/** The name is from the message, and must not look like an option. */
function txtLookup(name: string): string | undefined {
  return /^\w[\w.-]+$/.test(name) ? command(['dig', '+short', 'TXT', name]) : undefined;
}

/** The command that shows the MX records of a domain. */
export function mxCommand({ host }: ReproducibleEndpoint): string {
  return command(['dig', '+noall', '+answer', host, 'MX']);
}

/** The command that shows whether one of them is a null MX. */
export function nullMxCommand({ host }: ReproducibleEndpoint): string {
  return `${command(['dig', '+short', host, 'MX'])} | grep ' [.]$' && echo 'null MX'`;
}
