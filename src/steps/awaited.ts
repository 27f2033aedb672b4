import type { SessionPoint } from '../smtp/session-point.js';
import { fixed, own, type OwnText } from '../text/own.js';

/** Commands that a session sends both before TLS and over it. */
const TWICE: readonly string[] = ['greeting', 'EHLO'];

function channel({ of, overTls }: Pick<SessionPoint, 'of' | 'overTls'>): OwnText {
  return overTls && TWICE.includes(of) ? own` over TLS` : own``;
}

/** Names a reply in a sentence: `greeting over TLS`, `reply to MAIL`. */
export function replyAt(at: Pick<SessionPoint, 'of' | 'overTls'>): OwnText {
  const { of } = at;
  if (of === 'greeting') return own`greeting${channel(at)}`;
  return of === 'message' || of === 'end of the message'
    ? own`reply to the ${fixed(of)}`
    : own`reply to ${fixed(of)}${channel(at)}`;
}

/** The evidence `awaited`: the reply that was due, or the one after which none was. */
export function awaited(at: SessionPoint): OwnText {
  return at.isDue ? own`the ${replyAt(at)}` : own`nothing, after the ${replyAt(at)}`;
}

/** The beginning of a sentence that quotes a reply from this point. */
export function quotedAt(at: SessionPoint, quoted: string): OwnText {
  const { of, isDue } = at;
  if (!isDue) return own`After the ${replyAt(at)}, the server sent ${quoted} without being asked`;
  if (of === 'greeting') return own`The server greeted the client${channel(at)} with ${quoted}`;
  if (of === 'message') return own`While the gate was sending the message, the server replied with ${quoted}`;
  return own`The server replied to ${of === 'end of the message' ? own`the ${fixed(of)}` : fixed(of)}${channel(at)} with ${quoted}`;
}
