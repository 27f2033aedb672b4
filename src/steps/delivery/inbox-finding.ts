import { isIP } from 'node:net';
import { finding, type KnownFinding } from '../../findings/finding.js';
import type { CauseOf } from '../../findings/catalog.js';
import { authority } from '../../findings/reproduce.js';
import { describeFailure, isVersionTooOld, type InboxFailure } from '../../inbox/failure.js';
import type { ConnectFailureKind } from '../../net/connect.js';
import type { InboxTarget } from '../../plan/endpoint.js';
import { excerpt } from '../../text/peer.js';
import { protocolOf } from '../capability/other-protocol.js';

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

/** The finding for an inbox that cannot be used. */
export function inboxFinding(failure: InboxFailure, target: InboxTarget): KnownFinding {
  const message = describeInbox(failure, target);
  const evidence = {
    ...inboxEvidence(target),
    reason: describeFailure(failure),
    ...('reply' in failure && { inboxReply: failure.reply }),
  };
  if (failure.kind === 'rejected' || failure.kind === 'message-gone') {
    const cause: RejectedCause = failure.kind === 'rejected' ? failure.reason : 'message-gone';
    const naming = failure.kind === 'rejected' && failure.naming;
    return finding('inbox-rejected', message, { evidence: { ...evidence, ...naming }, cause });
  }
  const isInconclusive = failure.kind === 'no-connection' && failure.cause.inconclusive;
  return finding('inbox-unreachable', message, {
    evidence: { ...evidence, ...detailsOf(failure) },
    cause: causeOf(failure, target),
    ...(isInconclusive && { inconclusive: true }),
  });
}

/** A sentence that names the inbox, so that nobody looks for the problem at the SMTP server. */
export function describeInbox(failure: InboxFailure, target: InboxTarget): string {
  const protocol = failure.kind === 'other-protocol' ? protocolIn(failure.said) : undefined;
  const end = protocol === undefined ? '' : ` (${protocol})`;
  return `The inbox ${inboxEvidence(target).inbox} cannot be used: ${describeFailure(failure).replace(/\.$/, '')}${end}.`;
}

type Unreachable = Exclude<InboxFailure, { kind: 'rejected' | 'message-gone' }>;

const CONNECTING: Readonly<Record<ConnectFailureKind, UnreachableCause>> = {
  'name-not-found': 'name-not-found',
  'lookup-failed': 'lookup-failed',
  'no-route': 'no-route',
  'not-possible-here': 'not-possible-here',
  refused: 'refused',
  reset: 'refused',
  'timed-out': 'timed-out',
};

function causeOf(failure: Unreachable, { host }: InboxTarget): UnreachableCause {
  switch (failure.kind) {
    case 'no-connection':
      return CONNECTING[failure.cause.kind];
    case 'no-tls':
      if (isVersionTooOld(failure)) return 'tls-version';
      if (failure.cause.kind === 'timed-out') return 'handshake-timeout';
      if (failure.cause.kind !== 'cleartext') return 'tls-failed';
      return failure.afterStartTls ? 'data-after-starttls' : 'not-tls';
    case 'bad-certificate':
      return certificateCause(
        failure.objections.map(({ code }) => code),
        isIP(host) !== 0,
      );
    case 'temporary':
    case 'unusable':
      return failure.reason;
    case 'busy':
    case 'other-protocol':
      return failure.kind;
  }
}

/** A placeholder certificate is self-signed, expired and misnamed at the same time: the chain comes first. */
function certificateCause(codes: readonly string[], isAddress: boolean): UnreachableCause {
  const has = (...some: readonly string[]): boolean => codes.some((code) => some.includes(code));
  if (has('certificate-self-signed')) return 'certificate-self-signed';
  if (has('certificate-chain-incomplete')) return 'certificate-chain-incomplete';
  if (has('certificate-untrusted')) return 'certificate-untrusted';
  if (has('certificate-expired', 'certificate-not-yet-valid', 'certificate-expires-soon')) return 'certificate-dates';
  if (!codes.every((code) => code === 'certificate-hostname-mismatch')) return 'certificate';
  return isAddress ? 'certificate-address' : 'certificate-name';
}

type Detail = 'required' | 'negotiated' | 'alert' | 'protocol' | 'expected' | 'names';

function detailsOf(failure: Unreachable): Partial<Record<Detail, string>> {
  if (failure.kind === 'bad-certificate') {
    const { expected, names } =
      failure.objections.find(({ evidence }) => evidence?.names !== undefined)?.evidence ?? {};
    return expected === undefined || names === undefined ? {} : { expected, names };
  }
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

function protocolIn(said: string): string | undefined {
  return /^220[ -]/.test(said) ? 'SMTP or FTP' : protocolOf(said);
}
