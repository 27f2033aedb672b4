import type { Socket } from 'node:net';
import type { KnownFinding } from '../findings/finding.js';
import type { Inboxes } from '../inbox/inboxes.js';
import type { Address, Resolver } from '../net/connect.js';
import type { Deadline } from '../net/deadline.js';
import type { TextResolver } from '../net/txt.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { DeliveryReport, EndpointReport, SkipReason, TlsReport } from '../report/report.js';
import type { Capabilities } from '../smtp/capabilities.js';
import type { SmtpSession } from '../smtp/session.js';
import type { Transcript } from '../smtp/transcript.js';
import type { Handshake } from '../tls/handshake.js';
import type { TrustStore } from '../tls/trust.js';

/** What a run shares, and what a test may hold still. */
export interface World {
  /** The end of the run: its own deadline, or the moment in which it is cancelled. */
  readonly end: Deadline;
  /** Why the run has ended before its time. */
  readonly whyEnded: () => Ending;
  readonly resolver: Resolver;
  readonly txt: TextResolver;
  readonly now: () => Date;
  /** This machine's name, for EHLO. */
  readonly hostName: string;
  /** A runner of GitHub's own, where port 25 is closed. */
  readonly hostedRunner: boolean;
  /** The variable that names a proxy, which the gate does not use. */
  readonly proxyVariable?: string;
  readonly trust: TrustStore;
  readonly inboxes: Inboxes;
  /**
   * Makes a report ready to be shown: redacts every secret, wherever a server may have echoed it, then shortens long
   * texts.
   * @param derivedSecrets what sign-ins at this endpoint made of its secret
   */
  readonly redact: (report: EndpointReport, derivedSecrets: readonly string[]) => EndpointReport;
  /**
   * Receives each text that is computed from a secret for one sign-in alone, before it is sent. It is masked in the log
   * and redacted in the report.
   */
  readonly addMask: (text: string) => void;
  /** @returns after so many milliseconds */
  readonly pause: (ms: number) => Promise<unknown>;
  /** @returns a number from 0 up to 1 */
  readonly random: () => number;
}

/** Why a run ends before its time, as the end of a sentence; and what to do, where that is not a matter of its inputs. */
export interface Ending {
  readonly why: string;
  readonly remedy?: string;
}

/** One attempt at one endpoint: what the steps share, and what earlier ones have learned for later ones. */
export interface Visit {
  readonly endpoint: Endpoint;
  readonly world: World;
  readonly transcript: Transcript;
  /** What was said on the connections of probes, meanwhile: one whole dialogue behind the other. */
  readonly asides: Transcript;
  /** The end of everything that may be waited for in this attempt, the arrival of the message aside. */
  readonly budget: Deadline;
  /** The only addresses to connect to, where they are known beforehand. */
  readonly addresses?: readonly Address[];
  /** That the server has put the message off in an earlier attempt. */
  readonly putOff?: PutOff;

  /**
   * What the current step has found before it waits for the server again. These findings count even if that wait
   * fails, which ends the step with an error.
   */
  observed: KnownFinding[];
  socket?: Socket;
  /** The address connected to; a socket forgets it when it is closed. */
  address?: string | undefined;
  /** Our own end of that connection. */
  localAddress?: string | undefined;
  session?: SmtpSession;
  handshake?: Handshake;
  /** The text of the greeting. */
  greeting?: string;
  /** The name under which we presented ourselves. */
  ehlo?: string;
  /** What EHLO brought in the clear; of interest to the report and to no later step (RFC 3207 section 4.2). */
  plain?: Capabilities;
  /** What EHLO brought inside TLS. */
  secured?: Capabilities;
  tls?: TlsReport;
  /** The chain and the name hold, or a pin matches: credentials and mail may travel. */
  peerAuthenticated: boolean;
  /** The final dot is on its way: the message may be the server's, and nothing may be tried again. */
  handedOver: boolean;
  /** What the server has said in this attempt, where it wants the message later. */
  puttingOff?: string;
  /** What became of the message once the server had accepted it. */
  delivered?: DeliveryReport;
}

/** A server wanted the message later (RFC 6647). */
export interface PutOff {
  /** What it said first. */
  readonly said: string;
  /** Milliseconds from then until this attempt. */
  readonly forMs: number;
}

/** Whether a failure may be temporary, so that another attempt makes sense; `once` allows only one. */
export type Transient = boolean | 'once';

/** What a step comes to, before waivers. */
export interface StepOutcome {
  /** The findings, except those that are in `observed` already. */
  readonly findings: readonly KnownFinding[];
  /** Nothing was there to be done. */
  readonly skipped?: SkipReason;
  /** Technically nothing more is possible, be the findings waived or not. */
  readonly impassable?: boolean;
  readonly transient?: Transient;
  /** Milliseconds at its end in which it waited for what the next step is about, and which count for that one. */
  readonly aheadMs?: number;
}

/** A step took a look and is content. */
export const CONTENT: StepOutcome = { findings: [] };
