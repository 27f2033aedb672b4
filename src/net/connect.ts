import { lookup } from 'node:dns/promises';
import { connect as tcpConnect, isIP, type Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import { shareLookups } from './shared-lookups.js';
import { codeOf } from '../text/reason.js';
import type { Deadline } from './deadline.js';

/** An IP address of a host, without brackets. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/**
 * Looks up a host name; a parameter so that tests can replace the system's resolver.
 * @param family the only one to look up. Without it, the answer may lack a family whose lookup failed
 */
export type Resolver = (host: string, family?: Address['family']) => Promise<readonly Address[]>;

/** Why there is no connection. */
export type ConnectFailureKind =
  'name-not-found' | 'lookup-failed' | 'no-route' | 'not-possible-here' | 'refused' | 'reset' | 'timed-out';

/** The failures that may be temporary, so that another attempt makes sense. */
const TRANSIENT: readonly ConnectFailureKind[] = ['lookup-failed', 'refused', 'reset', 'timed-out'];

/** The failures that say nothing about the server. */
const INCONCLUSIVE: readonly ConnectFailureKind[] = ['lookup-failed', 'no-route', 'not-possible-here', 'timed-out'];

/** Records of a name that has no address. */
export interface OtherRecords {
  /** Its MX records: the host names, an empty one for a null MX (RFC 7505). */
  readonly mailServers: readonly string[];
  /** The name for which it is an alias. */
  readonly alias?: string | undefined;
}

export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';

  /**
   * @param detail the system's code, such as ECONNREFUSED
   * @param address the IP address tried, if there was one
   * @param records what is known about a name without an address
   */
  constructor(
    readonly kind: ConnectFailureKind,
    readonly detail: string,
    readonly address?: string,
    readonly records: OtherRecords = { mailServers: [] },
  ) {
    super(`${kind}: ${detail}`);
  }

  get transient(): boolean {
    return TRANSIENT.includes(this.kind);
  }

  get inconclusive(): boolean {
    return INCONCLUSIVE.includes(this.kind);
  }
}

/** Connection Attempt Delay (RFC 8305 section 5), before the next IP address is tried in parallel. */
const ATTEMPT_DELAY_MS = 250;

/**
 * The system's resolver (getaddrinfo, hosts file included), with the addresses in the order of its answer. A lookup cannot
 * be canceled and occupies a thread, so lookups of the same name are shared.
 */
export function systemResolver(): Resolver {
  return shareLookups(
    (host, family) => `${host} ${family}`,
    async (host, family) => {
      const addresses = await lookup(host, { all: true, order: 'verbatim', family: family ?? 0 });
      return addresses.map(({ address, family: of }): Address => ({ address, family: of === 6 ? 6 : 4 }));
    },
  );
}

/**
 * Finds the IP addresses of a host, which may itself be one.
 * @param only the only family to look up; by default both, see {@link Resolver}
 * @throws {ConnectFailure} `name-not-found` or `lookup-failed`
 */
export async function resolve(
  host: string,
  deadline: Deadline,
  resolver: Resolver,
  only?: Address['family'],
): Promise<readonly Address[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family: family === 6 ? 6 : 4 }];
  const answer = only === undefined ? lookUpBoth(host, resolver) : lookUp(host, resolver, only);
  return deadline.race(answer, () => new ConnectFailure('lookup-failed', 'no response in time'));
}

/** @throws {ConnectFailure} as {@link resolve} does */
async function lookUp(host: string, resolver: Resolver, family?: Address['family']): Promise<readonly Address[]> {
  const found = await resolver(host, family).catch((error: unknown) => {
    if (error instanceof ConnectFailure) throw error;
    const code = isWithoutAddress(error) ? NAME_WITHOUT_ADDRESS : codeOf(error);
    const permanent = code === NAME_UNKNOWN || code === NAME_WITHOUT_ADDRESS;
    throw new ConnectFailure(permanent ? 'name-not-found' : 'lookup-failed', code);
  });
  if (found.length === 0) throw new ConnectFailure('name-not-found', NAME_WITHOUT_ADDRESS);
  return found;
}

/**
 * Looks up both families at once. getaddrinfo reports that there is no address if one family has none and the lookup of
 * the other failed temporarily, so then each family is looked up alone.
 */
