import type { X509Certificate } from 'node:crypto';
import { subjectAttributes } from './distinguished-names.js';
import { nameConstraints, subjectAltNames } from './extensions.js';
import { constrainedNames, type Name } from './name-constraints/constrained-names.js';
import { wildcardVerdict } from './name-constraints/excluded-wildcard.js';
import { DIRECTORY_NAME, DNS, IP_ADDRESS, type NameType } from './name-constraints/name-types.js';
import { exclusionOf, notAllowed, subtreesOf } from './name-constraints/subtrees.js';
import { unsupportedVerdict } from './name-constraints/unsupported-names.js';
import { nameOf, orMalformed } from './own-checks.js';
import { VALID, allOf, notEvaluated, type PathVerdict } from './verdict.js';

/*
 * Name constraints (RFC 5280 section 4.2.1.10) of DNS names, IP addresses and distinguished names. If an issuer has others,
 * and a certificate below it has a name of such a type, the path is not evaluated.
 */

/** Per search: a hundred names with a hundred constraints, six times. A peer can send thousands of each. */
const MAX_COMPARISONS = 2 ** 16;

/** How many comparisons of names with constraints a search may still make. */
export class Comparisons {
  #left = MAX_COMPARISONS;

  /** @returns whether so many more may be made */
  take(number: number): boolean {
    this.#left -= number;
    return this.#left >= 0;
  }
}

/** Reads the constraints of an issuer. @throws {DerError} if they are malformed */
export function checkConstraints(issuer: X509Certificate): void {
  const { permitted = [], excluded = [] } = nameConstraints(issuer) ?? {};
  for (const { tag, content } of [...permitted, ...excluded]) {
    if (tag === DIRECTORY_NAME.tag) DIRECTORY_NAME.normalize(content);
  }
}

/** A certificate that an issuer constrains. */
export interface Constrained {
  readonly certificate: X509Certificate;
  /** Set for the certificate of the server: the name that it must have. */
  readonly required?: string;
}

/**
 * Whether an issuer's constraints allow the names of a certificate below it.
 * @param issuer one whose constraints are not malformed
 */
export function constraintVerdict(
  issuer: X509Certificate,
  { certificate, required }: Constrained,
  comparisons: Comparisons,
): PathVerdict {
  const constraints = nameConstraints(issuer);
  if (!constraints) return VALID;
  return orMalformed(certificate, () => {
    // OpenSSL has a limit, too: for names of all types, and with each part of the subject as a name.
    const mostNames = subjectAltNames(certificate).length + subjectAttributes(certificate).length;
    if (!comparisons.take(mostNames * (constraints.permitted.length + constraints.excluded.length))) {
      return notEvaluated(`${nameOf(issuer)} has too many name constraints to compare with all the names below it`);
    }
    const names = constrainedNames(certificate, required !== undefined);
    const of =
      <Normalized>(type: NameType<Normalized>) =>
      () =>
        ofType(type, issuer, names);
    const checks = [of(DNS), of(IP_ADDRESS), of(DIRECTORY_NAME)];
    return allOf(
      lazily([
        ...checks,
        () => (required === undefined ? VALID : wildcardVerdict(issuer, certificate, required)),
        () => unsupportedVerdict(issuer, names),
      ]),
    );
  });
}

function* lazily(checks: readonly (() => PathVerdict)[]): Generator<PathVerdict> {
  for (const check of checks) yield check();
}

function ofType<Normalized>(type: NameType<Normalized>, issuer: X509Certificate, names: readonly Name[]): PathVerdict {
  const encodedNames = names.filter(({ tag }) => tag === type.tag).map(({ content }) => content);
  const isConstrained = (['permitted', 'excluded'] as const).some(
    (list) => subtreesOf(issuer, list, type.tag).length > 0,
  );
  if (encodedNames.length === 0 || !isConstrained) return VALID;
  const all = encodedNames.map((encoded) => ({ encoded, name: type.normalize(encoded) }));
  // A malformed constraint is the problem of the issuer, and a malformed name that of the certificate.
  return orMalformed(issuer, () => compare(type, issuer, all));
}

function compare<Normalized>(
  type: NameType<Normalized>,
  issuer: X509Certificate,
  names: readonly { readonly encoded: Buffer; readonly name: Normalized }[],
): PathVerdict {
  const subtrees = (list: 'permitted' | 'excluded') =>
    subtreesOf(issuer, list, type.tag).map((subtree) => ({ subtree, matches: type.matcher(subtree) }));
  const [excluded, permitted] = [subtrees('excluded'), subtrees('permitted')];
  for (const { encoded, name } of names) {
    const exclusion = excluded.find(({ matches }) => matches(name));
    if (exclusion) {
      return notAllowed(issuer, type.nameText(encoded), exclusionOf(type, exclusion.subtree));
    }
    if (permitted.length > 0 && !permitted.some(({ matches }) => matches(name))) {
      const only = permitted.map(({ subtree }) => type.subtreeText(subtree)).join(', ');
      return notAllowed(issuer, type.nameText(encoded), `permit only ${only}`);
    }
  }
  return VALID;
}
