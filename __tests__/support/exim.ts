import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accepting } from './ports.js';
import { run } from './run.js';
import type { IdentityFiles } from './server-folder.js';
import { unpacked } from './unpacked.js';

/** Options that can differ between ports: main options of Exim that it expands for each connection. */
const OPTIONS = {
  tls_advertise_hosts: '*',
  tls_certificate: '',
  tls_privatekey: '',
  tls_verify_certificates: '',
  tls_verify_hosts: '',
  tls_try_verify_hosts: '',
  tls_require_ciphers: '',
  auth_advertise_hosts: '${if def:tls_in_cipher{*}}',
} as const;

type Option = keyof typeof OPTIONS;

/** A port and its options; values may contain Exim expansions. */
export interface EximService {
  readonly port: number;
  /** Whether it uses implicit TLS. */
  readonly implicit?: true;
  /** Default: that of the server. */
  readonly identity?: IdentityFiles;
  readonly options?: Partial<Record<Option, string>>;
}

export interface EximOptions {
  /** An empty folder that every user can traverse. */
  readonly folder: string;
  /** Owned by the user `mail`, as which Exim reads the key. */
  readonly identity: IdentityFiles;
  readonly services: readonly EximService[];
  /** The only account and recipient. EXTERNAL requires a verified certificate with that common name. */
  readonly user: { readonly username: string; readonly password: string };
  /** Dovecot's, which Exim uses for mechanisms that it does not implement. */
  readonly authSocket: string;
  readonly lmtpSocket: string;
}

/** A separate Exim, independent of any other mail server on the machine. */
export interface Exim {
  /** The lines of its log: arrivals, deliveries, refusals. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts Exim (4.94 or later) in the foreground, with its own configuration and spool. */
export async function startExim(options: EximOptions): Promise<Exim> {
  const { folder, services } = options;
  const program = await unpacked('exim', 'usr/sbin/exim4');
  const configuration = join(folder, 'exim.conf');
  const log = join(folder, 'log');
  await mkdir(join(folder, 'spool'), { recursive: true });
  const keys = [options, ...services].flatMap(({ identity }) => identity?.key ?? []);
  await run('chown', ['mail:mail', folder, join(folder, 'spool'), ...keys]);
  await writeFile(configuration, configure(options, program));
  const exim = spawn(program, ['-C', configuration, '-bdf'], {
    stdio: 'ignore',
    cwd: folder,
    // Ubuntu's policy for GnuTLS would disable TLS 1.1, which one port must support.
    env: { ...process.env, GNUTLS_SYSTEM_PRIORITY_FILE: '/dev/null' },
  });
  const exited = once(exim, 'exit');
  try {
    for (const { port } of services) await accepting(port, 10_000);
  } catch (error) {
    exim.kill();
    throw new Error(`Exim does not start: ${await readFile(`${log}-panic`, 'utf8').catch(() => 'no log')}`, {
      cause: error,
    });
  }
  return {
    log: () => readFile(`${log}-main`, 'utf8'),
    stop: async () => {
      exim.kill();
      await exited;
    },
  };
}

function configure({ folder, identity, services, user, authSocket, lmtpSocket }: EximOptions, program: string): string {
  const usual: Record<Option, string> = { ...OPTIONS, ...identityOptions(identity) };
  const perPort = (Object.keys(OPTIONS) as Option[]).map((option) => {
    const value = services.reduce((otherwise, service) => {
      const own = { ...(service.identity && identityOptions(service.identity)), ...service.options }[option];
      return own === undefined ? otherwise : `\${if eq{$received_port}{${service.port}}{${own}}{${otherwise}}}`;
    }, usual[option]);
    return `${option} = ${value}`;
  });
  return `
exim_path = ${program}
exim_user = mail
exim_group = mail
deliver_drop_privilege = true
never_users =
keep_environment =
spool_directory = ${folder}/spool
log_file_path = ${folder}/log-%s
log_selector = +smtp_connection +tls_peerdn
pid_file_path = ${folder}/pid
primary_hostname = mail.example.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${services.map(({ port }) => port).join(' : ')}
tls_on_connect_ports = ${services.flatMap(({ implicit, port }) => (implicit ? [port] : [])).join(' : ')}
${perPort.join('\n')}
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = rcpt
acl_smtp_data = accept
begin acl
rcpt:
  accept recipients = ${user.username}
  accept authenticated = *
  deny message = relay not permitted
begin routers
inbox:
  driver = accept
  transport = lmtp
begin transports
lmtp:
  driver = lmtp
  socket = ${lmtpSocket}
begin authenticators
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = \${if eq{$auth1}{${user.username}}{${user.password}}fail}
  server_set_id = $auth1
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${user.username}}}{eq{$auth3}{${user.password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{eq{$auth1}{${user.username}}}{eq{$auth2}{${user.password}}}}}
  server_set_id = $auth1
scram256:
  driver = dovecot
  public_name = SCRAM-SHA-256
  server_socket = ${authSocket}
  server_set_id = $auth1
scram1:
  driver = dovecot
  public_name = SCRAM-SHA-1
  server_socket = ${authSocket}
  server_set_id = $auth1
external:
  driver = external
  public_name = EXTERNAL
  server_advertise_condition = $tls_in_certificate_verified
  server_param2 = \${certextract{subject,CN}{$tls_in_peercert}}
  server_condition = \${if eq{$auth2}{${user.username}}}
  server_set_id = $auth1
`;
}

function identityOptions({ chain, key }: IdentityFiles): Partial<Record<Option, string>> {
  return { tls_certificate: chain, tls_privatekey: key };
}
