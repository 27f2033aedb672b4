import { spawn } from 'node:child_process';
import type { Finding } from '../../src/report/report.js';

/** With this, commands ask for the password of the inbox. */
export const PROMPT_OF_INBOX = 'the password of the inbox';

/** Much longer than any command needs. */
const LIMIT_MS = 120_000;

export interface Typing {
  /** Entered when the command asks for a password. */
  readonly password?: string;
  /** Entered when the command asks for the password of the inbox after another. */
  readonly inboxPassword?: string;
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
export async function typed(
  command: string,
  { password = '', inboxPassword, cwd, within = [] }: Typing = {},
): Promise<string> {
  const [program, ...args] = [...within, 'sh', '-c', `{ ${command}\n} 2>&1`];
  const shell = spawn(program, args, { detached: true, ...(cwd !== undefined && { cwd }) });
  const limit = setTimeout(() => shell.pid !== undefined && process.kill(-shell.pid, 'SIGKILL'), LIMIT_MS);
  // A command that asks for nothing may have ended.
  const input = shell.stdin.on('error', () => undefined);
  input.write(`${password}\n`);
  if (inboxPassword === undefined) input.end();
  let output = '';
  try {
    for await (const chunk of shell.stdout.setEncoding('utf8')) {
      output += String(chunk);
      // A program that reads its password would also read what follows.
      if (output.includes(PROMPT_OF_INBOX) && !input.writableEnded) input.end(`${inboxPassword ?? ''}\n`);
    }
    return output;
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
