import type { EndpointReport, Report } from '../../report/report.js';
import { count } from '../../text/count.js';
import { blocks, details, gfm, join, table, type Markdown } from '../markdown.js';
import { byOutcome, OUTCOME_LABELS } from '../counts.js';
import { groupParts, groupsIn } from '../groups.js';
import { hasProblems, isNoteworthy, type EndpointView } from '../view-model.js';
import { duration, LEGEND, PARTY_LABELS, SIGNS, stepSigns, transitTime, validFor } from '../labels.js';
import { nameOf, short } from './sections.js';

/** With more endpoints than this, those that passed are folded away. */
const MOST_ROWS = 20;
/** Of more endpoints that did not pass than this, the rest is folded away too: the details come after the table. */
const MOST_PROBLEM_ROWS = 50;

/** The table with a row for each endpoint, and its legend. The parts of a configured endpoint are below a row of its own. */
export function overview(unsorted: readonly EndpointView[], report: Report): Markdown | undefined {
  if (unsorted.length === 0) return undefined;
  const views = groupParts(unsorted, report.endpoints);
  const passed = views.filter((view) => !isNoteworthy(view));
  if (views.length <= MOST_ROWS) return blocks([tableOf(views, report), gfm`${LEGEND}`]);
  const troubled = views.filter(isNoteworthy);
  const rest = troubled.slice(MOST_PROBLEM_ROWS);
  return blocks([
    troubled.length > 0 ? tableOf(troubled.slice(0, MOST_PROBLEM_ROWS), report) : undefined,
    rest.length > 0 ? details(count(rest.length, 'more endpoint'), tableOf(rest, report)) : undefined,
    passed.length > 0
      ? details(gfm`${SIGNS.pass.emoji} ${count(passed.length, 'endpoint')} passed`, tableOf(passed, report))
      : undefined,
    gfm`${LEGEND}`,
  ]);
}

function tableOf(views: readonly EndpointView[], { startedAt, endpoints }: Report): Markdown {
  const environments = views.some(({ endpoint }) => endpoint.environment !== undefined);
  const causes = views.some(hasProblems);
  const head = [
    ...['Endpoint', 'Steps', ...(causes ? ['Cause', 'Act'] : []), ...(environments ? ['Environment'] : [])],
    ...['TLS', 'Valid for', 'Time'],
  ];
  const groups = groupsIn(endpoints);
  const rows = views.flatMap((view, at) => {
    const { endpoint, attempts, outcome } = view;
    const { configured } = endpoint;
    const parts = groups.get(configured ?? '');
    const isFirst = views[at - 1]?.endpoint.configured !== configured;
    const row = [
      gfm`${parts ? INDENT : ''}${SIGNS[outcome].emoji}&nbsp;**${breakable(nameOf(endpoint))}**${attempts ? gfm`<br>${short(attempts.inShort)}` : ''}`,
      stepsOf(view),
      ...(causes ? causeOf(view) : []),
      ...(environments ? [breakable(short(endpoint.environment ?? '–'))] : []),
      short(endpoint.tls?.version ?? '–'),
      endpoint.tls ? unbroken(validFor(endpoint.tls, startedAt)) : '–',
      timeOf(view),
    ];
    return parts && isFirst ? [groupRow(configured ?? '', parts, head.length), row] : [row];
  });
  return table(head, rows);
}

const INDENT = gfm`&emsp;`;

/** The row above the parts of a configured endpoint, with how many of them passed. */
function groupRow(configured: string, parts: readonly EndpointReport[], columns: number): (string | Markdown)[] {
  const outcomes = byOutcome(parts);
  const worst = outcomes[0]?.[0] ?? 'pass';
  const counts = outcomes.map(([outcome, { length }]) => `${length} ${OUTCOME_LABELS[outcome]}`);
  const name = gfm`${SIGNS[worst].emoji}&nbsp;**${breakable(short(configured))}**<br>${counts.join(', ')}`;
  return [name, ...Array<string>(columns - 1).fill('')];
}

/**
 * The signs of the five steps. GitHub keeps no `aria-label` on text, and most screen readers ignore `title`, so the text
 * for them is visible: an emoji has a name that is read aloud, and the step that decides follows as a word.
 */
function stepsOf({ endpoint: { steps, result } }: EndpointView): Markdown {
  const decisive = result === 'pass' ? undefined : steps.find(({ status }) => status === result);
  return gfm`${stepSigns(steps)}${decisive ? gfm`<br>${decisive.id}` : ''}`;
}

/** The cells for what is wrong, and for who has to act. */
function causeOf({ outcome, problems: [worst, ...others] }: EndpointView): (string | Markdown)[] {
  if (!worst) return ['–', '–'];
  const more = others.length > 0 ? `, and ${count(others.length, 'other')}` : '';
  return [`${outcome === 'waived' ? 'Waived: ' : ''}${short(worst.title)}${more}`, PARTY_LABELS[worst.finding.party]];
}

function timeOf({ endpoint }: EndpointView): Markdown {
  const transit = endpoint.steps.map((step) => transitTime(step, endpoint)).join('');
  return gfm`${unbroken(duration(endpoint.durationMs))}${transit.replace(/ (?=m?s\))/, '\u00a0')}`;
}

/** Words with non-breaking spaces, so that they stay on one line. */
function unbroken(words: string): string {
  return words.replaceAll(' ', '\u00a0');
}

/** Names up to this length fit into a line of the table. */
const ONE_LINE = 24;
/** A line of a longer name has at most so many characters, so that the table fits its page. */
const UNBROKEN = 16;

/** A name with places where a line can break: after punctuation if possible. */
function breakable(name: string): Markdown {
  if (name.length <= ONE_LINE) return gfm`${name}`;
  const lines: string[] = [];
  for (const piece of name.match(/[^-.@:/_ ]{1,15}[-.@:/_ ]?|[-.@:/_ ]/gu) ?? []) {
    const line = (lines.at(-1) ?? '') + piece;
    if (lines.length > 0 && line.length <= UNBROKEN) lines[lines.length - 1] = line;
    else lines.push(piece);
  }
  return join(lines, '<wbr>');
}
