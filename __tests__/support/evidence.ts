import { CATALOG, type CatalogEntry } from '../../src/findings/catalog.js';
import type { FindingCode } from '../../src/findings/codes.js';
import type { StepReport } from '../../src/report/report.js';

/** The evidence fields of findings, as `code.field`, that the catalog does not declare. */
export function undeclaredEvidence(steps: readonly StepReport[]): string[] {
  return steps
    .flatMap(({ findings }) => findings)
    .flatMap(({ code, evidence = {} }) => {
      const declared: CatalogEntry['evidence'] = CATALOG[code as FindingCode].evidence;
      return Object.keys(evidence).flatMap((field) => (field in declared ? [] : [`${code}.${field}`]));
    });
}
