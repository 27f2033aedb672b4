import { CATALOGUE, type CatalogueEntry, type FindingCode } from '../../src/findings/catalogue.js';
import type { StepReport } from '../../src/report/report.js';

/** The fields of evidence, as `code.field`, that findings carry and the catalogue does not declare for them. */
export function undeclaredEvidence(steps: readonly StepReport[]): string[] {
  return steps
    .flatMap(({ findings }) => findings)
    .flatMap(({ code, evidence = {} }) => {
      const declared: CatalogueEntry['evidence'] = CATALOGUE[code as FindingCode].evidence;
      return Object.keys(evidence).flatMap((field) => (field in declared ? [] : [`${code}.${field}`]));
    });
}
