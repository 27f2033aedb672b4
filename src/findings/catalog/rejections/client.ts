import { isIP } from 'node:net';
import { listOf } from '../../../text/lists.js';
import { blocklistErrors, pageIn } from '../blocklist.js';
import type { Cause } from '../entry.js';
import { connectionLimit, SERVER_BUSY } from '../limits.js';
import { domain, others, reproduce, twice } from './parts.js';

/** The IP address of the client, which a server often quotes. */
function clientIn(reply = ''): string | undefined {
  const words = reply.split(/[\s[\]()<>;,"']+/).flatMap((word) => [word, word.slice(0, -1)]);
  return words.find((word) => isIP(word) !== 0);
}

/** Rejections that are about the client: whether it has authenticated, how often it comes, its names and its IP address. */
export const OF_CLIENT = {
  'sign-in-required': {
    title: 'Authentication required',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Configure `auth`, or `username` and `password`. If they are configured and come from secrets, check that these exist: a secret that does not exist is empty.',
    reproduce,
  },
  'not-authorized': {
    title: 'Account not authorized to send',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Find out which accounts may send through this server, and on which port (587 and 465 are for submission, 25 is not). The server accepted the credentials, but treats the session as unauthenticated.',
    reproduce,
  },
  'direct-send': {
    title: 'Organization accepts no Direct Send',
    party: 'configuration',
    certainty: 'certain',
    remedy: listOf(
      'Send through a submission server with `auth`, such as `smtp.office365.com:587`: the organization rejects unauthenticated mail from senders in its own domains.',
      [
        'For mail without authentication, have the tenant administrator create an inbound connector for the public IP address or the certificate of the client.',
        'The administrator can also allow it with `Set-OrganizationConfig -RejectDirectSend $false`, but then anyone can use the domain as the sender.',
      ],
    ),
    reproduce,
  },
  'tls-not-seen': {
    title: 'Server does not know that the session is encrypted',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Let the mail server terminate TLS itself: it asks for STARTTLS within TLS, so a proxy in front of it probably terminates TLS. If TLS must end in the proxy, configure the server not to require it from the proxy.',
    setting: 'tls-in-proxy',
    reproduce,
  },
  greylisting: {
    title: 'Greylisted',
    party: 'configuration',
    certainty: 'likely',
    remedy: listOf(
      'Raise `delivery.within` to the time for which the server defers unknown clients (usually five minutes), with `retries` at 1 or more.',
      [
        'Or configure the server to exempt authenticated clients, or the IP address of the gate.',
        'The IP addresses of GitHub-hosted runners change with every run, so they are new to the server each time.',
      ],
    ),
    reproduce,
  },
  'rate-limit': {
    title: 'Rate limit exceeded',
    party: 'configuration',
    certainty: 'likely',
    remedy: (evidence) =>
      evidence.sameHost === undefined
        ? listOf(
            `Wait, then run the gate again: the server limits how much it accepts from one ${evidence.account === undefined ? 'client' : 'account or IP address'} in a certain time.`,
            evidence.account === undefined
              ? [
                  'Find out what else sends from this IP address: other jobs, an application, or other machines behind the same NAT.',
                  "Or raise the limit of the server, or exempt the gate's IP address from it.",
                ]
              : [
                  'Find out what else sends with this account or from this IP address: other jobs, or an application.',
                  "Or raise the limit at the server or in the provider's plan.",
                ],
          )
        : listOf(
            `Test one endpoint of this server at a time: ${others(evidence)} used the same server in this run, and such a limit usually counts all of them together.`,
            [
              'Remove one of them, or test it in a later job: `concurrency: 1` alone may still be too fast.',
              "Or raise the limit at the server or in the provider's plan.",
            ],
          ),
    reproduce: twice,
  },
  'connection-limit': connectionLimit(reproduce),
  'server-busy': { ...SERVER_BUSY, reproduce },
  'recipient-rate-limit': {
    title: 'Recipient is receiving too much mail',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Wait, then run the gate again. If it persists, use a `delivery.to` that receives less mail: the limit applies to the mailbox, regardless of the sender.',
    reproduce,
  },
  'ehlo-name': {
    title: 'Name in EHLO rejected',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      "Set `ehlo` to a fully qualified name that resolves, ideally to the gate's public IP address: by default, it is the host name of the machine. Or configure the server to check the name only of clients that have not authenticated.",
    examples: 'Postfix: `permit_sasl_authenticated` first in `smtpd_helo_restrictions`.',
    setting: 'ehlo-name-rules',
    reproduce,
  },
  'account-not-identified': {
    title: 'Relay cannot match the client to an account',
    party: 'configuration',
    certainty: 'likely',
    remedy: listOf(
      "Authenticate (configure `auth`), or set `ehlo` to a name in one of the account's own domains: the relay does not know to which account the gate belongs.",
      [
        "Check that the domain of the sender is one of the account's domains.",
        "Or have the owner of the account register the gate's public IP address; those of GitHub-hosted runners change with every run.",
      ],
    ),
    setting: 'relay-account',
    reproduce,
  },
  'client-name': {
    title: 'Client has no valid PTR record',
    party: 'network',
    certainty: 'likely',
    remedy: ({ reply, sender }) => {
      const ip = clientIn(reply);
      const address = ip ?? "the gate's public IP address";
      const same = ip ?? 'the same IP address';
      const server =
        sender === undefined ? 'the submission server of the sender' : `the submission server of ${domain(sender)}`;
      return `Set the PTR record of ${address} to a host name whose A or AAAA record is ${same}: the hosting provider or network operator that assigns the IP address can do this. If the machine has no fixed IP address, as with GitHub-hosted runners, run the gate on one that has, or send through ${server} with \`auth\`.`;
    },
    reproduce,
  },
  'client-not-allowed': {
    title: 'Client rejected by an access rule',
    party: 'configuration',
    certainty: 'likely',
    remedy: listOf(
      'Configure `auth` if this port is for submission: such a port rejects every client that has not authenticated.',
      [
        "Otherwise, allow the gate's IP address on the server: an access rule rejects it.",
        'Or run the gate on a machine in a network that the server allows.',
      ],
    ),
    examples: 'Postfix: `smtpd_client_restrictions` of the service in `master.cf`. Exim: the ACL of `acl_smtp_rcpt`.',
    setting: 'client-rules',
    reproduce,
  },
  'client-reputation': {
    title: 'IP address of the client rejected',
    party: 'configuration',
    certainty: 'likely',
    remedy: (evidence) => {
      const page = pageIn(evidence);
      return listOf(
        'Send through a submission server (port 587 or 465) with credentials, where the IP address of the client usually does not matter.',
        [
          'Or run the gate on a machine with a fixed IP address that is not on a blocklist.',
          ...(page === undefined
            ? []
            : [
                `Or have its operator request the removal of the IP address, on the page that the reply names: ${page}.`,
              ]),
        ],
      );
    },
    reproduce,
  },
  ...blocklistErrors(reproduce),
  'account-rejected-by-address': {
    title: 'Authenticated client rejected because of its IP address',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Configure the server to apply rules about IP addresses and PTR records only to clients that have not authenticated, or allow the gate's IP address. The client had authenticated when the server rejected it.",
    examples:
      'Postfix: `permit_sasl_authenticated` before every rule about the client. Exim: `accept authenticated = *` before it.',
    setting: 'client-rules',
    reproduce,
  },
  'relay-denied': {
    title: 'Relaying denied',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf('Configure `auth`: the server relays mail for other domains only for known clients.', [
        'Or use a `delivery.to` in a domain that the server serves.',
        `If it should serve ${domain(recipient)}, add that domain to its configuration.`,
      ]),
    reproduce,
  },
  'relay-denied-without-auth': {
    title: 'Relaying denied',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      listOf(
        'Use a `delivery.to` in a domain that this server serves, or test the submission port (587 or 465) with `auth`: clients do not authenticate on this port.',
        [`If the server should serve ${domain(recipient)}, add that domain to its configuration.`],
      ),
    setting: 'served-domains',
    reproduce,
  },
  'relay-denied-to-account': {
    title: 'Relaying denied although authenticated',
    party: 'server',
    certainty: 'likely',
    remedy: listOf('Change the relay rules of the server for this port so that they include authenticated clients.', [
      'If they do, and a proxy in front of the server checks the credentials itself, configure the proxy to authenticate to the server.',
      'Do not exempt the IP address of the proxy, because the server would then be an open relay.',
      'Or use a `delivery.to` in a domain that the server serves.',
    ]),
    examples:
      'Postfix: `permit_sasl_authenticated` in `smtpd_relay_restrictions`. Exim: `accept authenticated = *` in the ACL of `acl_smtp_rcpt`. OpenSMTPD: `match from any auth for any action "outbound"`.',
    setting: 'relay-for-accounts',
    reproduce,
  },
  'relay-denied-to-proxy': {
    title: 'Relaying denied: proxy probably does not authenticate',
    party: 'server',
    certainty: 'likely',
    remedy: listOf(
      'Configure the proxy to authenticate to the server behind it: the proxy has accepted the credentials itself, and that server probably does not know that the client has authenticated.',
      [
        'Do not exempt the IP address of the proxy, because the server would then be an open relay.',
        'If the proxy does authenticate, change the relay rules of the server behind it so that they include authenticated clients.',
      ],
    ),
    examples: 'Dovecot: `submission_relay_user` and `submission_relay_password`. nginx: `proxy_smtp_auth on`.',
    setting: 'relay-for-accounts',
    reproduce,
  },
} as const satisfies Readonly<Record<string, Cause>>;
