import type { Finding } from '../report/report.js';
import type { FindingCode } from './codes.js';
import { causeOf, textOf, titleOf } from './cause.js';
import { recognize, settingOf } from './software.js';
import { together } from '../text/lists.js';

/**
 * A complete finding with the cause that a comparison with other endpoints shows. Its severity, message and command stay.
 * @param worksAt the host, IP address or port that works
 * @param greeting of the server that fails, which may show its software
 */
export function recast(
  found: Finding,
  code: FindingCode,
  cause: string,
  { worksAt, greeting = '' }: { readonly worksAt: string; readonly greeting?: string | undefined },
): Finding {
  const { party, certainty, remedy, examples, setting } = causeOf(code, cause);
  const evidence = { ...found.evidence, worksAt };
  const software = setting && recognize({ greetings: [greeting], offers: [], rejections: [] });
  const more = setting && software ? settingOf(setting, software, '') : examples;
  const fix = textOf(remedy, evidence);
  return {
    ...found,
    ...{ title: titleOf(code, cause), party, certainty, evidence },
    remedy: together(more === undefined ? [fix] : [fix, more]),
  };
}
