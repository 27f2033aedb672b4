export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\})?/g;

/**
 * Variables of the runner and of Node.js. The runner passes a token to every JavaScript action in `ACTIONS_RUNTIME_TOKEN`.
 * Names of environment variables are case-insensitive on Windows.
 */
const RESERVED = /^(?:ACTIONS|GITHUB|INPUT|RUNNER|NODE)_/i;

/** Keys whose values are sent unencrypted, or shown in the log and the summary. Variables are not expanded in them. */
export const LITERAL_KEYS: readonly string[] = ['name', 'ehlo', 'environment'];

const NOT_EXPANDED =
  'environment variables are not expanded in name, ehlo and environment, which are sent unencrypted or shown; for a literal ${ write $${';

/**
 * Replaces each `${NAME}` by the environment variable NAME, and each `$${` by a literal `${`. One pass: the value of a
 * variable is not expanded again. A variable that is reserved or not set, and any other `${`, is an error. Errors quote no
 * value.
 * @param env undefined if the values do not matter yet: then no variable counts as not set
 * @param isLiteral whether the text is the value of one of {@link LITERAL_KEYS}, where any `${` is an error
 * @returns `expanded`: whether the text contains a value of the environment, which may be a secret
 */
export function expand(text: string, env: Environment | undefined, isLiteral = false) {
  const errors = new Set<string>();
  let expanded = false;
  const result = text.replace(REFERENCE, (match, name: string | undefined) => {
    if (match === '$${') return '${';
    const error = isLiteral ? NOT_EXPANDED : errorIn(name);
    if (error !== undefined) {
      errors.add(error);
      return match;
    }
    expanded = true;
    if (!env) return match;
    const value = name !== undefined && Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) errors.add(`the environment variable ${name} is not set`);
    return value ?? '';
  });
  return { text: result, expanded, errors: [...errors] };
}

/** @param name undefined if the reference is malformed */
function errorIn(name: string | undefined): string | undefined {
  if (name === undefined)
    return 'malformed ${: write ${NAME} for the environment variable NAME, or $${ for a literal ${';
  return RESERVED.test(name)
    ? `the environment variable ${name} is reserved for the runner and Node.js; to use its value here, pass it under a different name`
    : undefined;
}
