import type { Plan } from '../plan/endpoint.js';
import { reasonOf } from '../text/reason.js';

/** The runner shows at most ten errors of a step. */
const MOST_ERRORS = 10;

/** How long unread output may delay the end of the process after a signal. */
const LONGEST_LAST_WRITE_MS = 2000;

export interface RunState {
  /** Set when the configuration is valid. Reasons of failures may contain its secrets. */
  plan?: Plan;
  /** The signal that ends the run. After it, unread output delays the end of the process by at most two seconds. */
  endedBy?: AbortSignal;
}

/**
 * Runs a program that succeeds only if it says so itself. Until it returns an exit code, the exit code is 1. Anything
 * that is thrown anywhere, awaited or not, of any type, is a failure.
 * @param main the program; it returns the exit code
 * @param reportError receives the reason of what was thrown
 */
export function start(
  main: (state: RunState) => Promise<number>,
  reportError: (reason: string, state: RunState) => void,
): void {
  const state: RunState = {};
  let errors = 0;
  const onStray = (thrown: unknown): void => {
    errors += 1;
    // If the report of an error fails, its error would be reported again, without end.
    if (errors > MOST_ERRORS) return;
    try {
      reportError(reasonOf(thrown), state);
    } catch {
      // Node would print the error without escapes, to a log that executes commands. The run fails anyway.
    }
  };
  process.exitCode = 1;
  process.on('uncaughtException', onStray);
  process.on('unhandledRejection', onStray);
  void main(state)
    .catch((thrown: unknown) => {
      onStray(thrown);
      return 1;
    })
    .then(async (code) => {
      await lastWrites(state.endedBy);
      // A rejection at the last moment still counts.
      setImmediate(() => {
        end(code || Math.min(errors, 1));
      });
    });
}

/** Waits until all output has been read, but not for long after the signal. */
async function lastWrites(endedBy: AbortSignal | undefined): Promise<void> {
  const streams = [process.stdout, process.stderr];
  const written = Promise.all(streams.map((stream) => new Promise((done) => stream.write('', done))));
  const late = new Promise((resolve) => {
    const startTimer = () => setTimeout(resolve, LONGEST_LAST_WRITE_MS);
    if (endedBy?.aborted) startTimer();
    else endedBy?.addEventListener('abort', startTimer);
  });
  await Promise.race([written, late]);
}

/**
 * Ends the process. `process.exit` waits, possibly for minutes, for name lookups and file operations in the pool whose
 * results are no longer needed. Replacing the process does not (docs/adr/0021).
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

/**
 * The signals of a runner, a person, or a terminal that is closed. After the first, the run reports what it knows; the
 * next one ends the process at once.
 */
export function cancellation(): AbortSignal {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const cancel = (name: NodeJS.Signals): void => {
    for (const each of names) process.off(each, cancel);
    controller.abort(`the run was canceled (${name})`);
  };
  for (const name of names) process.on(name, cancel);
  return controller.signal;
}
