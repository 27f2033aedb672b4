import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';

/** The certificates that are believed without proof, and the TLS contexts made of them. */
export interface TrustSettings {
  /** PEM certificates that are trust anchors beside the default store. */
  readonly ca: readonly string[];
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
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
  readonly #parsed = new Map<string, X509Certificate>();

  /** The context that offers what the policy allows and verifies against its anchors. */
  context({ ca, minVersion }: TrustSettings): tls.SecureContext {
    const key = JSON.stringify([minVersion, ca]);
    let context = this.#contexts.get(key);
    if (!context) {
      context = tls.createSecureContext({
        ca: this.pem(ca),
        minVersion,
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
