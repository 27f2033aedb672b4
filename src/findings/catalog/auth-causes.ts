import { listOf } from '../../text/lists.js';
import { configuration, server, SIGN_IN, type Causes } from './auth-cause.js';
import { REPLY, type Cause, type Reproduction, type Values } from './entry.js';
import { OF_THE_PASSWORD } from './password-causes.js';
import { OF_THE_TOKEN } from './token-causes.js';

/*
 * Why a server rejects AUTH: what it says in its reply, or what the exchange suggests. AUTH is only sent to a server whose
 * identity is verified, so a fix may ask for a different mechanism, even one that sends the password.
 */

/** The server replies to the first message, which has no password. */
const SCRAM_START: Reproduction = { command: 'scram-start', shows: REPLY };

const CHANGING_ADDRESS =
  'In a workflow, that is a self-hosted runner with a fixed IP address: those of GitHub-hosted runners change with every run.';
const NOT_CHECKED = 'The credentials themselves have not been checked.';
const ATTEMPT_COUNTS = 'Wait before you run the gate or a command again: each attempt counts.';

/**
 * With implicit TLS, a proxy terminates TLS, and the server behind it does not know. Most servers cannot learn it from the
 * proxy.
 */
export const TLS_IN_PROXY = {
  title: 'Server treats the TLS session as unencrypted',
  party: 'server',
  certainty: 'likely',
  remedy: listOf(
    'Enable implicit TLS for this port in the mail server, and have the proxy or load balancer, which probably terminates TLS, pass it through.',
    [
      'If the proxy must terminate TLS, give it its own listener on the server, which does not require TLS and which only the proxy can reach.',
      'That listener must not trust clients by IP address, or it becomes an open relay.',
    ],
  ),
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
  remedy: listOf(
    'Configure the SMTP proxy in front of the server to pass STARTTLS through: it probably handles STARTTLS itself, so the server behind it sees an unencrypted session.',
    [
      'Or give the proxy its own listener, which does not require TLS, which only the proxy can reach, and which trusts no client by IP address.',
      'If there is no proxy, update the server: this is a bug in it.',
    ],
  ),
  examples: 'stunnel: remove the service with `protocol = smtp`.',
  explains: TLS_IN_PROXY.explains,
} as const satisfies Cause;

/** The server limits how often, or how much. */
const LIMITS = {
  'too-many-attempts': configuration(
    'Too many attempts',
    ({ reply = '' }: Values) => {
      const client = / from (?=\S*[.:])([\da-f.:]+)$/i.exec(reply)?.[1];
      const others =
        client === undefined
          ? 'Check who else uses this account or this IP address.'
          : `Check what else authenticates from ${client}: the limit counts all clients with that IP address.`;
      return listOf(`Authenticate less often: leave more time between runs. ${NOT_CHECKED}`, [
        others,
        'Lower `retries`: each retry is another login.',
        ATTEMPT_COUNTS,
      ]);
    },
    { setting: 'auth-throttled' },
  ),
  'too-many-failures': configuration(
    'Locked after too many failures',
    listOf('Stop the runs until the lockout ends, or ask the administrator of the server to end it.', [
      'Correct the configured username and password before the next run, if they are wrong.',
      'Find out which other client authenticates with a wrong password for this account or from this IP address.',
      ATTEMPT_COUNTS,
    ]),
    {
      setting: 'auth-lockout',
      accountRemedy: listOf('Stop the runs, and wait until the service accepts logins again, which can take hours.', [
        'Before the next run, create a new password and configure it: the one that was used is probably wrong or revoked.',
        'Look for other clients that still use an old password for this account.',
        ATTEMPT_COUNTS,
      ]),
    },
  ),
  'quota-exceeded': configuration(
    'Account quota exceeded',
    `Check the plan and the limits of the account at the provider: raise them, or wait until they are reset. ${NOT_CHECKED}`,
    { setting: 'quota-exceeded' },
  ),
} as const satisfies Causes;

const BACKEND = 'Authentication backend unavailable';

/** The server cannot check credentials. */
const OUTAGE = {
  'backend-unavailable': server(
    BACKEND,
    `Look for errors of the authentication backend in the server's log for the time of the run: a directory, database or socket that does not respond, or a file that is missing. ${NOT_CHECKED}`,
    {
      examples:
        'Dovecot: the log shows the passdb error. Cyrus SASL: saslauthd must run, and the mail server must be able to open its socket.',
      setting: 'auth-backend',
    },
  ),
  saslauthd: server(
    BACKEND,
    `Start saslauthd, and check that the mail server can open its socket: on the server, \`testsaslauthd -u USER -p PASSWORD\` must work. Use a test account for that, because the process list shows the password. If Cyrus SASL does not use saslauthd (\`pwcheck_method\`), the log shows what failed. ${NOT_CHECKED}`,
    { setting: 'saslauthd' },
  ),
  'dovecot-auth': server(
    BACKEND,
    `Look in Dovecot's log for why its \`auth\` service stopped or did not respond, and start it again: the mail server lost the connection to it. ${NOT_CHECKED}`,
    { setting: 'dovecot-auth' },
  ),
  'federation-unavailable': server(
    BACKEND,
    `Check the federation server of the organization: the mail service could not reach it. ${NOT_CHECKED}`,
    { setting: 'auth-backend' },
  ),
  'service-unavailable': server(
    'Mail service cannot check credentials',
    'Wait, and run the gate again: the mail service probably has a temporary problem. If it persists, look at the status page of the service, or ask its support.',
  ),
  maintenance: server(
    'Server under maintenance',
    `Run the gate again after the maintenance. If nobody maintains the server, ask whoever runs it to end that mode. ${NOT_CHECKED}`,
  ),
  'mail-system': server(
    'Mail system error in reply to AUTH',
    "Start the filter (milter) or other service that the server probably cannot reach, or correct its address in the server's configuration. The server's log for the time of the run names the service. The reply is about the mail system, not about the credentials.",
    { examples: 'Postfix: a milter in `smtpd_milters`.', setting: 'filter-unavailable' },
  ),
  'mail-system-configuration': server(
    'Mail system configured incorrectly',
    'Correct the configuration of the server: the code of the reply reports an error in it, and the log for the time of the run shows which one. The credentials are not the problem.',
  ),
} as const satisfies Causes;

