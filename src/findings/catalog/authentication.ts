import {
  COMMAND,
  MECHANISM_NOT_SUPPORTED,
  REJECTION,
  SIGN_IN_REQUIRED,
  STARTTLS_IN_PROXY,
  TEMPORARY,
  TLS_IN_PROXY,
} from './auth-causes.js';
import { AUTH_NOT_OFFERED } from '../commands/swaks.js';
import { listOf } from '../../text/lists.js';
import { entriesOf, REPLY, type CatalogEntry, type Cause, type Reproduction, type Values } from './entry.js';
import { fields } from './evidence.js';
import { ACCEPTED_ELSEWHERE } from './siblings.js';

const { error, warning, notice } = entriesOf(['authentication']);

/** swaks marks what it receives over TLS with `<~`. */
const STARTTLS_OVER_TLS = ({ capabilities = '' }: Values): string => {
  const [keyword = 'STARTTLS'] = /starttls/i.exec(capabilities) ?? [];
  return `<~  250${capabilities.endsWith(keyword) ? ' ' : '-'}${keyword}`;
};

const STILL_STARTTLS: Reproduction = { command: 'ehlo-over-tls', shows: STARTTLS_OVER_TLS };

/** What swaks says. */
const NO_AUTH = 'Host did not advertise authentication';
const NO_MECHANISM = 'Auth not attempted';

/** What the server offers, if no tool can try the mechanism. */
const OFFERED: Reproduction = {
  command: 'ehlo-over-tls',
  shows: ({ offered = '' }) => (offered === 'none' ? 'AUTH' : `AUTH ${offered}`),
};
const TRIED: Reproduction = { command: 'sign-in', shows: NO_MECHANISM, otherwise: OFFERED };
const NOT_OFFERED: Reproduction = {
  ...{ command: 'sign-in', shows: NO_AUTH },
  otherwise: { command: 'auth-over-tls', shows: AUTH_NOT_OFFERED },
};

const DO_NOT_TRUST =
  'Do not authenticate on this server, and send it no mail, until you know who operates it: it may be an impostor with a valid certificate. The gate did not send the password itself.';

