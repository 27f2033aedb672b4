import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { ConnectFailure, NAME_UNKNOWN } from '../net/connect.js';
import { PORTS } from '../plan/schema/enums.js';
import { ReplySyntaxError, shown } from '../smtp/reply.js';
import { ConnectionLost, ReplyTimeout, ServiceNotAvailable, UnsolicitedReply } from '../smtp/session.js';
import { brief, briefList } from '../text/peer.js';
import type { PeerText } from '../text/peer.js';
import { reasonOf } from '../text/reason.js';
import { alertOf } from '../tls/handshake.js';
import { inSeconds, spentBudget } from './budget.js';
import { otherProtocol } from './capability/other-protocol.js';
import { lateClientCertificateAlert } from './certificate/client-certificate.js';
import type { Context } from './context.js';
import type { Facts, Stopped, Transient } from './hand-over.js';

/** What the server has said on this connection so far; with implicit TLS, its greeting comes inside TLS. */
export type Heard = 'nothing' | 'greeting' | 'inside-tls';

/** What an error means for the step that it ended. */
export interface ErrorMeaning {
  readonly finding: KnownFinding;
  /** Set if the finding belongs to step 3, because a TLS 1.3 server reports it late. */
  readonly isOfCertificate?: true;
  readonly transient: Transient;
}

/** The result of a step that an error ended, with what it had found before that. */
export function stoppedBy(
  error: unknown,
  context: Context,
  heard: Heard,
  before: { readonly findings?: readonly KnownFinding[]; readonly facts?: Facts } = {},
): Stopped {
  const { findings = [], facts } = before;
  const { finding: found, isOfCertificate, transient } = errorToFinding(error, context, heard);
  return {
    ok: false,
    transient,
    ...(facts && { facts }),
    ...(isOfCertificate
      ? { findings, skipped: 'blocked', earlier: { step: 'certificate', finding: found } }
      : { findings: [...findings, found] }),
  };
}

/** Translates any error into a finding. An error that does not come from the network is a defect of the gate. */
export function errorToFinding(error: unknown, context: Context, heard: Heard): ErrorMeaning {
  if (error instanceof ConnectFailure) return withProxyHint(connectFailed(error, context), context);
  if (error instanceof ConnectionLost) {
    // Once the server has answered inside TLS it has seen the client certificate, or that there is none.
    const alert = heard === 'inside-tls' ? undefined : alertOf(error.cause);
    const refused = lateClientCertificateAlert(alert, context.endpoint);
    if (refused) return { finding: refused, isOfCertificate: true, transient: false };
    const other = insteadOfGreeting(error.heard, heard);
    if (other) return { finding: other, transient: false };
    const { only, evidence } = unfinished(error.heard);
    const found = finding('connection-lost', `${capital(error.message)}, where it must send an answer${only}.`, {
      evidence: { detail: error.message, ...evidence },
    });
    return { finding: found, transient: true };
  }
  if (error instanceof ReplyTimeout) {
    const other = insteadOfGreeting(error.heard, heard);
    if (other) return { finding: other, transient: false };
    const waited = inSeconds(error.waitedMs);
    const { only, evidence } = unfinished(error.heard);
    const spent = spentBudget(context);
    const found = finding('reply-timeout', `No complete reply came within ${waited}${only}${spent.clause}.`, {
      evidence: { waited, ...evidence, ...spent.evidence },
    });
    // A server that has answered before may have lost a packet since. With implicit TLS it has answered the handshake.
    const hasAnswered = heard !== 'nothing' || context.endpoint.transport === 'implicit';
    return { finding: found, transient: hasAnswered && 'once' };
  }
  if (error instanceof ServiceNotAvailable) {
    const said = shown(error.reply);
    const found = finding('throttled', `The server says "${said}" and closes the connection.`, {
      inconclusive: true,
      evidence: { reply: said },
    });
    return { finding: found, transient: true };
  }
  if (error instanceof ReplySyntaxError) return { finding: malformed(error, heard), transient: false };
  if (error instanceof UnsolicitedReply) {
    const found = finding('protocol-error', `The server said "${brief(error.text)}" without being asked.`, {
      evidence: { line: brief(error.text) },
    });
    return { finding: found, transient: false };
  }
  return { finding: internalError(error), transient: false };
}

/** A defect of the gate, whatever was thrown, from whatever realm. */
export function internalError(error: unknown): KnownFinding {
  return finding('internal-error', `The gate failed: ${brief(reasonOf(error))}`);
}

function connectFailed({ kind, detail, address }: ConnectFailure, { endpoint, run }: Context): ErrorMeaning {
  const { host, port } = endpoint;
  const to = `${host} port ${port}`;
  const details = { evidence: { detail, ...(address !== undefined && { address }) } };
  const inconclusive = { ...details, inconclusive: true as const };
  switch (kind) {
    case 'name-not-found': {
      const why =
        detail === NAME_UNKNOWN
          ? `The resolver finds no name ${host} (${detail}).`
          : `The name ${host} exists, but has no address of a family that can be used (${detail}).`;
      return { finding: finding('dns-failed', why, details), transient: false };
    }
    case 'lookup-failed':
      return {
        finding: finding('dns-failed', `The address of ${host} could not be looked up (${detail}).`, inconclusive),
        transient: true,
      };
    case 'not-possible-here':
      return {
        finding: finding(
          'connection-failed-locally',
          `This machine cannot make a connection to ${to} (${detail}).`,
          inconclusive,
        ),
        transient: false,
      };
    case 'no-route':
      return {
        finding: finding('no-route', `There is no route to ${to} (${detail}).`, inconclusive),
        transient: false,
      };
    case 'refused':
      return {
        finding: finding('connection-refused', `${to} refuses the connection.`, details),
        transient: true,
      };
    case 'reset':
      return { finding: finding('connection-lost', `${to} resets the connection.`, details), transient: true };
    case 'timed-out': {
      const blocked = run.hostedRunner && port === PORTS.mx;
      return {
        finding: finding(
          blocked ? 'egress-blocked' : 'connection-timeout',
          `${to} does not answer within ${endpoint.timeoutMs / 1000} s.`,
          inconclusive,
        ),
        transient: true,
      };
    }
  }
}

/** Says that the gate ignores the proxy, which may be the only way out of the network. */
function withProxyHint(failed: ErrorMeaning, { run: { proxyVariable } }: Context): ErrorMeaning {
  if (proxyVariable === undefined) return failed;
  const hint = `The gate ignores ${proxyVariable} and connects directly.`;
  return { ...failed, finding: { ...failed.finding, message: `${failed.finding.message} ${hint}` } };
}

function malformed({ problem, line, before }: ReplySyntaxError, heard: Heard): KnownFinding {
  const evidence = { line: brief(line.exact) };
  return (
    insteadOfGreeting([...before, line], heard) ??
    finding('protocol-error', `The server sent ${problem}: "${evidence.line}".`, { evidence })
  );
}

/** Names another protocol by the first thing that a server says. Later, the same bytes mean something else. */
function insteadOfGreeting([first]: readonly PeerText[], heard: Heard): KnownFinding | undefined {
  return first && heard === 'nothing' ? otherProtocol(first.exact) : undefined;
}

/** What there was of a reply, for the message and for the evidence. */
function unfinished(heard: readonly PeerText[]): { only: string; evidence: Record<string, string> } {
  if (heard.length === 0) return { only: '', evidence: {} };
  const received = briefList(heard, ' / ');
  return { only: `, only "${received}"`, evidence: { received } };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
