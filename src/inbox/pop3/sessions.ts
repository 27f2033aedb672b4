import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Deadline } from '../../net/deadline.js';
import { inboxLost, InboxRejected } from '../inbox.js';
import { MaildropBusy, type Pop3Session } from './session.js';

/** A maildrop that is open elsewhere is mostly free again in a moment. */
const BUSY_AGAIN_MS = 1000;

/** What is done in a session. */
type Work<T> = (session: Pop3Session) => Promise<T>;

/** Work that waits for its session. */
interface Task {
  readonly until: Deadline;
  /** Whether it needs a session that sees what has come until now. */
  readonly isLook: boolean;
  /** Whether it holds only once the session has ended well. */
  readonly isDeletion: boolean;
  /** Does it. @returns makes it known */
  readonly perform: Work<() => void>;
  readonly fail: (error: Error) => void;
}

/**
 * The sessions on a maildrop, one at a time, for that is all that a server allows. What is asked for while a session is
 * open, or at once in answer to what it has shown, is done in it, if it can be: each further login costs the server
 * much, and it may find the maildrop locked by somebody else.
 */
export class Pop3Sessions {
  readonly #open: () => Promise<Pop3Session>;
  readonly #end: Deadline;
  #tasks: readonly Task[] = [];
  #isServing = false;
  #busy: MaildropBusy | undefined;

  /**
   * @param open logs in
   * @param end of everything that is waited for
   */
  constructor(open: () => Promise<Pop3Session>, end: Deadline) {
    this.#open = open;
    this.#end = end;
  }

  /** Has a look in a session whose login is still to come, so that it sees all that has come until now. */
  look(until: Deadline, work: Work<void>): Promise<void> {
    return this.#ask(work, { until, isLook: true, isDeletion: false });
  }

  /** Reads, in whatever session comes next. */
  read<T>(until: Deadline, work: Work<T>): Promise<T> {
    return this.#ask(work, { until, isLook: false, isDeletion: false });
  }

  /** Marks messages as deleted. Returns when the session has ended, and the server has deleted them. */
  delete(until: Deadline, work: Work<void>): Promise<void> {
    return this.#ask(work, { until, isLook: false, isDeletion: true });
  }

  #ask<T>(work: Work<T>, how: Pick<Task, 'until' | 'isLook' | 'isDeletion'>): Promise<T> {
    const { until } = how;
    const late = (): Error => this.#busy ?? inboxLost('the server gave no answer in time');
    const done = new Promise<T>((resolve, reject) => {
      const perform = async (session: Pop3Session): Promise<() => void> => {
        const value = await until.race(work(session), late);
        return () => {
          resolve(value);
        };
      };
      this.#tasks = [...this.#tasks, { ...how, perform, fail: reject }];
    });
    if (!this.#isServing) void this.#serve();
    // The turn may not come in time.
    return until.race(done, late);
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    for (;;) {
      // Whoever has asked for these has been told that they come too late.
      this.#drop(({ until }) => until.isOver);
      if (this.#tasks.length === 0) break;
      await this.#serveInOne(new Set(this.#tasks));
    }
    this.#isServing = false;
  }

  /** @param before those that were asked for before the login */
  async #serveInOne(before: ReadonlySet<Task>): Promise<void> {
    try {
      const session = await this.#open();
      this.#busy = undefined;
      await this.#use(session, before);
    } catch (error) {
      const longest = Math.max(...[...before].map(({ until }) => until.remainingMs));
      if (error instanceof MaildropBusy && longest > BUSY_AGAIN_MS) {
        this.#busy = error;
        await this.#end.race(sleep(BUSY_AGAIN_MS), () => error).catch(() => undefined);
        return;
      }
      this.#drop((task) => before.has(task));
      for (const { fail } of before) fail(error as Error);
    }
  }

  /** Does all that can be done in a session, and ends it. */
  async #use(session: Pop3Session, before: ReadonlySet<Task>): Promise<void> {
    const marked: { done: () => void; fail: Task['fail'] }[] = [];
    for (;;) {
      const task = this.#next(before, marked.length > 0);
      if (!task) break;
      this.#drop((each) => each === task);
      try {
        const done = await task.perform(session);
        if (task.isDeletion) marked.push({ done, fail: task.fail });
        else done();
      } catch (error) {
        task.fail(error as Error);
        if (!(error instanceof InboxRejected)) session.leave();
      }
      if (session.isOver) break;
      // Those who have been served ask at once for what comes next.
      await turn();
    }
    if (marked.length === 0) {
      await session.goodbye();
      return;
    }
    try {
      await session.quit();
      for (const { done } of marked) done();
    } catch (error) {
      for (const { fail } of marked) fail(error as Error);
      session.leave();
    }
  }

  /** @param isEnding something is marked as deleted: what may cost the session its good end waits for the next */
  #next(before: ReadonlySet<Task>, isEnding: boolean): Task | undefined {
    const possible = this.#tasks.filter((task) => !task.until.isOver && (!task.isLook || before.has(task)));
    const deletion = possible.find(({ isDeletion }) => isDeletion);
    return isEnding ? deletion : (possible.find(({ isDeletion }) => !isDeletion) ?? deletion);
  }

  #drop(isDone: (task: Task) => boolean): void {
    this.#tasks = this.#tasks.filter((task) => !isDone(task));
  }
}
