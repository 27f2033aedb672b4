/*
 * What of a wrong configuration may be shown. A secret gets anywhere by a slip: a URL with credentials for a host, a
 * blank left out after a key, a line in the wrong place. So a text is quoted where it looks like what belongs there,
 * and nowhere else.
 */

/** A mistyped word or number, such as `soon`, `-1`, `15s`, `2027-02-30` or `TLSv1.1`. */
const WORD = /^(?:[a-z_-]{1,40}|[+-]?\d[\d./-]{0,10}[a-z]{0,2}|TLSv?[\d.]{1,3})$/i;
const NAME = /^[\w.[\]:-]{1,60}$/;
/** No colon, only digits after it, a word after a name with a dot, or the colons of an IPv6 address. */
const COLONS =
  /^(?:[^:]*(?::\d{0,5})?|[\w-]+(?:\.[\w-]+)+:[a-z]{1,12}|\[?(?=[^:]*:[^:]*:)[\da-f.:]*\]?(?::\d{0,5})?)$/i;
/** The body of a PEM text, or a key in base64, without anything that says so. */
const BASE64 = /^[A-Za-z0-9+/]{40,}={0,2}$/;
const PATH_LENGTH = 200;

/** Whether a value may be quoted where a number or one of a few words belongs. */
export function isQuotableWord(text: string): boolean {
  return WORD.test(text);
}

/** Whether a value may be quoted where a host or an address belongs, with or without a port. */
export function isQuotableName(text: string): boolean {
  return NAME.test(text) && COLONS.test(text);
}

/** Whether a key may be quoted. */
export function isQuotableKey(key: string): boolean {
  return /^[\w-]{1,60}$/.test(key);
}

/**
 * What a file is called in a message.
 * @param path as the user wrote it; it is shown where it looks like a path
 */
export function fileName(path: string): string {
  const isPath = path.length <= PATH_LENGTH && /[./]/.test(path) && !path.includes('@') && !BASE64.test(path);
  return isPath ? path : 'the file that it names';
}
