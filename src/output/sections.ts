import { shorten } from '../text/shorten.js';
import { blocks, code, codeBlock, details, gfm, join, link, list, prose, table } from './markdown.js';
import type { Markdown } from './markdown.js';
import { STEP_IDS } from '../report/report.js';
import type { EndpointReport } from '../report/report.js';
import { remarksOf, spoken, whereOf } from './view-model.js';
import type { Chapter, Story } from './view-model.js';
import {
  addressOf,
  attemptsInBrief,
  attemptsInFull,
  daysLeft,
  duration,
  LEGEND,
  SIGNS,
  signOf,
  statusInBrief,
  titleOf,
  travelTime,
} from './labels.js';

/*
 * The parts of the job summary. Every text in them is cut at some length, so that one endpoint cannot fill the page;
 * a part that has nothing to say is undefined.
 */

const TEXT_LIMIT = 2000;
const NAME_LIMIT = 200;
const LINE_LIMIT = 600;
const TRANSCRIPT_LINES = 400;
/** As many capabilities are named. */
const OFFERS = 20;

/** The table: a row an endpoint, a column a step; and what its signs mean. */
export function overview(endpoints: readonly EndpointReport[]): Markdown | undefined {
  if (endpoints.length === 0) return undefined;
  const environments = endpoints.some(({ environment }) => environment !== undefined);
  const head = ['Endpoint', ...(environments ? ['Environment'] : []), ...STEP_IDS.map(capitalised)];
  const rows = table(
    [...head, 'TLS', 'Valid for', 'Time'],
    endpoints.map((endpoint) => [
      endpointCell(endpoint),
      ...(environments ? [brief(endpoint.environment ?? '–')] : []),
      ...endpoint.steps.map((step) => unbroken(`${statusInBrief(step)}${travelTime(step, endpoint)}`)),
      brief(endpoint.tls?.version ?? '–'),
      endpoint.tls ? unbroken(daysLeft(endpoint.tls.certificate.daysLeft)) : '–',
      unbroken(duration(endpoint.durationMs)),
    ]),
  );
  return blocks([rows, gfm`${LEGEND}`]);
}

function endpointCell(endpoint: EndpointReport): Markdown {
  const attempts = attemptsInBrief(endpoint);
  const cell = gfm`${SIGNS[endpoint.result].emoji}&nbsp;**${name(endpoint)}**`;
  return attempts === undefined ? cell : gfm`${cell}<br>${brief(attempts)}`;
}

/** One endpoint that is not green: where it is, and each finding with what is wrong, how we know and how to mend it. */
export function section({ endpoint, chapters }: Story, findingsUrl?: string): Markdown {
  const { address, host, transport, tls, source } = endpoint;
  const facts = [
    code(brief(addressOf(endpoint))),
    address === undefined || address === host ? undefined : code(brief(address)),
    transport === 'implicit' ? 'implicit TLS' : 'STARTTLS',
    tls && brief(`${tls.version}, ${tls.cipher}`),
    source && code(brief(`${source.file}:${source.line}`)),
  ];
  const attempts = attemptsInFull(endpoint);
  return blocks([
    gfm`### ${SIGNS[endpoint.result].emoji} ${name(endpoint)}: ${endpoint.result}`,
    join(
      facts.filter((fact) => fact !== undefined),
      ' · ',
    ),
    attempts === undefined ? undefined : gfm`**Attempts:** ${shorten(attempts, TEXT_LIMIT)}`,
    difference(endpoint),
    ...chapters.map((chapter) => chapterOf(chapter, findingsUrl)),
  ]);
}

/** What TLS changed about the capabilities, where the step that reads them inside TLS has something to tell. */
function difference({ steps, capabilities }: EndpointReport): Markdown | undefined {
  const { gained = [], lost = [] } = capabilities ?? {};
  const concerns = steps.some(({ id, findings }) => id === 'authentication' && findings.length > 0);
  if (!concerns || gained.length + lost.length === 0) return undefined;
  const offers = (lines: readonly string[]): Markdown =>
    join(
      lines.slice(0, OFFERS).map((line) => code(brief(line))),
      ' ',
    );
  return join(
    [
      ...(gained.length > 0 ? [gfm`**Only inside TLS:** ${offers(gained)}`] : []),
      ...(lost.length > 0 ? [gfm`**Only in the clear:** ${offers(lost)}`] : []),
    ],
    ' · ',
  );
}

function chapterOf(chapter: Chapter, findingsUrl?: string): Markdown {
  const { finding, decisive } = chapter;
  const { message, remedy, evidence, reference, reproduce, waived } = finding;
  const label = code(finding.code);
  const where = findingsUrl === undefined ? label : link(label, `${findingsUrl}#${finding.code}`);
  const known = Object.entries(evidence ?? {}).map(
    ([what, value]) => gfm`${brief(what)}: ${code(shorten(value, TEXT_LIMIT))}`,
  );
  const section = reference && gfm` (${brief(reference)})`;
  return blocks([
    gfm`#### ${signOf(finding).emoji} ${titleOf(finding)} · ${whereOf(chapter)} · ${where}`,
    waived && gfm`**Waived until ${brief(waived.until)}:** ${shorten(waived.reason, TEXT_LIMIT)}`,
    gfm`**What is wrong:** ${shorten(message, TEXT_LIMIT)}`,
    known.length + decisive.length > 0 ? gfm`**How we know:**` : undefined,
    known.length > 0 ? list(known) : undefined,
    decisive.length > 0 ? codeBlock(decisive.map((line) => shorten(line, LINE_LIMIT))) : undefined,
    gfm`**How to mend it:** ${prose(shorten(remedy, TEXT_LIMIT))}${section ?? ''}`,
    reproduce === undefined ? undefined : gfm`**See it by hand:**`,
    reproduce === undefined ? undefined : codeBlock(shorten(reproduce, TEXT_LIMIT).split('\n')),
  ]);
}

/** What changes nothing about any endpoint, a line each. */
export function remarks(stories: readonly Story[]): Markdown | undefined {
  const lines = stories.flatMap((story) =>
    remarksOf(story).map(({ text, code: finding }) => {
      const line = gfm`${name(story.endpoint)}: ${shorten(text, TEXT_LIMIT)}`;
      return finding === undefined ? line : gfm`${line} (${code(finding)})`;
    }),
  );
  return lines.length === 0 ? undefined : blocks([gfm`### ℹ️ Worth knowing`, list(lines)]);
}

/** The whole dialogue with each endpoint, folded. */
export function transcripts(endpoints: readonly EndpointReport[]): Markdown | undefined {
  const spokenTo = endpoints.filter(({ transcript }) => transcript.length > 0);
  return spokenTo.length === 0 ? undefined : blocks([gfm`### Transcripts`, ...spokenTo.map(dialogue)]);
}

function dialogue(endpoint: EndpointReport): Markdown {
  const { transcript, result } = endpoint;
  const lines = transcript.slice(0, TRANSCRIPT_LINES).map((entry) => shorten(spoken(entry), LINE_LIMIT));
  const more = transcript.length - lines.length;
  return details(
    gfm`${SIGNS[result].emoji} ${name(endpoint)}: ${transcript.length} lines`,
    codeBlock(more > 0 ? [...lines, `… and ${more} more lines in report.json`] : lines),
  );
}

export function name(endpoint: EndpointReport): string {
  return brief(endpoint.name);
}

function brief(text: string): string {
  return shorten(text, NAME_LIMIT);
}

/** Words that stay on one line, so that a table stays as high as its rows. */
function unbroken(words: string): string {
  return words.replaceAll(' ', '\u00a0');
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
