import type { Reply } from '../../smtp/reply.js';
import { EMPTY, POINTER, anyOf, readingsOf, type Reading } from '../reply-text.js';

const RECIPIENT = '(?:(?:local )?(?:user|recipient|mailbox)(?: (?:address|name))?)';
const UNKNOWN =
  "(?:unknown|invalid|not (?:found|known|local|present|valid)|nonexistent|non-existent|undeliverable|(?:does |did )?not exist|doesn't exist)";
const UNAVAILABLE = '(?:unavailable|not available)';
const PROHIBITED = '(?:denied|prohibited|refused|rejected|not (?:permitted|allowed))';
const HERE = '(?: here| at this (?:address|domain|location))?';

const NOT_ACCEPTED = anyOf(
  `(?:the )?${RECIPIENT}(?: (?:is|was))? ${UNKNOWN}${HERE}(?: in (?:local recipient|relay recipient|virtual mailbox|virtual alias) table)?`,
  `(?:unknown|invalid|bad|no such|nonexistent|non-existent|undeliverable) (?:local )?(?:recipient|user|mailbox|person|local part)(?: (?:address|name))?${HERE}`,
  '(?:unroute?able|undeliverable) address',
  'no such domain (?:here|at this location)',
  '(?:there is )?no (?:mailbox|account) (?:here by that name|by that name here)',
  'there is no one at this address',
  'mailbox disabled for this recipient',
  'unknown or illegal alias',
  'the email account that you tried to reach (?:does not exist|is (?:disabled|inactive))',
  'recipient not found by smtp address lookup',
  'mailbox name not allowed',
  `recipient(?: address)?(?: (?:is|was))? (?:rejected|refused|denied|not (?:accepted|allowed))`,
  'delivery is not allowed to this address',
  'i cannot deliver mail for',
  'recipient address has null mx',
  // Cisco's gateways reject the recipient in these words. After the 5.1.0 of other servers it may be the sender's address.
  '#5\\.1\\.0 address rejected',
);

const NOT_RELAYED = anyOf(
  `relay(?:ing)?(?: access)?(?: (?:is|was))? ${PROHIBITED}(?: for)?`,
  'no relaying(?: allowed)?',
  `relaying (?:mail )?to(?: (?:is|was))? ${PROHIBITED}`,
  "(?:we )?(?:do not|don't|cannot) relay(?: mail)?(?: for(?: (?:this|that) domain)?| without rfc2554 authentication)?",
  "we (?:do not|don't) handle mail for(?: (?:this|that) domain)?",
  'is not permitted to relay through this server without authentication',
  'unable to relay(?: for| recipient in non-accepted domain)?',
  "that domain (?:or user )?isn't in my list of allowed rcpthosts",
);

/** RFC 5321 section 4.2.3 gives these words for any 550, so a link or a host name next to them may be the cause. */
const VAGUE = anyOf(`(?:the )?${RECIPIENT}(?: (?:is|was))? ${UNAVAILABLE}${HERE}`);

/** Clauses that are about the recipient if a code says so; otherwise they may be about the client or the sender. */
const WITH_CODE = anyOf(
  '(?:the |this )?(?:user|account|mailbox)(?: (?:is|has been))? (?:disabled|inactive|suspended)',
  'not accepting messages',
  `(?:the |this )?(?:account|address|domain)(?: (?:is|was))? (?:rejected|${UNKNOWN}|${UNAVAILABLE})`,
  `(?:invalid|unknown|no such) (?:account|address)${HERE}`,
);

/** Clauses that servers add to those. */
const REMARK = anyOf(
  'tenantattribution',
  'resolver\\.adr\\.recipientnotfound',
  'as',
  '\\d+',
  'access denied',
  'requested (?:mail )?action not taken',
  'please turn on smtp authentication in your mail client',
  'no valid cert for gatewaying',
  'please try <[^<>@]+@[^<>@]+>',
  "please try double-checking the recipient's email address for typos or unnecessary spaces",
);

const EXPLANATION = anyOf('for explanation visit');

