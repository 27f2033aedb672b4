import { entriesOf, type CatalogEntry } from './entry.js';
import { fields } from './evidence.js';

const { error } = entriesOf(['capability', 'certificate']);

/** Findings of the connection, in the step that opens it: step 1, or step 3 with implicit TLS. */
export const CONNECTING = {
  'dns-failed': error(
    'DNS lookup failed',
    'The host name could not be resolved to an IP address. Either the name does not exist (ENOTFOUND), or it has neither an A nor a usable AAAA record (ENODATA, or ENOTFOUND on some systems), or the resolver failed. In the last case the finding is inconclusive. With `addresses: all`, an endpoint named `name (IPv4)` or `name (IPv6)` stands for the addresses of a family whose lookup failed.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Check the spelling of `host`, that the name has A or AAAA records, and that the resolver of the runner can see them (a GitHub-hosted runner cannot resolve names in an internal zone).',
    },
    { evidence: fields('detail'), reference: 'RFC 5321 section 5.1' },
  ),
  'no-route': error(
    'No route to the server',
    'This machine has no route to the IP address. GitHub-hosted runners have no IPv6, and private networks can only be reached from inside.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Run the gate on a runner that has a route (self-hosted, or in the same network), or test the IPv4 address.',
    },
    { evidence: fields('detail', 'address'), reference: 'RFC 5321 section 4.5.4.1' },
  ),
  'connection-failed-locally': error(
    'Connection failed on this machine',
    'The operating system refused to open the connection and sent no packet. Either it has no file descriptors, ports or memory left (EMFILE, ENFILE, ENOBUFS), or one of its rules forbids the connection (EPERM, EACCES: a local firewall, a sandbox). This says nothing about the server.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'The evidence has the system error code. If a resource is exhausted, lower `concurrency` or raise the limit (`ulimit -n`). If the connection is forbidden, allow outbound connections to this port in the firewall or sandbox of the runner.',
    },
    { evidence: fields('detail', 'address') },
  ),
  'connection-refused': error(
    'Connection refused',
    'The host is up, but nothing listens on the port, or a firewall rejects the connection with a reset.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Check the port (587 is submission with STARTTLS, 465 is submission with implicit TLS, 25 is for MX hosts). Check that the service is running, and that it listens on this IP address and not only on loopback.',
      reproduce: { command: 'openssl', shows: 'Connection refused' },
    },
    { evidence: fields('detail', 'address'), reference: 'RFC 5321 section 4.5.4.1' },
  ),
  'connection-timeout': error(
    'Connection timed out',
    'The connection request got no response: a firewall drops it, the host is down, or outbound connections from this machine are filtered.',
    {
      party: 'network',
      certainty: 'likely',
      remedy:
        'Check the IP address, and the firewalls and security groups in both directions. Try the command shown from another network.',
    },
    { evidence: fields('detail', 'address'), reference: 'RFC 5321 section 4.5.4.1' },
  ),
  'egress-blocked': error(
    'Outbound port 25 is blocked',
    'GitHub-hosted runners, like most cloud machines, cannot open connections to port 25. The connection timed out, which says nothing about the server.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Test submission on 587 or 465, which are open, or run the gate for port 25 on a self-hosted runner whose provider allows it.',
    },
    { evidence: fields('detail', 'address'), reference: 'RFC 5068 section 4' },
  ),
} as const satisfies Record<string, CatalogEntry>;
