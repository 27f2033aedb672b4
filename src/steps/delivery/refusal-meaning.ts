import type { CauseOf } from '../../findings/catalog.js';
import type { Reply } from '../../smtp/reply.js';
import type { TransactionVerb } from '../../smtp/transaction.js';
import { accountMeaningOf } from '../replies/provider-account.js';
import { gatewayMeaningOf } from '../replies/gateways.js';
import { blocklistErrorIn, REPUTATION_SERVICE } from '../replies/blocklist.js';
import { wordsOf } from '../reply-text.js';

/** What the server refused: a command, or the message after its final dot. */
export type RefusedAt = TransactionVerb | 'MESSAGE';

type RefusalCause = CauseOf<'message-rejected'>;

/** What a refusal can be about besides its words. */
export interface RefusedClient {
  readonly hasAuthenticated: boolean;
  /** Whether the server offers AUTH over TLS. */
  readonly offersAuth: boolean;
  /** Whether a proxy authenticates the client, and a server behind it replies to the rest. */
  readonly isProxied?: boolean;
  /** The username with which it has authenticated. */
  readonly account?: string;
  readonly from: string;
  readonly to: string;
}

interface Refusal extends RefusedClient {
  /** Whether the recipient is in a domain other than that of the sender. */
  readonly isForeign: boolean;
  readonly at: RefusedAt;
  readonly code: number;
  /** Subject and detail of the enhanced code, such as `7.1`, without its class; empty if there is none. */
  readonly status: string;
  /** The server's own words, without the addresses, names and links in them. */
  readonly text: string;
  /** The same with links, by which blocklists are recognized. */
  readonly linked: string;
}

interface Row {
  /** Whether the code says exactly this, regardless of the words. */
  readonly isExactly?: (refusal: Refusal) => boolean;
  readonly fits: (refusal: Refusal) => boolean;
  readonly text: string;
  readonly cause: RefusalCause;
}

/** Fits any of the status codes, or the words. */
const either =
  (statuses: readonly string[], words: RegExp) =>
  ({ status, text }: Refusal): boolean =>
    statuses.includes(status) || words.test(text);

const GREYLISTING = {
  text: 'This looks like greylisting: the server asks new clients to try again later.',
  cause: 'greylisting',
} as const;

/** Words of a refusal that is not about the recipient. */
const OTHERS =
  /\b(sender|client|your (ip|address|host|domain|server)|polic(y|ies)|prohibit\w+|reputation|banned|spam)\b/;
const NO_SUCH_USER = /unknown|no such|does ?n.t exist|does not exist|not found|unrouteable|invalid/;
const CONTENT = /spam|virus|malware|content|policy|score/;
const AUTHENTICATE =
  /\bauthenticat\w+ (is )?(required|first)|not authenticated|(must|please) authenticate|turn on smtp auth/;
/** A part of the server has failed. Some servers say so with a code that is also used for greylisting. */
const FAILURE =
  /\b(local|internal|server|configuration|system) (problem|error)\b|\blookup fail|\bservice unavailable\b|\b(scan|milter|clam|virus|antivirus)\w* .*\b(fail|error|unavailable|timeout|timed out|unable|not running)/;
