import type { Cause } from '../../findings/catalogue.js';
import type { Endpoint } from '../../plan/endpoint.js';
import type { Reply } from '../../smtp/reply.js';
import type { TransactionVerb } from '../../smtp/transaction.js';
import { wordsOf } from '../reply-text.js';

/** Where a refusal came: to a command, or after the final dot of the message. */
export type RefusedAt = TransactionVerb | 'MESSAGE';

/** What a refusal means, by its enhanced status code (RFC 3463) and its words. */
export interface RefusalMeaning {
  /** The end of a sentence that begins with what the server said. */
  readonly says: string;
  readonly cause: RefusalCause;
}

type RefusalCause = Cause<'message-rejected'>;

/** A refusal as the table below looks at it. */
interface Refusal {
  readonly at: RefusedAt;
  readonly code: number;
  /** Subject and detail of the enhanced code, such as `7.1`, whatever its class; empty where there is none. */
  readonly status: string;
  /** The server's own words, without the addresses, names and links in them. */
  readonly text: string;
  /** The same with links: block lists are known by them. */
  readonly linked: string;
}

interface Row {
  /** An answer with a code that says just this, whatever words go with it. */
  readonly isExactly?: (refusal: Refusal) => boolean;
  readonly fits: (refusal: Refusal) => boolean;
  readonly says: string;
  readonly cause: RefusalCause | ((endpoint: Endpoint) => RefusalCause);
}

const GREYLISTING = {
  says: 'That looks like greylisting: whoever is new is asked to come again.',
  cause: 'greylisting',
} as const;

/** Words of a refusal that is for the sake of somebody or something else than the recipient. */
const OTHERS =
  /\b(sender|client|your (ip|address|host|domain|server)|polic(y|ies)|prohibit\w+|reputation|banned|spam)\b/;

const CONTENT = /spam|virus|malware|content|policy|score/;

/**
 * The first row counts that a code fits exactly, or else the first that fits: words that are plain come before codes that
 * many causes share.
 */
