import { reasonOf } from '../text/reason.js';

/** The runner keeps ten errors of a step. */
const MOST_COMPLAINTS = 10;

/**
 * Threads in Node's pool. By default there are four, and at most half of them look up names: two names without an
 * answer would block all others. 128 lookups at a time are enough for the default concurrency, with two families and
 * the host of an inbox for each endpoint.
 */
const POOL_THREADS = '256';

/** How long the last output waits for a reader after the run was told to end. */
const LONGEST_LAST_WRITE_MS = 2000;

/**
 * Runs a program so that nothing but its own word can end it well. Until it has said otherwise the exit code is
 * that of a failure; whatever is thrown anywhere, awaited or not, of whatever type, makes it one.
 * @param main the program; it returns the exit code. It may pass on a signal that tells it to end: from then on, unread
 *   output delays the end of the process by two seconds at most
 * @param complain tells of what was thrown
 */
export function start(
  main: (endedBy: (signal: AbortSignal) => void) => Promise<number>,
  complain: (reason: string) => void,
): void {
  // Node reads this variable when it uses the pool for the first time.
  process.env.UV_THREADPOOL_SIZE ??= POOL_THREADS;
  let cut: AbortSignal | undefined;
  let stray = 0;
  let complaints = 0;
  const onStray = (thrown: unknown): void => {
    stray = 1;
    complaints += 1;
    // What is broken may be the very thing that tells of it: then it would be asked for ever.
    if (complaints > MOST_COMPLAINTS) return;
    try {
      complain(reasonOf(thrown));
    } catch {
      // Thrown from here Node would print it as it is, to a log that obeys. It is red all the same.
    }
  };
  process.exitCode = 1;
  process.on('uncaughtException', onStray);
  process.on('unhandledRejection', onStray);
  void main((signal) => {
    cut = signal;
  })
    .catch((thrown: unknown) => {
      onStray(thrown);
      return 1;
    })
    .then(async (code) => {
      await lastWrites(cut);
      // A rejection at the last moment still counts.
      setImmediate(() => {
        end(code || stray);
      });
    });
}

/** Waits until everything written has been read, but only briefly after the signal. */
async function lastWrites(cut: AbortSignal | undefined): Promise<void> {
  const streams = [process.stdout, process.stderr];
  const written = Promise.all(streams.map((stream) => new Promise((done) => stream.write('', done))));
  const late = new Promise((resolve) => {
    const hurry = () => setTimeout(resolve, LONGEST_LAST_WRITE_MS);
    if (cut?.aborted) hurry();
    else cut?.addEventListener('abort', hurry);
  });
  await Promise.race([written, late]);
}

/**
 * Ends the process. `process.exit` joins the threads of the pool: it waits, possibly for minutes, for name lookups and
 * file operations whose results are no longer needed. Replacing the process does not (docs/adr/0021).
 */
function end(code: number): void {
  const poolInUse = process.getActiveResourcesInfo().some((resource) => /^(GetAddrInfo|FSReq)/.test(resource));
  try {
    if (poolInUse) {
      const env = { ...process.env, NODE_OPTIONS: '' };
      process.execve?.(process.execPath, [process.execPath, '-e', `process.exit(${code})`], env);
    }
  } catch {
    // Windows cannot replace a process.
  }
  process.exit(code);
}
