import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type DetailedPeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import { codeOf } from '../text/reason.js';
import type { Deadline } from '../net/deadline.js';
import { alertName } from './alerts.js';
import { curveName } from './x509/certificate.js';
import { FirstRecordGuard, MAX_HANDSHAKE_BYTES, type Opening } from './guard.js';
import { asksForCertificate, dataAfterRecords, isAnswer, keyExchange, oldSignature, warningAlert } from './records.js';

/** A TLS channel after its handshake. The peer is not verified. */
export interface TlsChannel {
  readonly stream: TLSSocket;
  /** Such as `TLSv1.3`. */
  readonly version: string;
  readonly cipher: string;
  readonly group?: string;
  /** Whether that group resists quantum computers; only for groups of TLS 1.3. */
  readonly postQuantum?: boolean;
  /** The signature algorithm of a TLS 1.2 handshake, if it is no longer offered. */
  readonly oldSignature?: string;
  /** Whether the server requested a client certificate. */
  readonly clientCertificateRequested: boolean;
  /** The certificates exactly as the server sent them, leaf first. */
  readonly sent: readonly X509Certificate[];
  /** OpenSSL's last error for the chain; undefined if it accepts the chain. */
  readonly verifyError?: string;
}

/** Why there is no channel. */
export type HandshakeFailure =
  /** `answered`: the server sent something of a handshake before that, and not only alerts. */
  | { readonly kind: 'timed-out'; readonly waitedMs: number; readonly answered: boolean }
  /** The connection ended. */
  | { readonly kind: 'lost'; readonly detail: string; readonly answered: boolean }
  /** The server sent a fatal alert (RFC 8446 section 6.2). `asked`: it requested a client certificate before that. */
  | { readonly kind: 'alert'; readonly number: number; readonly name: string; readonly asked: boolean }
  /** This side refused. `stray`: the data that is not a TLS record where one must follow. */
  | { readonly kind: 'refused-here'; readonly reason: string; readonly code: string; readonly stray?: Buffer }
  /** The first data was not TLS. */
  | { readonly kind: 'cleartext'; readonly bytes: Buffer };

type Outcome =
  { readonly ok: true; readonly channel: TlsChannel } | { readonly ok: false; readonly failure: HandshakeFailure };

/** `helloBytes`: the size of the record with the ClientHello; 0 if none was sent. */
export type HandshakeResult = Outcome & { readonly helloBytes: number };

/** A handshake in progress. Its promises never reject. */
export interface Handshake {
  /** The future channel; not to be used before the outcome is known. */
  readonly stream: TLSSocket;
  readonly opening: Promise<Opening>;
  readonly outcome: Promise<HandshakeResult>;
}

/**
 * Begins a TLS handshake. It does not verify the certificate: the caller must do that before sending a secret.
 * @param socket connected, with nothing unread
 * @param options.servername sent as SNI; undefined for an IP address (RFC 6066 section 3)
 */
