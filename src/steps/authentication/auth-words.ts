import {
  CLIENT_NOT_ALLOWED,
  credentials,
  NO_BASIC_AUTHENTICATION,
  other,
  WRONG,
  type AuthMeaning,
  type Kind,
} from './meanings.js';

const SECRET = '(credentials?|user ?names?|passwords?|log[io]n|token)';
const IS_WRONG = new RegExp(
  `\\b${SECRET}\\b[^.;]{0,30}\\b(incorrect|invalid|wrong|bad|mismatch|revoked|not (valid|accepted|correct))\\b|\\b(incorrect|invalid|wrong|bad) ([\\w/]+ ){0,2}${SECRET}\\b|\\b(credentials?|passwords?) ((is|are|was|were|has been|have been) )?rejected\\b`,
);

/**
 * The server could not check the credentials: texts of Cyrus SASL, Postfix, Exim and providers, some with 535.
 * "Reason unavailable" is not one of them: Postfix adds it if its SASL library names no reason.
 */
const IS_OUTAGE =
  /\btransient failure\b|connection lost\b|\binternal( server)? error\b|\b(server|service|back-?end|database|directory)\b[^.;]{0,30}\b(un|not )(available|reachable)\b|\btimed? ?out\b|\bunable to authenticate at present\b/;
/** The same in words that servers also add to a rejection of the credentials. */
const IS_TEMPORARY = /\btemporar(y(?! (password|code))|ily)\b|\btry( it)? (again )?later\b/;
/** The reason is where the client is, such as its IP address or its country. */
const CLIENT = '\\b(ip|(?<!mail )address|network|country|location|region|host)\\b';
const NOT_ALLOWED =
  '\\b(not (allowed|authori[sz]ed|permitted)|denied|forbidden|rejected|unauthori[sz]ed|(black|block)listed|(?<!not )listed|(?<!not )blocked)\\b';
const IS_CLIENT = new RegExp(`${CLIENT}[^.;]{0,30}${NOT_ALLOWED}|${NOT_ALLOWED}[^.;]{0,20}${CLIENT}`);
const IS_MECHANISM =
  /\b(no|invalid|unknown|unsupported|unrecogni[sz]ed) ([\w-]+ ){0,2}mechanism\b|\bmechanism\b[^.;]{0,20}\b(not |un)(available|supported|known|enabled|allowed)\b/;

const COULD_NOT_CHECK =
  'The server could not check the credentials, probably because its authentication backend is unavailable.';
const REJECTS_MECHANISM = 'The server rejects the mechanism, not the credentials.';

