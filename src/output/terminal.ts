import { styleText } from 'node:util';

import { neutralise } from '../text/escape.js';
import { shorten } from '../text/shorten.js';
import { STEP_IDS } from '../report/report.js';
import type { EndpointReport, Report, StepReport, Verdict } from '../report/report.js';
import { isTroubled, remarksOf, stories, whereOf } from './view-model.js';
import type { Chapter, Story } from './view-model.js';
import {
  addressOf,
  attemptsInFull,
  BECAME,
  byResult,
  daysLeft,
  duration,
  headline,
  SIGNS,
  signOf,
  statusWord,
  titleOf,
  travelTime,
} from './labels.js';

export interface TerminalOptions {
  /** Whether the terminal shows colours. */
  readonly color?: boolean;
}

const NAME_LIMIT = 60;
const TEXT_LIMIT = 1000;
const LINE_LIMIT = 300;

const COLORS = { pass: 'green', warn: 'yellow', inconclusive: 'yellow', fail: 'red', skip: 'dim' } as const;

/** Some text and the status that gives it its colour. */
interface Cell {
  readonly text: string;
  readonly status?: StepReport['status'];
}

/**
 * What the summary of a job tells, for a terminal: headline, counts, a table, and what is wrong with each endpoint that is
 * not green. No text in it acts on a terminal, or on the runner where the terminal is the log of a job.
 */
export function renderTerminal(report: Report, verdict: Verdict, { color = false }: TerminalOptions = {}): string {
  const paint = (text: string, status?: StepReport['status']) =>
    color && status ? styleText(COLORS[status], text, { validateStream: false }) : text;
  const told = stories(report);
  const { status, text } = headline(report, verdict);
  const counts = byResult(report.endpoints).map(
    ([result, { length }]) => `${SIGNS[result].plain} ${length} ${BECAME[result]}`,
  );
  const lines = [
    paint(`${SIGNS[status].plain} ${text}`, status),
    `  ${[...counts, duration(report.durationMs)].join('   ')}`,
    '',
    ...overview(
      told.map(({ endpoint }) => endpoint),
      paint,
    ),
    ...told.filter(isTroubled).flatMap((story) => section(story, paint)),
    ...remarks(told),
  ];
  return `${lines.join('\n')}\n`;
}

type Paint = (text: string, status?: StepReport['status']) => string;

function overview(endpoints: readonly EndpointReport[], paint: Paint): string[] {
  const head = ['', 'endpoint', ...STEP_IDS, 'TLS', 'valid for', 'time'].map((text): Cell => ({ text }));
  const rows = endpoints.map((endpoint): Cell[] => [
    { text: SIGNS[endpoint.result].plain, status: endpoint.result },
    { text: shorten(endpoint.name, NAME_LIMIT) },
    ...endpoint.steps.map((step) => ({
      text: `${SIGNS[step.status].plain} ${statusWord(step)}${travelTime(step, endpoint)}`,
      status: step.status,
    })),
    { text: endpoint.tls?.version ?? '' },
    { text: endpoint.tls ? daysLeft(endpoint.tls.certificate.daysLeft) : '' },
    { text: duration(endpoint.durationMs) },
  ]);
  const grid = [head, ...rows].map((row) => row.map(({ text, status }) => ({ text: neutralise(text), status })));
  const widths = head.map((_, column) => Math.max(...grid.map((row) => row[column]?.text.length ?? 0)));
  return grid.map((row) =>
    row
      .map(({ text, status }, column) => paint(text.padEnd(widths[column] ?? 0), status))
      .join('  ')
      .trimEnd(),
  );
}

function section({ endpoint, chapters }: Story, paint: Paint): string[] {
  const attempts = attemptsInFull(endpoint);
  return [
    '',
    paint(
      `${SIGNS[endpoint.result].plain} ${safe(`${shorten(endpoint.name, NAME_LIMIT)}: ${endpoint.result}`)}`,
      endpoint.result,
    ),
    safe(`  ${addressOf(endpoint)}, ${endpoint.transport === 'implicit' ? 'implicit TLS' : 'STARTTLS'}`),
    ...(attempts === undefined ? [] : [safe(`  ${attempts}`)]),
    ...chapters.flatMap((chapter) => ['', ...chapterOf(chapter)]),
  ];
}

function chapterOf(chapter: Chapter): string[] {
  const { finding, decisive } = chapter;
  const { code, message, remedy, evidence = {}, reference, reproduce, waived } = finding;
  return [
    `  ${signOf(finding).plain} ${titleOf(finding)} (${whereOf(chapter)}, ${code})`,
    ...(waived ? [`    waived until ${waived.until}: ${waived.reason}`] : []),
    `    what is wrong   ${message}`,
    ...[...Object.entries(evidence).map(([what, value]) => `${what}: ${value}`), ...decisive].map(
      (line, at) => `    ${at === 0 ? 'how we know  ' : '             '}   ${shorten(line, LINE_LIMIT)}`,
    ),
    `    how to mend it  ${remedy}${reference === undefined ? '' : ` (${reference})`}`,
    ...(reproduce === undefined
      ? []
      : reproduce.split('\n').map((line, at) => `    ${at === 0 ? 'see it by hand' : '              '}  ${line}`)),
  ].map(safe);
}

function remarks(told: readonly Story[]): string[] {
  const lines = told.flatMap((story) =>
    remarksOf(story).map(({ text, code }) =>
      safe(`  ${shorten(story.endpoint.name, NAME_LIMIT)}: ${text}${code === undefined ? '' : ` (${code})`}`),
    ),
  );
  return lines.length === 0 ? [] : ['', 'Worth knowing', ...lines];
}

function safe(text: string): string {
  return neutralise(shorten(text, TEXT_LIMIT));
}
