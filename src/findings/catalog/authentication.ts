import { entriesOf, REPLY, type CatalogEntry, type Cause } from './entry.js';
import { fields } from './evidence.js';

const { error, warning, notice } = entriesOf(['authentication']);

/** Causes that a server can name in reply to any AUTH, with any code. */
const AUTH_CAUSES = {
  'too-many-attempts': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'Authenticate less often: leave more time between runs, lower `concurrency`, and check who else uses this account or this IP address. The credentials themselves have not been checked.',
    setting: 'auth-throttled',
    reproduce: { command: 'sign-in', shows: REPLY },
  },
  'quota-exceeded': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'Check the plan and the limits of the account at the provider: raise them, or wait until they are reset. The credentials themselves have not been checked.',
    setting: 'quota-exceeded',
    reproduce: { command: 'sign-in', shows: REPLY },
  },
  'sign-in-required': {
    party: 'server',
    certainty: 'likely',
    remedy:
      'The server treats AUTH as a command that requires authentication first. Check whether AUTH is enabled in the server itself, or only offered by a proxy in front of it.',
    reproduce: { command: 'sign-in', shows: REPLY },
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** The rule that must allow AUTH only over TLS does the opposite. One change fixes both halves. */
const ONLY_BEFORE_TLS = {
  title: 'AUTH offered only before TLS',
  party: 'server',
  certainty: 'likely',
  remedy:
    'The condition for AUTH is inverted, or it is missing in the configuration that applies over TLS. Offer AUTH over TLS and only there: in the reply to EHLO after STARTTLS, and not in the one before. Do not just remove it before TLS, because then no AUTH is left.',
  examples:
    'Postfix: `smtpd_tls_auth_only = yes` with `smtpd_sasl_auth_enable = yes`. Exim: `auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}`; with `{*}{}` at the end it is inverted.',
  setting: 'plaintext-auth-advertised',
  reproduce: { command: 'sign-in', shows: 'Host did not advertise authentication' },
} as const satisfies Cause;

/** Findings of step 4: EHLO over TLS, and AUTH. */
export const AUTHENTICATION = {
  'ehlo-after-tls-rejected': error(
    'EHLO rejected over TLS',
    'After STARTTLS the client must send EHLO again, but the server rejects it.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'A typical cause is a proxy that terminates TLS and does not reset the session of the server behind it. Check the proxy, or terminate TLS in the mail server itself.',
      reproduce: { command: 'ehlo-over-tls', shows: REPLY },
    },
    { evidence: fields('reply', 'helo'), reference: 'RFC 3207 section 4.2' },
  ),
  'starttls-still-advertised': warning(
    'STARTTLS offered over TLS',
    'A server must not offer STARTTLS when TLS is active. This server treats the session as unencrypted.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Usually a proxy terminates TLS in front of the server. Configure the proxy to inform the server (PROXY protocol, XCLIENT), or terminate TLS in the server.',
    },
    { evidence: fields('capabilities'), reference: 'RFC 3207 section 4.2' },
  ),
  'auth-not-advertised': error(
    'AUTH not offered',
    'Credentials are configured, but the server does not offer AUTH over TLS.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Port 25 of an MX host usually does not offer AUTH: use 587 or 465. On a submission port, enable SASL (Postfix: `smtpd_sasl_auth_enable = yes`), and check that its policy allows the IP address of this client.',
      setting: 'auth-not-advertised',
      reproduce: { command: 'sign-in', shows: 'Host did not advertise authentication' },
    },
    {
      evidence: { ...fields('capabilities'), beforeTls: 'the mechanisms that are offered before TLS' },
      reference: 'RFC 4954 section 3',
      causes: { 'only-before-tls': ONLY_BEFORE_TLS },
    },
  ),
  'auth-mechanism-unavailable': error(
    'No common AUTH mechanism',
    'The server offers AUTH, but none of its mechanisms fits the credentials and `auth.mechanism`, or the server rejects the selected mechanism as unknown (504).',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Compare the mechanisms in the evidence. A server that offers only XOAUTH2 or OAUTHBEARER requires an `access-token`, not a password. A server that offers only PLAIN and LOGIN requires a password.',
    },
    {
      evidence: {
        ...fields('reply', 'mechanism', 'saslError'),
        offered: 'the mechanisms that the server offers',
        required: 'the required mechanism, or type of mechanism',
      },
      reference: 'RFC 4954 section 4',
      causes: AUTH_CAUSES,
    },
  ),
  'auth-rejected': error(
    'Credentials rejected',
    'The server supports the mechanism and rejects these credentials, from this client, on this port. With `auth.expect: rejected`, the finding means that this rejection does not show that the credentials are invalid. Either it is about the client, the mechanism or a policy, or it does not show that the server checked the credentials at all.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Try the same credentials from the same network with the command shown. If no command is shown, use the mail program that normally uses the credentials. If they work there, check what is different here. Password or token: the secret of a different environment, an old password, a trailing space, or a `$` that a shell expanded. Username: with or without the domain. Host and port: credentials for one region, server or service are not valid for another. IP address: an allowlist, or a lockout after failures. Mechanism: `auth.mechanism: PLAIN` shows whether the server stores the password in the form that a stronger mechanism requires. Password type: an app password instead of the account password. SMTP AUTH: some providers enable it for each mailbox or tenant.',
      setting: 'auth-rejected',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    {
      evidence: fields('reply', 'mechanism', 'saslError'),
      reference: 'RFC 4954 section 6',
      causes: {
        'access-token': {
          party: 'configuration',
          certainty: 'likely',
          remedy:
            'Check whether the token has expired: most are valid for an hour, so let the job get a new one. Check whether it was issued for exactly this username, for this service, and with the scope that SMTP requires (Google: `https://mail.google.com/`; Microsoft 365: `https://outlook.office.com/SMTP.Send`). Check whether the tenant allows SMTP AUTH for this mailbox.',
        },
        certificate: {
          party: 'configuration',
          certainty: 'likely',
          remedy:
            'The server must request a certificate in the handshake, trust the issuer of this one, and map it to a user. Compare what the server reads from the certificate (subject, email address) with its users and with `auth.username`.',
        },
        ...AUTH_CAUSES,
      },
    },
  ),
  'auth-command-refused': error(
    'AUTH command refused',
    'The server offers AUTH, but refuses the command or its arguments (500, 501, 502, 503), so it did not check the credentials at all.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "The message quotes the server's reply. Either a proxy or the client certificate has already authenticated the client, or a proxy offers AUTH that is not enabled in the server behind it, or the server cannot parse the mechanism. Try a different `auth.mechanism`.",
      setting: 'auth-command-refused',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    { evidence: fields('reply', 'mechanism', 'saslError'), reference: 'RFC 4954 section 4', causes: AUTH_CAUSES },
  ),
  'auth-temporary-failure': error(
    'Authentication temporarily unavailable',
    'The server could not check the credentials on any attempt: its backend (LDAP, SQL, Dovecot auth) does not respond.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Look for errors of the authentication backend in the server's log. The credentials themselves have not been checked.",
      setting: 'auth-backend',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    { evidence: fields('reply', 'mechanism', 'saslError'), reference: 'RFC 4954 section 6', causes: AUTH_CAUSES },
  ),
  'auth-tls-required': error(
    'Server treats the TLS session as unencrypted',
    'Over TLS the server replies to AUTH with "must issue STARTTLS first" or "encryption required", as if the session were unencrypted.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'A proxy or load balancer terminates TLS in front of the server. Terminate it in the server, or configure the proxy to report that the client side is encrypted.',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    { evidence: fields('reply', 'mechanism', 'saslError'), reference: 'RFC 4954 section 6', causes: AUTH_CAUSES },
  ),
  'auth-server-not-authenticated': error(
    'SCRAM server signature missing or wrong',
    'With SCRAM the server, too, must prove that it knows the password. Its signature is wrong or missing, or it belongs to a different exchange, although the server reports success.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Do not send mail here. Find out who operates this server, and whether the stored verifier belongs to this account.',
    },
    { evidence: fields('reply', 'mechanism', 'saslError', 'fault'), reference: 'RFC 5802 section 3' },
  ),
  'auth-iterations-low': notice(
    'Low SCRAM iteration count',
    'With SCRAM the server sends its iteration count, which is how often the password is hashed. With so few iterations, an attacker who steals the verifiers can guess the passwords quickly.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Raise the iteration count for new verifiers, and reset the passwords: existing verifiers keep their count.',
    },
    { evidence: { iterations: 'how often the password is hashed' }, reference: 'RFC 7677 section 4' },
  ),
  'credentials-withheld': error(
    'Credentials not sent',
    "A finding about the chain, the name or the purpose of the certificate is waived, so step 3 did not fail. But the server's identity could not be verified, and the gate sends neither credentials nor mail to such a server.",
    {
      party: 'configuration',
      certainty: 'certain',
      remedy:
        'Pin the key of the server with `tls.pin`, or, if only the chain is not trusted, add its issuer to `ca`. Then the server is verified, and steps 4 and 5 can run.',
    },
    { evidence: {}, reference: 'RFC 8314 section 5.2' },
  ),
  'unauthenticated-mail-accepted': warning(
    'MAIL accepted without AUTH',
    'The probe `plaintext-mail` sent `MAIL FROM:<>` over TLS without authentication, and the server accepted it. A submission server should reject it. The probe named no recipient, so the server is not necessarily an open relay: in its default configuration, Postfix rejects only at RCPT (`smtpd_delay_reject`).',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Configure the submission port to reject MAIL with 530 until the client has authenticated (Postfix: for the submission service set `smtpd_delay_reject = no` and `smtpd_sender_restrictions = permit_sasl_authenticated, check_sender_access static:{530 5.7.0 Authentication required}`, and remove `reject` from `smtpd_client_restrictions`). If it rejects at RCPT by design, waive this finding.',
      reproduce: { command: 'mail-over-tls', shows: REPLY },
    },
    { evidence: fields('sent', 'reply'), reference: 'RFC 6409 section 4.3' },
  ),
  'auth-not-rejected': error(
    'Server accepted credentials that it must reject',
    '`auth.expect: rejected` says that the server must reject these credentials, but it accepts them: a revoked password still works, or a lockout has no effect.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Revoke the credentials where the server looks them up, and clear its cache (Dovecot: `doveadm auth cache flush`; saslauthd also has a cache). Check that all backends and replicas are up to date.',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    { evidence: fields('reply', 'mechanism', 'saslError'), reference: 'RFC 4954 section 4' },
  ),
  'auth-plain-on-mx': notice(
    'MX offers AUTH with PLAIN and LOGIN only',
    'The server accepts mail for its domains from everyone, and also offers AUTH, with no mechanisms other than PLAIN and LOGIN. Clients should not authenticate on an MX host. The offer invites password guessing.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Offer AUTH only on the submission ports (Postfix: `smtpd_sasl_auth_enable = no` in main.cf, and `yes` for the submission services in master.cf).',
    },
    { evidence: { mechanisms: 'the SASL mechanisms that are offered' }, reference: 'RFC 6409 section 3.3' },
  ),
  'auth-mechanisms-differ': notice(
    'AUTH mechanisms differ over TLS',
    'Before TLS the server offered mechanisms that it does not offer over TLS. More mechanisms over TLS are normal. If there are fewer over TLS, a client that is kept from using TLS sees a better offer, or two different servers are responding.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Offer the same mechanisms over TLS, or none before TLS. Check that one configuration applies to both.',
    },
    {
      evidence: {
        beforeTls: 'the mechanisms that are offered before TLS',
        insideTls: 'the mechanisms that are offered over TLS',
      },
      reference: 'RFC 3207 section 4.2',
      causes: { 'only-before-tls': ONLY_BEFORE_TLS },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
