import { finding, type KnownFinding } from '../../findings/finding.js';
import { alterations, hasToken } from '../../message/alterations.js';
import { parseMessage, type ParsedMessage } from '../../message/fields.js';
import type { TestMessage } from '../../message/test-message.js';
import { receivedHops } from '../../message/trace.js';
import { excerpt } from '../../text/peer.js';
import { judgeHop } from './hop.js';
import { judgeVerdicts } from './verdicts.js';
import type { Context } from '../context.js';
import type { SignedIn } from '../hand-over.js';

/**
 * Judges the message that arrived: whether it is the one that was sent, whether the server that received it from the
 * gate says that there was TLS, and the results of SPF, DKIM and DMARC.
 * @param source header and body as the inbox has them
 */
export async function judgeArrival(
  context: Context,
  signedIn: SignedIn,
  probe: TestMessage,
  source: Buffer,
): Promise<KnownFinding[]> {
  const message = parseMessage(source);
  const hops = receivedHops(message);
  const required = context.endpoint.delivery?.verdicts;
  return [
    ...judgeIdentity(probe, source, message),
    ...judgeHop(context.endpoint, signedIn, hops),
    ...(required ? await judgeVerdicts(context, required, source, message, hops) : []),
  ];
}

function judgeIdentity(probe: TestMessage, source: Buffer, message: ParsedMessage): KnownFinding[] {
  const differences = alterations(probe, source);
  if (differences.length === 0) return [];
  const altered = excerpt(differences.join('; '));
  const doubt = hasToken(probe, message)
    ? ''
    : ' The random value in its body is missing: the body was replaced or the message was forged.';
  const text = `The message that arrived is not the one that was sent: ${altered}.${doubt}`;
  return [finding('message-altered', text, { evidence: { messageId: probe.messageId, altered } })];
}
