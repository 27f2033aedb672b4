import type { CauseOf } from '../../findings/catalog.js';
import type { Reply } from '../../smtp/reply.js';
import { wordsOf } from '../reply-text.js';
import { isOnThisMachine } from './inspection.js';

/** Words of a rejection that is about the IP address of the client. */
const BLOCKLIST =
  /\b(?:block|black|deny)[ -]?list|\b(?:rbl|dnsbl)\b|\breputation\b|\bspamhaus\b|\bspamcop\b|\bbarracuda\b|\blisted\b|\bblocked using\b/;
const REVERSE_NAME = /\breverse\b|\bptr\b|\brdns\b|\bfind your (?:reverse )?host ?name\b/;
const RATE = /\btoo (?:many|much|fast|frequent)|\brates?\b|\blimit/;
const ACCESS =
  /\bdenied\b|\bnot (?:allowed|authori[sz]ed|permitted)\b|\bblocked\b|\bbanned\b|\bpolicy\b|\bprohibited\b|\bforbidden\b/;
const NO_MAIL = /\bnot accept (?:any )?(?:mail|messages)\b|\bno (?:smtp|mail) (?:service|server)?\b/;

interface Because<Code extends 'greeting-rejected' | 'ehlo-rejected'> {
  readonly cause?: CauseOf<Code>;
}

/** Why a server greets the client with 5xx, according to its words. */
export function rejectionOf(reply: Reply): Because<'greeting-rejected'> {
  const words = wordsOf(reply);
  // RFC 7504 section 3
  if (reply.code === 521 || NO_MAIL.test(words)) return { cause: 'no-mail' };
  if (BLOCKLIST.test(words)) return { cause: 'blocklist' };
  if (REVERSE_NAME.test(words)) return { cause: 'client-name' };
  if (RATE.test(words)) return { cause: 'rate-limit' };
  return ACCESS.test(words) ? { cause: 'access-denied' } : {};
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
  if (BLOCKLIST.test(words) || ACCESS.test(words)) return { cause: 'access-denied' };
  return {};
}
