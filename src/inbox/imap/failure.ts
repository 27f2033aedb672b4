import { excerpt } from '../../text/peer.js';

/** What imapflow adds to its errors. */
export interface ImapFailure {
  readonly message?: string;
  readonly authenticationFailed?: boolean;
  /** Of a tagged answer that is not OK. */
  readonly responseStatus?: string;
  readonly responseText?: string;
  /** What the server said with its BYE. */
  readonly reason?: string;
}

/** Whether the server said no, as opposed to nothing. */
export function isRefusal(error: unknown): boolean {
  const { responseStatus } = error as ImapFailure;
  return responseStatus === 'NO' || responseStatus === 'BAD';
}

/** The server's words where it had any, else the client's; safe to show. */
export function whatServerSays(error: unknown): string {
  const { responseText, reason, message } = error as ImapFailure;
  return excerpt(responseText ?? reason ?? message ?? 'no reason given');
}
