import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import type { Secret } from '../text/secret.js';

/** Kinds of keys of which a server may have one each, and a handshake shows one. */
export const KEY_KINDS = ['RSA', 'ECDSA'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/**
 * What a client offers that can verify signatures of one kind only (RFC 8446 section 4.2.3), up to TLS 1.2 with the
 * cipher suites that go with it.
 */
const SIGNATURES: Readonly<Record<KeyKind, { sigalgs: string; ciphers: string }>> = {
  RSA: {
    sigalgs: [256, 384, 512]
      .flatMap((n) => [`rsa_pss_rsae_sha${n}`, `rsa_pss_pss_sha${n}`, `rsa_pkcs1_sha${n}`])
      .join(':'),
    ciphers: `${tls.DEFAULT_CIPHERS}:!aECDSA`,
  },
  ECDSA: {
    sigalgs: 'ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512',
    ciphers: `${tls.DEFAULT_CIPHERS}:!aRSA`,
  },
};

/** The certificates that are believed without proof, and the TLS contexts made of them. */
export interface TrustSettings {
  /** PEM certificates that are trust anchors beside the default store. */
  readonly ca: readonly string[];
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** What is shown to a server that asks for a certificate: PEM, and the key that fits. */
  readonly client?: { readonly certificate: string; readonly key: Secret };
  /** The only kind of key that the server may have. */
  readonly keyKind?: KeyKind;
}

/**
 * The default store as this Node has it: with `NODE_EXTRA_CA_CERTS` and the system's, where it knows how to say so.
 */
function defaultAnchors(): readonly string[] {
  return 'getCACertificates' in tls
    ? tls.getCACertificates('default')
    : (tls as typeof import('node:tls')).rootCertificates;
}

/**
 * Trust anchors and TLS contexts for the policies of a run. A context holds the whole default store and takes
 * milliseconds to make, so there is one for each distinct policy and not one for each connection.
 */
export class TrustStore {
  readonly #contexts = new Map<string, tls.SecureContext>();
  #anything: tls.SecureContext | undefined;
  #public: ReadonlySet<string> | undefined;
  readonly #parsed = new Map<string, X509Certificate>();

  /** The context that offers what the policy allows, verifies against its anchors, and has its client certificate. */
  context({ ca, minVersion, client, keyKind }: TrustSettings): tls.SecureContext {
    // The certificate says which key it is, so the key itself need not be told apart.
    const key = JSON.stringify([minVersion, ca, client?.certificate, keyKind]);
    let context = this.#contexts.get(key);
    if (!context) {
      context = tls.createSecureContext({
        ca: this.pem(ca),
        minVersion,
        ...(keyKind && SIGNATURES[keyKind]),
        ...(client && { cert: client.certificate, key: client.key.reveal() }),
        // An anchor is an anchor, be it a root or not (RFC 5280 section 6.1.1).
        allowPartialTrustChain: true,
      });
      this.#contexts.set(key, context);
    }
    return context;
  }

  /**
   * A context that offers whatever this TLS library can still speak, for a look at what a server does speak once
   * the handshake within policy has failed. It verifies nothing, and nothing may be sent over what comes of it.
   */
  anything(): tls.SecureContext {
    this.#anything ??= tls.createSecureContext({ minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' });
    return this.#anything;
  }

  /** Whether an anchor is a public CA, by the list that Node brings along. */
  isPublic(anchor: X509Certificate): boolean {
    this.#public ??= new Set(tls.rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256));
    return this.#public.has(anchor.fingerprint256);
  }

  /** All anchors of a policy as PEM. */
  pem(ca: readonly string[]): string[] {
    return [...defaultAnchors(), ...ca];
  }

  /** All anchors of a policy, parsed once. */
  anchors(ca: readonly string[]): X509Certificate[] {
    return this.pem(ca).map((pem) => {
      const known = this.#parsed.get(pem) ?? new X509Certificate(pem);
      this.#parsed.set(pem, known);
      return known;
    });
  }
}
