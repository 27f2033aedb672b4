import { isIP } from 'node:net';
import { ConnectFailure, NAME_UNKNOWN, NAME_WITHOUT_ADDRESS, resolve } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import { MxFailure, type MxFailureKind } from '../net/mx.js';
import type { Endpoint, MxRecord } from '../plan/endpoint.js';
import { dnsName } from '../plan/schema/values.js';
import type { RunContext } from '../steps/context.js';
import { excerpt } from '../text/peer.js';
import { codeOf } from '../text/reason.js';
import type { UniqueNames } from '../text/unique-names.js';
import { lookUpWithRetries } from './lookups.js';
import type { Target } from './retries.js';

/** Large domains have up to twenty; the answer of a hostile name server could have thousands. */
export const MAX_MX_HOSTS = 50;

/**
 * Milliseconds for the CNAME record of an MX host, whose test waits for it. Some name servers never reply to such a query.
 * Long enough for a second query, in case a datagram is lost.
 */
const ALIAS_MS = 5000;

/**
 * Expands an endpoint with `mx` into one for each MX host of the domain (RFC 5321 section 5.1), by preference, and one for
 * each MX record that names no host. If there is nothing to connect to, the endpoint stays as it is, with the reason.
 * @param names those of all configured endpoints are taken, and those that others have become
 */
export async function expandMx(
  endpoint: Endpoint,
  retries: number,
  run: RunContext,
  names: UniqueNames,
): Promise<readonly Target[]> {
  const { mx, ...whole } = endpoint;
  const { name, host: domain } = whole;
  const found = await lookUpWithRetries(() => mailServersOf(endpoint, run), retries, run);
  if (found instanceof Error) return [{ endpoint: whole, addresses: found }];

  const targets = [...new Set(found.map((target) => dnsName(target) ?? target))];
  const tested = targets.slice(0, MAX_MX_HOSTS);
  const part = (text: string): Endpoint => ({
    ...whole,
    name: names.take(`${name}: ${text}`),
    origin: { name, part: text },
  });
  const expanded = tested.map(async (target): Promise<Target> => {
    const kind = whyNoHost(target);
    const named = part(kind ? excerpt(target) || '.' : target);
    if (kind) {
      const others = targets.filter((other) => other !== target);
      return { endpoint: named, addresses: new MxFailure(kind, target, others) };
    }
    // Only an MX record must not name an alias, and an implicit MX has none.
    const isImplicit = target === domain;
    const alias = isImplicit ? {} : await aliasOf(target, endpoint, run);
    const mxOf = { domain, isImplicit, ...alias };
    return { endpoint: { ...named, host: target, servername: mx?.servername ?? target, mxOf } };
  });
  const more = targets.length - tested.length;
  const hosts = await Promise.all(expanded);
  if (more === 0) return hosts;
  const untested = new MxFailure('too-many', String(more), targets);
  return [...hosts, { endpoint: part(`${more} more MX hosts`), addresses: untested }];
}

/**
 * The targets of the MX records; without a record the domain itself (an implicit MX), if it has an IP address.
 * @throws {MxFailure} or {ConnectFailure}
 */
async function mailServersOf({ host: domain, timeoutMs }: Endpoint, run: RunContext): Promise<readonly string[]> {
  const deadline = Deadline.after(timeoutMs, run.end);
  const targets = await run.mx(domain, deadline).catch((error: unknown): string[] => {
    const code = codeOf(error);
    if (code === NAME_WITHOUT_ADDRESS) return [];
    throw new MxFailure(code === NAME_UNKNOWN ? 'no-domain' : 'lookup-failed', code);
  });
  if (targets.length > 0 && targets.every((target) => target === '')) throw new MxFailure('null', '');
  if (targets.length > 0) return targets;
  try {
    await resolve(domain, deadline, run.resolver);
    return [domain];
  } catch (error) {
    if (!(error instanceof ConnectFailure) || error.kind !== 'name-not-found') throw error;
    throw new MxFailure('no-mail-server', NAME_WITHOUT_ADDRESS);
  }
}

/** Why the target of an MX record is not the name of a host; undefined if it is one. */
function whyNoHost(target: string): MxFailureKind | undefined {
  if (target === '') return 'null';
  const [, literal = target] = /^\[(?:IPv6:)?(.*)\]$/i.exec(target) ?? [];
  if (isIP(literal) !== 0) return 'address';
  return dnsName(target) === undefined ? 'invalid' : undefined;
}

/** The name for which an MX host is an alias, or why that is not known. */
async function aliasOf(
  host: string,
  { timeoutMs }: Endpoint,
  { cname, end }: RunContext,
): Promise<Pick<MxRecord, 'alias' | 'aliasFailure'>> {
  try {
    const alias = await cname(host, Deadline.after(Math.min(timeoutMs, ALIAS_MS), end));
    return alias === undefined ? {} : { alias };
  } catch (error) {
    const code = codeOf(error);
    return code === NAME_UNKNOWN || code === NAME_WITHOUT_ADDRESS ? {} : { aliasFailure: code };
  }
}
