import { CONNECTING } from './entry.js';
import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** Findings of the connection, in whichever step opens it. */
export const CONNECTION = {
  'dns-failed': {
    title: 'Host name not found',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'The name has no address here. Either it does not exist (ENOTFOUND), or it is there with neither an A nor a usable AAAA record (ENODATA; some systems say ENOTFOUND for this too), or the resolver could not say (then the finding is inconclusive). With `addresses: all`, an endpoint named `name (IPv4)` or `name (IPv6)` stands for the addresses of a family that could not be looked up.',
    evidence: fields('detail'),
    remedy:
      'Check the spelling of `host`, that the name has A or AAAA records, and that the resolver of the runner sees them (a name of an internal zone is unknown to a hosted runner).',
    reference: 'RFC 5321 section 5.1',
  },
  'no-route': {
    title: 'No route to the server',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'This machine has no route to the address. GitHub-hosted runners have no IPv6; private networks are reached only from inside.',
    evidence: fields('detail', 'address'),
    remedy:
      'Run the gate on a runner that has a route (self-hosted, or in the same network), or test the IPv4 address.',
    reference: 'RFC 5321 section 4.5.4.1',
  },
  'connection-failed-locally': {
    title: 'This machine does not connect',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'The system of this machine refused to open the connection, before a packet left it: it has no file descriptors, ports or memory left (EMFILE, ENFILE, ENOBUFS), or a rule of its own forbids it (EPERM, EACCES: a local firewall, a sandbox). That says nothing about the server.',
    evidence: fields('detail', 'address'),
    remedy:
      "The evidence has the system's word for it. Where something is used up, lower `concurrency` or raise the limit (`ulimit -n`); where it is forbidden, allow outbound connections to this port in the firewall or sandbox of the runner.",
  },
  'connection-refused': {
    title: 'Connection refused',
    severity: 'error',
    steps: CONNECTING,
    explanation: 'The host is there and nothing listens on the port, or a firewall refuses with a reset.',
    evidence: fields('detail', 'address'),
    remedy:
      'Check the port (587 is submission with STARTTLS, 465 submission with TLS from the first byte, 25 is for mail exchangers), that the service runs, and that it listens on this address and not on loopback only.',
    reference: 'RFC 5321 section 4.5.4.1',
  },
  'connection-timeout': {
    title: 'Connection timed out',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'No answer to the connection request: a firewall drops it, the host is down, or egress from this machine is filtered.',
    evidence: fields('detail', 'address'),
    remedy:
      'Check firewalls and security groups in both directions, and whether the address is right; try from another network with the command shown.',
    reference: 'RFC 5321 section 4.5.4.1',
  },
  'egress-blocked': {
    title: 'Outbound port 25 is blocked here',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'Hosted runners, like most cloud machines, cannot open connections to port 25. It timed out, which says nothing about the server.',
    evidence: fields('detail', 'address'),
    remedy:
      'Test submission on 587 or 465, which are open, or run the gate for port 25 on a self-hosted runner whose provider allows it.',
    reference: 'RFC 5068 section 4',
  },
} as const satisfies Record<string, CatalogueEntry>;
