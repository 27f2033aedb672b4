/**
 * What a thrown value says for itself, whatever was thrown: an error of this realm or another, a string, nothing.
 * @returns text of any origin, which is still to be made safe for where it goes
 */
export function reasonOf(thrown: unknown): string {
  try {
    return String(typeof thrown === 'object' && thrown !== null && 'message' in thrown ? thrown.message : thrown);
  } catch {
    return 'something that cannot be shown';
  }
}