async function lookUpBoth(host: string, resolver: Resolver): Promise<readonly Address[]> {
  try {
    return await lookUp(host, resolver);
  } catch (failure) {
    if (!(failure instanceof ConnectFailure) || failure.kind !== 'name-not-found') throw failure;
    const answers = await Promise.allSettled([lookUp(host, resolver, 4), lookUp(host, resolver, 6)]);
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) return found;
    const failures = answers.flatMap((answer) =>
      answer.status === 'rejected' && answer.reason instanceof ConnectFailure ? [answer.reason] : [],
    );
    throw failures.find(({ kind }) => kind === 'lookup-failed') ?? failure;
  }
}

export const NAME_UNKNOWN = 'ENOTFOUND';
/** For a name that exists but has no address of a usable family. */
export const NAME_WITHOUT_ADDRESS = 'ENODATA';

/** Node reports ENOTFOUND for both; on some systems the error number distinguishes them. */
function isWithoutAddress(error: unknown): boolean {
  const errno = typeof error === 'object' && error !== null && 'errno' in error ? error.errno : undefined;
  return typeof errno === 'number' && errno < 0 && getSystemErrorName(errno) === 'EAI_NODATA';
}

/**
 * Connects to the first of several IP addresses that accepts. The families alternate, and a new attempt starts every 250 ms
 * or as soon as one has failed (RFC 8305, "Happy Eyeballs").
 * @param addresses at least one
 * @returns the connected socket; it keeps an error listener until it is destroyed
 * @throws {ConnectFailure} if all have failed or the time is over, with the most informative failure
 */
export async function connect(addresses: readonly Address[], port: number, deadline: Deadline): Promise<Socket> {
  const waiting = interleaveFamilies(addresses);
  const underWay = new Map<Socket, string>();
  const failures: ConnectFailure[] = [];
  let pause: NodeJS.Timeout | undefined;

  const race = new Promise<Socket>((resolve, reject) => {
    const tryNext = (): void => {
      clearTimeout(pause);
      const next = waiting.shift();
      if (!next) return;
      const socket = tcpConnect({ host: next.address, port, noDelay: true });
      underWay.set(socket, next.address);
      pause = setTimeout(tryNext, ATTEMPT_DELAY_MS);
      const failed = (error: unknown): void => {
        underWay.delete(socket);
        failures.push(failureOf(error, next.address));
        if (underWay.size === 0 && waiting.length === 0) reject(mostInformative(failures));
        else tryNext();
      };
      // An error without a listener ends the process, and no other listener is attached while a socket passes from one
      // user to the next. The next user finds the error in `errored`.
      socket.on('error', () => undefined);
      socket.once('error', failed);
      socket.once('connect', () => {
        underWay.delete(socket);
        socket.off('error', failed);
        resolve(socket);
      });
    };
    tryNext();
  });

  try {
    return await deadline.race(race, () => {
      const silent = [...underWay.values()].map((to) => new ConnectFailure('timed-out', 'no response in time', to));
      return mostInformative([...failures, ...silent]);
    });
  } finally {
    clearTimeout(pause);
    waiting.length = 0;
    for (const socket of underWay.keys()) socket.destroy();
  }
}

/** RFC 8305 section 4: the families alternate, starting with that of the first address. */
function interleaveFamilies(addresses: readonly Address[]): Address[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  return addresses
    .flatMap((_, i) => [first[i], second[i]])
    .filter((address): address is Address => address !== undefined);
}

const KINDS: Readonly<Record<string, ConnectFailureKind>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ETIMEDOUT: 'timed-out',
  ENETUNREACH: 'no-route',
  EHOSTUNREACH: 'no-route',
  ENETDOWN: 'no-route',
  EHOSTDOWN: 'no-route',
  // This machine has no address of the family, or none that can reach the other one.
  EADDRNOTAVAIL: 'no-route',
  EAFNOSUPPORT: 'no-route',
};

/**
 * Classifies the system's error. An error that does not come from the network (EMFILE, EPERM, ENOBUFS) is a problem of
 * this machine: no packet has left it.
 */
export function failureOf(error: unknown, address: string): ConnectFailure {
  const code = codeOf(error);
  return new ConnectFailure(KINDS[code] ?? 'not-possible-here', code, address);
}

/** "Tested and failed" says more than "could not be tested". */
function mostInformative(failures: readonly ConnectFailure[]): ConnectFailure {
  const order: readonly ConnectFailureKind[] = ['refused', 'reset', 'timed-out', 'not-possible-here', 'no-route'];
  const [worst] = failures.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return worst ?? new ConnectFailure('no-route', 'no address to connect to');
}
