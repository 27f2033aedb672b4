import type { EarlierFinding, EndpointReport, Result } from './schema.js';

export type * from './schema.js';
export * from './values.js';

/** The warnings and waived errors that only attempts before the last one found. */
export function earlierFindings({ earlier = [] }: Pick<EndpointReport, 'earlier'>): EarlierFinding[] {
  return earlier.filter((one) => 'severity' in one);
}

/** Whether an endpoint passed, possibly with warnings, but only after a retry. */
export function isFlaky({ result, attempts }: Pick<EndpointReport, 'result' | 'attempts'>): boolean {
  return attempts > 1 && (result === 'pass' || result === 'warn');
}

/** How many endpoints have finished. The total grows when the addresses of an endpoint become known. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** The outcome of a run under the user's policy. */
export interface Verdict {
  /** The worst result of all endpoints, regardless of the policy. */
  readonly result: Result;
  /** The endpoints that count as failed, in the order of the report. */
  readonly failed: readonly EndpointReport[];
  /** Whether the job fails. */
  readonly blocks: boolean;
}
