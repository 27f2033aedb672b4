import { count } from '../../text/count.js';
import { shorten } from '../../text/shorten.js';
import type { EndpointReport, Report, TranscriptEntry } from '../../report/report.js';
import { causesOf, withoutNames, type Cause } from './causes.js';
import { transcriptLine } from '../excerpt.js';
import { PARTY_LABELS, SIGNS } from '../labels.js';
import { blocks, code, codeBlock, details, gfm, join, list, prose, type Markdown } from '../markdown.js';
import type { EndpointView } from '../view-model.js';

/* The parts of the job summary. Every text is cut at a maximum length, so that one endpoint cannot fill the page. */

export const TEXT_LIMIT = 2000;
export const LINE_LIMIT = 600;
const NAME_LIMIT = 200;
const TRANSCRIPT_LINES = 400;
const MOST_CAUSES = 10;
/** With more transcripts than this, all are folded away together. */
const MOST_TRANSCRIPTS = 20;

/** Why endpoints did not pass, who has to act, and how. */
export function causes(views: readonly EndpointView[]): Markdown | undefined {
  const all = causesOf(views);
  if (all.length === 0) return undefined;
  const missing = all.length - MOST_CAUSES;
  const shown = all.slice(0, MOST_CAUSES).map(causeLine);
  return list([...shown, ...(missing > 0 ? [gfm`and ${count(missing, 'more cause')}`] : [])]);
}

function causeLine({ title, party, outcome, isLikely, fix, views }: Cause): Markdown {
  const waived = outcome === 'waived' ? 'waived: ' : '';
  const act = fix === undefined ? 'the fixes differ; see below.' : prose(fix);
  const who = `${PARTY_LABELS[party]}${isLikely ? ', likely' : ''}`;
  return gfm`${SIGNS[outcome].emoji} ${waived}**${short(title)}**: ${nameList(views)}. ${who}: ${act}`;
}

const SOON_MS = 14 * 24 * 60 * 60 * 1000;

/** The waivers that expire within 14 days of the run. */
export function endingWaivers(views: readonly EndpointView[], { startedAt }: Report): Markdown | undefined {
  const limit = new Date(Date.parse(startedAt) + SOON_MS).toISOString().slice(0, 10);
  const found = new Map<string, { until: string; code: string; views: EndpointView[] }>();
  for (const view of views) {
    for (const { finding } of view.problems) {
      const until = finding.waived?.until;
      if (until === undefined || until > limit) continue;
      const key = JSON.stringify([until, finding.code]);
      const waiver = found.get(key) ?? { until, code: finding.code, views: [] };
      found.set(key, waiver);
      if (waiver.views.at(-1) !== view) waiver.views.push(view);
    }
  }
  const waivers = [...found.values()].sort((a, b) => (a.until < b.until ? -1 : 1));
  if (waivers.length === 0) return undefined;
  const missing = waivers.length - MOST_CAUSES;
  const shown = waivers
    .slice(0, MOST_CAUSES)
    .map((waiver) => gfm`${code(waiver.code)} on ${short(waiver.until)} (${nameList(waiver.views)})`);
  return gfm`${SIGNS.waived.emoji} **Waivers that expire soon:** ${join([...shown, missing > 0 ? `and ${missing} more` : undefined], ', ')}`;
}

/** The notices of all endpoints. The same notice of several endpoints is one line. */
export function notes(views: readonly EndpointView[]): Markdown | undefined {
  const found = new Map<string, { text: string; finding: string | undefined; views: EndpointView[] }>();
  for (const view of views) {
    for (const { text, code: finding } of view.notes) {
      const key = JSON.stringify([finding, withoutNames(text, view)]);
      const note = found.get(key) ?? { text, finding, views: [] };
      found.set(key, note);
      note.views.push(view);
    }
  }
  const lines = [...found.values()].map(({ text, finding, views: from }) => {
    const suffix = finding === undefined ? '' : gfm` (${code(finding)})`;
    return gfm`${nameList(from)}: ${shorten(text, TEXT_LIMIT)}${suffix}`;
  });
  return lines.length === 0 ? undefined : blocks([gfm`### ℹ️ Notices`, list(lines)]);
}

/** The whole transcript of each endpoint, collapsed. */
export function transcripts(views: readonly EndpointView[]): Markdown | undefined {
  const connected = views.filter(({ endpoint }) => endpoint.transcript.length > 0);
  if (connected.length === 0) return undefined;
  const all = connected.map(transcriptOf);
  return blocks([
    gfm`### Transcripts`,
    ...(all.length > MOST_TRANSCRIPTS ? [details(count(all.length, 'transcript'), blocks(all))] : all),
  ]);
}

function transcriptOf({ endpoint, outcome }: EndpointView): Markdown {
  const { transcript, inboxTranscript = [] } = endpoint;
  return details(
    gfm`${SIGNS[outcome].emoji} ${nameOf(endpoint)}: ${count(transcript.length, 'line')}`,
    blocks([
      linesOf(transcript),
      ...(inboxTranscript.length > 0 ? [gfm`The session with the inbox:`, linesOf(inboxTranscript)] : []),
    ]),
  );
}

function linesOf(transcript: readonly TranscriptEntry[]): Markdown {
  const lines = transcript.slice(0, TRANSCRIPT_LINES).map((entry) => shorten(transcriptLine(entry), LINE_LIMIT));
  const more = transcript.length - lines.length;
  return codeBlock(more > 0 ? [...lines, `… and ${count(more, 'more line')} in report.json`] : lines);
}

const NAMES = 3;

/** The names of some endpoints: "a", "a, b and c", "a, b and 6 more". */
export function nameList(views: readonly EndpointView[]): Markdown {
  const named = views.slice(0, views.length > NAMES ? NAMES - 1 : NAMES).map(({ endpoint }) => nameOf(endpoint));
  const last = views.length > NAMES ? `${views.length - named.length} more` : named.pop();
  return named.length === 0 ? gfm`${last ?? ''}` : gfm`${join(named, ', ')} and ${last ?? ''}`;
}

export function nameOf(endpoint: EndpointReport): string {
  return short(endpoint.name);
}

export function short(text: string): string {
  return shorten(text, NAME_LIMIT);
}
