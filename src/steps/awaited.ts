import type { SessionPoint } from '../smtp/session-point.js';

/** Commands that a session sends both before TLS and over it. */
const TWICE: readonly string[] = ['greeting', 'EHLO'];

function channel({ of, overTls }: Pick<SessionPoint, 'of' | 'overTls'>): string {
  return overTls && TWICE.includes(of) ? ' over TLS' : '';
}

/** Names a reply in a sentence: `greeting over TLS`, `reply to MAIL`. */
export function replyAt(at: Pick<SessionPoint, 'of' | 'overTls'>): string {
  const { of } = at;
  if (of === 'greeting') return `greeting${channel(at)}`;
  return of === 'message' || of === 'end of the message' ? `reply to the ${of}` : `reply to ${of}${channel(at)}`;
}

/** The evidence `awaited`: the reply that was due, or the one after which none was. */
export function awaited(at: SessionPoint): string {
  return at.isDue ? `the ${replyAt(at)}` : `nothing, after the ${replyAt(at)}`;
}

/** The beginning of a sentence that quotes a reply from this point. */
export function quotedAt(at: SessionPoint, quoted: string): string {
  const { of, isDue } = at;
  if (!isDue) return `After the ${replyAt(at)}, the server sent ${quoted} without being asked`;
  if (of === 'greeting') return `The server greeted the client${channel(at)} with ${quoted}`;
  if (of === 'message') return `While the gate was sending the message, the server replied with ${quoted}`;
  return `The server replied to ${of === 'end of the message' ? `the ${of}` : of}${channel(at)} with ${quoted}`;
}
