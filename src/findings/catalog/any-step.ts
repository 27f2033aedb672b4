import { listOf } from '../../text/lists.js';
import { STEP_IDS } from '../../report/report.js';
import { SLOWER_THAN_TIMEOUT } from '../commands/swaks.js';
import { TEMPORARY } from './auth-causes.js';
import { blocklistErrors, listedClient } from './blocklist.js';
import { connectionLimit, SERVER_BUSY } from './limits.js';
import { accountCauses } from './provider-account.js';
import { others } from './rejections/parts.js';
import { OF_SERVER } from './rejections/server.js';
import { beginning, entriesOf, FIRST_LINE, REPLY, stable, type CatalogEntry, type Values } from './entry.js';
import { EARLIER, fields } from './evidence.js';
import { AFTER_EARLIER_ATTEMPT, AT_EHLO_OVER_TLS, closedAs } from './worked-before.js';

const { error, warning } = entriesOf(STEP_IDS);
const TIMEOUT = fields('waited', 'awaited', 'received', 'attemptLimit', 'timeout', ...EARLIER);

/** At which point the connection ended. */
function whileAwaiting(awaited: string): string {
  return awaited.startsWith('the reply to ') ? `because of ${awaited.slice('the reply to '.length)}` : 'at this point';
}

const SHOWS_REPLY = { command: 'as-far-as', shows: REPLY } as const;

/** swaks does not wait for a connection that ends later. */
const WHEN_CLOSED = {
  command: 'as-far-as',
  shows: ({ awaited = '', detail = '' }: Values) => (awaited.startsWith('the ') ? closedAs(detail) : ''),
} as const;

/** What curl prints if there was no session yet. */
const WHEN_NOT_OPENED = {
  command: 'connect',
  shows: ({ awaited, detail }: Values) =>
    awaited === undefined && detail === 'ECONNRESET' ? 'Connection reset by peer' : '',
} as const;

/** A reply that no command asked for. */
const UNSOLICITED = { command: 'unsolicited', shows: ({ line = '' }: Values) => stable(line) } as const;

/** swaks prints this if a reply does not arrive within its timeout, which is then that of the gate. */
const NO_REPLY = { command: 'as-far-in-time', shows: 'waiting for server response' } as const;

const SLOW_REPLY = { command: 'slow-reply', shows: SLOWER_THAN_TIMEOUT } as const;

/** What `cat -ve` prints for a line that ends with a bare LF, if every session has the same line. */
function lineWithItsEnd({ line = '' }: Values): string {
  return /^[ -~]+$/.test(line) && !line.includes('<redacted>') && stable(line) === line ? `${line}$` : '';
}

