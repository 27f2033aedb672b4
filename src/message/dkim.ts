import { Readable } from 'node:stream';
import { codeOf } from '../text/reason.js';
import { keyProblem, partWith, tagsOf, type KeyProblem, type Tags } from './dkim-key.js';
import { headerAndBody } from './fields.js';
import { LF } from './lines.js';

/** RFC 8601 section 2.7.1. */
const VERDICTS = ['pass', 'fail', 'policy', 'neutral', 'temperror', 'permerror'] as const;
type DkimVerdict = (typeof VERDICTS)[number];

export interface DkimSignature {
  /** `d=`. */
  readonly domain: string;
  /** `s=`. */
  readonly selector: string;
  /** Whether the domain and that of From belong to one organization. */
  readonly aligned: boolean;
  readonly verdict: DkimVerdict;
  /** Why it is not a pass. */
  readonly reason?: string;
  /** What is wrong with the record of its key. */
  readonly keyProblem?: KeyProblem['kind'];
  /** The part of that record that shows it, or the beginning of a key that does not verify the signature (`p=…`). */
  readonly publishedKey?: string;
}

interface DkimTerms {
  /** The TXT records of a name, as in {@link TextResolver}. It must have a time limit. */
  readonly lookup: (name: string) => Promise<string[][]>;
  readonly now: Date;
}

/** A verifier may limit how many signatures it tries (RFC 6376 section 6.1); the newest are on top. */
const MAX_SIGNATURES = 8;
/** Characters of a signature, and of all From fields. */
const MAX_FIELD = 8192;
const MAX_HEADER = 128 * 1024;
const MAX_HEADER_LINES = 4096;
/** Short lines of a message. A line of an attachment has 78 bytes. */
const MAX_SHORT_LINES = 4096;
const USUAL_LINE = 64;

/**
 * Verifies the DKIM signatures of a message (RFC 6376) with mailauth. What the RFCs forbid but the library accepts is
 * rejected before: `rsa-sha1` (RFC 8301), a From that is not signed, an `l=` beyond the end of the body, a different
 * version, an identity outside the domain, a key for a different purpose.
 * @param source header and body; line ends become CR LF, as inboxes may have changed them
 */
export async function verifySignatures(source: Buffer, { lookup, now }: DkimTerms): Promise<readonly DkimSignature[]> {
  const parts = headerAndBody(source);
  const fields = fieldsOf(parts.header);
  const tried = fields
    .filter(({ name }) => name === 'dkim-signature')
    .slice(0, MAX_SIGNATURES)
    .map((field) => ({ field, tags: tagsOf(field.text.slice(0, MAX_FIELD).replace(/^[^:]*:/, '')) }));
  if (hasTooManyLines(source)) {
    return tried.map(({ tags }) => unfit(tags, 'neutral', 'the message has too many lines to verify'));
  }
  const body = withCrLf(parts.body);
  const answers: Answers = new Map();
  const signatures = await Promise.all(
    tried.map(async ({ field, tags }) => {
      return { field, tags, found: objection(field.text, tags, body) ?? (await objectionToKey(tags, answers, lookup)) };
    }),
  );
  const objections = signatures.flatMap(({ found }) => found ?? []);
  const sound = signatures.filter(({ found }) => found === undefined);
  if (sound.length === 0) return objections;

  const header = fields.filter(
    (field) =>
      !isIrrelevant(field) && (field.name !== 'dkim-signature' || sound.some((signature) => signature.field === field)),
  );
  if (isTooLarge(header)) {
    const unverified = sound.map(({ tags }) => unfit(tags, 'neutral', 'the header is too large to verify'));
    return [...unverified, ...objections];
  }
  const message = [...header.map(({ text }) => text), '', body].join('\r\n');
  const { dkimVerify } = await import('mailauth/lib/dkim/verify.js');
  // In one chunk: the library reads a line again with each chunk that it spans.
  const { results } = await dkimVerify(Readable.from([Buffer.from(message, 'latin1')]), {
    resolver: async (name) => answers.get(name) ?? [],
    curTime: now,
  });
  const verified = results
    .filter(({ status }) => status.result !== 'none')
    .map(verdictOf)
    // Whatever the record of one key contains, each verdict stays.
    .map((signature) => explained(signature, answers).catch(() => signature));
  return [...(await Promise.all(verified)), ...objections];
}

