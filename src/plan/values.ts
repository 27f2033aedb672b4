import { isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { visible } from '../text/peer.js';
import { Secret } from '../text/secret.js';

/**
 * Readers of single values: the text that a user wrote in, what it means out, or undefined where it is not legal.
 * None knows of keys, places or messages.
 */

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** What has a meaning of its own around a local part, blanks, and what is not seen or stands for nothing. */
const UNMAILABLE = /[\s<>"(),:;[\]\\\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
const PRINTABLE = /^[!-~]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A whole number in plain decimal digits. */
export function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,8})$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

/**
 * A DNS name in lower case, as A-labels (RFC 5890), without the dot at its end. Underscores pass. What the resolver
 * would take for a number (`127.1`, `0x7f`) is no name.
 */
export function dnsName(text: string): string | undefined {
  // The conversion would drop line breaks, decode %2e and read 127.1 as an address: it gets nothing of the kind.
  if (/[^\w.\-\u0080-\u{10ffff}]/u.test(text) || visible(text) !== text) return undefined;
  const name = (PRINTABLE.test(text) ? text.toLowerCase() : domainToASCII(text)).replace(/\.$/, '');
  const labels = name.split('.');
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) return undefined;
  return /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '') ? undefined : name;
}

/** A DNS name, or an IP address with or without brackets; without a zone, which no certificate can carry. */
export function host(text: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(text)?.[1];
  if (bare !== undefined) return isIPv6(bare) && !bare.includes('%') ? bare.toLowerCase() : undefined;
  if (isIP(text) !== 0) return text.includes('%') ? undefined : text.toLowerCase();
  return dnsName(text);
}

/** What EHLO may say: a domain, or an address literal (RFC 5321 section 4.1.3). */
export function ehloName(text: string): string | undefined {
  const literal = /^\[(?:IPv6:(.*)|(.*))\]$/i.exec(text);
  if (!literal) return dnsName(text);
  const [, six, four] = literal;
  return (six !== undefined ? isIPv6(six) && !six.includes('%') : isIPv4(four ?? '')) ? text : undefined;
}

/**
 * A plain address of the form local@domain: no name, no comment, no quoted part. The local part may be
 * international (RFC 6531); the domain is given in A-labels.
 */
export function mailbox(text: string): string | undefined {
  const [, local = '', domain = ''] = /^([^@]+)@([^@]+)$/.exec(text) ?? [];
  if (Buffer.byteLength(local) > 64 || UNMAILABLE.test(local)) return undefined;
  const ascii = domain.startsWith('[') ? ehloName(domain) : dnsName(domain);
  return ascii === undefined ? undefined : `${local}@${ascii}`;
}

/** A name for people: one line, at most 200 characters, none of them unseen. */
export function displayName(text: string): string | undefined {
  return text.trim() !== '' && text.length <= 200 && visible(text) === text ? text : undefined;
}

/** A user name, possibly empty. Control characters separate the fields of SASL messages. */
export function userName(text: string): string | undefined {
  return CONTROL.test(text) ? undefined : text;
}

/** A password or token, possibly empty. */
export function secret(text: string): Secret | undefined {
  return CONTROL.test(text) ? undefined : new Secret(text);
}

/** `sha256/` and the base64 of 32 octets; gives the base64. */
export function pin(text: string): string | undefined {
  const base64 = /^sha256\/([A-Za-z0-9+/]{43}=)$/.exec(text)?.[1];
  return base64 !== undefined && Buffer.from(base64, 'base64').toString('base64') === base64 ? base64 : undefined;
}

/** An authserv-id (RFC 8601 section 2.5): a token, mostly a domain, which knows no case. */
export function authservId(text: string): string | undefined {
  return /^[\w.!#$%&'*+^`{|}~-]{1,253}$/.test(text) ? text.toLowerCase() : undefined;
}

/** A day of the calendar as YYYY-MM-DD. */
export function day(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}

/** Which of how many parts. */
export interface Shard {
  readonly part: number;
  readonly parts: number;
}

/** `K/N` with K from 1 to N. */
export function shard(text: string): Shard | undefined {
  const [, k = '', n = ''] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const parts = wholeNumber(n, 1, 999_999_999);
  const part = parts === undefined ? undefined : wholeNumber(k, 1, parts);
  return part === undefined || parts === undefined ? undefined : { part, parts };
}

/** Where an inbox is, without the credentials for it. */
export interface InboxAddress {
  readonly scheme: 'imap' | 'imaps';
  readonly host: string;
  readonly port: number;
  readonly mailbox: string;
}

const IMAP_PORTS = { imap: 143, imaps: 993 } as const;

/** `imap://host[:port][/mailbox]` or `imaps://…`, the mailbox percent-encoded; no credentials, query or fragment. */
export function inboxUrl(text: string): InboxAddress | undefined {
  const match = /^(imaps?):\/\/(\[[^\]]*\]|[^\s/:?#@[\]]+)(?::(\d+))?(?:\/([^?#]*))?$/i.exec(text);
  if (!match) return undefined;
  const scheme = match[1]?.toLowerCase() === 'imaps' ? 'imaps' : 'imap';
  const name = host(match[2] ?? '');
  const port = match[3] === undefined ? IMAP_PORTS[scheme] : wholeNumber(match[3], 1, 65535);
  const folder = percentDecoded(match[4] ?? '');
  if (name === undefined || port === undefined || folder === undefined || visible(folder) !== folder) return undefined;
  return { scheme, host: name, port, mailbox: folder === '' ? 'INBOX' : folder };
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
