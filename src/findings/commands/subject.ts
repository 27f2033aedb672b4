/** The fields of an endpoint that the commands use. An `Endpoint` of the plan has them. */
export interface ReproducibleEndpoint {
  readonly host: string;
  readonly port: number;
  readonly transport: 'starttls' | 'implicit';
  readonly servername: string;
  readonly ehlo?: string;
  readonly addresses: 'first' | 'all';
  readonly auth?: {
    readonly username: string;
    readonly kind: 'password' | 'access-token' | 'certificate';
    readonly mechanism?: string;
  };
  readonly delivery?: {
    readonly from: string;
    readonly to: string;
    readonly expect: string;
    readonly inbox?: ReproducibleInbox;
  };
  readonly tls: {
    readonly minVersion: string;
    readonly pins: readonly string[];
    readonly anchorSources?: readonly { readonly path?: string }[];
  };
}

/** The inbox of an endpoint, without the password. */
export interface ReproducibleInbox {
  /** Such as `imaps` or `mailpit+http`. */
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
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
  readonly evidence: Readonly<Record<string, string>>;
  /** The lines of all replies to EHLO. */
  readonly capabilities: readonly string[];
}
