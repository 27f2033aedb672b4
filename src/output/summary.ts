import { count } from '../text/count.js';
import { shorten } from '../text/shorten.js';
import { blocks, code, codeBlock, gfm, join, list, type Markdown } from './markdown.js';
import type { Report, Verdict } from '../report/report.js';
import { sharedFindings } from './summary/causes.js';
import { findingSection } from './summary/details.js';
import { causes, endingWaivers, nameOf, notes, transcripts } from './summary/sections.js';
import { overview } from './summary/table.js';
import { endpointViews, hasProblems, isNoteworthy, type EndpointView } from './view-model.js';
import { byOutcome, headline, OUTCOME_LABELS } from './counts.js';
import { duration, NO_VERDICT, SIGNS, type Program } from './labels.js';

export interface SummaryOptions {
  /** The largest size of the summary in bytes of UTF-8. At least 4096. */
  readonly byteBudget?: number;
  readonly reportPath?: string;
  /** The page that documents each finding under its code as a fragment. */
  readonly findingsUrl?: string;
}

/** The runner drops a summary of more than 1 MiB. */
const DEFAULT_BUDGET = 768 * 1024;

/** How much of the report a summary shows. The first level that fits the budget is used. */
interface Level {
  /** What is missing, as the summary says it. */
  readonly leftOut?: string;
  readonly hasRow: (view: EndpointView) => boolean;
  readonly hasTranscript: (view: EndpointView) => boolean;
}

const always = () => true;
const never = () => false;

const LEVELS: readonly Level[] = [
  { hasRow: always, hasTranscript: always },
  { leftOut: 'the transcripts of endpoints that passed', hasRow: always, hasTranscript: hasProblems },
  { leftOut: 'all transcripts', hasRow: always, hasTranscript: never },
  { leftOut: 'all transcripts and the rows of endpoints that passed', hasRow: isNoteworthy, hasTranscript: never },
];

/**
 * The job summary, in GitHub-flavored Markdown. One that exceeds the budget leaves parts out and says which, but always
 * has the headline and the counts.
 */
export function renderSummary(report: Report, verdict: Verdict, options: SummaryOptions = {}): string {
  const budget = options.byteBudget ?? DEFAULT_BUDGET;
  const views = endpointViews(report.endpoints);
  const troubled = views.filter(hasProblems);
  const head = top(report, verdict);
  const lead = [causes(troubled), endingWaivers(troubled, report)];
  const shared = sharedFindings(troubled);
  const firstCommand = shared.find(({ members: [first] }) => first?.problem.finding.reproduce !== undefined);
  const sections = shared.flatMap((one) => {
    const { findingsUrl } = options;
    return findingSection(one, { findingsUrl, isFirstCommand: one === firstCommand }) ?? [];
  });

  for (const { leftOut, hasRow, hasTranscript } of LEVELS) {
    const page = blocks([
      ...head,
      ...lead,
      leftOut === undefined ? undefined : omission(leftOut, options),
      overview(views.filter(hasRow), report),
      ...sections,
      notes(views),
      transcripts(views.filter(hasTranscript)),
    ]);
    if (bytes(page) < budget) return `${page.toString()}\n`;
  }
  const opening = bytes(blocks(lead)) < budget / 4 ? [...head, ...lead] : head;
  return `${shortened(opening, troubled, sections, options, budget).toString()}\n`;
}

/**
 * The summary of a run without a verdict.
 * @param why a clause, such as "the configuration is invalid"
 * @param message the problems, one per line
 */
export function renderNotTested(why: string, message: string, program: Program = 'gate'): string {
  const { headline: what, meaning } = NO_VERDICT[program];
  const problems = message.split('\n').map((problem) => shorten(problem, 2000));
  const head = [gfm`## ${SIGNS.fail.emoji} ${what}: ${why}`, gfm`${count(problems.length, 'problem')}. ${meaning}`];
  const space = DEFAULT_BUDGET - bytes(blocks(head)) - RESERVE;
  const pieces = problems.map((problem) => codeBlock([problem]));
  const shown = problems.slice(0, fitting(pieces, space));
  const missing = problems.length - shown.length;
  const page = blocks([
    ...head,
    codeBlock(shown),
    missing > 0 ? gfm`The log has ${count(missing, 'more problem')}.` : undefined,
  ]);
  return `${page.toString()}\n`;
}

function top(report: Report, verdict: Verdict): Markdown[] {
  const { status, text } = headline(report, verdict);
  const counts = byOutcome(report.endpoints).map(
    ([outcome, { length }]) => gfm`${SIGNS[outcome].emoji} **${length}** ${OUTCOME_LABELS[outcome]}`,
  );
  const total = gfm`${count(report.endpoints.length, 'endpoint')} in ${duration(report.durationMs)}`;
  return [gfm`## ${SIGNS[status].emoji} ${text}`, join([...counts, total], ' · ')];
}

/** Bytes for separators, and for lines that say how much is missing. */
const RESERVE = 100;

/** If no level fits the budget: the names of the endpoints that did not pass, and as many of their sections as fit. */
function shortened(
  head: readonly (Markdown | undefined)[],
  views: readonly EndpointView[],
  sections: readonly Markdown[],
  options: SummaryOptions,
  budget: number,
): Markdown {
  const without = (missing: number) => {
    const leftOut =
      missing > 0
        ? `all transcripts, the table, and the details of ${count(missing, 'finding')}`
        : 'all transcripts and the table';
    return omission(leftOut, options);
  };
  const names = views.map(
    ({ endpoint, outcome }) => gfm`${SIGNS[outcome].emoji} ${nameOf(endpoint)}: ${OUTCOME_LABELS[outcome]}`,
  );

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

function omission(leftOut: string, { reportPath = 'report.json' }: SummaryOptions): Markdown {
  return gfm`> The full summary exceeds GitHub's size limit. This one omits ${leftOut}. The full report is in ${code(shorten(reportPath, 250))}.`;
}

/** The bytes between two blocks, or of the marker and line feed of a list item. */
const SEPARATOR = 3;

/** How many of the first pieces fit into some bytes together. */
function fitting(pieces: readonly Markdown[], space: number): number {
  let used = 0;
  const overflow = pieces.findIndex((piece) => (used += bytes(piece) + SEPARATOR) > space);
  return overflow < 0 ? pieces.length : overflow;
}

function bytes(text: Markdown): number {
  return Buffer.byteLength(text.toString());
}
