import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { resolve } from 'node:path';

/** The Node version of the runner, regardless of which one runs the tests. */
export const NODE = resolve('node_modules/node/bin/node');

/** The outcome of a program. */
export interface Ended {
  /** The exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The milliseconds from its start to its end. */
  readonly durationMs: number;
  /** Whether a process that it started was still running at its end. */
  readonly leftSomething: boolean;
}

export interface Surroundings {
  readonly cwd?: string;
  /** The complete environment; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether its output is never read. */
  readonly unread?: boolean;
}

/** Much longer than any of these programs takes, so that only a program that hangs reaches it. */
const PROGRAM_TIMEOUT_MS = 60_000;

/** Runs a program in its own process group; one that does not end is killed, and has no exit code. */
export async function runProgram(path: string, args: readonly string[], where: Surroundings = {}): Promise<Ended> {
  const begun = performance.now();
  const child = spawn(path, args, {
    cwd: where.cwd,
    env: where.env ?? {},
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  let stdout = '';
  let stderr = '';
  if (where.unread) {
    child.once('exit', () => {
      for (const output of [child.stdout, child.stderr]) output.destroy();
    });
  } else {
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  }
  const timer = setTimeout(() => pid !== undefined && process.kill(-pid, 'SIGKILL'), PROGRAM_TIMEOUT_MS);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    const durationMs = performance.now() - begun;
    return { code, stdout, stderr, durationMs, leftSomething: pid !== undefined && groupLives(pid) };
  } finally {
    clearTimeout(timer);
  }
}

function groupLives(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}