const EHLO_NAME = /\b(helo|ehlo)\b/;
/** Zoho says that relaying is disallowed "as" an address. */
const AS_SENDER =
  /\bdisallowed as\b|not owned by|send ?as ?denied|send as this sender|\bnot (?:allowed|authori[sz]ed|permitted) to (?:send|use)\b[^.;]{0,30}\b(?:as|from|address|sender)\b|\b(?:sender|from)\b[^.;]{0,30}\b(?:does(?: not|n't)|must) match\b/;
const REVERSE_NAME = /\breverse (dns|(host ?)?name)|\brdns\b|\bptr\b|\bfind your (reverse )?host ?name\b/;
const REPUTATION =
  /\b(block|black)[- ]?list|\bblocked (using|by)|\b(dns|r)bl\b|spamhaus|client host rejected|\bip (address )?(reputation|is (blocked|banned|listed))|banned sending ip|open relay/;

/**
 * The first row that a code matches exactly counts, otherwise the first that fits. Clear words come before codes that
 * many causes share.
 */
const TABLE: readonly Row[] = [
  {
    fits: ({ at, code, text }) =>
      !/starttls|encrypt/.test(text) && (code === 530 || (at !== 'MESSAGE' && AUTHENTICATE.test(text))),
    text: 'The server requires authentication first.',
    cause: 'sign-in-required',
  },
  { ...GREYLISTING, fits: (refusal) => mayGreylist(refusal) && /gr[ae]y-?list/.test(refusal.text) },
  {
    fits: either(
      ['7.28', '7.650'],
      /rate[- ]?limit|\bsending rate\b|throttl|too (fast|quickly)|too many (concurrent |new )?(connections|messages|mails|errors|requests)|at a rate that/,
    ),
    text: 'The rate limit for this client or recipient was exceeded.',
    cause: 'rate-limit',
  },
  {
    fits: ({ text }) => /\bcredentials for relay\b|\bidentify the sending domain\b/.test(text),
    text: 'The server does not know to which account the client belongs.',
    cause: 'account-not-identified',
  },
  {
    fits: ({ text }) => EHLO_NAME.test(text),
    text: "The server does not accept the client's EHLO name.",
    cause: 'ehlo-name',
  },
  {
    fits: either(['7.25'], REVERSE_NAME),
    text: 'The server requires a valid PTR record for the IP address of the client.',
    cause: 'client-name',
  },
  {
    fits: ({ text, hasAuthenticated }) => hasAuthenticated && AS_SENDER.test(text),
    text: 'The server does not allow this account to send as this sender.',
    cause: 'sender-not-allowed',
  },
  {
    fits: ({ linked }) => REPUTATION.test(linked) || REPUTATION_SERVICE.test(linked),
    text: 'The server rejects the IP address of the client.',
    cause: 'client-reputation',
  },
  {
    fits: ({ at, status, text }) =>
      ['7.54', '7.64'].includes(status) ||
      (at !== 'MESSAGE' &&
        status !== '1.1' &&
        /\brelay(ing|ed)?\b|rcpthosts/.test(text.replace('relay recipient table', ''))),
    text: 'The server does not relay mail for this client.',
    cause: 'relay-denied',
  },
  {
    fits: either(
      ['7.20', '7.21', '7.22', '7.23', '7.24', '7.26'],
      /\b(spf|dmarc|dkim)\b(?![\s:=-]*(is )?(ok|pass|none|neutral|good|valid))/,
    ),
    text: "The server's SPF, DKIM or DMARC check of the sender failed.",
    cause: 'sender-authentication',
  },
  {
    fits: either(['1.8'], /sender address rejected: domain|domain of sender|sender domain .*(not|n't|no) /),
    text: 'The server found no mail server for the domain of the sender address.',
    cause: 'sender-domain-unknown',
  },
  {
    fits: either(
      ['1.7', '7.27'],
      /sender address rejected: malformed|sender verif|\bsender\b.{0,40}(unknown|not found|n.t exist|not exist|invalid)/,
    ),
    text: 'The server considers the sender address invalid or nonexistent.',
    cause: 'sender-unknown',
  },
  {
    fits: ({ at, status, text }) =>
      ['7.60', '2.252'].includes(status) ||
      AS_SENDER.test(text) ||
      text.includes('sender address rejected') ||
      (at === 'MAIL' && status.startsWith('7.')),
    text: 'The server does not allow this client to send as this sender.',
    cause: 'sender-not-allowed',
  },
  {
    fits: ({ text }) => /\bmailbox logon failure\b/.test(text),
    text: 'The account has authenticated, but cannot open its mailbox.',
    cause: 'mailbox-access',
  },
  {
    isExactly: ({ status }) => status === '2.2',
    fits: ({ text }) => /quota|mailbox (is )?full/.test(text),
    text: 'The mailbox of the recipient is full.',
    cause: 'mailbox-full',
  },
  {
    fits: either(['3.1'], /insufficient (system )?storage/),
    text: 'According to the server, the disk of its mail queue is full.',
    cause: 'disk-full',
  },
  {
    isExactly: ({ status }) => status === '3.4',
    fits: ({ code, status, text }) =>
      status === '2.3' ||
      /too (big|large)|size (limit|exceed)|exceeds[^.;]{0,60} size/.test(text) ||
      (code === 552 && status === '' && !CONTENT.test(text)),
    text: "The message exceeds the server's size limit.",
    cause: 'message-too-large',
  },
  {
    fits: (refusal) => isLate(refusal.at) && isFailure(refusal),
    text: 'The server could not check or store the message.',
    cause: 'scanner-unavailable',
  },
  {
    fits: (refusal) =>
      refusal.code < 500 && (refusal.status === '3.5' || /\bconfiguration (problem|error)\b/.test(refusal.text)),
    text: 'The server reports a problem in its own configuration.',
    cause: 'configuration-problem',
  },
  {
    fits: isFailure,
    text: 'The server reports a problem of its own.',
    cause: 'server-problem',
  },
  { ...GREYLISTING, fits: (refusal) => mayGreylist(refusal) && ['', '7.0', '7.1'].includes(refusal.status) },
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
    isExactly: (refusal) => namesRecipient(refusal, /^1\.1$/),
    fits: (refusal) =>
      namesRecipient(refusal, /^1\.([2-6]|10)$/) ||
      (refusal.at === 'RCPT' &&
        (refusal.status === '4.1' || (!OTHERS.test(refusal.text) && NO_SUCH_USER.test(refusal.text)))),
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
  {
    fits: ({ at, status, text }) => at === 'MESSAGE' && (/^[67]\./.test(status) || CONTENT.test(text)),
    text: 'A content filter or a policy rejected the message.',
    cause: 'content-filter',
  },
  {
    fits: ({ status }) => status.startsWith('7.'),
    text: 'A policy of the server rejected the message.',
    cause: 'policy',
  },
];

/** Whether the server quotes the sender, which is not the address of the account, and says nothing that is known. */
function namesForeignSender(reply: Reply, { from, to, account = '' }: RefusedClient): boolean {
  const text = reply.lines.map(({ exact }) => exact.toLowerCase()).join(' ');
  const [sender, recipient, own] = [from, to, account].map((address) => address.toLowerCase()) as [
    string,
    string,
    string,
  ];
  const isForeign = own.includes('@') && sender !== own;
  return isForeign && [550, 553].includes(reply.code) && text.includes(sender) && !text.includes(recipient);
}

/**
 * What a 4xx or 5xx means, by its enhanced status code (RFC 3463) and its words.
 * @returns a sentence and the cause; undefined if neither its codes nor its words are known
 */
export function refusalMeaningOf(
  at: RefusedAt,
  reply: Reply,
  client: RefusedClient,
): { readonly text: string; readonly cause: RefusalCause } | undefined {
  const { code, enhanced = '' } = reply;
  const linked = wordsOf(reply);
  const status = enhanced.slice(enhanced.indexOf('.') + 1);
  const isForeign = domainOf(client.from) !== domainOf(client.to);
  const refusal = { ...client, isForeign, at, code, status, text: linked.replace(/(?<!\S)\S*:\/\/\S*/g, ''), linked };
  const error = blocklistErrorIn(reply);
  if (error) return { text: 'The reply quotes an error of a blocklist, not a listing.', cause: error };
  const ofAccount = accountMeaningOf(reply, client);
  const ofGateway = ofAccount ?? gatewayMeaningOf(reply);
  if (ofGateway) return ofGateway;
  const row = TABLE.find(({ isExactly }) => isExactly?.(refusal)) ?? TABLE.find(({ fits }) => fits(refusal));
  if (!row) {
    if ((at !== 'MAIL' && at !== 'MESSAGE') || !namesForeignSender(reply, client)) return undefined;
    const text = 'The server names the sender, which is not the address of the account.';
    return { text, cause: 'account-may-not-send-as' };
  }
  const { text, cause } = row;
  if (cause === 'relay-denied' && client.hasAuthenticated && client.isProxied) {
    return { text, cause: 'relay-denied-to-proxy' };
  }
  if (client.hasAuthenticated) return { text, cause: WITH_AUTH[cause] ?? cause };
  return { text, cause: cause === 'relay-denied' && !client.offersAuth ? 'relay-denied-without-auth' : cause };
}

/** What a cause means if the client has authenticated. */
const WITH_AUTH: Readonly<Partial<Record<RefusalCause, RefusalCause>>> = {
  'sign-in-required': 'not-authorized',
  'relay-denied': 'relay-denied-to-account',
  'client-name': 'account-rejected-by-address',
  'client-reputation': 'account-rejected-by-address',
  'sender-authentication': 'account-without-spf',
  'sender-not-allowed': 'account-may-not-send-as',
};

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Whether the server has the message or asks for it. */
const isLate = (at: RefusedAt): boolean => at === 'DATA' || at === 'MESSAGE';

/** Of the codes about the system, 4.3.2 is also that of a server that only accepts a client that comes back (postscreen). */
function isFailure({ code, status, text }: Refusal): boolean {
  return code < 500 && (['3.0', '3.5'].includes(status) || FAILURE.test(text));
}

function mayGreylist({ at, code }: Refusal): boolean {
  return (at === 'RCPT' || at === 'DATA') && (code === 450 || code === 451);
}

/** Whether a code is about the recipient, and the words do not say that it is about the sender. */
function namesRecipient({ code, status, text }: Refusal, statuses: RegExp): boolean {
  return code >= 500 && statuses.test(status) && !/\bsender\b/.test(text);
}
