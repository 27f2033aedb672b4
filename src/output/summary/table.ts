import type { Report } from '../../report/report.js';
import { count } from '../../text/count.js';
import { blocks, details, gfm, join, table, type Markdown } from '../markdown.js';
import { hasProblems, type EndpointView } from '../view-model.js';
import { duration, LEGEND, PARTY_LABELS, SIGNS, stepSigns, transitTime, validFor } from '../labels.js';
import { nameOf, short } from './sections.js';

/** With more endpoints than this, those that passed are folded away. */
const MOST_ROWS = 20;
/** Of more endpoints that did not pass than this, the rest is folded away too: the details come after the table. */
const MOST_PROBLEM_ROWS = 50;

/** The table with a row for each endpoint, and its legend. */
export function overview(views: readonly EndpointView[], { startedAt }: Report): Markdown | undefined {
  if (views.length === 0) return undefined;
  const passed = views.filter((view) => !hasProblems(view));
  if (views.length <= MOST_ROWS) return blocks([tableOf(views, startedAt), gfm`${LEGEND}`]);
  const troubled = views.filter(hasProblems);
  const rest = troubled.slice(MOST_PROBLEM_ROWS);
  return blocks([
    troubled.length > 0 ? tableOf(troubled.slice(0, MOST_PROBLEM_ROWS), startedAt) : undefined,
    rest.length > 0
      ? details(`${count(rest.length, 'more endpoint')} did not pass`, tableOf(rest, startedAt))
      : undefined,
    passed.length > 0
      ? details(gfm`${SIGNS.pass.emoji} ${count(passed.length, 'endpoint')} passed`, tableOf(passed, startedAt))
      : undefined,
    gfm`${LEGEND}`,
  ]);
}

function tableOf(views: readonly EndpointView[], startedAt: string): Markdown {
  const environments = views.some(({ endpoint }) => endpoint.environment !== undefined);
  const causes = views.some(hasProblems);
  const head = [
    ...['Endpoint', 'Steps', ...(causes ? ['Cause', 'Act'] : []), ...(environments ? ['Environment'] : [])],
    ...['TLS', 'Valid for', 'Time'],
  ];
  const rows = views.map((view) => {
    const { endpoint, attempts, outcome } = view;
    return [
      gfm`${SIGNS[outcome].emoji}&nbsp;**${breakable(nameOf(endpoint))}**${attempts ? gfm`<br>${short(attempts.inShort)}` : ''}`,
      stepsOf(view),
      ...(causes ? causeOf(view) : []),
      ...(environments ? [breakable(short(endpoint.environment ?? '–'))] : []),
      short(endpoint.tls?.version ?? '–'),
      endpoint.tls ? unbroken(validFor(endpoint.tls.certificate, startedAt)) : '–',
      timeOf(view),
    ];
  });
  return table(head, rows);
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
