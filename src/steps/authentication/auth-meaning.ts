import type { Cause } from '../../findings/catalogue.js';
import type { Credentials } from '../../plan/endpoint.js';
import type { Reply } from '../../smtp/reply.js';
import { wordsOf } from '../reply-text.js';

type Kind = Credentials['kind'];
type AuthCause = Cause<'auth-temporary-failure'>;

/** What a refusal of AUTH means. */
export interface AuthMeaning {
  /** The end of a sentence. */
  readonly says: string;
  /** It blames the credentials. */
  readonly blames?: true;
  /** The cause, if its fix is not that of most refusals with this code. */
  readonly cause?: AuthCause;
}

const WRONG: Readonly<Record<Kind, string>> = {
  password: 'the user name or the password is wrong, as far as the server tells',
  'access-token': 'the access token is not good for this user here, as far as the server tells',
  certificate: 'the certificate is not good for this user, as far as the server tells',
};

const STRONGER: Readonly<Record<Kind, string>> = {
  password: 'the server wants a stronger proof than this: another mechanism, or an application password',
  'access-token': 'the server wants another proof than this',
  certificate: 'the server wants another proof than this',
};

const blames = (says: string): AuthMeaning => ({ says, blames: true });
const open = (says: string, cause?: AuthCause): AuthMeaning => ({ says, ...(cause !== undefined && { cause }) });

/** What an enhanced code (RFC 3463, its registry, and where they differ the provider that invented it) says to AUTH. */
const byEnhancedCode = (kind: Kind): Readonly<Record<string, AuthMeaning>> => ({
  '5.5.4': open('the server does not know the mechanism, or cannot read what came with it'),
  '5.5.6': open('the server takes no line as long as these credentials make it'),
  '5.7.1': open('a policy forbids it to this client: an IP allow-list, or the port'),
  '5.7.3': blames('the credentials are wrong, or not for this server (as Exchange says it)'),
  '5.7.8': blames(WRONG[kind]),
  '5.7.9': open(STRONGER[kind]),
  '5.7.11': open('the server believes that the session is not encrypted'),
  '5.7.12': open('the account must sign in with PLAIN once, for its password to be converted'),
  '5.7.13': blames('the account is disabled'),
  '5.7.14': open('the account must be confirmed in a web browser first (as Google says it)'),
  '5.7.139': open(
    'SMTP AUTH or basic authentication is switched off for the mailbox or the tenant, whatever the password',
  ),
});

/** What a code (RFC 4954 section 6) says, where nothing more precise is there. */
const byCode = (kind: Kind): Readonly<Record<number, AuthMeaning>> => ({
  432: open('the account must sign in with PLAIN once, for its password to be converted'),
  454: open('the server cannot check credentials now'),
  500: open('the server does not know AUTH, or the line is too long for it'),
  501: open('the server cannot read what the mechanism sends'),
  502: open('the server does not know AUTH, though it offers it'),
  503: open('AUTH has no place here: it is not switched on for this client, or somebody is signed in already'),
  504: open('the server does not know the mechanism, though it offers it'),
  530: open('the server believes that the session is not encrypted'),
  534: open(STRONGER[kind]),
  535: blames(WRONG[kind]),
  538: open('the server believes that the session is not encrypted'),
});

/** Enhanced codes with which servers say 535 and mean no more than that. */
const UNSPECIFIC = ['5.0.0', '5.7.0'];

const SECRET = '(credentials?|user ?names?|passwords?|log[io]n|token)';
/** To be believed of a refusal of what was shown, and not of the command (RFC 4954 section 6). */
const IS_WRONG = new RegExp(
  `\\b${SECRET}\\b[^.;]{0,30}\\b(incorrect|invalid|wrong|bad|mismatch|revoked|not (valid|accepted|correct))\\b|\\b(incorrect|invalid|wrong|bad) ([\\w/]+ ){0,2}${SECRET}\\b`,
);

/**
 * That what the server asks does not answer, behind codes that blame the credentials: what Cyrus SASL and Postfix add to
 * them, and what providers say. Not "reason unavailable", which Postfix adds where it is told none.
 */
const IS_OUTAGE =
  /\b(generic|transient) failure\b|connection lost\b|\binternal( server)? error\b|\b(server|service|back-?end|database|directory)\b[^.;]{0,30}\b(un|not )(available|reachable)\b|\btimed? ?out\b|\btemporar(y|ily)\b|\btry( it)? (again )?later\b/;
const IS_MECHANISM =
  /\b(no|invalid|unknown|unsupported|unrecogni[sz]ed) ([\w-]+ ){0,2}mechanism\b|\bmechanism\b[^.;]{0,20}\b(not |un)(available|supported|known|enabled|allowed)\b/;

/** Words by which servers say what no code of theirs does; where several are there, the first row holds. */
const byWords = (kind: Kind): readonly (readonly [RegExp, AuthMeaning])[] => [
  [/app(lication)?[- ](specific )?password/, open('an application password is wanted in place of that of the account')],
  [/disabled for the (tenant|mailbox)/, open('SMTP AUTH is switched off for the mailbox or the tenant')],
  [
    /security defaults|conditional access|authentication policy|basic authentication (is )?(disabled|blocked)/,
    open('a policy of the organisation forbids basic authentication, whatever the password'),
  ],
  [
    /\b(account|mailbox|user)( (has been|is|was))?( temporarily)? (locked|suspended|blocked|disabled|deactivated)\b/,
    blames('the account is locked out'),
  ],
  [
    /\btoo many\b[^.;]{0,30}\b(fail(ed|ures?)|bad|invalid|incorrect|wrong|unsuccessful)\b/,
    blames('after too many failures they are locked out'),
  ],
  [/\bcredits\b|\bquota\b/, open('the account has used up what its plan allows', 'quota-exceeded')],
  [/too many|rate limit/, open('the server takes no more attempts now, whatever the credentials', 'too-many-attempts')],
  [/\b(locked|suspended|blocked)\b/, open('the account, or this client, is locked out')],
  [/already auth/, open('somebody is signed in already, such as a proxy or by the certificate')],
  [
    /^(\d\.\d\.\d )?authentication (is )?required\b/,
    open('the server wants a sign-in before it takes AUTH', 'sign-in-required'),
  ],
  [/not enabled/, open('AUTH is not switched on for this client')],
  [IS_MECHANISM, open('the server refuses the mechanism, and not the credentials')],
  [IS_OUTAGE, open('the server could not check the credentials, as what it asks does not answer')],
  [IS_WRONG, blames(WRONG[kind])],
];

/**
 * What a refusal of AUTH means: by its words, by its enhanced code, by its code.
 * @param kind what was refused
 * @returns undefined where nothing is known of it
 */
export function authMeaningOf(reply: Reply, kind: Kind): AuthMeaning | undefined {
  const { code, enhanced = '' } = reply;
  const text = wordsOf(reply);
  const said = byWords(kind).find(([pattern]) => pattern.test(text) && (pattern !== IS_WRONG || code >= 535))?.[1];
  // Whether for now or for good is the question of the reply's own code.
  const permanent = enhanced.replace(/^4/, '5');
  const byStatus = byEnhancedCode(kind)[permanent];
  const unspecific = enhanced === '' || UNSPECIFIC.includes(permanent);
  const plain = byCode(kind)[code];
  return said ?? byStatus ?? (plain && !unspecific ? open(plain.says) : plain);
}
