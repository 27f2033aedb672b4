import { finding } from '../findings/finding.js';
import type { KnownFinding } from '../findings/finding.js';
import { ConnectFailure, NAME_UNKNOWN } from '../net/connect.js';
import type { Endpoint } from '../plan/endpoint.js';
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
  if (error instanceof ConnectFailure) return connectFailed(error, context);
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

function connectFailed(failure: ConnectFailure, { endpoint, run }: Context): ErrorMeaning {
  const { detail, address, transient, inconclusive } = failure;
  const [code, message] = judgeConnectFailure(failure, endpoint, run.hostedRunner);
  // The proxy that the gate ignores may be the only way out of the network.
  const ignored = run.proxyVariable;
  const hint = ignored === undefined ? '' : ` The gate ignores ${ignored} and connects directly.`;
  const found = finding(code, `${message}${hint}`, {
    ...(inconclusive && { inconclusive }),
    evidence: { detail, ...(address !== undefined && { address }) },
  });
  return { finding: found, transient };
}

function judgeConnectFailure(
  { kind, detail }: ConnectFailure,
  { host, port, timeoutMs }: Endpoint,
  hostedRunner: boolean,
): [ConnectCode, string] {
  const to = `${host} port ${port}`;
  switch (kind) {
    case 'name-not-found':
      return detail === NAME_UNKNOWN
        ? ['dns-failed', `The resolver finds no name ${host} (${detail}).`]
        : ['dns-failed', `The name ${host} exists, but has no address of a usable family (${detail}).`];
    case 'lookup-failed':
      return ['dns-failed', `The address of ${host} could not be looked up (${detail}).`];
    case 'not-possible-here':
      return ['connection-failed-locally', `This machine cannot make a connection to ${to} (${detail}).`];
    case 'no-route':
      return ['no-route', `There is no route to ${to} (${detail}).`];
    case 'refused':
      return ['connection-refused', `${to} refuses the connection.`];
    case 'reset':
      return ['connection-lost', `${to} resets the connection.`];
    case 'timed-out': {
      const isBlocked = hostedRunner && port === PORTS.mx;
      return [
        isBlocked ? 'egress-blocked' : 'connection-timeout',
        `${to} does not answer within ${timeoutMs / 1000} s.`,
      ];
    }
  }
}

type ConnectCode =
  | 'dns-failed'
  | 'connection-failed-locally'
  | 'no-route'
  | 'connection-refused'
  | 'connection-lost'
  | 'egress-blocked'
  | 'connection-timeout';

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
