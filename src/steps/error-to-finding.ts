import { finding, type KnownFinding } from '../findings/finding.js';
import { ConnectFailure } from '../net/connect.js';
import { MxFailure } from '../net/mx.js';
import { ReplySyntaxError } from '../smtp/reply.js';
import { ConnectionLost, ReplyTimeout, ServiceNotAvailable, UnsolicitedReply } from '../smtp/session.js';
import { excerpt, type PeerText } from '../text/peer.js';
import { reasonOf } from '../text/reason.js';
import { alertOf } from '../tls/handshake.js';
import { otherProtocol } from './capability/other-protocol.js';
import { lateClientCertificateAlert } from './certificate/alerts.js';
import { connectFailed } from './connect-failed.js';
import type { Context } from './context.js';
import type { Facts, Stopped, Transient } from './hand-over.js';
import { mxFailed } from './mx.js';
import { connectionLost, invalidReply, replyTimeout } from './session-failed.js';
import { throttled } from './throttled.js';
import { unlessWorkedBefore } from './worked-before.js';
import { own } from '../text/own.js';

/** What the server has sent on this connection so far; with implicit TLS, its greeting is over TLS. */
export type Received = 'nothing' | 'greeting' | 'inside-tls';

export interface ErrorMeaning {
  readonly finding: KnownFinding;
  /** Set if the finding belongs to step 3: a TLS 1.3 server reports it after the handshake. */
  readonly isOfCertificate?: true;
  readonly transient: Transient;
}

/** The result of a step that ended with an error, including what it had found before. */
export function stoppedBy(
  error: unknown,
  context: Context,
  received: Received,
  { findings = [], facts = {} }: { readonly findings?: readonly KnownFinding[]; readonly facts?: Facts } = {},
): Stopped {
  const { finding: meant, isOfCertificate, transient } = errorToFinding(error, context, received);
  const found = unlessWorkedBefore(meant, error, context);
  return isOfCertificate
    ? { ok: false, transient, facts, findings, skipped: 'blocked', earlier: { step: 'certificate', finding: found } }
    : { ok: false, transient, facts, findings: [...findings, found] };
}

/** Turns an error into a finding. An error that does not come from the network is a bug of the gate. */
export function errorToFinding(error: unknown, context: Context, received: Received): ErrorMeaning {
  if (error instanceof ConnectFailure) {
    return { finding: connectFailed(error, context), transient: error.transient };
  }
  if (error instanceof MxFailure) return { finding: mxFailed(error, context.endpoint), transient: error.transient };
  if (error instanceof ConnectionLost) {
    // A server that has replied over TLS has already accepted the client certificate, or that there is none.
    const alert = received === 'inside-tls' ? undefined : alertOf(error.cause);
    const refused = lateClientCertificateAlert(alert, context);
    if (refused) return { finding: refused, isOfCertificate: true, transient: false };
  }
  const heard = heardBefore(error);
  // Later, the same bytes mean something else.
  const other = heard[0] && received === 'nothing' ? otherProtocol(context.endpoint, heard[0].exact) : undefined;
  if (other) return { finding: other, transient: false };
  if (error instanceof ConnectionLost) return { finding: connectionLost(error), transient: true };
  if (error instanceof ReplyTimeout) {
    // If the server has replied before, a packet may be lost. With implicit TLS it has replied to the handshake.
    const hasReplied = received !== 'nothing' || context.endpoint.transport === 'implicit';
    return { finding: replyTimeout(error, context), transient: hasReplied && 'once' };
  }
  if (error instanceof ServiceNotAvailable) {
    return { finding: throttled(error.reply, error.at, context), transient: true };
  }
  if (error instanceof ReplySyntaxError || error instanceof UnsolicitedReply) {
    return { finding: invalidReply(error), transient: false };
  }
  return { finding: internalError(error), transient: false };
}

export function internalError(error: unknown): KnownFinding {
  return finding('internal-error', own`The gate has a bug: ${excerpt(reasonOf(error))}`);
}

/** The data from the server that ended in an error instead of a reply. */
export function heardBefore(error: unknown): readonly PeerText[] {
  if (error instanceof ReplySyntaxError) return [...error.before, error.line];
  return error instanceof ConnectionLost || error instanceof ReplyTimeout ? error.heard : [];
}
