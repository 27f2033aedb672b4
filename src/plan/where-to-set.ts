import type { inputShape } from './schema/input-keys.js';
import type { Source } from './endpoint.js';
import type { Hints, Problem, Unset } from './source/problem.js';

/* Where a missing value has to be set: it depends on where the gate runs. */

/** Inputs that a terminal reads from the environment: every user of the machine can read a command line. */
export const FROM_ENVIRONMENT: readonly (keyof typeof inputShape)[] = ['password', 'access-token', 'inbox-password'];

/** The environment variable that is an input in a terminal. */
export function variableOf(input: string): string {
  return `STARTTLS_GATE_${input.toUpperCase().replaceAll('-', '_')}`;
}

/** An input, as a terminal knows it: an option or an environment variable. */
export function inTerminal(input: string): string {
  return (FROM_ENVIRONMENT as readonly string[]).includes(input) ? variableOf(input) : `--${input}`;
}

/** Hints for an input that is missing or empty. @param inputs alternatives */
export function hintsOfInputs(inputs: readonly string[]): Hints {
  return {
    workflow: `. Set ${inputs.join(' or ')} in with: of the step`,
    terminal: `. Set ${inputs.map(inTerminal).join(' or ')}`,
    unset: { in: 'with', names: inputs },
  };
}

/** Hints for a text that is empty because of its environment variables. */
export function hintsOfVariables(template: string): Hints {
  const names = [...new Set([...template.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))];
  const set = `. Set the environment variable ${names.join(' or ')}`;
  return { workflow: `${set} in env: of the step`, terminal: set, unset: { in: 'env', names } };
}

/**
 * Hints for an empty text, where an expression such as `${{ secrets.NAME }}` may have been.
 * @param inputs those that may be empty
 */
export function hintsOfEmptyText(inputs: readonly string[]): Hints {
  return { workflow: '', terminal: '', unset: { in: 'with', names: inputs } };
}

/** Hints for credentials that are required but not set anywhere. */
export const HINTS_OF_CREDENTIALS: Hints = {
  workflow: `. Set auth.username and auth.password, or the inputs username and password`,
  terminal: `. Set auth.username and auth.password, or ${inTerminal('username')} and ${inTerminal('password')}`,
  unset: { in: 'with', names: ['username', 'password'] },
};

/** An expression that sets a value in the workflow, and its line. */
export interface SetBy extends Source {
  /** Such as `${{ secrets.NAME }}`. */
  readonly expression: string;
}

/** Finds the expression in the workflow that sets an input of this step, or an environment variable. */
export type FindSetting = (where: Unset['in'], name: string) => SetBy | undefined;

/**
 * The problem of a value that is empty in a workflow, with what is known about why.
 * @param event such as `pull_request`; undefined if it is not known
 */
export function whyEmpty(problem: Problem, unset: Unset, find: FindSetting, event: string | undefined): Problem {
  for (const name of unset.names) {
    const setBy = find(unset.in, name);
    if (!setBy) continue;
    const { file, line, expression } = setBy;
    const message = `${problem.message}. This line sets ${name} to ${expression}${remedyFor(expression)}`;
    return { message, file, line };
  }
  const { message, hints } = problem;
  const isFork = event === undefined || event.startsWith('pull_request');
  const empty = `A secret that does not exist is empty${isFork ? ', and so is every secret in a pull request from a fork' : ''}`;
  return { ...problem, message: `${message}${hints?.workflow ?? ''}. ${empty}` };
}

const KINDS: Readonly<Record<string, string>> = { secrets: 'secret', vars: 'variable' };

function remedyFor(expression: string): string {
  const [, context = '', name = ''] = /^\$\{\{ *(secrets|vars)\.([\w-]+) *\}\}$/.exec(expression) ?? [];
  const kind = KINDS[context];
  if (kind === undefined) return '';
  return `. Check that a ${kind} with the name ${name} exists in the repository, the organization or the environment of the job, and has a value`;
}
