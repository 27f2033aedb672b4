import { isIPv6 } from 'node:net';
import type { CauseOf } from '../findings/catalog.js';
import type { FindingCode } from '../findings/codes.js';
import { titleOf } from '../findings/cause.js';
import { recast } from '../findings/recast.js';
import type { Endpoint } from '../plan/endpoint.js';
import { PORTS } from '../plan/schema/enums.js';
import type { EndpointReport, Finding, StepId, StepReport } from '../report/report.js';
import { together } from '../text/lists.js';

/** A configured endpoint with its reports: one, or one for each IP address. */
export interface Gated {
  readonly endpoint: Pick<Endpoint, 'name' | 'auth' | 'delivery' | 'origin'>;
  readonly reports: readonly EndpointReport[];
}

type Unconnected = 'connection-refused' | 'connection-timeout';

const OF_UNREACHABLE: readonly CauseOf<'no-route'>[] = ['unreachable', 'unreachable-private'];

/** The causes that a comparison can improve. Others are more specific than what it shows. */
const OF_NO_CONNECTION: Readonly<Record<Unconnected, readonly (CauseOf<Unconnected> | undefined)[]>> = {
  'connection-refused': [undefined, 'web-proxy'],
  'connection-timeout': [undefined, 'port-25', 'private-address', 'web-proxy'],
};
const OF_CREDENTIALS: readonly (CauseOf<'auth-rejected'> | undefined)[] = [
  undefined,
  ...(['wrong-credentials', 'password-storage', 'not-stored-for-scram', 'bound-exchange', 'padded-secret'] as const),
  ...(['password-expired', 'access-token', 'token-not-checked', 'account-disabled'] as const),
  ...(['username-without-domain', 'wrong-username', 'wrong-credentials-or-mechanism', 'unknown-words'] as const),
];

/** What a server says about a recipient that it does not know, or about a domain that it does not serve. */
const OF_RECIPIENT: readonly (CauseOf<'recipient-rejected'> | undefined)[] = [
  undefined,
  ...(['recipient-unknown', 'not-in-directory', 'recipient-refused', 'mailbox-disabled'] as const),
  ...([
    'recipient-not-accepted',
    'recipient-of-inbox',
    'rule-for-inbox',
    'mailbox-of-inbox',
    'inbox-not-in-directory',
    'domain-not-served',
  ] as const),
  ...(['unknown-in-local-table', 'unknown-in-relay-table', 'unknown-in-alias-table'] as const),
  ...(['unknown-in-mailbox-table', 'recipient-extension', 'recipient-unroutable'] as const),
  'recipient-domain-unknown',
  ...(['relay-denied', 'relay-denied-without-auth'] as const),
];

/**
 * Compares each failure with the other endpoints of the same host: what works at another IP address or port of the host
 * rules out some causes. Only titles, fixes and the like change, so no result does.
 * @returns the reports in the same order
 */
export function compareSiblings(gated: readonly Gated[]): EndpointReport[] {
  const connected = new Connected(gated.flatMap(({ reports }) => reports));
  const recipients = new Recipients(gated);
  return gated.flatMap(({ endpoint, reports }) => {
    const addresses = new Addresses(reports);
    return reports.map((report) => {
      if (!report.steps.some(isFailed)) return report;
      const compare = (found: Finding, step: StepId): Finding =>
        found.severity === 'error'
          ? compared(found, { step, report, endpoint, addresses, connected, recipients })
          : found;
      const steps = report.steps.map((step) =>
        isFailed(step) ? { ...step, findings: step.findings.map((found) => compare(found, step.id)) } : step,
      );
      return { ...report, steps };
    });
  });
}

interface Failure {
  readonly step: StepId;
  readonly report: EndpointReport;
  readonly endpoint: Gated['endpoint'];
  /** Of the same configured endpoint. */
  readonly addresses: Addresses;
  /** Of the whole run. */
  readonly connected: Connected;
  readonly recipients: Recipients;
}

