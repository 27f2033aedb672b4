import { listOf } from '../../text/lists.js';
import { DISAPPEARS } from './arrival-commands.js';
import type { Cause, Values } from './entry.js';
import { fields } from './evidence.js';
import { API_CAUSES, API_REJECTED_CAUSES } from './inbox-api.js';
import {
  CONNECTION_LOST,
  CONNECTION_TIMED_OUT,
  DIALOGUE,
  FIRST_LINE_OF_INBOX,
  GREETS_WITH_PREAUTH,
  HOW_MANY_MESSAGES,
  HANDSHAKE_FAILED,
  INJECTED,
  LOGIN_DISABLED,
  LOOKUP,
  NAME_NOT_FOUND,
  NO_REPLY,
  NOT_CONNECTED,
  REQUEST_REFUSED,
  SILENT,
  WITHOUT_STARTTLS,
} from './inbox-commands.js';
import { INBOX_LOGIN_CAUSES } from './inbox-login.js';

/** Which inbox a finding is about. */
export const INBOX_EVIDENCE = {
  inbox: 'the scheme, host and port of the inbox',
  user: 'the username with which the gate logs in to the inbox',
  mailbox: 'the mailbox that the gate reads',
  inboxReply: 'the reply of the inbox server',
};

/** What is wrong with the certificate of the inbox, as in the finding about such a certificate. */
export const INBOX_CERTIFICATE_EVIDENCE = {
  ...fields('issuer', 'openssl', 'certificatesSent', 'missingIssuer', 'caIssuers', 'nameConflict', 'trusted'),
  ...fields('chain', 'root', 'rootSha256', 'badIssuer', 'issuerValidTo', 'issuerKeyId', 'sentKeyId'),
  ...fields('expected', 'names', 'subject', 'validFrom', 'validTo', 'now'),
  configured: 'the file of `ca` that has the certificate of the server',
  key: 'type and size of the key in the certificate',
  signature: 'the signature algorithm of the certificate',
  needs: 'what a new certificate must be or have, if it fixes several problems at once',
};

/** The beginning of a POP3 reply up to its response code. */
function responseCode(reply: string): string {
  return /^\S+ \[[A-Z-]+\]/.exec(reply)?.[0] ?? '';
}

/** The usual port of the scheme, as the end of a sentence. */
function usualPort({ inbox = '' }: Values): string {
  const [, scheme = '', port = ''] = /^(\w+):\/\/.*:(\d+)$/.exec(inbox) ?? [];
  const usual = PORTS[scheme];
  return usual === undefined || usual === port ? '' : ` (usually ${usual} for \`${scheme}://\`)`;
}

const PORTS: Readonly<Record<string, string>> = { imaps: '993', imap: '143', pop3s: '995', pop3: '110' };

/** @param text with which the server closes the connection */
function refusalFix(text: string): string {
  if (/\btoo many\b|\bmaximum\b|\blimit\b/i.test(text)) {
    return "Close other connections to the inbox server, or raise its limit of connections: according to the server, there are too many. The limit may be that of the gate's IP address.";
  }
  if (/\bno such file\b|\/[^/]{0,100}\bpermission denied\b|\bI\/O error\b/i.test(text)) {
    return 'Correct the path or the permissions of the mailbox on the inbox server, or create the mailbox: according to the reply, the server cannot open it.';
  }
  if (/\bblock|\bdenied\b|\bbanned\b|\bblacklist|\bnot allowed\b|\bunauthorized\b/i.test(text)) {
    return "Allow the gate's IP address on the inbox server: according to the server, it does not allow this client. A tool such as fail2ban may have blocked it after failed logins.";
  }
  return "Correct what the server names when it closes the connection. If it gives no reason, look in the inbox server's log at the time of the test.";
}

