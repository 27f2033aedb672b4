import { isLoopback } from '../net/private-address.js';
import { valuesOf, type ParsedMessage } from './fields.js';
import { tokens, type Token } from './lexical.js';

/** A Received line (RFC 5321 section 4.4). Anyone in transit can add one. */
export interface Hop {
  /** The client and the server, comments included. */
  readonly from?: string;
  readonly by?: string;
  /** The protocol without comments: `ESMTPSA` (RFC 3848), `Microsoft SMTP Server`. */
  readonly with?: string;
  /** Set if the line mentions TLS besides the name of the protocol. */
  readonly tls?: HopTls;
  /** Whether the line says in words that there was no TLS. */
  readonly deniesTls: boolean;
  /** The comments after the `from` clause, without parentheses: most servers name their software in one. */
  readonly serverComments: readonly string[];
  /** Every name and IP address in the `from` and the `by` clause, in lower case. */
  readonly clientNames: readonly string[];
  readonly serverNames: readonly string[];
  /** Every IP address in the `from` clause, and what only looks like one. */
  readonly clientAddresses: readonly string[];
  /** Whether the line, if it is genuine, is about a transfer within one receiver. */
  readonly isHandOver: boolean;
  /** The whole line, unfolded, up to {@link MAX_LINE}. */
  readonly raw: string;
}

interface HopTls {
  /** As Node names them: `TLSv1.3`. */
  readonly version?: string;
  /** As the server names it: by IANA, OpenSSL or GnuTLS. */
  readonly cipher?: string;
}

/** A message with more is in a loop (RFC 5321 section 6.3). */
const MAX_HOPS = 100;
const MAX_LINE = 8192;

/**
 * @returns one hop for each Received line, in the order of the message, so the last server comes first. None if there are
 *   more than {@link MAX_HOPS}: with some left out, neither the first nor the last could be relied on.
 */
export function receivedHops(message: ParsedMessage): readonly Hop[] {
  const lines = valuesOf(message, 'received');
  return lines.length > MAX_HOPS ? [] : lines.map(hopOf);
}

/** Anywhere in a text: `192.0.2.7:4242`. */
const IPV4 = /\d{1,3}(?:\.\d{1,3}){3}/g;
/** Anything that may contain an IPv6 address: `2001:db8::1` in `[2001:db8::1]/64`, and the time of day. */
const HEX_AND_COLONS = /[\da-f:.]+/gi;
/** What distinguishes an IPv6 address from a time of day: a double colon, or eight groups. */
const IPV6 = /::|(?::[^:]+){7}/;

/** Every IP address in a text, and what only looks like one. */
function addressesIn(text: string): readonly string[] {
  const runs = text.replace(/ipv6:/gi, ' ').match(HEX_AND_COLONS) ?? [];
  const v6 = runs.filter((run) => IPV6.test(run)).map((run) => run.replace(/\.$/, ''));
  return [...v6, ...(text.match(IPV4) ?? [])];
}

/** The client's IP address as its server saw it (RFC 5321 section 4.4, TCP-info), not in the argument of HELO. */
const TCP_INFO = /^(?:(?!(?:he|eh|lh)lo\b)[\w.-]+ )?\[(?:ipv6:)?([\da-f:.]+)\](?::\d+)?(?=$|\s)/i;

/**
 * Whether a line, if it is genuine, is about a transfer within one receiver: by LMTP (RFC 2033), from the host itself
 * (from a content filter, for example), or without a client, as Gmail, qmail and Postfix write for themselves.
 *
 * A client chooses its EHLO argument, and some servers copy it unchanged, even if it looks like an IP address or like
 * the rest of the line. But the client cannot remove the IP address that the server adds. So a line with any IP address
 * outside loopback is not such a line, and neither is one that was cut.
 */
function isHandOver(line: string, from: readonly Token[] | undefined, protocol: string): boolean {
  if (line.length > MAX_LINE) return false;
  // With ESMTP there is a client, but the server hides it.
  if (!from) return !/^(?:utf8)?esmtp/i.test(protocol);
  if (!addressesIn(line).every(isLoopback)) return false;
  const [, next] = from;
  const client = next?.kind === 'comment' ? TCP_INFO.exec(next.text)?.[1] : undefined;
  return /^(?:utf8)?lmtp/i.test(protocol) || (client !== undefined && isLoopback(client));
}

const KEYWORDS = ['from', 'by', 'via', 'with', 'id', 'for'] as const;
type Keyword = (typeof KEYWORDS)[number];

interface Clause {
  readonly keyword: Keyword | undefined;
  readonly tokens: Token[];
}

