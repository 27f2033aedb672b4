import type { X509Certificate } from 'node:crypto';
import { nameConstraints } from '../extensions.js';
import { invalid } from '../own-checks.js';
import type { Invalid, PathProblem } from '../verdict.js';
import type { NameType } from './name-types.js';

/** The constraints of an issuer for names of one type, from one of its two lists. @throws {DerError} */
export function subtreesOf(issuer: X509Certificate, list: 'permitted' | 'excluded', tag: number): Buffer[] {
  return (nameConstraints(issuer)?.[list] ?? []).flatMap((element) => (element.tag === tag ? [element.content] : []));
}

/** @param constraint such as `permit only example.com` */
export function notAllowed(
  issuer: X509Certificate,
  name: string,
  constraint: string,
  problem: PathProblem = 'name-constraints',
): Invalid {
  return invalid(issuer, problem, `may not issue certificates for ${name}: its name constraints ${constraint}`);
}

export function exclusionOf({ subtreeText }: Pick<NameType<never>, 'subtreeText'>, subtree: Buffer): string {
  return `exclude ${subtreeText(subtree)}`;
}
