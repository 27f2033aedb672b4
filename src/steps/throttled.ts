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
  /** Matches what the reply is to, if the words mean this only there. */
  readonly at?: RegExp;
  readonly cause: CauseOf<'throttled'>;
}

/** The first row that fits counts. Words come first: servers use one code for several causes. */
const ROWS: readonly Row[] = [
  // Exchange, and RFC 3463 in its description of X.3.2
  {
    words: /\bservice (?:is )?(?:not active|inactive|disabled|stopped)\b|\bnot accepting network messages\b/,
    cause: 'service-inactive',
  },
  { words: /\bshut(?:ting)? ?down\b|\bmaintenance\b|\brestart/, cause: 'maintenance' },
  {
    words:
      /\btoo many\b(?=[^.;]{0,40}\b(?:fail\w*|bad|invalid|incorrect|wrong)\b)[^.;]{0,40}\b(?:auth\w*|log-?ins?|passwords?)\b/,
    cause: 'too-many-failures',
  },
  {
    at: /^AUTH\b/,
    words: /\btoo many\b[^.;]{0,30}\b(?:fail\w*|bad|invalid|incorrect|wrong|errors?)\b|#auth005/,
    cause: 'too-many-failures',
  },
  { words: UNWANTED_MAIL, cause: 'reputation' },
  { status: /^4\.7\.(?:500|650)$/, cause: 'reputation' },
  { words: /\brequires all senders to authenticate\b/, cause: 'sender-authentication' },
  { words: BUSY, cause: 'server-busy' },
  { words: /\b(?:disk|storage|space|inodes)\b/, status: /^(?!4\.7\.)/, cause: 'disk-full' },
  { words: /\bsystem resources?\b|\bout of (?:memory|resources)\b|\bmemory\b/, cause: 'out-of-resources' },
  { words: CONNECTIONS, cause: 'connection-limit' },
  { words: RATE, cause: 'rate-limit' },
  { words: /\btoo (?:many|much)|\brates?\b|\blimit|\bquota/, cause: 'rate-limit' },
  { words: REPUTATION_SERVICE, cause: 'blocklist' },
  {
    words:
      /\blisted (?:by|in|on|at)\b|\b(?:block|black|deny)[ -]?listed\b|\bon (?:a|our|the) (?:block|black|deny)[ -]?list\b|\bspamhaus\b(?![^.;]{0,20}\b(?:look-?up|query|error)\b)/,
    cause: 'blocklist',
  },
  { words: /\bidle\b|\btimeout exceeded\b|\bwaiting for (?:a )?(?:command|input|data)\b/, cause: 'idle' },
  { status: /^4\.4\.2$/, words: /\btime(?:d[ -]|-)?out\b/, cause: 'idle' },
  {
    status: /^(?!4\.7\.)/,
    words:
      /\bconnect(?:ion|ing)? to (?:the )?(?:relay|back-?end|upstream)\b|\b(?:back-?end|upstream|mailbox server|target host)\b.{0,40}\b(?:unavailable|not available|unreachable|down|fail\w*|refused|timed? ?out|respon\w+)\b|\bno (?:back-?ends?|upstreams?|servers?) (?:is |are )?available\b/,
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
      /\bfail|\bunable\b|\bcan(?:not|'t)\b|\bcould(?: not|n't)\b|\binternal\b|\berror\b|\bproblem\b|\bconfiguration\b|\bresources?\b|\bunexpected\b/,
    cause: 'server-problem',
  },
  { words: /\b(?:block|black|deny)[ -]?list|\b(?:rbl|dnsbl)\b|\breputation\b/, cause: 'blocklist' },
  { words: /\bgr[ea]y[ -]?list|\bspam\b|\bblocked\b|\bbanned\b|\bdenied\b/, cause: 'client-rejected' },
  { status: /^4\.7\./, cause: 'client-rejected' },
];

function throttlingCause(reply: Reply, at: SessionPoint): CauseOf<'throttled'> | undefined {
  const { enhanced = '' } = reply;
  const said = wordsOf(reply);
  // A client that made mistakes; which ones, only the log of the server says.
  if (/\btoo many (?:errors|(?:invalid|bad|unknown|unrecognized) commands)\b/.test(said)) return 'too-many-errors';
  const named = blocklistErrorIn(reply) ?? accountMeaningOf(reply)?.cause;
  if (named) return named;
  const row = ROWS.find(
    (one) => (one.at?.test(at.of) ?? true) && (one.status?.test(enhanced) ?? true) && (one.words?.test(said) ?? true),
  );
  // A server that expects a header of the PROXY protocol reports only an internal error to a client without one.
  const isOther = /\bresources?\b/.test(said);
  return row?.cause === 'server-problem' && at.of === 'greeting' && !isOther ? 'error-as-greeting' : row?.cause;
}
