/*
 * Which parts of a wrong configuration errors may quote. A small mistake can put a secret anywhere: a URL with credentials
 * in place of a host, a missing space after a key. So a text is quoted only if it looks like a value that belongs there.
 */

/** A mistyped word or number, such as `soon`, `-1`, `15s`, `2027-02-30` or `TLSv1.1`. */
const WORD = /^(?:[a-z_-]{1,40}|[+-]?\d[\d./-]{0,10}[a-z]{0,2}|TLSv?[\d.]{1,3})$/i;
const NAME = /^[\w.[\]:-]{1,60}$/;
/** No colon, only digits after it, a word after a name with a dot, or the colons of an IPv6 address. */
const COLONS =
  /^(?:[^:]*(?::\d{0,5})?|[\w-]+(?:\.[\w-]+)+:[a-z]{1,12}|\[?(?=[^:]*:[^:]*:)[\da-f.:]*\]?(?::\d{0,5})?)$/i;
/** The body of a PEM text, or a key in base64, without its header. */
const BASE64 = /^[A-Za-z0-9+/]{40,}={0,2}$/;

export function isQuotableWord(text: string): boolean {
  return WORD.test(text);
}

/** A host or an IP address, with or without a port. */
export function isQuotableName(text: string): boolean {
  return NAME.test(text) && COLONS.test(text);
}

export function isQuotableKey(key: string): boolean {
  return /^[\w-]{1,60}$/.test(key);
}

/** The name of a file in an error. @param path as the user wrote it; shown only if it looks like a path */
export function fileName(path: string): string {
  const isPath = path.length <= 200 && /[./]/.test(path) && !path.includes('@') && !BASE64.test(path);
  return isPath ? path : 'the file';
}
