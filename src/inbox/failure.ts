import type { ConnectFailure } from '../net/connect.js';
import { fixed, join, own, type OwnText } from '../text/own.js';
import { decodeBytes, excerpt } from '../text/peer.js';
import type { HandshakeFailure } from '../tls/handshake.js';

/** A problem of the certificates of an inbox, from the finding for it. */
export interface Objection {
  readonly code: string;
  readonly message: OwnText;
  readonly cause?: string;
  readonly evidence?: Readonly<Record<string, string | OwnText>> | undefined;
}

/** What a server negotiates if every version and cipher suite is enabled. */
export interface Negotiated {
  /** Such as `TLSv1.1`. */
  readonly version: string;
  readonly cipher: string;
}

/** Another attempt may succeed. */
export type TemporaryReason =
  | 'api-behind-gateway'
  | 'no-greeting'
  | 'no-reply'
  | 'connection-lost'
  | 'mailbox-not-opened'
  | 'server-error'
  | 'login-unavailable'
  | 'too-many-sessions'
  | 'login-throttled'
  | 'mailbox-in-use';

/** The server does not behave as its protocol requires, or as the gate needs. */
export type UnusableReason =
  | 'greeting-refused'
  | 'starttls-not-offered'
  | 'starttls-refused'
  | 'data-after-starttls'
  | 'preauth'
  | 'invalid-reply'
  | 'too-much-data'
  | 'too-many-messages'
  | 'not-all-read'
  | 'unknown-api'
  | 'other-catcher'
  | 'api-redirected'
  | 'api-requires-tls';

/** The server replies that it does not do what the gate requests. */
export type RejectedReason =
  | 'login-refused'
  | 'api-login-missing'
  | 'api-login-refused'
  | 'api-login-not-basic'
  | 'api-forbidden'
  | 'login-disabled'
  | 'login-not-authorized'
  | 'login-requires-encryption'
  | 'password-expired'
  | 'account-needs-administrator'
  | 'mailbox-missing'
  | 'mailbox-separator'
  | 'mailbox-refused'
  | 'over-quota'
  | 'command-refused'
  | 'not-deleted';

/** Why a mailbox cannot be opened now. */
export type BusyReason = 'in-use' | 'login-delay' | 'mailbox-not-opened' | 'server-error' | 'too-many-sessions';

/** How a mailbox is named at a server (RFC 9051 sections 6.3.10 and 7.3.1); the text is escaped. */
export interface MailboxNaming {
  /** The name that was sent, if the client added the prefix of the personal namespace. */
  readonly requested?: string;
  /** What separates the parts of a name. */
  readonly separator?: string;
  /** The configured name with that separator. */
  readonly suggested?: string;
}

/** Why an inbox cannot be used. Until its TLS channel has been judged, no password is sent. */
export type InboxFailure =
  | { readonly kind: 'no-connection'; readonly cause: ConnectFailure }
  | {
      readonly kind: 'no-tls';
      readonly cause: HandshakeFailure;
      readonly afterStartTls: boolean;
      /** The oldest version that the policy allows. */
      readonly required: string;
      /** What explains the failure, if a diagnostic handshake could show it. */
      readonly negotiated?: Negotiated;
    }
  | { readonly kind: 'bad-certificate'; readonly objections: readonly Objection[] }
  /** What the server sent first does not belong to the protocol. */
  | { readonly kind: 'other-protocol'; readonly expected: 'IMAP' | 'POP3' | 'HTTP'; readonly said: string }
  | { readonly kind: 'temporary'; readonly reason: TemporaryReason; readonly detail: OwnText; readonly reply?: string }
  /**
   * The mailbox is not available now, but may be before the search ends: another session has it open, or the server has a
   * problem of its own.
   */
  | {
      readonly kind: 'busy';
      readonly detail: OwnText;
      readonly reason: BusyReason;
      readonly reply?: string;
    }
  /** `reply` is the server's own text. */
  | { readonly kind: 'unusable'; readonly reason: UnusableReason; readonly detail: OwnText; readonly reply?: string }
  | {
      readonly kind: 'rejected';
      readonly reason: RejectedReason;
      readonly detail: OwnText;
      readonly reply?: string;
      readonly naming?: MailboxNaming;
    }
  /** The message was in the mailbox, and was removed before it was read. */
  | { readonly kind: 'message-gone' };

export type InboxResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: InboxFailure };

/** Carries a failure to the caller of an inbox, who gets it as an {@link InboxResult}. */
export class InboxError extends Error {
  override readonly name = 'InboxError';

  constructor(readonly failure: InboxFailure) {
    super(failure.kind);
  }
}

/** @param reply the server's own text, escaped */
export const temporary = (reason: TemporaryReason, detail: OwnText, reply?: string): InboxError =>
  new InboxError({ kind: 'temporary', reason, detail, ...(reply !== undefined && { reply }) });
/** @param reply the server's own text, escaped */
export const busy = (detail: OwnText, reason: BusyReason = 'in-use', reply?: string): InboxError =>
  new InboxError({ kind: 'busy', detail, reason, ...(reply !== undefined && { reply }) });
