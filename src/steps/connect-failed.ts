import { isIP, isIPv6 } from 'node:net';
import type { CauseOf } from '../findings/catalog.js';
import type { FindingCode } from '../findings/codes.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import { authority } from '../findings/commands/shell.js';
import { NAME_UNKNOWN, type ConnectFailure } from '../net/connect.js';
import { webProxyAt } from '../net/addresses/web-proxies.js';
import { isInternalName, isLoopback, isLoopbackOrPrivate, isOfNoServer } from '../net/private-address.js';
import type { EgressPolicy } from '../plan/endpoint.js';
import { PORTS } from '../plan/schema/enums.js';
import { PeerText, excerpt, excerptOfList } from '../text/peer.js';
import { IN_CONTAINER, type Context, type RunContext } from './context.js';
import { mxHostWithoutAddress } from './mx.js';
import { hasConnectedBefore } from './worked-before.js';
import { fixed, own, type OwnText } from '../text/own.js';

/** The finding for an endpoint without a connection. */
export function connectFailed(failure: ConnectFailure, context: Context): KnownFinding {
  const found = throughProxy(ofTheServer(failure, context), failure, context);
  const isLocal = failure.address !== undefined && isLoopback(failure.address);
  // A name that does not exist is not blocked.
  const isLikeBlocked = found.code === 'dns-failed' ? found.inconclusive : BLOCKED_LIKE_THIS.includes(found.code);
  const blocked = isLocal || !isLikeBlocked || hasConnectedBefore(context) ? undefined : blockedBy(context);
  if (!blocked) return found;
  const { file, line } = blocked;
  const step = own`line ${line} of ${file}`;
  const message = own`${found.message} A step of this job (${step}) allows outbound connections only to certain endpoints, and not to this one.`;
  const endpoint = authority(context.endpoint.host, context.endpoint.port);
  return { ...found, message, evidence: { ...found.evidence, step, endpoint }, cause: 'egress-policy' };
}

/** Adds that the IP address is that of a proxy for web traffic, unless it has worked, or a more specific cause is known. */
function throughProxy(found: KnownFinding, { address }: ConnectFailure, context: Context): KnownFinding {
  const { host } = context.endpoint;
  const isPossible = found.code === 'connection-refused' || found.code === 'connection-timeout';
  const isExplained = found.cause !== undefined || hasConnectedBefore(context);
  if (!isPossible || isExplained || address === undefined || isIP(host) !== 0) return found;
  const name = webProxyAt(address, host);
  if (name === undefined) return found;
  const proxy = fixed(name);
  const message = own`${found.message} ${address} is an IP address of ${proxy}, whose proxy usually forwards only web traffic.`;
  return { ...found, message, evidence: { ...found.evidence, proxy, host }, cause: 'web-proxy' };
}

const BLOCKED_LIKE_THIS: readonly string[] = [
  'no-route',
  'connection-refused',
  'connection-timeout',
] satisfies readonly FindingCode[];

/** The policy of the job, if it does not allow connections to this endpoint. Without a port, it allows only HTTPS. */
function blockedBy({ endpoint: { host, port }, run }: Context): EgressPolicy | undefined {
  const policy = run.egressPolicy?.();
  const isAllowed = policy?.allowed.some((endpoint) => {
    const [, name = '', itsPort = '443'] = /^(.*?)(?::(\d+))?$/.exec(endpoint.toLowerCase()) ?? [];
    const isName = name === host || (name.startsWith('*.') && host.endsWith(name.slice(1)));
    return isName && Number(itsPort) === port;
  });
  return isAllowed ? undefined : policy;
}

