import type { Finding } from '../report/report.js';
import type { OwnText } from '../text/own.js';
import type { CauseOf, Evidence } from './catalog.js';
import { SEVERITIES, type FindingCode } from './codes.js';

type Completed =
  | 'message'
  | 'evidence'
  | 'title'
  | 'party'
  | 'certainty'
  | 'remedy'
  | 'reference'
  | 'resultType'
  | 'source'
  | 'reproduce'
  | 'reproduceShows'
  | 'reproduceSendsTo';

/** A finding as a step creates it. {@link completeFinding} adds the cause, its fix and a command. */
export interface KnownFinding extends Omit<Finding, Completed> {
  readonly code: FindingCode;
  /** What is wrong; text from the network in it must be short and printable. */
  readonly message: OwnText;
  readonly evidence?: Readonly<Record<string, string | OwnText>>;
  /** The cause, if it is not the usual one. */
  readonly cause?: string;
}

/** Creates a finding with its usual severity. */
export function finding<Code extends FindingCode>(
  code: Code,
  message: OwnText,
  details: Partial<Pick<Finding, 'severity' | 'inconclusive'>> & {
    readonly evidence?: Evidence<Code>;
    readonly cause?: CauseOf<Code>;
  } = {},
): KnownFinding {
  return { code, severity: SEVERITIES[code], message, ...details };
}
