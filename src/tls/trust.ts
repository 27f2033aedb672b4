import { X509Certificate, constants, getCurves } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import type { Secret } from '../secrets/secret.js';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** A server may have a certificate for each key type, and a handshake shows one of them. */
export const KEY_KINDS = ['RSA', 'ECDSA'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** @param key such as `EC P-256` or `RSA 2048`; undefined if it is of another type */
export function keyKindOf(key: string): KeyKind | undefined {
  if (key.startsWith('EC ')) return 'ECDSA';
  return key.startsWith('RSA') ? 'RSA' : undefined;
}

const PKCS1 = ['rsa_pkcs1_sha256', 'rsa_pkcs1_sha384', 'rsa_pkcs1_sha512'];
const PSS = [256, 384, 512].flatMap((n) => [`rsa_pss_rsae_sha${n}`, `rsa_pss_pss_sha${n}`]);
const ECDSA = ['ecdsa_secp256r1_sha256', 'ecdsa_secp384r1_sha384', 'ecdsa_secp521r1_sha512'];

/** Node's own list: `--tls-cipher-list` in NODE_OPTIONS changes `tls.DEFAULT_CIPHERS`. */
const CIPHERS = constants.defaultCoreCipherList;

/**
 * What a client offers if it accepts only one key type. Up to TLS 1.2 the cipher suites select the type, so every
 * signature algorithm is offered for the chain. With TLS 1.3 the signature algorithms select it (RFC 8446 section
 * 4.2.3), and Node cannot offer different ones for the chain and the handshake: only PKCS #1, which TLS 1.3 has for
 * chains only, does not select RSA. A server that is strict about chains may then not send an RSA certificate of an
 * ECDSA CA.
 */
const OFFERS: Readonly<Record<TlsVersion, Readonly<Record<KeyKind, tls.SecureContextOptions>>>> = {
  'TLSv1.2': {
    RSA: { sigalgs: [...PSS, ...PKCS1, ...ECDSA].join(':'), ciphers: `${CIPHERS}:!aECDSA` },
    ECDSA: { sigalgs: [...ECDSA, ...PSS, ...PKCS1].join(':'), ciphers: `${CIPHERS}:!aRSA` },
  },
  'TLSv1.3': {
    RSA: { sigalgs: [...PSS, ...PKCS1].join(':') },
    ECDSA: { sigalgs: [...ECDSA, ...PKCS1].join(':') },
  },
};

/** The groups that OpenSSL offers by default, except for post-quantum ones. */
const SMALL_GROUPS = 'X25519:P-256:X448:P-384:P-521:ffdhe2048:ffdhe3072';

/** Curves that every client has, and those that OpenSSL does not offer by default; some builds lack them. */
const USUAL_CURVES = ['X25519', 'P-256', 'P-384', 'P-521', 'X448'];
const UNUSUAL_CURVES = ['secp224r1', 'secp256k1', 'brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'];

/** Those of TLS 1.3 must be listed, and OpenSSL's ALL does not include those without encryption. */
const EVERY_CIPHER =
  'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256:ALL:eNULL:@SECLEVEL=0';

/** The part of a TLS policy that determines a TLS context. */
export interface TrustSettings {
  /** Trust anchors in addition to the default store, as PEM. */
  readonly ca: readonly string[];
  readonly minVersion: TlsVersion;
  /** Default `TLSv1.3`. */
  readonly maxVersion?: TlsVersion;
  /** The client certificate (PEM) for a server that requests one, and its key. */
  readonly client?: { readonly certificate: string; readonly key: Secret };
  /** The only key type that the server may use; requires `minVersion` and `maxVersion` to be equal. */
  readonly keyKind?: KeyKind;
  /** Offers no post-quantum key exchange: its key share alone fills most of a packet. */
  readonly smallHello?: true;
}

/** The default store of this Node: with the system's, if it is configured to use it, and with `NODE_EXTRA_CA_CERTS`. */
function defaultAnchors(): readonly string[] {
  return 'getCACertificates' in tls
    ? tls.getCACertificates('default')
    : olderStore((tls as typeof import('node:tls')).rootCertificates, process.env.NODE_EXTRA_CA_CERTS);
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/**
 * The default store of a Node that has no function for it, such as 20. Like Node, this ignores what it cannot read.
 * @param roots PEM, one certificate each
 * @param extra the path of a file with more, up to the first that is damaged
 */
export function olderStore(roots: readonly string[], extra: string | undefined): readonly string[] {
  const anchors = [...roots];
  try {
    const blocks = extra === undefined ? [] : (readFileSync(extra, 'latin1').match(PEM_CERTIFICATE) ?? []);
    for (const block of blocks) anchors.push(new X509Certificate(block).toString());
  } catch {
    // Node has warned about this on standard error at its start.
  }
  return anchors;
}

/** A TLS context with the whole default store takes milliseconds to create, so there is one for each distinct policy. */
export class TrustStore {
  readonly #default = defaultAnchors();
  readonly #contexts = new Map<string, tls.SecureContext>();
  readonly #anything = new Map<TlsVersion, tls.SecureContext>();
  #oldVersions: tls.SecureContext | undefined;
  #public: ReadonlySet<string> | undefined;
  readonly #parsed = new Map<string, X509Certificate>();

  context({ ca, minVersion, maxVersion = 'TLSv1.3', client, keyKind, smallHello }: TrustSettings): tls.SecureContext {
    // The client certificate determines its key.
    const key = JSON.stringify([minVersion, maxVersion, ca, client?.certificate, keyKind, smallHello]);
    const known = this.#contexts.get(key);
    if (known) return known;
    const context = tls.createSecureContext({
      ca: this.pem(ca),
      // Explicit, so that the result does not depend on NODE_OPTIONS.
      minVersion,
      maxVersion,
      ciphers: CIPHERS,
      ...(keyKind && OFFERS[maxVersion][keyKind]),
      ...(smallHello && { ecdhCurve: SMALL_GROUPS }),
      ...(client && { cert: client.certificate, key: client.key.reveal() }),
      // A trust anchor need not be a root (RFC 5280 section 6.1.1).
      allowPartialTrustChain: true,
    });
    this.#contexts.set(key, context);
    return context;
  }

  /**
   * Offers everything that this TLS library supports up to a version, to diagnose a failure. No data may be sent on its
   * channel.
   */
  anything(maxVersion: TlsVersion = 'TLSv1.3'): tls.SecureContext {
    const known = this.#anything.get(maxVersion);
    if (known) return known;
    const context = tls.createSecureContext({
      minVersion: 'TLSv1',
      maxVersion,
      ciphers: EVERY_CIPHER,
      ecdhCurve: [...USUAL_CURVES, ...UNUSUAL_CURVES.filter((curve) => getCurves().includes(curve))].join(':'),
    });
    this.#anything.set(maxVersion, context);
    return context;
  }

  /** Offers only TLS 1.0 and 1.1. No data may be sent on its channel. */
  oldVersions(): tls.SecureContext {
    this.#oldVersions ??= tls.createSecureContext({
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: EVERY_CIPHER,
    });
    return this.#oldVersions;
  }

  /** Whether an anchor is a public CA, by Node's bundled list. */
  isPublic(anchor: X509Certificate): boolean {
    this.#public ??= new Set(tls.rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256));
    return this.#public.has(anchor.fingerprint256);
  }

  /** How many anchors the default store has. */
  get defaultCount(): number {
    return this.#default.length;
  }

  /** Whether an anchor is in the default store. */
  isDefault(anchor: X509Certificate): boolean {
    return this.anchors([]).some(({ fingerprint256 }) => fingerprint256 === anchor.fingerprint256);
  }

  /** All anchors of a policy as PEM. */
  pem(ca: readonly string[]): string[] {
    return [...this.#default, ...ca];
  }

  anchors(ca: readonly string[]): X509Certificate[] {
    return this.parsed(this.pem(ca));
  }

  /** Certificates in PEM, each parsed once. */
  parsed(pems: readonly string[]): X509Certificate[] {
    return pems.map((pem) => {
      const known = this.#parsed.get(pem) ?? new X509Certificate(pem);
      this.#parsed.set(pem, known);
      return known;
    });
  }
}
