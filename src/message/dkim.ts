import { Readable } from 'node:stream';
import { codeOf } from '../net/connect.js';

/** What a DKIM signature comes to (RFC 8601 section 2.7.1). */
export type DkimVerdict = 'pass' | 'fail' | 'policy' | 'neutral' | 'temperror' | 'permerror';

/** One signature of a message. */
export interface DkimSignature {
  /** Who signed: `d=`. */
  readonly domain: string;
  /** Which of the domain's keys: `s=`. */
  readonly selector: string;
  /** Whether the domain and that of From belong to one organisation. */
  readonly aligned: boolean;
  readonly verdict: DkimVerdict;
  /** Why it is no pass. */
  readonly reason?: string;
}

/** Where a verification gets from what the message does not have in it. */
export interface DkimTerms {
  /** The TXT records of a name, as in {@link TextResolver}; bounded in time by whoever gives it. */
  readonly lookup: (name: string) => Promise<string[][]>;
  readonly now: Date;
}

/** RFC 6376 section 6.1 lets a verifier bound how many signatures it tries; the newest stand on top. */
const MAX_SIGNATURES = 8;
/** Characters of a signature, and of all there is of From. */
const MAX_FIELD = 8192;
const MAX_HEADER = 128 * 1024;
const MAX_HEADER_LINES = 4096;

/**
 * Verifies the DKIM signatures of a message (RFC 6376), by mailauth. What the RFCs forbid and the library lets pass
 * is taken out before: `rsa-sha1` (RFC 8301), a From that is not signed, an `l=` beyond the end of the body.
 * @param source header and body; line ends are made CR LF, as inboxes may have changed them
 * @returns what each signature comes to; none where the message has none
 */
export async function verifySignatures(source: Buffer, { lookup, now }: DkimTerms): Promise<readonly DkimSignature[]> {
  const { fields, body } = split(source);
  const signatures = fields.filter(({ name }) => name === 'dkim-signature').slice(0, MAX_SIGNATURES);
  const objections = new Map(
    signatures.flatMap((field): [Field, DkimSignature][] => {
      const found = objection(field.text, body);
      return found ? [[field, found]] : [];
    }),
  );
  const sound = signatures.filter((field) => !objections.has(field));
  if (sound.length === 0) return [...objections.values()];

  const header = fields.filter(
    (field) => !isOfNoUse(field) && (field.name !== 'dkim-signature' || sound.includes(field)),
  );
  if (isTooLarge(header)) {
    const unverified = sound.map(({ text }) => unfit(text, 'neutral', 'the header is too large to verify'));
    return [...unverified, ...objections.values()];
  }
  const message = [...header.map(({ text }) => text), '', body].join('\r\n');
  const { dkimVerify } = await import('mailauth/lib/dkim/verify.js');
  // In one piece: the library reads a line that spans several of them again with each.
  const { results } = await dkimVerify(Readable.from([Buffer.from(message, 'latin1')]), {
    resolver: keysOf(lookup),
    curTime: now,
  });
  const verified = results.filter(({ status }) => status.result !== 'none').map(verdictOf);
  return [...verified, ...objections.values()];
}

/** A field of the header, exactly as it is there. */
interface Field {
  /** In lower case. */
  readonly name: string;
  /** Name and value with their folds, one character an octet. */
  readonly text: string;
}

function split(source: Buffer): { fields: readonly Field[]; body: string } {
  const message = source.toString('latin1').replace(/\r?\n/g, '\r\n');
  const end = message.indexOf('\r\n\r\n');
  const header = end < 0 ? message : message.slice(0, end);
  const fields = header
    .split(/\r\n(?![ \t])/)
    .map((text) => ({ name: text.slice(0, text.indexOf(':')).trim().toLowerCase(), text }));
  return { fields, body: end < 0 ? '' : message.slice(end + 4) };
}

/** Seals (RFC 8617), which the library would count among the signatures, and what no author can sign. */
function isOfNoUse({ name }: Field): boolean {
  return name.startsWith('arc-') || name === 'return-path';
}

