import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { DetailedPeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import { codeOf } from '../net/connect.js';
import type { Deadline } from '../net/deadline.js';
import { alertName } from './alerts.js';
import { curveName } from './x509/certificate.js';
import { FirstRecordGuard, MAX_HANDSHAKE_OCTETS } from './guard.js';
import type { Opening } from './guard.js';
import { asksForCertificate, behindRecords, keyExchange, oldSignature, warningAlert } from './records.js';

/** A TLS channel that stands. Nothing has been judged: the peer may be anybody. */
export interface TlsChannel {
  readonly stream: TLSSocket;
  /** Such as `TLSv1.3`. */
  readonly version: string;
  readonly cipher: string;
  /** The key-exchange group, where it can be told. */
  readonly group?: string;
  /** Whether that group withstands a quantum computer; only said of groups that TLS 1.3 has. */
  readonly postQuantum?: boolean;
  /** What the server signed the handshake with, where that is no longer offered; only to be told before TLS 1.3. */
  readonly oldSignature?: string;
  /** Whether the server asked for a certificate of the client. */
  readonly clientCertificateRequested: boolean;
  /** The certificates exactly as the server sent them, leaf first. */
  readonly sent: readonly X509Certificate[];
  /** OpenSSL's own verdict on the chain: the last error that it came upon, undefined where it is content. */
  readonly verifyError?: string;
}

/** Why there is no channel. */
export type HandshakeFailure =
  | { readonly kind: 'timed-out'; readonly waitedMs: number }
  /** The connection ended. */
  | { readonly kind: 'lost'; readonly detail: string }
  /** The server sent a fatal alert (RFC 8446 section 6.2), and may have asked for our certificate before that. */
  | { readonly kind: 'alert'; readonly number: number; readonly name: string; readonly asked: boolean }
  /** This side gave up; with what came where a record was due and is none, where that is so. */
  | { readonly kind: 'refused-here'; readonly reason: string; readonly code: string; readonly stray?: Buffer }
  /** What came first was not TLS. */
  | { readonly kind: 'cleartext'; readonly octets: Buffer };

export type HandshakeResult =
  { readonly ok: true; readonly channel: TlsChannel } | { readonly ok: false; readonly failure: HandshakeFailure };

/** A handshake under way. Neither promise ever rejects. */
export interface Handshake {
  /** What the channel will be. Until the outcome is there, it is for those who must name it beforehand, and not for use. */
  readonly stream: TLSSocket;
  readonly opening: Promise<Opening>;
  readonly outcome: Promise<HandshakeResult>;
}

/**
 * Begins a TLS handshake. The certificate is not judged, and nothing but the handshake is sent: whoever asks for
 * the channel must judge it before anything secret goes out.
 * @param socket connected, with nothing unread
 * @param options.servername sent as SNI; undefined for an address, for which SNI is not made (RFC 6066 section 3)
 * @param options.deadline the end of the whole handshake
 */
export function beginHandshake(
  socket: Socket,
  options: { context: SecureContext; servername: string | undefined; deadline: Deadline },
): Handshake {
  const guard = new FirstRecordGuard(socket);
  const stream = connect({
    socket: guard,
    secureContext: options.context,
    servername: options.servername ?? '',
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  // Node asks for the certificate in its old form even where nobody wants it, and making that of a key on a curve
  // without a NIST name ends the process (a null pointer in native code). It is not used here.
  stream.getPeerCertificate = () => ({}) as DetailedPeerCertificate;
  const settled = new Promise<HandshakeResult>((resolve) => {
    const fail = (failure: HandshakeFailure): void => {
      resolve({ ok: false, failure });
    };
    stream.once('secureConnect', () => {
      resolve({ ok: true, channel: channelOf(stream, guard.heard) });
      guard.release();
    });
    // Stays on: an error after the handshake belongs to whoever reads then, and must not be thrown as unheard. Who
    // begins to read later finds it in `errored`, where Node does not put an alert.
    stream.on('error', (error: Error) => {
      fail(failureOf(error, guard));
      stream.destroy(error);
    });
    stream.once('close', () => {
      fail(guard.isTooMuch ? TOO_MUCH : { kind: 'lost', detail: 'closed during the handshake' });
    });
    void guard.opening.then((opening) => {
      if (opening.kind === 'cleartext') fail({ kind: 'cleartext', octets: opening.octets });
    });
  });
  const waitedMs = Math.round(options.deadline.remainingMs);
  const outcome = options.deadline
    .race(settled, () => new HandshakeTimeout())
    .catch((error: unknown): HandshakeResult => {
      if (error instanceof HandshakeTimeout) return { ok: false, failure: { kind: 'timed-out', waitedMs } };
      throw error;
    })
    .then((result) => {
      if (!result.ok) {
        stream.destroy();
        guard.destroy();
      }
      return result;
    });
  return { stream, opening: guard.opening, outcome };
}

class HandshakeTimeout extends Error {}

/**
 * The number of the fatal alert that an error of the TLS library tells of, if it does.
 * RFC 8446 section 6.2 and the registry of RFC 8447 say what the numbers mean.
 */
export function alertOf(error: unknown): number | undefined {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  const number = /SSL alert number (\d+)/.exec(message)?.[1];
  return number === undefined ? undefined : Number(number);
}

function channelOf(stream: TLSSocket, heard: Buffer): TlsChannel {
  const chosen = keyExchange(heard);
  const version = stream.getProtocol() ?? 'unknown';
  const old = version === 'TLSv1.2' ? oldSignature(heard) : undefined;
  // Up to TLS 1.2 the group stands in no ServerHello, and Node knows all there are.
  const ephemeral = stream.getEphemeralKeyInfo();
  const named = ephemeral !== null && 'name' in ephemeral ? ephemeral.name : undefined;
  const verifyError = stream.authorizationError as Error | string | null | undefined;
  return {
    stream,
    version,
    cipher: stream.getCipher().standardName,
    ...(chosen ?? (named === undefined ? {} : { group: curveName(named) })),
    ...(old !== undefined && { oldSignature: old }),
    // A server names its signature algorithms only when it asks for a certificate (RFC 8446 section 4.3.2, RFC 5246
    // section 7.4.4).
    clientCertificateRequested: stream.getSharedSigalgs().length > 0,
    sent: certificatesOf(stream),
    ...(verifyError != null && { verifyError: String(verifyError) }),
  };
}

/**
 * Chains have two to five certificates. OpenSSL bounds what a peer may send to 100 KiB; the count bounds what is looked
 * at. One more is read, to know that there are more.
 */
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
  reason: `more than ${MAX_HANDSHAKE_OCTETS} octets came before the handshake was over`,
  code: '',
};

/** How a connection ended that was not reset. */
function orderlyEnd(heard: Buffer): string {
  const alert = warningAlert(heard);
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
    return { kind: 'alert', number, name: alertName(number), asked: asksForCertificate(guard.heard) };
  }
  if (code.startsWith('ERR_SSL_')) {
    const stray = behindRecords(guard.heard);
    return { kind: 'refused-here', reason, code, ...(stray.length > 0 && { stray }) };
  }
  // Node calls an orderly end before its time a reset, too; in a real one it was the system that said so.
  const isOrderly = code === 'ECONNRESET' && !('syscall' in error);
  return { kind: 'lost', detail: isOrderly ? orderlyEnd(guard.heard) : code };
}
