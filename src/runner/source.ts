import { resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, visit, type Scalar } from 'yaml';
import type { Source } from '../plan/endpoint.js';
import type { Environment } from '../plan/source/expand.js';
import { readRegularFile } from '../plan/regular-file.js';

/**
 * Finds an input of this action in the workflow file, so that annotations can point to it.
 * @param text its value, exactly as the runner passed it
 * @returns the workflow file and the line where the text begins; undefined if there is no checkout, if the text comes
 *   from an expression or from a different workflow, or if it occurs more than once
 */
export function locateInput(input: string, text: string, env: Environment): Source | undefined {
  const file = workflowFile(env);
  if (file === undefined || env.GITHUB_WORKSPACE === undefined || text.trim() === '') return undefined;
  try {
    const lines = linesOf(input, text, readRegularFile(resolve(env.GITHUB_WORKSPACE, file)));
    const [line] = lines;
    return line !== undefined && lines.length === 1 ? { file, line } : undefined;
  } catch {
    return undefined; // The location is optional: a file that cannot be read or parsed must not fail the run.
  }
}

/** The path of the workflow, from `owner/name/path@ref`; undefined if it is in a different repository. */
function workflowFile({ GITHUB_WORKFLOW_REF: ref, GITHUB_REPOSITORY: repository }: Environment): string | undefined {
  if (!ref || !repository || !ref.startsWith(`${repository}/`)) return undefined;
  return /^\.github\/workflows\/[^/]+?\.ya?ml(?=@)/.exec(ref.slice(repository.length + 1))?.[0];
}

/** The first lines of all `with.<input>` in a workflow whose value is the text. */
function linesOf(input: string, text: string, workflow: string): (number | undefined)[] {
  const counter = new LineCounter();
  const found: (number | undefined)[] = [];
  visit(parseDocument(workflow, { lineCounter: counter }), {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'with' || !isMap(value)) return;
      for (const given of value.items) {
        // The names of inputs are case-insensitive.
        if (!isScalar(given.key) || String(given.key.value).toLowerCase() !== input.toLowerCase()) continue;
        if (isScalar(given.value) && String(given.value.value).trimEnd() === text.trimEnd()) {
          found.push(firstLine(given.value, counter));
        }
      }
    },
  });
  return found;
}

/**
 * The line where the text of a scalar begins. A block scalar begins on the line below its indicator. Undefined if the
 * lines of the text are not lines of the file, as in a folded scalar.
 */
function firstLine({ range, type, value }: Scalar, counter: LineCounter): number | undefined {
  if (!range || (type !== 'BLOCK_LITERAL' && String(value).trimEnd().includes('\n'))) return undefined;
  const { line } = counter.linePos(range[0]);
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? line + 1 : line;
}
