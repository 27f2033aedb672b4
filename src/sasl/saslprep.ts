/** What SASLprep leaves as it is, which is nearly every name and password. */
const PLAIN_ASCII = /^[\x20-\x7e]*$/;

/**
 * Prepares a name or a password as SCRAM wants it (SASLprep, RFC 4013), so that the same characters typed in another
 * way come to the same octets. What SASLprep prohibits, such as characters younger than Unicode 3.2, stays as it is:
 * the servers in use do the same, and a password with an emoji in it works.
 */
export async function prepared(text: string): Promise<string> {
  if (PLAIN_ASCII.test(text)) return text;
  const { saslprep } = await import('@mongodb-js/saslprep');
  try {
    return saslprep(text);
  } catch {
    return text;
  }
}
