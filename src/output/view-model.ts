import {
  earlierFindings,
  type EndpointReport,
  type Finding,
  type Report,
  type StepId,
  type TranscriptEntry,
} from '../report/report.js';
import { attemptsInFull, byResult } from './labels.js';

/** What every output says about one endpoint, in the order in which it says it. */
export interface EndpointView {
  readonly endpoint: EndpointReport;
  /** The findings that keep it from passing, worst first. */
  readonly problems: readonly FindingView[];
  /** The findings that change no result. */
  readonly notices: readonly Finding[];
}

export interface FindingView {
  readonly step: StepId;
  readonly finding: Finding;
  /**
   * The lines of the transcript that show it. Empty if an earlier problem has shown them, or if no line shows it, as
   * with the certificate.
   */
  readonly transcript: readonly string[];
  /** Only an earlier attempt found it. The transcript is that of the last attempt and does not show it. */
  readonly earlier?: true;
}

/** Evidence that quotes a reply is never longer. It bounds the search for a hostile one. */
const QUOTE_LIMIT = 4096;

const TRANSCRIPT_LINES = 8;

/** All endpoints of a report, worst first. */
export function endpointViews({ endpoints }: Report): EndpointView[] {
  return byResult(endpoints).flatMap(([, some]) => some.map(endpointView));
}

export function hasProblems({ endpoint }: Pick<EndpointView, 'endpoint'>): boolean {
  return endpoint.result !== 'pass';
}

/** The findings of one endpoint, worst first, with the lines of its transcript that show them. */
export function endpointView(endpoint: EndpointReport): EndpointView {
  const found = endpoint.steps.flatMap(({ id, findings }) => findings.map((finding) => ({ step: id, finding })));
  const before = earlierFindings(endpoint).map(({ step, ...finding }) => ({ step, finding, earlier: true as const }));
  const all: Omit<FindingView, 'transcript'>[] = [...found, ...before];
  const shown = new Set<number>();
  const problems = all
    .filter(({ finding }) => finding.severity !== 'notice')
    .sort((a, b) => weight(b.finding) - weight(a.finding))
    .map((one): FindingView => {
      if (one.earlier) return { ...one, transcript: [] };
      const end = lastLine(endpoint.transcript, one.step, one.finding);
      const lines = shown.has(end) ? [] : endpoint.transcript.slice(Math.max(0, end - TRANSCRIPT_LINES), end);
      shown.add(end);
      return { ...one, transcript: lines.map(transcriptLine) };
    });
  return {
    endpoint,
    problems,
    notices: found.flatMap(({ finding }) => (finding.severity === 'notice' ? [finding] : [])),
  };
}

/** Notices, and that an endpoint passed only after more than one attempt. */
export function notesOf({ endpoint, notices }: EndpointView): { text: string; code?: string }[] {
  const attempts = hasProblems({ endpoint }) ? undefined : attemptsInFull(endpoint);
  return [
    ...(attempts === undefined ? [] : [{ text: attempts }]),
    ...notices.map(({ message, code }) => ({ text: message, code })),
  ];
}

/** The step of a problem, and whether only an earlier attempt found it. */
export function stepOf({ step, earlier }: FindingView): string {
  return earlier ? `${step} in an earlier attempt` : step;
}

/** A line of a transcript: `S: 220 mx ESMTP`, `C: EHLO ci`. Of a whole message it gives the number of lines. */
export function transcriptLine({ from, text }: TranscriptEntry): string {
  const lines = text.split('\r\n').length;
  return `${from === 'server' ? 'S' : 'C'}: ${lines === 1 ? text : `(the message, ${lines} lines)`}`;
}

function weight({ severity, waived, inconclusive }: Finding): number {
  if (waived) return severity === 'error' ? 1 : 0;
  if (severity === 'warning') return 2;
  return inconclusive ? 3 : 4;
}

/**
 * The number of transcript lines up to the one that shows a finding: the last line that its evidence quotes, or the last
 * line of its step. Zero if no line shows it, as with the certificate.
 */
function lastLine(transcript: readonly TranscriptEntry[], step: StepId, { evidence = {} }: Finding): number {
  const quotes = Object.values(evidence).map((value) => value.slice(0, QUOTE_LIMIT));
  const quoted = transcript.findLastIndex(
    ({ from, text }) =>
      from === 'server' && text.trim().length > 3 && quotes.some((quote) => quote.includes(text.trim())),
  );
  return quoted >= 0 ? quoted + 1 : endOf(step, transcript);
}

/** The number of transcript lines before the command that begins the next step, or before QUIT. */
function endOf(step: StepId, transcript: readonly TranscriptEntry[]): number {
  const before = (command: RegExp, after = -1) => {
    const found = transcript.findIndex(({ from, text }, at) => at > after && from === 'client' && command.test(text));
    return found >= 0 ? found : transcript.length;
  };
  const quit = before(/^QUIT\b/i);
  const starttls = before(/^STARTTLS\b/i);
  const ends: Readonly<Record<StepId, number>> = {
    capability: starttls,
    upgrade: before(/^/, starttls),
    certificate: 0,
    authentication: before(/^MAIL FROM:/i),
    delivery: quit,
  };
  return Math.min(ends[step], quit);
}
