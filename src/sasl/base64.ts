/** @returns the UTF-8 bytes of a text in base64 */
export function encodeBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/**
 * Decodes base64 strictly (RFC 4648 section 4): with its padding, and without any other character.
 * @returns the bytes, or undefined if the text is not base64
 */
export function decodeBase64(base64: string): Buffer | undefined {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}