/** Why the inbox server cannot be used. */
export const INBOX_CAUSES = {
  'name-not-found': {
    title: 'Host name of the inbox not found',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Check the spelling of the host in `delivery.inbox`. If it is correct, add an A or AAAA record for it to DNS.',
    reproduce: NAME_NOT_FOUND,
  },
  'lookup-failed': {
    title: 'Lookup of the inbox failed',
    party: 'network',
    certainty: 'likely',
    remedy:
      'Run the gate again. If the error persists, check the resolver of the machine that runs the gate, and the name servers of the domain.',
    reproduce: LOOKUP,
  },
  'no-route': {
    title: 'No route to the inbox',
    party: 'network',
    certainty: 'likely',
    remedy: listOf('Give the machine that runs the gate a route to the IP address of the inbox.', [
      'If the inbox is in a private network, run the gate in it (in a workflow: on a self-hosted runner), or use a VPN.',
      'If the inbox has only an IPv6 address, use a machine with IPv6. GitHub-hosted runners have none.',
    ]),
    reproduce: NOT_CONNECTED,
  },
  'not-possible-here': {
    title: 'This machine cannot connect to the inbox',
    party: 'network',
    certainty: 'likely',
    remedy:
      'Check the firewall and resource limits of the machine that runs the gate: the error code is from its operating system.',
    reproduce: NOT_CONNECTED,
  },
  'timed-out': {
    title: 'Connection to the inbox timed out',
    party: 'network',
    certainty: 'likely',
    remedy: (evidence: Values) =>
      listOf('Find out what drops the connection request: a firewall, or a server that is down.', [
        `Check the port in \`delivery.inbox\`${usualPort(evidence)}.`,
        "Allow connections from the gate's IP address in the firewalls of the inbox server and of its network.",
        'Allow connections to this port in the firewall of the machine that runs the gate.',
      ]),
    reproduce: CONNECTION_TIMED_OUT,
  },
  refused: {
    title: 'Connection to the inbox refused',
    party: 'inbox',
    certainty: 'likely',
    remedy: (evidence: Values) =>
      listOf(
        'Start the inbox server, or correct the port in `delivery.inbox`: nothing listens there, or a firewall rejects it.',
        [
          `Check the port${usualPort(evidence)}. On the server, \`ss -ltn\` lists the ports on which it listens.`,
          'If it listens on 127.0.0.1 only, and the gate is not on that machine, configure it to listen on all IP addresses.',
        ],
      ),
    reproduce: NOT_CONNECTED,
  },
  'refused-in-container': {
    title: 'Loopback address in the container of the job',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ services = '' }) =>
      `Replace the host in \`delivery.inbox\` with the name of the service${services === '' ? '' : ` (${services})`}, and the port with the one on which the service itself listens: the job runs in a container, whose loopback addresses are not those of a service. \`ports:\` publishes a port outside of this container, not in it.`,
    reproduce: NOT_CONNECTED,
  },
  'tls-version': {
    title: 'Inbox supports only old TLS versions',
    party: 'inbox',
    certainty: 'certain',
    remedy: ({ required = '' }) =>
      `Enable ${required.replace('v', ' ')} or later on the inbox server. The SMTP server is not affected.`,
    examples: 'Dovecot: `ssl_min_protocol`, with an OpenSSL that supports the version.',
    reference: 'RFC 8997',
    reproduce: { command: 'inbox-tls', shows: ({ alert }) => (alert === undefined ? '' : `SSL alert number ${alert}`) },
  },
  'tls-failed': {
    title: 'TLS handshake with the inbox failed',
    party: 'inbox',
    certainty: 'likely',
    remedy: listOf("Look for the reason in the inbox server's log, at the time of the test. The usual ones are:", [
      'It cannot load its certificate or its private key.',
      'It requires a client certificate.',
      'It accepts only cipher suites or curves that current clients do not use.',
    ]),
    reproduce: HANDSHAKE_FAILED,
  },
  'handshake-timeout': {
    title: 'TLS handshake with the inbox timed out',
    party: 'inbox',
    certainty: 'likely',
    remedy: (evidence: Values) =>
      `Check the port in \`delivery.inbox\`${usualPort(evidence)}: a server without TLS on this port, or for another protocol, does not reply. If the port is correct, look in the inbox server's log: the server may be overloaded.`,
    reproduce: SILENT,
  },
  'not-tls': {
    title: 'Inbox does not use TLS on this port',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ inbox = '' }: Values) =>
      inbox.includes('+')
        ? `Use \`${inbox.replace(/s:.*/, '')}://\` in \`delivery.inbox\`, without a username and password, or the port for HTTPS: the server replies unencrypted on this port.`
        : `Use the port for implicit TLS (993 for IMAP, 995 for POP3), or \`${inbox.replace(/s:.*/, '')}://\`, which starts TLS after the greeting: the server replies unencrypted on this port.`,
    reproduce: { command: 'inbox-tls', shows: 'wrong version number' },
  },
  'other-protocol': {
    title: 'Inbox is a server for another protocol',
    party: 'configuration',
    certainty: 'certain',
    remedy: 'Correct the scheme, the host or the port in `delivery.inbox`. No password was sent.',
    reproduce: FIRST_LINE_OF_INBOX,
  },
  'greeting-refused': {
    title: 'Inbox refuses the connection',
    party: 'inbox',
    certainty: 'likely',
    remedy: ({ inboxReply = '' }: Values) => refusalFix(inboxReply),
    reproduce: DIALOGUE,
  },
  'no-greeting': {
    title: 'Inbox sends no greeting',
    party: 'configuration',
    certainty: 'likely',
    remedy: (evidence: Values) => {
      const { inbox = '' } = evidence;
      const isPlain = /^(?:imap|pop3):/.test(inbox);
      const check = `Check the scheme and the port in \`delivery.inbox\`${usualPort(evidence)}.`;
      const slow = 'If both are correct, the inbox server is overloaded, or waits for a lookup of the client in DNS.';
      if (!isPlain) return `${check} ${slow}`;
      return listOf(check, [
        `If the port is for implicit TLS, use \`${inbox.split(':')[0] ?? ''}s://\`: such a server waits for the client, and the gate waits for a greeting.`,
        slow,
      ]);
    },
    reproduce: SILENT,
  },
  'no-reply': {
    title: 'Inbox does not reply in time',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      "Look in the inbox server's log for what it was waiting for: its user database, its disk, or a lock on the mailbox. If it is only slow, raise `timeout`.",
    reproduce: NO_REPLY,
  },
  'connection-lost': {
    title: 'Inbox closes the connection',
    party: 'inbox',
    certainty: 'likely',
    remedy: ({ inboxReply = '' }: Values) =>
      inboxReply === ''
        ? "Look for the end of the session in the inbox server's log. If the log shows nothing, a firewall or proxy in between closed the connection."
        : refusalFix(inboxReply),
    reproduce: CONNECTION_LOST,
  },
  'mailbox-not-opened': {
    title: 'Inbox accepts the login but cannot open the mailbox',
    party: 'inbox',
    certainty: 'certain',
    remedy: ({ user }: Values) =>
      listOf(
        `Look in the inbox server's log for why it cannot open the mailbox${user === undefined ? '' : ` of \`${user}\``}: the login succeeded, but probably the path, the permissions or the user ID of the mail is wrong.`,
        [
          'The path of the mail is wrong, or the server has no permission there. Dovecot: `mail_location`, from 2.4 `mail_path`.',
          'The user ID to which the mail belongs is not allowed. Dovecot: `first_valid_uid` and `last_valid_uid`.',
          'A namespace or a plugin, such as quota, is not configured correctly.',
        ],
      ),
    reproduce: DIALOGUE,
  },
  'server-error': {
    title: 'Inbox has a temporary problem',
    party: 'inbox',
    certainty: 'likely',
    remedy: "Look for the error in the inbox server's log for the time of the test. Then run the gate again.",
    reproduce: DIALOGUE,
  },
  'login-unavailable': {
    title: 'Inbox cannot check the login now',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      "Look in the inbox server's log for an error of its authentication service (a database, LDAP or PAM that it cannot reach), and fix that. The password was not checked, so do not change it.",
    examples: 'Dovecot: `doveadm auth test USER`, and lines with "auth: Error" in its log.',
    reproduce: DIALOGUE,
    reference: 'RFC 5530 section 3',
  },
  'too-many-sessions': {
    title: 'Too many sessions with the inbox',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ user }) =>
      listOf(
        `Close other sessions of ${user === undefined ? 'this account' : `\`${user}\``} with the inbox server, or use a mailbox that only the gate uses.`,
        [
          'Sessions of jobs that run at the same time count, too. In a workflow, `concurrency` prevents that.',
          'The administrator of the inbox server can raise its limit. The username and password are probably correct.',
        ],
      ),
    examples:
      'Dovecot: `doveadm who USER` lists the sessions, `doveadm kick USER` ends them, and `mail_max_userip_connections` is the limit for one user at one IP address.',
    reproduce: DIALOGUE,
    reference: 'RFC 5530 section 3',
  },
  'login-throttled': {
    title: 'Inbox temporarily blocks logins',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ user }) =>
      listOf(
        'Wait before the next run: the server blocks logins, and its reply does not show whether the credentials are correct.',
        [
          `Find out what logs in ${user === undefined ? '' : `as \`${user}\` `}too often, or with an old password: another job, monitoring, a mail client.`,
          'Use a mailbox that only the gate uses, or run the gate less often.',
        ],
      ),
    reproduce: DIALOGUE,
  },
  'mailbox-in-use': {
    title: 'Mailbox is open in another session',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Use a mailbox that no other client and no other job opens: according to the server, another session prevents the access. Or run the gate again when that session has ended.',
    reproduce: DIALOGUE,
    reference: 'RFC 5530 section 3',
  },
  'login-delay': {
    title: 'Logins to the inbox too frequent',
    party: 'configuration',
    certainty: 'certain',
    remedy:
      'Wait longer between two runs, and use a mailbox of its own for each endpoint: the server requires a minimum time between two logins to the same mailbox. Or have its administrator lower that time.',
    reproduce: { command: 'inbox', shows: ({ inboxReply = '' }) => responseCode(inboxReply) },
    reference: 'RFC 2449 section 8.1.1',
  },
  busy: {
    title: 'Mailbox is in use',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Use a mailbox that no other client and no other job reads, or `imaps://`: a POP3 mailbox can be open in one session only.',
    reproduce: { command: 'inbox', shows: ({ inboxReply = '' }) => responseCode(inboxReply) },
  },
  'starttls-not-offered': {
    title: 'Inbox does not offer STARTTLS',
    party: 'inbox',
    certainty: 'certain',
    remedy: ({ inbox = '' }: Values) =>
      `Enable TLS on the inbox server, or use \`${inbox.startsWith('pop3') ? 'pop3s' : 'imaps'}://\` if it has a port with implicit TLS. The gate sends no password without TLS.`,
    examples:
      'Dovecot: `ssl = yes` with `ssl_server_cert_file` and `ssl_server_key_file` (2.3: `ssl_cert` and `ssl_key`).',
    reproduce: WITHOUT_STARTTLS,
  },
  'starttls-refused': {
    title: 'Inbox refuses STARTTLS',
    party: 'inbox',
    certainty: 'likely',
    remedy: ({ inbox = '' }: Values) =>
      `Look in the inbox server's log: usually the server cannot load its certificate or private key, or TLS is not enabled. Or use \`${inbox.startsWith('pop3') ? 'pop3s' : 'imaps'}://\` if it has a port with implicit TLS.`,
    reproduce: DIALOGUE,
  },
  'data-after-starttls': {
    title: 'Data injected after STARTTLS',
    party: 'network',
    certainty: 'likely',
    remedy:
      'Treat this as a security incident: a server sends nothing between its reply to STARTTLS and the handshake, so something between the gate and the inbox probably inserted the data. Use `imaps://` or `pop3s://`. If the server itself sends it, replace its software.',
    reference: 'RFC 9051 section 6.2.1',
    reproduce: INJECTED,
  },
  preauth: {
    title: 'Inbox greets with PREAUTH',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Use `imaps://`: after PREAUTH, no client can start TLS. If the server is not meant to send PREAUTH, a device between the gate and the inbox may insert it to prevent TLS: treat this as a security incident.',
    reference: 'RFC 9051 section 7.1.4',
    reproduce: GREETS_WITH_PREAUTH,
  },
  'invalid-reply': {
    title: 'Inbox sends invalid replies',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Update the software of the inbox server, or remove a proxy in front of it: its replies violate the protocol.',
    reproduce: DIALOGUE,
  },
  'too-much-data': {
    title: 'Inbox sends too much data',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Use an empty mailbox that only the gate uses. If the error persists, use a different inbox server: no normal reply reaches this limit.',
  },
  'too-many-messages': {
    title: 'Too many messages in the inbox',
    party: 'inbox',
    certainty: 'certain',
    remedy: 'Delete old messages, or use a mailbox that only the gate uses.',
    reproduce: HOW_MANY_MESSAGES,
  },
  'not-all-read': {
    title: 'Too many messages look like the test message',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Look at the messages with this identifier in the mailbox, and find out who sends them: bounces, automatic replies or a mail loop. Then delete them.',
  },
  ...API_CAUSES,
} as const satisfies Readonly<Record<string, Cause>>;

