import type { SessionPoint } from '../smtp/session-point.js';

/** Names a reply in a sentence: `greeting over TLS`, `reply to EHLO`. */
export function replyAt({ of, overTls }: Pick<SessionPoint, 'of' | 'overTls'>): string {
  if (of === 'message') return 'reply to the message';
  const name = of === 'greeting' ? 'greeting' : of === 'end of the message' ? `reply to the ${of}` : `reply to ${of}`;
  return overTls ? `${name} over TLS` : name;
}

/** The evidence `awaited`: the reply that was due, or the one after which none was. */
export function awaited(at: SessionPoint): string {
  return at.isDue ? `the ${replyAt(at)}` : `nothing, after the ${replyAt(at)}`;
}

/** The beginning of a sentence that quotes a reply from this point. */
export function quotedAt({ of, isDue, overTls }: SessionPoint, quoted: string): string {
  const where = overTls ? ' over TLS' : '';
  if (!isDue) return `After the ${replyAt({ of, overTls })}, the server sent ${quoted} without being asked`;
  if (of === 'greeting') return `The server greeted the client${where} with ${quoted}`;
  if (of === 'message') return `While the gate was sending the message, the server replied with ${quoted}`;
  return `The server replied to ${of === 'end of the message' ? `the ${of}` : of}${where} with ${quoted}`;
}
