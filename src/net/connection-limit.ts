import { isIPv6, SocketAddress } from 'node:net';
import { Queue } from './queue.js';

/**
 * Limits the sum of the pauses for a server until a connection succeeds. They help a server that is busy. For one that
 * rejects every client they would add up, to 70 minutes for 200 endpoints.
 */
const LONGEST_PAUSES_MS = 300_000;

/** The connections to one IP address, and what waits for one. */
interface Host {
  /** Lower than configured after the server has asked for fewer connections. */
  limit: number;
  /** Includes turns that may still connect to this address. */
  open: number;
  /** No new connection before this time. */
  notBefore: number;
  /** The length of all pauses since a connection has succeeded. */
  pausesMs: number;
  isPaused: boolean;
  readonly queue: Queue<Waiting>;
}

interface Waiting {
  readonly addresses: readonly string[];
  readonly enter: (turn: Turn) => void;
}

/** The right to connect to one of several IP addresses, until it is given back. */
export class Turn {
  #held: readonly string[];

  constructor(
    addresses: readonly string[],
    private readonly release: (address: string) => void,
  ) {
    this.#held = addresses;
  }

  /** Gives back all addresses but the one that is connected. */
  keep(address: string | undefined): void {
    const kept = address === undefined ? '' : canonical(address);
    if (this.#held.includes(kept)) this.#give([kept]);
  }

  /** Gives back what is left. */
  end(): void {
    this.#give([]);
  }

  #give(kept: readonly string[]): void {
    const others = this.#held.filter((address) => !kept.includes(address));
    this.#held = kept;
    others.forEach(this.release);
  }
}

/** An IPv6 address can be written in several ways, and an IPv4 address as an IPv6 address (RFC 4291 section 2.5.5.2). */
function canonical(address: string): string {
  if (!isIPv6(address) || address.includes('%')) return address;
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(/^::ffff:(?=.*\.)/, '');
}

interface Clock {
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
}

const CLOCK: Clock = {
  nowMs: () => performance.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Limits the connections to one IP address. If its server asks for a pause, no new connection is opened until then, and
 * afterwards half as many at a time, until connections succeed again. Other addresses are not affected.
 */
export class ConnectionLimit {
  readonly #hosts = new Map<string, Host>();

  /** @param most connections to one address; Infinity means no limit */
  constructor(
    private readonly most: number,
    private readonly clock: Clock = CLOCK,
  ) {}

  /** @returns undefined if other connections must end first */
  tryEnter(addresses: readonly string[]): Turn | undefined {
    const wanted = addresses.map(canonical);
    const hosts = wanted.map((address) => this.#host(address));
    if (hosts.some((host) => !this.#hasRoom(host) || host.queue.first !== undefined)) return undefined;
    return this.#take(wanted);
  }

  /** Waits until all of these addresses may be connected to, in the order of the calls for each of them. */
  enter(addresses: readonly string[]): Promise<Turn> {
    const wanted = addresses.map(canonical);
    return new Promise((enter) => {
      const [first = ''] = wanted;
      this.#host(first).queue.push({ addresses: wanted, enter });
      this.#grant(first);
    });
  }

  /**
   * Counts a side connection. It never waits, because its main connection is open: others may wait for that one to be
   * closed, and the server closes it if it is idle for too long.
   * @returns what gives the connection back
   */
  enterSide(address: string): Turn {
    return this.#take([canonical(address)]);
  }

  /** @param ms milliseconds without a new connection, because the server asked for fewer */
  slowDown(address: string, ms: number): void {
    const host = this.#host(canonical(address));
    host.limit = Math.max(1, Math.floor(host.limit / 2));
    const now = this.clock.nowMs();
    const begin = Math.max(host.notBefore, now);
    const more = Math.min(Math.max(0, now + ms - begin), LONGEST_PAUSES_MS - host.pausesMs);
    host.notBefore = begin + more;
    host.pausesMs += more;
  }

  /** Raises the limit again, after the server has accepted a connection. */
  speedUp(address: string): void {
    const key = canonical(address);
    const host = this.#host(key);
    host.limit = Math.min(this.most, host.limit + 1);
    host.pausesMs = 0;
    this.#grant(key);
  }

  #host(address: string): Host {
    const known = this.#hosts.get(address);
    if (known) return known;
    const queue = new Queue<Waiting>();
    const host: Host = { limit: this.most, open: 0, notBefore: 0, pausesMs: 0, isPaused: false, queue };
    this.#hosts.set(address, host);
    return host;
  }

  #hasRoom({ open, limit, notBefore }: Host): boolean {
    return open < limit && notBefore <= this.clock.nowMs();
  }

  #take(addresses: readonly string[]): Turn {
    const all = [...new Set(addresses)];
    for (const address of all) this.#host(address).open += 1;
    return new Turn(all, (address) => {
      this.#release(address);
    });
  }

  #release(address: string): void {
    this.#host(address).open -= 1;
    this.#grant(address);
  }

  #grant(address: string): void {
    const host = this.#host(address);
    for (;;) {
      const next = host.queue.first;
      if (!next) return;
      if (!this.#hasRoom(host)) break;
      host.queue.shift();
      const other = next.addresses.find((one) => !this.#hasRoom(this.#host(one)));
      if (other === undefined) {
        next.enter(this.#take(next.addresses));
      } else {
        this.#host(other).queue.push(next);
        this.#grant(other);
      }
    }
    this.#grantAfterPause(host, address);
  }

  #grantAfterPause(host: Host, address: string): void {
    const ms = host.notBefore - this.clock.nowMs();
    if (ms <= 0 || host.isPaused) return;
    host.isPaused = true;
    void this.clock.pause(ms).then(() => {
      host.isPaused = false;
      this.#grant(address);
    });
  }
}
