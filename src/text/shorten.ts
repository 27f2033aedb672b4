/** What a text takes in a report, in octets of JSON: what a stranger has said may take six times its own. */
export function octetsInJson(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

/**
 * Cuts a text that is too long, and says so.
 * @param text text of any origin
 * @param limit the most that may come back, in UTF-16 code units; 40 or more
 * @returns the text, or its beginning and how many characters are missing
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const note = (missing: number) => ` … (${missing} more characters)`;
  const kept = wholeCharacters(text, limit - note(text.length).length);
  return kept + note(text.length - kept.length);
}

/** The first `length` code units of a text, less half a surrogate pair at the end. */
function wholeCharacters(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/**
 * As much of a list that a server fills as a report has room for, in whole lines. A hundred long names of a certificate
 * fit, and more than twice what the longest EHLO answers seen have.
 */
const LIST_OCTETS = 8192;

/** As many lines of a list as have room, and how many there are beyond. */
export function shortenList(lines: readonly string[]): string[] {
  let room = LIST_OCTETS;
  const overflow = lines.findIndex((line) => (room -= octetsInJson(line)) < 0);
  return overflow < 0 ? [...lines] : [...lines.slice(0, overflow), `… and ${lines.length - overflow} more`];
}
