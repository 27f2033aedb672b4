import { shorten } from '../text/shorten.js';
import { blocks, code, codeBlock, gfm, join, list } from './markdown.js';
import type { Markdown } from './markdown.js';
import type { EndpointReport, Report, Verdict } from '../report/report.js';
import { name, overview, remarks, section, transcripts } from './sections.js';
import { isTroubled, stories } from './view-model.js';
import { BECAME, byResult, duration, endpointsOf, headline, SIGNS } from './labels.js';

export interface SummaryOptions {
  /** The most UTF-8 bytes that the summary may have; 4096 or more. */
  readonly byteBudget?: number;
  /** Where the whole report can be read. */
  readonly reportPath?: string;
  /** The page that explains the findings, each under its code as a fragment. */
  readonly findingsUrl?: string;
}

/** Some way below the mebibyte at which the runner drops a summary whole. */
const DEFAULT_BUDGET = 768 * 1024;

/** How much a summary tells. The first level that keeps the budget is taken. */
interface Level {
  /** What the reader is told is missing. */
  readonly leftOut?: string;
  readonly hasRow: (endpoint: EndpointReport) => boolean;
  readonly hasTranscript: (endpoint: EndpointReport) => boolean;
}

const always = () => true;
const never = () => false;
const unlessPassed = ({ result }: EndpointReport) => result !== 'pass';

const LEVELS: readonly Level[] = [
  { hasRow: always, hasTranscript: always },
  { leftOut: 'the transcripts of endpoints that passed', hasRow: always, hasTranscript: unlessPassed },
  { leftOut: 'all transcripts', hasRow: always, hasTranscript: never },
  { leftOut: 'all transcripts and the rows of endpoints that passed', hasRow: unlessPassed, hasTranscript: never },
];

/**
 * The job summary, in GitHub-flavoured Markdown: a headline, a table with a row an endpoint, what is wrong with each
 * that is not green, and the transcripts. Where that is more than the budget, less and less is told, and what is left
 * out is said; headline and counts always stand.
 */
export function renderSummary(report: Report, verdict: Verdict, options: SummaryOptions = {}): string {
  const budget = options.byteBudget ?? DEFAULT_BUDGET;
  const told = stories(report);
  const worstFirst = told.map(({ endpoint }) => endpoint);
  const head = top(report, verdict);
  const sections = told.filter(isTroubled).map((story) => section(story, options.findingsUrl));

  for (const { leftOut, hasRow, hasTranscript } of LEVELS) {
    const page = blocks([
      ...head,
      leftOut === undefined ? undefined : omission(leftOut, options),
      overview(worstFirst.filter(hasRow)),
      ...sections,
      remarks(told),
      transcripts(worstFirst.filter(hasTranscript)),
    ]);
    if (bytes(page) < budget) return `${page.toString()}\n`;
  }
  return `${crowded(head, worstFirst.filter(unlessPassed), sections, options, budget).toString()}\n`;
}

/**
 * The summary of a run that never began.
 * @param why in a few words
 * @param message everything that is wrong, a problem a line
 */
export function renderNothingGated(why: string, message: string, byteBudget = DEFAULT_BUDGET): string {
  const problems = message.split('\n').map((problem) => shorten(problem, 2000));
  const head = [
    gfm`## ${SIGNS.fail.emoji} Nothing was gated: ${why}`,
    gfm`**${problems.length}** ${problems.length === 1 ? 'problem' : 'problems'}. Nothing was sent to any server.`,
  ];
  const room = byteBudget - bytes(blocks(head)) - RESERVE;
  const shown = problems.slice(
    0,
    fitting(
      problems.map((problem) => codeBlock([problem])),
      room,
    ),
  );
  const missing = problems.length - shown.length;
  const page = blocks([
    ...head,
    codeBlock(shown),
    missing > 0 ? gfm`And ${missing} more, which are in the log.` : undefined,
  ]);
  return `${page.toString()}\n`;
}

/** Headline and counts. */
function top(report: Report, verdict: Verdict): Markdown[] {
  const { status, text } = headline(report, verdict);
  const counts = byResult(report.endpoints).map(
    ([result, { length }]) => gfm`${SIGNS[result].emoji} **${length}** ${BECAME[result]}`,
  );
  const total = gfm`${endpointsOf(report.endpoints.length)} in ${duration(report.durationMs)}`;
  return [gfm`## ${SIGNS[status].emoji} ${text}`, join([...counts, total], ' · ')];
}

/** For separators, and for lines that say how much more there is. */
const RESERVE = 100;

/** Where no level keeps the budget: the names of the endpoints that are not green, and the sections that have room. */
function crowded(
  head: readonly Markdown[],
  endpoints: readonly EndpointReport[],
  sections: readonly Markdown[],
  options: SummaryOptions,
  budget: number,
): Markdown {
  const without = (count: number) =>
    omission(`all transcripts, the table${count > 0 ? `, and the details of ${endpointsOf(count)}` : ''}`, options);
  const names = endpoints.map((endpoint) => gfm`${SIGNS[endpoint.result].emoji} ${name(endpoint)}: ${endpoint.result}`);

  const forNames = budget - bytes(blocks([...head, without(sections.length)])) - RESERVE;
  const named = names.slice(0, fitting(names, forNames));
  const unnamed = names.length - named.length;
  const shown = unnamed > 0 ? [] : sections.slice(0, fitting(sections, forNames - bytes(list(named))));

  return blocks([
    ...head,
    without(sections.length - shown.length),
    list(unnamed > 0 ? [...named, gfm`and ${unnamed} more`] : named),
    ...shown,
  ]);
}

/** Says what the page leaves out, and where it is. */
function omission(leftOut: string, { reportPath = 'report.json' }: SummaryOptions): Markdown {
  return gfm`> This page would be too long with all of it, so it leaves out ${leftOut}. Everything is in ${code(shorten(reportPath, 250))}.`;
}

/** The bytes of the line feeds between two blocks, or of what makes a line an item of a list. */
const SEPARATOR = 3;

/** How many pieces, from the first on, have room together. */
function fitting(pieces: readonly Markdown[], room: number): number {
  let used = 0;
  const overflow = pieces.findIndex((piece) => (used += bytes(piece) + SEPARATOR) > room);
  return overflow < 0 ? pieces.length : overflow;
}

function bytes(text: Markdown): number {
  return Buffer.byteLength(text.toString());
}
