import type { EndpointReport, Finding, StepId, TranscriptEntry } from '../report/report.js';
import { count } from '../text/count.js';
import { inboxLines } from './inbox-excerpt.js';
import { addressOf } from './labels.js';

/** The lines of a session that show a finding. */
export interface Excerpt {
  /** Which session: "smtp.example.com:587 (192.0.2.7), attempt 2". */
  readonly connection: string;
  /**
   * `> S: 535 no` for the line that decides, `  C: EHLO ci` for others, `… 12 lines` where lines are left out, and
   * `--- TLS 1.3, TLS_AES_256_GCM_SHA384 ---` where TLS begins.
   */
  readonly lines: readonly string[];
}

const MOST_LINES = 8;
/** Evidence that quotes a reply is never longer. It bounds the search for a hostile one. */
const QUOTE_LIMIT = 4096;
/** Shorter texts say nothing about which line they are from. */
const SHORTEST_QUOTE = 4;

/** Undefined if no line shows the finding, as with a certificate. */
export function excerptOf(endpoint: EndpointReport, step: StepId, finding: Finding): Excerpt | undefined {
  const { transcript, inboxTranscript } = endpoint;
  if (inboxTranscript && (finding.code === 'message-not-received' || isAboutInbox(finding))) {
    const { shown, decisive, tlsBefore } = inboxLines(inboxTranscript, finding, quotedLine);
    if (shown.length === 0) return undefined;
    return {
      connection: nameOfInbox(finding),
      lines: linesOf(inboxTranscript, {
        ...{ start: 0, shown: shown.slice(-MOST_LINES), end: inboxTranscript.length, decisive },
        // The report does not have the version of an inbox.
        tls: tlsBefore === undefined ? undefined : { before: tlsBefore, label: '--- TLS ---' },
      }),
    };
  }
  if (isAboutInbox(finding)) return undefined;

  const quoted =
    quotedLine(transcript, finding) ?? (step === 'capability' ? keywordLine(transcript, finding) : undefined);
  const last = quoted ?? endOf(step, transcript) - 1;
  const shown = transcript[last];
  if (!shown) return undefined;
  const start = startOf(transcript, last);
  const isMain = start === 0;
  return {
    connection: `${isMain ? '' : 'additional connection to '}${connectionTo(endpoint)}`,
    lines: linesOf(transcript, {
      ...{ start, shown: linesUpTo(last, start), end: endOfConnection(transcript, last) },
      // A command that is last got no reply.
      decisive: quoted ?? (shown.from === 'client' ? last : undefined),
      tls: isMain ? tlsOf(endpoint, transcript) : undefined,
    }),
  };
}

/** A line of a transcript: `S: 220 mx ESMTP`, `C: EHLO ci`. Of several lines at once, such as a message, it gives their number. */
export function transcriptLine({ from, text }: TranscriptEntry): string {
  const lines = text.split('\r\n').length;
  const several = from === 'server' ? `(${lines} lines)` : `(the message, ${lines} lines)`;
  return `${from === 'server' ? 'S' : 'C'}: ${lines === 1 ? text : several}`;
}

function isAboutInbox({ code }: Finding): boolean {
  return code.startsWith('inbox-');
}

function nameOfInbox({ evidence: { inbox, user, mailbox } = {} }: Finding): string {
  return [
    inbox === undefined ? 'inbox' : `inbox ${inbox}`,
    ...(user === undefined ? [] : [`user ${user}`]),
    ...(mailbox === undefined ? [] : [`mailbox ${mailbox}`]),
  ].join(', ');
}

function connectionTo(endpoint: EndpointReport): string {
  const { host, address, attempts } = endpoint;
  const ip = address === undefined || address === host ? '' : ` (${address})`;
  return `${addressOf(endpoint)}${ip}${attempts > 1 ? `, attempt ${attempts}` : ''}`;
}