/** The library's time grows with the square of these. */
function isTooLarge(header: readonly Field[]): boolean {
  const text = header.map((field) => field.text).join('\n');
  const from = header.filter(({ name }) => name === 'from').map((field) => field.text);
  return text.length > MAX_HEADER || text.split('\n').length > MAX_HEADER_LINES || from.join().length > MAX_FIELD;
}

/** What makes a signature worthless before any key is looked up. */
function objection(field: string, body: string): DkimSignature | undefined {
  if (field.length > MAX_FIELD) return unfit(field.slice(0, MAX_FIELD), 'neutral', 'it is too long');
  const tags = tagsOf(field);
  const algorithm = tags.get('a')?.toLowerCase() ?? '';
  if (algorithm === 'rsa-sha1') return unfit(field, 'policy', 'rsa-sha1 must no longer be used (RFC 8301)');
  if (!/^(?:rsa|ed25519)-sha256$/.test(algorithm) || !tags.get('d') || !tags.get('s')) {
    return unfit(field, 'neutral', 'it has no known algorithm, domain and selector');
  }
  if (!tags.get('h')?.toLowerCase().split(':').includes('from')) return unfit(field, 'permerror', 'From is not signed');
  const canonicalization = tags.get('c')?.toLowerCase() ?? '';
  const length = tags.get('l');
  if (length === undefined) return undefined;
  const octets = /^\d{1,76}$/.test(length) ? Number(length) : Infinity;
  return octets > canonicalLength(body, canonicalization)
    ? unfit(field, 'permerror', 'l= is beyond the end of the body')
    : undefined;
}

/** The tags of a signature (RFC 6376 section 3.2), without blanks. */
function tagsOf(field: string): Map<string, string> {
  const list = field.slice(field.indexOf(':') + 1).replace(/\s/g, '');
  return new Map(
    list.split(';').flatMap((tag): [string, string][] => {
      const equals = tag.indexOf('=');
      return equals < 0 ? [] : [[tag.slice(0, equals).toLowerCase(), tag.slice(equals + 1)]];
    }),
  );
}

/** Octets of the body as it is hashed (RFC 6376 section 3.4). */
function canonicalLength(body: string, canonicalization: string): number {
  const isRelaxed = canonicalization.endsWith('/relaxed');
  const lines = isRelaxed ? body.replace(/[ \t]+/g, ' ').replace(/ \r\n/g, '\r\n') : body;
  let end = lines.length;
  while (lines.endsWith('\r\n', end)) end -= 2;
  return end === 0 && isRelaxed ? 0 : end + 2;
}

function unfit(field: string, verdict: DkimVerdict, reason: string): DkimSignature {
  const tags = tagsOf(field);
  return { domain: tags.get('d') ?? '', selector: tags.get('s') ?? '', aligned: false, verdict, reason };
}

/** A name that cannot be asked for has no key either. */
function keysOf(lookup: DkimTerms['lookup']): (name: string) => Promise<string[][]> {
  return async (name) => {
    try {
      return await lookup(name);
    } catch (error) {
      const code = codeOf(error);
      throw Object.assign(new Error(code), { code: code === 'EBADNAME' ? 'ENOTFOUND' : code });
    }
  };
}

interface LibraryResult {
  readonly signingDomain: string;
  readonly selector?: string;
  readonly status: { readonly result: string; readonly comment?: string; readonly aligned?: unknown };
}

/** What the library calls neutral and RFC 8601 does not, by the library's comment. */
const NOT_NEUTRAL: Readonly<Record<string, DkimVerdict>> = {
  'body hash did not verify': 'fail',
  expired: 'fail',
  'invalid expiration': 'permerror',
  'no key': 'permerror',
  'unknown key version': 'permerror',
  'unknown key type': 'permerror',
  'invalid public key': 'permerror',
};

const VERDICTS: readonly DkimVerdict[] = ['pass', 'fail', 'policy', 'neutral', 'temperror', 'permerror'];

function verdictOf({ signingDomain, selector = '', status }: LibraryResult): DkimSignature {
  const { result, comment = 'the key is too short' } = status;
  const verdict = NOT_NEUTRAL[comment] ?? VERDICTS.find((one) => one === result) ?? 'neutral';
  return {
    domain: signingDomain,
    selector,
    aligned: Boolean(status.aligned),
    verdict,
    ...(verdict !== 'pass' && { reason: comment }),
  };
}
