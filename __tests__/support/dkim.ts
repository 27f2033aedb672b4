import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A signing key and its DNS record. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly pem: string;
  /** The TXT record (RFC 6376 section 3.6.1). */
  readonly record: string;
}

/** @param bits length of the RSA key */
export function signingKey(bits = 2048): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const p = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKey, pem, record: `v=DKIM1; k=rsa; p=${p}` };
}

/** The tags of a signature that a test changes; others have the usual value. */
export type Tags = Readonly<
  Partial<Record<'v' | 'a' | 'c' | 'd' | 's' | 'i' | 'q' | 'h' | 'l' | 'x' | 't' | 'bh', string>>
>;

/**
 * Signs a message (RFC 6376) with the canonicalization simple/simple, independent of the library under test.
 * @param message lines end in CR LF, no empty lines at the end
 * @returns the message with its signature on top
 */
export function signed(message: string, { privateKey }: SigningKey, tags: Tags = {}): string {
  const end = message.indexOf('\r\n\r\n');
  const body = message.slice(end + 4);
  const hash = tags.a?.endsWith('sha1') ? 'sha1' : 'sha256';
  const hashed = tags.l === undefined ? body : body.slice(0, Number(tags.l));
  const list = {
    v: '1',
    a: 'rsa-sha256',
    c: 'simple/simple',
    d: 'example.com',
    s: 'gate',
    h: 'From:Subject',
    bh: createHash(hash).update(hashed).digest('base64'),
    ...tags,
  };
  const own = `DKIM-Signature: ${Object.entries(list)
    .map(([tag, value]) => `${tag}=${value};`)
    .join(' ')} b=`;
  const fields = message.slice(0, end).split(/\r\n(?![ \t])/);
  const covered = list.h.split(':').flatMap((name) => {
    const field = fields.find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    return field === undefined ? [] : [`${field}\r\n`];
  });
  const signature = sign(hash, Buffer.from(covered.join('') + own), privateKey).toString('base64');
  return `${own}${signature}\r\n${message}`;
}
