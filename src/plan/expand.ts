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
 * Replaces each `${NAME}` by the environment variable NAME, and each `$${` by a literal `${`. One pass: what a
 * variable brings in is not looked at again. A variable that is not set, and any other `${`, is an error.
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
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) errors.push(`the environment variable ${name} is not set`);
    expanded = true;
    return value ?? '';
  });
  return { text: result, expanded, errors };
}
