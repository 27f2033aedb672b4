import type { Severity, StepId } from '../report/report.js';

/** What the gate knows about one kind of finding, whatever the endpoint. */
export interface CatalogueEntry {
  /** A headline of a few words. */
  readonly title: string;
  /** The severity that it has unless its step says otherwise. */
  readonly severity: Severity;
  /** The steps in which it can appear. */
  readonly steps: readonly StepId[];
  /** What it means, for somebody who meets it the first time. */
  readonly explanation: string;
  /** How to mend it, where the step knows nothing more precise. */
  readonly remedy: string;
  /** The section that it rests on. */
  readonly reference?: string;
  /** What a TLS report (RFC 8460 section 4.3) calls it, where it has a name for it. */
  readonly resultType?: ResultType;
}

/** The result types of RFC 8460 section 4.3 that concern a server's TLS itself. */
export const RESULT_TYPES = [
  'starttls-not-supported',
  'certificate-host-mismatch',
  'certificate-expired',
  'certificate-not-trusted',
  'validation-failure',
] as const;

export type ResultType = (typeof RESULT_TYPES)[number];

const EVERY: readonly StepId[] = ['capability', 'upgrade', 'certificate', 'authentication', 'delivery'];
/** Step 1, or with implicit TLS step 3: whichever opens the connection. */
const CONNECTING: readonly StepId[] = ['capability', 'certificate'];
/** Step 1, or with implicit TLS step 4: whichever reads the greeting and sends the first EHLO. */
const GREETING: readonly StepId[] = ['capability', 'authentication'];

/**
 * Every finding that the gate can report, in the order of the steps. A code is for ever: it is never renamed
 * and never reused. The documentation page `docs/findings.md` is generated from this catalogue.
 */
