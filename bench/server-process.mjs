/* The server for the benchmarks, in its own process, so that its work is not measured. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Writes a CA (`ca.pem`), and the key and the chain of a certificate for mail.bench.test. */
export function createCertificate(folder) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '90'];
  openssl('req', '-x509', ...key, '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', '/CN=Bench CA');
  openssl(
    ...['req', '-x509', ...key, '-keyout', 'key.pem', '-out', 'leaf.pem', '-subj', '/CN=mail.bench.test'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-addext', 'subjectAltName=DNS:mail.bench.test'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth'],
  );
  const chain = ['leaf.pem', 'ca.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
  writeFileSync(join(folder, 'chain.pem'), chain.join(''));
}

/**
 * @param delayMs before each reply
 * @param command a command line that runs the one appended to it
 */
export async function startServer(folder, delayMs = 0, command = []) {
  const [program, ...args] = [...command, process.execPath, 'bench/server.mjs', folder, String(delayMs)];
  const server = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = await once(server.stdout.setEncoding('utf8'), 'data');
  return { port: Number(port), kill: () => server.kill() };
}

/** An address of its own in 127.0.0.0/8 for each endpoint. */
export function address(index) {
  return `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}
