import { randomUUID } from 'node:crypto';
import { escapeLine } from '../text/escape.js';

/** The log of a job. Everything appears as text: the runner executes no line as a workflow command. */
export interface Log {
  info(line: string): void;
  /** Writes one line that quotes a server. */
  quote(line: string): void;
  /** Writes lines from a server under a title, collapsed if the log supports it. */
  group(title: string, lines: readonly string[]): void;
}

export function runnerLog(output: NodeJS.WritableStream = process.stdout): Log {
  // In one write, because a run may log a hundred thousand lines.
  const write = (lines: readonly string[]): void => void output.write(lines.map((line) => `${line}\n`).join(''));
  // Besides the escaping: the runner ignores all workflow commands until it reads a token that nobody can guess.
  const withoutCommands = (lines: readonly string[]): string[] => {
    const token = randomUUID();
    return [`::stop-commands::${token}`, ...lines.map(escapeLine), `::${token}::`];
  };
  return {
    info(line) {
      write([escapeLine(line)]);
    },
    quote(line) {
      write(withoutCommands([line]));
    },
    group(title, lines) {
      // The runner decodes `%25`, `%0D` and `%0A` in the data of a command.
      write([`::group::${escapeLine(title).replaceAll('%', '%25')}`, ...withoutCommands(lines), '::endgroup::']);
    },
  };
}
