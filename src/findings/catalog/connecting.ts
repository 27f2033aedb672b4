import { listOf } from '../../text/lists.js';
import { LOOKUP_FAILED, NO_ADDRESS } from '../commands/dig.js';
import { entriesOf, type CatalogEntry, type Cause, type Reproduction, type Values } from './entry.js';
import { EARLIER, fields } from './evidence.js';
import { FIREWALL_EXAMPLES, REFUSED_SIBLINGS, REJECTED_SIBLINGS, SILENT_SIBLINGS } from './siblings.js';
import { CONNECTED_BEFORE } from './worked-before.js';

const { error } = entriesOf(['capability', 'certificate']);

/** The lookups that show a domain without an IP address. */
const MAIL_DOMAIN = { command: 'mail-domain', shows: NO_ADDRESS } as const;

/** The error of curl for a timeout. */
const NO_RESPONSE = { command: 'connect', shows: 'curl: (28)' } as const;

/** What curl prints for the error of the operating system. */
const UNREACHABLE = {
  command: 'connect',
  shows: ({ detail = '' }: Values) =>
    ({ EHOSTUNREACH: 'No route to host', ENETUNREACH: 'Network is unreachable' })[detail] ?? '',
} as const;

/** The causes for an IP address that no server can have: that of a host name, or the host itself. */
const NOT_OF_A_SERVER = {
  'not-of-a-server': {
    title: 'Not the IP address of a server',
    party: 'server',
    certainty: 'likely',
    remedy: ({ address = 'the IP address' }: Values) =>
      `Correct the A or AAAA record of the host, or \`host\`: ${address} is a multicast or reserved address, which no server can have.`,
    reproduce: { command: 'addresses', shows: ({ address = '' }: Values) => address },
  },
  'host-not-of-a-server': {
    title: 'Not the IP address of a server',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ address = 'the IP address' }: Values) =>
      `Correct \`host\`: ${address} is a multicast or reserved address, which no server can have.`,
  },
} as const;

const EGRESS = {
  step: 'the step that allows connections only to certain endpoints',
  endpoint: 'what it does not allow',
} as const;

const PROXY = {
  proxy: 'the content delivery network that has the IP address',
  host: 'the configured host, if its IP address is that of a proxy',
} as const;

/** The DNS record of the host names a proxy, and the mail server never gets the connection. */
const webProxy = (reproduce: Reproduction) =>
  ({
    title: 'IP address of a web proxy, not of the mail server',
    party: 'server',
    certainty: 'likely',
    remedy: ({ proxy = 'the content delivery network', host = 'the host' }: Values) =>
      `Change the DNS record of ${host} so that it contains the IP address of the mail server itself. Or use a different name for the mail server, with such a record. Whoever manages the DNS zone has to do this; the mail server and its firewall never get the connection. ${proxy === 'Cloudflare' ? 'Cloudflare: set the A and AAAA records to "DNS only" instead of "Proxied".' : `The IP addresses are those of ${proxy}.`}`,
    reproduce,
  }) as const satisfies Cause;

/** A host with a name that only an internal DNS knows. */
const INTERNAL_NAME = {
  title: 'Internal host name not found',
  party: 'configuration',
  certainty: 'likely',
  reproduce: { command: 'name', shows: 'status: NXDOMAIN' },
} as const;

/** A name of a service in Kubernetes. */
function ofCluster(host: string): string {
  return host.endsWith('.cluster.local') ? ', inside of its Kubernetes cluster' : '';
}

/** harden-runner answers lookups with an address of its own, or drops the connection. */
const EGRESS_POLICY = {
  title: 'Connection blocked by a step of the workflow',
  party: 'configuration',
  certainty: 'likely',
  remedy: ({ endpoint = '', step = 'the workflow' }: Values) =>
    `Add \`${endpoint}\` to \`allowed-endpoints\` of harden-runner (${step}), and the inbox with its port, if there is one: with \`egress-policy: block\`, the job cannot connect to anything else. The mail server is probably not the problem. The page to which that step links in its log lists the blocked connections. \`egress-policy: audit\` only reports such connections.`,
} as const satisfies Cause;

