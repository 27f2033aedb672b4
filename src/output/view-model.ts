import { earlierFindings } from '../report/report.js';
import type { EndpointReport, Finding, Report, StepId, TranscriptEntry } from '../report/report.js';
import { attemptsInFull, byResult } from './labels.js';

/** What is to be told of one endpoint, in the order in which people want to hear it. */
export interface Story {
  readonly endpoint: EndpointReport;
  /** Everything that made it other than green, worst first. */
  readonly chapters: readonly Chapter[];
  /** What changes nothing. */
  readonly notices: readonly Finding[];
}

export interface Chapter {
  readonly step: StepId;
  readonly finding: Finding;
  /** The lines of the transcript that show it; none where an earlier chapter has shown them, or where TLS and no line shows it. */
  readonly decisive: readonly string[];
  /** Only an earlier attempt found it, so the transcript, which is that of the last one, does not show it. */
  readonly earlier?: true;
}

/** No evidence that quotes a reply is longer; a hostile one must not be searched for long. */
const QUOTE_LIMIT = 4096;

/** As many lines as a reader takes in at a glance. */
const DECISIVE_LINES = 8;

/** The story of every endpoint, worst first. */
export function stories({ endpoints }: Report): Story[] {
  return byResult(endpoints).flatMap(([, some]) => some.map(storyOf));
}

export function isTroubled({ endpoint }: Pick<Story, 'endpoint'>): boolean {
  return endpoint.result !== 'pass';
}

/** @returns the findings of an endpoint, worst first, with the lines of its transcript that show them */
export function storyOf(endpoint: EndpointReport): Story {
  const found = endpoint.steps.flatMap(({ id, findings }) => findings.map((finding) => ({ step: id, finding })));
  const before = earlierFindings(endpoint).map(({ step, ...finding }) => ({ step, finding, earlier: true as const }));
  const told: Omit<Chapter, 'decisive'>[] = [...found, ...before];
  const shown = new Set<number>();
  const chapters = told
    .filter(({ finding }) => finding.severity !== 'notice')
    .sort((a, b) => weight(b.finding) - weight(a.finding))
    .map((one): Chapter => {
      if (one.earlier) return { ...one, decisive: [] };
      const end = decisiveEnd(endpoint.transcript, one.step, one.finding);
      const decisive = shown.has(end) ? [] : endpoint.transcript.slice(Math.max(0, end - DECISIVE_LINES), end);
      shown.add(end);
      return { ...one, decisive: decisive.map(spoken) };
    });
  return {
    endpoint,
    chapters,
    notices: found.flatMap(({ finding }) => (finding.severity === 'notice' ? [finding] : [])),
  };
}

/** What is worth a remark though it changes nothing: notices, and that an endpoint passed only after further attempts. */
export function remarksOf({ endpoint, notices }: Story): { text: string; code?: string }[] {
  const attempts = isTroubled({ endpoint }) ? undefined : attemptsInFull(endpoint);
  return [
    ...(attempts === undefined ? [] : [{ text: attempts }]),
    ...notices.map(({ message, code }) => ({ text: message, code })),
  ];
}

/** The step of a chapter, and whether only an earlier attempt found it. */
export function whereOf({ step, earlier }: Chapter): string {
  return earlier ? `${step} in an earlier attempt` : step;
}

/** A line of a transcript as postmasters write it: `S: 220 mx ESMTP`, `C: EHLO ci`; a whole message by its length. */
export function spoken({ from, text }: TranscriptEntry): string {
  const lines = text.split('\r\n').length;
  return `${from === 'server' ? 'S' : 'C'}: ${lines === 1 ? text : `(the message, ${lines} lines)`}`;
}

function weight({ severity, waived, inconclusive }: Finding): number {
  if (waived) return severity === 'error' ? 1 : 0;
  if (severity === 'warning') return 2;
  return inconclusive ? 3 : 4;
}

/**
 * Where the dialogue decided a finding: behind the last line that its evidence quotes; where it quotes none, at the end
 * of its step. What TLS shows was never said in the dialogue: there 0 stands for no line at all.
 */
function decisiveEnd(transcript: readonly TranscriptEntry[], step: StepId, { evidence = {} }: Finding): number {
  const quotes = Object.values(evidence).map((value) => value.slice(0, QUOTE_LIMIT));
  const quoted = transcript.findLastIndex(
    ({ from, text }) =>
      from === 'server' && text.trim().length > 3 && quotes.some((quote) => quote.includes(text.trim())),
  );
  return quoted >= 0 ? quoted + 1 : endOf(step, transcript);
}

/** Where the dialogue of a step ends: before the command that begins the next one, or before we took our leave. */
function endOf(step: StepId, transcript: readonly TranscriptEntry[]): number {
  const before = (command: RegExp, after = -1) => {
    const found = transcript.findIndex(({ from, text }, at) => at > after && from === 'client' && command.test(text));
    return found >= 0 ? found : transcript.length;
  };
  const leave = before(/^QUIT\b/i);
  const starttls = before(/^STARTTLS\b/i);
  const ends: Readonly<Record<StepId, number>> = {
    capability: starttls,
    upgrade: before(/^/, starttls),
    certificate: 0,
    authentication: before(/^MAIL FROM:/i),
    delivery: leave,
  };
  return Math.min(ends[step], leave);
}