/** The rule that must allow AUTH only over TLS does the opposite. One change fixes both halves. */
const ONLY_BEFORE_TLS = {
  title: 'AUTH offered only before TLS',
  party: 'server',
  certainty: 'likely',
  remedy: listOf('Offer AUTH only in the reply to EHLO after STARTTLS, not in the one before.', [
    'The condition for AUTH is probably inverted, or missing in the configuration that applies over TLS.',
    'Do not just remove AUTH before TLS: the server would then not offer it at all.',
    'Change passwords that clients may have sent unencrypted on this port.',
  ]),
  examples:
    'Postfix: `smtpd_tls_auth_only = yes` with `smtpd_sasl_auth_enable = yes`. Exim: `${if eq{$tls_in_cipher}{}{}{*}}` in `auth_advertise_hosts`, or in `server_advertise_condition` of each authenticator; with `{*}{}` at the end it is inverted.',
  setting: 'plaintext-auth-advertised',
  reproduce: NOT_OFFERED,
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
        'Compare the rules that the server applies over TLS with those before TLS: it accepted the first EHLO. If the reply is about the name in EHLO, set `ehlo` to a fully qualified name that resolves.',
      setting: 'ehlo-rejected',
      reproduce: { command: 'ehlo-over-tls', shows: REPLY },
    },
    {
      evidence: fields('reply', 'helo'),
      reference: 'RFC 3207 section 4.2',
      causes: {
        'not-reset': {
          title: 'Session not reset after STARTTLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Update the server: after the handshake, it must discard the first EHLO. If a proxy in front of it handles STARTTLS, configure the proxy not to send EHLO itself, or to pass STARTTLS through.',
          reproduce: { command: 'ehlo-over-tls', shows: REPLY },
        },
        'not-encrypted': { ...STARTTLS_IN_PROXY, reproduce: { command: 'ehlo-over-tls', shows: REPLY } },
      },
    },
  ),
  'starttls-still-advertised': warning(
    'STARTTLS offered over TLS',
    'A server must not offer STARTTLS when TLS is active. This server treats the session as unencrypted.',
    { ...TLS_IN_PROXY, title: 'STARTTLS offered over TLS', reproduce: STILL_STARTTLS },
    {
      evidence: fields('capabilities'),
      reference: 'RFC 3207 section 4.2',
      causes: {
        'after-starttls': {
          ...STARTTLS_IN_PROXY,
          title: 'STARTTLS offered over TLS',
          remedy: listOf('Update the server, because it must not offer STARTTLS over TLS.', [
            'If a proxy in front of it handles STARTTLS itself, configure the proxy to pass STARTTLS through.',
            'Or give the proxy its own listener, which does not require TLS, which only the proxy can reach, and which trusts no client by IP address.',
          ]),
          reproduce: STILL_STARTTLS,
        },
      },
    },
  ),
  'auth-not-advertised': error(
    'AUTH not offered',
    'Credentials are configured, but the server does not offer AUTH over TLS.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf('Enable SMTP AUTH for this port of the server.', [
        'If it is enabled, check the rules that limit AUTH to certain IP addresses or host names.',
        'If clients do not authenticate on this server, such as a test server or an internal relay, remove `auth`.',
      ]),
      examples:
        'Postfix: `smtpd_sasl_auth_enable = yes` for the service in `master.cf`. Exim: `auth_advertise_hosts`, and `server_advertise_condition` of the authenticators.',
      setting: 'auth-not-advertised',
      reproduce: NOT_OFFERED,
    },
    {
      evidence: fields('capabilities', 'beforeTls'),
      reference: 'RFC 4954 section 3',
      causes: {
        'only-before-tls': {
          ...ONLY_BEFORE_TLS,
          explains: ['plaintext-auth-advertised', 'auth-mechanisms-differ'],
        },
        'not-encrypted': { ...TLS_IN_PROXY, reproduce: STILL_STARTTLS },
        'not-encrypted-after-starttls': { ...STARTTLS_IN_PROXY, reproduce: STILL_STARTTLS },
        postscreen: {
          title: 'postscreen answers on a port for submission',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Let `smtpd` instead of `postscreen` listen on this port (in `master.cf`), and run `postfix reload`: postscreen is for port 25, where other servers send mail, and does not offer AUTH itself. Also check that no firewall redirects this port to port 25. AUTH may well be enabled already.',
          reproduce: NOT_OFFERED,
        },
        'mail-exchanger': {
          title: 'AUTH not offered by an MX host',
          party: 'configuration',
          certainty: 'likely',
          remedy: listOf(
            'Test the submission server instead, on port 587 (STARTTLS) or 465 (implicit TLS) of this host or, often, of a different one.',
            [
              'MX hosts usually offer no AUTH, because other mail servers need none.',
              'To test only the MX host, remove `auth`, and `authentication` from `require`.',
            ],
          ),
          setting: 'submission-host',
          reproduce: NOT_OFFERED,
          reference: 'RFC 6409 section 3.1',
        },
      },
    },
  ),
  'auth-mechanism-unavailable': error(
    'No common AUTH mechanism',
    'The server offers AUTH, but none of its mechanisms fits the credentials and `auth.mechanism`, or the server rejects the selected mechanism as unknown (504).',
    {
      party: 'server',
      certainty: 'certain',
      remedy: ({ required = 'another mechanism' }: Values) =>
        `Enable ${required} on the server for this port, or use the host and port that are for mail clients.`,
      setting: 'auth-mechanisms',
      reproduce: TRIED,
    },
    {
      evidence: {
        ...fields('reply', 'mechanism', 'saslError'),
        offered: 'the mechanisms that the server offers',
        required: 'the required mechanism, or type of mechanism',
      },
      reference: 'RFC 4954 section 4',
      causes: {
        'no-password-mechanism': {
          party: 'server',
          certainty: 'certain',
          remedy:
            'Enable PLAIN or SCRAM on the server for this port, and offer them only over TLS. Or use the host and port that are for mail clients.',
          setting: 'auth-mechanisms',
          reproduce: TRIED,
        },
        'token-required': {
          title: 'Server requires an access token',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Configure `auth.access-token` instead of `auth.password`: the server offers mechanisms for access tokens (OAuth 2.0), and none for passwords. Or enable a mechanism for passwords on the server.',
          setting: 'auth-mechanisms',
          reproduce: TRIED,
        },
        'password-required': {
          title: 'Server requires a password',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Configure `auth.password` instead of `auth.access-token`: the server offers mechanisms for passwords, and none for access tokens. Or enable XOAUTH2 or OAUTHBEARER on the server.',
          setting: 'auth-mechanisms',
          reproduce: OFFERED,
        },
        'certificate-required': {
          title: 'Server requires a client certificate',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Configure `tls.client-cert`, `tls.client-key` and `auth.mechanism: EXTERNAL`, the only mechanism that the gate supports and the server offers. Or enable another mechanism on the server.',
          setting: 'auth-mechanisms',
          reproduce: TRIED,
        },
        'external-not-offered': {
          title: 'EXTERNAL not offered',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Enable EXTERNAL on the server, and configure it to request a client certificate in the handshake and to trust its issuer: many servers offer EXTERNAL only to clients with a certificate that they accept.',
          setting: 'client-certificate-request',
          reproduce: OFFERED,
        },
        'mechanism-not-offered': {
          title: 'Configured mechanism not offered',
          about: 'auth.mechanism',
          party: 'server',
          certainty: 'likely',
          remedy: ({ required = '' }: Values) =>
            `If clients need ${required}, which \`auth.mechanism\` requires, enable it on the server. Otherwise, set \`auth.mechanism\` to a mechanism that the server offers, or remove it, so that the gate selects the strongest one.`,
          examples:
            'Dovecot: `auth_mechanisms`. Cyrus SASL: `mech_list`. Exim: an authenticator with this `public_name`.',
          setting: 'auth-mechanisms',
          reproduce: TRIED,
        },
        'only-with-binding': {
          title: 'No channel binding for this TLS session',
          party: 'server',
          certainty: 'certain',
          remedy:
            'Enable TLS 1.3 on the server: it has channel binding with any certificate. Or offer the mechanism without -PLUS too.',
          setting: 'auth-mechanisms',
          reference: 'RFC 9266 section 2',
          reproduce: OFFERED,
        },
        'mechanism-not-supported': MECHANISM_NOT_SUPPORTED,
      },
    },
  ),
  'auth-rejected': error(
    'Credentials rejected',
    'The server supports the mechanism and rejects these credentials, from this client, on this port. With `auth.expect: rejected`, the finding means that this rejection does not show that the credentials are invalid. Either it is about the client, the mechanism or a policy, or it does not show that the server checked the credentials at all.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy: listOf('Do what the server says in its reply, if it names a reason.', [
        'Otherwise, try the same credentials from the same network with a mail client. If that works, compare the username, the host, the port and the mechanism.',
        'If not, ask whoever runs the server to look for the reason in its log.',
      ]),
      accountRemedy:
        'If the reply does not say why, try the same credentials from the same network with a mail client, or ask the support of the service.',
      setting: 'auth-rejected',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    {
      about: 'auth.username',
      evidence: {
        ...fields('reply', 'mechanism', 'saslError', 'worksAt'),
        untried: 'another mechanism that the server offers and that sends the password',
        account: 'the configured username, if it is probably the reason',
        suggested: 'the username that may be right',
        tokenAudience: 'the service for which the access token was issued, according to the token',
        tokenExpires: 'the time at which the access token expires, according to the token',
        tokenPermissions: 'the scopes or roles of the access token, according to the token',
      },
      reference: 'RFC 4954 section 6',
      causes: { ...REJECTION, 'accepted-elsewhere': ACCEPTED_ELSEWHERE },
    },
  ),
  'auth-command-refused': error(
    'AUTH command refused',
    'The server offers AUTH, but refuses the command or its arguments (500, 501, 502, 503), so it did not check the credentials at all.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Look in the server's log for the reason; the reply says what the server refuses. If a proxy is in front of the server, find out which of the two offers AUTH, and which one refuses it.",
      setting: 'auth-command-refused',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    { evidence: fields('reply', 'mechanism', 'saslError'), reference: 'RFC 4954 section 4', causes: COMMAND },
  ),
  'auth-temporary-failure': error(
    'Authentication temporarily unavailable',
    'The server replied with a temporary failure (4xx) on every attempt, so it did not check the credentials, or does not say whether they are correct.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Look for the reason in the server's log for the time of the run. Usually its authentication backend, such as a directory or a database, does not respond.",
      setting: 'auth-backend',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    { evidence: fields('reply', 'mechanism', 'saslError'), reference: 'RFC 4954 section 6', causes: TEMPORARY },
  ),
  'auth-tls-required': error(
    'Server treats the TLS session as unencrypted',
    'Over TLS the server replies to AUTH with "must issue STARTTLS first" or "encryption required", as if the session were unencrypted.',
    { ...TLS_IN_PROXY, reproduce: { command: 'sign-in', shows: REPLY } },
    {
      evidence: fields('reply', 'mechanism', 'saslError'),
      reference: 'RFC 4954 section 6',
      causes: {
        'not-encrypted-after-starttls': {
          ...STARTTLS_IN_PROXY,
          reproduce: { command: 'sign-in', shows: REPLY },
        },
        'sign-in-required': SIGN_IN_REQUIRED,
      },
    },
  ),
  // No cause has a command: it would send the password to a server that may be an impostor.
  'auth-server-not-authenticated': error(
    'SCRAM server signature missing or wrong',
    'With SCRAM the server, too, must prove that it knows the password. This server does not, although its certificate is valid or its key is pinned.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: `${DO_NOT_TRUST} Then check its implementation of SCRAM, and any proxy that changes the messages.`,
    },
    {
      evidence: fields('reply', 'mechanism', 'saslError', 'fault'),
      reference: 'RFC 5802 section 3',
      causes: {
        'signature-wrong': {
          title: 'SCRAM server signature wrong',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(DO_NOT_TRUST, [
            'If it is the right server, its stored keys for this account are damaged (ServerKey does not match StoredKey): set the password of the account again on the server.',
          ]),
        },
        'signature-missing': {
          title: 'SCRAM server signature missing',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(DO_NOT_TRUST, [
            'If it is the right server, update its implementation of SCRAM, or the proxy that drops its last message: the server must send its signature with every success.',
          ]),
          reference: 'RFC 5802 section 5',
        },
        'nonce-foreign': {
          title: 'SCRAM message of a different exchange',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(DO_NOT_TRUST, [
            'Someone may be replaying a recorded exchange.',
            'If it is the right server, a proxy confuses the connections of several clients, or its implementation of SCRAM is wrong.',
          ]),
          reference: 'RFC 5802 section 5.1',
        },
        'nonce-not-extended': {
          title: 'SCRAM nonce of the server missing',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(DO_NOT_TRUST, [
            "If it is the right server, update its implementation of SCRAM: it must add random characters of its own to the client's nonce; otherwise, recorded exchanges can be replayed.",
          ]),
          reference: 'RFC 5802 section 5.1',
        },
      },
    },
  ),
  'auth-iterations-low': notice(
    'Low SCRAM iteration count',
    'With SCRAM the server sends its iteration count, which is how often the password is hashed. With so few iterations, an attacker who steals the verifiers can guess the passwords quickly.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Raise the iteration count for new passwords to at least 4096, preferably 10,000 or more, and set the existing passwords again: each keeps the count with which it was stored.',
      examples: 'Cyrus SASL: `scram_iteration_counter`. Dovecot: `doveadm pw -r`.',
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
        'Fix what step 3 reports. If the server must keep its certificate, get the pin of its key from whoever runs it, not from this connection, and set `tls.pin`. If the only problem is that the chain is not trusted, it is enough to add its root to `ca`.',
    },
    { evidence: {}, reference: 'RFC 8314 section 5.2' },
  ),
  'unauthenticated-mail-accepted': warning(
    'MAIL accepted without AUTH',
    'The probe `plaintext-mail` sent `MAIL FROM:<>` over TLS without authentication, and the server accepted it. A submission server should reject it. The probe named no recipient, so the server is not necessarily an open relay: in its default configuration, Postfix rejects only at RCPT (`smtpd_delay_reject`).',
    {
      party: 'server',
      certainty: 'certain',
      remedy: listOf(
        'Test a recipient of a foreign domain on this port without `auth` (`delivery.expect: refused`): the server must reject it.',
        [
          'If it accepts the recipient, it is an open relay: have it require authentication at once.',
          'If it rejects the recipient, and should reject MAIL already, configure the submission port to reply 530 until the client has authenticated.',
          'If it rejects at RCPT by design, waive this finding.',
        ],
      ),
      examples:
        'Postfix: for the submission service, `smtpd_delay_reject = no`, and at the end of `smtpd_sender_restrictions` `permit_sasl_authenticated, check_sender_access static:{530 5.7.0 Authentication required}`. In `master.cf` (`-o { name = value }`), also repeat what the list has in `main.cf`, such as `reject_sender_login_mismatch`, because an override replaces it. No `reject` in `smtpd_client_restrictions` and `smtpd_helo_restrictions`, which would then reject clients before AUTH. Exim: in `acl_smtp_mail`, `deny !authenticated = *` for the submission port.',
      setting: 'unauthenticated-mail',
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
      remedy: listOf('Check that the configured credentials are the ones that must be rejected.', [
        'Then try an invented user and password: if the server accepts those too, it accepts any password. Close the port until that is fixed.',
        'Otherwise, revoke the credentials where the server looks them up, clear its cache, and check that all backends and replicas are up to date.',
      ]),
      examples: 'Dovecot: `doveadm auth cache flush`. saslauthd: restart it, which clears its cache (option `-c`).',
      setting: 'cached-credentials',
      reproduce: { command: 'sign-in', shows: REPLY },
    },
    { evidence: fields('reply', 'mechanism', 'saslError'), reference: 'RFC 4954 section 4' },
  ),
  'auth-plain-on-mx': notice(
    'MX offers AUTH',
    'The server accepts mail for its domains from everyone, and also offers AUTH, with no mechanism other than PLAIN and LOGIN. Clients should not authenticate on an MX host. Offering AUTH there invites password guessing.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Offer AUTH only on the submission ports.',
      examples:
        'Postfix: `smtpd_sasl_auth_enable = no` in `main.cf`, and `yes` for the submission services in `master.cf`. Exim: make `auth_advertise_hosts` depend on `$received_port`.',
      setting: 'auth-on-mx',
    },
    { evidence: { mechanisms: 'the SASL mechanisms that are offered' }, reference: 'RFC 6409 section 3.3' },
  ),
  'auth-mechanisms-differ': notice(
    'AUTH mechanisms differ over TLS',
    'Before TLS the server offered mechanisms that it does not offer over TLS. More mechanisms over TLS are normal. If there are fewer over TLS, a client that an attacker keeps from using TLS is offered more mechanisms, or two different servers are responding.',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Do not offer AUTH before TLS, so that only the mechanisms over TLS count. If a mechanism that clients need is missing there, add it. If nobody configured the difference, find out which two programs are responding.',
    },
    {
      evidence: {
        ...fields('beforeTls'),
        insideTls: 'the mechanisms that are offered over TLS',
      },
      reference: 'RFC 3207 section 4.2',
      causes: { 'only-before-tls': ONLY_BEFORE_TLS },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
