import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Secret } from '../../secrets/secret.js';
import { codeOf } from '../../text/reason.js';
import type { ClientIdentity } from '../endpoint.js';
import { whyNotPem, withFile } from './not-pem.js';
import { certificatesIn, isPem } from './pem.js';
import { at, type Located, type LocatedText } from '../source/located.js';
import type { Problem } from '../source/problem.js';
import { fileName } from '../source/quote.js';

type Key = 'client-cert' | 'client-key';

/** A value, or what is wrong with it, as the end of a sentence that begins with the text or the file. */
type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** What the two values contain: an identity, if both are set and can be used. */
interface Loaded {
  readonly identity?: ClientIdentity;
  readonly problems: Readonly<Partial<Record<Key, string | undefined>>>;
}

/** Client certificates. Each pair of values is read once, even if many endpoints have it. */
export class ClientIdentities {
  readonly #readFile: (path: string) => string;
  readonly #known = new Map<string, Loaded>();
  /** Values with that of an environment variable, which may be a secret. */
  readonly #expanded = new Set<string>();

  constructor(readFile: (path: string) => string) {
    this.#readFile = readFile;
  }

  /**
   * Reads the files that `client-cert` and `client-key` name, and checks that the key belongs to the certificate.
   * @returns what cannot be read or used; the schema reports other errors. None contains any part of the key
   */
  load(tls: Located | undefined): Problem[] {
    const nodes = { 'client-cert': textOf(at(tls, 'client-cert')), 'client-key': textOf(at(tls, 'client-key')) };
    for (const node of Object.values(nodes)) if (node?.expanded) this.#expanded.add(node.text);
    const { problems } = this.#loaded(nodes['client-cert']?.text, nodes['client-key']?.text);
    return (['client-cert', 'client-key'] as const).flatMap((key) => {
      const [node, what] = [nodes[key], problems[key]];
      return node && what !== undefined ? [problem(key, node, what)] : [];
    });
  }

  /** The identity in two values; undefined if one of them is not set. */
  of(certificate: string | undefined, key: string | undefined): ClientIdentity | undefined {
    return this.#loaded(certificate, key).identity;
  }

  #pathIn(value: string | undefined): string | undefined {
    return value === undefined || isPem(value) || this.#expanded.has(value) ? undefined : value.trim();
  }

  #loaded(certificate: string | undefined, key: string | undefined): Loaded {
    const id = JSON.stringify([certificate, key]);
    const loaded = this.#known.get(id) ?? this.#read(certificate, key);
    this.#known.set(id, loaded);
    return loaded;
  }

  #read(certificate: string | undefined, key: string | undefined): Loaded {
    const [chain, privateKey] = [this.#parse(certificate, chainIn), this.#parse(key, keyIn)];
    if (!chain?.ok || !privateKey?.ok) {
      const problemOf = (parsed?: Parsed<unknown>) => (parsed?.ok === false ? parsed.problem : undefined);
      return { problems: { 'client-cert': problemOf(chain), 'client-key': problemOf(privateKey) } };
    }
    if (!new X509Certificate(chain.value).checkPrivateKey(privateKey.value)) {
      return {
        problems: { 'client-key': 'contains a key that does not belong to the certificate in tls.client-cert' },
      };
    }
    const pem = privateKey.value.export({ type: 'pkcs8', format: 'pem' }).toString();
    try {
      // The TLS library rejects some identities, such as a key that is too short: better now than in step 3.
      createSecureContext({ cert: chain.value, key: pem });
    } catch (error) {
      return { problems: { 'client-cert': `contains a certificate that the TLS library rejects (${codeOf(error)})` } };
    }
    const [certificatePath, keyPath] = [this.#pathIn(certificate), this.#pathIn(key)];
    const paths = {
      ...(certificatePath !== undefined && { certificate: certificatePath }),
      ...(keyPath !== undefined && { key: keyPath }),
    };
    return { identity: { certificate: chain.value, key: new Secret(pem), paths }, problems: {} };
  }

  #parse<T>(value: string | undefined, parse: (text: string) => Parsed<T>): Parsed<T> | undefined {
    if (value === undefined) return undefined;
    try {
      return parse(isPem(value) ? value : this.#readFile(value.trim()));
    } catch (error) {
      return wrong(`cannot be read (${codeOf(error)})`);
    }
  }
}

function textOf(node: Located | undefined): LocatedText | undefined {
  return node?.kind === 'text' && !node.broken && node.text.trim() !== '' ? node : undefined;
}

function wrong(problem: string) {
  return { ok: false, problem } as const;
}

/** All certificates in a text. The first is the client certificate itself. */
function chainIn(text: string): Parsed<string> {
  const { certificates, faults } = certificatesIn(text);
  if (faults[0] !== undefined) return wrong(faults[0]);
  const reason = notForClients(new X509Certificate(certificates[0] ?? ''));
  return reason === undefined
    ? { ok: true, value: certificates.join('') }
    : wrong(`contains a certificate that is not for clients: its extended key usage ${reason}`);
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';

/**
 * Chrome's root program (policy 1.8) requires public CAs to end clientAuth by March 15, 2027. DigiCert, Sectigo and Let's
 * Encrypt did so from May to July 2026.
 */
const LACKS_CLIENT_AUTH =
  'lacks clientAuth. Since 2026, most public CAs no longer issue certificates for clients; use one from a private CA that the server trusts';
const IS_ANY = 'has "any" but lacks clientAuth, which servers built on OpenSSL require';

/** What is wrong with the extended key usage, by the rules of OpenSSL; undefined if the certificate is for clients. */
function notForClients(certificate: X509Certificate): string | undefined {
  // Node's types lack that it is undefined without the extension.
  const usage = certificate.keyUsage as readonly string[] | undefined;
  if (usage?.includes(CLIENT_AUTH) ?? true) return undefined;
  return usage?.includes(ANY_USAGE) ? IS_ANY : LACKS_CLIENT_AUTH;
}

function keyIn(text: string): Parsed<KeyObject> {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return wrong(whyNotPem(text, 'private key'));
  if (/BEGIN ENCRYPTED|ENCRYPTED$/m.test(text)) {
    return wrong('contains an encrypted key; remove its passphrase with `openssl pkey -in FILE -out NEW.pem`');
  }
  try {
    return { ok: true, value: createPrivateKey(text) };
  } catch {
    return wrong('contains a private key that is damaged or of an unknown type');
  }
}

function problem(key: Key, { place, text, expanded }: LocatedText, what: string): Problem {
  // The value of client-key may be the key itself in a form that was not recognized, so it is never quoted.
  const isNamed = key === 'client-cert' && !expanded && !isPem(text);
  const name = isNamed ? fileName(text.trim()) : isPem(text) ? 'the text' : 'the file';
  return { ...place, message: `tls.${key}: ${name} ${isNamed ? withFile(what, text.trim()) : what}` };
}
