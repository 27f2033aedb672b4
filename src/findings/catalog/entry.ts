import type { Severity, StepId } from '../../report/report.js';

/** What the gate knows about one kind of finding, for any endpoint. */
export interface CatalogEntry {
  /** A headline of a few words. */
  readonly title: string;
  /** The severity, unless the step decides otherwise. */
  readonly severity: Severity;
  /** The steps that can report it. */
  readonly steps: readonly StepId[];
  /** What it means, for someone who sees it for the first time. */
  readonly explanation: string;
  /** The fields of evidence that it may have, and a description of each (Markdown). */
  readonly evidence: Readonly<Record<string, string>>;
  /** What to do, if no cause is known. It is prose in which backticks mark code. */
  readonly remedy: string;
  /** The section of the standard. */
  readonly reference?: string;
  /** The fixes for the causes that a step can distinguish, by the name of the cause. */
  readonly causes?: Readonly<Record<string, Fix>>;
  /** Its result type in a TLS report (RFC 8460 section 4.3), if it has one. */
  readonly resultType?: ResultType;
}

/** What replaces the remedy and the reference of an entry if the cause is known. */
export interface Fix {
  /** What to do. A function gets the evidence, without backticks. */
  readonly remedy: string | ((evidence: Readonly<Record<string, string>>) => string);
  readonly reference?: string;
}

/** What an entry has besides its three texts. */
type EntryDetails = Pick<CatalogEntry, 'evidence' | 'reference' | 'causes' | 'resultType'> &
  Partial<Pick<CatalogEntry, 'steps'>>;

/**
 * One constructor of entries for each severity.
 * @param steps the steps of all entries that name no others
 * @param common evidence that all entries may have
 */
export function entriesOf<Field extends string = never>(
  steps: readonly StepId[],
  common?: Readonly<Record<Field, string>>,
) {
  const entryOf =
    (severity: Severity) =>
    <const Details extends EntryDetails>(title: string, explanation: string, remedy: string, details: Details) => ({
      ...{ title, severity, steps, explanation, remedy },
      ...details,
      evidence: { ...details.evidence, ...common } as Details['evidence'] & Record<Field, string>,
    });
  return { error: entryOf('error'), warning: entryOf('warning'), notice: entryOf('notice') };
}

/** Fixes for causes that share the reference of the entry. */
export function remedies<Cause extends string>(texts: Readonly<Record<Cause, Fix['remedy']>>): Record<Cause, Fix> {
  const fixes = Object.entries<Fix['remedy']>(texts).map(([cause, remedy]) => [cause, { remedy }]);
  return Object.fromEntries(fixes) as Record<Cause, Fix>;
}

/** The result types of RFC 8460 section 4.3 that are about a server's TLS itself. */
type ResultType =
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure';
