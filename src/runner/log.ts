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
  const info = (line: string) => void output.write(`${escapeLine(line)}\n`);
  // Besides the escaping: the runner ignores all workflow commands until it reads a token that nobody can guess.
  const withoutCommands = (lines: readonly string[]): void => {
    const token = randomUUID();
    output.write(`::stop-commands::${token}\n`);
    try {
      lines.forEach(info);
    } finally {
      output.write(`::${token}::\n`);
    }
  };
  return {
    info,
    quote(line) {
      withoutCommands([line]);
    },
    group(title, lines) {
      // The runner decodes `%25`, `%0D` and `%0A` in the data of a command.
      output.write(`::group::${escapeLine(title).replaceAll('%', '%25')}\n`);
      withoutCommands(lines);
      output.write('::endgroup::\n');
    },
  };
}