function ofTheServer(failure: ConnectFailure, context: Context): KnownFinding {
  const { endpoint, run } = context;
  const { kind, detail, address, inconclusive } = failure;
  const { host, port, timeoutMs } = endpoint;
  const to = authority(host, port);
  const evidence = { detail, ...(address !== undefined && { address }) };
  const more = { evidence, ...(inconclusive && { inconclusive }) };
  // The proxy that the gate ignores may be the only route out of the network.
  const ignored = run.proxyVariable;
  const hint = ignored === undefined ? own`` : own` The gate ignores ${ignored} and connects directly.`;
  switch (kind) {
    case 'name-not-found':
      return withoutAddress(failure, context, hint);
    case 'lookup-failed': {
      const message = own`The IP address of ${host} could not be looked up (${detail}).${hint}`;
      return finding('dns-failed', message, { evidence: { detail }, inconclusive: true, cause: 'lookup-failed' });
    }
    case 'not-possible-here': {
      const message = own`This machine cannot open a connection to ${to} (${detail}).${hint}`;
      return finding('connection-failed-locally', message, { ...more, ...causeOf(LOCAL_CAUSES[detail]) });
    }
    case 'no-route': {
      const cause = address === undefined ? undefined : noRouteCause(address, context, detail);
      const message =
        detail === HOST_UNREACHABLE
          ? own`${to} is unreachable (${detail}): a router or firewall rejects the connection, or the host is down.${hint}`
          : own`There is no route to ${to} (${detail}).${hint}`;
      if (cause === BEYOND_RUNNER) return beyondRunner('no-route', message, failure);
      return finding('no-route', message, { ...more, ...causeOf(cause) });
    }
    case 'refused': {
      if (address !== undefined && isLoopback(address)) return refusedHere(context, { ...evidence, address }, hint);
      return finding('connection-refused', own`${to} refused the connection.${hint}`, more);
    }
    case 'reset':
      return finding('connection-lost', own`${to} reset the connection.${hint}`, { ...more, cause: 'on-connect' });
    case 'timed-out': {
      const message = own`${to} did not accept the connection within ${timeoutMs / 1000} s.${hint}`;
      const cause = address === undefined ? undefined : timeoutCause(address, context);
      if (cause === BEYOND_RUNNER) return beyondRunner('connection-timeout', message, failure);
      // A firewall for outbound connections does not explain an address that is not on the Internet.
      if (cause !== undefined || hasConnectedBefore(context) || port !== PORTS.mx) {
        return finding('connection-timeout', message, { ...more, ...causeOf(cause) });
      }
      if (!run.hostedRunner) return finding('connection-timeout', message, { ...more, cause: 'port-25' });
      const isSubmission = endpoint.role !== 'mx';
      return finding(
        'egress-blocked',
        own`${message} GitHub-hosted runners block outgoing connections to port ${port}.`,
        {
          ...more,
          ...causeOf(isSubmission ? 'submission' : undefined),
        },
      );
    }
  }
}

/** The finding for a loopback address on which nothing listens. */
function refusedHere(
  { endpoint: { host, port }, run }: Context,
  evidence: { readonly detail: string; readonly address: string },
  hint: OwnText,
): KnownFinding {
  const { address } = evidence;
  const isAlias = isIP(host) === 0 && host !== 'localhost';
  const named = isAlias ? own`${host} resolves to ${address}, a loopback address` : own`${host} is a loopback address`;
  const container = run.jobContainer?.();
  if (container) {
    const services = excerptOfList(container.services.map((name) => new PeerText(name)));
    const message = own`${named}, and the job runs in a container: nothing listens on port ${port} in this container.${hint}`;
    return finding('connection-refused', message, {
      evidence: { ...evidence, container: IN_CONTAINER, ...(services !== '' && { services }) },
      cause: 'in-container',
    });
  }
  const message = own`${named}, and nothing listens on port ${port} there: the connection was refused.${hint}`;
  const cause = isAlias ? 'name-of-this-machine' : 'on-this-machine';
  return finding('connection-refused', message, { evidence: { ...evidence, host }, cause });
}

/** Unlike ENETUNREACH, not about the routes of this machine: usually an ICMP message, which firewalls send, too. */
const HOST_UNREACHABLE = 'EHOSTUNREACH';

function noRouteCause(address: string, context: Context, detail: string): CauseOf<'no-route'> | undefined {
  const { host } = context.endpoint;
  if (isOfNoServer(address)) return isIP(host) === 0 ? 'not-of-a-server' : 'host-not-of-a-server';
  if (isBeyondRunner(address, context)) return BEYOND_RUNNER;
  if (detail === HOST_UNREACHABLE) return isLoopbackOrPrivate(address) ? 'unreachable-private' : 'unreachable';
  return isIPv6(address) ? 'no-ipv6' : undefined;
}

const BEYOND_RUNNER = 'private-on-hosted-runner';

