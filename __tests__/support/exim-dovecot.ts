import { startDovecot } from './dovecot.js';
import { startExim, type EximService } from './exim.js';
import { freePorts } from './ports.js';
import { MAIL_USER } from './postfix-dovecot.js';
import { inServerFolder, named, type IdentityFiles, type ServerFolder } from './server-folder.js';
import { createCertificateFixtures, type CertificateName, type CertificateFixtures } from './certificate-fixtures.js';

/** The ports of Exim. Unless the name says otherwise, the certificate is valid, and AUTH requires TLS. */
const SERVICES = [
  'submission',
  'submissions',
  'noTls',
  'authBeforeTls',
  'noKey',
  'tls12',
  'oldTls',
  'asksForCertificate',
  'requiresCertificate',
] as const;

/** Fixtures with their own port. */
const CERTIFICATES = [
  'good',
  'expired',
  'wrongHost',
  'incomplete',
  'selfSigned',
  'rsa2048',
] as const satisfies CertificateName[];

const INBOX = ['imap', 'imaps', 'pop3', 'pop3s'] as const;

export interface EximServers {
  /** All on 127.0.0.1. Except for the inbox, they are ports of Exim, with STARTTLS unless the name says otherwise. */
  readonly ports: Readonly<Record<(typeof SERVICES)[number] | (typeof INBOX)[number], number>>;
  readonly certificatePorts: Readonly<Record<(typeof CERTIFICATES)[number], number>>;
  readonly certs: CertificateFixtures;
  /** The folder of the servers; removed by close. */
  readonly folder: string;
  /** The Maildir of {@link MAIL_USER}. */
  readonly maildir: string;
  /** What Exim has logged so far. */
  log(): Promise<string>;
  /** Stops every process and removes every file. @throws if a process had to be killed */
  close(): Promise<void>;
}

/**
 * Starts a separate Exim that delivers to a separate Dovecot, independent of any others on the machine.
 * @throws if this is not root, or the servers are not installed
 */
export function startEximServers(): Promise<EximServers> {
  return inServerFolder(async (folder) => {
    const certs = await createCertificateFixtures();
    const numbers = await freePorts(SERVICES.length + INBOX.length + CERTIFICATES.length);
    const ports = named([...SERVICES, ...INBOX], numbers);
    const certificatePorts = named(CERTIFICATES, numbers.slice(SERVICES.length + INBOX.length));
    const identity = await folder.identity('good', certs.good);
    const dovecot = await startDovecot({
      folder: await folder.folder('dovecot'),
      identity: await folder.identity('address', certs.address),
      user: MAIL_USER,
      ports,
      settings: 'auth_mechanisms = plain scram-sha-1 scram-sha-256\n',
    });
    folder.onClose(() => dovecot.stop());
    const exim = await startExim({
      folder: await folder.folder('exim'),
      identity,
      services: [
        ...services(ports, identity, await folder.identity('root', { key: '', chain: certs.pki.root.cert })),
        ...(await certificateServices(certificatePorts, certs, folder)),
      ],
      user: MAIL_USER,
      authSocket: dovecot.authSocket,
      lmtpSocket: dovecot.lmtpSocket,
    });
    folder.onClose(() => exim.stop());
    return {
      ports,
      certificatePorts,
      certs,
      folder: folder.path,
      maildir: dovecot.maildir,
      log: () => exim.log(),
      close: () => folder.close(),
    };
  });
}

function services(ports: EximServers['ports'], good: IdentityFiles, root: IdentityFiles): EximService[] {
  const verifies = { tls_verify_certificates: root.chain };
  return [
    { port: ports.submission },
    { port: ports.submissions, implicit: true },
    { port: ports.noTls, options: { tls_advertise_hosts: '' } },
    { port: ports.authBeforeTls, options: { auth_advertise_hosts: '*' } },
    { port: ports.noKey, options: { tls_privatekey: `${good.key}.of.last.year` } },
    { port: ports.tls12, options: { tls_require_ciphers: 'NORMAL:-VERS-ALL:+VERS-TLS1.2' } },
    { port: ports.oldTls, options: { tls_require_ciphers: 'LEGACY:-VERS-ALL:+VERS-TLS1.1' } },
    { port: ports.asksForCertificate, options: { ...verifies, tls_try_verify_hosts: '*' } },
    { port: ports.requiresCertificate, options: { ...verifies, tls_verify_hosts: '*' } },
  ];
}

function certificateServices(
  ports: EximServers['certificatePorts'],
  certs: CertificateFixtures,
  folder: ServerFolder,
): Promise<EximService[]> {
  return Promise.all(
    CERTIFICATES.map(async (certName) => ({
      port: ports[certName],
      identity: await folder.identity(`port-${certName}`, certs[certName]),
    })),
  );
}
