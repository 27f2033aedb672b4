import type { X509Certificate } from 'node:crypto';
import { isSelfIssued, namesAsIssuer } from './distinguished-names.js';
import { hasSigned, issuerVerdict } from './issuer.js';
import { Comparisons, constraintVerdict } from './name-constraints.js';
import { certificateVerdict, invalid, nameOf } from './own-checks.js';
import { allOf, notEvaluated, type Invalid, type NotEvaluated, type PathVerdict } from './verdict.js';

/** A path from the leaf to a trust anchor. */
export type Path = readonly X509Certificate[];

/** A peer can send many certificates with one name, and each costs the time of a signature check. */
const MAX_VERIFICATIONS = 64;

/** What a search has found. */
export interface Found {
  readonly valid?: Path;
  /** The first path that is not evaluated completely, and why. */
  readonly unclear?: { readonly path: Path; readonly verdict: NotEvaluated };
  /** The first reason why a path is not valid. */
  readonly invalid?: Invalid;
  /** The last certificate that was reached. */
  readonly end: X509Certificate;
}

/**
 * The one evaluation of paths (RFC 5280 section 6.1). The dates of the leaf are judged separately.
 * @param required the name that the leaf must have
 */
export class PathEvaluation {
  readonly #comparisons = new Comparisons();
  readonly #trusted: ReadonlySet<string>;

  constructor(
    private readonly anchors: readonly X509Certificate[],
    private readonly now: Date,
    private readonly required: string,
  ) {
    this.#trusted = new Set(anchors.map(({ fingerprint256 }) => fingerprint256));
  }

  /** Whether a path is valid. Its end must be a trust anchor. */
  verdict(path: Path): PathVerdict {
    return allOf(this.#steps(path));
  }

  *#steps(path: Path): Generator<PathVerdict> {
    for (const [i, certificate] of path.entries()) {
      const below = path.slice(0, i);
      const issuee = below.at(-1);
      if (issuee && !hasSigned(certificate, issuee)) {
        yield invalid(issuee, 'bad-signature', `is not signed with the key of ${nameOf(certificate)}`);
      }
      yield this.#step(certificate, below);
    }
  }

  /** Whether a certificate may be the next one of a path. Its signature on the one below it is valid. */
  #step(certificate: X509Certificate, below: Path): PathVerdict {
    return below.length === 0 ? certificateVerdict(certificate) : allOf(this.#ofIssuer(certificate, below));
  }

  *#ofIssuer(issuer: X509Certificate, below: Path): Generator<PathVerdict> {
    yield issuerVerdict(issuer, below, { now: this.now, isAnchor: this.#trusted.has(issuer.fingerprint256) });
    for (const [i, certificate] of below.entries()) {
      // Name constraints do not apply to a self-issued certificate, unless it is the leaf (RFC 5280 section 4.2.1.10).
      if (i > 0 && isSelfIssued(certificate)) continue;
      yield constraintVerdict(issuer, { certificate, ...(i === 0 && { required: this.required }) }, this.#comparisons);
    }
  }

  /**
   * Searches for a valid path. Breadth first, which finds the shortest; and each certificate is reached once, or twice if
   * the first path to it is unclear: the time grows linearly with what was sent.
   */
  search(leaf: X509Certificate, sent: readonly X509Certificate[]): Found {
    const issuers = [...this.anchors, ...sent];
    const own = certificateVerdict(leaf);
    if (own.kind === 'invalid') return { invalid: own, end: leaf };
    const reached = new Map([[leaf.fingerprint256, own.kind]]);
    const paths: { readonly path: Path; readonly verdict: Exclude<PathVerdict, Invalid> }[] = [
      { path: [leaf], verdict: own },
    ];
    let verifications = 0;
    let found: Found = { end: leaf };
    for (const { path, verdict } of paths) {
      const end = path.at(-1) ?? leaf;
      found = { ...found, end };
      if (this.#trusted.has(end.fingerprint256)) {
        if (verdict.kind === 'valid') return { ...found, valid: path };
        found = { unclear: { path, verdict }, ...found };
        continue;
      }
      const named = issuers.filter((issuer) => namesAsIssuer(end, issuer));
      // Of several with the same key, use the one that is valid for longest, as OpenSSL does.
      for (const issuer of named.toSorted((one, other) => lastSecond(other) - lastSecond(one))) {
        const before = reached.get(issuer.fingerprint256);
        if (before === 'valid' || before === verdict.kind || path.includes(issuer)) continue;
        if (verifications === MAX_VERIFICATIONS) {
          return { unclear: { path, verdict: notEvaluated('too many possible issuers were sent') }, ...found };
        }
        verifications += 1;
        if (!hasSigned(issuer, end)) continue;
        const next = allOf([verdict, this.#step(issuer, path)]);
        if (next.kind === 'invalid') {
          found = { invalid: next, ...found };
          continue;
        }
        reached.set(issuer.fingerprint256, next.kind);
        paths.push({ path: [...path, issuer], verdict: next });
      }
    }
    return found;
  }
}

/** For a choice only: an invalid date is reported elsewhere. */
function lastSecond({ validTo }: X509Certificate): number {
  return Date.parse(validTo) || 0;
}
