import type { CauseOf } from '../findings/catalog.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import { formatReply, MixedCodes, ReplySyntaxError } from '../smtp/reply.js';
import type { ConnectionLost, ReplyTimeout, UnsolicitedReply } from '../smtp/session.js';
import type { SessionPoint } from '../smtp/session-point.js';
import { excerpt, excerptOfList, type PeerText } from '../text/peer.js';
import { awaited, quotedAt, replyAt } from './awaited.js';
import { inSeconds, shortTimeout, spentBudget } from './budget.js';
import type { Context } from './context.js';
import { fixed, own, type OwnText } from '../text/own.js';

/*
 * Findings for a session that ended at some point. Each of them names the reply that the gate was waiting for.
 */

export function connectionLost({ message: detail, heard, farewell, at }: ConnectionLost): KnownFinding {
  if (farewell) {
    const reply = formatReply(farewell);
    const message = own`${quotedAt(at, `"${reply}"`)}, which means that it is closing the connection.`;
    const evidence = { detail, awaited: awaited(at), reply };
    return finding('connection-lost', message, { evidence, cause: 'announced' });
  }
  const what = own`${detail.charAt(0).toUpperCase()}${detail.slice(1)}`;
  const { only, received } = partOf(heard);
  const cause = at.isDue && at.of === 'EHLO' && at.overTls ? 'before-auth' : LOST[placeOf(at)];
  return finding('connection-lost', own`${what} ${whenLost(at, heard.length > 0)}.${only}`, {
    evidence: { detail, awaited: awaited(at), ...received },
    ...(cause && { cause }),
  });
}

function whenLost(at: SessionPoint, isBegun: boolean): OwnText {
  if (!at.isDue) return own`after the ${replyAt(at)}`;
  if (at.of === 'message') return own`while the gate was sending the message`;
  return own`before the ${replyAt(at)} ${isBegun ? own`was complete` : own`arrived`}`;
}

export function replyTimeout({ waitedMs, heard, at }: ReplyTimeout, context: Context): KnownFinding {
  const waited = inSeconds(waitedMs);
  const spent = spentBudget(context);
  const { only, received } = partOf(heard);
  const within = own`within ${waited}${spent.clause}`;
  const isBegun = heard.length > 0;
  const message =
    at.of === 'message'
      ? own`The gate could not send the whole message ${within}: the server stopped reading it.`
      : own`The ${replyAt(at)} ${isBegun ? own`was not complete` : own`did not arrive`} ${within}.${only}`;
  const short = placeOf(at) === 'end' ? shortTimeout(context.endpoint) : undefined;
  const silence = short ? 'after-message-in-short-time' : silenceAt(at, context);
  const cause = isBegun ? 'incomplete' : silence;
  return finding('reply-timeout', message, {
    evidence: { waited, awaited: awaited(at), ...received, ...short, ...spent.evidence },
    ...(cause && { cause }),
  });
}

/** A server may delay its greeting for longer, to find out whether the client waits for it. */
const SHORT_TIMEOUT_MS = 10_000;

function silenceAt(at: SessionPoint, { endpoint }: Context): CauseOf<'reply-timeout'> | undefined {
  const place = placeOf(at);
  if (place !== 'on-connect') return SILENT[place];
  if (at.overTls) return 'no-greeting-over-tls';
  return endpoint.timeoutMs < SHORT_TIMEOUT_MS ? 'short-wait' : 'no-greeting';
}

export function invalidReply(error: ReplySyntaxError | UnsolicitedReply): KnownFinding {
  const { at } = error;
  const isInvalid = error instanceof ReplySyntaxError;
  const line = excerpt(isInvalid ? error.line.exact : error.text);
  const evidence = { line, awaited: awaited(at) };
  if (!isInvalid) {
    const when = at.isDue ? own`While the gate was sending the message` : own`After the ${replyAt(at)}`;
    const message = own`${when}, the server sent an unsolicited reply: "${line}".`;
    // The server rejects a line that it got before the first one of the gate.
    const isRejection = at.of === 'greeting' && !at.isDue && /^5\d\d/.test(error.text);
    return finding('protocol-error', message, {
      evidence,
      cause: isRejection ? 'unsolicited-error' : 'unsolicited-reply',
    });
  }
  const instead = at.isDue ? own`Instead of the ${replyAt(at)}` : own`After the ${replyAt(at)}`;
  const message = own`${instead}, the server sent ${fixed(error.problem)}: "${line}".`;
  const cause = syntaxCause(error);
  return finding('protocol-error', message, { evidence, ...(cause && { cause }) });
}

function syntaxCause(error: ReplySyntaxError): CauseOf<'protocol-error'> | undefined {
  if (error instanceof MixedCodes) return 'mixed-codes';
  return error.at.of === 'greeting' ? 'unknown-protocol' : undefined;
}

type Place = 'on-connect' | 'auth' | 'message' | 'end' | 'other';

/** Points of a session at which the same failure has different causes. */
function placeOf({ of, isDue }: SessionPoint): Place {
  if (!isDue) return 'other';
  if (of === 'greeting') return 'on-connect';
  if (of.startsWith('AUTH')) return 'auth';
  if (of === 'message') return 'message';
  return of === 'end of the message' ? 'end' : 'other';
}

const LOST: Readonly<Record<Place, CauseOf<'connection-lost'> | undefined>> = {
  'on-connect': 'on-connect',
  auth: 'after-auth',
  message: 'during-message',
  end: 'after-message',
  other: undefined,
};

const SILENT: Readonly<Record<Place, CauseOf<'reply-timeout'> | undefined>> = {
  'on-connect': 'no-greeting',
  auth: 'after-auth',
  message: 'during-message',
  end: 'after-message',
  other: undefined,
};

function partOf(heard: readonly PeerText[]): { readonly only: OwnText; readonly received: { received?: string } } {
  if (heard.length === 0) return { only: own``, received: {} };
  const received = excerptOfList(heard, ' / ');
  return { only: own` The server sent only "${received}".`, received: { received } };
}