const AUTHENTICATION_REQUIRED = anyOf(
  '(?:smtp |proper )?authentication(?: is)? (?:required|needed)(?: first)?',
  '(?:(?:you |client )?(?:must|please) )?authenticate(?: first)?',
  'client (?:was )?not authenticated(?: to send (?:anonymous )?mail(?: during mail from)?)?',
);

/** Enhanced codes (RFC 3463 and its registry) that are about the recipient, regardless of the reply's own code. */
const OF_RECIPIENT = ['5.1.1', '5.1.2', '5.1.6', '5.1.10', '5.2.1'];
/** Those that are about the recipient only with words that say so; 5.4.1, 5.7.54 and 5.7.64 as Exchange uses them. */
const WITH_WORDS = ['', '5.0.0', '5.1.0', '5.4.1', '5.7.0', '5.7.1', '5.7.54', '5.7.64'];
const OF_STRANGER = ['', '5.5.1', '5.7.0', '5.7.1', '5.7.57'];

/**
 * Whether a reply to RCPT says that this recipient is not accepted from this client: that it is unknown here, that mail
 * for it is not relayed, or that an unauthenticated client must authenticate. Servers delay refusals of the client and
 * of the sender until RCPT (Postfix: `smtpd_delay_reject`), so every clause of the reply must be known: an unknown one
 * may mean anything.
 */
export function refusesRecipient(
  reply: Reply,
  { to, isSignedIn }: { readonly to: string; readonly isSignedIn: boolean },
): boolean {
  const recipient = to.toLowerCase();
  return readingsOf(reply, [recipient, ...recipient.split(/@(?=[^@]*$)/)]).some((reading) => {
    const { code, status, consistsOf } = reading;
    if (isDeferredRelay(reading)) return true;
    // Lower codes are about syntax and sequence (RFC 5321 section 4.2.2).
    if (code < 510) return false;
    if (isRefusal(reading)) return true;
    if (isSignedIn) return false;
    return (code === 530 && OF_STRANGER.includes(status) && consistsOf(EMPTY)) || isAuthenticationRequired(reading);
  });
}

/**
 * Whether a reply to MAIL requires authentication (530, RFC 4954 section 6) and says nothing else. Then the server refuses
 * every recipient to an unauthenticated client.
 */
export function requiresAuthentication(reply: Reply): boolean {
  return reply.code === 530 && readingsOf(reply, []).some(isAuthenticationRequired);
}

/** Postfix refuses to relay with 454 4.7.1 by default (`defer_unauth_destination`), even if the client tries again. */
function isDeferredRelay({ code, status, says, consistsOf }: Reading): boolean {
  return [450, 451, 454].includes(code) && status === '4.7.1' && says(NOT_RELAYED) && consistsOf(NOT_RELAYED, EMPTY);
}

function isAuthenticationRequired({ status, says, consistsOf }: Reading): boolean {
  const isKnown = consistsOf(AUTHENTICATION_REQUIRED, EMPTY, POINTER);
  return OF_STRANGER.includes(status) && says(AUTHENTICATION_REQUIRED) && isKnown;
}

function isRefusal({ code, status, says, consistsOf }: Reading): boolean {
  const isOfRecipient = OF_RECIPIENT.includes(status);
  if (isOfRecipient || WITH_WORDS.includes(status)) {
    const weaker = [VAGUE, ...(isOfRecipient ? [WITH_CODE] : [])];
    const known = [...weaker, EMPTY, REMARK];
    if (says(NOT_ACCEPTED) || says(NOT_RELAYED)) {
      return consistsOf(NOT_ACCEPTED, NOT_RELAYED, ...known, AUTHENTICATION_REQUIRED, POINTER, EXPLANATION);
    }
    // GMX adds a link to all its refusals.
    if (weaker.some(says)) return consistsOf(...known, ...(says(EXPLANATION) ? [EXPLANATION, POINTER] : []));
  }
  // With nothing else said, these are about the mailbox (RFC 5321 section 4.2.3).
  const isMailbox = [550, 551, 553].includes(code) && ['', '5.0.0'].includes(status);
  return (isOfRecipient || isMailbox) && consistsOf(EMPTY);
}
