import type { CauseOf } from '../findings/catalog.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import { formatReply, type Reply } from '../smtp/reply.js';
import type { SessionPoint } from '../smtp/session-point.js';
import { awaited, quotedAt } from './awaited.js';
import type { Context } from './context.js';
import { accountMeaningOf } from './replies/provider-account.js';
import { blocklistErrorIn, REPUTATION_SERVICE } from './replies/blocklist.js';
import { BUSY, CONNECTIONS, RATE, UNWANTED_MAIL } from './replies/limits.js';
import { isLimit, sameHost } from './replies/same-host.js';
import { wordsOf } from './reply-text.js';
import { own } from '../text/own.js';

/** The finding for a 421, or for a greeting or a reply to EHLO with another temporary code. */
export function throttled(reply: Reply, at: SessionPoint, context?: Pick<Context, 'endpoint' | 'run'>): KnownFinding {
  const said = quotedAt(at, `"${formatReply(reply)}"`);
  const meaning = reply.code === 421 ? own`, which means that it is closing the connection` : own``;
  const cause = throttlingCause(reply, at);
  return finding('throttled', own`${said}${meaning}.`, {
    inconclusive: true,
    evidence: { reply: formatReply(reply), awaited: awaited(at), ...(isLimit(cause) && sameHost(context)) },
    ...(cause && { cause }),
  });
}

interface Row {
  /** Matches the enhanced status code, which is empty if there is none. */
  readonly status?: RegExp;
  /** Matches the words of the reply, in lower case. */
  readonly words?: RegExp;
  readonly cause: CauseOf<'throttled'>;
}

/** The first row that fits counts. Words come first: servers use one code for several causes. */
const ROWS: readonly Row[] = [
  { words: /\bshut(?:ting)? ?down\b|\bmaintenance\b|\brestart/, cause: 'maintenance' },
  { words: UNWANTED_MAIL, cause: 'reputation' },
  { status: /^4\.7\.(?:500|650)$/, cause: 'reputation' },
  { words: /\brequires all senders to authenticate\b/, cause: 'sender-authentication' },
  { words: BUSY, cause: 'server-busy' },
  { words: CONNECTIONS, cause: 'connection-limit' },
  { words: RATE, cause: 'rate-limit' },
  { words: /\btoo (?:many|much)|\brates?\b|\blimit|\bquota/, cause: 'rate-limit' },
  { words: /\bidle\b|\btimeout exceeded\b|\bwaiting for (?:a )?(?:command|input|data)\b/, cause: 'idle' },
  { status: /^4\.4\.2$/, words: /\btime(?:d[ -]|-)?out\b/, cause: 'idle' },
  {
    status: /^(?!4\.7\.)/,
    words: /\bconnect(?:ion|ing)? to (?:the )?(?:relay|back-?end|upstream)\b/,
    cause: 'next-server',
  },
  { words: /\b(?:helo|ehlo)\b/, cause: 'ehlo-name' },
  { words: /\breverse\b|\bptr\b|\brdns\b|\bfind your (?:reverse )?host ?name\b/, cause: 'client-name' },
  {
    status: /^4\.[34]\./,
    words: /\bdenied\b|\brefused\b|\bnot allowed\b|\bpermission\b/,
    cause: 'server-problem',
  },
  {
    status: /^(?!4\.7\.)/,
    words:
      /\bfail|\bunable\b|\bcan(?:not|'t)\b|\bcould(?: not|n't)\b|\binternal\b|\berror\b|\bproblem\b|\bconfiguration\b|\bresources?\b|\bdisk\b|\bspace\b|\bunexpected\b/,
    cause: 'server-problem',
  },
  { words: REPUTATION_SERVICE, cause: 'blocklist' },
  { words: /\b(?:block|black|deny)[ -]?list|\b(?:rbl|dnsbl)\b|\breputation\b|\bspamhaus\b/, cause: 'blocklist' },
  { words: /\bgr[ea]y[ -]?list|\bspam\b|\bblocked\b|\bbanned\b|\bdenied\b/, cause: 'client-rejected' },
  { status: /^4\.7\./, cause: 'client-rejected' },
];

function throttlingCause(reply: Reply, at: SessionPoint): CauseOf<'throttled'> | undefined {
  const { enhanced = '' } = reply;
  const said = wordsOf(reply);
  // A client that made mistakes; which ones, only the log of the server says.
  if (said.includes('too many errors')) return undefined;
  const named = blocklistErrorIn(reply) ?? accountMeaningOf(reply)?.cause;
  if (named) return named;
  const row = ROWS.find(({ status, words }) => (status?.test(enhanced) ?? true) && (words?.test(said) ?? true));
  // A server that expects a header of the PROXY protocol reports only an internal error to a client without one.
  const isOther = /\b(?:disk|space|storage|memory|resources?)\b/.test(said);
  return row?.cause === 'server-problem' && at.of === 'greeting' && !isOther ? 'error-as-greeting' : row?.cause;
}
