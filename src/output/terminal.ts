import { styleText } from 'node:util';
import { escapeLine } from '../text/escape.js';
import { shorten } from '../text/shorten.js';
import { STEP_IDS, type Report, type StepReport, type Verdict } from '../report/report.js';
import { endpointViews, hasProblems, type EndpointView, type FindingView } from './view-model.js';
import {
  addressOf,
  byResult,
  daysLeft,
  duration,
  headline,
  RESULT_LABELS,
  SIGNS,
  statusWord,
  transitTime,
} from './labels.js';

const NAME_LIMIT = 60;
const TEXT_LIMIT = 1000;
const LINE_LIMIT = 300;

const COLORS = { pass: 'green', warn: 'yellow', inconclusive: 'yellow', fail: 'red', skip: 'dim' } as const;

/**
 * The report for a terminal. It has no control characters but its own colors, and no workflow commands, because the
 * terminal may be the log of a job.
 */
export function renderTerminal(report: Report, verdict: Verdict, { color = false } = {}): string {
  const paint = (text: string, status?: StepReport['status']) =>
    color && status ? styleText(COLORS[status], text, { validateStream: false }) : text;
  const views = endpointViews(report.endpoints);
  const { status, text } = headline(report, verdict);
  const counts = byResult(report.endpoints).map(
    ([result, { length }]) => `${SIGNS[result].plain} ${length} ${RESULT_LABELS[result]}`,
  );
  const lines = [
    paint(`${SIGNS[status].plain} ${text}`, status),
    `  ${[...counts, duration(report.durationMs)].join('   ')}`,
    '',
    ...overview(views, paint),
    ...views.filter(hasProblems).flatMap((view) => section(view, paint)),
    ...notes(views),
  ];
  return `${lines.join('\n')}\n`;
}

type Paint = (text: string, status?: StepReport['status']) => string;
/** A text, and the status that gives it its color. */
type Cell = Parameters<Paint>;

function overview(views: readonly EndpointView[], paint: Paint): string[] {
  const head = ['', 'endpoint', ...STEP_IDS, 'TLS', 'valid for', 'time'].map((text): Cell => [text]);
  const rows = views.map(({ endpoint }): Cell[] => [
    [SIGNS[endpoint.result].plain, endpoint.result],
    [escapeLine(shorten(endpoint.name, NAME_LIMIT))],
    ...endpoint.steps.map((step): Cell => {
      return [`${SIGNS[step.status].plain} ${statusWord(step)}${transitTime(step, endpoint)}`, step.status];
    }),
    [escapeLine(endpoint.tls?.version ?? '')],
    [endpoint.tls ? daysLeft(endpoint.tls.certificate.daysLeft) : ''],
    [duration(endpoint.durationMs)],
  ]);
  const grid = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...grid.map((row) => row[column]?.[0].length ?? 0)));
  return grid.map((row) => {
    const cells = row.map(([text, status], column) => paint(text.padEnd(widths[column] ?? 0), status));
    return cells.join('  ').trimEnd();
  });
}

function section({ endpoint, attempts, problems }: EndpointView, paint: Paint): string[] {
  const { name, result } = endpoint;
  return [
    '',
    paint(`${SIGNS[result].plain} ${safe(`${shorten(name, NAME_LIMIT)}: ${result}`)}`, result),
    safe(`  ${addressOf(endpoint)}, ${endpoint.transport === 'implicit' ? 'implicit TLS' : 'STARTTLS'}`),
    ...(attempts ? [safe(`  ${attempts.inFull}`)] : []),
    ...problems.flatMap((problem) => ['', ...problemOf(problem)]),
  ];
}

function problemOf({ finding, title, sign, step, evidence, transcript }: FindingView): string[] {
  const { code, message, remedy, reference, reproduce, waived } = finding;
  const fields = evidence.map(({ label, value }) => `${label}: ${value}`);
  const shown = [...fields, ...transcript].map((line) => shorten(line, LINE_LIMIT));
  return [
    `  ${sign.plain} ${title} (${step}, ${code})`,
    ...(waived ? labeled('waived', [`until ${waived.until}: ${waived.reason}`]) : []),
    ...labeled('problem', [message]),
    ...labeled('evidence', shown),
    ...labeled('fix', [`${remedy}${reference === undefined ? '' : ` (${reference})`}`]),
    ...labeled('reproduce', reproduce?.split('\n') ?? []),
  ].map(safe);
}

function labeled(label: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `    ${(at === 0 ? label : '').padEnd('reproduce'.length)}  ${line}`);
}

function notes(views: readonly EndpointView[]): string[] {
  const lines = views.flatMap((view) =>
    view.notes.map(({ text, code }) =>
      safe(`  ${shorten(view.endpoint.name, NAME_LIMIT)}: ${text}${code === undefined ? '' : ` (${code})`}`),
    ),
  );
  return lines.length === 0 ? [] : ['', 'notices', ...lines];
}

function safe(text: string): string {
  return escapeLine(shorten(text, TEXT_LIMIT));
}
