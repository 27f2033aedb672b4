import { REPLY, type Cause } from './entry.js';

/** The reply is the same for every message. A command of ours would send a different one, so the others have none. */
const reproduce = { command: 'delivery', shows: REPLY } as const;

/** Causes that a server can name when it rejects any part of the delivery. */
export const REJECTION_CAUSES = {
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
      'The server accepted the credentials, but treats the session as unauthenticated. Find out which accounts may send through this server, and on which port (587 and 465 are for submission, 25 is not).',
    reproduce,
  },
  greylisting: {
    title: 'Greylisted',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Raise `delivery.within` to the time for which the server defers unknown clients (usually five minutes), with `retries` at 1 or more. Or let the server exempt the runner, or the address in `delivery.from`, from greylisting.',
  },
  'rate-limit': {
    title: 'Rate limit exceeded',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      "GitHub-hosted runners share their IP addresses with other users, whose messages may count toward the same limit. Run the gate less often or with a lower `concurrency`, submit with credentials on port 587 or 465, or let the server exempt the runner's IP address from the limit.",
  },
  'ehlo-name': {
    title: 'Name in EHLO rejected',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Set `ehlo` to a fully qualified name with an address record, best one that resolves to the IP address of the runner: by default the gate sends the host name of the runner. Or let the server check the name only of clients that have not authenticated.',
    examples: 'Postfix: `permit_sasl_authenticated` first in `smtpd_helo_restrictions`.',
    reproduce,
  },
  'client-name': {
    title: 'Client has no valid PTR record',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Run the gate from a machine whose IP address has a PTR record that resolves back to this IP address, which GitHub-hosted runners do not offer. Or submit with credentials on port 587 or 465, where servers usually do not check this.',
    reproduce,
  },
  'client-reputation': {
    title: 'IP address of the client rejected',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Submit with credentials on port 587 or 465, where the IP address of the client usually does not matter. Or run the gate from a machine with a fixed IP address that is not on a blocklist: GitHub-hosted runners share their IP addresses with other users.',
    reproduce,
  },
  'account-rejected-by-address': {
    title: 'Authenticated client rejected because of its IP address',
    party: 'server',
    certainty: 'likely',
    remedy:
      'The client has authenticated, and the server still rejects it because of its IP address or its PTR record. On a submission port, let the server apply such rules only to clients that have not authenticated, or allow the IP address of the runner.',
    examples:
      'Postfix: `permit_sasl_authenticated` before every rule about the client. Exim: `accept authenticated = *` before it.',
    reproduce,
  },
  'relay-denied': {
    title: 'Relaying denied',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'The server accepts mail for other domains only from known clients, and mail for its own domains from everyone. Configure `auth`, or use a `delivery.to` in a domain of the server. If the server should accept mail for the domain of the recipient, add the domain to its configuration.',
    reproduce,
  },
  'relay-denied-to-account': {
    title: 'Relaying denied although authenticated',
    party: 'server',
    certainty: 'likely',
    remedy:
      'The session was authenticated, but the server does not relay for it. Let its relay rules include authenticated clients on this port, or use a `delivery.to` in a domain of the server.',
    reproduce,
  },
  'sender-authentication': {
    title: 'SPF, DKIM or DMARC of the sender failed',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Send through a server that the SPF record of the `delivery.from` domain allows, or allow this client: add the runner to the SPF record, or let the tested server sign with DKIM. Otherwise use a `delivery.from` whose domain belongs to the server.',
    reproduce,
  },
  'sender-unknown': {
    title: 'Sender address does not exist',
    party: 'configuration',
    certainty: 'likely',
    remedy: 'Use a `delivery.from` that exists, in a domain that has an MX or an address record in DNS.',
    reproduce,
  },
  'sender-not-allowed': {
    title: 'Sender address not allowed',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Set `delivery.from` to an address that belongs to the account in `auth`, or let the server allow the account to send as that address.',
    reproduce,
  },
  'mailbox-full': {
    title: 'Mailbox full',
    party: 'inbox',
    certainty: 'likely',
    remedy: 'Delete old messages from the mailbox of `delivery.to`, or raise its quota.',
    reproduce,
  },
  'disk-full': {
    title: 'Disk of the server full',
    party: 'server',
    certainty: 'likely',
    remedy: "Free space on the disk with the server's queue, or lower the free space that it requires.",
    reproduce,
  },
  'message-too-large': {
    title: 'Message too large',
    party: 'server',
    certainty: 'likely',
    remedy: 'Raise the size limit of the server or of the mailbox, or lower `delivery.attachment-bytes`.',
    examples: 'Postfix: `message_size_limit`. Exim: `message_size_limit`. Sendmail: `MaxMessageSize`.',
  },
  'recipient-unverified': {
    title: 'Recipient not verified yet',
    party: 'server',
    certainty: 'likely',
    remedy:
      "The server asks the recipient's own server before it accepts mail for it, and got no useful reply. Check that server, or run the gate again later: the result is cached.",
    examples: 'Postfix: `reject_unverified_recipient`.',
    reproduce,
  },
  'recipient-unknown': {
    title: 'Recipient does not exist',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Check `delivery.to`. If the address exists, the server does not find it: check its aliases, its directory and the domains that it serves.',
    reproduce,
  },
  'mailbox-disabled': {
    title: 'Mailbox disabled',
    party: 'inbox',
    certainty: 'likely',
    remedy: 'Enable the mailbox of `delivery.to`, or use a different one.',
    reproduce,
  },
  'recipient-refused': {
    title: 'Recipient not accepted',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Fix the rule that rejects the recipient (the server's log says which one), or use a `delivery.to` for which the server accepts mail.",
    reproduce,
  },
  'content-filter': {
    title: 'Rejected by a content filter',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Look for the reason in the log or the quarantine of the filter, and exempt the address in `delivery.from`: except for its identifiers, the test message is always the same.',
  },
  policy: {
    title: 'Rejected by a policy',
    party: 'server',
    certainty: 'likely',
    remedy:
      "The server's log says which rule it was. Exempt the addresses in `delivery.from` and `delivery.to`, or fix the rule.",
  },
  'no-smtputf8': {
    title: 'SMTPUTF8 not offered',
    party: 'configuration',
    certainty: 'certain',
    remedy: 'Use addresses in plain ASCII, or a server that offers SMTPUTF8.',
    reference: 'RFC 6531 section 3.1',
  },
  'size-limit': {
    title: 'Message larger than the SIZE limit',
    party: 'server',
    certainty: 'certain',
    remedy: 'Raise the size limit of the server, or lower `delivery.attachment-bytes`.',
    examples: 'Postfix: `message_size_limit`. Exim: `message_size_limit`. Sendmail: `MaxMessageSize`.',
    reference: 'RFC 1870 section 4',
    reproduce: { command: 'ehlo-over-tls', shows: ({ limit = '' }) => `SIZE ${limit}` },
  },
} as const satisfies Readonly<Record<string, Cause>>;
