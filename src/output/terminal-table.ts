import { escapeLine } from '../text/escape.js';
import { shorten } from '../text/shorten.js';
import { hang } from '../text/wrap.js';
import { STEP_IDS, type Report, type StepReport } from '../report/report.js';
import type { EndpointView } from './view-model.js';
import { duration, SIGNS, statusWord, transitTime, validFor } from './labels.js';

/** Columns of a terminal; undefined means no limit. */
export type Width = number | undefined;

/** Adds the color of a status to a text. */
export type Paint = (text: string, status?: StepReport['status']) => string;

/** A text, and the status that gives it its color. */
type Cell = readonly [text: string, status?: StepReport['status']];

/** A head, and the cell of an endpoint below it. */
interface Column {
  readonly head: string;
  readonly cell: (view: EndpointView, report: Report) => readonly Cell[];
}

export const NAME_LIMIT = 60;
const SHORTEST_NAME = 12;
const SPACE = '  ';

const RESULT: Column = { head: '', cell: ({ endpoint: { result } }) => [[SIGNS[result].plain, result]] };
const NAME: Column = { head: 'endpoint', cell: ({ endpoint }) => [[escapeLine(shorten(endpoint.name, NAME_LIMIT))]] };
const TLS: Column = { head: 'TLS', cell: ({ endpoint }) => [[escapeLine(endpoint.tls?.version ?? '')]] };
const VALID_FOR: Column = {
  head: 'valid for',
  cell: ({ endpoint }, { startedAt }) => [[endpoint.tls ? validFor(endpoint.tls, startedAt) : '']],
};
const TIME: Column = { head: 'time', cell: ({ endpoint }) => [[duration(endpoint.durationMs)]] };
/** A column for each step. */
const STEPS: readonly Column[] = STEP_IDS.map((head, index) => ({
  head,
  cell: ({ endpoint }) => {
    const step = endpoint.steps[index];
    return step ? [[`${SIGNS[step.status].plain} ${statusWord(step)}${transitTime(step, endpoint)}`, step.status]] : [];
  },
}));
/** One column with a mark for each step. */
const MARKS: Column = {
  head: STEP_IDS.map((_, index) => index + 1).join(' '),
  cell: ({ endpoint }) =>
    endpoint.steps.flatMap(({ status }, index): Cell[] => [
      ...(index > 0 ? [[' '] as const] : []),
      [SIGNS[status].plain, status],
    ]),
};

const FEWEST: readonly Column[] = [RESULT, NAME, MARKS];

/** From the most columns to the fewest. */
const LAYOUTS: readonly (readonly Column[])[] = [
  [RESULT, NAME, ...STEPS, TLS, VALID_FOR, TIME],
  [RESULT, NAME, MARKS, TLS, VALID_FOR, TIME],
  [RESULT, NAME, MARKS, VALID_FOR],
  FEWEST,
];

/**
 * A row for each endpoint, with as many columns as fit into a terminal. If even the fewest are too wide, the names of
 * endpoints are cut.
 */
export function table(views: readonly EndpointView[], report: Report, paint: Paint, width: Width): string[] {
  for (const columns of LAYOUTS) {
    const grid = gridOf(columns, views, report);
    if (width !== undefined && lengthOf(grid) > width) continue;
    return [...linesOf(grid, paint), ...(columns.includes(MARKS) ? legend(width) : [])];
  }
  return [...linesOf(cutNames(gridOf(FEWEST, views, report), width ?? 0), paint), ...legend(width)];
}

type Grid = readonly (readonly (readonly Cell[])[])[];

function gridOf(columns: readonly Column[], views: readonly EndpointView[], report: Report): Grid {
  return [columns.map(({ head }) => [[head]]), ...views.map((view) => columns.map(({ cell }) => cell(view, report)))];
}

function cutNames(grid: Grid, width: number): Grid {
  const place = FEWEST.indexOf(NAME);
  const longest = widthsOf(grid)[place] ?? 0;
  const limit = Math.max(longest - (lengthOf(grid) - width), SHORTEST_NAME);
  const cut = (text: string): string => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`);
  return grid.map((row) => row.map((cells, at) => (at === place ? cells.map(([text]): Cell => [cut(text)]) : cells)));
}

function widthsOf(grid: Grid): number[] {
  return (grid[0] ?? []).map((_, at) => grid.reduce((widest, row) => Math.max(widest, textOf(row[at]).length), 0));
}

function lengthOf(grid: Grid): number {
  return widthsOf(grid).reduce((sum, width) => sum + SPACE.length + width, -SPACE.length);
}

function textOf(cells: readonly Cell[] = []): string {
  return cells.map(([text]) => text).join('');
}

function linesOf(grid: Grid, paint: Paint): string[] {
  const widths = widthsOf(grid);
  return grid.map((row) => {
    const padded = row.map((cells, at) => {
      const rest = ' '.repeat((widths[at] ?? 0) - textOf(cells).length);
      return cells.map(([text, status]) => paint(text, status)).join('') + rest;
    });
    return padded.join(SPACE).trimEnd();
  });
}

function legend(width: Width): string[] {
  const { pass, waived, warn, inconclusive, fail, skip } = SIGNS;
  return [
    '',
    ...hang('  ', STEP_IDS.map((id, index) => `${index + 1} ${id}`).join(', '), width),
    ...hang(
      '  ',
      `${pass.plain} passed, ${waived.plain} waived, ${warn.plain} warning, ${inconclusive.plain} inconclusive, ${fail.plain} failed, ${skip.plain} skipped`,
      width,
    ),
  ];
}
