import type { CauseOf } from '../../findings/catalog.js';
import type { Credentials } from '../../plan/endpoint.js';
import type { Reply } from '../../smtp/reply.js';
import { wordsOf } from '../reply-text.js';

type Kind = Credentials['kind'];

/** The catalog may have a cause for some codes only; with any other code, the finding has its usual cause. */
export type AuthCause = CauseOf<'auth-rejected' | 'auth-command-refused' | 'auth-mechanism-unavailable'>;

export interface AuthMeaning {
  readonly text: string;
  readonly cause: AuthCause;
  readonly blamesCredentials: boolean;
}

const credentials = (text: string, cause: AuthCause): AuthMeaning => ({ text, cause, blamesCredentials: true });
const other = (text: string, cause: AuthCause): AuthMeaning => ({ text, cause, blamesCredentials: false });

/** The server names the credentials, and says no more about them. */
export const WRONG: Readonly<Record<Kind, AuthMeaning>> = {
  password: credentials('The server does not accept this username and password.', 'wrong-credentials'),
  'access-token': credentials(
    'According to the server, the access token is not valid for this user on this server.',
    'access-token',
  ),
  certificate: credentials('According to the server, the certificate is not valid for this user.', 'certificate'),
};

/** The meaning of an enhanced code (RFC 3463 and its registry) in reply to AUTH, or what the provider means that uses it. */
const byEnhancedCode = (kind: Kind): Readonly<Record<string, AuthMeaning>> => ({
  '5.5.4': other(
    'The server does not support the mechanism, or could not decode the SASL response.',
    'mechanism-not-supported',
  ),
  '5.5.6': other('The SASL response is too long for the server.', 'line-too-long'),
  '5.7.1': other(
    'A policy of the server does not allow this client to authenticate, such as an IP allowlist or a rule for the port.',
    'client-not-allowed',
  ),
  '5.7.3': credentials(
    'The credentials are wrong, or not for this server (this is how Exchange reports it).',
    WRONG[kind].cause,
  ),
  '5.7.8': WRONG[kind],
  '5.7.9':
    kind === 'password'
      ? other(
          'The server requires stronger authentication: a different mechanism, or an app password.',
          'stronger-authentication',
        )
      : other('The server requires a different type of authentication.', 'stronger-authentication'),
  '5.7.10': NOT_ENCRYPTED,
  '5.7.11': NOT_ENCRYPTED,
  '5.7.12': other(
    'The account must authenticate with PLAIN once, so that the server can convert its password.',
    'password-transition',
  ),
  '5.7.13': credentials('The account is disabled.', 'account-disabled'),
  '5.7.14': other(
    'The account requires a sign-in with a web browser first (this is how Google reports it).',
    'browser-confirmation',
  ),
  '5.7.30': NO_BASIC_AUTHENTICATION,
  '5.7.139': other(
    'SMTP AUTH or basic authentication is probably disabled for the mailbox or the tenant.',
    'smtp-auth-disabled',
  ),
});

const NOT_ENCRYPTED = other('The server treats the session as unencrypted.', 'not-encrypted');
const NO_BASIC_AUTHENTICATION = other('The service does not accept passwords for SMTP AUTH.', 'passwords-ended');

/** The enhanced code with the meaning of a code (RFC 4954 section 6, RFC 5248 section 2.4). */
const ENHANCED: Readonly<Record<number, string>> = {
  432: '5.7.12',
  523: '5.7.10',
  530: '5.7.11',
  534: '5.7.9',
  535: '5.7.8',
  538: '5.7.11',
};

const BY_CODE: Readonly<Record<number, AuthMeaning>> = {
  454: other('The server cannot check credentials now.', 'backend-unavailable'),
  500: other('The server does not support AUTH, or the line is too long for the server.', 'not-implemented'),
  501: other('The server could not decode the SASL response.', 'response-not-understood'),
  502: other('The server does not support AUTH, although it offers it.', 'not-implemented'),
  503: other('AUTH is not enabled, or not allowed at this point of the session.', 'not-enabled'),
  504: other('The server does not support the mechanism, although it offers it.', 'mechanism-not-supported'),
};

/** Enhanced codes that servers send with 535 for any reason. */
const UNSPECIFIC = ['5.0.0', '5.7.0'];

const SECRET = '(credentials?|user ?names?|passwords?|log[io]n|token)';
/** Ignored in a rejection of the command (RFC 4954 section 6). */
const IS_WRONG = new RegExp(
  `\\b${SECRET}\\b[^.;]{0,30}\\b(incorrect|invalid|wrong|bad|mismatch|revoked|not (valid|accepted|correct))\\b|\\b(incorrect|invalid|wrong|bad) ([\\w/]+ ){0,2}${SECRET}\\b`,
);

/**
 * The server could not check the credentials: texts of Cyrus SASL, Postfix, Exim and providers, some with 535.
 * "Reason unavailable" is not one of them: Postfix adds it if its SASL library names no reason.
 */
