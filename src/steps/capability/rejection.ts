import type { CauseOf } from '../../findings/catalog.js';
import type { Reply } from '../../smtp/reply.js';
import { blocklistErrorIn, REPUTATION_SERVICE } from '../replies/blocklist.js';
import { wordsOf } from '../reply-text.js';
import { isOnThisMachine } from './inspection.js';

/** Words of a rejection that is about the IP address of the client. */
const BLOCKLIST =
  /\b(?:block|black|deny)[ -]?list|\b(?:rbl|dnsbl)\b|\breputation\b|\bspamhaus\b|\bspamcop\b|\bbarracuda\b|\blisted\b|\bblocked using\b/;
/** Before a sender is named, a page for an IP address can only be about the client. */
const PAGE_FOR_ADDRESS = /:\/\/\S*[=/](?:(?:\d{1,3}\.){3}\d{1,3}|[\da-f]{1,4}:[\da-f]*:)/;
const REVERSE_NAME = /\breverse\b|\bptr\b|\brdns\b|\bfind your (?:reverse )?host ?name\b/;
const TOO_MUCH = /\btoo (?:many|much|fast|frequent)|\brates?\b|\blimit/;
const ACCESS =
  /\bdenied\b|\bnot (?:allowed|authori[sz]ed|permitted)\b|\bblocked\b|\bbanned\b|\bpolicy\b|\bprohibited\b|\badministrative prohibition\b|\bforbidden\b|\bonly accept(?:s|ing) mail from\b/;
/** What Exim (`host_reject_connection`), Sendmail and Postfix (postscreen) say to clients that they do not serve. */
const UNSERVED =
  /^smtp service not available$|\besmtp not accepting messages\b|^(?:5\.3\.2 )?service currently unavailable$/;
/** What Exim, Sendmail and Postfix (postscreen) say to clients that do not wait for the greeting. */
const TOO_EARLY = /\bsynchroni[sz]ation error\b|\bpre-?greet|^(?:5\.5\.1 )?protocol error$/;
const NO_MAIL = /\bnot accept (?:any )?(?:mail|messages)\b|\bno (?:smtp|mail) (?:service|server)?\b/;

interface Because<Code extends 'greeting-rejected' | 'ehlo-rejected'> {
  readonly cause?: CauseOf<Code>;
}

/** Why a server greets the client with 5xx, according to its words. @param isSubmission whether clients authenticate there */
export function rejectionOf(reply: Reply, isSubmission: boolean): Because<'greeting-rejected'> {
  const words = wordsOf(reply);
  if (TOO_EARLY.test(words)) return { cause: 'talked-too-early' };
  // Some servers deny that they have a mail service to each client that they reject, and then say why.
  if (REVERSE_NAME.test(words) && !BLOCKLIST.test(words)) {
    return { cause: isSubmission ? 'client-name-for-submission' : 'client-name' };
  }
  const blocklist = blocklistCauseIn(reply, words);
  if (blocklist) return { cause: blocklist };
  if (UNSERVED.test(words)) return { cause: 'access-denied' };
  // RFC 7504 section 3
  if (reply.code === 521 || NO_MAIL.test(words)) return { cause: 'no-mail' };
  if (TOO_MUCH.test(words)) return { cause: 'rate-limit' };
  return ACCESS.test(words) ? { cause: 'access-denied' } : {};
}

function blocklistCauseIn(reply: Reply, words: string) {
  const isListed = [BLOCKLIST, REPUTATION_SERVICE, PAGE_FOR_ADDRESS].some((pattern) => pattern.test(words));
  return blocklistErrorIn(reply) ?? (isListed ? 'blocklist' : undefined);
}

const NAME =
  /\b(?:helo|ehlo)\b.{0,200}\b(?:name|host(?:name)?|domain|arguments?|address|rejected|invalid|resolve)|\binvalid (?:helo|ehlo|name|host(?:name)?|domain)\b|\bfully[ -]qualified\b|\bhost ?(?:name)? not found\b/;

/**
 * Why a server rejects EHLO with 5xx. If it accepts HELO with the same name, the name is not the reason.
 */
export function ehloRejectionOf(
  reply: Reply,
  acceptsHelo: boolean,
  address: string | undefined,
): Because<'ehlo-rejected'> {
  if (acceptsHelo) return { cause: isOnThisMachine(address) ? 'helo-only-on-this-machine' : 'helo-only' };
  const words = wordsOf(reply);
  if (NAME.test(words)) return { cause: 'ehlo-name' };
  const blocklist = blocklistCauseIn(reply, words);
  if (blocklist) return { cause: blocklist };
  return ACCESS.test(words) ? { cause: 'access-denied' } : {};
}
