import { SIGNED_IN } from '../commands/swaks.js';
import { REPLY, type Cause, type Reproduction, type Values } from './entry.js';

/*
 * Why a server rejects AUTH: what it says in its reply, or what the exchange suggests. AUTH is only sent to a server whose
 * identity is verified, so a fix may ask for a different mechanism, even one that sends the password.
 */

type Causes = Readonly<Record<string, Cause>>;

const SIGN_IN: Reproduction = { command: 'sign-in', shows: REPLY };
/** The server replies to the first message, which has no password. */
const SCRAM_START: Reproduction = { command: 'scram-start', shows: REPLY };
/** Only the mechanism fails. */
const ONLY_SCRAM_FAILS: Reproduction = {
  ...{ command: 'sign-in-with-password', shows: SIGNED_IN },
  otherwise: SCRAM_START,
};
const server = (title: string, remedy: Cause['remedy'], more: Partial<Cause> = {}): Cause => ({
  ...{ title, party: 'server', certainty: 'likely', remedy, reproduce: SIGN_IN },
  ...more,
});
const configuration = (title: string, remedy: Cause['remedy'], more: Partial<Cause> = {}): Cause =>
  server(title, remedy, { party: 'configuration', ...more });
/** A command would make it worse, or would test what the user types instead of the configured secret. */
const withoutCommand = (title: string, remedy: Cause['remedy']): Cause => ({
  ...{ title, party: 'configuration', certainty: 'likely', remedy },
});

const CHANGING_ADDRESS =
  'In a workflow, that is a self-hosted runner with a fixed IP address: those of GitHub-hosted runners change with every run.';
const NOT_CHECKED = 'The credentials themselves have not been checked.';

/**
 * With implicit TLS, a proxy terminates TLS, and the server behind it does not know. Most servers cannot learn it from the
 * proxy.
 */
export const TLS_IN_PROXY = {
  title: 'Server treats the TLS session as unencrypted',
  party: 'server',
  certainty: 'likely',
  remedy:
    'Enable implicit TLS for this port in the mail server, and configure the proxy or load balancer that probably terminates TLS to pass it through: the server sees an unencrypted session. If TLS must end in the proxy, give the proxy its own listener that does not require TLS and that only the proxy can reach. It must trust no client by IP address; otherwise, it is an open relay.',
  examples:
    'Postfix: `smtpd_tls_wrappermode=yes` for the service in `master.cf`. HAProxy: remove `ssl` from `bind`. stunnel: remove the service.',
  setting: 'tls-in-proxy',
  explains: ['starttls-still-advertised'],
} as const satisfies Cause;

/** The same after STARTTLS, which a load balancer for TCP does not know. */
export const STARTTLS_IN_PROXY = {
  title: TLS_IN_PROXY.title,
  party: 'server',
  certainty: 'likely',
  remedy:
    'Configure the SMTP proxy in front of the server to pass STARTTLS through: it probably handles STARTTLS itself, so the server behind it sees an unencrypted session. Or give the proxy its own listener, which does not require TLS, which only the proxy can reach, and which trusts no client by IP address. If there is no proxy, update the server: this is a bug in it.',
  examples: 'stunnel: remove the service with `protocol = smtp`.',
  explains: TLS_IN_PROXY.explains,
} as const satisfies Cause;

/** The server limits how often, or how much. */
const LIMITS = {
  'too-many-attempts': {
    ...withoutCommand('Too many attempts', ({ reply = '' }: Values) => {
      const client = / from (?=\S*[.:])([\da-f.:]+)$/i.exec(reply)?.[1];
      const others =
        client === undefined
          ? 'check who else uses this account or this IP address'
          : `check what else authenticates from ${client}, because the limit counts all clients with that IP address`;
      return `Authenticate less often: leave more time between runs, lower \`retries\`, and ${others}. ${NOT_CHECKED}`;
    }),
    setting: 'auth-throttled',
  },
  'too-many-failures': {
    ...withoutCommand(
      'Locked after too many failures',
      'Wait until the lockout ends, or ask the administrator of the server to remove it. Find out which client authenticates with a wrong password for this account or from this IP address.',
    ),
    setting: 'auth-throttled',
  },
  'quota-exceeded': configuration(
    'Account quota exceeded',
    `Check the plan and the limits of the account at the provider: raise them, or wait until they are reset. ${NOT_CHECKED}`,
    { setting: 'quota-exceeded' },
  ),
} as const satisfies Causes;

