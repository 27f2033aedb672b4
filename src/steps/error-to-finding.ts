import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { ConnectFailure, NAME_UNKNOWN } from '../net/connect.js';
import type { StepId } from '../report/report.js';
import { PORTS } from '../plan/schema/enums.js';
import { ReplySyntaxError, shown } from '../smtp/reply.js';
import { ConnectionLost, ReplyTimeout, ServiceNotAvailable, UnsolicitedReply } from '../smtp/session.js';
import { brief, briefList } from '../text/peer.js';
import type { PeerText } from '../text/peer.js';
import { reasonOf } from '../text/reason.js';
import { alertOf } from '../tls/handshake.js';
import { inSeconds, spentBudget } from './budget.js';
import { otherProtocol } from './capability/other-protocol.js';
import { belatedClientCertificateAlert } from './certificate/client-certificate.js';
import type { Transient, Visit } from './context.js';

/** What it means that a step did not come to its end. */
export interface Interruption {
  readonly finding: KnownFinding;
  /** The step that the finding belongs to: the one that was interrupted, but for what TLS 1.3 says belatedly. */
  readonly step: StepId;
  readonly transient: Transient;
}

/**
 * Translates whatever a step throws into a finding. What is not known to come from the network is a defect of
 * the gate itself.
 */
export function interruption(error: unknown, step: StepId, visit: Visit): Interruption {
  if (error instanceof ConnectFailure) return withProxyHint(connectInterruption(error, step, visit), visit);
  if (error instanceof ConnectionLost) {
    const refused = hasAnsweredInTls(visit) ? undefined : belatedClientCertificateAlert(alertOf(error.cause), visit);
    if (refused) return { finding: refused, step: 'certificate', transient: false };
    const other = insteadOfGreeting(error.heard, visit);
    if (other) return { finding: other, step, transient: false };
    const { only, evidence } = unfinished(error.heard);
    const found = finding('connection-lost', `${capital(error.message)}, where it owed an answer${only}.`, {
      evidence: { detail: error.message, ...evidence },
    });
    return { finding: found, step, transient: true };
  }
  if (error instanceof ReplyTimeout) {
    const other = insteadOfGreeting(error.heard, visit);
    if (other) return { finding: other, step, transient: false };
    const waited = inSeconds(error.waitedMs);
    const { only, evidence } = unfinished(error.heard);
    const spent = spentBudget(visit);
    const found = finding('reply-timeout', `No complete reply came within ${waited}${only}${spent.clause}.`, {
      evidence: { waited, ...evidence, ...spent.evidence },
    });
    return { finding: found, step, transient: hasAnswered(visit) && 'once' };
  }
  if (error instanceof ServiceNotAvailable) {
    const said = shown(error.reply);
    const found = finding('throttled', `The server says "${said}" and closes.`, {
      inconclusive: true,
      evidence: { reply: said },
    });
    return { finding: found, step, transient: true };
  }
  if (error instanceof ReplySyntaxError) {
    return { finding: malformed(error, visit), step, transient: false };
  }
  if (error instanceof UnsolicitedReply) {
    const found = finding('protocol-error', `The server said "${brief(error.text)}" without being asked.`, {
      evidence: { line: brief(error.text) },
    });
    return { finding: found, step, transient: false };
  }
  return { finding: internalError(error), step, transient: false };
}

/**
 * Whether the server has answered on this connection before the timeout in a session. A packet may have been lost since
 * then. With implicit TLS a session begins after the handshake.
 */
function hasAnswered({ endpoint, greeting }: Visit): boolean {
  return greeting !== undefined || endpoint.transport === 'implicit';
}

/**
 * Whether the server has answered inside TLS. By then it has seen the client's certificate, or its absence, and an
 * alert is about something else.
 */
function hasAnsweredInTls({ endpoint, greeting, secured }: Visit): boolean {
  return secured !== undefined || (endpoint.transport === 'implicit' && greeting !== undefined);
}

/** A defect of our own, whatever was thrown, of whatever realm. */
export function internalError(error: unknown): KnownFinding {
  return finding('internal-error', `The gate failed: ${brief(reasonOf(error))}`);
}

function connectInterruption(
  { kind, detail, address }: ConnectFailure,
  step: StepId,
  { endpoint, world }: Visit,
): Interruption {
  const { host, port } = endpoint;
  const to = `${host} port ${port}`;
  const details = { evidence: { detail, ...(address !== undefined && { address }) } };
  const inconclusive = { ...details, inconclusive: true as const };
  switch (kind) {
    case 'name-not-found': {
      const why =
        detail === NAME_UNKNOWN
          ? `The resolver finds no name ${host} (${detail}).`
          : `The name ${host} is there, and has no address of a family that can be used (${detail}).`;
      return { finding: finding('dns-failed', why, details), step, transient: false };
    }
    case 'lookup-failed':
      return {
        finding: finding('dns-failed', `The address of ${host} could not be looked up (${detail}).`, inconclusive),
        step,
        transient: true,
      };
    case 'not-possible-here':
      return {
        finding: finding(
          'connection-failed-locally',
          `This machine does not make the connection to ${to} (${detail}).`,
          inconclusive,
        ),
        step,
        transient: false,
      };
    case 'no-route':
      return {
        finding: finding('no-route', `There is no route to ${to} (${detail}).`, inconclusive),
        step,
        transient: false,
      };
    case 'refused':
      return {
        finding: finding('connection-refused', `${to} refuses the connection.`, details),
        step,
        transient: true,
      };
    case 'reset':
      return { finding: finding('connection-lost', `${to} resets the connection.`, details), step, transient: true };
    case 'timed-out': {
      const blocked = world.hostedRunner && port === PORTS.mx;
      return {
        finding: finding(
          blocked ? 'egress-blocked' : 'connection-timeout',
          `${to} does not answer within ${endpoint.timeoutMs / 1000} s.`,
          inconclusive,
        ),
        step,
        transient: true,
      };
    }
  }
}

/** Says that the gate ignores the proxy, which may be the only way out of the network. */
function withProxyHint(stopped: Interruption, { world: { proxyVariable } }: Visit): Interruption {
  if (proxyVariable === undefined) return stopped;
  const hint = `The gate ignores ${proxyVariable} and connects directly.`;
  return { ...stopped, finding: { ...stopped.finding, message: `${stopped.finding.message} ${hint}` } };
}

function malformed({ problem, line, before }: ReplySyntaxError, visit: Visit): KnownFinding {
  const evidence = { line: brief(line.exact) };
  return (
    insteadOfGreeting([...before, line], visit) ??
    finding('protocol-error', `The server sent ${problem}: "${evidence.line}".`, { evidence })
  );
}

/** The finding where another protocol shows itself in what a server says first; later it means something else. */
function insteadOfGreeting([first]: readonly PeerText[], { greeting }: Visit): KnownFinding | undefined {
  return first && greeting === undefined ? otherProtocol(first.exact) : undefined;
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
