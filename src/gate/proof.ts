import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { alterations } from '../message/probe.js';
import type { Probe } from '../message/probe.js';
import { brief } from '../text/peer.js';
import type { Visit } from './visit.js';

/**
 * Judges the message that arrived: whether it is the one that was sent.
 * @param source header and body as the inbox has them
 */
export async function judgeArrival(visit: Visit, probe: Probe, source: Buffer): Promise<KnownFinding[]> {
  const differences = alterations(probe, source);
  if (differences.length === 0) return [];
  const altered = brief(differences.join('; '));
  return [
    finding('message-altered', `What arrived is not what was sent: ${altered}.`, {
      evidence: { messageId: probe.messageId, altered },
    }),
  ];
}
