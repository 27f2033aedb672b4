import type { Duplex } from 'node:stream';
import type { TLSSocketOptions } from 'node:tls';
import type { Pieces } from './in-pieces.js';

/** What a scripted server does, as data. */
export type Act =
  /** One line, sent with CR LF. Lines that follow one another go out in one write. */
  | string
  | { readonly do: 'raw'; readonly octets: Uint8Array }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'drip'; readonly octets: Uint8Array; readonly ms: number }
  | { readonly do: 'hear'; readonly lines: number }
  | { readonly do: 'flood'; readonly octets: Uint8Array }
  | { readonly do: 'handshake'; readonly tls: TLSSocketOptions; readonly pieces?: Pieces }
  | { readonly do: 'renegotiate' }
  | { readonly do: 'beneath'; readonly acts: readonly Act[] }
  | { readonly do: 'silence' }
  | { readonly do: 'close' }
  | { readonly do: 'reset' };

export type Phase = 'plain' | 'tls';

/** What a client can say; CREDENTIALS is the last line of an AUTH exchange, MESSAGE the lone dot after DATA. */
export type Verb =
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'AUTH'
  | 'CREDENTIALS'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'MESSAGE'
  | 'RSET'
  | 'NOOP'
  | 'QUIT';

export type Reply = Act | readonly Act[];

/**
 * The server's side of a SASL mechanism: it yields challenges as they stand behind 334, gets each answer as it came,
 * and returns the reply in which the exchange ends.
 * @param initial what came with the AUTH command, where something did
 * @param channel that the exchange is held on
 */
export type Sasl = (initial: string | undefined, channel: Duplex) => Generator<string, Reply, string>;

/** One connection's script. Whatever is left out is as a good submission server has it. */
export interface Dialogue {
  /** The certificate and further options of every handshake; without it STARTTLS is neither offered nor known. */
  readonly tls?: TLSSocketOptions;
  /** TLS from the first byte. */
  readonly implicit?: boolean;
  readonly greeting?: Reply;
  /** Keywords of the EHLO reply before TLS; default PIPELINING, 8BITMIME and (with `tls`) STARTTLS. */
  readonly offers?: readonly string[];
  /** Keywords of the EHLO reply inside TLS; default PIPELINING, 8BITMIME and AUTH PLAIN LOGIN. */
  readonly offersInTls?: readonly string[];
  /** The only credentials that are accepted; default: any. */
  readonly user?: { readonly username: string; readonly password: string };
  /** Mechanisms that it speaks beside PLAIN and LOGIN, or in another way, by their names in upper case. */
  readonly sasl?: Readonly<Record<string, Sasl>>;
  /** What to answer instead, for a verb in both phases (`MAIL`) or in one (`tls:MAIL`, which wins). */
  readonly replies?: Partial<Record<Verb | `${Phase}:${Verb}`, Reply>>;
}

/** Octets as they are, without CR LF. Text is sent as UTF-8. */
export const raw = (octets: Uint8Array | string): Act => ({
  do: 'raw',
  octets: typeof octets === 'string' ? Buffer.from(octets) : octets,
});

/** Nothing for so many milliseconds. */
export const wait = (ms: number): Act => ({ do: 'wait', ms });

/** Nothing until so many lines more have come from the client. */
export const hear = (lines: number): Act => ({ do: 'hear', lines });

/** Octet by octet, with so many milliseconds between them. */
export const drip = (text: string, ms: number): Act => ({ do: 'drip', octets: Buffer.from(text), ms });

/** The same octets over and over, as fast as the client takes them, until it hangs up. */
export const flood = (text: string): Act => ({ do: 'flood', octets: Buffer.from(text) });

/**
 * A TLS handshake as the server; what follows is sent and heard inside TLS.
 * @param pieces cuts its records
 */
export const handshake = (tls: TLSSocketOptions, pieces?: Pieces): Act => ({
  do: 'handshake',
  tls,
  ...(pieces && { pieces }),
});

/** Asks for a new handshake inside TLS 1.2 or older (HelloRequest). */
export const renegotiate: Act = { do: 'renegotiate' };

/** Acts upon the connection beneath TLS, as if there were none: octets that are no record, an end without close_notify. */
export const beneath = (...acts: readonly Act[]): Act => ({ do: 'beneath', acts });

/** Nothing more is sent, ever; the connection stays open and what comes is still recorded. */
export const silence: Act = { do: 'silence' };

/** An orderly end of the connection. */
export const close: Act = { do: 'close' };

/** An RST. */
export const reset: Act = { do: 'reset' };
