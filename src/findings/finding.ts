import type { Finding } from '../report/report.js';
import { CATALOGUE } from './catalogue.js';
import type { CatalogueEntry, FindingCode } from './catalogue.js';

/** A finding whose code is one of the catalogue's. */
export type KnownFinding = Finding & { code: FindingCode };

/** What a step may know better than the catalogue, and what only it can know. */
export type FindingDetails = Partial<
  Pick<Finding, 'severity' | 'inconclusive' | 'remedy' | 'evidence' | 'reference' | 'reproduce'>
>;

/**
 * Makes a finding: the catalogue's severity, remedy and reference, and what the step knows.
 * @param message what is wrong, here and now; peers' texts in it already brief and visible
 */
export function finding(code: FindingCode, message: string, details: FindingDetails = {}): KnownFinding {
  const { severity, remedy, reference, resultType }: CatalogueEntry = CATALOGUE[code];
  return {
    code,
    severity,
    message,
    remedy,
    ...(reference !== undefined && { reference }),
    ...(resultType !== undefined && { resultType }),
    ...details,
  };
}
