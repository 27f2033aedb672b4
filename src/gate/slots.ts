import { Queue } from '../net/queue.js';

/** Gives the slot to other work while this work waits for something other than its server. */
export type WhileWaiting = <T>(wait: () => Promise<T>) => Promise<T>;

/** Limits how much work runs at a time. */
export class Slots {
  readonly #new = new Queue<() => void>();
  readonly #returning = new Queue<() => void>();

  constructor(private free: number) {}

  /** Does work in a slot, in the order of the calls. */
  async use<T>(work: (whileWaiting: WhileWaiting) => Promise<T>): Promise<T> {
    await this.#take(this.#new);
    try {
      return await work(async (wait) => {
        this.#give();
        try {
          return await wait();
        } finally {
          // Work that has begun has priority over new work.
          await this.#take(this.#returning);
        }
      });
    } finally {
      this.#give();
    }
  }

  async #take(queue: Queue<() => void>): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else {
      await new Promise<void>((resolve) => {
        queue.push(resolve);
      });
    }
  }

  #give(): void {
    const next = this.#returning.shift() ?? this.#new.shift();
    if (next) next();
    else this.free += 1;
  }
}