function compared(found: Finding, failure: Failure): Finding {
  const { step, report, endpoint, addresses, connected, recipients } = failure;
  const { code, evidence = {} } = found;
  if (code === 'connection-refused' || code === 'connection-timeout') {
    if (!hasCause(found, code, OF_NO_CONNECTION[code])) return found;
    const { address = report.address } = evidence;
    const other = address === undefined ? undefined : addresses.connected(address);
    if (other) return recast(found, code, other.cause, { worksAt: other.address });
    const port = connected.otherPort(report, address);
    if (port === undefined) return found;
    const isOutbound = code === 'connection-timeout' && report.port === PORTS.mx;
    return recast(found, code, isOutbound ? 'outbound-port-25' : 'other-port', { worksAt: `port ${port}` });
  }
  if (code === 'no-route') {
    if (!hasCause(found, code, OF_UNREACHABLE)) return found;
    const { address = report.address } = evidence;
    const port = connected.otherPort(report, address);
    if (port !== undefined) return recast(found, code, 'rejected-port', { worksAt: `port ${port}` });
    const other = address === undefined ? undefined : addresses.connected(address);
    return other?.cause === 'other-address'
      ? recast(found, code, 'rejected-address', { worksAt: other.address })
      : found;
  }
  if (code === 'recipient-rejected' && !found.inconclusive && hasCause(found, code, OF_RECIPIENT)) {
    const worksAt = recipients.acceptedAt(endpoint);
    const greeting = report.transcript.find(({ from }) => from === 'server')?.text;
    return worksAt === undefined ? found : recast(found, code, 'accepted-elsewhere', { worksAt, greeting });
  }
  const passing = addresses.passing(step);
  if (passing === undefined) return found;
  if (code === 'auth-rejected' && endpoint.auth?.expect === 'accepted' && hasCause(found, code, OF_CREDENTIALS)) {
    return recast(found, code, 'accepted-elsewhere', { worksAt: passing });
  }
  if (found.party !== 'server' || found.inconclusive) return found;
  const comparison = `The same host passed this step at ${passing} in this run: compare the two servers.`;
  return { ...found, remedy: together([found.remedy, comparison]) };
}

/** The other IP addresses of a configured endpoint. */
class Addresses {
  readonly #passing = new Map<StepId, string>();
  readonly #connected = new Map<boolean, string>();

  constructor(reports: readonly EndpointReport[]) {
    for (const report of reports) {
      const { address } = report;
      if (address === undefined) continue;
      if (isConnected(report)) setOnce(this.#connected, isIPv6(address), address);
      for (const step of report.steps) if (isPassed(step)) setOnce(this.#passing, step.id, address);
    }
  }

  /** An address with which this step passes. */
  passing(step: StepId): string | undefined {
    return this.#passing.get(step);
  }

  /** An address that accepts connections, of the same family if there is one, and what that shows about this address. */
  connected(address: string): { readonly address: string; readonly cause: CauseOf<Unconnected> } | undefined {
    const isV6 = isIPv6(address);
    const ofFamily = this.#connected.get(isV6);
    if (ofFamily !== undefined) return { address: ofFamily, cause: 'other-address' };
    const found = this.#connected.get(!isV6);
    return found === undefined ? undefined : { address: found, cause: isV6 ? 'not-over-ipv6' : 'not-over-ipv4' };
  }
}

/** The servers that accept the test message, by configured endpoint: MX hosts, or IP addresses of one host. */
class Recipients {
  readonly #accepting = new Map<string, string>();

  constructor(gated: readonly Gated[]) {
    for (const { endpoint, reports } of gated) {
      if (!endpoint.delivery || endpoint.delivery.expect === 'refused') continue;
      const accepting = reports.find(({ steps }) => steps.some((step) => step.id === 'delivery' && isPassed(step)));
      if (!accepting) continue;
      const { host, address = host } = accepting;
      setOnce(this.#accepting, configuredName(endpoint), endpoint.origin ? host : address);
    }
  }

  /** Another server of the same endpoint; one that rejects the recipient has not passed. */
  acceptedAt(endpoint: Gated['endpoint']): string | undefined {
    return this.#accepting.get(configuredName(endpoint));
  }
}

function configuredName({ name, origin }: Gated['endpoint']): string {
  return origin?.name ?? name;
}

/** The ports that accept connections, by host and IP address. */
class Connected {
  readonly #ports = new Map<string, Set<number>>();

  constructor(reports: readonly EndpointReport[]) {
    for (const report of reports) {
      if (!isConnected(report)) continue;
      for (const key of [keyOf(report, report.address), keyOf(report)]) {
        const ports = this.#ports.get(key) ?? new Set();
        this.#ports.set(key, ports.add(report.port));
      }
    }
  }

  /** A port of the same host that accepts connections, at the same IP address if that is known. */
  otherPort(report: EndpointReport, address: string | undefined): number | undefined {
    const ports = this.#ports.get(keyOf(report, address)) ?? [];
    for (const port of ports) if (port !== report.port) return port;
    return undefined;
  }
}

function keyOf({ host }: EndpointReport, address = ''): string {
  return `${host.toLowerCase()} ${address}`;
}

function setOnce<Key>(map: Map<Key, string>, key: Key, value: string): void {
  if (!map.has(key)) map.set(key, value);
}

function hasCause(found: Finding, code: FindingCode, causes: readonly (string | undefined)[]): boolean {
  return causes.some((cause) => titleOf(code, cause) === found.title);
}

function isFailed({ status }: StepReport): boolean {
  return status === 'fail' || status === 'inconclusive';
}

/** A waived error only makes a step `warn`. */
function isPassed({ status, findings }: StepReport): boolean {
  return (status === 'pass' || status === 'warn') && findings.every(({ severity }) => severity !== 'error');
}

/** Whether the server has sent anything. */
function isConnected({ transcript }: EndpointReport): boolean {
  return transcript.some(({ from }) => from === 'server');
}
