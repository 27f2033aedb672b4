import type { Finding } from '../report/report.js';
import { CATALOG, type CatalogEntry, type Cause, type Evidence, type FindingCode } from './catalog.js';

/** A finding as a step creates it. {@link completeFinding} adds what to do about it. */
export interface KnownFinding extends Omit<Finding, 'remedy' | 'reference' | 'resultType'> {
  readonly code: FindingCode;
  /** The cause, if the catalog has a fix of its own for it. */
  readonly cause?: string;
}

/**
 * Creates a finding with the severity of the catalog.
 * @param message what is wrong; text from the network in it must be short and printable
 */
export function finding<Code extends FindingCode>(
  code: Code,
  message: string,
  details: Partial<Pick<Finding, 'severity' | 'inconclusive' | 'reproduce'>> & {
    readonly evidence?: Evidence<Code>;
    readonly cause?: Cause<Code>;
  } = {},
): KnownFinding {
  const { severity }: CatalogEntry = CATALOG[code];
  return { code, severity, message, ...details };
}
