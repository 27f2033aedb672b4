import { codes, gate, testEndpoint } from '../../support/gate.js';
import { startMailServers } from '../../support/postfix-dovecot.js';
import type { MailServers } from '../../support/postfix-dovecot.js';
import { PROBES } from '../../../src/plan/schema.js';

/** The opt-in probes on a real Postfix, which has drained its buffer before TLS since CVE-2011-0411. */

/** Starting and stopping real servers takes a second or two, and far more on a busy machine. */
const PATIENCE_MS = 60_000;

let servers: MailServers;
beforeAll(async () => {
  servers = await startMailServers();
}, PATIENCE_MS);
afterAll(() => servers.close(), PATIENCE_MS);

async function found(port: number): Promise<string[]> {
  const tls = { ca: [servers.zoo.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(testEndpoint(port, { tls, probes: PROBES, timeoutMs: 10_000 }));
  return codes(report.steps);
}

test('a submission port takes nothing in the clear; without AUTH it refuses at RCPT only', async () => {
  expect(await found(servers.ports.submission)).toEqual(['unauthenticated-mail-accepted']);
});

test('a port with AUTH before TLS takes passwords and mail in the clear', async () => {
  expect(await found(servers.ports.authBeforeTls)).toEqual([
    'plaintext-auth-advertised',
    'plaintext-auth-accepted',
    'plaintext-mail-accepted',
    'unauthenticated-mail-accepted',
  ]);
});
