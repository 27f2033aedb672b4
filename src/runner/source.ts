import { resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, visit, type Pair, type Scalar } from 'yaml';
import type { Source } from '../plan/endpoint.js';
import type { Environment } from '../plan/source/expand.js';
import { readRegularFile } from '../plan/files/regular-file.js';
import type { SetBy } from '../plan/where-to-set.js';
import { jobIn, stepsOf } from './job.js';

/**
 * Finds an input of this action in the workflow file, so that annotations can point to it.
 * @param text its value, exactly as the runner passed it
 * @returns the workflow file and the line where the text begins; undefined if there is no checkout, if the text comes
 *   from an expression or from a different workflow, or if it occurs more than once
 */
export function locateInput(input: string, text: string, env: Environment): Source | undefined {
  if (text.trim() === '') return undefined;
  return inWorkflow(env, (file, workflow) => {
    const lines = linesOf(input, text, workflow);
    const [line] = lines;
    return line !== undefined && lines.length === 1 ? { file, line } : undefined;
  });
}

/**
 * Finds the expression that sets an input of this step, or an environment variable of it, in the workflow file.
 * @param inputs the values of all inputs, by which the step is recognized
 * @returns undefined if there is no checkout, if another text sets it, or if it is not known which step this is
 */
export function findSetting(
  where: 'with' | 'env',
  name: string,
  inputs: Readonly<Record<string, string>>,
  env: Environment,
): SetBy | undefined {
  return inWorkflow(env, (file, text) => {
    const counter = new LineCounter();
    const workflow = parseDocument(text, { lineCounter: counter });
    const job = jobIn(workflow, env);
    const [step, ...others] = stepsOf(job).filter((one) => hasInputs(one.get('with'), inputs));
    if (!step || others.length > 0) return undefined;
    // The innermost one counts.
    const scopes = where === 'with' ? [step] : [step, job, workflow];
    const [given] = scopes.flatMap((scope) => itemsOf(scope?.get(where)).filter(({ key }) => isSame(key, name, where)));
    if (!given || !isScalar(given.key) || !isScalar(given.value)) return undefined;
    const expression = String(given.value.value);
    const { line } = counter.linePos(given.key.range?.[0] ?? 0);
    return EXPRESSION.test(expression) ? { file, line, expression } : undefined;
  });
}

/** A reference, such as `${{ secrets.NAME }}`. Other expressions may contain a value that is not for a log. */
const EXPRESSION = /^\$\{\{ *[\w-]+(?:\.[\w-]+){1,4} *\}\}$/;

/** The names of inputs are case-insensitive. */
function isSame(key: unknown, name: string, where: 'with' | 'env'): boolean {
  const text = isScalar(key) ? String(key.value) : '';
  return where === 'with' ? text.toLowerCase() === name.toLowerCase() : text === name;
}

function itemsOf(mapping: unknown): Pair[] {
  return isMap(mapping) ? mapping.items : [];
}

/** Whether every text in a mapping that has no expression is the value of that input. */
function hasInputs(mapping: unknown, inputs: Readonly<Record<string, string>>): boolean {
  const items = itemsOf(mapping);
  return (
    items.length > 0 &&
    items.every(({ key, value }) => {
      if (!isScalar(key) || !isScalar(value)) return false;
      const text = String(value.value);
      return text.includes('${{') || inputs[String(key.value).toLowerCase()]?.trimEnd() === text.trimEnd();
    })
  );
}

/** What a function finds in the workflow file. What it finds is optional: no failure must fail the run. */
export function inWorkflow<T>(
  env: Environment,
  find: (file: string, workflow: string) => T | undefined,
): T | undefined {
  const file = workflowFile(env);
  if (file === undefined || env.GITHUB_WORKSPACE === undefined) return undefined;
  try {
    return find(file, readRegularFile(resolve(env.GITHUB_WORKSPACE, file)));
  } catch {
    return undefined;
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
