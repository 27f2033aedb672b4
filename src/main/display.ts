import { codeOf } from '../text/reason.js';

/* What standard output and standard error can show. */

/** A pipe or a file has none of these. */
type Stream = Partial<Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>>;

/** Some terminals report no size, or nonsense. */
const [NARROWEST, USUAL] = [40, 80];

/** The number of columns of a terminal; undefined if the stream is not one, and lines have any length. */
export function widthOf({ isTTY = false, columns = 0 }: Stream): number | undefined {
  return isTTY ? Math.max(columns === 0 ? USUAL : columns, NARROWEST) : undefined;
}

/** Whether a line can be erased and written again. */
export function canRewrite({ isTTY = false }: Stream, { TERM }: Readonly<Record<string, string | undefined>>): boolean {
  return isTTY && TERM !== 'dumb';
}

/**
 * Whether a stream is written in color: with FORCE_COLOR as it says, else not with NO_COLOR (https://no-color.org) or a
 * terminal without colors, else if it is a terminal. Node.js has the same order (`tty.WriteStream.getColorDepth`).
 */
export function hasColor({ isTTY = false }: Stream, env: Readonly<Record<string, string | undefined>>): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = env;
  if (force !== undefined) return ['', '1', '2', '3', 'true'].includes(force);
  if (no || terminal === 'dumb') return false;
  return isTTY;
}

/**
 * Keeps the exit code if a reader such as `head` closes the pipe: what is written after that is lost. Any other error, such
 * as a full disk, is thrown once, although every later write fails too.
 */
export function tolerateClosedPipe(stream: NodeJS.WritableStream): void {
  let hasFailed = false;
  stream.on('error', (error) => {
    if (codeOf(error) === 'EPIPE' || hasFailed) return;
    hasFailed = true;
    throw error;
  });
}
