import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Finding } from '../../src/report/report.js';

/** Much longer than any command needs. */
const LIMIT_MS = 120_000;

export interface Typing {
  /** Entered when the command asks for a password. */
  readonly password?: string;
  /** The current folder. */
  readonly cwd?: string;
  /** A command line that runs the shell, such as with another resolver. */
  readonly within?: readonly string[];
}

/**
 * Runs a command of a finding like a user who pastes it into a shell, without a terminal: curl reads a password from the
 * terminal if there is one.
 * @returns everything that it prints
 */
export async function typed(command: string, { password = '', cwd, within = [] }: Typing = {}): Promise<string> {
  const [program, ...args] = [...within, 'sh', '-c', `{ ${command}\n} 2>&1`];
  const shell = spawn(program, args, { detached: true, ...(cwd !== undefined && { cwd }) });
  const limit = setTimeout(() => shell.pid !== undefined && process.kill(-shell.pid, 'SIGKILL'), LIMIT_MS);
  // A command that asks for nothing may have ended.
  shell.stdin.on('error', () => undefined).end(`${password}\n`);
  try {
    return await text(shell.stdout);
  } finally {
    clearTimeout(limit);
  }
}

/** Runs the command of a finding against the server that caused it, and looks for the text that shows the problem. */
export async function expectCommandShows(finding: Finding, typing: Typing = {}): Promise<void> {
  const { reproduce, reproduceShows } = finding;
  if (reproduce === undefined || reproduceShows === undefined) throw new Error(`${finding.code} has no command`);
  const output = await typed(reproduce, typing);
  if (!output.includes(reproduceShows)) {
    throw new Error(`${finding.code}: not in the output of the command: ${reproduceShows}\n$ ${reproduce}\n${output}`);
  }
}
