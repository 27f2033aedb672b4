import { randomUUID } from 'node:crypto';
import { neutralise } from '../text/escape.js';

/** The log of a job. Whatever it is given appears as text: no line is ever obeyed as a workflow command. */
export interface Log {
  /** One line, of our own words. */
  info(line: string): void;
  /** One line that quotes strangers. */
  quote(line: string): void;
  /** Lines of strangers under a title, folded where the log can fold. */
  group(title: string, lines: readonly string[]): void;
}

/**
 * The log that the GitHub runner shows.
 * @param output where the runner listens
 */
export function runnerLog(output: NodeJS.WritableStream = process.stdout): Log {
  const info = (line: string) => void output.write(`${neutralise(line)}\n`);
  // A second wall: until it hears a word that nobody can guess, the runner obeys nothing at all.
  const behindWall = (lines: readonly string[]): void => {
    const resume = randomUUID();
    output.write(`::stop-commands::${resume}\n`);
    try {
      lines.forEach(info);
    } finally {
      output.write(`::${resume}::\n`);
    }
  };
  return {
    info,
    quote(line) {
      behindWall([line]);
    },
    group(title, lines) {
      output.write(`::group::${commandData(neutralise(title))}\n`);
      behindWall(lines);
      output.write('::endgroup::\n');
    },
  };
}

/** The runner decodes `%25`, `%0D` and `%0A` in what a command carries. */
function commandData(line: string): string {
  return line.replaceAll('%', '%25');
}