interface Field {
  /** In lower case. */
  readonly name: string;
  /** Name and value with their folds, one character per byte. */
  readonly text: string;
}

function fieldsOf(header: Buffer): readonly Field[] {
  return withCrLf(header)
    .replace(/\r\n$/, '')
    .split(/\r\n(?![ \t])/)
    .map((text) => ({ name: text.slice(0, text.indexOf(':')).trim().toLowerCase(), text }));
}

/** @returns one character per byte */
function withCrLf(text: Buffer): string {
  return text.toString('latin1').replace(/\r?\n/g, '\r\n');
}

/** ARC seals (RFC 8617), which the library would count as signatures, and a field that no author can sign. */
function isIrrelevant({ name }: Field): boolean {
  return name.startsWith('arc-') || name === 'return-path';
}

/** The library's time grows with the square of these. */
function isTooLarge(header: readonly Field[]): boolean {
  const text = header.map((field) => field.text).join('\n');
  const from = header.filter(({ name }) => name === 'from').map((field) => field.text);
  return text.length > MAX_HEADER || text.split('\n').length > MAX_HEADER_LINES || from.join().length > MAX_FIELD;
}

/** Each line costs the library time and memory, however short it is. */
function hasTooManyLines(source: Buffer): boolean {
  const most = MAX_SHORT_LINES + source.length / USUAL_LINE;
  let lines = 0;
  for (let at = source.indexOf(LF); at >= 0 && lines <= most; at = source.indexOf(LF, at + 1)) lines += 1;
  return lines > most;
}

/** Why a signature is invalid, if that is known without its key. */
function objection(field: string, tags: Tags, body: string): DkimSignature | undefined {
  if (field.length > MAX_FIELD) return unfit(tags, 'neutral', 'it is too long');
  if (tags.get('v') !== '1') return unfit(tags, 'permerror', 'its version is not 1');
  const algorithm = tags.get('a')?.toLowerCase() ?? '';
  if (algorithm === 'rsa-sha1') return unfit(tags, 'policy', 'rsa-sha1 must no longer be used (RFC 8301)');
  if (!/^(?:rsa|ed25519)-sha256$/.test(algorithm) || !tags.get('d') || !tags.get('s')) {
    return unfit(tags, 'neutral', 'it has no known algorithm, domain and selector');
  }
  if (!lists(tags.get('h'), 'from')) return unfit(tags, 'permerror', 'From is not signed');
  if (!lists(tags.get('q') ?? 'dns/txt', 'dns/txt')) return unfit(tags, 'permerror', 'its key is not in DNS');
  const { domain, identity } = signerOf(tags);
  if (!`.${identity}`.endsWith(`.${domain}`)) return unfit(tags, 'permerror', 'i= is not at or under d=');
  const canonicalization = tags.get('c')?.toLowerCase() ?? 'simple/simple';
  if (!/^(?:simple|relaxed)(?:\/(?:simple|relaxed))?$/.test(canonicalization)) {
    return unfit(tags, 'permerror', 'its canonicalization is not known');
  }
  const length = tags.get('l');
  if (length === undefined) return undefined;
  const bytes = /^\d{1,76}$/.test(length) ? Number(length) : Infinity;
  return bytes > canonicalLength(body, canonicalization)
    ? unfit(tags, 'permerror', 'l= is beyond the end of the body')
    : undefined;
}

