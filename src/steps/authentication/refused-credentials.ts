import type { Reply } from '../../smtp/reply.js';
import { EMPTY, POINTER, anyOf, readingsOf, type Reading } from '../reply-text.js';

/**
 * How a refusal shows that the server checked the credentials and rejected them.
 * - `named`: the server says what is wrong with them
 * - `general`: it has the code for wrong credentials and says that authentication failed
 */
export type CredentialsVerdict = 'named' | 'general';

const CREDENTIAL =
  '(?:user ?names?|user ?ids?|users?|pass(?:word|phrase)s?|log[io]ns?|credentials?|auth(?:entication)? (?:credentials?|data|information|details|token|key)|user credentials|(?:login|account|user) (?:name|credentials|data)|account|(?:access |oauth )?token|api ?key|authorization grant)';
const CREDENTIALS = `${CREDENTIAL}(?: ?(?:and|or|and/or|&|/) ?${CREDENTIAL}){0,2}`;
const WRONG =
  "(?:incorrect|invalid|wrong|bad|unrecogni[sz]ed|revoked|mismatch|not (?:valid|correct|accepted|recogni[sz]ed)|(?:do|does|did)(?: not|n't) match)";
const USER = '(?:user ?(?:name|id)?|login(?: name)?|account(?: name)?)';
const DETERMINERS = '(?:(?:the|your|this|that|these|those|provided|supplied|specified|given) )*';
const FAILED = '(?:failed|failure|fail|unsuccessful|incorrect|rejected)';
const MECHANISM = '(?:(?:sasl|smtp|plain|login|cram-md5|scram-sha-\\d+|oauthbearer|xoauth2|external) )*';

/** Clauses that say what is wrong with the credentials. Lockouts count if they name the account or its failures. */
const NAMED = anyOf(
  `${DETERMINERS}${CREDENTIALS}(?: (?:that )?you (?:have )?(?:entered|provided|supplied|specified))?(?: (?:is|are|was|were|ha(?:s|ve) been))? ${WRONG}(?: by this server)?`,
  `${WRONG}(?: or (?:expired|${WRONG}))? ${CREDENTIALS}(?: (?:combination|pair|provided|supplied|specified))?`,
  `${USER}(?: (?:is|was))? (?:unknown|not (?:found|known)|does(?: not|n't) exist)`,
  `(?:unknown|no such) ${USER}(?: or (?:(?:bad|wrong|invalid) )?password)?`,
  `${DETERMINERS}(?:access |oauth )?token (?:has |is )?expired`,
  'badcredentials',
  'mailgun is not loving your login or password',
);
const LOCKED_OUT = anyOf(
  `${DETERMINERS}(?:user )?(?:account|user|mailbox)(?: (?:has been|is|was))?(?: temporarily)? (?:locked(?: out)?|suspended|blocked|disabled|deactivated)`,
  'too many (?:(?:auth(?:entication)?|login|password) )?failures',
  'too many (?:failed|bad|invalid|incorrect|wrong|unsuccessful) (?:(?:auth(?:entication)?|login|password) )?(?:attempts|logins|passwords|credentials)',
);

/** Clauses that only repeat what the code says. */
const GENERAL = anyOf(
  `${DETERMINERS}${MECHANISM}(?:auth(?:entication)?|log[io]n|credentials) (?:has |have |was |were )?${FAILED}(?: for)?`,
);

/** Clauses that servers add to those. */
const REMARK = anyOf(
  'reason unavailable',
  // Postfix used to add the server's last challenge: a prompt of LOGIN, or a message of SCRAM or of a token mechanism.
  'ugfzc3dvcmq6',
  'vxnlcm5hbwu6',
  '(?:cj|zt|eyj)[a-z\\d+/]{16,}=*',
  'restarting authentication process',
  '(?:please )?try again',
  `(?:please )?(?:(?:double-?)?check|verify) (?:the|your) ${CREDENTIALS}(?: and try again)?`,
  '(?:or )?(?:expired|revoked)',
);
const LATER = anyOf('(?:please )?try again later');

/** Enhanced codes (RFC 3463 and its registry) of a 535 that needs no words; those of any other mean something else. */
const WITHOUT_WORDS = ['', '5.0.0', '5.7.0', '5.7.8'];
/** Those that come with the words that authentication failed: several hosters send 5.7.1. */
const WITH_GENERAL_WORDS = [...WITHOUT_WORDS, '5.7.1'];
/** Those that come with words about the credentials: 5.7.13 is a disabled account, 5.7.139 is of Microsoft 365. */
const WITH_NAMED_WORDS = [...WITH_GENERAL_WORDS, '5.7.3', '5.7.13', '5.7.139'];

/**
 * Whether a reply to AUTH says that the credentials were checked and rejected. Servers also send 535 and 5.7.8 if they
 * could not check them (a directory that is down, a mechanism that is too weak, a blocked IP address). So every clause of
 * the reply must be known: an unknown one may mean anything.
 * @returns undefined if the reply is, or may be, about something else
 */
export function refusesCredentials(reply: Reply, username: string): CredentialsVerdict | undefined {
  return readingsOf(reply, [username.toLowerCase()])
    .map(verdictOf)
    .find((verdict) => verdict !== undefined);
}

function verdictOf({ code, status, says, consistsOf }: Reading): CredentialsVerdict | undefined {
  const isLockedOut = says(LOCKED_OUT);
  if (isLockedOut || says(NAMED)) {
    const isKnown = consistsOf(NAMED, LOCKED_OUT, GENERAL, EMPTY, REMARK, POINTER, ...(isLockedOut ? [LATER] : []));
    return isKnown && [525, 535, 550, 554].includes(code) && WITH_NAMED_WORDS.includes(status) ? 'named' : undefined;
  }
  if (code !== 535) return undefined;
  if (says(GENERAL)) {
    if (!consistsOf(GENERAL, EMPTY, REMARK)) return undefined;
    // Exchange sends this after it has checked them.
    if (status === '5.7.3') return 'named';
    return WITH_GENERAL_WORDS.includes(status) ? 'general' : undefined;
  }
  return consistsOf(EMPTY) && WITHOUT_WORDS.includes(status) ? 'general' : undefined;
}
