/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its references to the environment replaced. */
export interface Expansion {
  readonly text: string;
  /** Whether a value of the environment is in the text, which may then be a secret. */
  readonly expanded: boolean;
  /** What is wrong with the references, in words that quote no value. */
  readonly errors: readonly string[];
}

const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?/g;

/**
 * Variables that belong to the runner and Node.js. The runner passes a token to every JavaScript action in
 * `ACTIONS_RUNTIME_TOKEN`, even to one that does not need it. Names of environment variables are case-insensitive on
 * Windows.
 */
const RESERVED = /^(?:ACTIONS|GITHUB|INPUT|RUNNER|NODE)_/i;

/**
 * Replaces each `${NAME}` by the environment variable NAME, and each `$${` by a literal `${`. One pass: the value of a
 * variable is not expanded again. A variable that is reserved or not set, and any other `${`, is an error.
 */
export function expand(text: string, env: Environment): Expansion {
  const errors: string[] = [];
  let expanded = false;
  const result = text.replace(REFERENCE, (match, name: string | undefined) => {
    if (match === '$${') return '${';
    if (name === undefined) {
      errors.push('malformed ${: write ${NAME} for the environment variable NAME, or $${ for a literal ${');
      return match;
    }
    if (RESERVED.test(name)) {
      errors.push(
        `the environment variable ${name} is reserved for the runner and Node.js; to use its value here, pass it under another name with env: of the step`,
      );
      return match;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) errors.push(`the environment variable ${name} is not set`);
    expanded = true;
    return value ?? '';
  });
  return { text: result, expanded, errors };
}

/** Keys whose values are sent unencrypted or shown in the log and the summary: no variable is expanded in them. */
export const LITERAL_KEYS: readonly string[] = ['name', 'ehlo', 'environment'];

const NOT_EXPANDED =
  'environment variables are not expanded in name, ehlo and environment, which are sent unencrypted or shown; for a literal ${ write $${';

/** Reads the value of one of LITERAL_KEYS: `$${` is a literal `${`, and any other `${` is an error. */
export function literal(text: string): Expansion {
  const errors = new Set<string>();
  const result = text.replace(REFERENCE, (match) => {
    if (match === '$${') return '${';
    errors.add(NOT_EXPANDED);
    return match;
  });
  return { text: result, expanded: false, errors: [...errors] };
}
