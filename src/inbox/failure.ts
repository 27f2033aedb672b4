import type { ConnectFailure } from '../net/connect.js';
import type { HandshakeFailure } from '../tls/handshake.js';

/** A problem of the certificates of an inbox, from the finding for it. */
export interface Objection {
  readonly code: string;
  readonly message: string;
}

/** Why an inbox cannot be used. Until its TLS channel has been judged, no password is sent. */
export type InboxFailure =
  | { readonly kind: 'no-connection'; readonly cause: ConnectFailure }
  | { readonly kind: 'no-tls'; readonly cause: HandshakeFailure }
  | { readonly kind: 'bad-certificate'; readonly objections: readonly Objection[] }
  /** The connection was lost, the server did not reply in time, or it has a temporary problem. */
  | { readonly kind: 'temporary'; readonly detail: string }
  /** The mailbox is not available now, but may be before the search ends. */
  | { readonly kind: 'busy'; readonly detail: string }
  /** The server does not behave as its protocol requires, or sends more than the gate reads. */
  | { readonly kind: 'unusable'; readonly detail: string }
  /** The server refuses the login, has no such folder, or refuses something else that the gate needs. */
  | { readonly kind: 'rejected'; readonly detail: string }
  /** The message was in the mailbox, and was removed before it was read. */
  | { readonly kind: 'message-gone' };

export type InboxResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: InboxFailure };

/** Carries a failure to the caller of an inbox, who gets it as an {@link InboxResult}. */
export class InboxError extends Error {
  override readonly name = 'InboxError';

  constructor(readonly failure: InboxFailure) {
    super(describeFailure(failure));
  }
}

export const temporary = (detail: string): InboxError => new InboxError({ kind: 'temporary', detail });
export const busy = (detail: string): InboxError => new InboxError({ kind: 'busy', detail });
export const unusable = (detail: string): InboxError => new InboxError({ kind: 'unusable', detail });
export const rejected = (detail: string): InboxError => new InboxError({ kind: 'rejected', detail });

/** @throws every error except an {@link InboxError} */
export async function resultOf<T>(work: Promise<T>): Promise<InboxResult<T>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    if (error instanceof InboxError) return { ok: false, failure: error.failure };
    throw error;
  }
}

/** Whether the server replied and the connection can still be used, although something failed. */
export function isRejection(error: unknown): error is InboxError {
  return error instanceof InboxError && ['rejected', 'message-gone'].includes(error.failure.kind);
}

/** Whether the failure may be temporary, so that it makes sense to open the inbox again. */
export function isTransient(failure: InboxFailure): boolean {
  if (failure.kind === 'no-connection') return failure.cause.transient;
  if (failure.kind === 'no-tls') return failure.cause.kind === 'lost' || failure.cause.kind === 'timed-out';
  return failure.kind === 'temporary' || failure.kind === 'busy';
}

/** For a message. The server's text in it is escaped. */
export function describeFailure(failure: InboxFailure): string {
  switch (failure.kind) {
    case 'no-connection':
      return `no connection (${failure.cause.message})`;
    case 'no-tls':
      return `no TLS: ${describeHandshake(failure.cause)}`;
    case 'bad-certificate':
      return failure.objections.map(({ message }) => message).join(' ');
    case 'message-gone':
      return 'the message arrived, but was gone before it could be read: another program removes mail from the mailbox';
    case 'temporary':
    case 'busy':
    case 'unusable':
    case 'rejected':
      return failure.detail;
  }
}

function describeHandshake(failure: HandshakeFailure): string {
  switch (failure.kind) {
    case 'timed-out':
      return 'the handshake was not complete in time';
    case 'lost':
      return `the connection was lost (${failure.detail})`;
    case 'alert':
      return `the server refused the handshake (alert ${failure.number}, ${failure.name})`;
    case 'refused-here':
      return `the handshake failed (${failure.reason})`;
    case 'cleartext':
      return 'the server replied unencrypted';
  }
}
