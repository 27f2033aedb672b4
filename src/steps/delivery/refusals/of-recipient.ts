import type { Refusal, Row } from './refusal.js';

export const GREYLISTING = {
  text: 'This looks like greylisting: the server asks new clients to try again later.',
  cause: 'greylisting',
} as const;

/** Whether such a server is likely to accept the message a little later. */
export function mayGreylist({ at, code }: Refusal): boolean {
  return (at === 'RCPT' || at === 'DATA') && (code === 450 || code === 451 || code === 452);
}

/** Words of a refusal that is not about the recipient. */
const OTHERS =
  /\b(sender|client|your (ip|address|host|domain|server)|polic(y|ies)|prohibit\w+|reputation|banned|spam)\b/;
const RECIPIENT = '(?:user|recipient|mailbox|address|account|alias|person)';
/** The recipient, and that there is none, in one clause: a certificate or an argument may be invalid as well. */
const NO_SUCH_USER = new RegExp(
  [
    String.raw`\b(?:unknown|invalid|no such|non-?existent) (?:[\w-]+ ){0,2}${RECIPIENT}\b`,
    String.raw`\bno mailbox\b`,
    String.raw`\b${RECIPIENT}\b[^.;:]{0,40}(?:\b(?:unknown|invalid|not (?:found|known|exist|available)|unavailable)\b|n.t (?:exist|have an?)\b)`,
  ].join('|'),
);

/** Whether the words say that the recipient does not exist. Codes about the command itself are left out. */
function saysUnknown({ at, code, status, text }: Refusal): boolean {
  const isOfCommand = /^5\.[1-9]/.test(status) || (code >= 500 && code <= 504);
  const isPermanent = code >= 500 || status.startsWith('1.');
  return at === 'RCPT' && isPermanent && !isOfCommand && !OTHERS.test(text) && NO_SUCH_USER.test(text);
}

/** Whether a code is about the recipient, and the words do not say that it is about the sender. */
function namesRecipient({ at, code, status, text }: Refusal, statuses: RegExp): boolean {
  return at !== 'MAIL' && code >= 500 && statuses.test(status) && !/\bsender\b/.test(text);
}

/** Postfix names the table in which it looks for the recipient: it depends on the class of the domain. */
function ofTable(table: string, text: string, cause: Row['cause']): Row {
  const words = `user unknown in ${table} table`;
  return {
    isExactly: (refusal) => isOfTable(refusal, words),
    fits: (refusal) => isOfTable(refusal, words),
    text,
    cause,
  };
}

function isOfTable({ text }: Refusal, words: string): boolean {
  return text.includes(words) && !/\bsender\b/.test(text);
}

/** Refusals that are about the recipient address, or ask the client to come back later. */
export const OF_RECIPIENT: readonly Row[] = [
  ofTable(
    'local recipient',
    'Postfix looks for the recipient among its local users, so it has the domain in mydestination.',
    'unknown-in-local-table',
  ),
  ofTable(
    'relay recipient',
    'Postfix relays mail for the domain (relay_domains), but does not know this recipient.',
    'unknown-in-relay-table',
  ),
  ofTable(
    'virtual alias',
    'Postfix has only aliases for the domain (virtual_alias_domains), and none for this recipient.',
    'unknown-in-alias-table',
  ),
  ofTable(
    'virtual mailbox',
    'Postfix has virtual mailboxes for the domain (virtual_mailbox_domains), but none for this recipient.',
    'unknown-in-mailbox-table',
  ),
  {
    fits: ({ text }) =>
      /\brecipient address\b[^.;]{0,40}\b(?:need fully[- ]qualified|must contain a domain)/.test(text),
    text: 'The recipient address is not fully qualified.',
    cause: 'recipient-not-qualified',
  },
  {
    isExactly: ({ text }) => /recipient address rejected: .{0,80}\bnull ?mx\b|recipient address has null mx/.test(text),
    fits: ({ code, status }) => code === 556 && status === '1.10',
    text: 'The domain of the recipient accepts no mail (null MX).',
    cause: 'recipient-null-mx',
  },
  {
    isExactly: ({ text }) => text.includes('recipient address rejected: domain not found'),
    fits: () => false,
    text: 'The server found no mail server for the domain of the recipient address.',
    cause: 'recipient-domain-unknown',
  },
  {
    isExactly: ({ at, status, text }) =>
      at === 'RCPT' &&
      (/\b(?:bad|invalid|malformed) recipient address syntax\b|\brestricted characters in address\b/.test(text) ||
        (status === '1.3' && /\bsyntax\b/.test(text))),
    fits: () => false,
    text: 'The server does not accept the form of the recipient address.',
    cause: 'recipient-syntax',
  },
  {
    fits: ({ at, text }) => at === 'RCPT' && /\bunroute?able address\b/.test(text) && !/\bsender\b/.test(text),
    text: 'The server has no route to the recipient.',
    cause: 'recipient-unroutable',
  },
  {
    ...GREYLISTING,
    fits: (refusal) =>
      mayGreylist(refusal) && refusal.code !== 452 && ['', '7.0', '7.1', '3.2'].includes(refusal.status),
  },
  {
    fits: ({ at, text }) => at === 'RCPT' && /unverified address|verification (is )?in progress/.test(text),
    text: 'The server has not finished verifying the recipient address.',
    cause: 'recipient-unverified',
  },
  {
    fits: ({ at, code, status, text, hasAuthenticated, isForeign }) =>
      at === 'RCPT' &&
      code >= 500 &&
      status === '' &&
      hasAuthenticated &&
      isForeign &&
      /\binvalid recipient\b/.test(text),
    text: 'The server accepts no mail for this recipient from this client.',
    cause: 'recipient-or-relay',
  },
  {
    // OpenSMTPD; Mimecast adds a link.
    fits: ({ at, code, status, linked }) =>
      at === 'RCPT' && code >= 500 && status === '' && /^invalid recipient\W*$/.test(linked),
    text: 'The server knows no such recipient, or has no rule that accepts mail for its domain.',
    cause: 'recipient-not-accepted',
  },
  {
    isExactly: (refusal) => namesRecipient(refusal, /^1\.1$/),
    fits: (refusal) =>
      namesRecipient(refusal, /^1\.([2-6]|10)$/) ||
      (refusal.at === 'RCPT' && refusal.code >= 500 && refusal.status === '4.1') ||
      saysUnknown(refusal),
    text: 'According to the server, the recipient does not exist (user unknown).',
    cause: 'recipient-unknown',
  },
  { fits: ({ status }) => status === '2.1', text: 'The mailbox is disabled.', cause: 'mailbox-disabled' },
  {
    fits: ({ at, text }) =>
      at === 'RCPT' && /recipient (address )?(is )?(rejected|refused|denied)|not local/.test(text),
    text: 'The server does not accept mail for this recipient.',
    cause: 'recipient-refused',
  },
];