function beyondRunner(
  code: 'no-route' | 'connection-timeout',
  message: OwnText,
  { detail, address = '', inconclusive }: ConnectFailure,
): KnownFinding {
  return finding(
    code,
    own`${message} ${address} is a private IP address, and the job runs on a GitHub-hosted runner.`,
    {
      evidence: { detail, address },
      ...(inconclusive && { inconclusive }),
      cause: BEYOND_RUNNER,
    },
  );
}

/** Services of the job have private addresses only if the job runs in a container. */
function isBeyondRunner(address: string, context: Context): boolean {
  const { hostedRunner, jobContainer } = context.run;
  const isPossible = hostedRunner && jobContainer?.() === undefined && !hasConnectedBefore(context);
  return isPossible && isLoopbackOrPrivate(address) && !isLoopback(address);
}

function timeoutCause(address: string, context: Context): CauseOf<'connection-timeout'> | undefined {
  const { host } = context.endpoint;
  if (isLoopback(address)) return 'on-this-machine';
  if (isOfNoServer(address)) return isIP(host) === 0 ? 'not-of-a-server' : 'host-not-of-a-server';
  if (isBeyondRunner(address, context)) return BEYOND_RUNNER;
  return isLoopbackOrPrivate(address) ? 'private-address' : undefined;
}

function withoutAddress(
  { detail, records: { mailServers, alias } }: ConnectFailure,
  { endpoint: { host, port, mxOf }, run }: Context,
  hint: OwnText,
): KnownFinding {
  if (mxOf && !mxOf.isImplicit && alias === undefined) return mxHostWithoutAddress(host, mxOf.domain, detail);
  if (mailServers.length > 0 && !mxOf) {
    const names = mailServers.filter((name) => name !== '').map((name) => new PeerText(name));
    const start = own`${host} has no IP address, so it is not the name of a mail server.`;
    if (names.length === 0) {
      const message = own`${start} It is a domain that accepts no mail: its MX record is "." (null MX).`;
      return finding('dns-failed', message, { evidence: { detail, mx: '.' }, cause: 'null-mx' });
    }
    const mx = excerptOfList(names);
    const message = own`${start} It is a domain whose MX records name ${mx}.`;
    const cause = port === PORTS.mx ? 'mail-domain' : 'mail-domain-for-submission';
    return finding('dns-failed', message, { evidence: { detail, mx }, cause });
  }
  if (alias !== undefined) {
    const target = excerpt(alias);
    const message = own`The name ${host} is an alias (CNAME) for ${target}, which has no IP address (${detail}).${hint}`;
    return finding('dns-failed', message, { evidence: { detail, alias: target }, cause: 'dangling-alias' });
  }
  const evidence = { detail };
  if (detail === NAME_UNKNOWN) {
    if (isInternalName(host)) return internalName(host, detail, run, hint);
    return finding('dns-failed', own`The name ${host} does not exist (${detail}).${hint}`, { evidence });
  }
  const message = own`The name ${host} exists, but has no usable IP address (${detail}).${hint}`;
  return finding('dns-failed', message, { evidence, cause: 'no-address' });
}

/** Names like these exist only in the DNS of a network, a cluster or a container. */
function internalName(host: string, detail: string, { hostedRunner }: RunContext, hint: OwnText): KnownFinding {
  const why = hostedRunner
    ? own`it is an internal name, which a GitHub-hosted runner cannot resolve`
    : own`it is an internal name, which the machine that runs the gate cannot resolve`;
  const label = host.includes('.') ? undefined : 'single-label';
  const hosted = hostedRunner ? 'internal-on-hosted-runner' : 'internal';
  return finding('dns-failed', own`The name ${host} was not found (${detail}): ${why}.${hint}`, {
    evidence: { detail, host },
    cause: label ?? hosted,
  });
}

const LOCAL_CAUSES: Readonly<Record<string, CauseOf<'connection-failed-locally'>>> = {
  EMFILE: 'resources',
  ENFILE: 'resources',
  ENOBUFS: 'resources',
  ENOMEM: 'resources',
  EPERM: 'forbidden',
  EACCES: 'forbidden',
};

function causeOf<Cause extends string>(cause: Cause | undefined): { readonly cause?: Cause } {
  return cause === undefined ? {} : { cause };
}
