import type { Redactor } from '../text/redactor.js';
import type { EndpointReport, Finding } from './report.js';

/**
 * Keys whose values are the gate's own words, numbers and dates. They carry no secret, and would be damaged where
 * somebody's password is `pass`.
 */
const OWN_WORDS: ReadonlySet<string> = new Set([
  'result',
  'transport',
  'role',
  'id',
  'status',
  'skipped',
  'step',
  'code',
  'severity',
  'from',
  'validFrom',
  'validTo',
  'sha256',
]);

/** @returns the same report of an endpoint with `<redacted>` wherever it held a secret */
export function redactEndpoint(endpoint: EndpointReport, redactor: Redactor): EndpointReport {
  const { steps, ...rest } = redactor.redactDeep(endpoint, OWN_WORDS);
  // Evidence has keys of its own choice: there they say nothing about the value.
  const redactEvidence = (finding: Finding): Finding =>
    finding.evidence ? { ...finding, evidence: redactor.redactDeep(finding.evidence) } : finding;
  return { ...rest, steps: steps.map((step) => ({ ...step, findings: step.findings.map(redactEvidence) })) };
}
