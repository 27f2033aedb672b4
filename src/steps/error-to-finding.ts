import { finding, type KnownFinding } from '../findings/finding.js';
import { authority } from '../findings/reproduce.js';
import { ConnectFailure, NAME_UNKNOWN } from '../net/connect.js';
import { PORTS } from '../plan/schema/enums.js';
import { ReplySyntaxError, formatReply } from '../smtp/reply.js';
import { ConnectionLost, ReplyTimeout, ServiceNotAvailable, UnsolicitedReply } from '../smtp/session.js';
import { excerpt, excerptOfList, type PeerText } from '../text/peer.js';
import { reasonOf } from '../text/reason.js';
import { alertOf } from '../tls/handshake.js';
import { inSeconds, spentBudget } from './budget.js';
import { otherProtocol } from './capability/other-protocol.js';
import { lateClientCertificateAlert } from './certificate/alerts.js';
import type { Context } from './context.js';
import type { Facts, Stopped, Transient } from './hand-over.js';

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
  const { finding: found, isOfCertificate, transient } = errorToFinding(error, context, received);
  return isOfCertificate
    ? { ok: false, transient, facts, findings, skipped: 'blocked', earlier: { step: 'certificate', finding: found } }
    : { ok: false, transient, facts, findings: [...findings, found] };
}

/** Turns an error into a finding. An error that does not come from the network is a bug of the gate. */
export function errorToFinding(error: unknown, context: Context, received: Received): ErrorMeaning {
  if (error instanceof ConnectFailure) return connectFailed(error, context);
  if (error instanceof ConnectionLost) {
    // A server that has replied over TLS has already accepted the client certificate, or that there is none.
    const alert = received === 'inside-tls' ? undefined : alertOf(error.cause);
    const refused = lateClientCertificateAlert(alert, context.endpoint);
    if (refused) return { finding: refused, isOfCertificate: true, transient: false };
  }
  const heard = heardBefore(error);
  // Later, the same bytes mean something else.
  const other = heard[0] && received === 'nothing' ? otherProtocol(heard[0].exact) : undefined;
  if (other) return { finding: other, transient: false };
  const excerpted = excerptOfList(heard, ' / ');
  const only = heard.length === 0 ? '' : ` It sent only "${excerpted}".`;
  const partial = heard.length === 0 ? {} : { received: excerpted };
  if (error instanceof ConnectionLost) {
    const detail = error.message;
    const message = `${detail.charAt(0).toUpperCase()}${detail.slice(1)} before a complete reply arrived.${only}`;
    return { finding: finding('connection-lost', message, { evidence: { detail, ...partial } }), transient: true };
  }
  if (error instanceof ReplyTimeout) {
    const waited = inSeconds(error.waitedMs);
    const spent = spentBudget(context);
    const message = `The server did not send a complete reply within ${waited}${spent.clause}.${only}`;
    const evidence = { waited, ...partial, ...spent.evidence };
    // If the server has replied before, a packet may be lost. With implicit TLS it has replied to the handshake.
    const hasReplied = received !== 'nothing' || context.endpoint.transport === 'implicit';
    return { finding: finding('reply-timeout', message, { evidence }), transient: hasReplied && 'once' };
  }
  if (error instanceof ServiceNotAvailable) {
    const reply = formatReply(error.reply);
    const message = `The server sent "${reply}", which means that it closes the connection.`;
    return { finding: finding('throttled', message, { inconclusive: true, evidence: { reply } }), transient: true };
  }
  if (error instanceof ReplySyntaxError || error instanceof UnsolicitedReply) {
    const [what, text] =
      error instanceof ReplySyntaxError ? [error.problem, error.line.exact] : ['an unsolicited reply', error.text];
    const line = excerpt(text);
    const message = `The server sent ${what}: "${line}".`;
    return { finding: finding('protocol-error', message, { evidence: { line } }), transient: false };
  }
  return { finding: internalError(error), transient: false };
}

export function internalError(error: unknown): KnownFinding {
  return finding('internal-error', `The gate has a bug: ${excerpt(reasonOf(error))}`);
}

function connectFailed(
  { kind, detail, address, transient, inconclusive }: ConnectFailure,
  { endpoint, run }: Context,
): ErrorMeaning {
  const { host, port, timeoutMs } = endpoint;
  const to = authority(host, port);
  const isBlocked = run.hostedRunner && port === PORTS.mx;
  const existence = detail === NAME_UNKNOWN ? 'does not exist' : 'exists, but has no usable IP address';
  const [code, message] = (
    {
      'name-not-found': ['dns-failed', `The name ${host} ${existence} (${detail}).`],
      'lookup-failed': ['dns-failed', `The IP address of ${host} could not be looked up (${detail}).`],
      'not-possible-here': ['connection-failed-locally', `This machine cannot open a connection to ${to} (${detail}).`],
      'no-route': ['no-route', `There is no route to ${to} (${detail}).`],
      refused: ['connection-refused', `${to} refused the connection.`],
      reset: ['connection-lost', `${to} reset the connection.`],
      'timed-out': [
        isBlocked ? 'egress-blocked' : 'connection-timeout',
        `${to} did not accept the connection within ${timeoutMs / 1000} s.`,
      ],
    } as const
  )[kind];
  // The proxy that the gate ignores may be the only route out of the network.
  const ignored = run.proxyVariable;
  const hint = ignored === undefined ? '' : ` The gate ignores ${ignored} and connects directly.`;
  const found = finding(code, `${message}${hint}`, {
    ...(inconclusive && { inconclusive }),
    evidence: { detail, ...(address !== undefined && { address }) },
  });
  return { finding: found, transient };
}

/** The data from the server that ended in an error instead of a reply. */
export function heardBefore(error: unknown): readonly PeerText[] {
  if (error instanceof ReplySyntaxError) return [...error.before, error.line];
  return error instanceof ConnectionLost || error instanceof ReplyTimeout ? error.heard : [];
}
