/** A point of a session, named after a reply. */
export interface SessionPoint {
  /** What the reply is to: `greeting`, a command such as `EHLO` or `AUTH PLAIN`, `message` or `end of the message`. */
  readonly of: string;
  /** Whether that reply was due; otherwise it had already arrived. */
  readonly isDue: boolean;
  readonly overTls: boolean;
}

/** An error of a session. */
export class SessionError extends Error {
  /** Where it occurred. The session sets it. */
  at: SessionPoint = { of: 'greeting', isDue: true, overTls: false };
}

/** The command in a line of the client; undefined for a line that continues an exchange. */
export function commandIn(line: string): string | undefined {
  return /^(?:AUTH [\w-]+|[A-Z]+)(?![^\s])/.exec(line)?.[0];
}
