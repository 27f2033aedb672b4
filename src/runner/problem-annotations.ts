import type { Source } from '../plan/endpoint.js';
import type { Problem } from '../plan/source/problem.js';
import { count } from '../text/count.js';
import { escapeLine } from '../text/escape.js';
import { shorten } from '../text/shorten.js';

/** An error on a line of a file, as the toolkit takes it. */
export interface ProblemAnnotation {
  readonly message: string;
  readonly properties: {
    readonly title: string;
    readonly file: string;
    readonly startLine: number;
    readonly startColumn?: number;
  };
}

/** The runner shows at most ten errors of a step. The tenth is the one that fails it. */
const MOST = 9;
const MESSAGE_LIMIT = 2000;

/**
 * An annotation for each of the first problems whose line is known: in the config file, or of an input in the workflow
 * file. The last says how many more there are.
 * @param locate finds the first line of an input in the workflow file
 */
export function annotateProblems(
  problems: readonly Problem[],
  locate: (input: string) => Source | undefined,
): ProblemAnnotation[] {
  const starts = new Map<string, Source | undefined>();
  const startOf = (input: string): Source | undefined => {
    if (!starts.has(input)) starts.set(input, locate(input));
    return starts.get(input);
  };
  const placed = problems.flatMap(({ message, ...place }) => {
    const properties = propertiesOf(place, startOf);
    return properties ? [{ message: escapeLine(shorten(message, MESSAGE_LIMIT)), properties }] : [];
  });
  const more = placed.length - MOST;
  return placed.slice(0, MOST).map(({ message, properties }, index) => ({
    message:
      more > 0 && index === MOST - 1 ? `${message}\n(${count(more, 'more problem')}: see the job summary)` : message,
    properties: { title: 'Invalid configuration', ...properties },
  }));
}

function propertiesOf(
  { file, input, line, column }: Omit<Problem, 'message'>,
  startOf: (input: string) => Source | undefined,
) {
  if (file !== undefined) {
    return line === undefined
      ? undefined
      : { file, startLine: line, ...(column !== undefined && { startColumn: column }) };
  }
  const start = input === undefined ? undefined : startOf(input);
  // The column is not known: the workflow file indents the text.
  return start && { file: start.file, startLine: start.line + (line ?? 1) - 1 };
}
