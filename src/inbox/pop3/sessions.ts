import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Deadline } from '../../net/deadline.js';
import { deferred, type Deferred } from '../../net/deferred.js';
import { busy, InboxError, isRejection } from '../failure.js';
import type { Pop3Session } from './session.js';
import { own } from '../../text/own.js';

/** A mailbox that a different client has open is usually free again soon. */
const RETRY_BUSY_MS = 1000;

interface Waiting {
  readonly until: Deadline;
  readonly granted: Deferred<Pop3Session>;
  readonly finished: Deferred<undefined>;
}

/**
 * The sessions on a mailbox, one at a time, because a server allows only one. All who wait when a session begins
 * use it, one after the other: each login is expensive, and may find the mailbox locked by a different client.
 */
export class Pop3Sessions {
  readonly #oneAtATime = pLimit(1);
  #waiting: Waiting[] = [];
  /** Why the last login failed, while the mailbox is busy. */
  #busy: InboxError | undefined;

  /**
   * @param open logs in
   * @param end the end of every wait
   */
  constructor(
    private readonly open: () => Promise<Pop3Session>,
    private readonly end: Deadline,
  ) {}

  /**
   * Does some work in a session that begins after the call, so that it sees every message that has arrived until now.
   * @param until when the session must have begun
   * @throws {InboxError} `busy` if it has not, or what `work` throws. The session ends then, unless the server only
   *   rejected something
   */
  async use<T>(until: Deadline, work: (session: Pop3Session) => Promise<T>): Promise<T> {
    const granted = deferred<Pop3Session>();
    const finished = deferred<undefined>();
    this.#waiting.push({ until, granted, finished });
    void this.#oneAtATime(() => this.#serve(this.#waiting.splice(0)));
    try {
      const late = (): InboxError => this.#busy ?? busy(own`the server did not allow a login in time`);
      const session = await until.race(granted.promise, late);
      return await work(session).catch((error: unknown) => {
        if (!isRejection(error)) session.leave();
        throw error;
      });
    } finally {
      finished.resolve(undefined);
    }
  }

  /** All who wait use the same session, or a new one if it ended early. */
  async #serve(all: readonly Waiting[]): Promise<void> {
    let session: Pop3Session | undefined;
    for (const [at, { until, granted, finished }] of all.entries()) {
      if (until.isOver) continue;
      try {
        if (session?.isOver) {
          await session.quit();
          session = undefined;
        }
        session ??= await this.#logIn(all.slice(at));
      } catch (error) {
        for (const each of all.slice(at)) each.granted.reject(error);
        return;
      }
      granted.resolve(session);
      await finished.promise;
    }
    await session?.quit();
  }

  async #logIn(waiting: readonly Waiting[]): Promise<Pop3Session> {
    for (;;) {
      try {
        const session = await this.open();
        this.#busy = undefined;
        return session;
      } catch (error) {
        if (!(error instanceof InboxError) || error.failure.kind !== 'busy') throw error;
        if (!waiting.some(({ until }) => until.remainingMs > RETRY_BUSY_MS)) throw error;
        this.#busy = error;
        await this.end.race(sleep(RETRY_BUSY_MS), () => error).catch(() => undefined);
      }
    }
  }
}
