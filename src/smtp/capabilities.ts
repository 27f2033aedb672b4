import { PeerText } from '../text/peer.js';
import type { Reply } from './reply.js';

/** What a server says that it can do, from its answer to EHLO (RFC 5321 section 4.1.1.1). */
export interface Capabilities {
  /** The lines as the server gave them, without the first, which is its name; trailing blanks are dropped. */
  readonly lines: readonly PeerText[];
  /** Whether a keyword is among them; keywords know no case. */
  has(keyword: string): boolean;
  /** The SASL mechanisms offered, in upper case: the peer's text. Undefined where AUTH is not offered. */
  readonly mechanisms: readonly string[] | undefined;
  /** Keywords that something on the way wrote over, each as long as it was: `XXXXXXXA` by Cisco's SMTP inspection. */
  readonly masked: readonly PeerText[];
}

/** `AUTH=LOGIN` is how servers said it before RFC 2554, and some still say both. */
const AUTH = /^AUTH(?:[ =](.*))?$/i;
const MASKED = /^X{3,}[A-Z]$/;

/** @param reply a 250 to EHLO */
export function capabilitiesOf(reply: Reply): Capabilities {
  const lines = reply.lines.slice(1).map((line) => line.exact.trim());
  const keywords = new Set(lines.map((line) => upperCase(line.split(/\s/, 1)[0] ?? '')));
  const auth = lines.flatMap((line) => AUTH.exec(line) ?? []).length > 0;
  const mechanisms = lines.flatMap((line) => upperCase(AUTH.exec(line)?.[1] ?? '').split(/\s+/));
  return {
    lines: lines.map((line) => new PeerText(line)),
    has: (keyword) => keywords.has(keyword.toUpperCase()),
    mechanisms: auth ? [...new Set(mechanisms.filter((mechanism) => mechanism !== ''))] : undefined,
    masked: lines.filter((line) => MASKED.test(line)).map((line) => new PeerText(line)),
  };
}

/** Letters of ASCII alone, lest a stranger's `ſ` becomes an S (RFC 5321 section 2.4). */
function upperCase(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** What the answer to EHLO gained and lost by TLS. */
export interface CapabilityDifference {
  readonly gained: readonly PeerText[];
  readonly lost: readonly PeerText[];
}

/**
 * Compares what was offered in the clear with what is offered inside TLS, each SASL mechanism by itself; STARTTLS,
 * which has done its work, is no loss (RFC 3207 section 4.2). Neither the order nor the case of keywords counts.
 */
export function capabilityDifference(plain: Capabilities, secured: Capabilities): CapabilityDifference {
  const before = offers(plain);
  const inside = offers(secured);
  return {
    gained: [...inside].flatMap(([offer, line]) => (before.has(offer) ? [] : [line])),
    lost: [...before].flatMap(([offer, line]) => (inside.has(offer) || offer === 'STARTTLS' ? [] : [line])),
  };
}

/** Each offer in upper case, and as the server wrote it. */
function offers({ lines, mechanisms = [] }: Capabilities): Map<string, PeerText> {
  const others = lines.filter(({ exact }) => !AUTH.test(exact));
  const each = [...others, ...mechanisms.map((name) => new PeerText(`AUTH ${name}`))];
  return new Map(each.map((offer) => [offer.exact.toUpperCase(), offer]));
}
