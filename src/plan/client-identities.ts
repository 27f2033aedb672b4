import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Secret } from '../secrets/secret.js';
import { errorCode } from './anchors.js';
import type { ClientIdentity } from './endpoint.js';
import { clientIdentityProblems } from './layers.js';
import { at } from './source/located.js';
import type { Located, LocatedText } from './source/located.js';
import { certificatesIn, isPem } from './pem.js';
import type { Problem } from './source/problem.js';
import { fileName } from './source/quote.js';

type Key = 'client-cert' | 'client-key';

/** What a value comes to, or what is wrong, as the end of a sentence that begins with the text or the file. */
type Read<T> = { readonly value: T } | { readonly fault: string };

/** What a pair of `client-cert` and `client-key` comes to. */
type Pair = { readonly identity: ClientIdentity } | { readonly faults: Readonly<Partial<Record<Key, string>>> };

/** Certificates that the gate shows of itself, each pair of values read once however many endpoints have it. */
export class ClientIdentities {
  readonly #readFile: (path: string) => Promise<string>;
  readonly #known = new Map<string, Pair>();

  /** @param readFile gives the text of a file by its path as the user wrote it */
  constructor(readFile: (path: string) => Promise<string>) {
    this.#readFile = readFile;
  }

  /**
   * Reads what `client-cert` and `client-key` name, and checks that they belong together.
   * @param tls the mapping with the keys, where there is one; values that are no text are for the schema to complain about
   * @returns what is missing, cannot be read or does not fit; nothing of the key is in it
   */
  async load(tls: Located | undefined): Promise<Problem[]> {
    const incomplete = clientIdentityProblems(tls);
    const certificate = at(tls, 'client-cert');
    const key = at(tls, 'client-key');
    if (!isGiven(certificate) || !isGiven(key)) {
      const alone = [this.#alone('client-cert', certificate, chainIn), this.#alone('client-key', key, keyIn)];
      return [...incomplete, ...(await Promise.all(alone)).flat()];
    }

    const id = idOf(certificate.text, key.text);
    const pair = this.#known.get(id) ?? (await this.#pair(certificate.text, key.text));
    this.#known.set(id, pair);
    if ('identity' in pair) return [];
    const { 'client-cert': wrongCertificate, 'client-key': wrongKey } = pair.faults;
    return [
      ...(wrongCertificate === undefined ? [] : [problem('client-cert', certificate, wrongCertificate)]),
      ...(wrongKey === undefined ? [] : [problem('client-key', key, wrongKey)]),
    ];
  }

  /** The identity behind two values that were loaded; undefined where one of them is not given. */
  of(certificate: string | undefined, key: string | undefined): ClientIdentity | undefined {
    if (certificate === undefined || key === undefined) return undefined;
    const pair = this.#known.get(idOf(certificate, key));
    return pair && 'identity' in pair ? pair.identity : undefined;
  }

  /** What is wrong with one value whose other half is missing. */
  async #alone(key: Key, node: Located | undefined, parse: (text: string) => Read<unknown>): Promise<Problem[]> {
    if (!isGiven(node)) return [];
    const read = await this.#read(node.text, parse);
    return 'fault' in read ? [problem(key, node, read.fault)] : [];
  }

  async #pair(certificate: string, key: string): Promise<Pair> {
    const [chain, privateKey] = await Promise.all([this.#read(certificate, chainIn), this.#read(key, keyIn)]);
    if ('fault' in chain || 'fault' in privateKey) {
      return {
        faults: {
          ...('fault' in chain && { 'client-cert': chain.fault }),
          ...('fault' in privateKey && { 'client-key': privateKey.fault }),
        },
      };
    }
    if (!new X509Certificate(chain.value).checkPrivateKey(privateKey.value)) {
      return { faults: { 'client-key': 'holds a key that does not fit the certificate of client-cert' } };
    }
    const pem = privateKey.value.export({ type: 'pkcs8', format: 'pem' }).toString();
    const refusal = refusalOf(chain.value, pem);
    return refusal === undefined
      ? { identity: { certificate: chain.value, key: new Secret(pem) } }
      : { faults: { 'client-cert': refusal } };
  }

  async #read<T>(value: string, parse: (text: string) => Read<T>): Promise<Read<T>> {
    if (isPem(value)) return parse(value);
    try {
      return parse(await this.#readFile(value.trim()));
    } catch (error) {
      return { fault: `cannot be read (${errorCode(error)})` };
    }
  }
}

function isGiven(node: Located | undefined): node is LocatedText {
  return node?.kind === 'text' && !node.broken && node.text.trim() !== '';
}

function idOf(certificate: string, key: string): string {
  return JSON.stringify([certificate, key]);
}

/** All certificates in a text, the client's own first. */
function chainIn(text: string): Read<string> {
  const { certificates, faults } = certificatesIn(text);
  const [fault] = faults;
  return fault === undefined ? { value: certificates.join('') } : { fault };
}

function keyIn(text: string): Read<KeyObject> {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return { fault: 'holds no PEM private key' };
  if (/BEGIN ENCRYPTED|ENCRYPTED$/m.test(text)) return { fault: 'holds an encrypted key; it must have no passphrase' };
  try {
    return { value: createPrivateKey(text) };
  } catch {
    return { fault: 'holds a private key that is damaged or of an unknown kind' };
  }
}

/** What the TLS library has against an identity, such as a key that is too short; better known now than in step 3. */
function refusalOf(cert: string, key: string): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    return `holds a certificate that TLS does not take (${errorCode(error)})`;
  }
}

function problem(key: Key, { place, text, expanded }: LocatedText, what: string): Problem {
  // What is given for a key may be the key itself in a form that was not recognised, so it is never quoted.
  const isQuotable = key === 'client-cert' && !expanded;
  const file = isQuotable ? fileName(text.trim()) : 'the file that it names';
  return { ...place, message: `${key}: ${isPem(text) ? 'the text' : file} ${what}` };
}
