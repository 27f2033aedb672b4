import type { Socket } from 'node:net';
import type { KnownFinding } from '../findings/finding.js';
import type { Line } from '../net/transcript.js';
import type { DeliveryReport, SkipReason, StepId, TlsReport } from '../report/report.js';
import type { Capabilities } from '../smtp/capabilities.js';
import type { SmtpSession } from '../smtp/session.js';
import type { Handshake, TlsChannel } from '../tls/handshake.js';

/*
 * What each step proves and passes to the next one. A step receives everything that it relies on, or does not run.
 */

/** With the IP addresses of both ends, which a socket loses when it is closed. */
export interface Connection {
  readonly socket: Socket;
  readonly address: string | undefined;
  readonly localAddress: string | undefined;
}

/** What the server said before TLS. Nothing in it is trusted later (RFC 3207 section 4.2). */
export interface PlaintextDialogue {
  readonly greeting: string;
  readonly capabilities: Capabilities;
}

/** Steps 1 and 2 do not apply, and step 3 connects. */
interface ImplicitTls {
  readonly transport: 'implicit';
}

interface StartTls {
  readonly transport: 'starttls';
  readonly connection: Connection;
  readonly plaintext: PlaintextDialogue;
}

/** Step 1 proves: the server greets the client, accepts EHLO and offers STARTTLS. */
export type Connected = ImplicitTls | (StartTls & { readonly session: SmtpSession });

/** Step 2 proves: the server replied to STARTTLS with 220, and only TLS followed. The handshake is in progress. */
export type Upgraded = ImplicitTls | (StartTls & { readonly handshake: Handshake });

/** Step 3 proves: there is a TLS channel, and whether its peer is verified. */
export interface Secured {
  readonly connection: Connection;
  readonly channel: TlsChannel;
  /** On the channel; nothing has been sent yet. */
  readonly session: SmtpSession;
  /** The chain and the name are valid, or a pin matches: credentials and mail may be sent. A waiver does not make it true. */
  readonly isVerified: boolean;
  /** Undefined with implicit TLS. */
  readonly plaintext: PlaintextDialogue | undefined;
}

/** Step 4 proves: EHLO works over TLS, and so does AUTH where credentials are configured. */
export interface SignedIn extends Omit<Secured, 'plaintext'> {
  readonly greeting: string;
  readonly ehloName: string;
  /** Over TLS. */
  readonly capabilities: Capabilities;
}

/** What a step has learned, for the report, the fixes and the probes. No step reads the facts of another. */
export interface Facts {
  /** The server's IP address. */
  readonly address?: string | undefined;
  readonly greeting?: string;
  /** The name in EHLO. */
  readonly ehloName?: string;
  /** Whether the chain of the server leads to an anchor of the default store, so that `ca` is not needed. */
  readonly endsInDefaultStore?: boolean;
  /** Before TLS. */
  readonly plaintext?: Capabilities;
  readonly insideTls?: Capabilities;
  /** The SASL mechanism, if AUTH was sent. */
  readonly mechanism?: string;
  readonly handshake?: Handshake;
  readonly tls?: TlsReport;
  readonly delivery?: DeliveryReport;
  /** The dialogue with the inbox, if a finding is about it. */
  readonly inboxTranscript?: readonly Line[];
  /** The mailbox that the gate opened or tried to open, if a finding is about the inbox. It may have a prefix. */
  readonly inboxMailbox?: string;
  /** The same as `endsInDefaultStore`, for the inbox. */
  readonly inboxEndsInDefaultStore?: boolean;
}

/** Whether a failure may be temporary, so that another attempt makes sense; `once` allows only one. */
export type Transient = boolean | 'once';

interface Observed {
  /** Before waivers are applied. */
  readonly findings: readonly KnownFinding[];
  readonly facts?: Facts;
  readonly transient?: Transient;
  /** The server may have the message, so there must be no other attempt. */
  readonly isHandedOver?: boolean;
  readonly skipped?: SkipReason;
}

/** The next step is possible, unless a finding that is not waived blocks it. */
export interface Proved<Next> extends Observed {
  readonly ok: true;
  readonly next: Next;
  /** Milliseconds at the end of this step that were already spent on the next one. They count as its time. */
  readonly aheadMs?: number;
}

/** The next step is impossible, even if the findings are waived. */
export interface Stopped extends Observed {
  readonly ok: false;
  /** A finding of an earlier step that only shows in this one. */
  readonly earlier?: { readonly step: StepId; readonly finding: KnownFinding };
  /** The reply by which the server asked to send the message again later (RFC 6647). */
  readonly greylisted?: string;
}

export type StepResult<Next> = Proved<Next> | Stopped;

/** The step ends with this finding, and the next one is impossible. */
export function stopped(found: KnownFinding, more: Partial<Stopped> = {}): Stopped {
  return { ok: false, findings: [found], ...more };
}
