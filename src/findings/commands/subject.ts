import type { SettingSource } from '../setting-keys.js';

/** How long the gate waits for a reply by default. */
export const DEFAULT_TIMEOUT_MS = 15_000;

/** The fields of an endpoint that the commands use. An `Endpoint` of the plan has them. */
export interface ReproducibleEndpoint {
  readonly host: string;
  readonly port: number;
  readonly transport: 'starttls' | 'implicit';
  readonly servername: string;
  readonly ehlo?: string;
  readonly addresses: 'first' | 'all';
  /** How long the gate waits for a reply. */
  readonly timeoutMs?: number;
  /** Whether the chain of the server leads to an anchor of the default store, which a file with `ca` would replace. */
  readonly endsInDefaultStore?: boolean;
  /** The key type that the server must use, if the finding is about one of several certificates. */
  readonly keyType?: string;
  readonly auth?: {
    readonly username: string;
    readonly kind: 'password' | 'access-token' | 'certificate';
    readonly mechanism?: string;
  };
  readonly delivery?: {
    readonly from: string;
    readonly to: string;
    readonly expect: string;
    readonly attachmentBytes?: number;
    readonly inbox?: ReproducibleInbox;
  };
  /** The keys that the user knows by another name, with that name. */
  readonly settingNames?: Readonly<Record<string, string>>;
  readonly settingSource?: SettingSource;
  /** Set if the host comes from the MX records of a domain. */
  readonly mxOf?: { readonly isImplicit: boolean };
  /** The findings that are waived. */
  readonly waive?: readonly { readonly finding: string }[];
  readonly tls: {
    readonly minVersion: string;
    readonly pins: readonly string[];
    /** Set if the gate sends a client certificate. */
    readonly client?: { readonly paths?: { readonly certificate?: string; readonly key?: string } };
    readonly anchorSources?: readonly { readonly path?: string }[];
  };
}

/** The inbox of an endpoint, without the password. */
export interface ReproducibleInbox {
  /** Such as `imaps` or `mailpit+http`. */
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** Whether its chain leads to an anchor of the default store. */
  readonly endsInDefaultStore?: boolean;
  /** Of a mailbox. */
  readonly mailbox?: string;
  /** Of an HTTP API. */
  readonly basePath?: string;
  readonly username?: string;
}

/** What a command needs besides the endpoint. */
export interface Subject {
  /** The IP address of the server, if it is known: other servers with the same name may behave differently. */
  readonly address?: string | undefined;
  /** What the gate itself has sent or chosen. */
  readonly evidence: {
    readonly reply?: string;
    readonly folder?: string;
    readonly messageId?: string;
    /** The header fields that were removed from the message. */
    readonly removed?: string;
    readonly sent?: string;
    readonly mechanism?: string;
    /** Another mechanism that the server offers. */
    readonly untried?: string;
    readonly awaited?: string;
    /** The reply that an earlier attempt waited for when it failed. */
    readonly earlierAwaited?: string;
    /** How many certificates the file with the client certificate has. */
    readonly clientCertificates?: string;
    /** Of a DKIM signature. */
    readonly domain?: string;
    readonly selector?: string;
  };
  /** The lines of all replies to EHLO. */
  readonly capabilities: readonly string[];
}

/** The endpoint for a command, with the values that the user has chosen redacted: a password may also be a username. */
export function redactedEndpoint(
  endpoint: ReproducibleEndpoint,
  redact: (text: string) => string,
): ReproducibleEndpoint {
  const { host, servername, ehlo, auth, delivery, tls } = endpoint;
  return {
    ...endpoint,
    host: redact(host),
    servername: redact(servername),
    ...(ehlo !== undefined && { ehlo: redact(ehlo) }),
    ...(auth && { auth: { ...auth, username: redact(auth.username) } }),
    ...(delivery && { delivery: redactedDelivery(delivery, redact) }),
    tls: {
      ...tls,
      ...(tls.anchorSources && { anchorSources: tls.anchorSources.map((one) => redactedPath(one, redact)) }),
      ...(tls.client && { client: redactedClient(tls.client, redact) }),
    },
  };
}

function redactedDelivery(
  { inbox, from, to, expect, attachmentBytes = 0 }: NonNullable<ReproducibleEndpoint['delivery']>,
  redact: (text: string) => string,
): NonNullable<ReproducibleEndpoint['delivery']> {
  const envelope = { from: redact(from), to: redact(to), expect, attachmentBytes };
  if (!inbox) return envelope;
  const { host, mailbox, basePath, username } = inbox;
  return {
    ...envelope,
    inbox: {
      ...inbox,
      host: redact(host),
      ...(mailbox !== undefined && { mailbox: redact(mailbox) }),
      ...(basePath !== undefined && { basePath: redact(basePath) }),
      ...(username !== undefined && { username: redact(username) }),
    },
  };
}

function redactedClient(
  { paths: { certificate, key } = {} }: NonNullable<ReproducibleEndpoint['tls']['client']>,
  redact: (text: string) => string,
): NonNullable<ReproducibleEndpoint['tls']['client']> {
  return {
    paths: {
      ...(certificate !== undefined && { certificate: redact(certificate) }),
      ...(key !== undefined && { key: redact(key) }),
    },
  };
}

function redactedPath({ path }: { readonly path?: string }, redact: (text: string) => string): { path?: string } {
  return path === undefined ? {} : { path: redact(path) };
}

/**
 * Commands by name. Each is for a POSIX shell, ends by itself, and contains no secret. Undefined if no common tool can do
 * what the endpoint requires, such as authentication with a token.
 */
export type Commands = Readonly<
  Record<string, (endpoint: ReproducibleEndpoint, subject: Subject) => string | undefined>
>;
