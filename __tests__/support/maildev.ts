import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Identity } from '../../src/servers/pki.js';

/** A running MailDev. */
export interface RealMailDev extends AsyncDisposable {
  readonly smtpPort: number;
  readonly webPort: number;
}

export interface MailDevOptions {
  /** For HTTPS and SMTP with implicit TLS; without it, both are unencrypted. */
  readonly identity?: Pick<Identity, 'key' | 'chain'>;
  /** Whether the API uses HTTPS; default: with an identity. */
  readonly https?: boolean;
  /** The credentials that the API requires. */
  readonly login?: { readonly username: string; readonly password: string };
  /** The base path of the API; default none. */
  readonly basePath?: string;
}

/** Runs until its input ends, so that it never outlives the test. */
const PROGRAM = `
  import { MailDev } from 'maildev';
  const maildev = new MailDev(JSON.parse(process.argv[1]));
  const { smtp, api } = await maildev.start();
  console.log(JSON.stringify({ smtpPort: smtp.getPort(), webPort: api.getPort() }));
  process.stdin.on('end', () => process.exit(0)).resume();
`;

/** Starts the MailDev of npm on free ports of 127.0.0.1, in its own process and folder. */
export async function startMailDev({ identity, https, login, basePath }: MailDevOptions = {}): Promise<RealMailDev> {
  const folder = await mkdtemp(join(tmpdir(), 'maildev-test-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  if (identity) await Promise.all([writeFile(key, identity.key), writeFile(cert, identity.chain)]);
  const config = {
    smtp: 0,
    web: 0,
    ip: '127.0.0.1',
    webIp: '127.0.0.1',
    silent: true,
    mailDirectory: join(folder, 'mail'),
    ...(basePath !== undefined && { basePathname: basePath }),
    ...(login && { webUser: login.username, webPass: login.password }),
    ...(identity && {
      https: https ?? true,
      httpsKey: key,
      httpsCert: cert,
      incomingSecure: true,
      incomingKey: key,
      incomingCert: cert,
    }),
  };
  const args = ['--input-type=module', '--eval', PROGRAM, JSON.stringify(config)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const ports = await portsOf(child.stdout);
  return {
    ...ports,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function portsOf(output: NodeJS.ReadableStream): Promise<{ smtpPort: number; webPort: number }> {
  for await (const line of createInterface({ input: output })) {
    if (line.startsWith('{')) return JSON.parse(line) as { smtpPort: number; webPort: number };
  }
  throw new Error('MailDev did not start');
}
