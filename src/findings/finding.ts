import type { Finding } from '../report/report.js';
import { CATALOGUE } from './catalogue.js';
import type { CatalogueEntry, Cause, Evidence, FindingCode } from './catalogue.js';

/** A finding as a step reports it. {@link completeFinding} adds what to do about it. */
export type KnownFinding = Finding & { readonly code: FindingCode; readonly cause?: string };

export interface FindingDetails<Code extends FindingCode> extends Partial<
  Pick<Finding, 'severity' | 'inconclusive' | 'remedy' | 'reference' | 'reproduce'>
> {
  readonly evidence?: Evidence<Code>;
  /** The cause, if the catalogue has a fix of its own for it. */
  readonly cause?: Cause<Code>;
}

/**
 * Makes a finding with the severity of the catalogue.
 * @param message what is wrong; text from the network in it must be short and printable
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
