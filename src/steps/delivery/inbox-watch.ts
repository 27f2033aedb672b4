import { performance } from 'node:perf_hooks';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { Searched, Sought } from '../../inbox/inbox.js';
import { isTestMessage } from '../../message/alterations.js';
import { parseMessage, valuesOf } from '../../message/fields.js';
import type { TestMessage } from '../../message/test-message.js';
import { receivedHops } from '../../message/trace.js';
import { Deadline } from '../../net/deadline.js';
import type { Delivery, InboxTarget } from '../../plan/endpoint.js';
import type { Reply } from '../../smtp/reply.js';
import { excerpt } from '../../text/peer.js';
import type { Context } from '../context.js';
import type { Facts, SignedIn } from '../hand-over.js';
import { cleanUp } from './cleanup.js';
import { judgeHop } from './hop.js';
import { judgeIdentity } from './identity.js';
import { reopening } from './inbox-access.js';
import { inboxFinding } from './inbox-finding.js';
import { notReceived } from './not-received.js';
import { describeOther, type OtherMessage } from './other-message.js';
import { judgeVerdicts } from './verdicts.js';
import { own } from '../../text/own.js';

/** How long to wait for copies, which arrive a moment after the message. Every delivery takes this much longer. */
const SETTLING_MS = 1000;

/**
 * Waits for the test message that the server has just accepted, judges the message that arrived, and deletes it.
 * @param accepted the reply of the server
 */
export async function awaitArrival(
  context: Context,
  signedIn: SignedIn,
  message: TestMessage,
  accepted: Reply,
  delivery: Delivery & { readonly inbox: InboxTarget },
): Promise<{ readonly findings: readonly KnownFinding[]; readonly facts?: Facts }> {
  const acceptedAt = performance.now();
  const { messageId, nonce } = message;
  const { inbox, withinMs } = delivery;
  const size = Buffer.byteLength(message.text);
  const deadline = Deadline.after(withinMs, context.run.end);
  let other: OtherMessage | undefined;
  const sought: Sought = {
    ...{ messageId, nonce, size },
    is: (source) => isTestMessage(message, source),
    onOther: (source) => {
      // One is enough, and a bounce says most.
      if (other?.bounce === undefined) other = describeOther(source);
    },
  };
  let searched: Searched = { folders: [] };
  const found = await reopening(context, inbox, deadline, async (opened) => {
    const result = await opened.find(sought, deadline);
    if (result.ok && !result.value) searched = await opened.explain(sought);
    return result;
  });
  if (!found.ok) return { findings: [inboxFinding(found.failure, inbox, context.run)] };
  const received = found.value;
  if (!received) return { findings: [notReceived({ message, delivery, accepted, searched, other })] };
  const latencyMs = Math.round(performance.now() - acceptedAt);
  const settled = Deadline.after(SETTLING_MS, deadline);
  const parsed = parseMessage(received.source);
  const hops = receivedHops(parsed);
  const findings = [
    ...judgeIdentity(message, received.source, parsed, inbox, context.endpoint),
    ...judgeHop(context.endpoint, signedIn, hops, delivery, valuesOf(parsed, 'received').length),
    ...(delivery.verdicts ? await judgeVerdicts(context, delivery.verdicts, received.source, parsed, hops) : []),
  ];
  const folder = received.junk === undefined ? undefined : excerpt(received.junk);
  if (folder !== undefined) {
    findings.push(
      finding('message-in-junk', own`The message arrived in the folder "${folder}".`, { evidence: { folder } }),
    );
  }
  await context.run.pause(settled.remainingMs);
  // What the message shows stays true even if the last search or the deletion fails.
  const { copies, hasMore, failures } = await cleanUp(context, received, delivery, sought, deadline);
  findings.push(...failures);
  if (copies > 1) {
    const times = hasMore ? own`at least ${copies}` : String(copies);
    const rest = hasMore ? own` Other messages that may be copies were not read, and remain in the inbox.` : own``;
    const text = own`The message arrived ${times} times, but the gate sent it once.${rest}`;
    findings.push(finding('message-duplicated', text, { evidence: { messageId, copies: times } }));
  }
  const report = { messageId, octets: size, latencyMs, ...(folder !== undefined && { folder }), copies };
  return { findings, facts: { delivery: report } };
}
