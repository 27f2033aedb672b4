import { bounceReason } from '../../message/bounce.js';
import { parseMessage, valuesOf } from '../../message/fields.js';
import { excerpt } from '../../text/peer.js';

/** A message in the inbox that has the identifier of the test message and is not the test message. */
export interface OtherMessage {
  /** Its sender and subject. */
  readonly description: string;
  /** Why the test message was not delivered, if this is the report of that. */
  readonly bounce?: string;
}

export function describeOther(source: Buffer): OtherMessage {
  const parsed = parseMessage(source);
  const first = (name: string): string => excerpt(valuesOf(parsed, name)[0] ?? 'none');
  const reason = bounceReason(source);
  return {
    description: `From: ${first('from')}; Subject: ${first('subject')}`,
    ...(reason !== undefined && { bounce: excerpt(reason) }),
  };
}
