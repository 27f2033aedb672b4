import { finding, type KnownFinding } from '../../findings/finding.js';
import type { CauseOf, Evidence } from '../../findings/catalog.js';
import { authority } from '../../findings/commands/shell.js';
import { aboutCertificate } from './inbox-certificate.js';
import { describeFailure, isLoginRefused, isVersionTooOld, type InboxFailure } from '../../inbox/failure.js';
import type { ConnectFailureKind } from '../../net/connect.js';
import type { InboxTarget } from '../../plan/endpoint.js';
import { PeerText, excerpt, excerptOfList } from '../../text/peer.js';
import { isLoopback } from '../../net/private-address.js';
import { IN_CONTAINER, type RunContext } from '../context.js';
import { protocolOf } from '../capability/other-protocol.js';
import { inboxLoginCauseOf } from '../replies/inbox-login.js';
import { rejectedBy } from './inbox-provider.js';
import { own, type OwnText } from '../../text/own.js';

type UnreachableCause = CauseOf<'inbox-unreachable'>;
type RejectedCause = CauseOf<'inbox-rejected'>;

/** Which inbox a finding is about: its URL without the path, and as which user it reads which mailbox. */
export function inboxEvidence(target: InboxTarget): { inbox: string; user?: string; mailbox?: string } {
  const { scheme, host, port, username } = target;
  return {
    inbox: `${scheme}://${authority(host, port)}`,
    ...(username !== undefined && { user: excerpt(username) }),
    ...('mailbox' in target && { mailbox: excerpt(target.mailbox) }),
  };
}

/**
 * The finding for an inbox that cannot be used.
 * @param run finds the container that the job runs in
 */
export function inboxFinding(
  failure: InboxFailure,
  target: InboxTarget,
  run: Pick<RunContext, 'jobContainer'> = {},
): KnownFinding {
  const message = describeInbox(failure, target);
  const evidence = {
    ...inboxEvidence(target),
    reason: describeFailure(failure),
    ...('reply' in failure && { inboxReply: failure.reply }),
    ...(failure.kind === 'other-protocol' && { inboxReply: excerpt(failure.said) }),
  };
  if (failure.kind === 'rejected' || failure.kind === 'message-gone') {
    const reason: RejectedCause = failure.kind === 'rejected' ? rejectionOf(failure) : 'message-gone';
    const naming = failure.kind === 'rejected' && failure.naming;
    const known = reason === 'login-refused' ? rejectedBy(target.host) : undefined;
    const more = { ...naming, ...(known?.provider && { provider: known.provider }) };
    return finding('inbox-rejected', message, { evidence: { ...evidence, ...more }, cause: known?.cause ?? reason });
  }
  if (failure.kind === 'bad-certificate') {
    return { ...finding('inbox-unreachable', message), ...aboutCertificate(failure.objections, evidence) };
  }
  const container = isRefusedHere(failure) ? run.jobContainer?.() : undefined;
  if (container) {
    const services = excerptOfList(container.services.map((name) => new PeerText(name)));
    return finding('inbox-unreachable', own`${message} The job runs in a container, which this address is.`, {
      evidence: { ...evidence, container: IN_CONTAINER, ...(services !== '' && { services }) },
      cause: 'refused-in-container',
    });
  }
  const isInconclusive = failure.kind === 'no-connection' && failure.cause.inconclusive;
  return finding('inbox-unreachable', message, {
    evidence: { ...evidence, ...detailsOf(failure) },
    cause: causeOf(failure),
    ...(isInconclusive && { inconclusive: true }),
  });
}

function isRefusedHere(failure: InboxFailure): boolean {
  if (failure.kind !== 'no-connection') return false;
  const { kind, address } = failure.cause;
  return kind === 'refused' && address !== undefined && isLoopback(address);
}

/** The words of a server say more than a code for any permanent problem. */
function rejectionOf({ reason, reply = '' }: Extract<InboxFailure, { kind: 'rejected' }>): RejectedCause {
  const isUnspecific = reason === 'login-refused' || reason === 'account-needs-administrator';
  return (isUnspecific ? inboxLoginCauseOf(reply) : undefined) ?? reason;
}

/** A sentence that names the inbox, so that nobody looks for the problem at the SMTP server. */
function describeInbox(failure: InboxFailure, target: InboxTarget): OwnText {
  const { inbox } = inboxEvidence(target);
  if (failure.kind === 'rejected' && isLoginRefused(failure.reason)) {
    return own`The inbox ${inbox} rejected the login: ${failure.detail}.`;
  }
  const protocol = failure.kind === 'other-protocol' ? protocolIn(failure.said) : undefined;
  // The messages of certificate findings are whole sentences.
  const stop = failure.kind === 'bad-certificate' ? own`` : own`.`;
  const end = protocol === undefined ? stop : own` (${protocol})${stop}`;
  return own`The inbox ${inbox} cannot be used: ${describeFailure(failure)}${end}`;
}

type Unreachable = Exclude<InboxFailure, { kind: 'rejected' | 'message-gone' | 'bad-certificate' }>;

const CONNECTING: Readonly<Record<ConnectFailureKind, UnreachableCause>> = {
  'name-not-found': 'name-not-found',
  'lookup-failed': 'lookup-failed',
  'no-route': 'no-route',
  'not-possible-here': 'not-possible-here',
  refused: 'refused',
  reset: 'refused',
  'timed-out': 'timed-out',
};

function causeOf(failure: Unreachable): UnreachableCause {
  switch (failure.kind) {
    case 'no-connection':
      return CONNECTING[failure.cause.kind];
    case 'no-tls':
      if (isVersionTooOld(failure)) return 'tls-version';
      if (failure.cause.kind === 'timed-out') return 'handshake-timeout';
      if (failure.cause.kind !== 'cleartext') return 'tls-failed';
      return failure.afterStartTls ? 'data-after-starttls' : 'not-tls';
    case 'temporary':
    case 'unusable':
      return failure.reason;
    case 'busy':
      return failure.reason === 'in-use' ? 'busy' : failure.reason;
    case 'other-protocol':
      return failure.kind;
  }
}

function detailsOf(failure: Unreachable): Evidence<'inbox-unreachable'> {
  if (failure.kind === 'no-tls') {
    const { cause, required, negotiated } = failure;
    return {
      ...(negotiated && { required, negotiated: negotiated.version }),
      ...(cause.kind === 'alert' && { alert: String(cause.number) }),
    };
  }
  const protocol = failure.kind === 'other-protocol' ? protocolIn(failure.said) : undefined;
  return protocol === undefined ? {} : { protocol };
}

function protocolIn(said: string): OwnText | undefined {
  return /^220[ -]/.test(said) ? own`SMTP or FTP` : protocolOf(said);
}
