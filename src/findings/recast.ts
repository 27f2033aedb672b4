import type { Finding } from '../report/report.js';
import type { FindingCode } from './codes.js';
import { causeOf, textOf, titleOf } from './cause.js';

/**
 * A complete finding with the cause that a comparison with other endpoints shows. Its severity, message and command stay.
 * @param worksAt the IP address or port that works
 */
export function recast(found: Finding, code: FindingCode, cause: string, worksAt: string): Finding {
  const { party, certainty, remedy, examples } = causeOf(code, cause);
  const evidence = { ...found.evidence, worksAt };
  const fix = textOf(remedy, evidence);
  return {
    ...found,
    ...{ title: titleOf(code, cause), party, certainty, evidence },
    remedy: examples === undefined ? fix : `${fix} ${examples}`,
  };
}
