import { GREETING } from './entry.js';
import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** Findings of step 1: greeting, EHLO and the offer of STARTTLS. */
export const STEP_1 = {
  'greeting-rejected': {
    title: 'Server refuses to serve us',
    severity: 'error',
    steps: GREETING,
    explanation: 'The server greeted with a permanent refusal (5yz): it does not serve this client, or no mail at all.',
    evidence: fields('reply'),
    remedy:
      "The server's text says why. Usual causes: the runner's address is on a blocklist or not on an allow-list, or the host accepts no mail (RFC 7504).",
    reference: 'RFC 5321 section 3.1',
  },
  'not-smtp': {
    title: 'Another protocol answers',
    severity: 'error',
    steps: GREETING,
    explanation:
      'What answers on this port is not SMTP: it greets as another protocol does, or it waits to be spoken to and answers as one (HTTP).',
    evidence: fields('protocol', 'line', 'reply'),
    remedy: 'Correct the port or the host: 587 or 465 for submission, 25 for a mail exchanger.',
    reference: 'RFC 5321 section 3.1',
  },
  'ehlo-rejected': {
    title: 'EHLO refused',
    severity: 'error',
    steps: GREETING,
    explanation:
      'The server refuses EHLO. Without EHLO there are no extensions, so neither STARTTLS nor AUTH can be had.',
    evidence: fields('reply', 'helo', 'greeting'),
    remedy:
      'If the text speaks of the name, set `ehlo` to a fully qualified name that resolves. If the server knows only HELO, or LHLO (LMTP), this is not the port for clients.',
    reference: 'RFC 5321 section 4.1.1.1',
    resultType: 'starttls-not-supported',
  },
  'implicit-tls-port': {
    title: 'The port speaks TLS from the first byte',
    severity: 'error',
    steps: ['capability'],
    explanation:
      'The endpoint is addressed with STARTTLS, and the port expects (or sends) a TLS handshake at once, as port 465 does. It says nothing, hangs up without a greeting, or begins with a record of TLS; after a silence one further connection has shown which it is.',
    evidence: { octets: 'how the first record begins: its type and version' },
    remedy: 'Set `transport: implicit` for this endpoint, or use the STARTTLS port, usually 587.',
    reference: 'RFC 8314 section 3.3',
  },
  'starttls-not-advertised': {
    title: 'STARTTLS not offered',
    severity: 'error',
    steps: ['capability'],
    explanation: 'The answer to EHLO does not list STARTTLS, so a client has no way to encryption on this port.',
    evidence: fields('capabilities', 'masked', 'reply', 'greeting'),
    remedy:
      'Either TLS is not set up on this service (a certificate and key, and in Postfix `smtpd_tls_security_level = may` or `encrypt`), or this is the wrong door: 587 upgrades with STARTTLS, 465 is TLS from the first byte (`transport: implicit`).',
    reference: 'RFC 3207 section 2',
    resultType: 'starttls-not-supported',
  },
  'starttls-stripped': {
    title: 'STARTTLS removed on the way',
    severity: 'error',
    steps: ['capability'],
    explanation:
      'Something between here and the server overwrote the STARTTLS keyword (eight letters, mostly X, stand there) or hid it (the server takes the command all the same), which keeps the session in the clear. SMTP inspection in firewalls does this, and so does an attacker.',
    evidence: {
      ...fields('capabilities', 'masked', 'greeting'),
      keyword: 'what stands where STARTTLS should',
      reply: 'the reply to STARTTLS, where it was hidden',
    },
    remedy:
      'Switch off SMTP inspection on the path (Cisco: `no inspect esmtp`, or `allow-tls` in its policy map), and compare from another network.',
    reference: 'RFC 3207 section 6',
    resultType: 'starttls-not-supported',
  },
  'plaintext-auth-advertised': {
    title: 'AUTH offered before TLS',
    severity: 'warning',
    steps: ['capability'],
    explanation:
      'The server offers AUTH in the clear. A client that does not insist on TLS sends its password for everybody on the way to read.',
    evidence: { mechanisms: 'the SASL mechanisms that are offered in the clear' },
    remedy:
      'Offer AUTH only inside TLS (Postfix: `smtpd_tls_auth_only = yes`; Dovecot: `ssl = required`; Exim: make `server_advertise_condition` depend on `$tls_in_cipher`).',
    reference: 'RFC 4954 section 4',
  },
  'plaintext-auth-accepted': {
    title: 'A password would be taken in the clear',
    severity: 'error',
    steps: ['capability'],
    explanation:
      'The probe `plaintext-auth` sent a bare `AUTH PLAIN` before TLS, and the server asked for the credentials (334) or took the command (2yz) instead of refusing. Whether it offers AUTH there or not, a client that does not insist on TLS gives its password to everybody on the way. The probe gave up at that point (`*`); no credential was sent.',
    evidence: fields('sent', 'reply'),
    remedy:
      'Refuse AUTH before TLS (Postfix: `smtpd_tls_auth_only = yes`; Dovecot: `ssl = required`; Exim: make `server_advertise_condition` depend on `$tls_in_cipher`).',
    reference: 'RFC 4954 section 4',
  },
  'plaintext-mail-accepted': {
    title: 'Mail taken without TLS',
    severity: 'warning',
    steps: ['capability'],
    explanation:
      'The probe `plaintext-mail` sent `MAIL FROM:<>` before TLS, and the server took it (2yz). Where it refuses that sender in a way that does not speak of TLS or AUTH (any 5yz but 530 and 538), a second MAIL from `gate@example.invalid` shows whether it refuses any. Clients that do not insist on TLS submit their mail in the clear. The probe took it back at once (RSET), and named no recipient.',
    evidence: fields('sent', 'reply'),
    remedy:
      'Require TLS on a submission port (Postfix: `smtpd_tls_security_level = encrypt` for the submission service in `master.cf`; OpenSMTPD: `tls-require`), so that MAIL is answered 530 before it.',
    reference: 'RFC 8314 section 4.1',
  },
} as const satisfies Record<string, CatalogueEntry>;
