import { shorten } from '../../text/shorten.js';
import type { Party } from '../../report/report.js';
import type { EndpointView, FindingView } from '../view-model.js';

/** A cause, and the endpoints of which it is the worst. */
export interface Cause {
  readonly title: string;
  readonly party: Party;
  readonly outcome: FindingView['outcome'];
  /** Whether it is only the likely cause of some of the endpoints. */
  readonly isLikely: boolean;
  /** The first sentence of the fix; undefined if the endpoints need different ones. */
  readonly fix: string | undefined;
  readonly views: readonly EndpointView[];
}

/** A finding that several endpoints have, with the same fix. */
export interface SharedFinding {
  /** Not empty; the first one is the example. */
  readonly members: readonly Member[];
}

export interface Member {
  readonly view: EndpointView;
  readonly problem: FindingView;
}

const OUTCOMES: readonly FindingView['outcome'][] = ['fail', 'inconclusive', 'warn', 'waived'];

/** The causes of a run, worst first, and then the most frequent first. */
export function causesOf(views: readonly EndpointView[]): Cause[] {
  const members = views.flatMap((view) => view.problems.slice(0, 1).map((problem) => ({ view, problem })));
  const groups = grouped(members, ({ problem: { finding, outcome } }) => [outcome, finding.title, finding.party]);
  return worstFirst(groups).map((group) => {
    const [{ problem }] = group;
    const fixes = new Set(group.map(({ problem: { finding } }) => firstSentence(finding.remedy)));
    const [fix] = fixes;
    return {
      title: problem.title,
      party: problem.finding.party,
      outcome: problem.outcome,
      isLikely: group.some(({ problem: { finding } }) => finding.certainty === 'likely'),
      fix: fixes.size === 1 ? fix : undefined,
      views: group.map(({ view }) => view),
    };
  });
}

/** All problems, in the same order. Those with the same cause and the same fix are one. */
export function sharedFindings(views: readonly EndpointView[]): SharedFinding[] {
  const members = views.flatMap((view) => view.problems.map((problem) => ({ view, problem })));
  const groups = grouped(members, ({ view, problem: { finding, outcome, step } }) => [
    ...[outcome, step, finding.code, finding.title, finding.party, finding.certainty, finding.reference],
    ...[finding.waived?.until, finding.waived?.reason],
    withoutNames(finding.remedy, view),
  ]);
  return worstFirst(groups).map((group) => ({ members: group }));
}

/** A text in which the names and the address of an endpoint are the same as in the text of another one. */
export function withoutNames(text: string, { endpoint: { name, host, address = '' } }: EndpointView): string {
  return [name, host, address].reduce(
    // Shorter names are parts of ordinary words.
    (rest, own) => (own.length < 4 ? rest : rest.replaceAll(own, '\0')),
    text,
  );
}

type Group = readonly [Member, ...Member[]];

function grouped(members: readonly Member[], key: (member: Member) => readonly (string | undefined)[]): Group[] {
  const groups = new Map<string, [Member, ...Member[]]>();
  for (const member of members) {
    const id = JSON.stringify(key(member));
    const group = groups.get(id);
    if (group) group.push(member);
    else groups.set(id, [member]);
  }
  return [...groups.values()];
}

function worstFirst(groups: readonly Group[]): Group[] {
  const rank = ([{ problem }]: Group) => OUTCOMES.indexOf(problem.outcome);
  return groups.toSorted((a, b) => rank(a) - rank(b) || b.length - a.length);
}

const SENTENCE_LIMIT = 300;

/** Code in backticks may have periods of its own. */
function firstSentence(text: string): string {
  const [line = ''] = text.split('\n', 1);
  const beginning = line.slice(0, 2 * SENTENCE_LIMIT);
  return shorten(/^(?:`[^`]*`|[^`])*?\.(?=\s|$)/.exec(beginning)?.[0] ?? line, SENTENCE_LIMIT);
}