/** Why the inbox server, which works, does not allow the gate to read the test message. */
export const INBOX_REJECTED_CAUSES = {
  ...INBOX_LOGIN_CAUSES,
  ...API_REJECTED_CAUSES,
  'login-disabled': {
    title: 'Inbox does not allow a login with a password',
    party: 'inbox',
    certainty: 'certain',
    remedy:
      'Allow password logins over TLS (`AUTH=PLAIN` or LOGIN) on the inbox server: it announces `LOGINDISABLED` over TLS, and no mechanism that the gate supports, so no login was sent. If a proxy terminates TLS in front of it, configure the server to treat connections from the proxy as secure. The username and password are not the problem.',
    examples: 'Dovecot: `auth_mechanisms = plain login`, and behind a proxy `haproxy_trusted_networks`.',
    reference: 'RFC 9051 section 6.2.3',
    reproduce: LOGIN_DISABLED,
  },
  'mailbox-missing': {
    title: 'Mailbox does not exist',
    party: 'configuration',
    certainty: 'certain',
    remedy: ({ mailbox = '', requested = mailbox }) =>
      `Correct the mailbox in the path of \`delivery.inbox\`: the server has no "${requested}", or does not allow the account to see it. Or create that mailbox. The username and password are correct.`,
    reference: 'RFC 9051 section 6.3.2',
    reproduce: DIALOGUE,
  },
  'mailbox-separator': {
    title: 'Mailbox name has the wrong separator',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ separator = '', suggested = '' }) =>
      `Change the mailbox in the path of \`delivery.inbox\` to "${suggested}": this server separates the parts of a name with "${separator}". If that mailbox does not exist either, create it. The username and password are correct.`,
    reference: 'RFC 9051 section 6.3.10',
    reproduce: DIALOGUE,
  },
  'mailbox-refused': {
    title: 'Mailbox cannot be opened',
    party: 'inbox',
    certainty: 'likely',
    remedy: ({ inboxReply = '' }: Values) => {
      if (/\berror\b|\bcorrupt|\bfail(?:ed|ure)\b|\bno such file\b/i.test(inboxReply)) {
        return "Look in the inbox server's log for the error that the reply reports: usually the path, the permissions or an index of the mailbox. The username and password are correct.";
      }
      return /\bNOPERM\b|\bACL\b|\bdenied\b|\bpermission\b|\bnot allowed\b/i.test(inboxReply)
        ? 'Allow the account to read the mailbox (its ACL), or use a different mailbox: according to the reply, it may not. The username and password are correct.'
        : "Do what the reply says, or use a different mailbox. If it gives no reason, look in the inbox server's log, and check that the account may read the mailbox (its ACL). The username and password are correct.";
    },
    reference: 'RFC 9051 section 6.3.2',
    reproduce: DIALOGUE,
  },
  'over-quota': {
    title: 'Quota of the mailbox exceeded',
    party: 'inbox',
    certainty: 'likely',
    remedy: 'Delete old messages from the account of the inbox, or raise its quota.',
    reference: 'RFC 5530 section 3',
    reproduce: DIALOGUE,
  },
  'command-refused': {
    title: 'Inbox rejects a request of the gate',
    party: 'inbox',
    certainty: 'likely',
    remedy: ({ inbox = '' }: Values) =>
      inbox.startsWith('pop3')
        ? 'Allow what the reply names: the account must be allowed to read this mailbox, and the POP3 server must support UIDL and TOP.'
        : 'Allow what the reply names: the account must be allowed to read this mailbox.',
    reproduce: REQUEST_REFUSED,
  },
  'not-deleted': {
    title: 'Test message not deleted',
    party: 'inbox',
    certainty: 'likely',
    remedy: 'Allow the account to delete messages in this mailbox, or set `delivery.keep: true`.',
  },
  'message-gone': {
    title: 'Test message removed before it was read',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Use a mailbox that only the gate reads: another program removes mail from this one (a mail client with rules, a fetcher, or another job with the same inbox).',
    reproduce: DISAPPEARS,
  },
} as const satisfies Readonly<Record<string, Cause>>;
