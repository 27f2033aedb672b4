/** Base64 of text, which SASL messages carry as UTF-8. */
export function encoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

/**
 * Reads base64 as RFC 4648 section 4 has it: with its padding, and nothing else in it.
 * @returns the octets, or undefined where it is anything else
 */
export function decoded(base64: string): Buffer | undefined {
  const octets = Buffer.from(base64, 'base64');
  return octets.toString('base64') === base64 ? octets : undefined;
}
