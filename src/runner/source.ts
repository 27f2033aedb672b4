import { resolve } from 'node:path';

import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Scalar } from 'yaml';

import type { Source } from '../plan/endpoint.js';
import { readRegularFileSync } from '../plan/regular-file.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Finds the place of an input in the workflow file, for annotations.
 * @param input the name of the input
 * @param text its value, exactly as the runner passed it
 * @param env the environment of the runner
 * @returns the workflow file and the line on which the text begins; undefined if there is no checkout, if the text comes
 * from an expression or from another workflow, or if it occurs more than once
 */
export function locateInput(input: string, text: string, env: Environment): Source | undefined {
  const file = workflowFile(env);
  if (file === undefined || env.GITHUB_WORKSPACE === undefined || text.trim() === '') return undefined;
  try {
    const lines = linesOf(input, text, readRegularFileSync(resolve(env.GITHUB_WORKSPACE, file)));
    const [line] = lines;
    return line !== undefined && lines.length === 1 ? { file, line } : undefined;
  } catch {
    return undefined; // An annotation without a place is better than a gate that fails.
  }
}

/** The path of the workflow, from `owner/name/path@ref`. Undefined if it is in another repository. */
function workflowFile({ GITHUB_WORKFLOW_REF: ref, GITHUB_REPOSITORY: repository }: Environment): string | undefined {
  if (!ref || !repository || !ref.startsWith(`${repository}/`)) return undefined;
  return /^\.github\/workflows\/[^/]+?\.ya?ml(?=@)/.exec(ref.slice(repository.length + 1))?.[0];
}

/** The lines on which the text begins, for every `with.<input>` of a workflow that has it. */
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
 * The line on which the text of a scalar begins. For a block scalar, it is the line below the indicator. Undefined if the
 * lines of the text are not those of the file, as in a folded scalar.
 */
function firstLine({ range, type, value }: Scalar, counter: LineCounter): number | undefined {
  if (!range || (type !== 'BLOCK_LITERAL' && String(value).trimEnd().includes('\n'))) return undefined;
  const { line } = counter.linePos(range[0]);
  return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? line + 1 : line;
}
