import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { accepting } from './ports.js';
import { run } from './run.js';
import type { IdentityFiles } from './server-folder.js';
import { unpacked } from './unpacked.js';

/** A `listen on` rule and its options. */
export interface OpenSmtpdListener {
  readonly port: number;
  /** Default: that of the server. */
  readonly identity?: IdentityFiles;
  /** As in smtpd.conf(5). The only account is in the table `<users>`; `clients` is the CA of client certificates. */
  readonly options: string;
}

export interface OpenSmtpdOptions {
  /** An empty folder that every user can traverse. It becomes the root of the server's files. */
  readonly folder: string;
  readonly identity: IdentityFiles;
  /** The path of a PEM file. */
  readonly authority: string;
  readonly listeners: readonly OpenSmtpdListener[];
  /** The only account, and the only recipient. */
  readonly user: { readonly username: string; readonly password: string };
  /** The port to which messages are delivered, on 127.0.0.1. */
  readonly lmtpPort: number;
}

/** A separate OpenSMTPD, independent of any other mail server on the machine. */
export interface OpenSmtpd {
  /** Its log. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Accounts that OpenSMTPD requires, which exist only in its own root, with unused numbers. */
const ACCOUNTS = { root: 0, opensmtpd: 64_990, opensmtpq: 64_991 } as const;

/** The options of a submission listener: TLS, then authentication, then mail to any recipient. */
export const SUBMISSION = 'tls-require auth <users>';

/**
 * Starts OpenSMTPD (7 or later) in the foreground. The paths of its spool and the names of its users are compiled into
 * it, so it runs in its own root, which has only what it needs.
 */
export async function startOpenSmtpd(options: OpenSmtpdOptions): Promise<OpenSmtpd> {
  const { folder, listeners } = options;
  const log = join(folder, 'log');
  await furnish(options);
  const output = await open(log, 'w');
  const smtpd = spawn('chroot', [folder, '/usr/sbin/smtpd', '-d', '-f', '/etc/smtpd.conf'], {
    stdio: ['ignore', output.fd, output.fd],
  });
  const exited = once(smtpd, 'exit');
  await output.close();
  try {
    for (const { port } of listeners) await accepting(port, 10_000);
  } catch (error) {
    smtpd.kill();
    throw new Error(`OpenSMTPD does not start: ${await readFile(log, 'utf8')}`, { cause: error });
  }
  return {
    log: () => readFile(log, 'utf8'),
    stop: async () => {
      smtpd.kill();
      await exited;
    },
  };
}

/** Fills the root: the program and its libraries, users, keys, configuration, and folders for what it writes. */
async function furnish(options: OpenSmtpdOptions): Promise<void> {
  const { folder, identity, authority, listeners, user } = options;
  const program = await unpacked('opensmtpd', 'usr/sbin/smtpd');
  const libraries = (await run('ldd', [program])).match(/(?<=\s)\/\S+/g) ?? [];
  const identities = [identity, ...listeners.flatMap((listener) => listener.identity ?? [])];
  const copies: (readonly [string, string])[] = [
    [program, '/usr/sbin/smtpd'],
    ...libraries.map((path) => [path, path] as const),
    ...identities.flatMap(({ key, chain }) => [key, chain].map((path) => [path, inside(path)] as const)),
    [authority, '/etc/ssl/certs/ca-certificates.crt'],
  ];
  for (const [from, to] of copies) {
    await mkdir(join(folder, dirname(to)), { recursive: true });
    await copyFile(from, join(folder, to));
  }
  for (const path of ['/var/run', '/var/lib/opensmtpd/empty', '/var/spool/smtpd', '/tmp']) {
    await mkdir(join(folder, path), { recursive: true });
  }
  await chmod(join(folder, '/var/spool/smtpd'), 0o711);
  const accounts = Object.entries(ACCOUNTS);
  const etc: Record<string, string> = {
    passwd: accounts.map(([name, id]) => `${name}:x:${id}:${id}::/var/lib/opensmtpd/empty:/none\n`).join(''),
    group: accounts.map(([name, id]) => `${name}:x:${id}:\n`).join(''),
    mailname: 'mail.example.test\n',
    users: `${user.username} ${await run('openssl', ['passwd', '-6', user.password])}`,
    'smtpd.conf': configuration(options),
  };
  for (const [name, text] of Object.entries(etc)) await writeFile(join(folder, 'etc', name), text);
}

function configuration({ identity, listeners, user, lmtpPort }: OpenSmtpdOptions): string {
  const rules = listeners.flatMap((listener) => {
    const { key, chain } = listener.identity ?? identity;
    const { port, options } = listener;
    const listen = `listen on 127.0.0.1 port ${port} hostname mail.example.test ${options}`;
    if (!/tls|smtps/.test(options)) return [listen];
    return [`pki "${port}" cert "${inside(chain)}"`, `pki "${port}" key "${inside(key)}"`, `${listen} pki "${port}"`];
  });
  return `
table users file:/etc/users
ca "clients" cert "/etc/ssl/certs/ca-certificates.crt"
${rules.join('\n')}
action "inbox" relay host "lmtp://127.0.0.1:${lmtpPort}"
match from any for rcpt-to "${user.username}" action "inbox"
match auth from any for any action "inbox"
`;
}

/** The path of a PEM file within the root. */
function inside(path: string): string {
  return `/pki/${basename(path)}`;
}