const NOT_SUPPORTED = 'Mechanism offered but not supported';

/** The server offers what it does not support. */
const OFFER = {
  'mechanism-not-supported': server(
    NOT_SUPPORTED,
    ({ mechanism = '' }: Values) =>
      `Configure what ${mechanism} requires on the server, or stop offering it. Until then, set \`auth.mechanism\` to another mechanism that the server offers, if there is one.`,
    { setting: 'auth-mechanisms', reproduce: { ...SIGN_IN, otherwise: SCRAM_START } },
  ),
  'cyrus-mechanism': server(
    NOT_SUPPORTED,
    ({ mechanism = '' }: Values) =>
      `Install the plugin of Cyrus SASL for ${mechanism} on the server, or remove ${mechanism} from its \`mech_list\`: Cyrus SASL says "no mechanism available" if it cannot load the plugin. Until then, set \`auth.mechanism\` to another mechanism that the server offers, if there is one.`,
    { reproduce: { ...SIGN_IN, otherwise: SCRAM_START } },
  ),
  'dovecot-mechanism': server(
    NOT_SUPPORTED,
    ({ mechanism = '' }: Values) =>
      `Add ${mechanism} to \`auth_mechanisms\` of Dovecot, or stop offering it: the mail server asks Dovecot, which does not support it. Until then, set \`auth.mechanism\` to another mechanism that the server offers, if there is one.`,
    { reproduce: { ...SIGN_IN, otherwise: SCRAM_START } },
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
    listOf('Enable AUTH in the service that listens on this port, or stop offering it.', [
      'If AUTH is enabled, check the rules that limit it to some clients, by IP address or host name.',
      'If a proxy sends the reply to EHLO, enable AUTH in the server behind it.',
    ]),
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
      listOf(
        `Check the implementation of ${mechanism} on the server: the gate sends base64, as ${mechanism} requires.`,
        [
          'If a proxy is in front of the server, check whether it shortens or changes the line.',
          'Until that is fixed, set `auth.mechanism` to another mechanism that the server offers, if there is one.',
        ],
      ),
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
    {
      setting: 'account-status',
      accountRemedy:
        'Sign in to the website of the service: it usually says why the account is locked or disabled, and what to do about it. Otherwise, ask its support.',
    },
  ),
  'account-not-active': configuration(
    'Account not activated',
    'Activate the account, or ask the provider to do that. Its website, and its messages to the owner of the account, usually say what is missing.',
    { setting: 'account-status' },
  ),
  'no-access': configuration(
    'Account not allowed to use SMTP',
    'Allow SMTP for this account: in its settings at a mail service, or in its permissions on the server. The credentials themselves are probably right.',
    {
      setting: 'account-access',
      accountRemedy:
        'Allow mail clients (SMTP) for this account, in its settings on the website of the service. The credentials themselves may be right.',
    },
  ),
  'stronger-authentication': configuration(
    'Stronger authentication required',
    ({ mechanism = '' }: Values) =>
      `Remove \`auth.mechanism\`, if it is set, so that the gate uses the strongest mechanism that the server offers. If that is ${mechanism} already, the account requires other credentials, such as an app password or an \`access-token\`.`,
    { setting: 'app-password' },
  ),
  'rejected-early': configuration(
    'Rejected before the credentials were sent',
    listOf(
      'Check the username: the server replied before it received the password or token, so neither is the reason.',
      ['Check whether this account may use this mechanism.', 'Check whether the server allows this client.'],
    ),
  ),
} as const satisfies Causes;

const OF_THE_CLIENT = {
  'client-not-allowed': server(
    'Client not allowed to authenticate',
    listOf("Add the gate's public IP address to the allowlist of the server or of the account.", [
      'Or run the gate in a network that is on the allowlist (in a workflow: on a self-hosted runner): the IP addresses of GitHub-hosted runners change with every run.',
      'Also check whether accounts may authenticate on this port.',
    ]),
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
  'wrong-credentials': OF_THE_PASSWORD['wrong-credentials'],
  'access-token': OF_THE_TOKEN['access-token'],
  'token-lockout': OF_THE_TOKEN['token-lockout'],
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
