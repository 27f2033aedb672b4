import { startDovecot } from './dovecot.js';
import { freePorts } from './ports.js';
import { startPostfix, SUBMISSION } from './postfix.js';
import type { SmtpService } from './postfix.js';
import { inServerFolder, named } from './server-folder.js';
import type { IdentityFiles, ServerFolder } from './server-folder.js';
import { createZoo, SPECIES } from './zoo.js';
import type { Species, Zoo } from './zoo.js';

/** The one mailbox: its owner signs in to submit, and to read it. */
export const MAIL_USER = { username: 'user@example.test', password: 'correct horse battery staple' };

/** The ports that present the good certificate. */
const PORTS = [
  'mx',
  'submission',
  'submissions',
  'noTls',
  'authBeforeTls',
  'oldTls',
  'imap',
  'imaps',
  'pop3',
  'pop3s',
] as const;

export interface MailServers extends AsyncDisposable {
  /**
   * All on 127.0.0.1: a mail exchanger with optional TLS; submission with STARTTLS and with implicit TLS; ports
   * without TLS, with AUTH before TLS, with nothing newer than TLS 1.1; and the inbox.
   */
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
  /** Submission with STARTTLS for every certificate of the zoo. */
  readonly certificatePorts: Readonly<Record<Species, number>>;
  readonly zoo: Zoo;
  /** Where the servers keep everything; gone after close. */
  readonly folder: string;
  /** The messages in the mailbox, as they lie on disk. */
  messages(): Promise<string[]>;
  /** What both servers logged, for somebody who looks into a failed test. */
  logs(): Promise<string>;
  /** Stops every process and removes every file. @throws where a process had to be killed */
  close(): Promise<void>;
}

/**
 * Starts a Postfix and a Dovecot of our own, apart from any others on the machine.
 * @throws where this is not root, or the servers are not installed
 */
export function startMailServers(): Promise<MailServers> {
  return inServerFolder(async (folder) => {
    const zoo = await createZoo();
    const files = await writeZoo(zoo, folder);
    const numbers = await freePorts(PORTS.length + SPECIES.length);
    const ports = named(PORTS, numbers);
    const certificatePorts = named(SPECIES, numbers.slice(PORTS.length));
    const dovecot = await startDovecot({
      folder: await folder.folder('dovecot'),
      identity: files.address,
      user: MAIL_USER,
      ports,
    });
    folder.onClose(() => dovecot.stop());
    const postfix = await startPostfix({
      folder: await folder.folder('postfix'),
      identity: files.good,
      recipient: MAIL_USER.username,
      authSocket: dovecot.authSocket,
      lmtpSocket: dovecot.lmtpSocket,
      services: [...services(ports), ...badServices(certificatePorts, files)],
    });
    folder.onClose(() => postfix.stop());
    const close = (): Promise<void> => folder.close();
    return {
      ports,
      certificatePorts,
      zoo,
      folder: folder.path,
      messages: () => dovecot.messages(),
      logs: async () => `${await postfix.log()}\n${await dovecot.log()}`,
      close,
      [Symbol.asyncDispose]: close,
    };
  });
}

function services(ports: MailServers['ports']): SmtpService[] {
  return [
    { port: ports.mx, parameters: [] },
    { port: ports.submission, parameters: SUBMISSION },
    { port: ports.submissions, parameters: [...SUBMISSION, 'smtpd_tls_wrappermode = yes'] },
    { port: ports.noTls, parameters: ['smtpd_tls_security_level = none'] },
    { port: ports.authBeforeTls, parameters: ['smtpd_sasl_auth_enable = yes', 'smtpd_tls_auth_only = no'] },
    { port: ports.oldTls, parameters: [...SUBMISSION, 'smtpd_tls_mandatory_protocols = >=TLSv1, <=TLSv1.1'] },
  ];
}

type Files = Readonly<Record<Species, IdentityFiles>>;

function badServices(ports: Readonly<Record<Species, number>>, files: Files): SmtpService[] {
  return SPECIES.map((species) => ({
    port: ports[species],
    parameters: [...SUBMISSION, `smtpd_tls_chain_files = ${files[species].key}, ${files[species].chain}`],
  }));
}

async function writeZoo(zoo: Zoo, folder: ServerFolder): Promise<Files> {
  const written = await Promise.all(
    SPECIES.map(async (species) => [species, await folder.identity(species, zoo[species])] as const),
  );
  return Object.fromEntries(written) as Files;
}
