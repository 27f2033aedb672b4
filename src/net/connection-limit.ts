import { Queue } from './queue.js';

/** The connections to one IP address, and what waits for one. */
interface Host {
  /** Lower than configured after the server has asked for fewer connections. */
  limit: number;
  /** Includes turns that may still connect to this address. */
  open: number;
  /** No new connection before this time. */
  notBefore: number;
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
    if (address !== undefined && this.#held.includes(address)) this.#give([address]);
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
    const hosts = [...new Set(addresses)].map((address) => this.#host(address));
    if (hosts.some((host) => !this.#hasRoom(host) || host.queue.first !== undefined)) return undefined;
    return this.#take(addresses);
  }

  /** Waits until all of these addresses may be connected to, in the order of the calls for each of them. */
  enter(addresses: readonly string[]): Promise<Turn> {
    return new Promise((enter) => {
      const [first = ''] = addresses;
      this.#host(first).queue.push({ addresses, enter });
      this.#grant(first);
    });
  }

  /**
   * Counts a side connection. It never waits, because its main connection is open: others may wait for that one to be
   * closed, and the server closes it if it is idle for too long.
   * @returns what gives the connection back
   */
  enterSide(address: string): Turn {
    return this.#take([address]);
  }

  /** @param ms milliseconds without a new connection, because the server asked for fewer */
  slowDown(address: string, ms: number): void {
    const host = this.#host(address);
    host.limit = Math.max(1, Math.floor(host.limit / 2));
    host.notBefore = Math.max(host.notBefore, this.clock.nowMs() + ms);
  }

  /** Raises the limit again, after the server has accepted a connection. */
  speedUp(address: string): void {
    const host = this.#host(address);
    host.limit = Math.min(this.most, host.limit + 1);
    this.#grant(address);
  }

  #host(address: string): Host {
    const known = this.#hosts.get(address);
    if (known) return known;
    const host = { limit: this.most, open: 0, notBefore: 0, isPaused: false, queue: new Queue<Waiting>() };
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
