import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDovecot } from './dovecot.js';
import { freePorts } from './ports.js';
import { startPostfix, SUBMISSION } from './postfix.js';
import type { SmtpService } from './postfix.js';
import { processesIn } from './processes.js';
import { createZoo, SPECIES } from './zoo.js';
import type { Species, Zoo } from './zoo.js';

/** The one mailbox: its owner signs in to submit, and to read it. */
export const MAIL_USER = { username: 'user@example.test', password: 'correct horse battery staple' };

/** The ports that present the good certificate. */
const PORTS = ['mx', 'submission', 'submissions', 'noTls', 'authBeforeTls', 'oldTls', 'imap', 'imaps'] as const;

export interface MailServers extends AsyncDisposable {
  /**
   * All on 127.0.0.1: a mail exchanger with optional TLS; submission with STARTTLS and with implicit TLS; ports
   * without TLS, with AUTH before TLS, with nothing newer than TLS 1.1; and the inbox.
   */
  readonly ports: Readonly<Record<(typeof PORTS)[number], number>>;
  /** Submission with STARTTLS for every certificate of the zoo. */
  readonly certificatePorts: Readonly<Record<Species, number>>;
  readonly zoo: Zoo;
  /** Where the servers keep everything; gone after close. */
  readonly folder: string;
  /** The messages in the mailbox, as they lie on disk. */
  messages(): Promise<string[]>;
  /** What both servers logged, for somebody who looks into a failed test. */
  logs(): Promise<string>;
  /** Stops every process and removes every file. @throws where a process had to be killed */
  close(): Promise<void>;
}

/**
 * Starts a Postfix and a Dovecot of our own, apart from any others on the machine.
 * @throws where this is not root, or the servers are not installed
 */
export async function startMailServers(): Promise<MailServers> {
  if (process.getuid?.() !== 0) throw new Error('Postfix and Dovecot drop privileges, so these tests start as root');
  const folder = await mkdtemp(join(tmpdir(), 'starttls-gate-'));
  const stops: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.reverse()) await stop();
    await ended(folder);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await chmod(folder, 0o755);
    const zoo = await createZoo();
    const files = await writeZoo(zoo, join(folder, 'pki'));
    const numbers = await freePorts(PORTS.length + SPECIES.length);
    const ports = named(PORTS, numbers);
    const certificatePorts = named(SPECIES, numbers.slice(PORTS.length));

    const dovecotFolder = join(folder, 'dovecot');
    await mkdir(dovecotFolder);
    const dovecot = await startDovecot({
      folder: dovecotFolder,
      identity: files.address,
      user: MAIL_USER,
      imapPort: ports.imap,
      imapsPort: ports.imaps,
    });
    stops.push(() => dovecot.stop());
    const postfix = await startPostfix({
      folder: join(folder, 'postfix'),
      identity: files.good,
      recipient: MAIL_USER.username,
      authSocket: dovecot.authSocket,
      lmtpSocket: dovecot.lmtpSocket,
      services: [...services(ports), ...badServices(certificatePorts, files)],
    });
    stops.push(() => postfix.stop());
    return {
      ports,
      certificatePorts,
      zoo,
      folder,
      messages: () => dovecot.messages(),
      logs: async () => `${await postfix.log()}\n${await dovecot.log()}`,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function services(ports: MailServers['ports']): SmtpService[] {
  return [
    { port: ports.mx, parameters: [] },
    { port: ports.submission, parameters: SUBMISSION },
    { port: ports.submissions, parameters: [...SUBMISSION, 'smtpd_tls_wrappermode = yes'] },
    { port: ports.noTls, parameters: ['smtpd_tls_security_level = none'] },
    { port: ports.authBeforeTls, parameters: ['smtpd_sasl_auth_enable = yes', 'smtpd_tls_auth_only = no'] },
    { port: ports.oldTls, parameters: [...SUBMISSION, 'smtpd_tls_mandatory_protocols = >=TLSv1, <=TLSv1.1'] },
  ];
}

type Files = Readonly<Record<Species, { readonly key: string; readonly chain: string }>>;

function badServices(ports: Readonly<Record<Species, number>>, files: Files): SmtpService[] {
  return SPECIES.map((species) => ({
    port: ports[species],
    parameters: [...SUBMISSION, `smtpd_tls_chain_files = ${files[species].key}, ${files[species].chain}`],
  }));
}

async function writeZoo(zoo: Zoo, folder: string): Promise<Files> {
  await mkdir(folder);
  const written = await Promise.all(
    SPECIES.map(async (species) => {
      const paths = { key: join(folder, `${species}.key`), chain: join(folder, `${species}.pem`) };
      await writeFile(paths.key, zoo[species].key, { mode: 0o600 });
      await writeFile(paths.chain, zoo[species].chain);
      return [species, paths] as const;
    }),
  );
  return Object.fromEntries(written) as Files;
}

function named<Name extends string>(
  names: readonly Name[],
  numbers: readonly number[],
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, numbers[index]])) as Record<Name, number>;
}

/** Waits until no process is left that works in a folder, and kills what does not end by itself. */
async function ended(folder: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  let left = await processesIn(folder);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(50);
    left = await processesIn(folder);
  }
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  if (left.length > 0) throw new Error(`Had to kill ${left.map(({ command }) => command).join(', ')}`);
}
