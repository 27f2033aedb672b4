import type { Reply } from '../../smtp/reply.js';
import { wordsOf } from '../reply-text.js';
import { hasOtherWords, meaningOfWords, saysOnlyFailure } from './auth-words.js';
import {
  CLIENT_NOT_ALLOWED,
  credentials,
  NO_BASIC_AUTHENTICATION,
  NOT_ENCRYPTED,
  other,
  WRONG,
  type AuthMeaning,
  type Kind,
} from './meanings.js';
import type { CredentialsVerdict } from './refused-credentials.js';

/** The meaning of an enhanced code (RFC 3463 and its registry) in reply to AUTH, or what the provider means that uses it. */
const byEnhancedCode = (kind: Kind): Readonly<Record<string, AuthMeaning>> => ({
  '5.5.4': other(
    'The server does not support the mechanism, or could not decode the SASL response.',
    'mechanism-not-supported',
  ),
  '5.5.6': other('The SASL response is too long for the server.', 'line-too-long'),
  '5.7.1': CLIENT_NOT_ALLOWED,
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

/** The enhanced code with the meaning of a code (RFC 4954 section 6, RFC 5248 section 2.4). */
const ENHANCED: Readonly<Record<number, string>> = {
  432: '5.7.12',
  523: '5.7.10',
  530: '5.7.11',
  534: '5.7.9',
  535: '5.7.8',
  538: '5.7.11',
};

/** The status of the mail system itself (RFC 3463 section 3.4), which servers also send if a filter does not respond. */
const OF_MAIL_SYSTEM: Readonly<Record<string, AuthMeaning>> = {
  '4.3.0': other('The code is about the mail system of the server, not about the credentials.', 'mail-system'),
  '4.3.5': other('According to its code, the server is configured incorrectly.', 'mail-system-configuration'),
};
/** With these words, the code is about AUTH after all. */
const IS_ABOUT_AUTH = /auth|sasl|log ?in|password|credential|\buser/;

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

/** The code is that of wrong credentials, but the words are unknown, and may say something else. */
const UNKNOWN_WORDS = credentials(
  'The code is the one for wrong credentials. The words may name a different reason.',
  'unknown-words',
);

/**
 * What a rejection of AUTH means: by its words, otherwise by its enhanced code, otherwise by its code.
 * @param verdict whether all of its words say that the credentials are wrong
 */
export function authMeaningOf(reply: Reply, kind: Kind, verdict?: CredentialsVerdict): AuthMeaning | undefined {
  const { code, enhanced = '' } = reply;
  const text = wordsOf(reply);
  const worded = meaningOfWords(text, code, kind);
  // The reply's own code says whether it is temporary.
  const permanent = enhanced.replace(/^4/, '5');
  const byStatus = byEnhancedCode(kind);
  const plain = byStatus[ENHANCED[code] ?? ''] ?? BY_CODE[code];
  const isUnspecific = enhanced === '' || UNSPECIFIC.includes(permanent);
  // Several hosters send this with the words for wrong credentials.
  if (worded === undefined && permanent === '5.7.1' && (verdict ?? saysOnlyFailure(text))) return WRONG[kind];
  const coded = byStatus[permanent] ?? (plain && !isUnspecific ? other(plain.text, plain.cause) : plain);
  const ofSystem = code < 500 && !IS_ABOUT_AUTH.test(text) ? OF_MAIL_SYSTEM[enhanced] : undefined;
  // Servers send the code with the words of any outage.
  if (ofSystem && (worded === undefined || worded.cause === 'backend-unavailable')) return ofSystem;
  const isUnknown = verdict === undefined && coded?.cause === WRONG[kind].cause && hasOtherWords(text);
  return worded ?? (isUnknown ? UNKNOWN_WORDS : coded);
}

/** Whether it says no more than that the credentials are wrong, which is also what a server says for other reasons. */
export function isUsual(meaning: AuthMeaning, kind: Kind): boolean {
  return meaning === UNKNOWN_WORDS || meaning.cause === WRONG[kind].cause;
}

/** The meaning of the code alone, for which the catalog has a cause if it has none for a more specific meaning. */
export function meaningOfCode(code: number): AuthMeaning | undefined {
  return BY_CODE[code];
}
