/** The size of a text in a report, in bytes of JSON: up to six times that of the text itself. */
export function bytesInJson(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/**
 * The text, or its beginning and how many characters are missing.
 * @param limit of what is returned, in UTF-16 code units; 40 or more
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const note = (missing: number) => ` … (${missing} more characters)`;
  // Without half a surrogate pair at the end.
  const beginning = text.slice(0, limit - note(text.length).length).replace(/[\ud800-\udbff]$/, '');
  return beginning + note(text.length - beginning.length);
}

/** The bytes of JSON that a report has for a list from a server: enough for a hundred long names of a certificate. */
const LIST_BYTES = 8192;

/** The lines of a list that fit into a report, and how many more there are. */
export function shortenList(lines: readonly string[]): string[] {
  let left = LIST_BYTES;
  const overflow = lines.findIndex((line) => (left -= bytesInJson(line)) < 0);
  return overflow < 0 ? [...lines] : [...lines.slice(0, overflow), `… and ${lines.length - overflow} more`];
}
