import { count } from '../text/count.js';
import { shorten } from '../text/shorten.js';
import { blocks, code, codeBlock, details, gfm, join, link, list, prose, table, type Markdown } from './markdown.js';
import { STEP_IDS, type EndpointReport } from '../report/report.js';
import { transcriptLine, type EndpointView, type FindingView } from './view-model.js';
import { addressOf, daysLeft, duration, LEGEND, shortStatus, SIGNS, transitTime } from './labels.js';

/* The parts of the job summary. Every text is cut at a maximum length, so that one endpoint cannot fill the page. */

const TEXT_LIMIT = 2000;
const NAME_LIMIT = 200;
const LINE_LIMIT = 600;
const TRANSCRIPT_LINES = 400;
const CAPABILITIES = 20;

/** The table with a row for each endpoint and a column for each step, and its legend. */
export function overview(views: readonly EndpointView[]): Markdown | undefined {
  if (views.length === 0) return undefined;
  const environments = views.some(({ endpoint }) => endpoint.environment !== undefined);
  const head = ['Endpoint', ...(environments ? ['Environment'] : []), ...STEP_IDS.map(capitalized)];
  const rows = table(
    [...head, 'TLS', 'Valid for', 'Time'],
    views.map(({ endpoint, attempts }) => [
      gfm`${SIGNS[endpoint.result].emoji}&nbsp;**${nameOf(endpoint)}**${attempts ? gfm`<br>${short(attempts.inShort)}` : ''}`,
      ...(environments ? [short(endpoint.environment ?? '–')] : []),
      ...endpoint.steps.map((step) => unbroken(`${shortStatus(step)}${transitTime(step, endpoint)}`)),
      short(endpoint.tls?.version ?? '–'),
      endpoint.tls ? unbroken(daysLeft(endpoint.tls.certificate.daysLeft)) : '–',
      unbroken(duration(endpoint.durationMs)),
    ]),
  );
  return blocks([rows, gfm`${LEGEND}`]);
}

/** One endpoint that did not pass: where it is, and each problem with its evidence, its fix and a command. */
export function section({ endpoint, attempts, problems }: EndpointView, findingsUrl?: string): Markdown {
  const { address, host, transport, tls, source } = endpoint;
  const facts = [
    code(short(addressOf(endpoint))),
    address === undefined || address === host ? undefined : code(short(address)),
    transport === 'implicit' ? 'implicit TLS' : 'STARTTLS',
    tls && short(`${tls.version}, ${tls.cipher}`),
    source && code(short(`${source.file}:${source.line}`)),
  ];
  return blocks([
    gfm`### ${SIGNS[endpoint.result].emoji} ${nameOf(endpoint)}: ${endpoint.result}`,
    join(facts, ' · '),
    attempts && gfm`**Attempts:** ${shorten(attempts.inFull, TEXT_LIMIT)}`,
    capabilityDifference(endpoint),
    ...problems.map((problem) => problemOf(problem, findingsUrl)),
  ]);
}

/** How the capabilities differ with TLS, if the step that reads them over TLS has a finding. */
function capabilityDifference({ steps, capabilities }: EndpointReport): Markdown | undefined {
  const { gained = [], lost = [] } = capabilities ?? {};
  const isRelevant = steps.some(({ id, findings }) => id === 'authentication' && findings.length > 0);
  if (!isRelevant || gained.length + lost.length === 0) return undefined;
  const listed = (label: string, lines: readonly string[]): Markdown | undefined => {
    const shown = lines.slice(0, CAPABILITIES).map((line) => code(short(line)));
    return shown.length === 0 ? undefined : gfm`**${label}:** ${join(shown, ' ')}`;
  };
  return join([listed('Offered only with TLS', gained), listed('Offered only without TLS', lost)], ' · ');
}

function problemOf(problem: FindingView, findingsUrl?: string): Markdown {
  const { finding, title, sign, step, evidence, transcript } = problem;
  const { message, remedy, reference, reproduce, waived } = finding;
  const codeLabel = code(finding.code);
  const codeLink = findingsUrl === undefined ? codeLabel : link(codeLabel, `${findingsUrl}#${finding.code}`);
  const fields = evidence.map(({ label, value }) => gfm`${short(label)}: ${code(shorten(value, TEXT_LIMIT))}`);
  return blocks([
    gfm`#### ${sign.emoji} ${title} · ${step} · ${codeLink}`,
    waived && gfm`**Waived until ${short(waived.until)}:** ${shorten(waived.reason, TEXT_LIMIT)}`,
    gfm`**Problem:** ${shorten(message, TEXT_LIMIT)}`,
    fields.length + transcript.length > 0 ? gfm`**Evidence:**` : undefined,
    fields.length > 0 ? list(fields) : undefined,
    transcript.length > 0 ? codeBlock(transcript.map((line) => shorten(line, LINE_LIMIT))) : undefined,
    gfm`**Fix:** ${prose(shorten(remedy, TEXT_LIMIT))}${reference ? gfm` (${short(reference)})` : ''}`,
    ...(reproduce ? [gfm`**Reproduce:**`, codeBlock(shorten(reproduce, TEXT_LIMIT).split('\n'))] : []),
  ]);
}

/** The notices of all endpoints, one line each. */
export function notes(views: readonly EndpointView[]): Markdown | undefined {
  const lines = views.flatMap((view) =>
    view.notes.map(({ text, code: finding }) => {
      const suffix = finding === undefined ? '' : gfm` (${code(finding)})`;
      return gfm`${nameOf(view.endpoint)}: ${shorten(text, TEXT_LIMIT)}${suffix}`;
    }),
  );
  return lines.length === 0 ? undefined : blocks([gfm`### ℹ️ Notices`, list(lines)]);
}

/** The whole transcript of each endpoint, collapsed. */
export function transcripts(views: readonly EndpointView[]): Markdown | undefined {
  const connected = views.filter(({ endpoint }) => endpoint.transcript.length > 0);
  return connected.length === 0 ? undefined : blocks([gfm`### Transcripts`, ...connected.map(transcriptOf)]);
}

function transcriptOf({ endpoint }: EndpointView): Markdown {
  const { transcript, result } = endpoint;
  const lines = transcript.slice(0, TRANSCRIPT_LINES).map((entry) => shorten(transcriptLine(entry), LINE_LIMIT));
  const more = transcript.length - lines.length;
  return details(
    gfm`${SIGNS[result].emoji} ${nameOf(endpoint)}: ${count(transcript.length, 'line')}`,
    codeBlock(more > 0 ? [...lines, `… and ${count(more, 'more line')} in report.json`] : lines),
  );
}

export function nameOf(endpoint: EndpointReport): string {
  return short(endpoint.name);
}

function short(text: string): string {
  return shorten(text, NAME_LIMIT);
}

/** Words with non-breaking spaces, so that a cell of the table stays on one line. */
function unbroken(words: string): string {
  return words.replaceAll(' ', '\u00a0');
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
