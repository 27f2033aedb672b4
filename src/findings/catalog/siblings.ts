import { listOf } from '../../text/lists.js';
import type { Cause, Values } from './entry.js';

/*
 * Causes that only a comparison shows: in the same run, the same host passes the step at another IP address or port. They
 * keep the command of the finding.
 */

const RECORDS = { IPv4: 'A', IPv6: 'AAAA' } as const;
type Family = keyof typeof RECORDS;

const LISTENING = {
  IPv4: 'Postfix: `inet_protocols = all`, and a restart. Exim: `local_interfaces`.',
  IPv6: 'Postfix: `inet_protocols = all`, and a restart. Exim: `disable_ipv6 = false` and `local_interfaces`.',
} as const;

const refusedOver = (family: Family) =>
  ({
    title: `Server refuses connections over ${family}`,
    party: 'server',
    certainty: 'likely',
    remedy: ({ address = family, worksAt = '' }: Values) =>
      listOf(`Configure the server to listen on ${address} too: it accepts connections at ${worksAt}.`, [
        `If clients should not use ${family}, remove the ${RECORDS[family]} record of the host instead.`,
        'If the server does listen there, a firewall rejects the connection.',
      ]),
    examples: LISTENING[family],
  }) as const satisfies Cause;

const silentOver = (family: Family) =>
  ({
    title: `Server does not respond over ${family}`,
    party: 'server',
    certainty: 'likely',
    remedy: ({ address = family, worksAt = '' }: Values) =>
      listOf(
        `Allow the port for ${address} in the server's firewall, which often has separate rules for IPv4 and IPv6: the server accepts connections at ${worksAt}.`,
        [
          'Check that the host has this address, and a route for it.',
          `If clients should not use ${family}, remove the ${RECORDS[family]} record.`,
          `If no host responds over ${family}, the problem is the gate's network.`,
        ],
      ),
  }) as const satisfies Cause;

/** Nothing listens at the address or port. */
export const REFUSED_SIBLINGS = {
  'not-over-ipv4': refusedOver('IPv4'),
  'not-over-ipv6': refusedOver('IPv6'),
  'other-address': {
    title: 'One IP address of the host refuses connections',
    party: 'server',
    certainty: 'likely',
    remedy: ({ address = 'this address', worksAt = '' }: Values) =>
      `Start the mail server at ${address}, or remove that address of the host from DNS until it runs: ${worksAt} accepts connections. If it runs, check whether it listens on this address, and whether a firewall rejects the connection.`,
  },
  'other-port': {
    title: 'Nothing listens on this port of the host',
    party: 'server',
    certainty: 'likely',
    remedy: ({ worksAt = '' }: Values) =>
      listOf(
        `Enable the service for this port on the server, or test only ${worksAt}, which accepts connections on the same host.`,
        [
          "If the service is enabled, look in the server's log for the reason why it does not listen.",
          'A firewall can also reject the connection.',
        ],
      ),
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** A packet filter drops the connection, or the host is down. */
export const SILENT_SIBLINGS = {
  'not-over-ipv4': silentOver('IPv4'),
  'not-over-ipv6': silentOver('IPv6'),
  'other-address': {
    title: 'One IP address of the host does not respond',
    party: 'server',
    certainty: 'likely',
    remedy: ({ address = 'this address', worksAt = '' }: Values) =>
      `Check that the server at ${address} is up and that its firewall allows the port, or remove that address of the host from DNS: ${worksAt} accepts connections.`,
  },
  'other-port': {
    title: 'One port of the host does not respond',
    party: 'server',
    certainty: 'likely',
    remedy: ({ worksAt = '' }: Values) =>
      listOf(
        `Allow this port in the firewall or security group in front of the server: the host is up, because ${worksAt} accepts connections from the gate.`,
        [
          'If it is allowed there, check whether the network of the gate blocks outbound connections to this port.',
          `If the service should only be on ${worksAt}, test only that.`,
        ],
      ),
  },
  'outbound-port-25': {
    title: 'Port 25 of the host does not respond',
    party: 'network',
    certainty: 'likely',
    remedy: ({ worksAt = '' }: Values) =>
      `Check whether the network or provider of the gate blocks outbound connections to port 25, as many do: the host is up, because ${worksAt} accepts connections from the gate. If it does not, allow port 25 in the firewall or security group in front of the server.`,
  },
} as const satisfies Readonly<Record<string, Cause>>;

export const FIREWALL_EXAMPLES =
  'firewalld: `firewall-cmd --permanent --add-service=smtp-submission` (port 587), `smtps` (465) or `smtp` (25), then `firewall-cmd --reload`.';

/** An ICMP message says that the host is unreachable. */
export const REJECTED_SIBLINGS = {
  'rejected-address': {
    title: 'One IP address of the host is unreachable',
    party: 'server',
    certainty: 'likely',
    remedy: ({ address = 'this address', worksAt = '' }: Values) =>
      `Check that the server at ${address} is up and that its firewall allows the port, or remove that address of the host from DNS: ${worksAt} accepts connections.`,
  },
  'rejected-port': {
    title: 'A firewall rejects connections to this port of the host',
    party: 'server',
    certainty: 'likely',
    remedy: ({ worksAt = '' }: Values) =>
      listOf(
        `Allow this port in the firewall of the server, or in the one in front of it: the host is up, because ${worksAt} accepts connections from the gate, but connections to this port are rejected with an ICMP message.`,
        [
          'If they are allowed there, a firewall in the network of the gate may reject outbound connections to this port: `traceroute -T -p PORT` shows which machine does.',
          `If the service should only be on ${worksAt}, test only that.`,
        ],
      ),
    examples: FIREWALL_EXAMPLES,
  },
} as const satisfies Readonly<Record<string, Cause>>;

export const ACCEPTED_ELSEWHERE = {
  title: 'Credentials work at only some IP addresses of the host',
  party: 'server',
  certainty: 'likely',
  remedy: ({ worksAt = '' }: Values) =>
    `Update the user database of this server: ${worksAt} accepted the same credentials in this run, so they are right. Usually replication has stopped, a cache is outdated, or this server uses a different directory. Until that is fixed, remove its address from DNS. Do not change the password.`,
} as const satisfies Cause;

export const RECIPIENT_ACCEPTED_ELSEWHERE = {
  title: 'Recipient accepted by only some servers of the domain',
  party: 'server',
  certainty: 'likely',
  remedy: ({ recipient = 'the recipient', worksAt = '' }: Values) =>
    `Configure this server to accept mail for ${recipient}: ${worksAt} accepted the same recipient in this run. Usually the domain or the recipient is missing in the list of what this server relays or delivers. If the server should not accept mail for this domain, remove it from the MX records: senders may use any of them.`,
  examples:
    'Postfix: `relay_domains` and `relay_recipient_maps`. Exim: `relay_to_domains`. OpenSMTPD: `match from any for domain "example.com" action NAME`.',
  setting: 'served-domains',
} as const satisfies Cause;
