import { escapeLine } from '../text/escape.js';
import { shorten } from '../text/shorten.js';
import type { Report, Verdict } from '../report/report.js';
import { endpointViews, hasProblems, type EndpointView } from './view-model.js';
import { headline } from './counts.js';
import { addressOf, NO_VERDICT, whoActs, type Program } from './labels.js';
import { count } from '../text/count.js';

export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  /** Several lines. */
  readonly message: string;
  readonly file?: string;
  /** 1 for the first line. */
  readonly line?: number;
}

/** The runner shows at most ten errors of a step. The tenth is the one that fails it. */
const MOST_ERRORS = 9;
/** Ten warnings, too. Two are left for the run itself. */
const MOST_WARNINGS = 8;
/** The runner cuts a message here, in UTF-16 code units, after undoing the escapes of its commands. */
const MESSAGE_LIMIT = 4096;
const TITLE_LIMIT = 200;
const TEXT_LIMIT = 700;
const NAME_LIMIT = 100;
const NAMES = 20;

/**
 * An annotation for each endpoint that did not pass, worst first: an error if the endpoint fails the job, otherwise a
 * warning. If there are more than the runner shows, the last of each kind says how many. None has a workflow command.
 */
export function annotate(report: Report, { failed, blocks }: Verdict): Annotation[] {
  const counted = new Set(failed);
  const failing = new Set(blocks ? failed : []);
  const views = endpointViews(report.endpoints).filter((view) => hasProblems(view) || counted.has(view.endpoint));
  const errors = views.filter(({ endpoint }) => failing.has(endpoint));
  const warnings = views.filter(({ endpoint }) => !failing.has(endpoint));
  return [...upTo(MOST_ERRORS, 'error', errors), ...upTo(MOST_WARNINGS, 'warning', warnings)];
}

/** The message with which a job fails: the headline, and the names of the endpoints that fail the gate. */
export function failureLine(report: Report, verdict: Verdict): string {
  const { failed } = verdict;
  const names = failed.slice(0, NAMES).map(({ name }) => shorten(name, NAME_LIMIT));
  if (failed.length > NAMES) names.push(`and ${failed.length - NAMES} more`);
  return escapeLine(`${headline(report, verdict).text}: ${names.join(', ')}`);
}

/**
 * The message with which a job fails that has no verdict, with as many problems as the runner shows.
 * @param why a clause, such as "the configuration is invalid"
 */
export function notTested(why: string, problems: readonly string[], program: Program = 'gate'): string {
  const lines = [`${NO_VERDICT[program].headline}: ${why}.`, ...problems];
  return shorten(lines.map(escapeLine).join('\n'), MESSAGE_LIMIT);
}

function upTo(most: number, level: Annotation['level'], views: readonly EndpointView[]): Annotation[] {
  const more = views.length - most;
  return views.slice(0, most).map((view, at) => annotationOf(level, view, at === most - 1 && more > 0 ? more : 0));
}

function annotationOf(level: Annotation['level'], view: EndpointView, more: number): Annotation {
  const { endpoint, problems } = view;
  const message = [
    ...(more > 0 ? [`(${count(more, 'more endpoint')}: see the job summary)`] : []),
    ...description(view),
  ];
  return {
    level,
    title: escapeLine(
      shorten(`${endpoint.name}: ${problems[0]?.title ?? view.attempts?.inShort ?? endpoint.result}`, TITLE_LIMIT),
    ),
    message: shorten(message.map(escapeLine).join('\n'), MESSAGE_LIMIT),
    ...(problems[0]?.finding.source ?? endpoint.source),
  };
}

/** The worst finding in full, and the codes of the others. */
function description({ endpoint, attempts, problems: [worst, ...others] }: EndpointView): string[] {
  if (!worst) return [`${addressOf(endpoint)}: ${shorten(attempts?.inFull ?? endpoint.result, TEXT_LIMIT)}`];
  const { finding, step, transcript } = worst;
  const evidence = worst.evidence.map(({ label, value }) => `${label}: ${value}`);
  return [
    `${addressOf(endpoint)}, ${step}, ${finding.code}: ${shorten(finding.message, TEXT_LIMIT)}`,
    ...(finding.waived ? [`Waived until ${finding.waived.until}: ${shorten(finding.waived.reason, TEXT_LIMIT)}`] : []),
    ...`Fix ${whoActs(finding)}: ${shorten(finding.remedy, TEXT_LIMIT)}`.split('\n'),
    ...[...evidence, ...transcript.slice(-4)].slice(0, 8).map((line) => `  ${shorten(line, 200)}`),
    ...(others.length > 0 ? [`Also: ${[...new Set(others.map((other) => other.finding.code))].join(', ')}`] : []),
    ...(attempts ? [shorten(attempts.inFull, 300)] : []),
  ];
}