export function beginHandshake(
  socket: Socket,
  options: { context: SecureContext; servername: string | undefined; deadline: Deadline },
): Handshake {
  const guard = new FirstRecordGuard(socket);
  const stream = connect({
    socket: guard as unknown as Duplex,
    secureContext: options.context,
    servername: options.servername ?? '',
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  // Node calls this even if nothing uses the result. For a key on a curve without a NIST name that crashes the process.
  stream.getPeerCertificate = () => ({}) as DetailedPeerCertificate;
  const settled = new Promise<Outcome>((resolve) => {
    const fail = (failure: HandshakeFailure): void => {
      resolve({ ok: false, failure });
    };
    stream.once('secureConnect', () => {
      resolve({ ok: true, channel: channelOf(stream, guard.received) });
      guard.release();
    });
    // Stays on: an error after the handshake must not be thrown as unhandled. A later reader finds it in `errored`, which
    // Node does not set for an alert.
    stream.on('error', (error: Error) => {
      fail(failureOf(error, guard));
      stream.destroy(error);
    });
    stream.once('close', () => {
      const answered = isAnswer(guard.received);
      fail(guard.isTooMuch ? TOO_MUCH : { kind: 'lost', detail: 'closed during the handshake', answered });
    });
    void guard.opening.then((opening) => {
      if (opening.kind === 'cleartext') fail({ kind: 'cleartext', bytes: opening.bytes });
    });
  });
  const waitedMs = Math.round(options.deadline.remainingMs);
  const outcome = options.deadline
    .race(settled, () => new HandshakeTimeout())
    .catch((error: unknown): Outcome => {
      if (!(error instanceof HandshakeTimeout)) throw error;
      return { ok: false, failure: { kind: 'timed-out', waitedMs, answered: isAnswer(guard.received) } };
    })
    .then((result) => {
      if (!result.ok) {
        stream.destroy();
        guard.destroy();
      }
      return { ...result, helloBytes: guard.helloBytes ?? 0 };
    });
  return { stream, opening: guard.opening, outcome };
}

class HandshakeTimeout extends Error {}

/** The number of the fatal alert that caused an error of the TLS library, if one did (RFC 8446 section 6.2). */
export function alertOf(error: unknown): number | undefined {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  const number = /SSL alert number (\d+)/.exec(message)?.[1];
  return number === undefined ? undefined : Number(number);
}

function channelOf(stream: TLSSocket, received: Buffer): TlsChannel {
  const chosen = keyExchange(received);
  const version = stream.getProtocol() ?? 'unknown';
  const old = version === 'TLSv1.2' ? oldSignature(received) : undefined;
  // Up to TLS 1.2 the ServerHello does not name the group, and Node knows all of them.
  const ephemeral = stream.getEphemeralKeyInfo();
  const named = ephemeral !== null && 'name' in ephemeral ? ephemeral.name : undefined;
  const verifyError = stream.authorizationError as Error | string | null | undefined;
  return {
    stream,
    version,
    cipher: stream.getCipher().standardName,
    ...(chosen ?? (named === undefined ? {} : { group: curveName(named) })),
    ...(old !== undefined && { oldSignature: old }),
    // A server lists its signature algorithms only when it requests a certificate (RFC 8446 section 4.3.2, RFC 5246
    // section 7.4.4).
    clientCertificateRequested: stream.getSharedSigalgs().length > 0,
    sent: certificatesOf(stream),
    ...(verifyError != null && { verifyError: String(verifyError) }),
  };
}

/** Limits what is examined; one more is read, to know that there are more. Chains have two to five certificates. */
export const MAX_CERTIFICATES = 32;

function certificatesOf(stream: TLSSocket): X509Certificate[] {
  const sent: X509Certificate[] = [];
  let next = stream.getPeerX509Certificate();
  while (next && sent.length <= MAX_CERTIFICATES) {
    sent.push(next);
    next = next.issuerCertificate;
  }
  return sent;
}

const TOO_MUCH: HandshakeFailure = {
  kind: 'refused-here',
  reason: `the server sent more than ${MAX_HANDSHAKE_BYTES} bytes before the handshake was complete`,
  code: '',
};

function orderlyEnd(received: Buffer): string {
  const alert = warningAlert(received);
  if (alert === undefined) return 'the server closed it';
  return `the server closed it after ${alert === CLOSE_NOTIFY ? 'the alert close_notify' : `the warning alert ${alert}`}`;
}

/** RFC 8446 section 6.1. */
const CLOSE_NOTIFY = 0;

function failureOf(error: Error, guard: FirstRecordGuard): HandshakeFailure {
  if (guard.isTooMuch) return TOO_MUCH;
  const code = codeOf(error);
  const number = alertOf(error);
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : '';
  if (number !== undefined) {
    return { kind: 'alert', number, name: alertName(number), asked: asksForCertificate(guard.received) };
  }
  if (code.startsWith('ERR_SSL_')) {
    const stray = dataAfterRecords(guard.received);
    return { kind: 'refused-here', reason, code, ...(stray.length > 0 && { stray }) };
  }
  // Node reports an orderly but early end as a reset, too. A real reset is an error of a system call.
  const isOrderly = code === 'ECONNRESET' && !('syscall' in error);
  const detail = isOrderly ? orderlyEnd(guard.received) : code;
  return { kind: 'lost', detail, answered: isAnswer(guard.received) };
}