/** The server cannot check credentials. */
const OUTAGE = {
  'backend-unavailable': server(
    'Authentication backend unavailable',
    `Look for errors of the authentication backend in the server's log for the time of the run: a directory, database or socket that does not respond, or a file that is missing. ${NOT_CHECKED}`,
    {
      examples:
        'Dovecot: the log shows the passdb error. Cyrus SASL: saslauthd must run, and the mail server must be able to open its socket.',
      setting: 'auth-backend',
    },
  ),
} as const satisfies Causes;

/** The server offers what it does not support. */
const OFFER = {
  'mechanism-not-supported': server(
    'Mechanism offered but not supported',
    ({ mechanism = '' }: Values) =>
      `Configure what ${mechanism} requires on the server, or stop offering it. Until then, set \`auth.mechanism\` to another mechanism that the server offers, if there is one.`,
    { setting: 'auth-mechanisms', reproduce: { ...SIGN_IN, otherwise: SCRAM_START } },
  ),
  'sign-in-required': server(
    'AUTH rejected as if it required authentication',
    'Check whether AUTH is enabled in the server itself, or only offered by a proxy in front of it: the server treats AUTH as a command that requires authentication first.',
    { setting: 'auth-command-refused' },
  ),
} as const satisfies Causes;

export const { 'mechanism-not-supported': MECHANISM_NOT_SUPPORTED, 'sign-in-required': SIGN_IN_REQUIRED } = OFFER;

/** The server refuses the command, not the credentials. */
export const COMMAND = {
  'not-implemented': server(
    'AUTH offered but not implemented',
    'Enable AUTH in the server that receives the command, or stop offering it. Usually a proxy sends the reply to EHLO, and the server behind it does not support AUTH.',
    { setting: 'auth-command-refused' },
  ),
  'not-enabled': server(
    'AUTH offered but not enabled',
    'Enable AUTH in the service that listens on this port, or stop offering it. If a proxy sends the reply to EHLO, do this in the server behind it. If AUTH is enabled, check the rules that limit it to some clients, by IP address or host name.',
    {
      examples: 'Postfix: `smtpd_sasl_auth_enable = yes` for the service in `master.cf`. Exim: `auth_advertise_hosts`.',
      setting: 'auth-command-refused',
    },
  ),
  'already-authenticated': configuration(
    'Session already authenticated',
    'Remove `auth` from this endpoint, or remove the client certificate (`tls.client-cert`): that certificate, or a proxy, has already authenticated the client. If it was a proxy, configure the proxy to leave authentication to the client.',
  ),
  'response-not-understood': server(
    'SASL response not understood',
    ({ mechanism = '' }: Values) =>
      `Check whether a proxy shortens or changes the line, and which implementation of ${mechanism} the server uses: the gate sends base64, as ${mechanism} requires. Until that is fixed, set \`auth.mechanism\` to another mechanism that the server offers, if there is one.`,
    { setting: 'auth-mechanisms' },
  ),
  'line-too-long': server(
    'SASL response too long for the server',
    'Raise the line limit of the server or of the proxy in front of it: a server must accept a SASL response of up to 12,288 bytes (RFC 4954 section 4). Or use shorter credentials: some issuers make tokens shorter if they request fewer claims.',
    { setting: 'line-too-long', reference: 'RFC 4954 section 4' },
  ),
  'sign-in-required': OFFER['sign-in-required'],
  'mechanism-not-supported': OFFER['mechanism-not-supported'],
} as const satisfies Causes;

