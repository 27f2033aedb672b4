import { ANY_STEP } from './catalogue/any-step.js';
import { STEP_4 } from './catalogue/authentication.js';
import { STEP_1 } from './catalogue/capability.js';
import { STEP_3 } from './catalogue/certificate.js';
import { CONNECTION } from './catalogue/connecting.js';
import { STEP_5 } from './catalogue/delivery.js';
import { RUN } from './catalogue/run.js';
import { STEP_2 } from './catalogue/upgrade.js';
import type { CatalogueEntry } from './catalogue/entry.js';

export { RESULT_TYPES } from './catalogue/entry.js';
export type { CatalogueEntry, ResultType } from './catalogue/entry.js';

/**
 * Every finding that the gate can report, in the order of the steps. A code is for ever: it is never renamed
 * and never reused. The documentation page `docs/findings.md` is generated from this catalogue.
 */
export const CATALOGUE = {
  ...ANY_STEP,
  ...CONNECTION,
  ...STEP_1,
  ...STEP_2,
  ...STEP_3,
  ...STEP_4,
  ...STEP_5,
  ...RUN,
} as const satisfies Record<string, CatalogueEntry>;

export type FindingCode = keyof typeof CATALOGUE;

/** What a finding may carry as evidence: the fields of its entry, and no others. */
export type Evidence<Code extends FindingCode> = Code extends FindingCode
  ? Partial<Record<keyof (typeof CATALOGUE)[Code]['evidence'], string>>
  : never;

/** All codes, in the order of the catalogue. */
export const FINDING_CODES = Object.keys(CATALOGUE) as FindingCode[];

/** Findings about the gate's own bookkeeping: to waive them would be to switch the gate off. */
export const UNWAIVABLE: readonly FindingCode[] = [
  'internal-error',
  'run-stopped',
  'runner-starved',
  'waiver-expired',
  'waiver-unused',
];
