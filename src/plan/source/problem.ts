import { visible } from '../../text/peer.js';

/** A file or an input of the action, and the position in its text. */
export interface Place {
  /** Path of a file, relative to the workspace. */
  readonly file?: string;
  readonly input?: string;
  /** 1 for the first line of the file, or of the input's own text. */
  readonly line?: number;
  /** 1 for the first character. */
  readonly column?: number;
}

/** Where the gate runs: as the action, or from a command line. */
export type Surface = 'workflow' | 'terminal';

/** What to do about a problem, to follow its message. */
export interface Hints extends Readonly<Record<Surface, string>> {
  /** What is empty, probably because of a secret. */
  readonly unset?: Unset;
}

/** Inputs of the step (`with`), or environment variables (`env`), as alternatives. */
export interface Unset {
  readonly in: 'with' | 'env';
  readonly names: readonly string[];
}

/** An error in the configuration, and its place. The message never quotes a value that may be a secret. */
export interface Problem extends Place {
  readonly message: string;
  readonly hints?: Hints;
}

/** More would hide the first ones, and exceed the limits of a summary. */
const MAX_LINES = 1000;

/** The check stops after this many: a file of a different kind can have one every few bytes. */
export const MAX_PROBLEMS = 10_000;

/** The configuration cannot be used. It has every problem, and its message lists the first of them, one per line. */
export class ConfigurationError extends Error {
  readonly problems: readonly Problem[];

  /** @param problems at least one, in any order; duplicates are dropped */
  constructor(problems: readonly Problem[]) {
    const unique = new Map(problems.toSorted(byPlace).map((problem) => [line(problem), problem]));
    const lines = [...unique.keys()];
    const atLeast = lines.length >= MAX_PROBLEMS ? 'at least ' : '';
    const more = lines.length > MAX_LINES ? [`and ${atLeast}${lines.length - MAX_LINES} more`] : [];
    super([...lines.slice(0, MAX_LINES), ...more].join('\n'));
    this.name = 'ConfigurationError';
    this.problems = [...unique.values()];
  }
}

/** A place as `file:line:column`, `endpoints:line:column` (within that input) or `input name`; empty if unknown. */
export function show({ file, input, line, column }: Place): string {
  const where = file ?? (line === undefined && input !== undefined ? `input ${input}` : input);
  return visible([where, line, column].filter((part) => part !== undefined).join(':'));
}

function line(problem: Problem): string {
  const where = show(problem);
  return `${where}${where && ': '}${visible(problem.message)}`;
}

/** Inputs first, then the text of an input, then files, each from top to bottom. */
function byPlace(a: Problem, b: Problem): number {
  const rank = ({ file, line }: Place) => (file === undefined ? (line === undefined ? 0 : 1) : 2);
  return rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
