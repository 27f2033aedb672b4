import { entriesOf, REPLY, type CatalogEntry } from './entry.js';
import { fields } from './evidence.js';

const { error, warning } = entriesOf(['capability']);

/** The steps that read the greeting and send the first EHLO: step 1, or step 4 with implicit TLS. */
const READS_GREETING = ['capability', 'authentication'] as const;

/** Findings of step 1: greeting, EHLO and the offer of STARTTLS. */
export const CAPABILITY = {
  'greeting-rejected': error(
    'Server rejected the connection',
    'The greeting is a permanent rejection (5xx): the server does not serve this client, or accepts no mail.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "The reply says why. Usually the runner's IP address is on a blocklist or not on an allowlist, or the host accepts no mail (RFC 7504).",
      setting: 'greeting-rejected',
      reproduce: { command: 'ehlo', shows: REPLY },
    },
    { steps: READS_GREETING, evidence: fields('reply'), reference: 'RFC 5321 section 3.1' },
  ),
  'not-smtp': error(
    'Not an SMTP server',
    'The server on this port does not speak SMTP: its greeting is that of a different protocol, or it sends no greeting and replies to a TLS ClientHello in a different protocol (HTTP).',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy: 'Correct the port or the host: 587 or 465 for submission, 25 for an MX host.',
    },
    { steps: READS_GREETING, evidence: fields('protocol', 'line', 'reply'), reference: 'RFC 5321 section 3.1' },
  ),
  'ehlo-rejected': error(
    'EHLO rejected',
    'The server rejects EHLO. Without EHLO there are no extensions, so neither STARTTLS nor AUTH is available.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'If the reply is about the EHLO name, set `ehlo` to a fully qualified name that resolves. If the server accepts only HELO, or LHLO (LMTP), this port is not for clients.',
      setting: 'ehlo-rejected',
      reproduce: { command: 'ehlo', shows: REPLY },
    },
    {
      steps: READS_GREETING,
      evidence: fields('reply', 'helo', 'greeting'),
      reference: 'RFC 5321 section 4.1.1.1',
      resultType: 'starttls-not-supported',
    },
  ),
  'implicit-tls-port': error(
    'Port requires implicit TLS',
    'The endpoint is configured for STARTTLS, but the port expects (or starts) a TLS handshake immediately, as port 465 does. It sends nothing, closes the connection without a greeting, or sends a TLS record. Unless it sends a TLS record, the gate makes one additional connection to find out.',
    {
      party: 'configuration',
      certainty: 'certain',
      remedy: 'Set `transport: implicit` for this endpoint, or use the STARTTLS port, usually 587.',
      reproduce: { command: 'implicit-tls', shows: 'Certificate chain' },
    },
    { evidence: { data: 'how the first record begins: its type and version' }, reference: 'RFC 8314 section 3.3' },
  ),
  'starttls-not-advertised': error(
    'STARTTLS not offered',
    'The reply to EHLO does not list STARTTLS, so clients cannot encrypt the session on this port.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Either TLS is not set up on this service, or this is the wrong port. TLS needs a certificate and a key. Port 587 upgrades with STARTTLS, and port 465 uses implicit TLS (`transport: implicit`).',
      examples:
        'Postfix: `smtpd_tls_security_level = may`, or `encrypt` on submission. Exim: `tls_advertise_hosts = *`.',
      setting: 'starttls-not-advertised',
      reproduce: { command: 'openssl', shows: "Didn't find STARTTLS in server response" },
    },
    {
      evidence: fields('capabilities', 'masked', 'reply', 'greeting'),
      reference: 'RFC 3207 section 2',
      resultType: 'starttls-not-supported',
    },
  ),
  'starttls-stripped': error(
    'STARTTLS removed in transit',
    'Something between client and server overwrote the STARTTLS keyword, usually with X characters, or removed it although the server accepts the command. So the session stays unencrypted. Firewalls that inspect SMTP do this, and so do attackers.',
    {
      party: 'network',
      certainty: 'likely',
      remedy:
        'Disable SMTP inspection between client and server (Cisco: `no inspect esmtp`, or `allow-tls` in its policy map), and compare with a connection from another network.',
    },
    {
      evidence: {
        ...fields('capabilities', 'masked', 'greeting'),
        keyword: 'what is in the place of STARTTLS',
        reply: 'the reply to STARTTLS, if it was removed',
      },
      reference: 'RFC 3207 section 6',
      resultType: 'starttls-not-supported',
    },
  ),
  'plaintext-auth-advertised': warning(
    'AUTH offered before TLS',
    'The server offers AUTH before TLS. A client that does not require TLS sends its password unencrypted, and anyone between client and server can read it.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Offer AUTH only over TLS (Postfix: `smtpd_tls_auth_only = yes`; Dovecot: `ssl = required`; Exim: make `server_advertise_condition` depend on `$tls_in_cipher`).',
      setting: 'plaintext-auth-advertised',
      reproduce: { command: 'ehlo', shows: 'AUTH' },
    },
    { evidence: { mechanisms: 'the SASL mechanisms that are offered before TLS' }, reference: 'RFC 4954 section 4' },
  ),
  'plaintext-auth-accepted': error(
    'AUTH accepted before TLS',
    'The probe `plaintext-auth` sent `AUTH PLAIN` without credentials before TLS, and the server asked for the credentials (334) or accepted the command (2xx) instead of refusing it. Even if the server does not offer AUTH there, a client that does not require TLS can send its password unencrypted. The probe then aborted the exchange (`*`). It sent no credential.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Refuse AUTH before TLS (Postfix: `smtpd_tls_auth_only = yes`; Dovecot: `ssl = required`; Exim: make `server_advertise_condition` depend on `$tls_in_cipher`).',
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
      remedy:
        'Require TLS on a submission port (Postfix: `smtpd_tls_security_level = encrypt` for the submission service in `master.cf`; OpenSMTPD: `tls-require`), so that the server replies 530 to MAIL before TLS.',
      setting: 'plaintext-mail-accepted',
      reproduce: { command: 'plain-mail', shows: REPLY },
    },
    { evidence: fields('sent', 'reply'), reference: 'RFC 8314 section 4.1' },
  ),
} as const satisfies Record<string, CatalogEntry>;