/** Words that say more than any code. The first row that matches counts. */
const rows = (kind: Kind): readonly (readonly [RegExp, AuthMeaning])[] => [
  [
    /(?<!\b(no|(not|n't) (need|require)( an?)?|without an?) )\bapp(lication)?[- ](specific )?passwords?\b(?! (is|are) (not |un)(needed|necessary|required|supported))|\bauthori[sz]ation code\b/,
    other('The server requires an app password.', 'app-password'),
  ],
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
    /\boutgoing (e-?)?mail\b.{0,100}\bsuspended\b/,
    other('Outgoing mail of the account is suspended.', 'account-disabled'),
  ],
  [
    /\btoo many\b[^.;]{0,30}\b(fail(ed|ures?)|bad|invalid|incorrect|wrong|unsuccessful|errors?)\b/,
    credentials('The server accepts no login for now, after too many failed ones.', 'too-many-failures'),
  ],
  [
    /\b(not|isn't) (yet )?(been )?activated\b|\bactivate your account\b/,
    other('The account is not activated.', 'account-not-active'),
  ],
  [
    /\bsmtp\b[^.;]{0,20}\b(disabled|not (enabled|activated|allowed))\b[^.;]{0,20}\b(account|user|mailbox|domain)\b/,
    other('The server does not allow this account to use SMTP.', 'no-access'),
  ],
  [
    /\b(account|user)\b[^.;]{0,20}\b(no|not have)( \w+)? (permissions?|rights)\b|\b(account|user)\b[^.;]{0,20}\bnot (allowed|authori[sz]ed|permitted) to (use|authenticate|log ?in|sign in|send)\b/,
    other('The server does not allow this account to use SMTP.', 'no-access'),
  ],
  [
    /\bmechanism (is )?too weak\b/,
    other('The server requires a stronger mechanism for this user.', 'stronger-authentication'),
  ],
  [/\bno mechanism available\b/, other(REJECTS_MECHANISM, 'cyrus-mechanism')],
  [/\bfailed: invalid authentication mechanism\b/, other(REJECTS_MECHANISM, 'dovecot-mechanism')],
  [IS_MECHANISM, other(REJECTS_MECHANISM, 'mechanism-not-supported')],
  [
    /\bfederated sts\b/,
    other('The federation server of the organization could not check the credentials.', 'federation-unavailable'),
  ],
  [
    /\bgeneric failure\b/,
    other(
      'The server could not check the credentials: "generic failure" is a text of Cyrus SASL, which usually cannot reach saslauthd.',
      'saslauthd',
    ),
  ],
  [
    /\bconnection lost to authentication server\b/,
    other(
      'The server could not check the credentials: this is what Postfix says if it cannot reach the `auth` service of Dovecot.',
      'dovecot-auth',
    ),
  ],
  [/\bmaintenance\b/, other('According to the server, it is under maintenance.', 'maintenance')],
  [IS_OUTAGE, other(COULD_NOT_CHECK, 'backend-unavailable')],
  [
    /\b(token|password)( has| is)? expired\b|(?<!\bor )\bexpired (access )?(token|password)\b/,
    kind === 'access-token'
      ? credentials('According to the server, the access token has expired.', 'token-expired')
      : credentials('According to the server, the password has expired.', 'password-expired'),
  ],
  // The words in the rows after the next one also come with wrong credentials: as advice, or about something else.
  [IS_WRONG, WRONG[kind]],
  [
    /\bcredits\b|\bquota\b|\b(your|this|current|free) (\w+ )?plan\b/,
    other('The account has exceeded its quota.', 'quota-exceeded'),
  ],
  [
    /too many|rate limit|limit (is |was |has been )?(exceeded|reached)/,
    other('The server currently accepts no more login attempts.', 'too-many-attempts'),
  ],
  [IS_CLIENT, CLIENT_NOT_ALLOWED],
  [/(?<!\bnot |n't )\b(locked|suspended|blocked|banned)\b/, other('The account or this client is blocked.', 'blocked')],
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
  [
    /\b(line|response|command|input)\b[^.;]{0,20}\btoo (long|large)\b/,
    other('The SASL response is too long for the server.', 'line-too-long'),
  ],
  [/not enabled/, other('The server says that AUTH is not enabled.', 'not-enabled')],
  [IS_TEMPORARY, other(COULD_NOT_CHECK, 'backend-unavailable')],
];

/** The words of a rejection that says no more than its code. */
const USUAL_WORDS =
  /^(?:error|sorry|no|rejected|refused|denied|please|try|again|auth\w*|sasl|smtp|plain|log[io]n|fail\w*|unsuccessful|incorrect|invalid|wrong|bad|data|credentials?|user\w*|pass\w*|token|account|the|your|this|for|or|and|is|are|was|not|accepted|valid)$/;

/** Whether a rejection says that authentication failed, and no more. @param text in lower case */
export function saysOnlyFailure(text: string): boolean {
  return /\b(auth\w*|credentials?|log[io]n|password)\b/.test(text) && !hasOtherWords(text);
}

/** Whether a rejection has words that may name a reason. @param text in lower case */
export function hasOtherWords(text: string): boolean {
  const words = text.split(/[^\p{L}\p{N}_]+/u).filter((word) => /\p{L}/u.test(word));
  return !words.every((word) => USUAL_WORDS.test(word));
}

/**
 * What the words of a rejection mean.
 * @param text in lower case
 * @param code of the reply
 */
export function meaningOfWords(text: string, code: number, kind: Kind): AuthMeaning | undefined {
  // A rejection of the command says nothing about the credentials (RFC 4954 section 6).
  const isAboutCommand = code >= 500 && code < 535;
  return rows(kind).find(([pattern]) => pattern.test(text) && !(pattern === IS_WRONG && isAboutCommand))?.[1];
}
