import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.js';

/** An smtpd service, and the options that differ from `main.cf`. */
export interface SmtpService {
  readonly port: number;
  readonly parameters: readonly string[];
}

export interface PostfixOptions {
  /** An empty folder that every user can traverse. */
  readonly folder: string;
  /** Paths of PEM files. */
  readonly identity: { readonly key: string; readonly chain: string };
  readonly services: readonly SmtpService[];
  /** Lines of main.cf for all services, after the others. */
  readonly parameters?: readonly string[];
  /** The only address for which it accepts mail. */
  readonly recipient: string;
  readonly authSocket: string;
  readonly lmtpSocket: string;
}

/** A separate Postfix, independent of any other on the machine. */
export interface Postfix {
  /** Its log. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** The options of a submission port: TLS, then authentication, then mail to any recipient. */
export const SUBMISSION: readonly string[] = [
  'smtpd_tls_security_level = encrypt',
  'smtpd_sasl_auth_enable = yes',
  'smtpd_client_restrictions = permit_sasl_authenticated, reject',
];

/** Makes OpenSSL load keys and signatures that are too weak for its defaults, which the tests require. */
const OPENSSL_CONF = `openssl_conf = init
[init]
ssl_conf = ssl
[ssl]
system_default = lax
[lax]
MinProtocol = TLSv1
CipherString = DEFAULT:@SECLEVEL=0
`;

/** The daemons besides smtpd: name, type, private, wakeup in seconds, process limit, program. */
const DAEMONS: readonly (readonly [string, string, 'y' | 'n', string, string, string])[] = [
  ['pickup', 'unix', 'n', '60', '1', 'pickup'],
  ['cleanup', 'unix', 'n', '-', '0', 'cleanup'],
  ['qmgr', 'unix', 'n', '300', '1', 'qmgr'],
  ['tlsmgr', 'unix', 'y', '1000?', '1', 'tlsmgr'],
  ['rewrite', 'unix', 'y', '-', '-', 'trivial-rewrite'],
  ['bounce', 'unix', 'y', '-', '0', 'bounce'],
  ['defer', 'unix', 'y', '-', '0', 'bounce'],
  ['trace', 'unix', 'y', '-', '0', 'bounce'],
  ['verify', 'unix', 'y', '-', '1', 'verify'],
  ['flush', 'unix', 'n', '1000?', '0', 'flush'],
  ['proxymap', 'unix', 'y', '-', '-', 'proxymap'],
  ['error', 'unix', 'y', '-', '-', 'error'],
  ['retry', 'unix', 'y', '-', '-', 'error'],
  ['discard', 'unix', 'y', '-', '-', 'discard'],
  ['smtp', 'unix', 'y', '-', '-', 'smtp'],
  ['lmtp', 'unix', 'y', '-', '-', 'lmtp'],
  ['anvil', 'unix', 'y', '-', '1', 'anvil'],
  ['scache', 'unix', 'y', '-', '1', 'scache'],
  ['postlog', 'unix-dgram', 'n', '-', '1', 'postlogd'],
];

/** Starts Postfix (3.6 or later) with its own configuration, queue and data. */
export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  const { folder } = options;
  const etc = join(folder, 'etc');
  const data = join(folder, 'data');
  const openssl = join(folder, 'openssl.cnf');
  await Promise.all([etc, join(folder, 'queue'), data].map((path) => mkdir(path, { recursive: true })));
  await run('chown', ['postfix', data]);
  await writeFile(openssl, OPENSSL_CONF);
  await writeFile(join(etc, 'main.cf'), mainCf(options, openssl));
  await writeFile(join(etc, 'master.cf'), masterCf(options.services));
  const postfix = (command: string): Promise<string> =>
    run('postfix', ['-c', etc, command], { OPENSSL_CONF: openssl, MAIL_CONFIG: etc });
  await postfix('start');
  return {
    log: () => readFile(join(folder, 'log'), 'utf8'),
    stop: async () => {
      await postfix('stop');
    },
  };
}

function mainCf(options: PostfixOptions, openssl: string): string {
  const { folder, identity, recipient, authSocket, lmtpSocket, parameters = [] } = options;
  return `
compatibility_level = 3.6
import_environment = MAIL_CONFIG MAIL_LOGTAG TZ LANG=C OPENSSL_CONF=${openssl}
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = mail.example.test
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 192.0.2.0/32
disable_dns_lookups = yes
smtpd_peername_lookup = no
virtual_mailbox_domains = ${recipient.replace(/^.*@/, '')}
virtual_mailbox_maps = inline:{ ${recipient}=inbox }
virtual_transport = lmtp:unix:${lmtpSocket}
default_transport = discard:nothing leaves this machine
relay_transport = $default_transport
notify_classes =
smtpd_tls_chain_files = ${identity.key}, ${identity.chain}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = ${authSocket}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_error_sleep_time = 0
${parameters.join('\n')}
`;
}

function masterCf(services: readonly SmtpService[]): string {
  const listeners = services.map(({ port, parameters }) =>
    [`127.0.0.1:${port} inet n - n - - smtpd`, ...parameters.map((parameter) => `  -o { ${parameter} }`)].join('\n'),
  );
  const daemons = DAEMONS.map(
    ([name, type, isPrivate, wakeup, limit, program]) =>
      `${name} ${type} ${isPrivate} - n ${wakeup} ${limit} ${program}`,
  );
  return `${[...listeners, ...daemons].join('\n')}\n`;
}