/** Findings that any step can report. */
export const ANY_STEP = {
  'connection-lost': error(
    'Connection lost',
    'The connection was closed or reset while the gate waited for a reply (`awaited`), by the server or by something between client and server. Typical causes are access lists, overload, a crashed worker process, or a firewall with a short idle timeout.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: ({ awaited = '' }: Values) =>
        `Check the server's log for the time of the run: the process that handled the connection may have crashed, or a rule may have closed the connection ${whileAwaiting(awaited)}. If the log says that the client disconnected, a firewall or an intrusion prevention system in between probably closed the connection: compare with a connection from a different network.`,
      reproduce: WHEN_CLOSED,
    },
    {
      evidence: fields('detail', 'awaited', 'address', 'received', 'reply', 'mechanism', ...EARLIER),
      reference: 'RFC 5321 section 3.8',
      causes: {
        ...AFTER_EARLIER_ATTEMPT,
        'on-connect': {
          title: 'Connection closed without a greeting',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Check the log of the server, and of any proxy or load balancer in front of it, for the time of the run.',
            [
              "Usually a rule, a blocklist or a connection limit rejects the gate's IP address.",
              'Or the mail server behind a proxy is not running.',
              'If this port expects the PROXY protocol, connect through the proxy, or disable that protocol for this port.',
            ],
          ),
          examples:
            'Common places: postscreen and `smtpd_client_connection_count_limit` in Postfix, `hosts.deny`, fail2ban.',
          reproduce: { ...WHEN_CLOSED, otherwise: WHEN_NOT_OPENED },
        },
        'before-auth': { ...AT_EHLO_OVER_TLS['before-auth'], reproduce: WHEN_CLOSED },
        'before-auth-over-tls': { ...AT_EHLO_OVER_TLS['before-auth-over-tls'], reproduce: WHEN_CLOSED },
        announced: {
          title: 'Server ended the session',
          party: 'server',
          certainty: 'certain',
          remedy:
            "Look for the reason in the text of the reply, or in the server's log for the time of the run: the server ended the session with 221, which is normally the reply to QUIT. Typical causes are a limit on errors or commands per session, and a rule that rejects this client.",
          reproduce: SHOWS_REPLY,
        },
        'after-auth': {
          title: 'Connection lost after AUTH',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Check the server's log for the time of the run: the authentication service may be down or not reachable, or the server blocks the gate's IP address after too many failed logins. The credentials themselves may be correct.",
          reproduce: WHEN_CLOSED,
        },
        'during-message': {
          title: 'Connection lost during the message',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            "Check the server's log for the time of the run: a size limit or a content filter may have ended the session.",
            [
              'If the log shows nothing, test with a smaller message (`delivery.attachment-bytes`).',
              'If only the smaller one arrives, a device in between probably drops large packets (path MTU).',
            ],
          ),
        },
        'after-message': {
          title: 'Connection lost after the message',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Check the server's log for the time of the run: a content filter, or a process that handles the message, probably failed. The whole message was sent, but the server did not say whether it accepted the message, so it may still arrive. The gate does not send it again.",
          reference: 'RFC 5321 section 4.5.3.2.6',
          reproduce: WHEN_CLOSED,
        },
      },
    },
  ),
  'reply-timeout': error(
    'Reply timed out',
    'The gate did not receive a complete reply within `timeout`. The connection is open, but the server sends nothing, sends its reply too slowly, or never ends it. `awaited` is the missing reply, and `received` is the part of it that arrived.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Check the server's log to find out what it waits for at this point: usually a DNS lookup of the client or the sender, a blocklist, or a policy service that does not respond. If the server is slow by design (tarpit), raise `timeout`.",
      reproduce: NO_REPLY,
    },
    {
      evidence: TIMEOUT,
      reference: 'RFC 5321 section 4.5.3.2',
      causes: {
        ...AFTER_EARLIER_ATTEMPT,
        'no-greeting': {
          title: 'No greeting',
          party: 'server',
          certainty: 'likely',
          remedy: listOf('Check whether the mail server is running, and look in its log for this connection.', [
            "Its process may crash at startup because of a wrong setting, be overloaded, or wait for a DNS or blocklist lookup of the gate's IP address.",
            'If a proxy is in front of the server, the server may not respond to it, or may expect the PROXY protocol, which a direct connection does not use.',
            'If it delays its greeting by design, raise `timeout`.',
          ]),
          examples:
            'Postfix: "fatal" and "throttling" in the log mean that the process dies at start, often because of an option in `master.cf`: a space next to the `=` of `-o name=value` is an error.',
          reproduce: NO_REPLY,
        },
        'short-wait': {
          title: 'No greeting',
          party: 'configuration',
          certainty: 'likely',
          remedy:
            "Raise `timeout` to its default or above: some servers delay their greeting by several seconds, or first look up the client in DNS and in blocklists. If there is still no greeting, check the server's log: the server may be overloaded, or expect the PROXY protocol.",
          examples: 'Postfix: postscreen waits for 6 seconds.',
          reproduce: NO_REPLY,
        },
        'no-greeting-over-tls': {
          title: 'No greeting over TLS',
          party: 'configuration',
          certainty: 'likely',
          remedy: listOf('Check the port: SMTP with implicit TLS usually uses 465.', [
            'In other protocols over TLS, such as HTTPS, the server waits for the client to speak first.',
            'If the port is right and a proxy terminates TLS, check that the mail server behind it responds. Either both must use the PROXY protocol, or neither.',
          ]),
          reproduce: NO_REPLY,
        },
        incomplete: {
          title: 'Incomplete reply',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Compare the part that arrived with RFC 5321: the last line of a reply must have a space after the code, and every line must end with CR LF. If the server sends its lines slowly by design (tarpit), raise `timeout`. Otherwise, find out what the server waits for in the middle of its reply.',
          reference: 'RFC 5321 section 4.2.1',
          reproduce: NO_REPLY,
        },
        'after-auth': {
          title: 'No reply to AUTH',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Check the server's authentication service (SASL, LDAP, RADIUS, PAM or a database), which probably does not respond, and the server's log. If the server delays its reply after failed logins, raise `timeout`.",
          reproduce: NO_REPLY,
        },
        'during-message': {
          title: 'Server stopped reading the message',
          party: 'network',
          certainty: 'likely',
          remedy: listOf('Test with a smaller message (`delivery.attachment-bytes`).', [
            'If it arrives, a device between client and server probably drops large packets: check the path MTU, and that ICMP "fragmentation needed" is not blocked.',
            'Otherwise, check whether a content filter on the server stops reading.',
          ]),
        },
        'after-message': {
          title: 'No reply after the message',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Check the server's content filter (virus scanner, spam filter), which is the usual cause. Or raise `timeout`: RFC 5321 asks clients to wait ten minutes here. The message may or may not be delivered. The gate does not send it again.",
          reference: 'RFC 5321 section 4.5.3.2.6',
          reproduce: SLOW_REPLY,
        },
        'after-message-in-short-time': {
          title: 'No reply after the message within a short timeout',
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ timeout = '' }: Values) =>
            `Raise \`timeout\`, which is set to ${timeout}: the default is 15 s, and RFC 5321 asks clients to wait ten minutes here. swaks with \`--timeout 600 --show-time-lapse\` shows how long the reply takes. If there is none, check the server's content filter (virus scanner, spam filter). The message may or may not be delivered. The gate does not send it again.`,
          reference: 'RFC 5321 section 4.5.3.2.6',
          reproduce: SLOW_REPLY,
        },
      },
    },
  ),
  'protocol-error': error(
    'Invalid SMTP reply',
    'The server sent something that is not a valid SMTP reply. Examples are a line without a three-digit code, different codes in one reply, a code that is not allowed at this point, a reply that no command asked for, and a line or reply that never ends.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Update the server, or the proxy in front of it. If the server itself sends a valid reply, a device between client and server changes it: disable SMTP inspection on that device.',
      reproduce: {
        command: 'as-far-as',
        shows: ({ line }: Values) => beginning(line),
      },
    },
    {
      evidence: fields('line', 'reply', 'awaited', 'mechanism', 'saslError', 'fault'),
      reference: 'RFC 5321 section 4.2',
      causes: {
        'unknown-protocol': {
          title: 'Not an SMTP greeting',
          party: 'configuration',
          certainty: 'likely',
          remedy:
            'Check `host` and `port`: a different service, or a proxy that is not configured for SMTP, probably listens there. Submission uses port 587 or 465; MX hosts use port 25.',
          reference: 'RFC 5321 section 3.1',
          reproduce: { command: 'first-lines', shows: FIRST_LINE },
        },
        'mixed-codes': {
          title: 'Different codes in one reply',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Find the program that writes this reply, and change it to send the same code in every line. Often it is a script, a proxy or a content filter that replies in place of the mail server. If there is none, update the mail server.',
          reference: 'RFC 5321 section 4.2.1',
          reproduce: {
            command: 'as-far-as',
            shows: ({ line }: Values) => beginning(line),
          },
        },
        'unsolicited-error': {
          title: 'PROXY header treated as a command',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Check the proxy or load balancer in front of the server: it probably sends a PROXY protocol header, which the server treats as a command. Enable the PROXY protocol for this port of the server, or disable it in the proxy.',
          examples:
            'Postfix: `-o smtpd_upstream_proxy_protocol=haproxy` for the service on this port in `master.cf`. Exim: `hosts_proxy`. Dovecot: `haproxy = yes`. In HAProxy, `send-proxy` sends the header.',
          reproduce: UNSOLICITED,
        },
        'unsolicited-reply': {
          title: 'Unsolicited reply',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Check the server's log, or a packet capture on the server, to find out whether it sends this reply. If so, update the server. Otherwise, a proxy or a device between client and server inserts the reply, or a command of its own. The gate did not ask for this reply, so every later reply would be matched with the wrong command.",
          reproduce: UNSOLICITED,
        },
        'unexpected-code': {
          title: 'Unexpected reply code',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Fix the server, or the proxy or script that replies in its place: the reply is valid SMTP, but its code is not allowed here.',
          reproduce: { command: 'as-far-as', shows: REPLY },
        },
      },
    },
  ),
  'bare-line-feed': warning(
    'Lines end with a bare LF',
    'The server ends lines with LF, but SMTP requires CR LF. Most clients accept this, and so does the gate. Strict clients hang or close the connection.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Fix the server, or the script that acts as one, so that each line ends with CR LF.',
      reproduce: { command: 'line-ends', shows: lineWithItsEnd },
    },
    {
      evidence: {
        reply: 'the first reply that has such a line',
        line: 'the first such line',
        awaited: 'which reply that is',
      },
      reference: 'RFC 5321 section 2.3.8',
    },
  ),
  throttled: error(
    'Server temporarily unavailable',
    'On every attempt the server replied with 421, or rejected the connection or EHLO with another temporary code. It is running, but it does not serve this client now. `awaited` is the reply that the gate was waiting for.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        "Look for this reply in the server's log for the time of the run: the reply does not say whether the server rejects every client or only this one.",
        [
          'If it rejects every client, check that the mail service and the services that it depends on are running, and not in maintenance mode.',
          "If it rejects only this one, the rule in the log applies to the gate's IP address.",
        ],
      ),
      reproduce: SHOWS_REPLY,
    },
    {
      evidence: fields('reply', 'awaited', 'sameHost'),
      reference: 'RFC 5321 section 3.8',
      causes: {
        'connection-limit': connectionLimit(SHOWS_REPLY),
        'server-busy': { ...SERVER_BUSY, reproduce: SHOWS_REPLY },
        'rate-limit': {
          title: 'Too many connections or requests in a short time',
          party: 'server',
          certainty: 'likely',
          remedy: (evidence: Values) =>
            evidence.sameHost === undefined
              ? listOf(
                  "Run the gate again later: other clients, or earlier runs, probably used up the server's limit for this IP address or account.",
                  [
                    "If it persists, raise the limit, or exempt the gate's IP address from it.",
                    'Clients that share an IP address, such as GitHub-hosted runners, also share its limits.',
                  ],
                )
              : listOf(
                  `Test one endpoint of this server at a time (\`per-host: 1\`): ${others(evidence)} used the same server in this run, and such a limit usually counts all of them together.`,
                  [
                    "If it persists, raise the limit, or exempt the gate's IP address from it.",
                    'Clients that share an IP address, such as GitHub-hosted runners, also share its limits.',
                  ],
                ),
          reproduce: SHOWS_REPLY,
        },
        reputation: {
          title: "Mail deferred because of the client's IP address",
          party: 'network',
          certainty: 'likely',
          remedy: listOf(
            'Send through a submission server (port 587 or 465) with `auth`, where the IP address of the client usually does not matter.',
            [
              'Or run the gate on a machine with a fixed IP address of good reputation.',
              'The server defers mail from addresses, or whole networks, that send a lot of spam: running the gate again rarely helps.',
            ],
          ),
          reproduce: SHOWS_REPLY,
        },
        'sender-authentication': {
          title: 'Mail not authenticated by SPF or DKIM',
          party: 'configuration',
          certainty: 'likely',
          remedy: listOf(
            'Send through the submission server of the sender (port 587 or 465, with `auth`): the gate is not authorized to send mail for its domain directly.',
            ['To test only the TLS of this server, remove `delivery`.'],
          ),
          reproduce: SHOWS_REPLY,
        },
        'service-inactive': {
          title: 'Mail service is inactive',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Activate the mail service on the server, or end its maintenance mode: according to the reply, the service is inactive. Until then, running the gate again does not help.',
          examples:
            'Exchange: `Get-ServerComponentState SERVER` shows what is inactive, often after an update that did not finish.',
          setting: 'service-state',
          reproduce: SHOWS_REPLY,
        },
        maintenance: {
          title: 'Server is shutting down or in maintenance',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Run the gate again when the server is back in service. If it persists, check why the mail service does not start, and whether its maintenance mode was left on. Also check why a load balancer still sends connections to this server.',
          setting: 'service-state',
          reproduce: SHOWS_REPLY,
        },
        'disk-full': { ...OF_SERVER['disk-full'], reproduce: SHOWS_REPLY },
        'out-of-resources': { ...OF_SERVER['out-of-resources'], reproduce: SHOWS_REPLY },
        'too-many-failures': TEMPORARY['too-many-failures'],
        'too-many-errors': {
          title: 'Too many errors in one session',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Find this session in the server's log, which shows the commands that the server counted as errors. Commands of a proxy, or of a device in between that inspects SMTP, count too.",
          examples: 'Postfix: `smtpd_hard_error_limit` is the limit, and its log quotes the commands.',
          reproduce: SHOWS_REPLY,
        },
        idle: {
          title: 'Server closed an idle session',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Increase how long the server waits for a command: RFC 5321 recommends at least five minutes. Fewer `probes`, or `tls.check: single`, also help, because each additional connection delays the next command.',
          reference: 'RFC 5321 section 4.5.3.2.7',
        },
        'ehlo-name': {
          title: 'EHLO name temporarily rejected',
          party: 'configuration',
          certainty: 'likely',
          remedy:
            "Set `ehlo` to a fully qualified name that resolves, ideally to the gate's public IP address. The reply is about the name in EHLO.",
          reference: 'RFC 5321 section 4.1.4',
          reproduce: SHOWS_REPLY,
        },
        'client-name': {
          title: 'No reverse DNS for the gate',
          party: 'configuration',
          certainty: 'likely',
          remedy: listOf("Add a PTR record for the gate's public IP address, with a name that resolves back to it.", [
            'Or run the gate on a machine that has one, or exempt the IP address on the server.',
            "If the record exists, the name servers probably did not respond to the server's lookup: run the gate again later.",
          ]),
          reproduce: SHOWS_REPLY,
        },
        blocklist: listedClient({ command: 'as-far-as' }),
        ...blocklistErrors({ command: 'as-far-as' }),
        ...accountCauses(SHOWS_REPLY),
        'client-rejected': {
          title: 'Client temporarily rejected',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            "Find the rule that rejects the client in the server's log for the time of the run, and exempt the gate's IP address from it.",
            [
              'If the server greylists, running the gate again a few minutes later also helps.',
              'If the server is not yours, run the gate on a machine with a different IP address, or test a submission server with `auth`.',
            ],
          ),
          setting: 'greeting-rejected',
          reproduce: SHOWS_REPLY,
        },
        'server-problem': {
          title: 'Server reports an internal error',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Look for this error in the server's log for the time of the run. The server reports an internal problem, often with its configuration, or with a file, a database or a service that it needs.",
          reproduce: SHOWS_REPLY,
        },
        'error-as-greeting': {
          title: 'Server reports an internal error as its greeting',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'If this port is for a proxy or load balancer, connect through that: the server probably waited for a PROXY protocol header, which a direct connection does not send.',
            [
              'Or disable that protocol for this port.',
              "Otherwise, check the server's log for the time of the run: a file, a database or a service that the server needs is probably missing.",
            ],
          ),
          examples:
            'Postfix: `smtpd_upstream_proxy_protocol` and `postscreen_upstream_proxy_protocol`; the log says "haproxy read: timeout error".',
          reproduce: SHOWS_REPLY,
        },
        'next-server': {
          title: 'Server cannot reach the server behind it',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Check that the server behind this one is running, and that its address and port are correct in this server's configuration. This server's log for the time of the run shows the connection error.",
          examples: 'Dovecot: `submission_relay_host` and `submission_relay_port`.',
          setting: 'relay-unavailable',
          reproduce: SHOWS_REPLY,
        },
      },
    },
  ),
  'probe-inconclusive': warning(
    'Probe inconclusive',
    'A probe in `probes` could not be completed on its own connection, although the main session got this far. Typical causes are a rate limit, a temporary reply, a timeout, a server that requires a client certificate (a probe sends none), or rejections of MAIL that may be only about the sender. The probe has no result, so the step does not pass.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Run the gate again. If it persists, exempt the gate's IP address from connection limits, or remove the probe from `probes` for this endpoint.",
    },
    {
      causes: {
        'client-certificate': {
          title: 'Client certificate required, but probes send none',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Remove the probe from `probes` for this endpoint. The server requires a client certificate, and probes send no credentials.',
        },
        'ambiguous-refusal': {
          title: 'Reason for the rejection of MAIL unknown',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Configure the server to check TLS and AUTH first (530), if possible: it rejects both senders of the probe for other reasons, before it says whether it requires TLS or AUTH. Otherwise, remove the probe from `probes` for this endpoint.',
        },
      },
      steps: ['capability', 'upgrade', 'authentication'],
      evidence: {
        ...TIMEOUT,
        ...fields('detail', 'address', 'line', 'reply', 'protocol', 'alert', 'name'),
        probe: 'the name of the probe',
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
