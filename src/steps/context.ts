import type { CauseOf } from '../findings/catalog.js';
import type { Inboxes } from '../inbox/inboxes.js';
import type { Address, ConnectFailure, Resolver } from '../net/connect.js';
import type { ConnectionLimit, Turn } from '../net/connection-limit.js';
import type { Deadline } from '../net/deadline.js';
import type { CnameResolver } from '../net/cname.js';
import type { MxFailure, MxResolver } from '../net/mx.js';
import type { TextResolver } from '../net/txt.js';
import type { EgressPolicy, Endpoint, JobContainer } from '../plan/endpoint.js';
import type { EndpointReport, StepId } from '../report/report.js';
import type { Reply } from '../smtp/reply.js';
import type { SessionPoint } from '../smtp/session-point.js';
import type { Transcript } from '../net/transcript.js';
import type { TrustStore } from '../tls/trust.js';
import type { Judgments } from './certificate/judgments.js';
import { own } from '../text/own.js';

/** What the endpoints of a run share. A test can replace each part. */
export interface RunContext {
  /** All endpoints of the plan. */
  readonly endpoints: readonly Pick<Endpoint, 'name' | 'host' | 'delivery'>[];
  /** The end of the run: its deadline, or its cancellation. */
  readonly end: Deadline;
  /** Why the run ended early, as the end of a sentence, and the cause if it is not the deadline. */
  readonly whyEnded: () => { readonly why: string; readonly cause?: CauseOf<'run-stopped'> };
  readonly resolver: Resolver;
  readonly txt: TextResolver;
  readonly mx: MxResolver;
  readonly cname: CnameResolver;
  readonly now: () => Date;
  /** This machine's name, for EHLO. */
  readonly hostName: string;
  /** Whether the gate runs from a command line: a missing setting is then set in a different place. */
  readonly inTerminal: boolean;
  /** Whether this is a GitHub-hosted runner, where port 25 is blocked. */
  readonly hostedRunner: boolean;
  /** Finds what blocks outbound connections in this job. */
  readonly egressPolicy?: () => EgressPolicy | undefined;
  /** Finds the container that the job runs in. */
  readonly jobContainer?: () => JobContainer | undefined;
  /** The environment variable that configures a proxy. The gate does not use proxies. */
  readonly proxyVariable?: string;
  readonly trust: TrustStore;
  readonly judgments: Judgments;
  readonly inboxes: Inboxes;
  /** What redacts the secrets that a server may have echoed in a text. */
  readonly redactorOf: (server: Pick<Endpoint, 'host' | 'port'>) => { redact(text: string): string };
  /**
   * Redacts every secret that a server may have echoed, then shortens long texts.
   * @param derivedSecrets what AUTH at this endpoint derived from its secret
   */
  readonly redact: (report: EndpointReport, derivedSecrets: readonly string[]) => EndpointReport;
  /** Receives each text that AUTH derives from a secret, before it is sent, to be masked and redacted. */
  readonly addMask: (text: string) => void;
  /** How many connections to one IP address may be open. */
  readonly connections: ConnectionLimit;
  /** Lets other endpoints run while this one waits for something other than its server. */
  readonly whileWaiting: <T>(wait: () => Promise<T>) => Promise<T>;
  /** Resolves after this many milliseconds, or at the end of the run. */
  readonly pause: (ms: number) => Promise<unknown>;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Why an earlier attempt failed, in words from its report: redacted. */
export interface EarlierFailure {
  readonly step: StepId;
  readonly message: string;
  /** The reply that the gate waited for, and how the connection ended. */
  readonly awaited?: string | undefined;
  readonly detail?: string | undefined;
  /** The mechanisms that the server offered before TLS, if it failed where it lists AUTH. */
  readonly beforeTls?: string | undefined;
}

/** One attempt at an endpoint, as every step receives it. A step returns what it learns, and writes nothing here. */
export interface Context {
  readonly endpoint: Endpoint;
  readonly run: RunContext;
  readonly transcript: Transcript;
  /** The sessions of the probes, one after the other. */
  readonly sideTranscript: Transcript;
  /** The end of every wait in this attempt, except for the arrival of the message. */
  readonly budget: Deadline;
  /** The only IP addresses to connect to, or why their lookup failed; by default the host is looked up. */
  readonly addresses?: readonly Address[] | ConnectFailure | MxFailure | undefined;
  /** What the lookup of the host found; by default it is looked up. */
  readonly found?: Context['addresses'];
  /** The right to connect to these addresses. */
  readonly turn?: Turn | undefined;
  /** How the earlier attempt that got furthest failed. The server passed the steps before that one then. */
  readonly furthest?: EarlierFailure | undefined;
  /** The server's first reply that asked to send the message again later (RFC 6647), and the time since then. */
  readonly greylisting?: { readonly reply: string; readonly waitedMs: number } | undefined;
  /** Registers a function that closes a connection at the end of the attempt, even if a step throws. */
  readonly atEnd: (close: () => Promise<void>) => void;
  /** Receives each reply in which a line ended in a bare line feed. */
  readonly onBareLineFeed: (reply: Reply, at: SessionPoint) => void;
}

/** The evidence `container`: the commands must be run there. */
export const IN_CONTAINER = own`the job runs in a container`;