const OF_THE_PASSWORD = {
  'wrong-credentials': configuration(
    'Username or password not accepted',
    "Compare the configured username and password with those of the account. Typical mistakes are an old password, one from a different environment, a username with the wrong domain or none, and a `$` that a shell expanded. If they are correct, check the server's log: the account may be locked or require an app password. Do not retry often, because that can lock the account.",
    {
      setting: 'auth-rejected',
      accountRemedy:
        'Typical mistakes are an old password, one from a different environment, and a `$` that a shell expanded. Do not retry often, because that can lock the account.',
    },
  ),
  'username-without-domain': configuration(
    'Username without a domain not accepted',
    ({ account = '', suggested = '' }: Values) =>
      `The configured username \`${account}\` has no domain: try \`${suggested}\`, because usernames are addresses on many servers. If the account really has no domain in its name, compare the configured password with that of the account. Do not retry often, because that can lock the account.`,
    { setting: 'auth-rejected' },
  ),
  'wrong-username': configuration(
    'Username of the wrong form',
    ({ account = '' }: Values) => `The configured username is \`${account}\`.`,
    { setting: 'username' },
  ),
  'password-expired': configuration(
    'Password expired',
    'Set a new password for the account, and update the configured one.',
    { certainty: 'certain' },
  ),
  'app-password': configuration(
    'App password required',
    'Create an app password in the security settings of the account, and configure it instead of the account password. If the service supports OAuth 2.0, an `access-token` works too.',
    { setting: 'app-password' },
  ),
  'browser-confirmation': configuration(
    'Browser sign-in required',
    'Sign in to the account with a web browser, and complete the prompts. If the rejection persists, use an app password or an `access-token` instead of the account password.',
    { setting: 'app-password' },
  ),
  'basic-auth-blocked': configuration(
    'Passwords not accepted for SMTP AUTH',
    'Ask the administrator of the organization to exempt this account from the policy that blocks passwords, or to allow OAuth 2.0 for it. With OAuth 2.0, authenticate with an `access-token` instead of a password.',
    { setting: 'basic-auth-blocked' },
  ),
  'security-defaults': configuration(
    'Passwords blocked by security defaults of the organization',
    'Ask the administrator of the organization to allow OAuth 2.0 for an application that sends mail, and then authenticate with an `access-token` instead of a password.',
    { setting: 'security-defaults' },
  ),
  'passwords-ended': configuration(
    'Passwords no longer supported for SMTP AUTH',
    'Authenticate with an `access-token` (OAuth 2.0) instead of a password: the service accepts no passwords for SMTP AUTH, from any account. The administrator of the organization has to allow the application that requests the token.',
    { setting: 'passwords-ended' },
  ),
  'password-transition': configuration('Password must be converted', ({ mechanism = '' }: Values) =>
    ['PLAIN', 'LOGIN'].includes(mechanism)
      ? 'Ask the administrator of the server to set the password of the account again.'
      : 'Set `auth.mechanism: PLAIN` for one run: PLAIN sends the password itself, which the server needs to convert the stored password for other mechanisms.',
  ),
  'padded-secret': withoutCommand(
    'Password or token begins or ends with a space',
    'Remove the space or line break at the beginning or end of the password or token, where it is stored. If the space is part of the password, the username or password is wrong for another reason.',
  ),
  'password-storage': configuration(
    'Wrong password, or not stored for this mechanism',
    ({ mechanism = '' }: Values) =>
      `If the server also offers PLAIN, set \`auth.mechanism: PLAIN\` for one run. If that works, the server does not store this password in the form that ${mechanism} requires: store it in that form, or stop offering ${mechanism}. If it does not work, the username or the password is wrong.`,
    { setting: 'auth-mechanisms' },
  ),
  'not-stored-for-scram': server(
    'Password not stored for SCRAM, or unknown user',
    ({ mechanism = '' }: Values) =>
      `Check on the server whether it stores the password of this account in the form that ${mechanism} requires. If not, store it in that form, or stop offering ${mechanism}. The password itself cannot be the reason, but the username can: a server may reply the same for a user that it does not know. If the server also offers PLAIN, \`auth.mechanism: PLAIN\` is a workaround, and shows which of the two it is: it works if the username and the password are right.`,
    { setting: 'auth-mechanisms', reproduce: ONLY_SCRAM_FAILS },
  ),
  'bound-exchange': configuration('Wrong password, or channel binding failed', ({ mechanism = '' }: Values) => {
    const unbound = mechanism.replace(/-PLUS$/, '');
    return `If the server also offers this mechanism without -PLUS, set \`auth.mechanism: ${unbound}\` for one run, without channel binding. If that works, find the proxy that terminates TLS, or configure the server to stop offering ${mechanism}. If it does not work, the username or the password is wrong.`;
  }),
  'channel-binding': server(
    'Channel binding failed',
    ({ mechanism = '' }: Values) => {
      const unbound = mechanism.replace(/-PLUS$/, '');
      return `If a proxy of your own terminates TLS in front of the server, terminate TLS in the server instead, or configure the server to stop offering ${mechanism}. If there is no such proxy, update the server: it must support \`tls-exporter\` with TLS 1.3 (RFC 9266), and \`tls-server-end-point\` with TLS 1.2. Until then, if the server offers this mechanism without -PLUS, set \`auth.mechanism: ${unbound}\` to authenticate without channel binding.`;
    },
    { certainty: 'certain', reference: 'RFC 5802 section 6' },
  ),
  'binding-not-offered': server(
    'Channel binding supported but not offered',
    'If a proxy terminates TLS in front of the server, it may have removed the -PLUS mechanisms: disable channel binding in the server behind it. If there is no such proxy, configure the server to offer the -PLUS mechanisms: without them, it rejects clients that support them.',
    { setting: 'auth-mechanisms', reference: 'RFC 5802 section 6' },
  ),
} as const satisfies Causes;

