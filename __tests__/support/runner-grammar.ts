/** A workflow command, as the runner understands it. */
export interface Command {
  /** In lowercase. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const REGISTERED = new Set(
  (
    'add-mask add-matcher add-path debug echo endgroup error group notice remove-matcher save-state set-env ' +
    'set-output stop-commands warning'
  ).split(' '),
);

/**
 * Parses the output of a step like the runner: lines end at CR, LF or both; a line that starts with `::` after spaces
 * is tried first, and then the old `##[` anywhere in it. It follows the documented behavior of the runner, independent
 * of the code under test. After `stop-commands`, nothing is executed until its token occurs; `behindWall` returns the
 * commands in between.
 */
export function commands(output: string): Command[] {
  return read(output).obeyed;
}

/** The commands that the runner ignores only because of `stop-commands`. */
export function behindWall(output: string): Command[] {
  return read(output).stopped;
}

function read(output: string): { obeyed: Command[]; stopped: Command[] } {
  const obeyed: Command[] = [];
  const stopped: Command[] = [];
  let word: string | undefined;
  for (const line of output.split(/\r\n|\r|\n/)) {
    const found = current(line) ?? old(line);
    if (word !== undefined && line.trim().toLowerCase() === `::${word.toLowerCase()}::`) word = undefined;
    else if (word !== undefined && found) stopped.push(found);
    else if (found?.name === 'stop-commands') word = found.data;
    else if (found) obeyed.push(found);
  }
  if (word !== undefined) throw new Error('commands are stopped and never go on');
  return { obeyed, stopped };
}

function current(line: string): Command | undefined {
  const trimmed = line.trimStart();
  const end = trimmed.indexOf('::', 2);
  if (!trimmed.startsWith('::') || end < 0) return undefined;
  return command(trimmed.slice(2, end), ',', trimmed.slice(end + 2), {
    '%0D': '\r',
    '%0A': '\n',
    '%3A': ':',
    '%2C': ',',
    '%25': '%',
  });
}

function old(line: string): Command | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  return command(line.slice(start + 3, end), ';', line.slice(end + 1), {
    '%3B': ';',
    '%0D': '\r',
    '%0A': '\n',
    '%5D': ']',
    '%25': '%',
  });
}

function command(
  info: string,
  separator: string,
  data: string,
  escapes: Readonly<Record<string, string>>,
): Command | undefined {
  const [name = '', ...rest] = info.split(' ');
  if (!REGISTERED.has(name.toLowerCase())) return undefined;
  const pairs = rest
    .join(' ')
    .split(separator)
    .filter((pair) => pair.includes('='));
  return {
    name: name.toLowerCase(),
    properties: Object.fromEntries(
      pairs.map((pair) => [
        pair.slice(0, pair.indexOf('=')).trim(),
        unescape(pair.slice(pair.indexOf('=') + 1), escapes),
      ]),
    ),
    data: unescape(data, { '%0D': '\r', '%0A': '\n', '%25': '%' }),
  };
}

function unescape(text: string, escapes: Readonly<Record<string, string>>): string {
  return Object.entries(escapes).reduce((unescaped, [code, meant]) => unescaped.replaceAll(code, meant), text);
}
