import type { Finding } from '../report/report.js';
import { CATALOG, type CatalogEntry, type CauseOf, type Evidence, type FindingCode } from './catalog.js';

type Completed =
  | 'title'
  | 'party'
  | 'certainty'
  | 'remedy'
  | 'reference'
  | 'resultType'
  | 'reproduce'
  | 'reproduceShows'
  | 'reproduceSendsTo';

/** A finding as a step creates it. {@link completeFinding} adds the cause, its fix and a command. */
export interface KnownFinding extends Omit<Finding, Completed> {
  readonly code: FindingCode;
  /** The cause, if it is not the usual one. */
  readonly cause?: string;
}

/**
 * Creates a finding with the severity of the catalog.
 * @param message what is wrong; text from the network in it must be short and printable
 */
export function finding<Code extends FindingCode>(
  code: Code,
  message: string,
  details: Partial<Pick<Finding, 'severity' | 'inconclusive'>> & {
    readonly evidence?: Evidence<Code>;
    readonly cause?: CauseOf<Code>;
  } = {},
): KnownFinding {
  const { severity }: CatalogEntry = CATALOG[code];
  return { code, severity, message, ...details };
}