/** @param reply the server's own text, escaped */
export const unusable = (reason: UnusableReason, detail: OwnText, reply?: string): InboxError =>
  new InboxError({ kind: 'unusable', reason, detail, ...(reply !== undefined && { reply }) });
/** @param reply the server's own text, escaped */
export const rejected = (reason: RejectedReason, detail: OwnText, reply?: string, naming?: MailboxNaming): InboxError =>
  new InboxError({
    kind: 'rejected',
    reason,
    detail,
    ...(reply !== undefined && { reply }),
    ...(naming && { naming }),
  });

/** @param what a command or a request, as the end of a sentence */
export const noReply = (what: string): InboxError =>
  temporary('no-reply', own`the server did not reply in time to ${fixed(what)}`);

export const noGreeting = (): InboxError => temporary('no-greeting', own`the server sent no greeting in time`);

/** @param bytes what the server sent first */
export function otherProtocol(expected: 'IMAP' | 'POP3' | 'HTTP', bytes: Uint8Array): InboxError {
  const [said = ''] = decodeBytes(bytes).trimStart().split(/\r?\n/, 1);
  return new InboxError({ kind: 'other-protocol', expected, said });
}

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

/**
 * Whether the failure may be temporary, so that it makes sense to open the inbox again. A server that blocks logins may
 * block them for longer after each one.
 */
export function isTransient(failure: InboxFailure): boolean {
  if (failure.kind === 'no-connection') return failure.cause.transient;
  if (failure.kind === 'no-tls') return failure.cause.kind === 'lost' || failure.cause.kind === 'timed-out';
  if (failure.kind === 'temporary') return failure.reason !== 'login-throttled';
  return failure.kind === 'busy';
}

/** Whether the credentials that were sent were rejected. */
export function isLoginRefused(reason: RejectedReason): boolean {
  return reason === 'login-refused' || reason === 'api-login-refused';
}

/** For a message, as the end of a sentence. The server's text in it is escaped. */
export function describeFailure(failure: InboxFailure): OwnText {
  switch (failure.kind) {
    case 'no-connection':
      return describeConnectFailure(failure.cause);
    case 'no-tls':
      return describeNoTls(failure);
    case 'bad-certificate':
      return join(
        failure.objections.map(({ message }) => message),
        ' ',
      );
    case 'other-protocol':
      return own`the server is not ${failure.expected === 'POP3' ? own`a` : own`an`} ${fixed(failure.expected)} server: "${excerpt(failure.said)}"`;
    case 'message-gone':
      return own`the test message was removed before the gate could read it, probably by another program that deletes or moves mail`;
    case 'temporary':
    case 'busy':
    case 'unusable':
      return failure.detail;
    case 'rejected':
      return isLoginRefused(failure.reason) ? own`login rejected: ${failure.detail}` : failure.detail;
  }
}

function describeConnectFailure({ kind, detail, address }: ConnectFailure): OwnText {
  const at = address === undefined ? own`` : own` to ${address}`;
  switch (kind) {
    case 'name-not-found':
      return own`the host name does not exist or has no address (${detail})`;
    case 'lookup-failed':
      return own`the lookup of the host name failed (${detail})`;
    case 'timed-out':
      return own`the connection${at} timed out (${detail})`;
    case 'refused':
      return own`the connection${at} was refused (${detail})`;
    case 'no-route':
    case 'not-possible-here':
    case 'reset':
      return own`the connection${at} failed (${detail})`;
  }
}

function describeHandshake(failure: HandshakeFailure, afterStartTls: boolean): OwnText {
  switch (failure.kind) {
    case 'timed-out':
      return own`the server did not complete the TLS handshake in time`;
    case 'lost':
      return own`the connection was lost during the TLS handshake (${failure.detail})`;
    case 'alert':
      return own`the server refused the TLS handshake (alert ${failure.number}, ${failure.name})`;
    case 'refused-here':
      return own`the TLS handshake failed (${failure.reason})`;
    case 'cleartext': {
      const [line = ''] = decodeBytes(failure.bytes).split(/\r?\n/, 1);
      return afterStartTls
        ? own`the server sent unencrypted data after it accepted STARTTLS: "${excerpt(line)}"`
        : own`the server sent unencrypted data instead of TLS: "${excerpt(line)}"`;
    }
  }
}

/** Whether the server supports only versions that the policy does not allow. */
export function isVersionTooOld({ negotiated, required }: Extract<InboxFailure, { kind: 'no-tls' }>): boolean {
  return negotiated !== undefined && negotiated.version < required;
}

function describeNoTls(failure: Extract<InboxFailure, { kind: 'no-tls' }>): OwnText {
  const { cause, afterStartTls, negotiated, required } = failure;
  const how = describeHandshake(cause, afterStartTls);
  if (!negotiated) return how;
  const { version, cipher } = negotiated;
  return isVersionTooOld(failure)
    ? own`the server supports ${version}, but ${required} or later is required: ${how}`
    : own`${how}. With every version and cipher suite enabled, the server selects ${version} with ${cipher}`;
}
