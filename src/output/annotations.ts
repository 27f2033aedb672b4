import { neutralise } from '../text/escape.js';
import { shorten } from '../text/shorten.js';
import type { Report, Verdict } from '../report/report.js';
import { stories, isTroubled, whereOf } from './view-model.js';
import type { Story } from './view-model.js';
import { addressOf, attemptsInFull, endpointsOf, titleOf } from './labels.js';

/** A message beside a line of the user's files, or of the run. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  /** Several lines, none of which the runner obeys. */
  readonly message: string;
  readonly file?: string;
  /** 1 for the first line. */
  readonly line?: number;
}

/** The runner keeps ten errors of a step; the tenth is the one that fails it. */
const MOST_ERRORS = 9;
/** It keeps ten warnings too; two are left for what is to be said about the run itself. */
const MOST_WARNINGS = 8;
/** The runner cuts a message here, in UTF-16 code units, after undoing the escapes of its commands. */
const MESSAGE_LIMIT = 4096;
const TITLE_LIMIT = 200;
const TEXT_LIMIT = 700;
const NAME_LIMIT = 100;
const NAMES = 20;

/**
 * An annotation for each endpoint that is not green, worst first: an error where the endpoint fails the job and a
 * warning where it does not. Where there are more than the runner keeps, the last of each kind says how many.
 */
export function annotate(report: Report, { failed, blocks }: Verdict): Annotation[] {
  const failing = new Set(blocks ? failed : []);
  const troubled = stories(report).filter(isTroubled);
  return [
    ...upTo(
      MOST_ERRORS,
      'error',
      troubled.filter(({ endpoint }) => failing.has(endpoint)),
    ),
    ...upTo(
      MOST_WARNINGS,
      'warning',
      troubled.filter(({ endpoint }) => !failing.has(endpoint)),
    ),
  ];
}

/** The line with which a job fails: how many endpoints failed, and which. */
export function failureLine({ failed }: Pick<Verdict, 'failed'>): string {
  const names = failed.slice(0, NAMES).map(({ name }) => shorten(name, NAME_LIMIT));
  const more = failed.length - names.length;
  return neutralise(
    `Gate closed: ${endpointsOf(failed.length)} failed: ${names.join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
  );
}

/**
 * The message with which a job fails that gated nothing: as many problems as the runner keeps.
 * @param why in a few words
 * @param problems all that is wrong, a line each
 */
export function nothingGated(why: string, problems: readonly string[]): string {
  const lines = [`Nothing was gated: ${why}.`, ...problems];
  return shorten(lines.map(neutralise).join('\n'), MESSAGE_LIMIT);
}

function upTo(most: number, level: Annotation['level'], troubled: readonly Story[]): Annotation[] {
  const more = troubled.length - most;
  return troubled.slice(0, most).map((story, at) => annotationOf(level, story, at === most - 1 && more > 0 ? more : 0));
}

function annotationOf(level: Annotation['level'], story: Story, more: number): Annotation {
  const { endpoint, chapters } = story;
  const [worst] = chapters;
  const message = [
    ...(more > 0 ? [`(${endpointsOf(more)} more like this: see the summary of the job)`] : []),
    ...account(story),
  ];
  return {
    level,
    title: neutralise(shorten(`${endpoint.name}: ${worst ? titleOf(worst.finding) : endpoint.result}`, TITLE_LIMIT)),
    message: shorten(message.map(neutralise).join('\n'), MESSAGE_LIMIT),
    ...endpoint.source,
  };
}

/** The worst finding in full, the others by their names. */
function account({ endpoint, chapters: [worst, ...others] }: Story): string[] {
  if (!worst) return [`${addressOf(endpoint)}: ${endpoint.result}`];
  const { finding, decisive } = worst;
  const evidence = Object.entries(finding.evidence ?? {}).map(([what, value]) => `${what}: ${value}`);
  const attempts = attemptsInFull(endpoint);
  return [
    `${addressOf(endpoint)}, ${whereOf(worst)}, ${finding.code}: ${shorten(finding.message, TEXT_LIMIT)}`,
    ...(finding.waived ? [`Waived until ${finding.waived.until}: ${shorten(finding.waived.reason, TEXT_LIMIT)}`] : []),
    ...[...evidence, ...decisive.slice(-3)].slice(0, 8).map((line) => `  ${shorten(line, 200)}`),
    `How to mend it: ${shorten(finding.remedy, TEXT_LIMIT)}`,
    ...(others.length > 0 ? [`Also: ${[...new Set(others.map((other) => other.finding.code))].join(', ')}`] : []),
    ...(attempts === undefined ? [] : [shorten(attempts, 300)]),
  ];
}