interface Range {
  /** The first line of the connection. */
  readonly start: number;
  /** The lines to show. */
  readonly shown: readonly number[];
  /** The number of lines up to the end of the connection. */
  readonly end: number;
  readonly decisive: number | undefined;
  /** Where TLS begins, and with what. */
  readonly tls?: { readonly before: number; readonly label: string } | undefined;
}

function linesUpTo(last: number, start: number): number[] {
  const first = Math.max(start, last - MOST_LINES + 1);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function linesOf(transcript: readonly TranscriptEntry[], { start, shown, end, decisive, tls }: Range): string[] {
  const lines: string[] = [];
  let next = start;
  for (const at of [...shown, end]) {
    const entry = at < end ? transcript[at] : undefined;
    // At the end, TLS is of interest only if it begins with the next line.
    const begins = tls && tls.before >= next && tls.before <= (entry ? at : next) ? tls : undefined;
    lines.push(
      ...(begins
        ? [...leftOut(begins.before - next), begins.label, ...leftOut(at - begins.before)]
        : leftOut(at - next)),
    );
    if (entry) lines.push(`${at === decisive ? '>' : ' '} ${transcriptLine(entry)}`);
    next = at + 1;
  }
  return lines;
}

function leftOut(lines: number): string[] {
  return lines > 0 ? [`… ${count(lines, 'line')}`] : [];
}

/** Where TLS begins on the first connection: after the 220 to STARTTLS, or at once. */
function tlsOf({ tls, transport }: EndpointReport, transcript: readonly TranscriptEntry[]): Range['tls'] {
  if (!tls) return undefined;
  const label = `--- ${tls.version.replace('TLSv', 'TLS ')}, ${tls.cipher} ---`;
  if (transport === 'implicit') return { before: 0, label };
  const starttls = transcript.findIndex(isStarttls);
  const reply = transcript.findIndex(({ text }, at) => at > starttls && /^220(?!-)/.test(text));
  return starttls < 0 || reply < 0 ? undefined : { before: reply + 1, label };
}

function isStarttls({ from, text }: TranscriptEntry): boolean {
  return from === 'client' && /^STARTTLS\b/i.test(text);
}

/** The first line of the connection that a line belongs to. A transcript ends with those of additional connections. */
function startOf(transcript: readonly TranscriptEntry[], last: number): number {
  const start = transcript.findLastIndex((_, at) => at <= last && isGreeting(transcript, at));
  return Math.max(0, start);
}

function endOfConnection(transcript: readonly TranscriptEntry[], last: number): number {
  const next = transcript.findIndex((_, at) => at > last && isGreeting(transcript, at));
  return next < 0 ? transcript.length : next;
}

/** Whether a line begins an additional connection: a 220 that is neither a reply to STARTTLS nor the rest of one. */
function isGreeting(transcript: readonly TranscriptEntry[], at: number): boolean {
  const [before, line] = [transcript[at - 1], transcript[at]];
  if (!before || line?.from !== 'server' || !/^220\b/.test(line.text)) return false;
  return !isStarttls(before) && !(before.from === 'server' && before.text.startsWith('220'));
}

/** The last line of the server that the evidence quotes. */
function quotedLine(transcript: readonly TranscriptEntry[], { evidence = {} }: Finding): number | undefined {
  const quotes = Object.values(evidence).map((value) => value.slice(0, QUOTE_LIMIT));
  const found = transcript.findLastIndex(({ from, text }) => {
    const line = text.trim();
    return from === 'server' && line.length >= SHORTEST_QUOTE && quotes.some((quote) => quote.includes(line));
  });
  return found < 0 ? undefined : found;
}

/** The last line before STARTTLS that has a text of the evidence, such as the mechanisms of AUTH. */
function keywordLine(transcript: readonly TranscriptEntry[], { evidence = {} }: Finding): number | undefined {
  const keywords = Object.values(evidence).filter(({ length }) => length >= SHORTEST_QUOTE);
  const found = transcript
    .slice(0, endOf('capability', transcript))
    .findLastIndex(({ from, text }) => from === 'server' && keywords.some((keyword) => text.includes(keyword)));
  return found < 0 ? undefined : found;
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
