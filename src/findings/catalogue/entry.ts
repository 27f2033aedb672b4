import type { Severity, StepId } from '../../report/report.js';

/** What the gate knows about one kind of finding, whatever the endpoint. */
export interface CatalogueEntry {
  /** A headline of a few words. */
  readonly title: string;
  /** The severity that it has unless its step says otherwise. */
  readonly severity: Severity;
  /** The steps in which it can appear. */
  readonly steps: readonly StepId[];
  /** What it means, for somebody who meets it the first time. */
  readonly explanation: string;
  /** How we know: the fields of evidence that it may carry, and in a few words (Markdown) what each holds. */
  readonly evidence: Readonly<Record<string, string>>;
  /** How to mend it, where the step knows nothing more precise. */
  readonly remedy: string;
  /** The section that it rests on. */
  readonly reference?: string;
  /** What a TLS report (RFC 8460 section 4.3) calls it, where it has a name for it. */
  readonly resultType?: ResultType;
}

/** The result types of RFC 8460 section 4.3 that concern a server's TLS itself. */
export const RESULT_TYPES = [
  'starttls-not-supported',
  'certificate-host-mismatch',
  'certificate-expired',
  'certificate-not-trusted',
  'validation-failure',
] as const;

export type ResultType = (typeof RESULT_TYPES)[number];

export const EVERY: readonly StepId[] = ['capability', 'upgrade', 'certificate', 'authentication', 'delivery'];
/** Step 1, or with implicit TLS step 3: whichever opens the connection. */
export const CONNECTING: readonly StepId[] = ['capability', 'certificate'];
/** Step 1, or with implicit TLS step 4: whichever reads the greeting and sends the first EHLO. */
export const GREETING: readonly StepId[] = ['capability', 'authentication'];
