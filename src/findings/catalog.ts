import { ANY_STEP } from './catalog/any-step.js';
import { AUTHENTICATION } from './catalog/authentication.js';
import { CAPABILITY } from './catalog/capability.js';
import { CERTIFICATE } from './catalog/certificate.js';
import { CONNECTING } from './catalog/connecting.js';
import { DELIVERY } from './catalog/delivery.js';
import { HANDSHAKE } from './catalog/handshake.js';
import { MX } from './catalog/mx.js';
import { RECEIPT } from './catalog/receipt.js';
import { RUN } from './catalog/run.js';
import { TRANSIT } from './catalog/transit.js';
import { UPGRADE } from './catalog/upgrade.js';
import type { CatalogEntry } from './catalog/entry.js';
import type { FindingCode } from './codes.js';
import type { OwnText } from '../text/own.js';

export type { CatalogEntry } from './catalog/entry.js';

/**
 * The texts of every finding, in the order of the codes. A run loads them with its first finding. The page
 * `docs/findings.md` is generated from this catalog.
 */
export const CATALOG = {
  ...ANY_STEP,
  ...CONNECTING,
  ...MX,
  ...CAPABILITY,
  ...UPGRADE,
  ...HANDSHAKE,
  ...CERTIFICATE,
  ...AUTHENTICATION,
  ...DELIVERY,
  ...RECEIPT,
  ...TRANSIT,
  ...RUN,
} as const satisfies Record<FindingCode, CatalogEntry>;

/** The evidence of a finding: the fields of its entry, and no others. */
export type Evidence<Code extends FindingCode> = Code extends FindingCode
  ? Partial<Record<keyof (typeof CATALOG)[Code]['evidence'], string | OwnText>>
  : never;

/** The names of the causes of a finding, besides the usual one. */
export type CauseOf<Code extends FindingCode> = Code extends FindingCode
  ? (typeof CATALOG)[Code] extends { readonly causes: infer Causes }
    ? keyof Causes
    : never
  : never;
