import type { FindingCode } from '../findings/catalogue.js';
import type { StepId } from '../report/report.js';
import type { Secret } from '../secrets/secret.js';
import type {
  AuthExpect,
  DeliveryExpect,
  FailOn,
  Mechanism,
  OnInconclusive,
  ProbeName,
  Role,
  TlsVersion,
  Transport,
  Verdict,
} from './schema/enums.js';
import type { ApiAddress, MailboxAddress } from './schema/values.js';

/** What is to be gated, and how: the whole of it valid, complete and resolved before anything is sent. */
export interface Plan {
  readonly endpoints: readonly Endpoint[];
  readonly policy: GatePolicy;
  /** Endpoints gated at a time. */
  readonly concurrency: number;
  /** Further tries after a transient failure. */
  readonly retries: number;
  /** Milliseconds for the whole run; undefined means no end. */
  readonly deadlineMs?: number;
  /** Whether the gate must first show that it detects misbehaving servers. */
  readonly selfTest?: true;
  /** Where report files go; undefined means the runner's temp folder. */
  readonly reportDir?: string;
}

/** What counts as a failed gate. */
export interface GatePolicy {
  readonly failOn: FailOn;
  readonly onInconclusive: OnInconclusive;
}

/** One mail server to be taken through the five steps. */
export interface Endpoint {
  /** Unique in the plan. */
  readonly name: string;
  /** A DNS name (A-labels) or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly transport: Transport;
  /** SNI, and the reference identity that the certificate must carry (RFC 9525): a DNS name or an IP address. */
  readonly servername: string;
  /** What EHLO says; undefined means the default of RFC 5321 section 4.1.4: the host name or an address literal. */
  readonly ehlo?: string;
  readonly addresses: 'first' | 'all';
  readonly role: Role;
  readonly environment?: string;
  readonly auth?: Credentials;
  readonly delivery?: Delivery;
  readonly tls: TlsPolicy;
  /** Further tries, on connections of their own. */
  readonly probes: readonly ProbeName[];
  /** Steps that may not be skipped as not configured. */
  readonly require: readonly StepId[];
  readonly waive: readonly Waiver[];
  /** Milliseconds for any one wait. */
  readonly timeoutMs: number;
  /** Where the endpoint stands in the user's files, where that is known. */
  readonly source?: Source;
  /** Set if this endpoint is a part of a configured one (`addresses: all`). */
  readonly origin?: Origin;
}

/** The configured endpoint that an expanded one comes from. */
export interface Origin {
  /** The name of the configured endpoint. */
  readonly name: string;
  /** What the expanded endpoint stands for: an address, or `IPv4` or `IPv6` if the lookup of that family failed. */
  readonly part: string;
}

export interface Source {
  /** Path as the user would write it, relative to the workspace. */
  readonly file: string;
  /** 1 for the first line. */
  readonly line: number;
}

/** What there is to sign in with. */
export type Credentials = {
  /** Empty only with a certificate: the server then takes the name from that. */
  readonly username: string;
  /** The mechanism that the user insists on. */
  readonly mechanism?: Mechanism;
  /** What the server must do with them. */
  readonly expect: AuthExpect;
} & (
  | { readonly kind: 'password' | 'access-token'; readonly secret: Secret }
  /** That of `tls.client`, which was shown in the handshake. */
  | { readonly kind: 'certificate' }
);

export interface Delivery {
  /** Envelope sender. */
  readonly from: string;
  /** Envelope recipient. */
  readonly to: string;
  /** Where the probe must arrive; undefined means that only its acceptance can be tested. */
  readonly inbox?: InboxTarget;
  /** Milliseconds from acceptance until the message must be there. */
  readonly withinMs: number;
  /** The expected outcome. */
  readonly expect: DeliveryExpect;
  /** The message stays in the inbox. */
  readonly keep: boolean;
  /** Octets of the attachment; 0 is none. */
  readonly attachmentOctets: number;
  readonly verdicts?: DemandedVerdicts;
}

/** What must have been found about the origin of the message. */
export interface DemandedVerdicts {
  /** Whose Authentication-Results count (RFC 8601 section 2.5). */
  readonly authservId?: string;
  readonly spf?: Verdict | undefined;
  readonly dkim?: Verdict | undefined;
  readonly dmarc?: Verdict | undefined;
}

/** What an inbox is opened with. */
export interface InboxLogin {
  readonly username: string;
  readonly password: Secret;
}

/** `imap` and `pop3` upgrade by STARTTLS or STLS and refuse otherwise; `imaps` and `pop3s` are TLS from the first byte. */
export type MailboxTarget = MailboxAddress & InboxLogin;

/** An API may be open to all; over plain HTTP it must be. */
export type ApiTarget = ApiAddress & Partial<InboxLogin>;

export type InboxTarget = MailboxTarget | ApiTarget;

export interface TlsPolicy {
  /** PEM certificates that are trust anchors beside the default store. */
  readonly ca: readonly string[];
  readonly minVersion: TlsVersion;
  readonly minValidDays: number;
  /** Base64 of the SHA-256 of each acceptable SubjectPublicKeyInfo, without the `sha256/` before it. */
  readonly pins: readonly string[];
  /** Judge the certificates, too, that the server has for other kinds of key. */
  readonly bothKeys?: true;
  /** What to show to a server that asks for a certificate. */
  readonly client?: ClientIdentity;
}

/** A certificate of ours, and the key that fits it. */
export interface ClientIdentity {
  /** PEM: the certificate itself, then what goes with it. */
  readonly certificate: string;
  /** The private key as PKCS #8 in PEM. It never travels. */
  readonly key: Secret;
}

export interface Waiver {
  readonly finding: FindingCode;
  /** The last day on which it holds, as YYYY-MM-DD in UTC. */
  readonly until: string;
  readonly reason: string;
}
