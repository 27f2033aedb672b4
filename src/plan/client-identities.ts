import { X509Certificate, createPrivateKey } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Secret } from '../secrets/secret.js';
import { codeOf } from '../text/reason.js';
import type { ClientIdentity } from './endpoint.js';
import { certificatesIn, isPem } from './pem.js';
import { at, type Located, type LocatedText } from './source/located.js';
import type { Problem } from './source/problem.js';
import { fileName } from './source/quote.js';

/** A parsed value; or what is wrong, as the end of a sentence that begins with the text or the file. */
type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

/** The values of `client-cert` and `client-key`, after loading. */
interface Loaded {
  /** Absent if a value is missing or wrong. */
  readonly identity?: ClientIdentity;
  readonly certificateFault?: string | undefined;
  readonly keyFault?: string | undefined;
}

/** Client certificates. Each pair of values is read once, however many endpoints have it. */
export class ClientIdentities {
  readonly #readFile: (path: string) => Promise<string>;
  readonly #known = new Map<string, Loaded>();

  /** @param readFile returns the text of a file by its path as the user wrote it */
  constructor(readFile: (path: string) => Promise<string>) {
    this.#readFile = readFile;
  }

  /**
   * Reads the files that `client-cert` and `client-key` name, and checks that the key belongs to the certificate.
   * @param tls the mapping with the keys; the schema reports values that are missing, empty or not text
   * @returns what cannot be read or used. The errors never contain any part of the key
   */
  async load(tls: Located | undefined): Promise<Problem[]> {
    const certificate = textOf(at(tls, 'client-cert'));
    const key = textOf(at(tls, 'client-key'));
    if (!certificate && !key) return [];
    const id = idOf(certificate?.text, key?.text);
    const loaded = this.#known.get(id) ?? (await this.#load(certificate?.text, key?.text));
    this.#known.set(id, loaded);
    const { certificateFault, keyFault } = loaded;
    return [
      ...(certificate && certificateFault !== undefined ? [problem('client-cert', certificate, certificateFault)] : []),
      ...(key && keyFault !== undefined ? [problem('client-key', key, keyFault)] : []),
    ];
  }

  /** The identity in two values that have been loaded; undefined if one of them is not set. */
  of(certificate: string | undefined, key: string | undefined): ClientIdentity | undefined {
    return this.#known.get(idOf(certificate, key))?.identity;
  }

  async #load(certificate: string | undefined, key: string | undefined): Promise<Loaded> {
    const [chain, privateKey] = await Promise.all([this.#parse(certificate, chainIn), this.#parse(key, keyIn)]);
    if (!chain?.ok || !privateKey?.ok) {
      return { certificateFault: faultOf(chain), keyFault: faultOf(privateKey) };
    }
    if (!new X509Certificate(chain.value).checkPrivateKey(privateKey.value)) {
      return { keyFault: 'contains a key that does not belong to the certificate in tls.client-cert' };
    }
    const pem = privateKey.value.export({ type: 'pkcs8', format: 'pem' }).toString();
    try {
      // The TLS library rejects some identities, such as a key that is too short: better now than in step 3.
      createSecureContext({ cert: chain.value, key: pem });
    } catch (error) {
      return { certificateFault: `contains a certificate that the TLS library rejects (${codeOf(error)})` };
    }
    return { identity: { certificate: chain.value, key: new Secret(pem) } };
  }

  async #parse<T>(value: string | undefined, parse: (text: string) => Parsed<T>): Promise<Parsed<T> | undefined> {
    if (value === undefined) return undefined;
    if (isPem(value)) return parse(value);
    return this.#readFile(value.trim()).then(parse, (error: unknown) => wrong(`cannot be read (${codeOf(error)})`));
  }
}

function textOf(node: Located | undefined): LocatedText | undefined {
  return node?.kind === 'text' && !node.broken && node.text.trim() !== '' ? node : undefined;
}

function idOf(certificate: string | undefined, key: string | undefined): string {
  return JSON.stringify([certificate, key]);
}

function wrong(fault: string) {
  return { ok: false, fault } as const;
}

function faultOf(parsed: Parsed<unknown> | undefined): string | undefined {
  return parsed?.ok === false ? parsed.fault : undefined;
}

/** All certificates in a text. The first is the client certificate itself. */
function chainIn(text: string): Parsed<string> {
  const { certificates, faults } = certificatesIn(text);
  return faults[0] === undefined ? { ok: true, value: certificates.join('') } : wrong(faults[0]);
}

function keyIn(text: string): Parsed<ReturnType<typeof createPrivateKey>> {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return wrong('contains no PEM private key');
  if (/BEGIN ENCRYPTED|ENCRYPTED$/m.test(text)) return wrong('contains an encrypted key; it must have no passphrase');
  try {
    return { ok: true, value: createPrivateKey(text) };
  } catch {
    return wrong('contains a private key that is damaged or of an unknown type');
  }
}

function problem(key: string, { place, text, expanded }: LocatedText, what: string): Problem {
  // The value of client-key may be the key itself in a form that was not recognized, so it is never quoted.
  const file = key === 'client-cert' && !expanded ? fileName(text.trim()) : 'the file';
  return { ...place, message: `tls.${key}: ${isPem(text) ? 'the text' : file} ${what}` };
}
