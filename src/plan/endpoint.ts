import type { FindingCode } from '../findings/codes.js';
import type { SettingSource } from '../findings/setting-keys.js';
import type { EndpointReport, StepId } from '../report/report.js';
import type { MechanismName } from '../sasl/mechanisms.js';
import type { Secret } from '../secrets/secret.js';
import type * as enums from './schema/enums.js';
import type { ApiAddress, MailboxAddress } from './schema/values.js';

/** What the gate tests, and how: valid and complete before anything is sent. */
export interface Plan {
  /** Set if the gate runs from a command line, and not in a workflow. */
  readonly inTerminal?: true;
  /** Those of the shard, if there is one. */
  readonly endpoints: readonly Endpoint[];
  readonly shard?: Shard;
  /** Identifies the configuration, so it is the same for all shards. */
  readonly hash?: string;
  readonly policy: GatePolicy;
  readonly concurrency: number;
  /** Connections to one IP address at a time; undefined means no limit. */
  readonly perHost?: number;
  /** Retries after a transient failure. */
  readonly retries: number;
  /** Milliseconds for the whole run; undefined means no limit. */
  readonly deadlineMs?: number;
  readonly selfTest?: true;
  /** Finds what blocks outbound connections in this job; undefined if nothing is known to. */
  readonly egressPolicy?: () => EgressPolicy | undefined;
  /** Finds the container that the job runs in; undefined if there is none. */
  readonly jobContainer?: () => JobContainer | undefined;
  /** Folder for the report; undefined means the runner's temp folder. */
  readonly reportDir?: string;
}

/** A step of the workflow that allows connections to certain endpoints only. */
export interface EgressPolicy extends Source {
  /** Such as `github.com:443` and `*.example.com`. */
  readonly allowed: readonly string[];
}

/** A container in which a job runs, in one network with its services. */
export interface JobContainer {
  /** The names of the services, which are also their host names. */
  readonly services: readonly string[];
}

/** One of several equal parts of the configured endpoints. */
export interface Shard {
  /** 1 for the first. */
  readonly part: number;
  readonly parts: number;
}

export interface GatePolicy {
  readonly failOn: enums.FailOn;
  readonly onInconclusive: enums.OnInconclusive;
  /** Whether an endpoint that passed only after a retry counts as failed. */
  readonly failOnFlaky?: true | undefined;
}

export interface Endpoint {
  /** Unique in the plan. */
  readonly name: string;
  /** A DNS name (A-labels) or an IP address without brackets. */
  readonly host: string;
  /** Set if `host` is a domain whose MX hosts are not known yet. */
  readonly mx?: MxDomain;
  /** Set if `host` is an MX host of a domain. */
  readonly mxOf?: MxRecord;
  readonly port: number;
  readonly transport: enums.Transport;
  /** SNI, and the reference identity (RFC 9525): a DNS name or an IP address. */
  readonly servername: string;
  /** The name that EHLO sends; undefined means the host name or an address literal (RFC 5321 section 4.1.4). */
  readonly ehlo?: string;
  readonly addresses: 'first' | 'all';
  readonly role: enums.Role;
  readonly environment?: string;
  readonly auth?: Credentials;
  readonly delivery?: Delivery;
  readonly tls: TlsPolicy;
  /** Additional tests, on their own connections. */
  readonly probes: readonly enums.ProbeName[];
  /** Steps that must not be skipped as `not-configured`. */
  readonly require: readonly StepId[];
  readonly waive: readonly Waiver[];
  /** Timeout of each wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Undefined if it is not known. */
  readonly source?: Source;
  /** The keys that the inputs set, with the names that the user knows. */
  readonly settingNames?: SettingNames;
  readonly settingSource?: SettingSource;
  /** Set if this endpoint is a part of a configured one (`mx`, `addresses: all`). */
  readonly origin?: Origin;
}

export interface MxDomain {
  /** The `servername` for all MX hosts; undefined means that each uses its own name. */
  readonly servername?: string;
}

export interface MxRecord {
  readonly domain: string;
  /** Whether the host is the domain itself, usually because there is no record (an implicit MX). */
  readonly isImplicit: boolean;
  /** The name for which its host is an alias. */
  readonly alias?: string;
  /** Why it is not known whether its host is an alias: the code of the failed lookup. */
  readonly aliasFailure?: string;
}

