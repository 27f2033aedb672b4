import type { X509Certificate } from 'node:crypto';
import { DerError } from './der.js';
import { namesAsIssuer } from './distinguished-names.js';
import { signatureKeyType } from './encoding.js';
import { readExtensions } from './extensions.js';
import { namesOtherKey } from './key-identifiers.js';
import type { Path } from './path.js';

export interface TakenPath {
  readonly path: Path;
  /** Whether it ends in a trust anchor. */
  readonly isTrusted: boolean;
}

/**
 * The path that OpenSSL takes. At each certificate it chooses an issuer by name and key identifier, a trusted one if there
 * is one, and never goes back, even if that issuer turns out to be wrong.
 * @param sent what the server sent after the leaf
 */
export function pathOfOpenSsl(
  leaf: X509Certificate,
  sent: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  now: Date,
): TakenPath {
  const path = [leaf];
  for (;;) {
    const top = path.at(-1) ?? leaf;
    const trusted = best(anchors, top, now);
    if (hasLikelyIssued(top, top)) break;
    if (trusted) return { path: [...path, trusted], isTrusted: true };
    const next = best(
      sent.filter((one) => !path.some((other) => isSame(one, other))),
      top,
      now,
    );
    if (!next) break;
    path.push(next);
  }
  const top = path.at(-1) ?? leaf;
  // A self-signed certificate may be an anchor itself, and so may the leaf if nothing has issued it.
  if (anchors.some((anchor) => isSame(anchor, top))) return { path, isTrusted: true };
  if (anchors.some((anchor) => isSame(anchor, leaf))) return { path, isTrusted: true };
  return { path, isTrusted: false };
}

function isSame(one: X509Certificate, other: X509Certificate): boolean {
  return one.fingerprint256 === other.fingerprint256;
}

/** The first that is valid now; if none is, the one that is valid for longest. */
function best(candidates: readonly X509Certificate[], issuee: X509Certificate, now: Date): X509Certificate | undefined {
  const likely = candidates.filter((candidate) => hasLikelyIssued(candidate, issuee));
  const current = likely.find(({ validFrom, validTo }) => new Date(validFrom) <= now && now <= new Date(validTo));
  return current ?? likely.toSorted((one, other) => Date.parse(other.validTo) - Date.parse(one.validTo))[0];
}

/** Whether the names, key identifiers and types of key match. The signature is not verified here. */
function hasLikelyIssued(issuer: X509Certificate, issuee: X509Certificate): boolean {
  if (!namesAsIssuer(issuee, issuer)) return false;
  try {
    // OpenSSL takes no issuer that it cannot read.
    readExtensions(issuer);
    const type = signatureKeyType(issuee);
    return !namesOtherKey(issuee, issuer) && (type === undefined || keyTypeOf(issuer)?.startsWith(type) === true);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return false;
  }
}

function keyTypeOf(certificate: X509Certificate): string | undefined {
  try {
    return certificate.publicKey.asymmetricKeyType;
  } catch {
    return undefined;
  }
}