const IS_OUTAGE =
  /\b(generic|transient) failure\b|connection lost\b|\binternal( server)? error\b|\b(server|service|back-?end|database|directory)\b[^.;]{0,30}\b(un|not )(available|reachable)\b|\btimed? ?out\b|\btemporar(y|ily)\b|\btry( it)? (again )?later\b|\bunable to authenticate at present\b/;
const IS_MECHANISM =
  /\b(no|invalid|unknown|unsupported|unrecogni[sz]ed) ([\w-]+ ){0,2}mechanism\b|\bmechanism\b[^.;]{0,20}\b(not |un)(available|supported|known|enabled|allowed)\b/;

/** Words that say more than any code. The first row that matches counts. */
const byWords = (kind: Kind): readonly (readonly [RegExp, AuthMeaning])[] => [
  [/app(lication)?[- ](specific )?password/, other('The server requires an app password.', 'app-password')],
  [/\b(two|2|multi)-?(factor|step)\b|\b(2fa|mfa)\b/, other('The account requires a second factor.', 'app-password')],
  [
    /\b(log|sign) ?in (with|via|through|using) (your|a) (web )?browser\b/,
    other('The account requires a sign-in with a web browser first.', 'browser-confirmation'),
  ],
  [
    /disabled for the (tenant|mailbox)/,
    other('SMTP AUTH is disabled for the mailbox or the tenant.', 'smtp-auth-disabled'),
  ],
  [/basic authentication is not supported/, NO_BASIC_AUTHENTICATION],
  [
    /security defaults/,
    kind === 'password'
      ? other('Security defaults of the organization do not allow basic authentication.', 'security-defaults')
      : other('A policy of the organization does not allow this authentication.', 'client-not-allowed'),
  ],
  [
    /conditional access|authentication policy|basic authentication (is )?(disabled|blocked)|did not meet the criteria/,
    kind === 'password'
      ? other('A policy of the organization does not allow basic authentication.', 'basic-auth-blocked')
      : other('A policy of the organization does not allow this authentication.', 'client-not-allowed'),
  ],
  [
    /\b(account|mailbox|user)( (has been|is|was))?( temporarily)? (locked|suspended|blocked|disabled|deactivated)\b/,
    credentials('The account is locked or disabled.', 'account-disabled'),
  ],
  [
    /\btoo many\b[^.;]{0,30}\b(fail(ed|ures?)|bad|invalid|incorrect|wrong|unsuccessful)\b/,
    credentials('The account is locked after too many failed logins.', 'too-many-failures'),
  ],
  [/\bcredits\b|\bquota\b/, other('The account has exceeded its quota.', 'quota-exceeded')],
  [/too many|rate limit/, other('The server currently accepts no more login attempts.', 'too-many-attempts')],
  [/\b(locked|suspended|blocked)\b/, other('The account or this client is blocked.', 'blocked')],
  [
    /already auth/,
    other(
      'The session is already authenticated, for example by a proxy or by the client certificate.',
      'already-authenticated',
    ),
  ],
  [
    /^(\d\.\d\.\d )?authentication (is )?required\b/,
    other('The server requires authentication before it accepts AUTH.', 'sign-in-required'),
  ],
  [/not enabled/, other('The server says that AUTH is not enabled.', 'not-enabled')],
  [IS_MECHANISM, other('The server rejects the mechanism, not the credentials.', 'mechanism-not-supported')],
  [
    /\bfederated sts\b/,
    other('The federation server of the organization could not check the credentials.', 'backend-unavailable'),
  ],
  [
    IS_OUTAGE,
    other(
      'The server could not check the credentials, probably because its authentication backend is unavailable.',
      'backend-unavailable',
    ),
  ],
  [
    /\b(token|password)( has| is)? expired\b|(?<!\bor )\bexpired (access )?(token|password)\b/,
    kind === 'access-token'
      ? credentials('According to the server, the access token has expired.', 'token-expired')
      : credentials('According to the server, the password has expired.', 'password-expired'),
  ],
  [IS_WRONG, WRONG[kind]],
];

/** What a rejection of AUTH means: by its words, otherwise by its enhanced code, otherwise by its code. */
export function authMeaningOf(reply: Reply, kind: Kind): AuthMeaning | undefined {
  const { code, enhanced = '' } = reply;
  const text = wordsOf(reply);
  const worded = byWords(kind).find(([pattern]) => pattern.test(text) && (pattern !== IS_WRONG || code >= 535))?.[1];
  // The reply's own code says whether it is temporary.
  const permanent = enhanced.replace(/^4/, '5');
  const byStatus = byEnhancedCode(kind);
  const plain = byStatus[ENHANCED[code] ?? ''] ?? BY_CODE[code];
  const isUnspecific = enhanced === '' || UNSPECIFIC.includes(permanent);
  return worded ?? byStatus[permanent] ?? (plain && !isUnspecific ? other(plain.text, plain.cause) : plain);
}

/** The meaning of the code alone, for which the catalog has a cause if it has none for a more specific meaning. */
export function meaningOfCode(code: number): AuthMeaning | undefined {
  return BY_CODE[code];
}
