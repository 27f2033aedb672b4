/** The message of any thrown value, including an error from a different realm. The caller must escape it. */
export function reasonOf(thrown: unknown): string {
  try {
    return String(typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown);
  } catch {
    return 'something that cannot be shown';
  }
}

/** The code of an error from any realm, such as `ECONNREFUSED` or `not a regular file`; `unknown` if it has none. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown';
}
