import { startDovecot } from './dovecot.js';
import { freePorts } from './ports.js';
import { startPostfix, SUBMISSION, type SmtpService } from './postfix.js';
import { inServerFolder, named, type IdentityFiles, type ServerFolder } from './server-folder.js';
import {
  createCertificateFixtures,
  CERTIFICATE_NAMES,
  type CertificateName,
  type CertificateFixtures,
} from './certificate-fixtures.js';

/** The only mailbox, whose user authenticates for submission and for the inbox. */
export const MAIL_USER = { username: 'user@example.test', password: 'correct horse battery staple' };

/** The ports with the valid certificate. */
const PORTS = [
  'mx',
  'submission',
  'submissions',
  'strictSubmission',
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
   * All on 127.0.0.1: a mail exchanger with optional TLS; submission with STARTTLS, with implicit TLS, and with
   * STARTTLS where MAIL requires AUTH; ports without TLS, with AUTH before TLS, with at most TLS 1.1; and the inbox.
   */
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
  /** Submission with STARTTLS for every certificate fixture. */
  readonly certificatePorts: Readonly<Record<CertificateName, number>>;
  readonly certs: CertificateFixtures;
  /** The folder of the servers; removed by close. */
  readonly folder: string;
  /** The messages in the mailbox, as files on disk. */
  messages(): Promise<string[]>;
  /** The log of both servers, to debug a failed test. */
  logs(): Promise<string>;
  /** Stops every process and removes every file. @throws if a process had to be killed */
  close(): Promise<void>;
}

/**
 * Starts a separate Postfix and Dovecot, independent of any others on the machine.
 * @throws if this is not root, or the servers are not installed
 */
export function startMailServers(): Promise<MailServers> {
  return inServerFolder(async (folder) => {
    const certs = await createCertificateFixtures();
    const files = await writeCertificates(certs, folder);
    const numbers = await freePorts(PORTS.length + CERTIFICATE_NAMES.length);
    const ports = named(PORTS, numbers);
    const certificatePorts = named(CERTIFICATE_NAMES, numbers.slice(PORTS.length));
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
      certs,
      folder: folder.path,
      messages: () => dovecot.messages(),
      logs: async () => `${await postfix.log()}\n${await dovecot.log()}`,
      close,
      [Symbol.asyncDispose]: close,
    };
  });
}

/** What the fix of `unauthenticated-mail-accepted` says. */
const STRICT = [
  'smtpd_tls_security_level = encrypt',
  'smtpd_sasl_auth_enable = yes',
  'smtpd_delay_reject = no',
  'smtpd_sender_restrictions = permit_sasl_authenticated, check_sender_access static:{530 5.7.0 Authentication required}',
];

function services(ports: MailServers['ports']): SmtpService[] {
  return [
    { port: ports.mx, parameters: [] },
    { port: ports.submission, parameters: SUBMISSION },
    { port: ports.submissions, parameters: [...SUBMISSION, 'smtpd_tls_wrappermode = yes'] },
    { port: ports.strictSubmission, parameters: STRICT },
    { port: ports.noTls, parameters: ['smtpd_tls_security_level = none'] },
    { port: ports.authBeforeTls, parameters: ['smtpd_sasl_auth_enable = yes', 'smtpd_tls_auth_only = no'] },
    { port: ports.oldTls, parameters: [...SUBMISSION, 'smtpd_tls_mandatory_protocols = >=TLSv1, <=TLSv1.1'] },
  ];
}

type Files = Readonly<Record<CertificateName, IdentityFiles>>;

function badServices(ports: Readonly<Record<CertificateName, number>>, files: Files): SmtpService[] {
  return CERTIFICATE_NAMES.map((certName) => ({
    port: ports[certName],
    parameters: [...SUBMISSION, `smtpd_tls_chain_files = ${files[certName].key}, ${files[certName].chain}`],
  }));
}

async function writeCertificates(certs: CertificateFixtures, folder: ServerFolder): Promise<Files> {
  const written = await Promise.all(
    CERTIFICATE_NAMES.map(async (certName) => [certName, await folder.identity(certName, certs[certName])] as const),
  );
  return Object.fromEntries(written) as Files;
}
