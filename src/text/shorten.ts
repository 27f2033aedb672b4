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
