import { startImap, type ImapOptions } from './imap/server.js';
import { LOOPBACK } from '../../src/servers/listener.js';
import { Mailbox } from './imap/mailbox.js';
import { createPki, type Identity, type Pki } from '../../src/servers/pki.js';
import type { Endpoint } from '../../src/plan/endpoint.js';
import { Secret } from '../../src/secrets/secret.js';
import { startSubmission, type SubmissionOptions } from './submission.js';

/** The only user, for submission and for the inbox. */
export const USER = { username: 'user@example.test', password: 'a secret of the tests' };

/** The name on the certificate of the submission server. */
export const NAME = 'mail.example.test';

/** An attempt to log in. */
export interface Login {
  readonly at: 'smtp' | 'imap';
  readonly username: string;
  readonly password: string;
  readonly secure: boolean;
}

export interface EmbeddedOptions {
  /** The CA; default: a new one. */
  readonly pki?: Pki;
  /** The certificate of the submission server; default: a valid one for {@link NAME}. */
  readonly identity?: Identity;
  /** Other options of the submission server. */
  readonly smtp?: Partial<SubmissionOptions>;
  /** Options of the IMAP server. */
  readonly imap?: Partial<ImapOptions>;
  /** Changes a message before delivery; undefined delivers nothing. */
  readonly alter?: (raw: Buffer) => Buffer | undefined;
}

export interface Embedded extends AsyncDisposable {
  readonly pki: Pki;
  readonly port: number;
  readonly imapPort: number;
  /** INBOX of the IMAP server, which receives the submitted messages. */
  readonly mailbox: Mailbox;
  /** Every attempt to log in, in order. */
  readonly logins: readonly Login[];
  /** The endpoint for all five steps on this server, with some of it replaced. */
  endpoint(replaced?: Partial<Endpoint>): Endpoint;
  /** The inputs of the action for all five steps on this server, whose certificate must be valid for 127.0.0.1. */
  readonly inputs: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts a correct submission server and an inbox in this process, except for `options`. */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<Embedded> {
  const { pki = await createPki('Test'), alter = (raw: Buffer) => raw } = options;
  const identity = options.identity ?? (await pki.issue({ names: [NAME] }));
  const mailbox = new Mailbox();
  const logins: Login[] = [];
  const knows = (at: Login['at'], username: string, password: string, secure: boolean): boolean => {
    logins.push({ at, username, password, secure });
    return username === USER.username && password === USER.password;
  };
  const smtp = await startSubmission({
    identity,
    knows: (username, password, secure) => knows('smtp', username, password, secure),
    deliver: (raw) => {
      const altered = alter(raw);
      if (altered) mailbox.append(altered);
    },
    ...options.smtp,
  });
  const imap = await startImap({
    identity: await pki.issue({ addresses: [LOOPBACK] }),
    security: 'implicit',
    mailbox,
    knows: (username, password, secure) => knows('imap', username, password, secure),
    ...options.imap,
  });
  const close = async (): Promise<void> => {
    await Promise.all([smtp.close(), imap.close()]);
  };
  return {
    pki,
    port: smtp.port,
    imapPort: imap.port,
    mailbox,
    logins,
    endpoint: (replaced = {}) => ({
      name: 'embedded',
      host: LOOPBACK,
      port: smtp.port,
      transport: options.smtp?.security === 'implicit' ? 'implicit' : 'starttls',
      servername: NAME,
      addresses: 'first',
      role: 'submission',
      auth: { username: USER.username, secret: new Secret(USER.password), kind: 'password', expect: 'accepted' },
      delivery: {
        from: USER.username,
        to: USER.username,
        inbox: {
          scheme: options.imap?.security === 'starttls' ? 'imap' : 'imaps',
          host: LOOPBACK,
          port: imap.port,
          mailbox: 'INBOX',
          username: USER.username,
          password: new Secret(USER.password),
        },
        withinMs: 5_000,
        expect: 'received',
        keep: false,
        attachmentBytes: 0,
      },
      tls: { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
      probes: [],
      require: [],
      waive: [],
      timeoutMs: 5_000,
      ...replaced,
    }),
    inputs: {
      endpoints: `${LOOPBACK}:${smtp.port}`,
      ca: pki.root.cert,
      ...USER,
      'mail-from': USER.username,
      'rcpt-to': USER.username,
      inbox: `imaps://${LOOPBACK}:${imap.port}`,
      'inbox-username': USER.username,
      'inbox-password': USER.password,
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