const TABLE: readonly Row[] = [
  {
    fits: ({ at, code, text }) =>
      !/starttls|encrypt/.test(text) &&
      (code === 530 ||
        (at !== 'MESSAGE' &&
          /\bauthenticat\w+ (is )?(required|first)|not authenticated|(must|please) authenticate|turn on smtp auth/.test(
            text,
          ))),
    says: 'It wants authentication first.',
    cause: ({ auth }) => (auth ? 'not-authorized' : 'sign-in-required'),
  },
  { ...GREYLISTING, fits: (refusal) => mayGreylist(refusal) && /gr[ae]y-?list/.test(refusal.text) },
  {
    fits: ({ status, text }) =>
      ['7.28', '7.650'].includes(status) ||
      /rate[- ]?limit|throttl|too (fast|quickly)|too many (concurrent |new )?(connections|messages|mails|errors|requests)|at a rate that/.test(
        text,
      ),
    says: 'It takes no more for now: there was too much, of this client or for this recipient.',
    cause: 'rate-limit',
  },
  {
    fits: ({ status, linked }) =>
      /\b(block|black)[- ]?list|\bblocked (using|by)|\b(dns|r)bl\b|spamhaus|client host rejected|\b(helo|ehlo)\b|reverse (dns|hostname)|\brdns\b|\bptr\b|\bip (address )?(reputation|is (blocked|banned|listed))|banned sending ip|open relay/.test(
        linked,
      ) || status === '7.25',
    says: 'It refuses this client by its address or its name.',
    cause: 'client-reputation',
  },
  {
    fits: ({ at, status, text }) =>
      ['7.54', '7.64'].includes(status) ||
      (at !== 'MESSAGE' &&
        status !== '1.1' &&
        /\brelay(ing|ed)?\b|rcpthosts/.test(text.replace('relay recipient table', ''))),
    says: 'It does not relay mail for this client.',
    cause: 'relay-denied',
  },
  {
    fits: ({ status, text }) =>
      ['7.20', '7.21', '7.22', '7.23', '7.24', '7.26'].includes(status) ||
      /\b(spf|dmarc|dkim)\b(?![\s:=-]*(is )?(ok|pass|none|neutral|good|valid))/.test(text),
    says: "Its check of the sender's origin (SPF, DKIM, DMARC) failed.",
    cause: 'sender-authentication',
  },
  {
    fits: ({ status, text }) =>
      ['1.7', '1.8', '7.27'].includes(status) ||
      /sender address rejected: (domain|malformed)|sender verif|domain of sender|\bsender\b.{0,40}(unknown|not found|n.t exist|not exist|invalid)/.test(
        text,
      ),
    says: 'It does not believe that the sender exists.',
    cause: 'sender-unknown',
  },
  {
    fits: ({ at, status, text }) =>
      ['7.60', '2.252'].includes(status) ||
      /not owned by|send ?as ?denied|send as this sender|sender address rejected/.test(text) ||
      (at === 'MAIL' && status.startsWith('7.')),
    says: 'It does not let this client send as that sender.',
    cause: 'sender-not-allowed',
  },
  {
    isExactly: ({ status }) => status === '2.2',
    fits: ({ status, text }) =>
      status === '3.1' || /quota|mailbox (is )?full|insufficient (system )?storage/.test(text),
    says: 'There is no room: the mailbox or the disk of the server is full.',
    cause: 'storage-full',
  },
  {
    isExactly: ({ status }) => status === '3.4',
    fits: ({ code, status, text }) =>
      status === '2.3' ||
      /too (big|large)|size (limit|exceed)|exceeds[^.;]{0,60} size/.test(text) ||
      (code === 552 && status === '' && !CONTENT.test(text)),
    says: 'The message is too large for it.',
    cause: 'message-too-large',
  },
  {
    ...GREYLISTING,
    fits: (refusal) => mayGreylist(refusal) && ['', '7.0', '7.1'].includes(refusal.status),
  },
  {
    fits: ({ at, text }) => at === 'RCPT' && /unverified address|verification (is )?in progress/.test(text),
    says: 'It has not found out whether it can deliver to this recipient.',
    cause: 'recipient-unverified',
  },
  {
    isExactly: (refusal) => namesRecipient(refusal, /^1\.1$/),
    fits: (refusal) =>
      namesRecipient(refusal, /^1\.([2-6]|10)$/) ||
      (refusal.at === 'RCPT' &&
        (refusal.status === '4.1' ||
          (!OTHERS.test(refusal.text) &&
            /unknown|no such|does ?n.t exist|does not exist|not found|unrouteable|invalid/.test(refusal.text)))),
    says: 'It knows no such recipient.',
    cause: 'recipient-unknown',
  },
  {
    fits: ({ status }) => status === '2.1',
    says: 'The mailbox is disabled.',
    cause: 'mailbox-disabled',
  },
  {
    fits: ({ at, text }) =>
      at === 'RCPT' && /recipient (address )?(is )?(rejected|refused|denied)|not local/.test(text),
    says: 'It does not take mail for this recipient.',
    cause: 'recipient-refused',
  },
  {
    fits: ({ at, status, text }) => at === 'MESSAGE' && (/^[67]\./.test(status) || CONTENT.test(text)),
    says: 'A filter does not like the content, or a policy the message.',
    cause: 'content-filter',
  },
  {
    fits: ({ status }) => status.startsWith('7.'),
    says: 'A policy of the server forbids it.',
    cause: 'policy',
  },
];

/**
 * What a 4yz or 5yz means.
 * @returns undefined where neither its codes nor its words tell
 */
export function refusalMeaningOf(at: RefusedAt, reply: Reply, endpoint: Endpoint): RefusalMeaning | undefined {
  const refusal = refusalOf(at, reply);
  const row = TABLE.find(({ isExactly }) => isExactly?.(refusal)) ?? TABLE.find(({ fits }) => fits(refusal));
  if (!row) return undefined;
  const { says, cause } = row;
  return { says, cause: typeof cause === 'string' ? cause : cause(endpoint) };
}

function mayGreylist({ at, code }: Refusal): boolean {
  return (at === 'RCPT' || at === 'DATA') && (code === 450 || code === 451);
}

/** A code that is about the recipient, where the words do not say that it is about the sender. */
function namesRecipient({ code, status, text }: Refusal, statuses: RegExp): boolean {
  return code >= 500 && statuses.test(status) && !/\bsender\b/.test(text);
}

function refusalOf(at: RefusedAt, reply: Reply): Refusal {
  const { code, enhanced = '' } = reply;
  const linked = wordsOf(reply);
  const text = linked.replace(/(?<!\S)\S*:\/\/\S*/g, '');
  return { at, code, status: enhanced.slice(enhanced.indexOf('.') + 1), text, linked };
}
