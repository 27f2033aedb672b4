/** What a text takes in a report, in bytes of JSON: up to six times as many as it has itself. */
export function bytesInJson(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/**
 * Cuts a text that is too long, and says so.
 * @param text text of any origin
 * @param limit the most that may be returned, in UTF-16 code units; 40 or more
 * @returns the text, or its beginning and how many characters are missing
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const note = (missing: number) => ` … (${missing} more characters)`;
  const beginning = wholeCharacters(text, limit - note(text.length).length);
  return beginning + note(text.length - beginning.length);
}

/** The first `length` code units of a text, without half a surrogate pair at the end. */
function wholeCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** A report has room for so much of a list that a server fills: a hundred long names of a certificate fit. */
const LIST_OCTETS = 8192;

/** As many lines of a list as fit, and how many more there are. */
export function shortenList(lines: readonly string[]): string[] {
  let room = LIST_OCTETS;
  const overflow = lines.findIndex((line) => (room -= bytesInJson(line)) < 0);
  return overflow < 0 ? [...lines] : [...lines.slice(0, overflow), `… and ${lines.length - overflow} more`];
}
