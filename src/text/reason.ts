/**
 * The message of a thrown value, whatever was thrown: an error of this realm or another, a string, nothing.
 * @returns text of any origin, still to be escaped
 */
export function reasonOf(thrown: unknown): string {
  try {
    return String(typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown);
  } catch {
    return 'something that cannot be shown';
  }
}
