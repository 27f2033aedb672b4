import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accepting } from './ports.js';
import { run } from './run.js';

export interface DovecotOptions {
  /** An empty folder that every user can traverse. */
  readonly folder: string;
  /** Paths of PEM files. */
  readonly identity: { readonly key: string; readonly chain: string };
  readonly user: { readonly username: string; readonly password: string };
  readonly ports: Readonly<Record<'imap' | 'imaps' | 'pop3' | 'pop3s', number>>;
  /** Additional lines of its configuration, which override the others. */
  readonly settings?: string;
}

/** A separate Dovecot: IMAP and POP3, each with STARTTLS and with implicit TLS; LMTP; and SASL for Postfix. */
export interface Dovecot {
  /** The socket for SASL from Postfix. */
  readonly authSocket: string;
  /** The socket for LMTP. */
  readonly lmtpSocket: string;
  /** The user's Maildir. */
  readonly maildir: string;
  /** The messages in the user's INBOX, as files of the Maildir. */
  messages(): Promise<string[]>;
  /** Its log. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts Dovecot (2.3) in the foreground, with a configuration that is independent of the system's. */
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
    await accepting(options.ports.imap, 10_000);
  } catch (error) {
    dovecot.kill();
    throw new Error(`Dovecot does not start: ${await readFile(log, 'utf8').catch(() => 'no log')}`, { cause: error });
  }
  const maildir = join(mail, user.username);
  return {
    authSocket: paths.auth,
    lmtpSocket: paths.lmtp,
    maildir,
    messages: async () => {
      const folders = ['new', 'cur'].map((name) => join(maildir, name));
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
  { folder, identity, ports, settings = '' }: DovecotOptions,
  paths: Readonly<Record<'mail' | 'log' | 'auth' | 'lmtp' | 'users', string>>,
): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${paths.log}
instance_name = starttls-gate-test
protocols = imap pop3 lmtp
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
# Wrong passwords are answered at once, however many there were.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service lmtp {
  unix_listener ${paths.lmtp} {
    mode = 0666
  }
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = ${ports.pop3}
  }
  inet_listener pop3s {
    port = ${ports.pop3s}
    ssl = yes
  }
}
${settings}`;
}
