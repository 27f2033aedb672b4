import { listOf } from '../../../text/lists.js';
import { notOffered } from '../../commands/swaks.js';
import { REPLY, type Cause } from '../entry.js';
import { exemptible, inLog, quoted, reproduce } from './parts.js';

/** A command sends a similar message, because a filter may judge a different one differently. */
const sameMessage = { command: 'test-message', shows: REPLY } as const;

/** Rejections that are about the message, the rules and the problems of the server. */
export const OF_SERVER = {
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
  'out-of-resources': {
    title: 'Server is short of resources',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Free disk space on the volume of the server's mail queue, and check its memory: until it has enough of both, the server accepts no mail.",
    examples: 'Exchange (back pressure): the events 15004 to 15007 in its event log name the resource.',
    setting: 'out-of-resources',
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
  'next-server': {
    title: 'Server cannot reach the server behind it',
    party: 'server',
    certainty: 'likely',
    remedy:
      "Check that the server behind this one is running, and that its address and port are correct in this server's configuration. This server's log for the time of the run shows the connection error.",
    examples: 'Dovecot: `submission_relay_host` and `submission_relay_port`.',
    setting: 'relay-unavailable',
    reproduce,
  },
  'configuration-problem': {
    title: 'Server configuration problem',
    party: 'server',
    certainty: 'likely',
    remedy: listOf("Look for the error in the server's log for the time of the run, which names what is wrong.", [
      'If a policy service that the server asks does not run, start it.',
      'If a restriction or a lookup table is wrong, correct the configuration.',
      'Although the code is temporary, running the gate again does not help until then.',
    ]),
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
  'deferred-by-filter': {
    title: 'Message deferred by a filter',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence) =>
      listOf(`Look up the message in the log of the spam filter or milter of the server ${inLog(evidence)}.`, [
        'If it greylists the message, exempt authenticated clients, or raise `delivery.within` and `retries` so that the gate sends it again.',
        'If the filter does not run or fails, start it, or correct its address in the configuration of the server.',
      ]),
    examples: 'rspamd: the module "greylisting". Postfix: `smtpd_milters`.',
    setting: 'content-scanner',
    reproduce,
  },
  'rejected-by-next-server': {
    title: 'Rejected by a server behind this one',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence) =>
      `Fix the problem that the server behind this one reports: the end of the reply quotes it. Both logs show the message ${inLog(evidence)}.`,
    reproduce,
  },
  'message-too-large': {
    title: 'Message too large',
    party: 'server',
    certainty: 'likely',
    remedy: 'Raise the size limit of the server or of the mailbox, or lower `delivery.attachment-bytes`.',
    examples: 'Postfix: `message_size_limit`. Exim: `message_size_limit`. Sendmail: `MaxMessageSize`.',
    setting: 'message-size',
    reproduce: { command: 'large-message', shows: REPLY },
  },
  'blocked-by-gateway': {
    title: "Blocked by the recipient's mail gateway",
    party: 'server',
    certainty: 'likely',
    remedy: ({ sender }) =>
      listOf(
        "Ask the administrator of the recipient's organization to look up the message in the log of its mail gateway, which shows the reason.",
        [
          `Then have the sender${quoted(sender)} or the sending IP address exempted.`,
          'If the reason is SPF, DKIM or a blocklist, correct that instead.',
        ],
      ),
    setting: 'gateway-policy',
    reproduce,
  },
  'content-filter': {
    title: 'Rejected by a content filter',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence) =>
      listOf(
        `Look up the message in the log or the quarantine of the filter ${inLog(evidence)}: it names the rule. Change that rule, or exempt ${exemptible(evidence)}.`,
        [
          'Do not exempt only the address in `delivery.from`, which anyone can forge.',
          'Except for its identifiers, the test message is always the same.',
        ],
      ),
    reproduce: sameMessage,
  },
  'command-not-accepted': {
    title: 'Command not accepted',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence) =>
      listOf(
        `Read the reply, and search the server's log ${inLog(evidence)}: the code is usually about the command itself, its order or its parameters.`,
        ['A proxy or a firewall that inspects SMTP may have changed or repeated the command: test without it.'],
      ),
    reproduce,
  },
  policy: {
    title: 'Rejected by a policy',
    party: 'server',
    certainty: 'likely',
    remedy: (evidence) =>
      listOf(
        `If the reply does not say enough, find the rule in the server's log ${inLog(evidence)}. Then change the rule, or exempt ${exemptible(evidence)}.`,
        ['Do not exempt only the address in `delivery.from`, which anyone can forge.'],
      ),
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
