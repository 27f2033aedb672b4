import { AUTH_OF_CATCHER, CATCHER_EVIDENCE, withoutTls } from './mail-catchers.js';
import { blocklistErrors, listedClient } from './blocklist.js';
import { connectionLimit } from './limits.js';
import { listOf, together } from '../../text/lists.js';
import {
  entriesOf,
  FIRST_LINE,
  REPLY,
  type CatalogEntry,
  type Values,
  type Cause,
  type Reproduction,
} from './entry.js';
import { fields } from './evidence.js';

const { error, warning } = entriesOf(['capability']);

/** The steps that read the greeting and send the first EHLO: step 1, or step 4 with implicit TLS. */
const READS_GREETING = ['capability', 'authentication'] as const;

const SHOWS_REPLY = { command: 'ehlo', shows: REPLY } as const;
const SHOWS_LINE = { command: 'first-lines', shows: FIRST_LINE } as const;
const SPEAKS_OVER_TLS = { command: 'implicit-tls-greeting', shows: FIRST_LINE } as const;
const NOT_OFFERED = { command: 'starttls', shows: 'Host did not advertise STARTTLS' } as const;

/** Such a device hides which software the server runs, so the fix does not depend on it. */
const INSPECTION =
  "Disable SMTP inspection on the firewalls between client and server. To confirm the cause, send EHLO from the server's own network and compare the replies.";
const INSPECTION_EXAMPLES =
  'On a Cisco ASA or Firepower: `no inspect esmtp` in the policy map, or `allow-tls` in the inspection policy. On a Cisco PIX: `no fixup protocol smtp 25`.';

/** The setting that allows STARTTLS does not allow EHLO. */
const EHLO_EXAMPLES =
  'On a Cisco ASA or Firepower: `no inspect esmtp` in the policy map. On a Cisco PIX: `no fixup protocol smtp 25`.';

/** Its inspection overwrites text in a way that nothing else does. */
const CISCO = {
  party: 'network',
  certainty: 'likely',
  remedy: listOf(
    'Turn off the inspection of ESMTP for this server on the Cisco firewall (ASA, Firepower or PIX) between client and server: `no inspect esmtp` in the policy map; on a PIX, `no fixup protocol smtp 25`.',
    [
      'The mail server is probably configured correctly: send EHLO from its own network, and compare the replies.',
      'If the IP address belongs to the machine that runs the gate, the port is forwarded: look for the firewall on the other side.',
    ],
  ),
} as const;

const CISCO_ALLOW_TLS = 'To keep the inspection: `allow-tls` in a `policy-map type inspect esmtp`.';

/** What a filter on the machine of the server does. */
const ON_THIS_MACHINE = listOf(
  'Find out which program listens on the port, and disable its SMTP inspection, or the setting that removes keywords from the EHLO reply.',
  [
    'The IP address is that of this machine, so the program is the server itself, or a local proxy, virus scanner or content filter.',
    'If the port is forwarded (container, tunnel), check the machine behind it, and the network in between.',
  ],
);

const DISCARDED =
  'Postfix does not offer STARTTLS if `smtpd_discard_ehlo_keywords`, or a table in `smtpd_discard_ehlo_keyword_address_maps`, contains `starttls`.';

/** For a proxy with `mode http` or the like in its defaults. */
export const HTTP_ON_MAIL_PORT = {
  title: 'Mail port handled as HTTP',
  party: 'server',
  certainty: 'likely',
  remedy: listOf(
    'Configure the proxy or load balancer on this port to pass TCP through to the mail server: it handles connections as HTTP.',
    [
      'If there is no proxy, a web server listens on this port: start the mail server in its place.',
      'If this is not the host of the mail server, correct `host`.',
    ],
  ),
  examples:
    'HAProxy: `mode tcp` in the section of this port, because `mode http` in `defaults` applies to every section. nginx: a `server` in `stream` or `mail`, not in `http`. Traefik, Kubernetes and cloud load balancers: a TCP router or listener, not one for HTTP.',
} as const satisfies Partial<Cause>;

/** What such a server replies to EHLO begins like what it has replied to a ClientHello. */
export const SPOKEN_TO: Reproduction = {
  command: 'first-reply',
  shows: ({ line = '', data = line }: Values) =>
    /^(?:HTTP\/|AMQP|<[!?]?\w+|-(?:DENIED|NOAUTH|ERR))/.exec(data)?.[0] ?? '',
};

