import { createPki, type Identity, type Pki } from '../../src/servers/pki.js';
import { startContentFilter, type ContentFilter } from './content-filter.js';
import { startDovecot } from './dovecot.js';
import { startGreylistPolicy, type GreylistPolicy } from './greylist-policy.js';
import { freePorts } from './ports.js';
import { startPostfix, SUBMISSION, type SmtpService } from './postfix.js';
import { MAIL_USER } from './postfix-dovecot.js';
import { inServerFolder, named } from './server-folder.js';
import { HOST } from './certificate-fixtures.js';

/** Aliases of MAIL_USER: delivered to junk, or twice. */
export const ALIASES = {
  junk: 'filed-as-junk@example.test',
  twice: 'twice@example.test',
} as const;

const PORTS = [
  'submission',
  'terse',
  'mx',
  'mxs',
  'noTls',
  'openRelay',
  'small',
  'filtered',
  'twoHops',
  'greylisted',
  'greylistedAtData',
  'senderRefused',
  'dataRefused',
  'messageRefused',
  'again',
  'imap',
  'imaps',
  'pop3',
  'pop3s',
] as const;

export interface DeliveryPath {
  /**
   * All on 127.0.0.1. Submission with STARTTLS: with usual settings; with a Received line that does not name the TLS
   * session; with a SIZE of 20,000; behind a content filter, a second hop without TLS, a greylist at RCPT or at DATA;
   * and ones that reject every sender, DATA, every message. For mail without AUTH: a mail exchanger, the same
   * with implicit TLS and with none, an open relay, and the second hop itself. And the inbox.
   */
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
  readonly pki: Pki;
  /** The certificate of all servers. */
  readonly identity: Identity;
  readonly filter: ContentFilter;
  readonly greylist: GreylistPolicy;
  /** The folder of the user's mailbox. */
  readonly maildir: string;
  /** The log of the servers. */
  logs(): Promise<string>;
  /** Stops every process and removes every file. @throws if a process had to be killed */
  close(): Promise<void>;
}

/**
 * Starts everything between a Postfix that accepts a message and the inbox of a Dovecot.
 * @throws if this is not root, or the servers are not installed
 */
export function startDeliveryPath(): Promise<DeliveryPath> {
  return inServerFolder(async (folder) => {
    const pki = await createPki('Test');
    const identity = await pki.issue({ names: [HOST], addresses: ['127.0.0.1'] });
    const files = await folder.identity('server', identity);
    const ports = named(PORTS, await freePorts(PORTS.length));
    const [filter, greylist] = await Promise.all([startContentFilter(ports.again), startGreylistPolicy()]);
    folder.onClose(() => Promise.all([filter.close(), greylist.close()]));
    const dovecot = await startDovecot({
      folder: await folder.folder('dovecot'),
      identity: files,
      user: MAIL_USER,
      ports,
      settings: DOVECOT_SETTINGS,
    });
    folder.onClose(() => dovecot.stop());
    const postfix = await startPostfix({
      folder: await folder.folder('postfix'),
      identity: files,
      recipient: MAIL_USER.username,
      authSocket: dovecot.authSocket,
      lmtpSocket: dovecot.lmtpSocket,
      parameters: POSTFIX_PARAMETERS,
      services: services(ports, filter.port, greylist.port),
    });
    folder.onClose(() => postfix.stop());
    return {
      ports,
      pki,
      identity,
      filter,
      greylist,
      maildir: dovecot.maildir,
      logs: async () => `${await postfix.log()}\n${await dovecot.log()}`,
      close: () => folder.close(),
    };
  });
}

/** LMTP delivers by the text after the plus sign, and every IMAP session is recorded if the folder exists. */
const DOVECOT_SETTINGS = `
recipient_delimiter = +
lmtp_save_to_detail_mailbox = yes
rawlog_dir = %h/rawlog
namespace inbox {
  inbox = yes
  mailbox Junk {
    auto = create
    special_use = \\Junk
  }
}
`;

const [LOCAL, DOMAIN] = MAIL_USER.username.split('@');

const POSTFIX_PARAMETERS = [
  'smtpd_tls_received_header = yes',
  'recipient_delimiter = +',
  `virtual_alias_maps = inline:{ {${ALIASES.junk} = ${LOCAL}+Junk@${DOMAIN}}, {${ALIASES.twice} = ${MAIL_USER.username} ${LOCAL}+INBOX@${DOMAIN}} }`,
];

function services(ports: DeliveryPath['ports'], filter: number, greylist: number): SmtpService[] {
  const policy = `check_policy_service inet:127.0.0.1:${greylist}`;
  const submission = (port: number, ...parameters: string[]): SmtpService => ({
    port,
    parameters: [...SUBMISSION, ...parameters],
  });
  return [
    submission(ports.submission),
    submission(ports.terse, 'smtpd_tls_received_header = no'),
    submission(ports.small, 'message_size_limit = 20000'),
    submission(ports.filtered, `content_filter = smtp:[127.0.0.1]:${filter}`),
    submission(ports.twoHops, `content_filter = smtp:[127.0.0.1]:${ports.again}`),
    submission(ports.greylisted, `smtpd_recipient_restrictions = ${policy}`),
    submission(ports.greylistedAtData, `smtpd_data_restrictions = ${policy}`),
    submission(
      ports.senderRefused,
      'smtpd_delay_reject = no',
      'smtpd_client_restrictions =',
      'smtpd_sender_restrictions = reject',
    ),
    submission(ports.dataRefused, 'smtpd_data_restrictions = reject'),
    submission(ports.messageRefused, 'smtpd_end_of_data_restrictions = reject'),
    { port: ports.mx, parameters: [] },
    { port: ports.mxs, parameters: ['smtpd_tls_wrappermode = yes'] },
    { port: ports.noTls, parameters: ['smtpd_tls_security_level = none'] },
    {
      port: ports.openRelay,
      parameters: ['mynetworks = 127.0.0.0/8', 'smtpd_relay_restrictions = permit_mynetworks, reject'],
    },
    {
      // Postfix sends nothing to a server with its own name.
      port: ports.again,
      parameters: [
        'smtpd_tls_security_level = none',
        'myhostname = again.example.test',
        'mynetworks = 127.0.0.0/8',
        'smtpd_relay_restrictions = permit_mynetworks, reject',
      ],
    },
  ];
}
