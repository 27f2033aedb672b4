import type { Finding, TranscriptEntry } from '../report/report.js';

/** Which lines of the dialogue with an inbox an excerpt shows. */
interface InboxLines {
  /** The positions of the lines. */
  readonly shown: readonly number[];
  /** The line that decides. */
  readonly decisive: number | undefined;
  /** The first line over TLS. */
  readonly tlsBefore: number | undefined;
}

/** Commands with which the gate waits for a message, or ends the session. */
const WAITING = /^(?:[0-9A-F]+ (?:NOOP|IDLE|LOGOUT)|DONE|QUIT)\b/i;

/** A refusal of IMAP without its tag, its status and its response code. */
const REFUSAL = /^(?:[0-9A-F]+|\*) (?:NO|BAD|BYE)(?: \[[^\]]*\])? (.*)$/is;

/** TLS begins after the OK to one of these commands. */
const STARTTLS = /^(?:[0-9A-F]+ STARTTLS|STLS)$/i;
const ACCEPTED = /^(?:[0-9A-F]+ OK|\+OK)\b/i;

/**
 * The last lines up to the one that decides. If none does, those that only show that the gate waited are left out.
 * @param quoted finds the line of the server that the evidence quotes, by the texts of all lines
 */
export function inboxLines(
  transcript: readonly TranscriptEntry[],
  finding: Finding,
  quoted: (lines: readonly TranscriptEntry[], finding: Finding) => number | undefined,
): InboxLines {
  const decisive =
    quoted(transcript, finding) ?? quoted(transcript.map(withoutStatus), finding) ?? lastStatus(transcript, finding);
  const shown = [...transcript.keys()].filter((at) =>
    decisive === undefined ? !isWaiting(transcript, at) : at <= decisive,
  );
  const last = shown.at(-1) ?? -1;
  return { shown, decisive, tlsBefore: tlsBefore(transcript, last, finding.evidence?.inbox ?? '') };
}

/** The last status of the mailbox, which shows whether a message has arrived, unless the finding is about a message. */
function lastStatus(
  transcript: readonly TranscriptEntry[],
  { code, evidence: { mailbox = '', folder, other } = {} }: Finding,
): number | undefined {
  if (code !== 'message-not-received' || folder !== undefined || other !== undefined) return undefined;
  const beginnings = [mailbox, `"${mailbox}"`].map((name) => `* STATUS ${name} (`);
  const found = transcript.findLastIndex(
    ({ from, text }) =>
      from === 'server' && beginnings.some((one) => text.startsWith(one)) && /\bUIDNEXT [1-9]/.test(text),
  );
  return found < 0 ? undefined : found;
}

/** The evidence has the text of a refusal alone. */
function withoutStatus(entry: TranscriptEntry): TranscriptEntry {
  return { ...entry, text: entry.from === 'server' ? (REFUSAL.exec(entry.text)?.[1] ?? '') : '' };
}

/** Whether a line is such a command, or belongs to the reply to it. */
function isWaiting(transcript: readonly TranscriptEntry[], at: number): boolean {
  const command = transcript.findLast(({ from }, index) => index <= at && from === 'client');
  return command !== undefined && WAITING.test(command.text);
}

/** Nothing but the handshake is sent over TLS unless it succeeds. */
function tlsBefore(transcript: readonly TranscriptEntry[], last: number, url: string): number | undefined {
  if (/^[^:]*s:/.test(url)) return 0;
  const command = transcript.findLastIndex(
    ({ from, text }, at) => at < last && from === 'client' && STARTTLS.test(text),
  );
  const reply = transcript.findIndex(({ from, text }, at) => at > command && from === 'server' && ACCEPTED.test(text));
  return command < 0 || reply < 0 || reply >= last ? undefined : reply + 1;
}
