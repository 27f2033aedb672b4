import { styleText } from 'node:util';
import { escapeLine } from '../text/escape.js';
import { shorten } from '../text/shorten.js';
import type { Report, Verdict } from '../report/report.js';
import { hang } from '../text/wrap.js';
import { endpointViews, hasProblems, type EndpointView, type FindingView } from './view-model.js';
import { groupParts } from './groups.js';
import { byOutcome, headline, OUTCOME_LABELS } from './counts.js';
import { addressOf, duration, PARTY_LABELS, SIGNS } from './labels.js';
import { NAME_LIMIT, table, type Paint, type Width } from './terminal-table.js';

const TEXT_LIMIT = 1000;
const LINE_LIMIT = 300;

const COLORS = { pass: 'green', warn: 'yellow', inconclusive: 'yellow', fail: 'red', skip: 'dim' } as const;

/** In a terminal there need not be a workflow. */
const PARTIES = { ...PARTY_LABELS, configuration: 'Configuration' } as const;

interface Options {
  readonly color?: boolean;
  /** The number of columns, which lines do not exceed if possible; undefined means no limit. */
  readonly width?: Width;
}

/**
 * The report for a terminal. It has no control characters but its own colors, and no workflow commands, because the
 * terminal may be the log of a job.
 */
export function renderTerminal(report: Report, verdict: Verdict, { color = false, width }: Options = {}): string {
  const paint: Paint = (text, status) =>
    color && status ? styleText(COLORS[status], text, { validateStream: false }) : text;
  const views = endpointViews(report.endpoints);
  const { status, text } = headline(report, verdict);
  const counts = byOutcome(report.endpoints).map(
    ([outcome, { length }]) => `${SIGNS[outcome].plain} ${length} ${OUTCOME_LABELS[outcome]}`,
  );
  const lines = [
    ...hang(`${SIGNS[status].plain} `, text, width).map((line) => paint(line, status)),
    ...hang('  ', [...counts, duration(report.durationMs)].join(', '), width),
    '',
    ...table(groupParts(views, report.endpoints), report, paint, width),
    ...views.filter(hasProblems).flatMap((view) => section(view, paint, width)),
    ...notes(views, width),
  ];
  return `${lines.join('\n')}\n`;
}

function section({ endpoint, attempts, problems }: EndpointView, paint: Paint, width: Width): string[] {
  const { name, result } = endpoint;
  return [
    '',
    ...prose(`${SIGNS[result].plain} `, `${shorten(name, NAME_LIMIT)}: ${result}`, width).map((line) =>
      paint(line, result),
    ),
    ...prose('  ', `${addressOf(endpoint)}, ${endpoint.transport === 'implicit' ? 'implicit TLS' : 'STARTTLS'}`, width),
    ...(attempts ? prose('  ', attempts.inFull, width) : []),
    ...problems.flatMap((problem) => ['', ...problemOf(problem, width)]),
  ];
}

function problemOf({ finding, title, sign, step, evidence, transcript }: FindingView, width: Width): string[] {
  const { code, message, remedy, party, certainty, reference, reproduce, reproduceShows, reproduceSendsTo, waived } =
    finding;
  const fields = evidence.map(({ label, value }) => `${label}: ${value}`);
  const shown = [...fields, ...transcript].map((line) => shorten(line, LINE_LIMIT));
  const who = `${PARTIES[party]}${certainty === 'likely' ? ' (likely)' : ''}`;
  // A command is copied, and its output is compared with the text: neither may have a line break of ours.
  const command = [
    ...(reproduce?.split('\n') ?? []),
    ...(reproduceShows === undefined ? [] : [`look for: ${reproduceShows}`]),
    ...(reproduceSendsTo === undefined ? [] : [`note: this command sends a message to ${reproduceSendsTo}`]),
  ];
  return [
    ...prose(`  ${sign.plain} `, `${title} (${step}, ${code})`, width),
    ...(waived ? labeled('waived', [`until ${waived.until}: ${waived.reason}`], width) : []),
    ...labeled('problem', [message], width),
    ...labeled('fix', `${who}: ${remedy}`.split('\n'), width),
    ...labeled('evidence', shown, width),
    ...labeled('reproduce', command, undefined),
    ...labeled('reference', reference === undefined ? [] : [reference], width),
  ];
}

function labeled(label: string, texts: readonly string[], width: Width): string[] {
  const indents = texts.map((_, index) => `    ${(index === 0 ? label : '').padEnd('reproduce'.length)}  `);
  return texts.flatMap((text, index) => prose(indents[index] ?? '', text, width));
}

function notes(views: readonly EndpointView[], width: Width): string[] {
  const lines = views.flatMap((view) =>
    view.notes.flatMap(({ text, code }) =>
      prose(
        '  ',
        `${shorten(view.endpoint.name, NAME_LIMIT)}: ${text}${code === undefined ? '' : ` (${code})`}`,
        width,
      ),
    ),
  );
  return lines.length === 0 ? [] : ['', 'notices', ...lines];
}

/** The lines of a text after an indent. They are escaped twice: a text before it is wrapped, and each line of it. */
function prose(indent: string, text: string, width: Width): string[] {
  return hang(indent, escapeLine(shorten(text, TEXT_LIMIT)), width).map(escapeLine);
}
