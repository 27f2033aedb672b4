import type { BusyReason, RejectedReason, TemporaryReason } from './failure.js';

/** Why an IMAP login fails, by its response code (RFC 5530 section 3), if the fix is not a different password. */
const OF_LOGIN: Readonly<Record<string, Permanent | Temporary>> = {
  UNAVAILABLE: { kind: 'temporary', reason: 'login-unavailable' },
  LIMIT: { kind: 'temporary', reason: 'too-many-sessions' },
  INUSE: { kind: 'temporary', reason: 'mailbox-in-use' },
  SERVERBUG: { kind: 'temporary', reason: 'server-error' },
  AUTHORIZATIONFAILED: { kind: 'rejected', reason: 'login-not-authorized' },
  EXPIRED: { kind: 'rejected', reason: 'password-expired' },
  PRIVACYREQUIRED: { kind: 'rejected', reason: 'login-requires-encryption' },
  CONTACTADMIN: { kind: 'rejected', reason: 'account-needs-administrator' },
};

/** The same for a mailbox that cannot be opened after the login. */
const OF_MAILBOX: Readonly<Record<string, Permanent | Temporary>> = {
  UNAVAILABLE: { kind: 'temporary', reason: 'server-error' },
  LIMIT: { kind: 'temporary', reason: 'server-error' },
  INUSE: { kind: 'temporary', reason: 'mailbox-in-use' },
  SERVERBUG: { kind: 'temporary', reason: 'mailbox-not-opened' },
  OVERQUOTA: { kind: 'rejected', reason: 'over-quota' },
  CONTACTADMIN: { kind: 'rejected', reason: 'account-needs-administrator' },
};

interface Permanent {
  readonly kind: 'rejected';
  readonly reason: RejectedReason;
}

interface Temporary {
  readonly kind: 'temporary';
  readonly reason: TemporaryReason;
}

/** The words of servers that do not use `LIMIT`. */
const TOO_MANY =
  /\btoo many (?:(?:open|simultaneous|concurrent|active) )*(?:connections|sessions|logins)\b|\bmaximum number of connections\b/i;

/** The account or the client is blocked for a while, even if the code is the one for wrong credentials. */
const BLOCKED = /\btemporarily (?:locked|blocked|banned)\b/i;
/** The words of servers that accept no logins for a while. */
const THROTTLED =
  /\brate limit|\btoo many (?:\w+ ){0,2}(?:attempts|failures|requests|tries)\b|\b(?:log[io]n|attempt|command|bandwidth)[\w ]{0,60} limits?\b|\blogin (?:attempts|failures) exceeded\b|\btoo frequent/i;

const LOGIN_THROTTLED: Temporary = { kind: 'temporary', reason: 'login-throttled' };

/** Codes of a login that leave open why it is not possible now. */
const VAGUE = ['UNAVAILABLE', 'LIMIT'];

/**
 * Why an IMAP login fails, if the fix is not a different password. A response code that names the reason counts more than
 * words, which may be about something else.
 * @param refusal a NO or BAD without its tag
 */
export function imapLoginProblem(refusal: string): Permanent | Temporary | undefined {
  const code = imapCodeOf(refusal);
  const known = OF_LOGIN[code];
  if (known && !VAGUE.includes(code)) return known;
  if (BLOCKED.test(refusal)) return LOGIN_THROTTLED;
  if (code === 'AUTHENTICATIONFAILED') return undefined;
  if (TOO_MANY.test(refusal)) return OF_LOGIN.LIMIT;
  return THROTTLED.test(refusal) ? LOGIN_THROTTLED : problemIn(OF_LOGIN, refusal);
}

/** @param refusal a NO or BAD without its tag */
export function mailboxProblem(refusal: string): Permanent | Temporary | undefined {
  return problemIn(OF_MAILBOX, refusal);
}

/** Why a POP3 mailbox cannot be used, other than that the credentials are wrong. */
export type Pop3Problem = BusyReason | 'account-needs-administrator' | 'login-throttled';

/** By response code: RFC 2449 section 8.1, RFC 3206. `AUTH` means that the credentials are wrong. */
const OF_POP3_LOGIN: Readonly<Record<string, Pop3Problem>> = {
  'IN-USE': 'in-use',
  'LOGIN-DELAY': 'login-delay',
  'SYS/TEMP': 'server-error',
  'SYS/PERM': 'account-needs-administrator',
};

const LOCKED =
  /\b(?:maildrop|mailbox|mail drop)\b[\w ]{0,60}\b(?:lock(?:ed)?|in use)\b|\block (?:the )?(?:maildrop|mailbox)\b/i;

/** The words of Dovecot for an error of the mail store, after it has accepted the password. */
const NOT_OPENED = /\bInternal error occurred\. Refer to server log\b/i;

/** Why a POP3 login fails, if the fix is not a different password. @param reply from `-ERR` */
export function pop3LoginProblem(reply: string): Pop3Problem | undefined {
  const [, code = ''] = /^-ERR +\[([A-Z/-]+)\]/i.exec(reply) ?? [];
  const known = OF_POP3_LOGIN[code.toUpperCase()];
  if (known === 'server-error' && NOT_OPENED.test(reply)) return 'mailbox-not-opened';
  if (known) return known;
  if (BLOCKED.test(reply)) return 'login-throttled';
  if (code.toUpperCase() === 'AUTH') return undefined;
  if (TOO_MANY.test(reply)) return 'too-many-sessions';
  if (THROTTLED.test(reply)) return 'login-throttled';
  // The words of RFC 1939 section 5, and those of other servers without a response code.
  return LOCKED.test(reply) ? 'in-use' : undefined;
}

function problemIn(table: Readonly<Record<string, Permanent | Temporary>>, refusal: string) {
  const code = imapCodeOf(refusal);
  if (code !== '') return table[code];
  // Some servers write the code without its brackets.
  const [, word = ''] = /^(?:NO|BAD) (UNAVAILABLE|INUSE|LIMIT)\b/.exec(refusal) ?? [];
  return table[word];
}

/** In capital letters; empty if there is none. */
function imapCodeOf(refusal: string): string {
  const [, code = ''] = /^(?:NO|BAD) \[([A-Z-]+)[ \]]/i.exec(refusal) ?? [];
  return code.toUpperCase();
}
