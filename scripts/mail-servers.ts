import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { MAIL_USER, startMailServers } from '../__tests__/support/postfix-dovecot.js';
import { HOST } from '../__tests__/support/certificate-fixtures.js';

/*
 * Starts Postfix and Dovecot, writes to the file named on the command line what a workflow needs to gate them, as
 * lines for GITHUB_OUTPUT, and stays until it is told to end.
 */
const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: mail-servers FILE');

const servers = await startMailServers();
const { ports, certificatePorts, certs } = servers;
const endpoint = (name: string, port: number, transport = 'starttls'): object => ({
  name,
  host: '127.0.0.1',
  port,
  transport,
  servername: HOST,
});
const outputs = {
  good: stringify([endpoint('submission', ports.submission), endpoint('submissions', ports.submissions, 'implicit')]),
  bad: stringify([
    endpoint('good', ports.submission),
    endpoint('expired', certificatePorts.expired),
    endpoint('wrong name', certificatePorts.wrongHost),
    endpoint('no STARTTLS', ports.noTls),
  ]),
  ca: certs.pki.root.cert,
  username: MAIL_USER.username,
  password: MAIL_USER.password,
  inbox: `imaps://127.0.0.1:${ports.imaps}/INBOX`,
};
const lines = Object.entries(outputs).map(
  ([name, value]) => `${name}<<END_OF_${name}\n${value.trimEnd()}\nEND_OF_${name}\n`,
);
await writeFile(file, lines.join(''));

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void servers.close());