export const CATALOGUE = {
  // Any step
  'connection-lost': {
    title: 'Connection lost',
    severity: 'error',
    steps: EVERY,
    explanation:
      'The server, or something on the way to it, closed or reset the connection where it owed an answer. Access lists, overload, a crashed worker and firewalls with short idle times look like this.',
    remedy:
      "Look for this connection in the server's log at the time of the run; check access lists (postscreen, tcp wrappers, fail2ban) and connection limits for the address of the runner.",
    reference: 'RFC 5321 section 3.8',
  },
  'reply-timeout': {
    title: 'No reply in time',
    severity: 'error',
    steps: EVERY,
    explanation:
      'A whole reply was not there within `timeout`. The connection stands, and the server says nothing, or sends its reply too slowly to be of use.',
    remedy:
      'Find out what the server waits for at this point: a name lookup of the client, a blocklist, an authentication back-end, a content filter. If it is slow by design (a tarpit, a greet delay), raise `timeout`.',
    reference: 'RFC 5321 section 4.5.3.2',
  },
  'protocol-error': {
    title: 'Malformed reply',
    severity: 'error',
    steps: EVERY,
    explanation:
      'What the server sent is no SMTP reply: a line without a three-digit code, different codes within one reply, a reply that nobody asked for, or lines without end.',
    remedy:
      'Check that host and port lead to the mail server itself and not to a proxy or another service, and that nothing on the way rewrites SMTP (a "fixup" or ALG feature of a firewall).',
    reference: 'RFC 5321 section 4.2',
  },
  'bare-line-feed': {
    title: 'Lines end in a bare line feed',
    severity: 'warning',
    steps: EVERY,
    explanation:
      'The server ends lines with LF where SMTP wants CR LF. Most clients read on, as the gate does; strict ones hang or hang up.',
    remedy: 'Make the server, or the script that plays it, end each line with CR LF.',
    reference: 'RFC 5321 section 2.3.8',
  },
  throttled: {
    title: 'Server not accepting connections now',
    severity: 'error',
    steps: EVERY,
    explanation:
      'The server answered 421, or put the greeting or EHLO off with another temporary code, on every try. It is there, and it is not serving this client now: overload, a rate limit, maintenance, or a reputation list.',
    remedy:
      "Run the gate again later. If it stays, look for rate and connection limits for the runner's address on the server, lower `concurrency`, or raise `retries`.",
    reference: 'RFC 5321 section 3.8',
  },
  'probe-inconclusive': {
    title: 'Probe without an answer',
    severity: 'warning',
    steps: ['capability', 'upgrade', 'authentication'],
    explanation:
      'A probe of `probes` could not be carried out on the connection that it makes for itself, though the main dialogue came as far: a rate limit, a temporary answer, a time-out, or a client certificate that is demanded (a probe shows none). Its question is open, so the step is not green.',
    remedy:
      'Run the gate again. If it stays, exempt the address of the runner from connection limits, or take the probe out of `probes` for this endpoint.',
  },

  // Connecting
  'dns-failed': {
    title: 'Host name not found',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'The name has no address here. Either it does not exist, or the resolver could not say (then the finding is inconclusive).',
    remedy:
      'Check the spelling of `host`, that the name has A or AAAA records, and that the resolver of the runner sees them (a name of an internal zone is unknown to a hosted runner).',
    reference: 'RFC 5321 section 5.1',
  },
  'no-route': {
    title: 'No route to the server',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'This machine has no route to the address. GitHub-hosted runners have no IPv6; private networks are reached only from inside.',
    remedy:
      'Run the gate on a runner that has a route (self-hosted, or in the same network), or test the IPv4 address.',
  },
  'connection-refused': {
    title: 'Connection refused',
    severity: 'error',
    steps: CONNECTING,
    explanation: 'The host is there and nothing listens on the port, or a firewall refuses with a reset.',
    remedy:
      'Check the port (587 is submission with STARTTLS, 465 submission with TLS from the first byte, 25 is for mail exchangers), that the service runs, and that it listens on this address and not on loopback only.',
  },
  'connection-timeout': {
    title: 'Connection timed out',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'No answer to the connection request: a firewall drops it, the host is down, or egress from this machine is filtered.',
    remedy:
      'Check firewalls and security groups in both directions, and whether the address is right; try from another network with the command shown.',
  },
  'egress-blocked': {
    title: 'Outbound port 25 is blocked here',
    severity: 'error',
    steps: CONNECTING,
    explanation:
      'Hosted runners, like most cloud machines, cannot open connections to port 25. It timed out, which says nothing about the server.',
    remedy:
      'Test submission on 587 or 465, which are open, or run the gate for port 25 on a self-hosted runner whose provider allows it.',
  },

  // Step 1
  'greeting-rejected': {
    title: 'Server refuses to serve us',
    severity: 'error',
    steps: GREETING,
    explanation: 'The server greeted with a permanent refusal (5yz): it does not serve this client, or no mail at all.',
    remedy:
      "The server's text says why. Usual causes: the runner's address is on a blocklist or not on an allow-list, or the host accepts no mail (RFC 7504).",
    reference: 'RFC 5321 section 3.1',
  },
  'not-smtp': {
    title: 'Another protocol answers',
    severity: 'error',
    steps: GREETING,
    explanation: 'What greets on this port is not SMTP.',
    remedy: 'Correct the port or the host: 587 or 465 for submission, 25 for a mail exchanger.',
    reference: 'RFC 5321 section 3.1',
  },
  'ehlo-rejected': {
    title: 'EHLO refused',
    severity: 'error',
    steps: GREETING,
    explanation:
      'The server refuses EHLO. Without EHLO there are no extensions, so neither STARTTLS nor AUTH can be had.',
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
      'The endpoint is addressed with STARTTLS, and the port expects (or sends) a TLS handshake at once, as port 465 does.',
    remedy: 'Set `transport: implicit` for this endpoint, or use the STARTTLS port, usually 587.',
    reference: 'RFC 8314 section 3.3',
  },
  'starttls-not-advertised': {
    title: 'STARTTLS not offered',
    severity: 'error',
    steps: ['capability'],
    explanation: 'The answer to EHLO does not list STARTTLS, so a client has no way to encryption on this port.',
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
      'Something between here and the server overwrote or hid the STARTTLS keyword, which keeps the session in the clear. SMTP inspection in firewalls does this, and so does an attacker.',
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
    remedy:
      'Offer AUTH only inside TLS (Postfix: `smtpd_tls_auth_only = yes`; Dovecot: `ssl = required`; Exim: make `server_advertise_condition` depend on `$tls_in_cipher`).',
    reference: 'RFC 4954 section 4',
  },
  'plaintext-auth-accepted': {
    title: 'A password would be taken in the clear',
    severity: 'error',
    steps: ['capability'],
    explanation:
      'The probe `plaintext-auth` sent a bare `AUTH PLAIN` before TLS, and the server asked for the credentials (334) instead of refusing. Whether it offers AUTH there or not, a client that does not insist on TLS gives its password to everybody on the way. The probe gave up at that point (`*`); no credential was sent.',
    remedy:
      'Refuse AUTH before TLS (Postfix: `smtpd_tls_auth_only = yes`; Dovecot: `ssl = required`; Exim: make `server_advertise_condition` depend on `$tls_in_cipher`).',
    reference: 'RFC 4954 section 4',
  },
  'plaintext-mail-accepted': {
    title: 'Mail taken without TLS',
    severity: 'warning',
    steps: ['capability'],
    explanation:
      'The probe `plaintext-mail` sent `MAIL FROM:<>` before TLS, and the server took it. Clients that do not insist on TLS submit their mail in the clear. The probe took it back at once (RSET), and named no recipient.',
    remedy:
      'Require TLS on a submission port (Postfix: `smtpd_tls_security_level = encrypt` for the submission service in `master.cf`; OpenSMTPD: `tls-require`), so that MAIL is answered 530 before it.',
    reference: 'RFC 8314 section 4.1',
  },

  // Step 2
  'starttls-refused': {
    title: 'STARTTLS refused',
    severity: 'error',
    steps: ['upgrade'],
    explanation: 'The server advertises STARTTLS and, asked for it, answers something other than 220.',
    remedy:
      "Advertised but not usable usually means that the TLS library could not load certificate or key: look in the server's log for the reason (permissions, a wrong path, a key that does not fit).",
    reference: 'RFC 3207 section 4',
    resultType: 'starttls-not-supported',
  },
  'plaintext-after-starttls': {
    title: 'Data in the clear behind the 220',
    severity: 'error',
    steps: ['upgrade'],
    explanation:
      'Between the 220 to STARTTLS and the TLS handshake something arrived in the clear. A client that keeps it in its buffer takes it for an answer from inside TLS: that is response injection, a way for an attacker on the path to speak in an encrypted session.',
    remedy:
      'If the server itself does it, update it: it answers STARTTLS with more than one reply or gives up after the 220. If it comes from the path, find the device that adds it.',
    reference: 'RFC 3207 section 4.2',
    resultType: 'validation-failure',
  },
  'starttls-command-injection': {
    title: 'Commands in the clear are carried into TLS',
    severity: 'error',
    steps: ['upgrade'],
    explanation:
      'The probe `command-injection` sent STARTTLS and NOOP in one write, and inside TLS the server answered the NOOP too: it keeps what it received in the clear and obeys it in the encrypted session. Whoever can add octets on the way can so put commands before those of the client, and have its mail and its password sent to themselves (CVE-2011-0411).',
    remedy:
      'Update the mail server, or whatever ends TLS in front of it: every maintained one throws away what it received before the handshake (Postfix since 2.8). A proxy must drop its buffer when it begins TLS.',
    reference: 'RFC 3207 section 4.2',
  },

  // Step 3
  'tls-handshake-failed': {
    title: 'TLS handshake failed',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'Client and server could not agree on a TLS session.',
    remedy:
      'The alert and the reason below say which side gave up and why. Compare protocol versions, cipher suites and key type on the server with what current clients offer.',
    reference: 'RFC 8446 section 6.2',
    resultType: 'validation-failure',
  },
  'handshake-timeout': {
    title: 'TLS handshake stalled',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The server agreed to TLS and then did not finish the handshake within `timeout`.',
    remedy:
      'Look at what the server does when it starts TLS: a blocked entropy source, an unreachable key store or OCSP responder; and for a middlebox that drops large handshake packets (path MTU).',
    resultType: 'validation-failure',
  },
  'tls-version-too-old': {
    title: 'TLS version too old',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The server speaks no TLS version that the policy allows (`min-tls-version`).',
    remedy:
      'Enable TLS 1.2 and 1.3 on the server (Postfix: `smtpd_tls_mandatory_protocols = >=TLSv1.2`). TLS 1.0 and 1.1 are deprecated by RFC 8996.',
    reference: 'RFC 8996; RFC 9325 section 3.1.1',
    resultType: 'validation-failure',
  },
  'client-certificate-required': {
    title: 'Server wants a client certificate',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The server ended the handshake because the client presented no certificate, or none that it takes.',
    remedy:
      'Give the gate one with `tls.client-cert` and `tls.client-key`. If clients are not meant to have certificates, ask for them without insisting (Postfix: `smtpd_tls_req_ccert = no`), or use the port that does not.',
    reference: 'RFC 8446 section 4.4.2.4',
    resultType: 'validation-failure',
  },
  'plaintext-on-implicit-port': {
    title: 'The port greets in the clear',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The endpoint is addressed with TLS from the first byte, and the server starts to talk in the clear.',
    remedy:
      'Set `transport: starttls` for this endpoint (usual on 587 and 25), or switch the service to implicit TLS (Postfix: `smtpd_tls_wrappermode = yes`).',
    reference: 'RFC 8314 section 3.3',
  },
  'certificate-expired': {
    title: 'Certificate expired',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The certificate of the server is past its notAfter date.',
    remedy:
      'Renew it, make the server load the new file (`postfix reload`, `systemctl reload dovecot`), and find out why the automatic renewal did not: most often the certificate was renewed and the mail server never told.',
    reference: 'RFC 5280 section 4.1.2.5',
    resultType: 'certificate-expired',
  },
  'certificate-not-yet-valid': {
    title: 'Certificate not yet valid',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The notBefore date of the certificate is in the future.',
    remedy: 'Use the certificate that is valid now; check the clock of the machine that issued it, and of this one.',
    reference: 'RFC 5280 section 4.1.2.5',
    resultType: 'validation-failure',
  },
  'certificate-expires-soon': {
    title: 'Certificate expires soon',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'Fewer days are left than `min-valid-days` asks for.',
    remedy:
      'Renew the certificate now and reload the server. If renewal is automatic, find out why it is late; if short lives are by design, lower `min-valid-days`.',
    reference: 'RFC 5280 section 4.1.2.5',
  },
  'certificate-hostname-mismatch': {
    title: 'Certificate does not carry the name',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'None of the subject alternative names matches the name that was asked for. The common name is not consulted, a wildcard stands for one whole left-most label, and an address matches only an address entry.',
    remedy:
      'Have the certificate issued for the name that clients use, or address the server by a name that it has; `servername` says which name is expected if it differs from `host`.',
    reference: 'RFC 9525 section 6',
    resultType: 'certificate-host-mismatch',
  },
  'certificate-self-signed': {
    title: 'Certificate signed by itself',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'The certificate of the server is its own issuer, so nobody vouches for it. Debian\'s "snakeoil" default looks like this.',
    remedy:
      'Use a certificate of a public CA. For a private server, pin its key with `tls.pin`, or issue it from a private CA and name that in `ca`.',
    reference: 'RFC 5280 section 6.1',
    resultType: 'certificate-not-trusted',
  },
  'certificate-chain-incomplete': {
    title: 'Intermediate certificate not sent',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'The server sends only its own certificate, and no trust anchor issued it. Browsers and some systems fetch or remember the intermediate, mail clients do not, so it works for some and not for others.',
    remedy:
      'Configure the file with the whole chain, leaf first (certbot: `fullchain.pem`, not `cert.pem`), and reload. If the issuer is a private root, name it in `ca`.',
    reference: 'RFC 8446 section 4.4.2',
    resultType: 'certificate-not-trusted',
  },
  'certificate-untrusted': {
    title: 'Issuer not trusted',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The server sends its issuers, and they lead to no trust anchor that this machine knows.',
    remedy:
      'If the issuer is a private CA, put its root into `ca`. If it is a public one, the chain is outdated or an issuer in it is expired: install the chain that the CA publishes now.',
    reference: 'RFC 5280 section 6.1',
    resultType: 'certificate-not-trusted',
  },
  'certificate-wrong-purpose': {
    title: 'Certificate not for a server',
    severity: 'error',
    steps: ['certificate'],
    explanation:
      'The certificate is not meant to authenticate a server: its extended key usage lacks serverAuth, or it is the certificate of a CA.',
    remedy: 'Have a certificate issued with extended key usage "TLS Web Server Authentication", that is no CA.',
    reference: 'RFC 5280 section 4.2.1.12',
    resultType: 'validation-failure',
  },
  'certificate-weak-key': {
    title: 'Key too weak',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'A key in the chain is shorter than 2048 bits (RSA) or 224 bits (elliptic curve).',
    remedy: 'Make a new key, EC P-256 or RSA 2048 at least, and have the certificate issued for it.',
    reference: 'RFC 9325 section 4.5',
    resultType: 'validation-failure',
  },
  'certificate-weak-signature': {
    title: 'Signature too weak',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'A certificate in the chain is signed with SHA-1 or MD5, which can be forged.',
    remedy: 'Have the certificate issued again with SHA-256 or better.',
    reference: 'RFC 9325 section 4.5; RFC 9155',
    resultType: 'validation-failure',
  },
  'certificate-pin-mismatch': {
    title: 'Key is not the pinned one',
    severity: 'error',
    steps: ['certificate'],
    explanation: 'The public key of the server is none of those in `tls.pin`.',
    remedy:
      'If the key was changed on purpose, add the pin shown below to `tls.pin` (and take the old one out when it is gone). If not, find out who answers here.',
    reference: 'RFC 7469 section 2.6',
  },
  'certificate-issuer-expires-first': {
    title: 'Issuer expires before the certificate',
    severity: 'warning',
    steps: ['certificate'],
    explanation:
      'An intermediate certificate on the path ends before the certificate of the server does, and takes it along on that day.',
    remedy: 'Install the intermediate that the CA publishes now, or have the certificate issued anew under it.',
    reference: 'RFC 5280 section 6.1.3',
  },
  'certificate-chain-disordered': {
    title: 'Chain out of order',
    severity: 'notice',
    steps: ['certificate'],
    explanation:
      'Each certificate that the server sends should have issued the one before it. One of these has not: it is in the wrong place, or does not belong to the chain. Most clients cope, some embedded ones do not.',
    remedy: 'Put the chain in order, leaf first, each followed by its issuer, and take out what does not belong.',
    reference: 'RFC 8446 section 4.4.2',
  },
  'certificate-lifetime-long': {
    title: 'Certificate issued for very long',
    severity: 'notice',
    steps: ['certificate'],
    explanation:
      'The certificate is valid for longer than public CAs may issue them at its date. The next one will live for a much shorter time, so renewal had better be automatic by then.',
    remedy: 'Automate renewal (ACME), the reload of the mail server included.',
    reference: 'CA/Browser Forum Baseline Requirements section 6.3.2',
  },
  'certificate-unchecked': {
    title: 'Other certificate not looked at',
    severity: 'warning',
    steps: ['certificate'],
    explanation:
      'With `tls.check: both` the gate makes a further connection to find out whether the server has another certificate, for keys of the other kind. That connection failed, or stalled, or the server demands a client certificate there, which is not shown on it.',
    remedy:
      'Run the gate again. If it stays, exempt the address of the runner from connection limits, or set `tls.check: single` for this endpoint.',
  },
  'certificate-pinned': {
    title: 'Key pinned; chain and name not counted',
    severity: 'notice',
    steps: ['certificate'],
    explanation:
      'The key of the server matches a pin, which authenticates it whatever its chain and names say. What they say is told for information.',
    remedy: 'Nothing to do, unless clients that have no pin use this server too.',
    reference: 'RFC 7435 section 3',
  },

  // Step 4
  'ehlo-after-tls-rejected': {
    title: 'EHLO refused inside TLS',
    severity: 'error',
    steps: ['authentication'],
    explanation: 'After STARTTLS the client must say EHLO again, and the server refuses it.',
    remedy:
      'A proxy that ends TLS and does not reset the session of the server behind it looks like this; check it, or end TLS in the mail server itself.',
    reference: 'RFC 3207 section 4.2',
  },
  'starttls-still-advertised': {
    title: 'STARTTLS offered inside TLS',
    severity: 'warning',
    steps: ['authentication'],
    explanation: 'A server must not offer STARTTLS once TLS is on. It does not know that the session is encrypted.',
    remedy:
      'Usually TLS ends in a proxy in front of the server: have the proxy tell the server (PROXY protocol, XCLIENT), or end TLS in the server.',
    reference: 'RFC 3207 section 4.2',
  },
  'auth-not-advertised': {
    title: 'AUTH not offered',
    severity: 'error',
    steps: ['authentication'],
    explanation: 'Credentials are configured, and the server offers no AUTH inside TLS.',
    remedy:
      'Port 25 of a mail exchanger does not sign anybody in: use 587 or 465. On a submission port, switch SASL on (Postfix: `smtpd_sasl_auth_enable = yes`), and check that its policy allows this client address.',
    reference: 'RFC 4954 section 3',
  },
  'auth-mechanism-unavailable': {
    title: 'No mechanism in common',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'The server offers AUTH, but none of its mechanisms fits the credentials (or `auth.mechanism`), or it refuses the chosen one as unknown (504).',
    remedy:
      'Compare the mechanisms listed below. A server that takes only XOAUTH2 or OAUTHBEARER wants an `access-token`, not a password; a server that takes only PLAIN and LOGIN wants a password.',
    reference: 'RFC 4954 section 4',
  },
  'auth-rejected': {
    title: 'Credentials refused',
    severity: 'error',
    steps: ['authentication'],
    explanation: 'The server knows the mechanism and refuses these credentials, for this client, on this port.',
    remedy:
      'Try the same credentials with the command shown, from the same network. If they work elsewhere, look at what differs here: the port, an IP allow-list, an application password instead of the account password, or SMTP AUTH switched off for the account.',
    reference: 'RFC 4954 section 6',
  },
  'auth-temporary-failure': {
    title: 'Authentication temporarily unavailable',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'The server could not check the credentials on any try: its back-end (LDAP, SQL, Dovecot auth) does not answer.',
    remedy: "Look at the authentication back-end in the server's log. The credentials themselves have not been judged.",
    reference: 'RFC 4954 section 6',
  },
  'auth-tls-required': {
    title: 'Server still wants TLS first',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'Inside TLS the server answers AUTH with "must issue STARTTLS first" or "encryption required". It does not know that the session is encrypted.',
    remedy:
      'TLS ends in a proxy or load balancer in front of the server. End it in the server, or have the proxy pass on that the client side is encrypted.',
    reference: 'RFC 4954 section 6',
  },
  'auth-server-not-authenticated': {
    title: 'Server does not know the password',
    severity: 'error',
    steps: ['authentication'],
    explanation: 'With SCRAM the server proves that it knows the password too, and its proof is wrong.',
    remedy: 'Do not send mail here: find out who answers, and whether the stored verifier belongs to this account.',
    reference: 'RFC 5802 section 3',
  },
  'credentials-withheld': {
    title: 'Credentials not sent',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'A finding about the chain or the name of the certificate is waived, so the step did not fail; but nobody has authenticated the server, and neither credentials nor mail travel to a stranger.',
    remedy:
      'Pin the key of the server with `tls.pin`, or name its issuer in `ca`: then it is authenticated, and steps 4 and 5 can run.',
    reference: 'RFC 8314 section 4.1',
  },
  'unauthenticated-mail-accepted': {
    title: 'MAIL taken without AUTH',
    severity: 'warning',
    steps: ['authentication'],
    explanation:
      'The probe `plaintext-mail` sent `MAIL FROM:<>` inside TLS without signing in, and the server took it, as a submission server should not. It named no recipient, so this is not yet an open relay: Postfix, as it is delivered, refuses only at RCPT (`smtpd_delay_reject`).',
    remedy:
      'Have the submission port refuse MAIL with 530 until the client has signed in (Postfix: `smtpd_sender_restrictions = permit_sasl_authenticated, reject` with `smtpd_delay_reject = no` for the submission service). If it refuses at RCPT by design, waive this finding.',
    reference: 'RFC 6409 section 4.3',
  },

  // Step 5
  'sender-rejected': {
    title: 'Sender refused',
    severity: 'error',
    steps: ['delivery'],
    explanation: 'The server refuses the envelope sender (MAIL FROM).',
    remedy:
      'The text says why. 530 means that authentication is required: configure `auth`. 550 and 553 mean that this account may not send as `delivery.from`, or that its domain is refused (SPF, no MX).',
    reference: 'RFC 5321 section 3.3',
  },
  'recipient-rejected': {
    title: 'Recipient refused',
    severity: 'error',
    steps: ['delivery'],
    explanation: 'The server refuses the envelope recipient (RCPT TO).',
    remedy:
      'The text says why. "Relay access denied" means that the server takes mail for this domain only from authenticated clients: configure `auth`. 550 5.1.1 means that the mailbox does not exist. A temporary code is greylisting more often than not: raise `retries`.',
    reference: 'RFC 5321 section 3.3',
  },
  'message-rejected': {
    title: 'Message refused',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'Sender and recipient were accepted, and the message itself was refused at DATA or after its last line.',
    remedy:
      "The text says why: a content filter, a size limit, a quota. Look for the queue id or the reason in the server's log.",
    reference: 'RFC 5321 section 4.2.5',
  },
  'inbox-unreachable': {
    title: 'Inbox cannot be reached',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The mailbox in which the probe should arrive cannot be looked into: no connection, no TLS, or a certificate that does not hold (then no password was sent), or a server that hangs up or floods.',
    remedy:
      'Check `delivery.inbox`: `imaps://` is TLS from the first byte (993), `imap://` upgrades by STARTTLS (143). Its certificate is held to the same trust anchors as the endpoint: a private CA belongs into `ca`.',
    reference: 'RFC 8314 section 3.2',
  },
  'inbox-rejected': {
    title: 'Inbox refuses us',
    severity: 'error',
    steps: ['delivery'],
    explanation: 'The inbox refuses the login, has no such folder, or does not let the probe be read or deleted.',
    remedy:
      'Check `delivery.username`, `delivery.password` and the folder in `delivery.inbox`. Large providers want an application password for IMAP.',
    reference: 'RFC 9051 section 6.2',
  },
  'message-not-received': {
    title: 'Message accepted and never arrived',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The server took responsibility for the probe (250), and it was not in the inbox within `delivery.within`. This is how lost mail looks from outside.',
    remedy:
      "Follow the message through the server's log by its Message-ID, shown below: still queued, sent to another folder (Junk), to another mailbox, or discarded by a filter. If the path is just slow, raise `delivery.within`.",
    reference: 'RFC 5321 section 6.1',
  },
  'message-altered': {
    title: 'Message changed on the way',
    severity: 'error',
    steps: ['delivery'],
    explanation:
      'The probe arrived, and a header field that we set or its body is not what was sent. Footers, subject tags and re-encoding break signatures (DKIM) and attachments.',
    remedy: 'Find the filter, gateway or list that changes mail on this path, and exempt it or have it work on copies.',
    reference: 'RFC 5321 section 6.4',
  },
  'receipt-not-verified': {
    title: 'Arrival not verified',
    severity: 'notice',
    steps: ['delivery'],
    explanation: 'The server accepted the probe. No inbox is configured, so nobody looked whether it arrived.',
    remedy: 'Configure `delivery.inbox` with its username and password to have the arrival proved.',
  },

  // The run
  'step-required': {
    title: 'Required step not configured',
    severity: 'error',
    steps: ['authentication', 'delivery'],
    explanation: 'The step is named in `require`, and there is nothing to do it with.',
    remedy:
      'Configure credentials (`auth`) or `delivery`. If they come from secrets, remember that a secret that does not exist, and every secret in a pull request from a fork, arrives empty.',
  },
  'waiver-expired': {
    title: 'Waiver has ended',
    severity: 'error',
    steps: EVERY,
    explanation: 'A finding is waived until a day that is over, so it counts again.',
    remedy: 'Mend the finding, or decide anew how long it may stand and move `until`.',
  },
  'waiver-unused': {
    title: 'Waiver not needed',
    severity: 'notice',
    steps: EVERY,
    explanation: 'The finding that a waiver names did not occur, though its step was carried out.',
    remedy: 'Take the waiver out, lest it hides the finding when it comes back.',
  },
  'internal-error': {
    title: 'Defect of the gate itself',
    severity: 'error',
    steps: EVERY,
    explanation:
      'The gate came upon something in its own code that should not happen. The endpoint has not been judged.',
    remedy: 'Please report it, with this message and the version of the gate. The other endpoints are not affected.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type FindingCode = keyof typeof CATALOGUE;

/** All codes, in the order of the catalogue. */
export const FINDING_CODES = Object.keys(CATALOGUE) as FindingCode[];

/** Findings about the gate's own bookkeeping: to waive them would be to switch the gate off. */
export const UNWAIVABLE: readonly FindingCode[] = ['internal-error', 'waiver-expired', 'waiver-unused'];