const SCOPES = 'Google: scope `https://mail.google.com/`. Microsoft 365: scope `https://outlook.office.com/SMTP.Send`.';

const OF_THE_TOKEN = {
  'access-token': configuration(
    'Access token not valid',
    'Configure the job to get a new token before each run: most tokens are valid for an hour. Check that the token was issued for exactly this username, for this service, and with the scope that SMTP requires.',
    { examples: SCOPES, setting: 'access-token' },
  ),
  'token-expired': configuration(
    'Access token expired',
    'Configure the job to get a new token before each run: most tokens are valid for an hour.',
    { certainty: 'certain' },
  ),
  'token-scope': configuration(
    'Access token lacks a scope',
    'Request the token with the scope that the server requires for SMTP. The SASL error in the evidence may name it.',
    { examples: SCOPES, setting: 'access-token' },
  ),
  'token-not-checked': configuration(
    'Access token not valid, or not checked',
    'Authenticate with a new token for the same user. If the server rejects that too, its log shows whether it can validate tokens at all.',
    { examples: SCOPES, setting: 'access-token' },
  ),
} as const satisfies Causes;

const OF_THE_CERTIFICATE = {
  certificate: server(
    'Client certificate not accepted for this user',
    'Configure the server to trust the issuer of the certificate, and to map the certificate to a user. Compare what the server reads from it (subject, email address) with its users and with `auth.username`.',
  ),
  'certificate-not-requested': server(
    'Client certificate not requested',
    'Configure the server to request a client certificate in the handshake, to trust its issuer, and to map it to a user.',
    { certainty: 'certain', setting: 'client-certificate-request' },
  ),
} as const satisfies Causes;

const OF_THE_ACCOUNT = {
  'smtp-auth-disabled': server(
    'SMTP AUTH disabled for the account',
    'Ask the administrator of the mail service to enable SMTP AUTH for this mailbox and, if it is disabled there, for the organization. The credentials themselves may be correct.',
    { setting: 'smtp-auth-disabled' },
  ),
  'account-disabled': server(
    'Account locked or disabled',
    'Ask the administrator of the server to unlock or enable the account. If failed logins locked it, first find out which client still uses a wrong password.',
  ),
  'stronger-authentication': configuration(
    'Stronger authentication required',
    ({ mechanism = '' }: Values) =>
      `Remove \`auth.mechanism\`, if it is set, so that the gate uses the strongest mechanism that the server offers. If that is ${mechanism} already, the account requires other credentials, such as an app password or an \`access-token\`.`,
    { setting: 'app-password' },
  ),
  'rejected-early': configuration(
    'Rejected before the credentials were sent',
    'Check the username, whether this account may use this mechanism, and whether the server allows this client: the server has not received the password or token, so it rejects something else.',
  ),
} as const satisfies Causes;

const OF_THE_CLIENT = {
  'client-not-allowed': server(
    'Client not allowed to authenticate',
    `Add the gate's public IP address to the allowlist of the server or of the account, or run the gate in a network that is on the allowlist. ${CHANGING_ADDRESS} Also check whether accounts may authenticate on this port.`,
    {
      setting: 'client-not-allowed',
      accountRemedy: `Add the gate's public IP address to the allowlist of the account, or run the gate in a network that is on the allowlist. ${CHANGING_ADDRESS}`,
    },
  ),
  blocked: server(
    'Account or client blocked',
    "Ask the administrator of the server for the reason, and to remove the block. The reply does not say whether the account or the IP address is blocked; the server's log does.",
    {
      setting: 'client-not-allowed',
      accountRemedy:
        'Ask the support of the service for the reason: the reply does not say whether the account or the IP address is blocked.',
    },
  ),
  'not-encrypted': { ...TLS_IN_PROXY, reproduce: SIGN_IN },
  'not-encrypted-after-starttls': { ...STARTTLS_IN_PROXY, reproduce: SIGN_IN },
} as const satisfies Causes;

/** Causes of a temporary rejection (4xx). */
export const TEMPORARY = {
  ...LIMITS,
  ...OUTAGE,
  'account-disabled': OF_THE_ACCOUNT['account-disabled'],
  'client-not-allowed': OF_THE_CLIENT['client-not-allowed'],
  blocked: OF_THE_CLIENT.blocked,
} as const satisfies Causes;

/** Causes of a permanent rejection of credentials. */
export const REJECTION = {
  ...OF_THE_PASSWORD,
  ...OF_THE_TOKEN,
  ...OF_THE_CERTIFICATE,
  ...OF_THE_ACCOUNT,
  ...OF_THE_CLIENT,
  ...LIMITS,
  ...OUTAGE,
  ...OFFER,
} as const satisfies Causes;
