import { createPublicKey } from 'node:crypto';

/** The tags of a signature or a key by name (RFC 6376 section 3.2). */
export type Tags = ReadonlyMap<string, string>;

export function tagsOf(list: string): Tags {
  return new Map(
    list
      .replace(/\s/g, '')
      .split(';')
      .flatMap((tag): [string, string][] => {
        const equals = tag.indexOf('=');
        return equals < 0 ? [] : [[tag.slice(0, equals).toLowerCase(), tag.slice(equals + 1)]];
      }),
  );
}

/** What is wrong with the record of a DKIM key in DNS. */
export interface KeyProblem {
  readonly kind: 'several' | 'revoked' | 'cut-off' | 'record';
  readonly reason: string;
  /** The part of the record that shows it, as tools print the record. */
  readonly publishedKey?: string;
}

/** A string of a TXT record cannot be longer (RFC 1035 section 3.3.14). */
const STRING_LENGTH = 255;
/** Characters of a key that are enough to recognize it: the first 44 are the same for many keys. */
const RECOGNIZABLE = 78;
/** The same at its end. */
const END = 24;
/** Bytes of an Ed25519 key, which has no ASN.1 around it (RFC 8463 section 4). */
const ED25519_BYTES = 32;

/**
 * Why a key cannot be used (RFC 6376 section 3.6.1). The reason contains no text of the record.
 * @param records the strings of each TXT record
 * @returns undefined if there is no record, or the record is correct
 */
export function keyProblem(records: readonly (readonly string[])[]): KeyProblem | undefined {
  const [strings, ...others] = records;
  if (!strings) return undefined;
  if (others.length > 0) {
    return { kind: 'several', reason: 'the name of the key has several TXT records', ...partWith(strings, 'v') };
  }
  const record = strings.join('');
  const tags = tagsOf(record);
  const problem = (reason: string, tag: string): KeyProblem => ({ kind: 'record', reason, ...partWith(strings, tag) });
  if (record.includes('\\')) return problem('the key record in DNS contains backslashes', 'v');
  if (/["“”]/.test(record)) return problem('the key record in DNS contains quotation marks', 'v');
  const version = tags.get('v') ?? 'DKIM1';
  if (version.toUpperCase() !== 'DKIM1') return problem('the key record in DNS does not have v=DKIM1', 'v');
  const key = tags.get('p');
  if (key === undefined) return problem('the key record in DNS has no p=', 'v');
  if (key === '') return { kind: 'revoked', reason: 'the key is revoked: p= is empty', ...partWith(strings, 'p') };
  const type = tags.get('k')?.toLowerCase() ?? 'rsa';
  if (type !== 'rsa' && type !== 'ed25519') return problem('the key record in DNS has an unknown key type in k=', 'k');
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(key)) return problem('p= in the key record is not base64', 'p');
  const bytes = Buffer.from(key, 'base64');
  if (isCutOff(bytes)) return { kind: 'cut-off', reason: cutOff(strings), ...end(strings) };
  const actual = typeOf(bytes);
  if (actual === undefined) return problem('p= in the key record is not a public key', 'p');
  return actual === type ? undefined : problem('k= in the key record is not the type of the key', 'k');
}

function cutOff(strings: readonly string[]): string {
  return strings.length === 1 && strings[0]?.length === STRING_LENGTH
    ? `the key in DNS is cut off after ${STRING_LENGTH} characters`
    : 'the key in DNS is not complete';
}

/** Whether an ASN.1 sequence is shorter than it says. */
function isCutOff(bytes: Buffer): boolean {
  if (bytes.length === ED25519_BYTES || bytes[0] !== 0x30) return false;
  const first = bytes[1] ?? 0;
  if (first < 0x80) return bytes.length < first + 2;
  const size = first - 0x80;
  if (size < 1 || size > 2) return false;
  const start = 2 + size;
  return bytes.length < start || bytes.length < start + bytes.readUIntBE(2, size);
}

/** @returns undefined if it is not a key */
function typeOf(bytes: Buffer): string | undefined {
  if (bytes.length === ED25519_BYTES) return 'ed25519';
  try {
    return createPublicKey({ key: bytes, format: 'der', type: 'spki' }).asymmetricKeyType;
  } catch {
    return undefined;
  }
}

/** In one of the strings of the record, because tools print each of them in quotation marks. */
export function partWith(strings: readonly string[], tag: string): Pick<KeyProblem, 'publishedKey'> {
  const pattern = new RegExp(`(?<=^|[;\\s])${tag}=[A-Za-z\\d+/.-]*`);
  const [part] = strings.flatMap((string) => pattern.exec(string)?.[0] ?? []);
  return part === undefined ? {} : { publishedKey: part.slice(0, RECOGNIZABLE) };
}

/** Up to the quotation mark that tools print after it. */
function end(strings: readonly string[]): Pick<KeyProblem, 'publishedKey'> {
  const last = /^[A-Za-z\d+/=]+$/.exec(strings.at(-1)?.slice(-END) ?? '')?.[0];
  return last === undefined ? partWith(strings, 'p') : { publishedKey: `${last}"` };
}
