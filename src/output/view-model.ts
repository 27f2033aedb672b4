import {
  earlierFindings,
  type EndpointReport,
  type Finding,
  type StepId,
  type TranscriptEntry,
} from '../report/report.js';
import { byResult, RESULT_LABELS, SIGNS, type Sign } from './labels.js';

/** What every output says about one endpoint, in the order in which it says it. */
export interface EndpointView {
  readonly endpoint: EndpointReport;
  /** How often it was tried, and what failed first; undefined if it was tried once. */
  readonly attempts?: { readonly inShort: string; readonly inFull: string };
  /** The findings that keep it from passing, worst first. */
  readonly problems: readonly FindingView[];
  /** Notices, and that the endpoint passed only after more than one attempt. */
  readonly notes: readonly { readonly text: string; readonly code?: string }[];
}

export interface FindingView {
  readonly finding: Finding;
  readonly title: string;
  /** The sign of the status that the finding gives its step. */
  readonly sign: Sign;
  /** The step, and whether only an earlier attempt found it. */
  readonly step: string;
  readonly evidence: readonly { readonly label: string; readonly value: string }[];
  /** The lines of the transcript that show it. Empty if there are none, or if an earlier problem has shown them. */
  readonly transcript: readonly string[];
}

/** Evidence that quotes a reply is never longer. It bounds the search for a hostile one. */
const QUOTE_LIMIT = 4096;

const TRANSCRIPT_LINES = 8;

/** Worst first. */
export function endpointViews(endpoints: readonly EndpointReport[]): EndpointView[] {
  return byResult(endpoints).flatMap(([, some]) => some.map(endpointView));
}

export function hasProblems({ endpoint }: EndpointView): boolean {
  return endpoint.result !== 'pass';
}

export function endpointView(endpoint: EndpointReport): EndpointView {
  const { steps, transcript, result } = endpoint;
  const found = steps.flatMap(({ id, findings }) =>
    findings.map((finding) => ({ finding, step: id, end: lastLine(transcript, id, finding) })),
  );
  // The transcript is that of the last attempt, so it does not show these.
  const before = earlierFindings(endpoint).map(({ step, ...finding }) => {
    return { finding, step: `${step} in an earlier attempt`, end: 0 };
  });
  const shown = new Set<number>();
  const problems = [...found, ...before]
    .filter(({ finding }) => finding.severity !== 'notice')
    .sort((a, b) => weight(b.finding) - weight(a.finding))
    .map(({ finding, step, end }): FindingView => {
      const lines = shown.has(end) ? [] : transcript.slice(Math.max(0, end - TRANSCRIPT_LINES), end);
      shown.add(end);
      return { finding, step, ...labelsOf(finding), transcript: lines.map(transcriptLine) };
    });
  const attempts = attemptsOf(endpoint);
  const notices = found.flatMap(({ finding: { severity, message, code } }) =>
    severity === 'notice' ? [{ text: message, code }] : [],
  );
  const notes = attempts && result === 'pass' ? [{ text: attempts.inFull }, ...notices] : notices;
  return { endpoint, ...(attempts && { attempts }), problems, notes };
}

/** A line of a transcript: `S: 220 mx ESMTP`, `C: EHLO ci`. Of a whole message it gives the number of lines. */
export function transcriptLine({ from, text }: TranscriptEntry): string {
  const lines = text.split('\r\n').length;
  return `${from === 'server' ? 'S' : 'C'}: ${lines === 1 ? text : `(the message, ${lines} lines)`}`;
}

function labelsOf({ title, severity, waived, inconclusive, evidence = {} }: Finding) {
  const status = waived || severity === 'warning' ? 'warn' : inconclusive ? 'inconclusive' : 'fail';
  return {
    title,
    sign: SIGNS[status],
    evidence: Object.entries(evidence).map(([field, value]) => ({ label: evidenceLabel(field), value })),
  };
}

/** Fields of evidence whose names are not words. */
const EVIDENCE_LABELS: ReadonlyMap<string, string> = new Map([
  ['authservId', 'authserv-id'],
  ['caIssuers', 'CA Issuers URL'],
  ['helo', 'reply to HELO'],
  ['messageId', 'Message-ID'],
  ['openssl', 'OpenSSL error'],
  ['insideTls', 'over TLS'],
  ['beforeTls', 'before TLS'],
  ['rootSha256', 'SHA-256 of the root'],
  ['saslError', 'SASL error'],
  ['sha256', 'SHA-256'],
]);

/** A field of evidence as people read it: "valid to" for `validTo`. */
function evidenceLabel(field: string): string {
  return EVIDENCE_LABELS.get(field) ?? field.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Such as "passed on attempt 2 (first: connection-timeout)". */
function attemptsOf({ attempts, result, earlier }: EndpointReport): EndpointView['attempts'] {
  if (attempts === 1) return undefined;
  const first = earlier?.find((one) => !('severity' in one));
  const outcome = result === 'warn' ? 'passed with warnings' : RESULT_LABELS[result];
  const inShort = `${outcome} on attempt ${attempts}${first ? ` (first: ${first.code})` : ''}`;
  return {
    inShort,
    inFull: first ? `${inShort}. The first attempt failed in step ${first.step}: ${first.message}` : inShort,
  };
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