/** Names of keys by the key, such as `rcpt-to` for `delivery.to`. */
export type SettingNames = Readonly<Record<string, string>>;

/** The configured endpoint that an expanded one comes from. */
export interface Origin {
  readonly name: string;
  /** The MX host, or the IP address; or `IPv4` or `IPv6` if the lookup of that family failed. */
  readonly part: string;
}

/** A line in a file of the user, whose path is relative to the workspace. */
export type Source = NonNullable<EndpointReport['source']>;

/** Credentials for SMTP AUTH. */
export type Credentials = {
  /** Empty only with a certificate: the server then gets the name from the certificate. */
  readonly username: string;
  /** The mechanism to use; undefined means the strongest that both sides support. */
  readonly mechanism?: MechanismName;
  readonly expect: enums.AuthExpect;
} & (
  | { readonly kind: 'password' | 'access-token'; readonly secret: Secret }
  /** The certificate is `tls.client`, sent during the handshake. */
  | { readonly kind: 'certificate' }
);

/** The test message of step 5: its envelope, and where it must arrive. */
export interface Delivery {
  readonly from: string;
  readonly to: string;
  /** Undefined means that only acceptance by the server is tested. */
  readonly inbox?: InboxTarget;
  /** Milliseconds from acceptance until the message must have arrived. */
  readonly withinMs: number;
  readonly expect: enums.DeliveryExpect;
  readonly keep: boolean;
  /** 0 means no attachment. */
  readonly attachmentBytes: number;
  readonly verdicts?: RequiredVerdicts;
  /** Whether a proxy terminates TLS and forwards the message over a private network. */
  readonly isProxied?: true;
}

export interface RequiredVerdicts {
  /** The server whose Authentication-Results are trusted (RFC 8601 section 2.5). */
  readonly authservId?: string | undefined;
  readonly spf?: enums.AuthResult | undefined;
  readonly dkim?: enums.AuthResult | undefined;
  readonly dmarc?: enums.AuthResult | undefined;
}

interface InboxLogin {
  readonly username: string;
  readonly password: Secret;
}

/** `imap` and `pop3` require STARTTLS or STLS; `imaps` and `pop3s` use implicit TLS. */
export type MailboxTarget = MailboxAddress & InboxLogin;

/** An API may need no credentials. None are sent over plain HTTP. */
export type ApiTarget = ApiAddress & Partial<InboxLogin>;

export type InboxTarget = MailboxTarget | ApiTarget;

/** A number of days; or `auto`, which depends on the lifetime of the certificate. */
export type ValidDays = number | 'auto';

export interface TlsPolicy {
  /** Additional trusted CAs, in PEM, one certificate each, without duplicates. */
  readonly ca: readonly string[];
  /** Where they come from, in the order of the configuration. Undefined if there are none. */
  readonly anchorSources?: readonly AnchorSource[];
  readonly minVersion: enums.TlsVersion;
  /** How long the certificate must stay valid. */
  readonly minValidDays: ValidDays;
  /** How long it should stay valid, because it should have been renewed before. Undefined or 0 means no warning. */
  readonly warnValidDays?: ValidDays;
  /** Base64 of the SHA-256 of each pinned SubjectPublicKeyInfo, without the prefix `sha256/`. */
  readonly pins: readonly string[];
  /** Whether the RSA and the ECDSA certificate are checked. */
  readonly dualCertificates?: true;
  /** Whether the server is asked for TLS 1.0 and 1.1 too. */
  readonly oldVersions?: true;
  readonly client?: ClientIdentity;
}

/** A file or a PEM text with trusted CAs. */
export interface AnchorSource {
  /**
   * The path as the user wrote it. Undefined for PEM text, and for a path with the value of an environment variable, which
   * may be a secret.
   */
  readonly path?: string;
  /** In PEM, one certificate each. */
  readonly certificates: readonly string[];
}

export interface ClientIdentity {
  /** PEM: the certificate itself, then its chain. */
  readonly certificate: string;
  /** The private key as PKCS #8 in PEM. It is never sent. */
  readonly key: Secret;
  /** Their files, as the user wrote the paths; undefined for PEM text and for values of environment variables. */
  readonly paths?: { readonly certificate?: string; readonly key?: string };
}

/** A known finding that does not block through the date in `until`. */
export interface Waiver {
  readonly finding: FindingCode;
  /** The last day of the waiver, as YYYY-MM-DD in UTC. */
  readonly until: string;
  readonly reason: string;
}
