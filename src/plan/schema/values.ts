import { isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { visible } from '../../text/peer.js';
import { Secret } from '../../secrets/secret.js';

/* Each takes the text that the user wrote, and returns its value, or undefined if it is not allowed. */

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Characters with a special meaning around a local part, spaces, and invisible or unassigned characters. */
const UNMAILABLE = /[\s<>"(),:;[\]\\\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
const PRINTABLE = /^[!-~]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

export function wholeNumber(text: string, min: number, max: number): number | undefined {
  if (!/^(?:0|[1-9]\d{0,8})$/.test(text)) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

/**
 * A DNS name in lower case, as A-labels (RFC 5890), without a dot at the end. Underscores are allowed. A text that the
 * resolver reads as a number (`127.1`, `0x7f`) is not a name.
 */
export function dnsName(text: string): string | undefined {
  // domainToASCII drops line breaks, decodes %2e and reads 127.1 as an address: it must not get any of these.
  if (/[^\w.\-\u0080-\u{10ffff}]/u.test(text) || visible(text) !== text) return undefined;
  const name = (PRINTABLE.test(text) ? text.toLowerCase() : domainToASCII(text)).replace(/\.$/, '');
  const labels = name.split('.');
  if (name.length > 253 || !labels.every((label) => LABEL.test(label))) return undefined;
  return /^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '') ? undefined : name;
}

/** A DNS name, or an IP address with or without brackets; without a zone, which no certificate can contain. */
export function host(text: string): string | undefined {
  const bare = /^\[(.*)\]$/.exec(text)?.[1];
  if (bare !== undefined) return isIPv6(bare) && !bare.includes('%') ? bare.toLowerCase() : undefined;
  if (isIP(text) !== 0) return text.includes('%') ? undefined : text.toLowerCase();
  return dnsName(text);
}

/** A domain in the grammar of SMTP (RFC 5321 section 4.1.2): servers refuse EHLO with an underscore. */
function smtpDomain(text: string): string | undefined {
  const name = dnsName(text);
  return name?.includes('_') === true ? undefined : name;
}

/** Whether EHLO can send a host name: a fully qualified domain, in ASCII and without a dot at the end. */
export function isQualifiedDomain(text: string): boolean {
  return text.includes('.') && smtpDomain(text) === text.toLowerCase();
}

/** A name that EHLO may send: a domain, or an address literal (RFC 5321 section 4.1.3). */
export function ehloName(text: string): string | undefined {
  const literal = /^\[(?:IPv6:(.*)|(.*))\]$/i.exec(text);
  if (!literal) return smtpDomain(text);
  const [, six, four] = literal;
  return (six !== undefined ? isIPv6(six) && !six.includes('%') : isIPv4(four ?? '')) ? text : undefined;
}

/** An email address without a name, comment or quoted part. The local part may be international (RFC 6531). */
export function mailbox(text: string): string | undefined {
  const [, local = '', domain = ''] = /^([^@]+)@([^@]+)$/.exec(text) ?? [];
  if (Buffer.byteLength(local) > 64 || UNMAILABLE.test(local)) return undefined;
  const ascii = domain.startsWith('[') ? ehloName(domain) : dnsName(domain);
  return ascii === undefined ? undefined : `${local}@${ascii}`;
}

/** One line of at most 200 characters, all of them visible. */
export function displayName(text: string): string | undefined {
  return text.trim() !== '' && text.length <= 200 && visible(text) === text ? text : undefined;
}

/** Possibly empty. Control characters separate the fields of SASL messages. */
export function userName(text: string): string | undefined {
  return CONTROL.test(text) ? undefined : text;
}

export function secret(text: string): Secret | undefined {
  return CONTROL.test(text) ? undefined : new Secret(text);
}

/** `sha256/` and the base64 of 32 bytes; returns the base64. */
export function pin(text: string): string | undefined {
  const base64 = /^sha256\/([A-Za-z0-9+/]{43}=)$/.exec(text)?.[1];
  return base64 !== undefined && Buffer.from(base64, 'base64').toString('base64') === base64 ? base64 : undefined;
}

/** An authserv-id (RFC 8601 section 2.5): a token, usually a domain, in any case. */
export function authservId(text: string): string | undefined {
  return /^[\w.!#$%&'*+^`{|}~-]{1,253}$/.test(text) ? text.toLowerCase() : undefined;
}

/** As in the core schema of YAML 1.2, and as the runner accepts it. */
export function truth(text: string): boolean | undefined {
  if (/^(true|True|TRUE)$/.test(text)) return true;
  return /^(false|False|FALSE)$/.test(text) ? false : undefined;
}

/** Minutes from 0.1 to 1440, in milliseconds. */
export function minutes(text: string): number | undefined {
  if (!/^\d{1,4}(\.\d{1,3})?$/.test(text)) return undefined;
  const given = Number(text);
  return given >= 0.1 && given <= 1440 ? Math.round(given * 60_000) : undefined;
}

export function day(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}

/** `K/N` with K from 1 to N. */
export function shard(text: string): { part: number; parts: number } | undefined {
  const [, k = '', n = ''] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const parts = wholeNumber(n, 1, 999_999_999);
  const part = parts === undefined ? undefined : wholeNumber(k, 1, parts);
  return part === undefined || parts === undefined ? undefined : { part, parts };
}

/** TLS from the beginning, after a mandatory STARTTLS or STLS, or none. */
type InboxTls = 'implicit' | 'upgrade' | 'none';

const MAILBOX_SCHEMES = {
  imaps: { kind: 'imap', port: 993, tls: 'implicit' },
  imap: { kind: 'imap', port: 143, tls: 'upgrade' },
  pop3s: { kind: 'pop3', port: 995, tls: 'implicit' },
  pop3: { kind: 'pop3', port: 110, tls: 'upgrade' },
} as const;

/** Mail catchers use the same port with and without TLS. */
const API_SCHEMES = {
  'mailpit+https': { kind: 'mailpit', port: 8025, tls: 'implicit' },
  'mailpit+http': { kind: 'mailpit', port: 8025, tls: 'none' },
  'maildev+https': { kind: 'maildev', port: 1080, tls: 'implicit' },
  'maildev+http': { kind: 'maildev', port: 1080, tls: 'none' },
} as const;

type MailboxScheme = keyof typeof MAILBOX_SCHEMES;
type ApiScheme = keyof typeof API_SCHEMES;

/** What each scheme of an inbox URL stands for, with its default port. */
export const INBOX_SCHEMES = { ...MAILBOX_SCHEMES, ...API_SCHEMES } satisfies Record<
  string,
  { kind: string; port: number; tls: InboxTls }
>;

/** A mailbox of a mail server, without credentials. POP3 has only INBOX. */
export interface MailboxAddress {
  readonly scheme: MailboxScheme;
  readonly host: string;
  readonly port: number;
  readonly mailbox: string;
}

/** The HTTP API of a mail catcher, without credentials. */
export interface ApiAddress {
  readonly scheme: ApiScheme;
  readonly host: string;
  readonly port: number;
  /** Prefix of the path of every request: empty, or with a slash at the start and none at the end. */
  readonly basePath: string;
}

/**
 * `imap://host[:port][/mailbox]`, the mailbox percent-encoded; `pop3://host[:port]`; `mailpit+http://host[:port][/base]`
 * or `maildev+http://…`; each also with an `s`. No credentials, query or fragment.
 */
export function inboxUrl(text: string): MailboxAddress | ApiAddress | undefined {
  const match = /^([a-z0-9+]+):\/\/(\[[^\]]*\]|[^\s/:?#@[\]]+)(?::(\d+))?(?:\/([^?#]*))?$/i.exec(text);
  const scheme = match?.[1]?.toLowerCase() ?? '';
  const name = host(match?.[2] ?? '');
  if (!match || name === undefined || !isScheme(scheme)) return undefined;
  const port = match[3] === undefined ? INBOX_SCHEMES[scheme].port : wholeNumber(match[3], 1, 65535);
  const path = match[4] ?? '';
  if (isApi(scheme)) {
    const basePath = base(path);
    return port === undefined || basePath === undefined ? undefined : { scheme, host: name, port, basePath };
  }
  const mailbox = INBOX_SCHEMES[scheme].kind === 'pop3' ? (path === '' ? 'INBOX' : undefined) : folder(path);
  return port === undefined || mailbox === undefined ? undefined : { scheme, host: name, port, mailbox };
}

function isScheme(text: string): text is MailboxScheme | ApiScheme {
  return Object.hasOwn(INBOX_SCHEMES, text);
}

function isApi(scheme: MailboxScheme | ApiScheme): scheme is ApiScheme {
  return Object.hasOwn(API_SCHEMES, scheme);
}

/** The folder of an IMAP URL. */
function folder(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path) || 'INBOX';
    return visible(decoded) === decoded ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/** The base path of an API, as it is sent in requests. */
function base(path: string): string | undefined {
  const segments = path.split('/').filter((segment) => segment !== '');
  const isAllowed = segments.every(
    (segment) => /^(?:[\w.~!$&'()*+,;=:@-]|%[\da-f]{2})+$/i.test(segment) && !/^\.\.?$/.test(segment),
  );
  return isAllowed ? segments.map((segment) => `/${segment}`).join('') : undefined;
}
