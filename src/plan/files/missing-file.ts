import { codeOf } from '../../text/reason.js';
import type { Surface } from '../source/problem.js';

type ReadFile = (path: string) => string;

/** What to check if a file that the configuration names does not exist. */
const MISSING = {
  workflow:
    'no such file; the path is relative to the root of the repository, which a step with `actions/checkout` must check out first',
  terminal: 'no such file; the path is relative to the current folder',
} as const satisfies Record<Surface, string>;

/** The same as `readFile`, but the `code` of the error says what to check if there is no such file. */
export function explainingMissing(readFile: ReadFile, surface: Surface): ReadFile {
  return (path) => {
    try {
      return readFile(path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      throw Object.assign(new Error(MISSING[surface]), { code: MISSING[surface] });
    }
  };
}