function hopOf(value: string): Hop {
  const raw = value.slice(0, MAX_LINE);
  const clauses = clausesOf(tokens(raw));
  const first = (keyword: Keyword): readonly Token[] | undefined =>
    clauses.find((clause) => clause.keyword === keyword)?.tokens;
  const text = (all: readonly Token[] | undefined): string | undefined => all && joined(all);
  const [from, by] = [text(first('from')), text(first('by'))];
  const protocol = text(first('with')?.filter(({ kind }) => kind === 'word'));
  const tls = tlsOf(clauses);
  return {
    ...(from !== undefined && { from }),
    ...(by !== undefined && { by }),
    ...(protocol !== undefined && { with: protocol }),
    ...(tls && { tls }),
    deniesTls: tlsTextsOf(clauses).some((words) => DENIED.test(words)),
    serverComments: clauses.filter(({ keyword }) => keyword !== 'from').flatMap(commentsOf),
    clientNames: namesIn(from ?? ''),
    serverNames: namesIn(by ?? ''),
    clientAddresses: addressesIn(from ?? ''),
    isHandOver: isHandOver(value, first('from'), protocol ?? ''),
    raw,
  };
}

/** The names and IP addresses in a text, in lower case, without the punctuation that servers put around them. */
export function namesIn(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[\s()[\]<>,;="]+/)
    .map((name) => name.replace(/^(?:ipv6:)?(?:::ffff:(?=\d+\.))?|\.$/g, ''))
    .filter((name) => name !== '');
}

/** Each keyword begins a clause; the date after the semicolon is not part of one. */
function clausesOf(line: readonly Token[]): readonly Clause[] {
  const clauses: Clause[] = [{ keyword: undefined, tokens: [] }];
  for (const token of line) {
    if (token.kind === 'semicolon') break;
    const keyword = KEYWORDS.find((name) => token.kind === 'word' && token.text.toLowerCase() === name);
    if (keyword) clauses.push({ keyword, tokens: [] });
    else clauses.at(-1)?.tokens.push(token);
  }
  return clauses;
}

function joined(all: readonly Token[]): string {
  return all.map(({ kind, text }) => (kind === 'comment' ? `(${text})` : text)).join(' ');
}

/** `TLSv1.3`, `TLS1_3`, `TLS 1.3`, `TLS\Tls13`; not a host called tls1, nor the `TLSv1/SSLv3` that stands for any. */
const VERSION = /(?<=^|[\s(=:,\\])TLS\s?v?1(?:[._]?([0-3]))?(?=$|[\s),:;])/i;

/** Where servers put the name of the cipher suite. */
const CIPHERS: readonly RegExp[] = [
  // Postfix, Sendmail, Exchange, Gmail, Haraka.
  /\bcipher[=\s]\s*([\w-]+)/i,
  // Exim, OpenSMTPD.
  /(?:^|\s)TLS[\w.]*:([\w-]{4,}):\d/i,
  // Exim since 4.93.
  /(?:^|\s)tls ([\w-]{6,})/,
  // Courier.
  /\dbits,([\w-]+)/i,
  // The patches of qmail.
  /^([\w-]{6,}),? (?:encrypted|secured)/i,
];

/** Every suite that a session of the gate can have has a number in its name; `none`, `disabled` and the like have none. */
const SUITE = /\d/;

/** A comment that says TLS and no more: older Exchange. Other words may negate it. */
const MENTIONED = /^(?:using\s)?(?:TLS|SSL)$/i;

/** `no TLS`, `TLS: none`, `TLSv1.2 not used`. */
const DENIED =
  /\b(?:no|not|without)\s(?:TLS|SSL)|\b(?:TLS|SSL)[\w.]{0,8}[\s:=]{1,3}(?:is |was )?(?:no|not|none|null|off|disabled|un\w+)\b/i;

/** Where servers write about TLS: in comments, and among the words after `with`. */
function tlsTextsOf(clauses: readonly Clause[]): readonly string[] {
  return clauses.flatMap((clause) => [
    ...(clause.keyword === 'with' ? [joined(clause.tokens.filter(({ kind }) => kind === 'word'))] : []),
    ...commentsOf(clause),
  ]);
}

function commentsOf(clause: Clause): readonly string[] {
  return clause.tokens.flatMap(({ kind, text }) => (kind === 'comment' ? [text] : []));
}

function tlsOf(clauses: readonly Clause[]): HopTls | undefined {
  const texts = tlsTextsOf(clauses).filter((text) => !DENIED.test(text));
  const match = (pattern: RegExp): RegExpExecArray | undefined =>
    texts.map((text) => pattern.exec(text)).find((found) => found !== null) ?? undefined;
  const named = match(VERSION);
  const minor = named?.[1] ?? '0';
  const version = named && (minor === '0' ? 'TLSv1' : `TLSv1.${minor}`);
  const cipher = CIPHERS.map((pattern) => match(pattern)?.[1]).find((name) => name !== undefined && SUITE.test(name));
  if (version === undefined && cipher === undefined && !match(MENTIONED)) return undefined;
  return { ...(version !== undefined && { version }), ...(cipher !== undefined && { cipher }) };
}
