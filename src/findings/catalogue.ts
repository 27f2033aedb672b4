import { ANY_STEP } from './catalogue/any-step.js';
import { AUTHENTICATION } from './catalogue/authentication.js';
import { CAPABILITY } from './catalogue/capability.js';
import { CERTIFICATE } from './catalogue/certificate.js';
import { CONNECTING } from './catalogue/connecting.js';
import { DELIVERY } from './catalogue/delivery.js';
import { HANDSHAKE } from './catalogue/handshake.js';
import { RUN } from './catalogue/run.js';
import { UPGRADE } from './catalogue/upgrade.js';
import type { CatalogueEntry } from './catalogue/entry.js';

export { RESULT_TYPES } from './catalogue/entry.js';
export type { CatalogueEntry, ResultType } from './catalogue/entry.js';

/**
 * Every finding that the gate can report, in the order of the steps. A code never changes and is never reused. The
 * page `docs/findings.md` is generated from this catalogue.
 */
export const CATALOGUE = {
  ...ANY_STEP,
  ...CONNECTING,
  ...CAPABILITY,
  ...UPGRADE,
  ...HANDSHAKE,
  ...CERTIFICATE,
  ...AUTHENTICATION,
  ...DELIVERY,
  ...RUN,
} as const satisfies Record<string, CatalogueEntry>;

export type FindingCode = keyof typeof CATALOGUE;

/** The evidence of a finding: the fields of its entry, and no others. */
export type Evidence<Code extends FindingCode> = Code extends FindingCode
  ? Partial<Record<keyof (typeof CATALOGUE)[Code]['evidence'], string>>
  : never;

/** The causes that the catalogue has fixes for. */
export type Cause<Code extends FindingCode> = Code extends FindingCode
  ? (typeof CATALOGUE)[Code] extends { readonly causes: infer Causes }
    ? keyof Causes
    : never
  : never;

/** All codes, in the order of the catalogue. */
export const FINDING_CODES = Object.keys(CATALOGUE) as FindingCode[];

/** Findings about the gate itself. Waiving them would disable the gate. */
export const UNWAIVABLE: readonly FindingCode[] = [
  'internal-error',
  'run-stopped',
  'runner-starved',
  'waiver-expired',
  'waiver-unused',
];
