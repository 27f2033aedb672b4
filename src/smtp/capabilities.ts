import type { Reply } from './reply.js';

/** What a server says that it can do, from its answer to EHLO (RFC 5321 section 4.1.1.1). */
export interface Capabilities {
  /** The lines as the server gave them, without the first, which is its name; trailing blanks are dropped. */
  readonly lines: readonly string[];
  /** Whether a keyword is among them; keywords know no case. */
  has(keyword: string): boolean;
  /** The SASL mechanisms offered, in upper case; undefined where AUTH is not offered. */
  readonly mechanisms: readonly string[] | undefined;
  /** A keyword that something on the way wrote over, such as the `XXXXXXXA` of Cisco's SMTP inspection. */
  readonly masked: string | undefined;
}

/** `AUTH=LOGIN` is how servers said it before RFC 2554, and some still say both. */
const AUTH = /^AUTH(?:[ =](.*))?$/i;
const MASKED = /^X{4,}[A-Z]?$/;

/** @param reply a 250 to EHLO */
export function capabilitiesOf(reply: Reply): Capabilities {
  const lines = reply.lines.slice(1).map((line) => line.exact.trim());
  const keywords = new Set(lines.map((line) => line.split(/\s/, 1)[0]?.toUpperCase()));
  const auth = lines.flatMap((line) => AUTH.exec(line) ?? []).length > 0;
  const mechanisms = lines.flatMap((line) => AUTH.exec(line)?.[1]?.toUpperCase().split(/\s+/) ?? []);
  return {
    lines,
    has: (keyword) => keywords.has(keyword.toUpperCase()),
    mechanisms: auth ? [...new Set(mechanisms.filter((mechanism) => mechanism !== ''))] : undefined,
    masked: lines.find((line) => MASKED.test(line)),
  };
}
