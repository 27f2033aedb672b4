/**
 * Every input that the runner passes, untrimmed: spaces and line breaks may belong to a password, and the places of
 * problems depend on them. The runner only warns about unknown inputs, so the plan rejects them. A variable `INPUT_*` that
 * the workflow sets itself looks the same. The runner writes names in upper case; a letter such as ß, which becomes two
 * letters in JavaScript, stays as it is.
 */
export function givenInputs(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([variable, text = '']) =>
      variable.startsWith('INPUT_') && !/[a-z]/.test(variable)
        ? [[variable.slice('INPUT_'.length).toLowerCase(), text]]
        : [],
    ),
  );
}