const PRIVATE_ON_HOSTED_RUNNER = {
  title: 'Private IP address, not reachable by GitHub-hosted runners',
  party: 'configuration',
  certainty: 'likely',
  remedy: ({ address = 'it' }: Values) =>
    `Run the job on a self-hosted runner (\`runs-on\`) in the network of the server, or connect the job to that network by a VPN: ${address} is a private IP address, which GitHub-hosted runners do not reach by themselves. If the server also has a public IP address, publish that one in DNS.`,
} as const satisfies Cause;

/** Findings of the connection, in the step that opens it: step 1, or step 3 with implicit TLS. */
export const CONNECTING = {
  'dns-failed': error(
    'DNS lookup failed',
    'The host name could not be resolved to an IP address. Either the name does not exist (ENOTFOUND), or it has neither an A nor a usable AAAA record (ENODATA, or ENOTFOUND on some systems), or the resolver failed. In the last case the finding is inconclusive. If the name has no address, the gate looks up its MX records, because it may be a mail domain, and its CNAME record, because it may be an alias for a name that does not exist. With `addresses: all`, an endpoint named `name (IPv4)` or `name (IPv6)` represents the addresses of a family whose lookup failed.',
    {
      title: 'Host name does not exist',
      party: 'configuration',
      certainty: 'likely',
      remedy: listOf('Check the spelling of `host`: public DNS does not know this name.', [
        'If the name should be public, add an A or AAAA record.',
        'If it is internal, run the gate in a network that can resolve it (in a workflow: on a self-hosted runner).',
      ]),
      reproduce: { command: 'name', shows: 'status: NXDOMAIN' },
    },
    {
      evidence: {
        ...EGRESS,
        ...fields('detail'),
        mx: 'the host names in the MX records of the domain; `.` if it accepts no mail',
        alias: 'the name in the CNAME record of the host',
        host: 'the internal name',
      },
      reference: 'RFC 5321 section 5.1',
      causes: {
        'egress-policy': EGRESS_POLICY,
        'mail-domain': {
          title: 'Host is a mail domain',
          party: 'configuration',
          certainty: 'certain',
          remedy: ({ mx = '' }: Values) =>
            `Replace \`host\` with \`mx\`. Then the gate tests the servers that receive the domain's mail: ${mx}. The host is a mail domain, not the name of a server.`,
          reproduce: MAIL_DOMAIN,
        },
        'mail-domain-for-submission': {
          title: 'Host is a mail domain',
          party: 'configuration',
          certainty: 'certain',
          remedy: ({ mx = '' }: Values) =>
            `Use the name of the domain's submission server instead of the domain, on port 587 or 465. To test the servers that receive the domain's mail instead, replace \`host\` with \`mx\`. They are ${mx}.`,
          reproduce: MAIL_DOMAIN,
        },
        'null-mx': {
          title: 'Domain accepts no mail',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Use the name of a server instead of the domain, or remove the endpoint: the domain declares that it accepts no mail (null MX).',
          reference: 'RFC 7505 section 3',
          reproduce: MAIL_DOMAIN,
        },
        'dangling-alias': {
          title: 'CNAME target has no IP address',
          party: 'server',
          certainty: 'likely',
          remedy: ({ alias = '' }: Values) =>
            listOf(
              `Have whoever manages the host's DNS zone correct its CNAME record, or replace it with an A or AAAA record: ${alias} has no IP address, and probably no longer exists.`,
              [
                'If a provider operates the server, ask for its current name.',
                `If ${alias} exists only in an internal zone, run the gate in a network that can resolve it.`,
              ],
            ),
          reproduce: { command: 'alias', shows: ({ alias = '' }: Values) => alias },
        },
        'unknown-mx-host': {
          title: 'MX host does not exist',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Correct or remove the MX record of the domain, or add an A or AAAA record for the host that it names: senders cannot look it up. If the host exists only in an internal zone, run the gate in a network that can resolve it.',
          reproduce: { command: 'name', shows: 'status: NXDOMAIN' },
        },
        'mx-host-without-address': {
          title: 'MX host has no IP address',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Add an A or AAAA record for the MX host, or name a different host in the MX record: senders find no IP address for it. If the record exists only in an internal zone, run the gate on a machine that can resolve names in that zone.',
          reproduce: { command: 'addresses', shows: NO_ADDRESS },
        },
        'internal-on-hosted-runner': {
          ...INTERNAL_NAME,
          remedy: ({ host = 'the host' }: Values) =>
            `Run the job in the network of the server, on a self-hosted runner (\`runs-on\`)${ofCluster(host)}: ${host} is an internal name, which GitHub-hosted runners cannot resolve. Or set \`host\` to a public name of the server.`,
        },
        internal: {
          ...INTERNAL_NAME,
          remedy: ({ host = 'the host' }: Values) =>
            `Run the gate in the network of the server${ofCluster(host)}: ${host} is an internal name, which this machine cannot resolve. Or set \`host\` to a public name of the server. If this machine is in that network, check the spelling of the name, and the resolver of the machine.`,
        },
        'single-label': {
          ...INTERNAL_NAME,
          remedy: ({ host = 'the host' }: Values) =>
            `Set \`host\` to the full name of the server: ${host} has no domain, so at most the local network knows it. If it is the name of a service of the job, either run the job in a container (\`container:\`), or set \`host\` to \`localhost\` and publish the port of the service.`,
        },
        'no-address': {
          title: 'Host name has no IP address',
          party: 'configuration',
          certainty: 'likely',
          remedy:
            'Add an A or AAAA record, or set `host` to a name that has one: this name exists, but has neither, and no MX records were found either. If the record exists only in an internal zone, run the gate on a machine that can resolve names in that zone.',
          reproduce: { command: 'addresses', shows: NO_ADDRESS },
        },
        'lookup-failed': {
          title: 'Name resolution failed',
          party: 'network',
          certainty: 'likely',
          remedy: listOf(
            'Look the name up on the machine that runs the gate, and with a public resolver (`dig @1.1.1.1`). If it fails only sometimes, run the gate again. The mail server itself was not tested.',
            [
              "If only the machine's own resolver fails, correct that, or its network.",
              "If both fail, and `dig +cd @1.1.1.1` gets an answer, the domain's DNSSEC is invalid, for example because of an outdated DS record at the registrar. Whoever manages the domain must correct that.",
              'If that fails too, the name servers of the domain do not respond. Whoever manages the domain must correct that.',
            ],
          ),
          reproduce: { command: 'failed-lookup', shows: LOOKUP_FAILED },
        },
      },
    },
  ),
  'no-route': error(
    'No route to the server',
    'The machine that runs the gate has no route to the IP address (such as ENETUNREACH), or an ICMP message says that the host is unreachable (EHOSTUNREACH). Private networks can only be reached from inside, and many cloud machines, including GitHub-hosted runners, have no IPv6. A firewall that rejects connections also causes EHOSTUNREACH.',
    {
      party: 'network',
      certainty: 'likely',
      remedy:
        'Run the gate on a machine that has a route to this network: one in the same network (in a workflow: a self-hosted runner), or one that is connected to it by a VPN.',
      reproduce: UNREACHABLE,
    },
    {
      evidence: { ...fields('detail', 'address', 'worksAt'), ...EGRESS },
      reference: 'RFC 5321 section 4.5.4.1',
      causes: {
        'egress-policy': EGRESS_POLICY,
        unreachable: {
          title: 'Host unreachable',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Allow this port in the firewall of the server, and in those in front of it: many firewalls reject a connection with the ICMP message "host unreachable" or "prohibited".',
            [
              'If a different port of the host accepts connections (try 25 or 443), a firewall is the reason.',
              'If none does, check that the host is up, that the IP address is correct, and that the network of the gate allows outbound connections to this port.',
              '`traceroute -T -p PORT` shows which machine rejects the connection.',
            ],
          ),
          examples: FIREWALL_EXAMPLES,
          reproduce: UNREACHABLE,
        },
        'unreachable-private': {
          title: 'Private host unreachable',
          party: 'network',
          certainty: 'likely',
          remedy: listOf(
            'Run the gate on a machine in the network of the server (in a workflow: a self-hosted runner), or one that is connected to it by a VPN: the IP address is a private one.',
            [
              'If the machine is in that network, check that the host is up, and that its firewall allows this port: many firewalls reject a connection with the ICMP message "host unreachable" or "prohibited".',
            ],
          ),
          reproduce: UNREACHABLE,
        },
        'private-on-hosted-runner': { ...PRIVATE_ON_HOSTED_RUNNER, reproduce: UNREACHABLE },
        ...REJECTED_SIBLINGS,
        'no-ipv6': {
          title: 'No IPv6 route to the server',
          party: 'network',
          certainty: 'likely',
          remedy:
            'Run the gate on a machine with IPv6 (in a workflow: a self-hosted runner). Many cloud machines, including GitHub-hosted runners, have none. If clients should also connect over IPv4, add an A record for the host.',
          reproduce: UNREACHABLE,
        },
        ...NOT_OF_A_SERVER,
        'host-not-of-a-server': { ...NOT_OF_A_SERVER['host-not-of-a-server'], reproduce: UNREACHABLE },
      },
    },
  ),
  'connection-failed-locally': error(
    'Connection failed on this machine',
    'The operating system refused to open the connection and sent no packet. Either it has no file descriptors, ports or memory left (EMFILE, ENFILE, ENOBUFS), or one of its rules forbids the connection (EPERM, EACCES: a local firewall, a sandbox). This says nothing about the server.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Fix the problem on the machine that runs the gate, or use a different one. `detail` in the evidence contains the error code of the operating system.',
    },
    {
      evidence: fields('detail', 'address'),
      causes: {
        resources: {
          title: 'No resources left on this machine',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Lower `concurrency`, or raise the limit (`ulimit -n` for file descriptors): the machine that runs the gate has no file descriptors, ports or memory left.',
        },
        forbidden: {
          title: 'Connection forbidden on this machine',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Allow outbound connections to this host and port in the firewall or sandbox of the machine that runs the gate: one of its rules forbids the connection.',
        },
      },
    },
  ),
  'connection-refused': error(
    'Connection refused',
    'The host is up, but nothing listens on the port, or a firewall rejects the connection with a reset.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        'Check on the server that the mail service is running, and that it listens on this port and IP address and not only on loopback (`ss -ltn`).',
        [
          'Check `host` and `port`: 587 is submission with STARTTLS, 465 is submission with implicit TLS, 25 is for MX hosts.',
          "If the service listens there, a firewall rejects the connection: allow the gate's IP address.",
        ],
      ),
      reproduce: { command: 'openssl', shows: 'Connection refused' },
    },
    {
      evidence: {
        ...fields('detail', 'address', ...EARLIER, 'worksAt'),
        ...EGRESS,
        ...PROXY,
        host: 'the configured host, if its IP address is that of a proxy or a loopback address',
        container: 'whether the job runs in a container',
        services: 'the names of the services of the job',
      },
      reference: 'RFC 5321 section 4.5.4.1',
      causes: {
        'egress-policy': EGRESS_POLICY,
        'web-proxy': webProxy({ command: 'openssl', shows: 'Connection refused' }),
        'worked-before': {
          ...CONNECTED_BEFORE,
          reproduce: { command: 'openssl', shows: 'Connection refused' },
        },
        ...REFUSED_SIBLINGS,
        'on-this-machine': {
          title: 'Nothing listens on this local port',
          party: 'configuration',
          certainty: 'likely',
          remedy:
            'Start the mail server before the gate, and wait until it listens on this port. If it runs in a container, publish its port. If it is on a different machine, correct `host`: a loopback address is always the machine that runs the gate.',
          reproduce: { command: 'openssl', shows: 'Connection refused' },
        },
        'name-of-this-machine': {
          title: 'Nothing listens on this local port',
          party: 'server',
          certainty: 'likely',
          remedy: ({ host = 'the host', address = 'a loopback address' }: Values) =>
            `If the mail server is on the machine that runs the gate, enable or start its service for this port: \`ss -ltn\` lists the ports on which it listens. If it is on a different machine, correct the address of ${host} in DNS, or in the hosts file of this machine: ${address} is a loopback address.`,
          reproduce: { command: 'openssl', shows: 'Connection refused' },
        },
        'in-container': {
          title: 'Loopback address in the container of the job',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ services = '' }: Values) =>
            listOf(
              `Set \`host\` to the name of the service${services === '' ? '' : ` (${services})`} instead of \`localhost\`, and \`port\` to the one on which the service itself listens: the job runs in a container, whose loopback addresses are not those of a service.`,
              [
                '`ports:` publishes a port outside of this container, not in it.',
                'If the certificate of the service has a different name, set it as `servername`.',
              ],
            ),
          reproduce: { command: 'openssl', shows: 'Connection refused' },
        },
      },
    },
  ),
  'connection-timeout': error(
    'Connection timed out',
    'The connection request got no response: a firewall drops it, the host is down, or outbound connections from this machine are filtered.',
    {
      party: 'network',
      certainty: 'likely',
      remedy: listOf('Connect to this port from a different network: that shows on which side the problem is.', [
        "If it fails everywhere, check that the host is up, that the IP address is correct, and that the server's firewall or security group allows the port.",
        "If it fails only from the gate, allow the gate's IP address on the server, and outbound connections to this port in the network of the gate.",
      ]),
      reproduce: NO_RESPONSE,
    },
    {
      evidence: { ...fields('detail', 'address', ...EARLIER, 'worksAt'), ...EGRESS, ...PROXY },
      reference: 'RFC 5321 section 4.5.4.1',
      causes: {
        'egress-policy': EGRESS_POLICY,
        'web-proxy': webProxy(NO_RESPONSE),
        'worked-before': { ...CONNECTED_BEFORE, reproduce: NO_RESPONSE },
        ...SILENT_SIBLINGS,
        'port-25': {
          title: 'Connection to port 25 timed out',
          party: 'network',
          certainty: 'likely',
          remedy: listOf(
            'First check whether the network or provider of the machine that runs the gate blocks outbound connections to port 25, as most clouds and access providers do.',
            [
              'Try another server on port 25, for example with `curl -v --connect-timeout 15 telnet://gmail-smtp-in.l.google.com:25 </dev/null`. If that also times out, the network blocks the port: ask the provider to open it, or run the gate elsewhere.',
              'If the other server responds, allow port 25 in the firewall or security group of this server, and check its IP address and that it is up.',
            ],
          ),
          reproduce: NO_RESPONSE,
        },
        'on-this-machine': {
          title: 'Local server does not respond',
          party: 'configuration',
          certainty: 'likely',
          remedy: listOf(
            'Check the mail server on the machine that runs the gate, because the IP address is that of this machine: the server may hang, or its queue of new connections may be full (`ss -ltn`).',
            [
              'Otherwise, a firewall on the machine drops the packets.',
              'If `host` should be a different machine, correct its address in DNS or the hosts file.',
            ],
          ),
          reproduce: NO_RESPONSE,
        },
        'private-address': {
          title: 'Private IP address does not respond',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ address = 'it' }: Values) =>
            `Run the gate on a machine in the network of the server (in a workflow: a self-hosted runner), or connect the machine to it by a VPN: ${address} is a private IP address. If the machine is in that network, check that the host is up, and that no firewall between them drops the connection.`,
          reproduce: NO_RESPONSE,
        },
        'private-on-hosted-runner': { ...PRIVATE_ON_HOSTED_RUNNER, reproduce: NO_RESPONSE },
        ...NOT_OF_A_SERVER,
        'host-not-of-a-server': { ...NOT_OF_A_SERVER['host-not-of-a-server'], reproduce: NO_RESPONSE },
      },
    },
  ),
  'egress-blocked': error(
    'Outbound port 25 is blocked',
    'GitHub-hosted runners, like most cloud machines, cannot open connections to port 25. The connection timed out, which says nothing about the server.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Run the gate on a self-hosted runner whose provider allows outbound port 25: GitHub-hosted runners block it. The server itself was not tested.',
      reproduce: NO_RESPONSE,
    },
    {
      evidence: fields('detail', 'address'),
      reference: 'RFC 5068 section 4',
      causes: {
        submission: {
          party: 'configuration',
          certainty: 'likely',
          remedy:
            'Test the submission port of the server (587 or 465) if it has one: GitHub-hosted runners block outgoing connections to port 25, but not to these. To test port 25, run the gate on a self-hosted runner whose provider allows it.',
          reproduce: NO_RESPONSE,
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
