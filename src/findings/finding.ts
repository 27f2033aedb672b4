import type { Finding } from '../report/report.js';
import { CATALOGUE } from './catalogue.js';
import type { CatalogueEntry, Evidence, FindingCode } from './catalogue.js';

/** A finding whose code is one of the catalogue's. */
export type KnownFinding = Finding & { code: FindingCode };

/** What a step may know better than the catalogue, and what only it can know. */
export interface FindingDetails<Code extends FindingCode> extends Partial<
  Pick<Finding, 'severity' | 'inconclusive' | 'remedy' | 'reference' | 'reproduce'>
> {
  readonly evidence?: Evidence<Code>;
}

/**
 * Makes a finding: the catalogue's severity, remedy and reference, and what the step knows.
 * @param message what is wrong, here and now; peers' texts in it already brief and visible
 */
export function finding<Code extends FindingCode>(
  code: Code,
  message: string,
  details: FindingDetails<Code> = {},
): KnownFinding {
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
