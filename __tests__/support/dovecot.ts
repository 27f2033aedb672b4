import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accepting } from './ports.js';
import { run } from './run.js';

export interface DovecotOptions {
  /** An empty folder of its own, which every user can pass through. */
  readonly folder: string;
  /** Paths of PEM files. */
  readonly identity: { readonly key: string; readonly chain: string };
  readonly user: { readonly username: string; readonly password: string };
  readonly imapPort: number;
  readonly imapsPort: number;
}

/** A Dovecot of our own: IMAP, IMAPS, LMTP, and SASL for Postfix. */
export interface Dovecot {
  /** The socket on which it checks passwords for Postfix. */
  readonly authSocket: string;
  /** The socket on which it takes messages over LMTP. */
  readonly lmtpSocket: string;
  /** The messages in the user's INBOX, as they lie in the Maildir. */
  messages(): Promise<string[]>;
  /** What it logged so far. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts Dovecot (2.3) in the foreground, with a configuration that shares nothing with the one of the system. */
export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  const { folder, user } = options;
  const mail = join(folder, 'mail');
  const log = join(folder, 'log');
  const paths = { mail, log, auth: join(folder, 'auth'), lmtp: join(folder, 'lmtp'), users: join(folder, 'users') };
  await mkdir(mail, { recursive: true });
  await run('chown', ['mail:mail', mail]);
  await writeFile(paths.users, `${user.username}:{PLAIN}${user.password}\n`);
  await writeFile(join(folder, 'dovecot.conf'), configuration(options, paths));
  const dovecot = spawn('dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' });
  const exited = once(dovecot, 'exit');
  try {
    await accepting(options.imapPort, 10_000);
  } catch (error) {
    dovecot.kill();
    throw new Error(`Dovecot does not start: ${await readFile(log, 'utf8').catch(() => 'no log')}`, { cause: error });
  }
  return {
    authSocket: paths.auth,
    lmtpSocket: paths.lmtp,
    messages: async () => {
      const folders = ['new', 'cur'].map((name) => join(mail, user.username, name));
      const names = await Promise.all(
        folders.map(async (path) => (await readdir(path).catch(() => [])).map((name) => join(path, name))),
      );
      return Promise.all(names.flat().map((name) => readFile(name, 'latin1')));
    },
    log: () => readFile(log, 'utf8'),
    stop: async () => {
      dovecot.kill();
      await exited;
    },
  };
}

function configuration(
  { folder, identity, imapPort, imapsPort }: DovecotOptions,
  paths: Readonly<Record<'mail' | 'log' | 'auth' | 'lmtp' | 'users', string>>,
): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${paths.log}
instance_name = starttls-gate-test
protocols = imap lmtp
listen = 127.0.0.1
hostname = mail.example.test
postmaster_address = postmaster@example.test
ssl = required
ssl_cert = <${identity.chain}
ssl_key = <${identity.key}
mail_location = maildir:${paths.mail}/%u
first_valid_uid = 1
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${paths.users}
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${paths.mail}/%u
}
service auth {
  unix_listener ${paths.auth} {
    mode = 0666
  }
}
service lmtp {
  unix_listener ${paths.lmtp} {
    mode = 0666
  }
}
service imap-login {
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = ${imapsPort}
    ssl = yes
  }
}
`;
}
