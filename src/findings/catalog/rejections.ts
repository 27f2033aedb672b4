import { isIP } from 'node:net';
import { blocklistErrors, pageIn } from './blocklist.js';
import { accountCauses } from './provider-account.js';
import { notOffered } from '../commands/swaks.js';
import { REPLY, type Cause, type Values } from './entry.js';

/** The reply is probably the same for every message. A command sends a different one, so the others have none. */
const reproduce = { command: 'delivery', shows: REPLY } as const;

/** An address of the envelope, if it is known. */
const quoted = (address: string | undefined): string => (address === undefined ? '' : ` (\`${address}\`)`);

/** The domain of an address as code. */
const domain = (address = ''): string => `\`${address.slice(address.lastIndexOf('@') + 1)}\``;

/** The address of the account that has authenticated, if its username is one. */
const ownAddress = ({ account = '' }: Values): string => (account.includes('@') ? `, such as \`${account}\`` : '');

/** The IP address of the client, which a server often quotes. */
function clientIn(reply = ''): string | undefined {
  const words = reply.split(/[\s[\]()<>;,"']+/).flatMap((word) => [word, word.slice(0, -1)]);
  return words.find((word) => isIP(word) !== 0);
}

/** What to do in the configuration if an account may not send as the sender. It names both addresses. */
function sendAs({ account }: Values, sender = ''): string {
  if (account === undefined || sender === '') return 'Set `delivery.from` to an address of the account in `auth`';
  const address = account.includes('@') ? `\`${account}\`` : 'an address of that account';
  return `The account \`${account}\` may not send as \`${sender}\`: set \`delivery.from\` to ${address}`;
}

/**
 * Causes that a server can name when it rejects any part of the delivery.
 * @param command the one that goes as far as the rejection and no further
 */
export function rejectionCauses(command: 'mail' | 'rcpt' | 'delivery'): Record<keyof typeof CAUSES, Cause> {
  const entries = Object.entries<Cause>(CAUSES).map(([name, cause]) => [
    name,
    cause.reproduce?.command === 'delivery' ? { ...cause, reproduce: { ...cause.reproduce, command } } : cause,
  ]);
  return Object.fromEntries(entries) as Record<keyof typeof CAUSES, Cause>;
}

const CAUSES = {
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
  greylisting: {
    title: 'Greylisted',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      "Raise `delivery.within` to the time for which the server defers unknown clients (usually five minutes), with `retries` at 1 or more. Or configure the server to exempt the gate's IP address, or the address in `delivery.from`, from greylisting.",
  },
  'rate-limit': {
    title: 'Rate limit exceeded',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      "Run the gate less often and, with several endpoints on this server, with a lower `per-host`. Or exempt the account or the gate's IP address from the server's limit. Machines in a cloud, such as GitHub-hosted runners, may share an IP address with other users, whose messages count toward the same limit.",
  },
  'ehlo-name': {
    title: 'Name in EHLO rejected',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      "Set `ehlo` to a fully qualified name with an address record in DNS, ideally one that resolves to the gate's public IP address. By default, the gate sends the host name of its machine. Or configure the server to check the name only of clients that have not authenticated.",
    examples: 'Postfix: `permit_sasl_authenticated` first in `smtpd_helo_restrictions`.',
    setting: 'ehlo-name-rules',
    reproduce,
  },
  'account-not-identified': {
    title: 'Relay does not know the account of the client',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      "Authenticate (configure `auth`), or set `ehlo` to a name in one of the account's own domains: the relay does not know to which account the gate belongs. Also check that the domain of the sender is one of the account's domains. Or have the owner of the account register the gate's public IP address; those of GitHub-hosted runners change with every run.",
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
  'client-reputation': {
    title: 'IP address of the client rejected',
    party: 'configuration',
    certainty: 'likely',
    remedy: (evidence) => {
      const page = pageIn(evidence);
      const removal =
        page === undefined
          ? ''
          : ` Or have its operator request the removal of the IP address, on the page that the reply names: ${page}.`;
      return `Send through a submission server (port 587 or 465) with credentials, where the IP address of the client usually does not matter. Or run the gate on a machine with a fixed IP address that is not on a blocklist.${removal}`;
    },
    reproduce,
  },
  ...blocklistErrors(reproduce),
  ...accountCauses(reproduce),
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
      `Configure \`auth\`, because the server relays mail for other domains only for known clients. Or use a \`delivery.to\` in a domain that the server serves. If it should serve ${domain(recipient)}, add that domain to its configuration.`,
    reproduce,
  },
  'relay-denied-without-auth': {
    title: 'Relaying denied',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Use a \`delivery.to\` in a domain that this server serves, or test the port for submission (587 or 465) with \`auth\`: this port offers no AUTH. If the server should serve ${domain(recipient)}, add that domain to its configuration.`,
    reproduce,
  },
  'relay-denied-to-account': {
    title: 'Relaying denied although authenticated',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Change the relay rules of the server for this port so that they include authenticated clients. If they do, and a proxy in front of the server checks the credentials itself, the proxy probably does not authenticate to the server: configure it to do so, but do not exempt its IP address, because the server would then be an open relay. Or use a `delivery.to` in a domain that the server serves.',
    examples:
      'Postfix: `permit_sasl_authenticated` in `smtpd_relay_restrictions`. Exim: `accept authenticated = *` in the ACL of `acl_smtp_rcpt`. OpenSMTPD: `match from any auth for any action "outbound"`.',
    setting: 'relay-for-accounts',
    reproduce,
  },
  'relay-denied-to-proxy': {
    title: 'Relaying denied: proxy probably does not authenticate',
    party: 'server',
    certainty: 'likely',
    remedy:
      'Configure the proxy to authenticate to the server behind it: the proxy has accepted the credentials itself, and that server probably does not know that the client has authenticated. Do not exempt the IP address of the proxy, because the server would then be an open relay. If the proxy does authenticate, change the relay rules of the server behind it so that they include authenticated clients.',
    examples: 'Dovecot: `submission_relay_user` and `submission_relay_password`. nginx: `proxy_smtp_auth on`.',
    setting: 'relay-for-accounts',
    reproduce,
  },
  'recipient-or-relay': {
    title: 'Recipient not accepted from an authenticated client',
    party: 'server',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Check that the server's rules allow authenticated clients to send to other domains: it may reject a recipient in ${domain(recipient)} in these words if no rule allows it. If the server itself serves that domain, check that the address exists.`,
    examples:
      'OpenSMTPD: `match from any auth for any action "outbound"`. Postfix: `permit_sasl_authenticated` in `smtpd_relay_restrictions`.',
    setting: 'relay-for-accounts',
    reproduce,
  },
  'sender-authentication': {
    title: 'SPF, DKIM or DMARC of the sender failed',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender }) =>
      `Send through the submission server of ${domain(sender)} (port 587 or 465, with \`auth\`): the gate is not authorized to send mail for that domain directly. To test only the TLS of this server, remove \`delivery\`. Or add the gate's IP address to the SPF record of the domain, if nobody else sends from it.`,
    reproduce,
  },
  'account-without-spf': {
    title: 'SPF, DKIM or DMARC of the sender failed',
    party: 'server',
    certainty: 'likely',
    remedy: ({ sender }) =>
      `Configure the server to check SPF and DMARC only for clients that have not authenticated. If the reply is from a server behind it, sign the mail of ${domain(sender)} with DKIM, and add the server that delivers to the SPF record of the domain. Or use a \`delivery.from\` in a domain of this server.`,
    reproduce,
  },
  'sender-unknown': {
    title: 'Sender address does not exist',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender, ...evidence }) =>
      `Set \`delivery.from\`${quoted(sender)} to an address that exists${ownAddress(evidence)}. Or create the address, as a mailbox or an alias. If it exists, the server cannot verify it: its log says why.`,
    examples:
      'Exim: `exim -bvs ADDRESS` shows the verification. Postfix: `reject_unlisted_sender`, `reject_unverified_sender`.',
    setting: 'sender-verification',
    reproduce,
  },
  'sender-domain-unknown': {
    title: 'Domain of the sender does not exist',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender }) =>
      `Set \`delivery.from\` to an address in a domain that has an MX, A or AAAA record in DNS: the server finds none for ${domain(sender)}. If the domain has one, check the DNS resolver of the server.`,
    reproduce,
  },
  'sender-not-allowed': {
    title: 'Sender address not allowed',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender }) =>
      `Set \`delivery.from\` to an address that the server accepts from unauthenticated clients. To send as ${sender === undefined ? 'this sender' : `\`${sender}\``}, configure \`auth\` with an account to which the address belongs.`,
    reproduce,
  },
  'account-may-not-send-as': {
    title: 'Account may not send as this sender',
    about: 'delivery.from',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ sender, ...evidence }) => `${sendAs(evidence, sender)}, or allow the account to send as that sender.`,
    accountRemedy: ({ sender, ...evidence }) =>
      `${sendAs(evidence, sender)}, or add the address of the sender to the account as an alias, where the service allows that.`,
    examples: 'Exchange and Microsoft 365: the permission "Send As". Postfix: `smtpd_sender_login_maps`.',
    setting: 'send-as',
    reproduce,
  },
  'mailbox-access': {
    title: 'Account has no access to the mailbox',
    party: 'server',
    certainty: 'likely',
    remedy: ({ account }) =>
      `Give the authenticated account or application access to the mailbox${quoted(account)} that it sends from.`,
    setting: 'mailbox-access',
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
    title: 'Disk of the server is full',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Free space on the file system of the server's mail queue: `df -h` and `df -i` on the server show how much is left. The sender and the recipient are not the reason.",
    examples:
      'Postfix requires 1.5 times `message_size_limit`, or `queue_minfree` if that is more. Exim: `check_spool_space`, `check_spool_inodes`.',
    setting: 'disk-full',
    reproduce,
  },
  'server-problem': {
    title: 'Temporary server error',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Look for the error in the server's log for the time of the run: usually a lookup (database, LDAP, DNS) or a policy service failed. Then run the gate again.",
    reproduce,
  },
  'configuration-problem': {
    title: 'Server configuration problem',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Look for the error in the server's log for the time of the run: usually a policy service that the server asks does not run, or a restriction or a lookup table is wrong. Start the service, or correct the configuration. Although the code is temporary, running the gate again does not help before that.",
    examples:
      'Postfix: "problem talking to server" (a policy service in `check_policy_service`) or "unknown smtpd restriction" in the log.',
    setting: 'policy-service',
    reproduce,
  },
  'scanner-unavailable': {
    title: 'Message temporarily rejected',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Look for the error in the server's log for the time of the run: usually a virus scanner, spam filter or milter is not running or cannot be reached. Start it, or correct its address in the configuration of the server.",
    examples:
      'Exim: `av_scanner` and `spamd_address`; the main log or the panic log contains "acl condition". Postfix: `smtpd_milters`, `smtpd_proxy_filter`.',
    setting: 'content-scanner',
    reproduce,
  },
  'message-too-large': {
    title: 'Message too large',
    party: 'server',
    certainty: 'likely',
    remedy: 'Raise the size limit of the server or of the mailbox, or lower `delivery.attachment-bytes`.',
    examples: 'Postfix: `message_size_limit`. Exim: `message_size_limit`. Sendmail: `MaxMessageSize`.',
    setting: 'message-size',
  },
  'recipient-unverified': {
    title: 'Recipient not verified yet',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Check the recipient's own server: this server asks that server before it accepts mail, and got no useful reply. Then run the gate again later, because the result is cached.",
    examples: 'Postfix: `reject_unverified_recipient`.',
    reproduce,
  },
  'recipient-unknown': {
    title: 'Recipient does not exist',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Check \`delivery.to\`${quoted(recipient)}. If the address exists, the server cannot find it: check its aliases, its directory and the domains that it serves.`,
    reproduce,
  },
  'not-in-directory': {
    title: "Recipient not in the organization's directory",
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ recipient }) =>
      `Check \`delivery.to\`${quoted(recipient)}. If the address is right, ask the administrator of the recipient's organization to create it there, as a mailbox or an alias. The sender, its IP address and its permissions are not the reason.`,
    setting: 'recipient-directory',
    reproduce,
  },
  'blocked-by-gateway': {
    title: "Blocked by the recipient's mail gateway",
    party: 'server',
    certainty: 'likely',
    remedy: ({ sender }) =>
      `Ask the administrator of the recipient's organization to look up the message in the log of its mail gateway, which shows the reason, and to exempt the sender${quoted(sender)} or the IP address that sends. If the reason is SPF, DKIM or a blocklist, correct that instead.`,
    setting: 'gateway-policy',
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
      'Change the rule that rejects the message: the log or the quarantine of the filter names it. Or exempt the account that the gate uses, not only the address in `delivery.from`, which anyone can forge. Except for its identifiers, the test message is always the same.',
  },
  policy: {
    title: 'Rejected by a policy',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Find the rule in the server's log, and change it. Or exempt the account that the gate uses, not only the address in `delivery.from`, which anyone can forge.",
    reproduce,
  },
  'no-smtputf8': {
    title: 'SMTPUTF8 not offered',
    party: 'configuration',
    certainty: 'certain',
    remedy:
      'Use addresses in plain ASCII, such as an alias of the mailbox. Or enable SMTPUTF8 on the server, and on the server of the mailbox.',
    examples: 'Postfix: `smtputf8_enable = yes`. Exim: `smtputf8_advertise_hosts`.',
    setting: 'smtputf8',
    reproduce: { command: 'smtputf8', shows: notOffered('SMTPUTF8') },
    reference: 'RFC 6531 section 3.1',
  },
  'size-limit': {
    title: 'Message larger than the SIZE limit',
    party: 'server',
    certainty: 'certain',
    remedy:
      'Raise the size limit of the server, or lower `delivery.attachment-bytes`: as base64, an attachment is more than a third larger.',
    examples: 'Postfix: `message_size_limit`. Exim: `message_size_limit`. Sendmail: `MaxMessageSize`.',
    setting: 'message-size',
    reference: 'RFC 1870 section 4',
    reproduce: { command: 'ehlo-over-tls', shows: ({ limit = '' }) => `SIZE ${limit}` },
  },
} as const satisfies Readonly<Record<string, Cause>>;