const STARTTLS_EXAMPLES =
  'Postfix: `smtpd_tls_security_level = may`, or `encrypt` on submission, and `smtpd_tls_chain_files`. Exim: `tls_advertise_hosts = *`, with `tls_certificate` and `tls_privatekey`.';

const PORTS = 'Submission uses port 587 (STARTTLS) or 465 (implicit TLS); MX hosts use port 25.';

/** Findings of step 1: greeting, EHLO, and whether STARTTLS is offered. */
export const CAPABILITY = {
  'greeting-rejected': error(
    'Server rejected the connection',
    'The greeting is a permanent rejection (5xx): the server does not serve this client, or accepts no mail.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Look for the reason in the text of the greeting, or in the server's log for the time of the run. Usually the gate's IP address is on a blocklist, or not on an allowlist.",
      setting: 'greeting-rejected',
      reproduce: SHOWS_REPLY,
    },
    {
      steps: READS_GREETING,
      evidence: fields('reply', 'sameHost'),
      reference: 'RFC 5321 section 3.1',
      causes: {
        'talked-too-early': {
          title: 'Server received data before its greeting',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Check the proxy or load balancer in front of the server: it probably sends a PROXY protocol header, which the server does not expect.',
            [
              'Enable the PROXY protocol for this port of the server, or disable it in the proxy.',
              'If there is no proxy, a device in between sends the data: the gate itself sends nothing before the greeting.',
            ],
          ),
          examples:
            'Exim: `hosts_proxy`. Postfix: `postscreen_upstream_proxy_protocol`. In HAProxy, `send-proxy` sends the header.',
          reproduce: SHOWS_REPLY,
        },
        'no-mail': {
          title: 'Host accepts no mail',
          party: 'configuration',
          certainty: 'likely',
          remedy: `Correct \`host\` or \`port\`, or remove the endpoint: this host says that it does not accept mail. ${PORTS} If the host accepts mail from other clients, it probably blocks the gate's IP address: exempt that address on the server.`,
          reference: 'RFC 7504 section 3',
          reproduce: SHOWS_REPLY,
        },
        blocklist: listedClient(SHOWS_REPLY),
        ...blocklistErrors(SHOWS_REPLY),
        'client-name': {
          title: 'No reverse DNS for the gate',
          party: 'configuration',
          certainty: 'likely',
          remedy:
            "Add a PTR record for the gate's public IP address, with a name that resolves back to it. Or run the gate on a machine that has one, or exempt the IP address on the server.",
          reproduce: SHOWS_REPLY,
        },
        'client-name-for-submission': {
          title: 'No reverse DNS for the gate',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Configure the server not to check reverse DNS on this port: clients authenticate there, and many have no PTR record. Or add a PTR record for the gate's public IP address, with a name that resolves back to it.",
          examples:
            'OpenSMTPD: remove the filter from the `listen` line of this port. Postfix: `reject_unknown_client_hostname` in the restrictions of this service.',
          reproduce: SHOWS_REPLY,
        },
        'rate-limit': connectionLimit(SHOWS_REPLY),
        'access-denied': {
          title: 'Server does not allow this client',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Allow the gate's IP address on the server or the firewall in front of it, or run the gate in a network that the server allows.",
          setting: 'greeting-rejected',
          reproduce: SHOWS_REPLY,
        },
      },
    },
  ),
  'not-smtp': error(
    'Not an SMTP server',
    'The server on this port does not speak SMTP. Its greeting is that of a different protocol, or it sends no greeting and replies to a TLS ClientHello in a different protocol (HTTP). Or it accepts LHLO instead of EHLO (LMTP).',
    {
      party: 'configuration',
      certainty: 'certain',
      remedy: `Correct \`host\` or \`port\`. ${PORTS}`,
      reproduce: SHOWS_LINE,
    },
    {
      steps: READS_GREETING,
      evidence: { ...fields('protocol', 'line', 'reply'), lhlo: 'the reply to LHLO' },
      reference: 'RFC 5321 section 3.1',
      causes: {
        mailbox: {
          title: 'Mailbox server, not an SMTP server',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Set `port` to that of the SMTP server, usually 587 or 465: this server is for reading mail. To read the test message from it, use `delivery.inbox`.',
          reproduce: SHOWS_LINE,
        },
        'client-speaks-first': {
          party: 'configuration',
          certainty: 'certain',
          remedy: `Correct \`host\` or \`port\`. ${PORTS} If a proxy or load balancer listens on this port, configure it to pass TCP connections to the mail server, not requests of a different protocol.`,
          reproduce: SPOKEN_TO,
        },
        'http-on-mail-port': {
          ...HTTP_ON_MAIL_PORT,
          reproduce: SPOKEN_TO,
        },
        lmtp: {
          title: 'LMTP server, not an SMTP server',
          party: 'configuration',
          certainty: 'certain',
          remedy: `Set \`port\` to that of the SMTP server. ${PORTS} LMTP is for the last step of delivery, from a mail server to the mailboxes; clients do not use it.`,
          reference: 'RFC 2033 section 4.1',
          reproduce: SHOWS_REPLY,
        },
        'by-greeting': {
          title: 'Probably not an SMTP server',
          party: 'configuration',
          certainty: 'likely',
          remedy: `Correct \`host\` or \`port\`. ${PORTS}`,
          reproduce: SHOWS_REPLY,
        },
      },
    },
  ),
  'ehlo-rejected': error(
    'EHLO rejected',
    'The server rejects EHLO. Without EHLO there are no extensions, so neither STARTTLS nor AUTH is available.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Look for the reason in the text of the reply, or in the server's log for the time of the run. Check the server's rules about the EHLO name and the gate's IP address.",
      setting: 'ehlo-rejected',
      reproduce: SHOWS_REPLY,
    },
    {
      about: 'ehlo',
      steps: READS_GREETING,
      evidence: fields('reply', 'helo', 'greeting'),
      reference: 'RFC 5321 section 4.1.1.1',
      resultType: 'starttls-not-supported',
      causes: {
        'ehlo-name': {
          title: 'EHLO name rejected',
          party: 'configuration',
          certainty: 'likely',
          remedy:
            "Set `ehlo` to a fully qualified name that resolves, ideally to the gate's public IP address. Or relax the server's rule about this name. The reply is about the name in EHLO.",
          setting: 'ehlo-rejected',
          reference: 'RFC 5321 section 4.1.4',
          reproduce: SHOWS_REPLY,
        },
        blocklist: listedClient(SHOWS_REPLY),
        ...blocklistErrors(SHOWS_REPLY),
        'access-denied': {
          title: 'Server does not allow this client',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Exempt the gate's IP address from the server's rule, or run the gate in a network that the server allows.",
          setting: 'greeting-rejected',
          reproduce: SHOWS_REPLY,
        },
        'helo-only': {
          title: 'Server supports only HELO',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Disable SMTP inspection in the proxy or firewall in front of the mail server. If there is none, update the mail server: every maintained one supports EHLO.',
          examples: EHLO_EXAMPLES,
          reproduce: SHOWS_REPLY,
        },
        'helo-only-on-this-machine': {
          title: 'Server supports only HELO',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Find out which program listens on the port, and update it, or disable its SMTP inspection: every maintained mail server supports EHLO. If the port is forwarded (container, tunnel), check the machine behind it.',
          reproduce: SHOWS_REPLY,
        },
        cisco: { ...CISCO, title: 'Cisco firewall inspects SMTP', reproduce: SHOWS_REPLY },
        inspected: {
          title: 'Firewall inspects SMTP',
          party: 'network',
          certainty: 'likely',
          remedy: `${INSPECTION} A firewall that inspects SMTP may also reject EHLO.`,
          examples: EHLO_EXAMPLES,
          reproduce: SHOWS_REPLY,
        },
        'inspected-on-this-machine': {
          title: 'A program on this machine inspects SMTP',
          party: 'server',
          certainty: 'likely',
          remedy: ON_THIS_MACHINE,
          reproduce: SHOWS_REPLY,
        },
      },
    },
  ),
  'implicit-tls-port': error(
    'Port requires implicit TLS',
    'The endpoint is configured for STARTTLS, but the port expects (or starts) a TLS handshake immediately, as port 465 does. It sends nothing, closes the connection without a greeting, or sends a TLS record. Unless it sends a TLS record, the gate makes one additional connection to find out.',
    {
      party: 'configuration',
      certainty: 'certain',
      remedy: 'Set `transport: implicit` for this endpoint, or use the STARTTLS port, usually 587.',
      reproduce: SPEAKS_OVER_TLS,
    },
    {
      about: 'transport',
      evidence: {
        ...fields('protocol'),
        line: 'the first line that the server sends over TLS',
        data: 'how the first record begins: its type and version',
      },
      reference: 'RFC 8314 section 3.3',
      causes: {
        'on-starttls-port': {
          title: 'Implicit TLS on a STARTTLS port',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Disable implicit TLS for this port, in the server or in the proxy or load balancer in front of it, whichever terminates TLS: clients expect STARTTLS on it. Set `transport: implicit` for this endpoint only if implicit TLS is intended on this port.',
          examples:
            'Postfix: `smtpd_tls_wrappermode = no` for the service in `master.cf`. Exim: remove the port from `tls_on_connect_ports`. HAProxy: remove `ssl` from `bind`. nginx: remove `ssl` from `listen`.',
          reproduce: SPEAKS_OVER_TLS,
        },
        'other-protocol': {
          title: 'Not an SMTP server, but a different protocol over TLS',
          party: 'configuration',
          certainty: 'certain',
          remedy: `Correct \`host\` or \`port\`. ${PORTS}`,
          reproduce: SPEAKS_OVER_TLS,
        },
        'unknown-protocol': {
          party: 'configuration',
          certainty: 'likely',
          remedy: listOf(
            'Check that this is the port of the mail server: the gate received no SMTP greeting over TLS.',
            [
              'If it is, and clients expect STARTTLS on it, as on 587 and 25, disable implicit TLS for this port of the server, or of the proxy in front of it.',
              'Otherwise, set `transport: implicit` for this endpoint.',
            ],
          ),
          // Without -starttls, openssl gets a certificate only from such a port.
          reproduce: { command: 'implicit-tls', shows: 'Certificate chain' },
        },
      },
    },
  ),
  'starttls-not-advertised': error(
    'STARTTLS not offered',
    "The reply to EHLO does not list STARTTLS, so clients cannot encrypt the session on this port. The gate sends STARTTLS anyway: `reply` is the server's reply.",
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf('Enable STARTTLS for this service; it requires a certificate and a private key.', [
        'If it is enabled already, check that the setting applies to the service on this port, and reload the server.',
        'Or a rule offers STARTTLS only to certain networks.',
      ]),
      examples: STARTTLS_EXAMPLES,
      setting: 'starttls-not-advertised',
      reproduce: NOT_OFFERED,
    },
    {
      evidence: {
        ...fields('capabilities', 'masked', 'reply', 'greeting'),
        host: 'the configured host, if the greeting has a name in a different domain',
        answeredBy: 'the name in the greeting, if it is of a different domain than the host',
        ...CATCHER_EVIDENCE,
      },
      reference: 'RFC 3207 section 2',
      resultType: 'starttls-not-supported',
      causes: {
        'of-catcher': withoutTls(NOT_OFFERED),
        'tls-disabled': {
          title: 'TLS not enabled on the server',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Enable TLS for this service, with a certificate and its private key, and reload the server: its reply to STARTTLS says that TLS is not enabled.',
          examples: STARTTLS_EXAMPLES,
          setting: 'starttls-not-advertised',
          reproduce: NOT_OFFERED,
        },
        // RFC 8314 section 7.3 assigns it to submission with implicit TLS.
        'on-port-465': {
          title: 'No TLS on port 465',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Enable implicit TLS for port 465 on the server, because clients expect it there, and set `transport: implicit` for this endpoint. STARTTLS belongs on port 587.',
          setting: 'plaintext-on-implicit-port',
          reproduce: NOT_OFFERED,
        },
        'other-host': {
          title: 'STARTTLS not offered, probably by a different host',
          party: 'network',
          certainty: 'likely',
          remedy: ({ answeredBy = '', host = '' }: Values) =>
            listOf(
              `Find out what ${answeredBy} is: the greeting has this name, and ${host} is in a different domain.`,
              [
                "If it is a firewall, a proxy or a gateway of the gate's own network or provider, exempt the machine that runs the gate from its SMTP interception, or configure it to pass STARTTLS through.",
                'Or run the gate in a different network.',
                'Only if it is another name of the mail server, enable STARTTLS there.',
              ],
            ),
          reproduce: NOT_OFFERED,
        },
        'tls-not-available': {
          title: 'Server cannot start TLS',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            "Check the server's log for why it could not load the certificate or the private key: TLS is probably configured, but the server cannot start it. Typical reasons:",
            [
              'The path of a file is wrong, or the file does not exist.',
              "The server's user cannot read the private key.",
              'The key does not match the certificate.',
            ],
          ),
          setting: 'starttls-refused',
          reproduce: NOT_OFFERED,
        },
        'not-for-this-client': {
          title: 'STARTTLS not offered to this client',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Enable STARTTLS for the gate's IP address: the server supports the command but refuses it here. Usually STARTTLS is limited to certain networks, or a rule ends the session. The reply to STARTTLS may say which.",
          setting: 'starttls-not-advertised',
          reproduce: NOT_OFFERED,
        },
        cisco: {
          ...CISCO,
          title: 'Cisco firewall inspects SMTP',
          examples: CISCO_ALLOW_TLS,
          reproduce: NOT_OFFERED,
        },
        inspected: {
          title: 'Firewall inspects SMTP',
          party: 'network',
          certainty: 'likely',
          remedy: `${INSPECTION} If STARTTLS is still missing without inspection, enable it on the server.`,
          examples: INSPECTION_EXAMPLES,
          reproduce: NOT_OFFERED,
        },
        'inspected-on-this-machine': {
          title: 'A program on this machine inspects SMTP',
          party: 'server',
          certainty: 'likely',
          remedy: together([
            ON_THIS_MACHINE,
            'If STARTTLS is still missing without inspection, enable it on the server.',
          ]),
          reproduce: NOT_OFFERED,
        },
      },
    },
  ),
  'starttls-stripped': error(
    'STARTTLS hidden',
    'Something overwrote the STARTTLS keyword in the reply to EHLO, usually with X characters, or removed it although the server accepts the command. Clients then send everything unencrypted, unless they require TLS. Firewalls that inspect SMTP do this, and so do attackers. The gate sends STARTTLS anyway, and tries a handshake if the reply is 220: `reply` and `handshake` show the results.',
    {
      title: 'STARTTLS overwritten in transit',
      party: 'network',
      certainty: 'likely',
      remedy: INSPECTION,
      examples: INSPECTION_EXAMPLES,
      reproduce: { command: 'ehlo', shows: ({ keyword = '' }: Values) => keyword },
    },
    {
      evidence: {
        ...fields('capabilities', 'masked', 'greeting'),
        keyword: 'what is in place of STARTTLS',
        reply: 'the reply to STARTTLS, which the gate sent anyway',
        handshake: 'whether a TLS handshake succeeded after the 220',
      },
      reference: 'RFC 3207 section 6',
      resultType: 'starttls-not-supported',
      causes: {
        cisco: {
          ...CISCO,
          title: 'STARTTLS overwritten by a Cisco firewall',
          examples: CISCO_ALLOW_TLS,
          reproduce: { command: 'ehlo', shows: ({ keyword = '' }: Values) => keyword },
        },
        'overwritten-on-this-machine': {
          title: 'STARTTLS overwritten on this machine',
          party: 'server',
          certainty: 'likely',
          remedy: ON_THIS_MACHINE,
          reproduce: { command: 'ehlo', shows: ({ keyword = '' }: Values) => keyword },
        },
        hidden: {
          title: 'STARTTLS accepted, but not offered',
          party: 'server',
          certainty: 'likely',
          remedy: listOf("Send EHLO from the server's own network.", [
            'If STARTTLS is missing there too, configure the server to offer it.',
            'If not, a device between client and server removes the keyword: disable SMTP inspection on it.',
          ]),
          examples: DISCARDED,
          setting: 'starttls-hidden',
          reproduce: NOT_OFFERED,
        },
        'hidden-on-this-machine': {
          title: 'STARTTLS accepted, but not offered',
          party: 'server',
          certainty: 'likely',
          remedy: ON_THIS_MACHINE,
          examples: DISCARDED,
          setting: 'starttls-hidden',
          reproduce: NOT_OFFERED,
        },
      },
    },
  ),
  'plaintext-auth-advertised': warning(
    'AUTH offered before TLS',
    'The server offers AUTH before TLS. A client that does not require TLS can send its password or token unencrypted, and anyone between client and server can read it. On an MX host, at a mail service that its users cannot configure, or if no mechanism sends a password or a token, this is only a notice. It is also only a notice if the probe `plaintext-auth` shows that the server refuses AUTH there.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Offer AUTH only over TLS: in the reply to EHLO after STARTTLS, and not in the one before. Do not disable AUTH for the whole service.',
      examples:
        'Postfix: `smtpd_tls_auth_only = yes`. Dovecot submission service: `ssl = required`. Exim: `auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}`.',
      setting: 'plaintext-auth-advertised',
      reproduce: { command: 'ehlo', shows: 'AUTH' },
    },
    {
      evidence: {
        mechanisms: 'the SASL mechanisms that are offered before TLS',
        reply: 'the reply to AUTH PLAIN before TLS, if the probe `plaintext-auth` ran',
        ...CATCHER_EVIDENCE,
      },
      reference: 'RFC 4954 section 4',
      causes: {
        'no-password': {
          title: 'AUTH before TLS sends no password',
          party: 'server',
          certainty: 'certain',
          remedy:
            'No change is required: these mechanisms do not send the password itself. Some of them allow an attacker who records the session to guess a weak password. If all clients use TLS, offer AUTH only over TLS.',
        },
        'of-catcher': { ...AUTH_OF_CATCHER, reproduce: { command: 'ehlo', shows: 'AUTH' } },
        'of-service': {
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Make sure that every client requires TLS, so that it sends no password unencrypted: only the provider can change what this server offers.',
          reproduce: { command: 'ehlo', shows: 'AUTH' },
        },
        refused: {
          title: 'AUTH offered, but refused before TLS',
          party: 'server',
          certainty: 'certain',
          remedy:
            'No change is required for security: the server already refuses AUTH before TLS. But a client can send its password in the AUTH command itself, before the server refuses it. So if possible, do not offer AUTH in the reply to EHLO before STARTTLS.',
        },
      },
    },
  ),
  'plaintext-auth-accepted': error(
    'AUTH accepted before TLS',
    'The probe `plaintext-auth` sent `AUTH PLAIN` without credentials before TLS, and the server asked for the credentials (334) or accepted the command (2xx) instead of refusing it. Even if the server does not offer AUTH there, a client that does not require TLS can send its password unencrypted. The probe then aborted the exchange (`*`). It sent no credential.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Configure the server to refuse the AUTH command before TLS (538). It is not enough to stop offering it.',
      examples:
        'Postfix: `smtpd_tls_auth_only = yes`. Dovecot submission service: `ssl = required`. Exim: `auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}`.',
      setting: 'plaintext-auth-advertised',
      reproduce: { command: 'plain-auth', shows: REPLY },
    },
    { evidence: fields('sent', 'reply'), reference: 'RFC 4954 section 4' },
  ),
  'plaintext-mail-accepted': warning(
    'MAIL accepted without TLS',
    'The probe `plaintext-mail` sent `MAIL FROM:<>` before TLS, and the server accepted it (2xx). If the server rejects this sender for a reason other than TLS or AUTH (any 5xx except 530 and 538), a second MAIL from `gate@example.invalid` shows whether it rejects every sender. Clients that do not require TLS submit their mail unencrypted. The probe reset the transaction immediately (RSET). It named no recipient.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Require TLS on a submission port, so that the server replies 530 to MAIL before TLS.',
      examples:
        'Postfix: `smtpd_tls_security_level = encrypt` for the submission service in `master.cf`. OpenSMTPD: `tls-require`.',
      setting: 'plaintext-mail-accepted',
      reproduce: { command: 'plain-mail', shows: REPLY },
    },
    { evidence: fields('sent', 'reply'), reference: 'RFC 8314 section 4.1' },
  ),
} as const satisfies Record<string, CatalogEntry>;
