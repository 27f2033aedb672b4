import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** Findings of step 4: EHLO inside TLS, and AUTH. */
export const STEP_4 = {
  'ehlo-after-tls-rejected': {
    title: 'EHLO refused inside TLS',
    severity: 'error',
    steps: ['authentication'],
    explanation: 'After STARTTLS the client must say EHLO again, and the server refuses it.',
    evidence: fields('reply', 'helo'),
    remedy:
      'A proxy that ends TLS and does not reset the session of the server behind it looks like this; check it, or end TLS in the mail server itself.',
    reference: 'RFC 3207 section 4.2',
  },
  'starttls-still-advertised': {
    title: 'STARTTLS offered inside TLS',
    severity: 'warning',
    steps: ['authentication'],
    explanation: 'A server must not offer STARTTLS once TLS is on. It does not know that the session is encrypted.',
    evidence: fields('capabilities'),
    remedy:
      'Usually TLS ends in a proxy in front of the server: have the proxy tell the server (PROXY protocol, XCLIENT), or end TLS in the server.',
    reference: 'RFC 3207 section 4.2',
  },
  'auth-not-advertised': {
    title: 'AUTH not offered',
    severity: 'error',
    steps: ['authentication'],
    explanation: 'Credentials are configured, and the server offers no AUTH inside TLS.',
    evidence: fields('capabilities'),
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
    evidence: {
      ...fields('reply', 'mechanism', 'told'),
      offered: 'the mechanisms that the server offers',
      wanted: 'the mechanism, or the kind of mechanism, that is needed',
    },
    remedy:
      'Compare the mechanisms in the evidence. A server that takes only XOAUTH2 or OAUTHBEARER wants an `access-token`, not a password; a server that takes only PLAIN and LOGIN wants a password.',
    reference: 'RFC 4954 section 4',
  },
  'auth-rejected': {
    title: 'Credentials refused',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'The server knows the mechanism and refuses these credentials, for this client, on this port. Where they must be refused (`auth.expect: rejected`), this says that the refusal does not judge them: it is about the client, the mechanism or a policy, or nothing shows that the server has anything to compare them with.',
    evidence: fields('reply', 'mechanism', 'told'),
    remedy:
      'Try the same credentials from the same network: with the command shown, or, where it goes no further than EHLO because swaks does not have the mechanism, with the mail program that uses them. If they work elsewhere, look at what differs: the value (a secret of another environment, an old one, a blank at its end, a shell that has expanded its `$`), the user name (with or without the domain), the host and the port (credentials of one region, one server or one service are not those of another), the address that you come from (an IP allow-list, a lock-out after failures), the mechanism (`auth.mechanism: PLAIN` tells whether the server keeps the password in the form that a stronger one needs), the kind of password (an application password instead of that of the account), and SMTP AUTH itself, which is switched on for each mailbox or tenant.',
    reference: 'RFC 4954 section 6',
  },
  'auth-command-refused': {
    title: 'AUTH itself refused',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'The server offers AUTH and refuses the command or what it carries (500, 501, 502, 503), so that the credentials were not judged at all.',
    evidence: fields('reply', 'mechanism', 'told'),
    remedy:
      'Something signs the client in before (a proxy, the client certificate), AUTH is offered by a proxy and not switched on in the server behind it, or the server cannot read the mechanism: its own words are in the message. Try another `auth.mechanism`.',
    reference: 'RFC 4954 section 4',
  },
  'auth-temporary-failure': {
    title: 'Authentication temporarily unavailable',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'The server could not check the credentials on any try: its back-end (LDAP, SQL, Dovecot auth) does not answer.',
    evidence: fields('reply', 'mechanism', 'told'),
    remedy: "Look at the authentication back-end in the server's log. The credentials themselves have not been judged.",
    reference: 'RFC 4954 section 6',
  },
  'auth-tls-required': {
    title: 'Server still wants TLS first',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'Inside TLS the server answers AUTH with "must issue STARTTLS first" or "encryption required". It does not know that the session is encrypted.',
    evidence: fields('reply', 'mechanism', 'told'),
    remedy:
      'TLS ends in a proxy or load balancer in front of the server. End it in the server, or have the proxy pass on that the client side is encrypted.',
    reference: 'RFC 4954 section 6',
  },
  'auth-server-not-authenticated': {
    title: 'Server does not know the password',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'With SCRAM the server proves that it knows the password too. Its proof is wrong or missing, or it answers an exchange that is not ours, though it says that all is well.',
    evidence: fields('reply', 'mechanism', 'told', 'fault'),
    remedy: 'Do not send mail here: find out who answers, and whether the stored verifier belongs to this account.',
    reference: 'RFC 5802 section 3',
  },
  'auth-iterations-low': {
    title: 'Password hashed too few times',
    severity: 'notice',
    steps: ['authentication'],
    explanation:
      'With SCRAM the server says how often the password is hashed. With so few times, who steals its verifiers guesses the passwords fast.',
    evidence: { iterations: 'how often the password is hashed' },
    remedy: 'Raise the iteration count of new verifiers, and set the passwords anew: an old verifier keeps its count.',
    reference: 'RFC 7677 section 4',
  },
  'credentials-withheld': {
    title: 'Credentials not sent',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      'A finding about the chain or the name of the certificate is waived, so the step did not fail; but nobody has authenticated the server, and neither credentials nor mail travel to a stranger.',
    evidence: {},
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
    evidence: fields('sent', 'reply'),
    remedy:
      'Have the submission port refuse MAIL with 530 until the client has signed in (Postfix: `smtpd_sender_restrictions = permit_sasl_authenticated, reject` with `smtpd_delay_reject = no` for the submission service). If it refuses at RCPT by design, waive this finding.',
    reference: 'RFC 6409 section 4.3',
  },
  'auth-not-rejected': {
    title: 'Credentials work that must not',
    severity: 'error',
    steps: ['authentication'],
    explanation:
      '`auth.expect: rejected` says that the server must refuse these credentials, and it lets them in: a key that was revoked still opens the door, or a lock-out does not lock.',
    evidence: fields('reply', 'mechanism', 'told'),
    remedy:
      'Revoke the credentials where the server looks them up, and clear its cache (Dovecot: `doveadm auth cache flush`; saslauthd caches too). Check that all back-ends and replicas know of it.',
    reference: 'RFC 4954 section 4',
  },
  'auth-plain-on-mx': {
    title: 'An MX offers AUTH with nothing but plaintext passwords',
    severity: 'notice',
    steps: ['authentication'],
    explanation:
      'The server takes mail for its domains from everybody, and offers AUTH there with no other mechanisms than PLAIN and LOGIN. Nobody should sign in on an MX; the offer invites the guessing of passwords.',
    evidence: { mechanisms: 'the SASL mechanisms that are offered' },
    remedy:
      'Offer AUTH on the submission ports only (Postfix: `smtpd_sasl_auth_enable = no` in main.cf, and `yes` for the submission services in master.cf).',
    reference: 'RFC 6409 section 3.3',
  },
  'auth-mechanisms-differ': {
    title: 'Other mechanisms inside TLS than outside',
    severity: 'notice',
    steps: ['authentication'],
    explanation:
      'In the clear the server offered mechanisms that it does not offer inside TLS. More inside than outside is how it should be; fewer inside makes a client that is kept from TLS believe in a choice that is not there, or shows that two different servers answer.',
    evidence: { clear: 'the mechanisms that are offered in the clear', tls: 'those inside TLS' },
    remedy: 'Offer the same mechanisms inside TLS, or none in the clear; check that one configuration serves both.',
    reference: 'RFC 3207 section 4.2',
  },
} as const satisfies Record<string, CatalogueEntry>;
