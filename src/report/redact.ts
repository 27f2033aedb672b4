import type { Redactor } from '../text/redactor.js';
import type { EndpointReport } from './report.js';

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

/** @returns the same report with `<redacted>` wherever it held a secret */
export function redactEndpoint(endpoint: EndpointReport, redactor: Redactor): EndpointReport {
  return redactor.redactDeep(endpoint, OWN_WORDS);
}
