import { PeerText } from '../text/peer.js';
import type { Reply } from './reply.js';

/** What a server offers in its reply to EHLO (RFC 5321 section 4.1.1.1). */
export interface Capabilities {
  /** The lines after the first, which is the server's name, without spaces at either end. */
  readonly lines: readonly PeerText[];
  /** In any case. */
  has(keyword: string): boolean;
  /** The SASL mechanisms offered, in upper case: the peer's text. Undefined if AUTH is not offered. */
  readonly mechanisms: readonly string[] | undefined;
  /** Keywords that a device between client and server overwrote with as many letters: `XXXXXXXA` by Cisco's inspection. */
  readonly masked: readonly PeerText[];
}

/** `AUTH=LOGIN` is the form from before RFC 2554. Some servers still send both. */
const AUTH = /^AUTH(?:[ =](.*))?$/i;
const MASKED = /^X{3,}[A-Z]$/;

/** @param reply a 250 to EHLO */
export function capabilitiesOf(reply: Reply): Capabilities {
  const lines = reply.lines.slice(1).map((line) => line.exact.trim());
  const keywords = new Set(lines.map((line) => upperCase(line.split(/\s/, 1)[0] ?? '')));
  const mechanisms = lines.flatMap((line) => upperCase(AUTH.exec(line)?.[1] ?? '').split(/\s+/));
  return {
    lines: lines.map((line) => new PeerText(line)),
    has: (keyword) => keywords.has(keyword.toUpperCase()),
    mechanisms: lines.some((line) => AUTH.test(line))
      ? [...new Set(mechanisms.filter((mechanism) => mechanism !== ''))]
      : undefined,
    masked: lines.filter((line) => MASKED.test(line)).map((line) => new PeerText(line)),
  };
}

/** Changes ASCII letters only, so that `ſ` does not become S (RFC 5321 section 2.4). */
function upperCase(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** What the server offers only over TLS, and only before it. */
export interface CapabilityDifference {
  readonly gained: readonly PeerText[];
  readonly lost: readonly PeerText[];
}

/**
 * Compares what was offered unencrypted with what is offered over TLS, each SASL mechanism separately. STARTTLS is
 * not counted as lost (RFC 3207 section 4.2). Neither the order nor the case of keywords matters.
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
