import type { inputShape } from './schema/input-keys.js';
import type { Hints } from './source/problem.js';

/* Where a missing value has to be set: it depends on where the gate runs. */

/** Inputs that a terminal reads from the environment: every user of the machine can read a command line. */
export const FROM_ENVIRONMENT: readonly (keyof typeof inputShape)[] = ['password', 'access-token', 'inbox-password'];

const EMPTY_SECRETS = 'A secret that does not exist is empty, and so is every secret in a pull request from a fork';

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
    workflow: `. Set ${inputs.join(' or ')} in with: of the step. ${EMPTY_SECRETS}`,
    terminal: `. Set ${inputs.map(inTerminal).join(' or ')}`,
  };
}

/** Hints for a text that is empty because of its environment variables. */
export function hintsOfVariables(template: string): Hints {
  const names = [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  const set = `. Set the environment variable ${[...new Set(names)].join(' or ')}`;
  return { workflow: `${set} in env: of the step. ${EMPTY_SECRETS}`, terminal: set };
}

/** Hints for an empty text in an input, where an expression such as `${{ secrets.NAME }}` may have been. */
export const HINTS_OF_EMPTY_TEXT: Hints = { workflow: `. ${EMPTY_SECRETS}`, terminal: '' };

/** Hints for credentials that are required but not set anywhere. */
export const HINTS_OF_CREDENTIALS: Hints = {
  workflow: `. Set auth.username and auth.password, or the inputs username and password. ${EMPTY_SECRETS}`,
  terminal: `. Set auth.username and auth.password, or ${inTerminal('username')} and ${inTerminal('password')}`,
};
