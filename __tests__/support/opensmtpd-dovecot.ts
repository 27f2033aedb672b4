import { startDovecot } from './dovecot.js';
import { startOpenSmtpd, SUBMISSION, type OpenSmtpdListener } from './opensmtpd.js';
import { freePorts } from './ports.js';
import { MAIL_USER } from './postfix-dovecot.js';
import { inServerFolder, named, type ServerFolder } from './server-folder.js';
import { createCertificateFixtures, type CertificateName, type CertificateFixtures } from './certificate-fixtures.js';

/** The listeners with the valid certificate, as options of smtpd.conf(5). */
const LISTENERS = {
  submission: SUBMISSION,
  submissions: 'smtps auth <users>',
  mx: 'tls',
  noTls: '',
  tls12: `${SUBMISSION} protocols "tlsv1.2"`,
  requiresCertificate: 'tls-require verify auth <users> ca "clients"',
} as const;

/** Fixtures with their own port. */
const CERTIFICATES = [
  'good',
  'expired',
  'wrongHost',
  'incomplete',
  'selfSigned',
  'rsa2048',
] as const satisfies CertificateName[];

const INBOX = ['imap', 'imaps', 'pop3', 'pop3s', 'lmtp'] as const;

type Listener = keyof typeof LISTENERS;

export interface OpenSmtpdServers {
  /** All on 127.0.0.1. Except for the inbox, they are ports of OpenSMTPD. */
  readonly ports: Readonly<Record<Listener | (typeof INBOX)[number], number>>;
  readonly certificatePorts: Readonly<Record<(typeof CERTIFICATES)[number], number>>;
  readonly certs: CertificateFixtures;
  /** The folder of the servers; removed by close. */
  readonly folder: string;
  /** The Maildir of {@link MAIL_USER}. */
  readonly maildir: string;
  /** The log of OpenSMTPD. */
  log(): Promise<string>;
  /** Stops every process and removes every file. @throws if a process had to be killed */
  close(): Promise<void>;
}

/**
 * Starts a separate OpenSMTPD that delivers to a separate Dovecot, independent of any others on the machine.
 * @throws if this is not root, or the servers are not installed
 */
export function startOpenSmtpdServers(): Promise<OpenSmtpdServers> {
  return inServerFolder(async (folder) => {
    const certs = await createCertificateFixtures();
    const names = [...(Object.keys(LISTENERS) as Listener[]), ...INBOX];
    const numbers = await freePorts(names.length + CERTIFICATES.length);
    const ports = named(names, numbers);
    const certificatePorts = named(CERTIFICATES, numbers.slice(names.length));
    const dovecot = await startDovecot({
      folder: await folder.folder('dovecot'),
      identity: await folder.identity('address', certs.address),
      user: MAIL_USER,
      ports,
      settings: `service lmtp {
  inet_listener lmtp {
    port = ${ports.lmtp}
  }
}
`,
    });
    folder.onClose(() => dovecot.stop());
    const smtpd = await startOpenSmtpd({
      folder: await folder.folder('opensmtpd'),
      identity: await folder.identity('good', certs.good),
      authority: (await folder.identity('root', { key: '', chain: certs.pki.root.cert })).chain,
      listeners: [
        ...(Object.keys(LISTENERS) as Listener[]).map((name) => ({ port: ports[name], options: LISTENERS[name] })),
        ...(await certificateListeners(certificatePorts, certs, folder)),
      ],
      user: MAIL_USER,
      lmtpPort: ports.lmtp,
    });
    folder.onClose(() => smtpd.stop());
    return {
      ports,
      certificatePorts,
      certs,
      folder: folder.path,
      maildir: dovecot.maildir,
      log: () => smtpd.log(),
      close: () => folder.close(),
    };
  });
}

function certificateListeners(
  ports: OpenSmtpdServers['certificatePorts'],
  certs: CertificateFixtures,
  folder: ServerFolder,
): Promise<OpenSmtpdListener[]> {
  return Promise.all(
    CERTIFICATES.map(async (certName) => ({
      port: ports[certName],
      identity: await folder.identity(`port-${certName}`, certs[certName]),
      options: SUBMISSION,
    })),
  );
}