/** RFC 6376 sections 3.6.1 and 6.1.2. The library handles a missing or malformed key. */
async function objectionToKey(
  tags: Tags,
  answers: Answers,
  lookup: DkimTerms['lookup'],
): Promise<DkimSignature | undefined> {
  const name = `${tags.get('s')}._domainkey.${tags.get('d')}`;
  const answer = answers.get(name) ?? lookUp(lookup, name);
  answers.set(name, answer);
  const [strings = []] = await answer.catch(() => []);
  const key = tagsOf(strings.join(''));
  if (!lists(key.get('h') ?? 'sha256', 'sha256'))
    return {
      ...unfit(tags, 'permerror', 'its key is not for SHA-256'),
      keyProblem: 'record',
      ...partWith(strings, 'h'),
    };
  if (!lists(key.get('s') ?? '*', '*', 'email'))
    return { ...unfit(tags, 'permerror', 'its key is not for mail'), keyProblem: 'record', ...partWith(strings, 's') };
  const { domain, identity } = signerOf(tags);
  if (!lists(key.get('t'), 's') || identity === domain) return undefined;
  return unfit(tags, 'permerror', 'i= is not at d=, which its key requires (t=s)');
}

/** Who signed, in lower case: `d=`, and the domain of `i=`, which may be a subdomain. */
function signerOf(tags: Tags): { domain: string; identity: string } {
  const domain = tags.get('d')?.toLowerCase() ?? '';
  const [, identity = ''] = /@([^@]*)$/.exec(tags.get('i')?.toLowerCase() ?? `@${domain}`) ?? [];
  return { domain, identity };
}

/** Whether a list (`a:b`) has any of these lower-case items. */
function lists(list: string | undefined, ...expected: readonly string[]): boolean {
  return (
    list
      ?.toLowerCase()
      .split(':')
      .some((item) => expected.includes(item)) ?? false
  );
}

/** Bytes of the body as it is hashed (RFC 6376 section 3.4). */
function canonicalLength(body: string, canonicalization: string): number {
  const isRelaxed = canonicalization.endsWith('/relaxed');
  const lines = isRelaxed ? body.replace(/[ \t]+/g, ' ').replace(/ \r\n/g, '\r\n') : body;
  let end = lines.length;
  while (lines.endsWith('\r\n', end)) end -= 2;
  return end === 0 && isRelaxed ? 0 : end + 2;
}

function unfit(tags: Tags, verdict: DkimVerdict, reason: string): DkimSignature {
  return { domain: tags.get('d') ?? '', selector: tags.get('s') ?? '', aligned: false, verdict, reason };
}

/** The answers of DNS by name. The library gets only those that were checked here. */
type Answers = Map<string, Promise<string[][]>>;

/** @throws an error with a code, as the library requires it; a name that is not valid has no key */
async function lookUp(lookup: DkimTerms['lookup'], name: string): Promise<string[][]> {
  try {
    return await lookup(name);
  } catch (error) {
    const code = codeOf(error);
    throw Object.assign(new Error(code), { code: code === 'EBADNAME' ? 'ENOTFOUND' : code });
  }
}

/** What the key in DNS says about the reason. The library reports a key that it cannot parse as one of an unknown type. */
async function explained(signature: DkimSignature, answers: Answers): Promise<DkimSignature> {
  const { selector, domain, reason = '' } = signature;
  if (reason !== BAD_SIGNATURE && !BAD_KEY.has(reason)) return signature;
  const records = (await answers.get(`${selector}._domainkey.${domain}`)) ?? [];
  const { kind, ...problem } = keyProblem(records) ?? { kind: undefined };
  if (kind !== undefined) return { ...signature, ...problem, keyProblem: kind };
  return reason === BAD_SIGNATURE ? { ...signature, ...partWith(records[0] ?? [], 'p') } : signature;
}

/** The library's comments on a key that it cannot use. */
const BAD_KEY: ReadonlySet<string> = new Set(['unknown key version', 'unknown key type', 'invalid public key']);

/** The library's comment on a signature that was made with a different key than the one in DNS, or for a different header. */
export const BAD_SIGNATURE = 'bad signature';

interface LibraryResult {
  readonly signingDomain: string;
  readonly selector?: string;
  readonly status: { readonly result: string; readonly comment?: string; readonly aligned?: unknown };
}

/** What the library calls neutral but RFC 8601 does not, by the library's comment. */
const NOT_NEUTRAL: Readonly<Record<string, DkimVerdict>> = {
  'body hash did not verify': 'fail',
  expired: 'fail',
  'invalid expiration': 'permerror',
  'no key': 'permerror',
  'unknown key version': 'permerror',
  'unknown key type': 'permerror',
  'invalid public key': 'permerror',
};

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
