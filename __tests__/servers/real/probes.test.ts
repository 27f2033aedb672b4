import { execFile } from 'node:child_process';
import { codes, gate, testEndpoint } from '../../support/gate.js';
import { startMailServers, type MailServers } from '../../support/postfix-dovecot.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import { PROBES } from '../../../src/plan/schema/enums.js';
import type { Finding } from '../../../src/report/report.js';

/** The opt-in probes on a real Postfix, which clears its buffer before TLS since CVE-2011-0411. */

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

let servers: MailServers;
beforeAll(async () => {
  servers = await startMailServers();
}, TEST_TIMEOUT_MS);
afterAll(() => servers.close(), TEST_TIMEOUT_MS);

async function found(port: number, waive: Endpoint['waive'] = []): Promise<{ codes: string[]; findings: Finding[] }> {
  const tls = { ca: [servers.certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(testEndpoint(port, { tls, probes: PROBES, waive, timeoutMs: 10_000 }));
  return { codes: codes(report.steps), findings: report.steps.flatMap(({ findings }) => findings) };
}

/** Runs a command like a user. @returns everything that it prints */
async function typed(command: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', command], { timeout: 30_000 }, (_status, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}

test('a submission port accepts nothing unencrypted, and without AUTH it rejects only RCPT', async () => {
  expect((await found(servers.ports.submission)).codes).toEqual(['unauthenticated-mail-accepted']);
});

test('with the settings of the fix, a submission port rejects MAIL without AUTH', async () => {
  expect((await found(servers.ports.strictSubmission)).codes).toEqual([]);
});

test('a port with AUTH before TLS accepts passwords and mail unencrypted', async () => {
  const inTheClear = ['plaintext-auth-advertised', 'plaintext-auth-accepted', 'plaintext-mail-accepted'];
  expect((await found(servers.ports.authBeforeTls)).codes).toEqual(inTheClear);
});

test(
  'the commands of the findings reproduce them',
  async () => {
    const waive = [{ finding: 'plaintext-auth-accepted', until: '2099-12-31', reason: 'for the test' }] as const;
    const { findings } = await found(servers.ports.authBeforeTls, waive);
    const shown = await Promise.all(
      findings.map(async ({ code, reproduce = 'false' }) => [code, await typed(reproduce)] as const),
    );
    expect(Object.fromEntries(shown)).toEqual({
      'plaintext-auth-advertised': expect.stringMatching(/^<- +250-AUTH /m) as string,
      'plaintext-auth-accepted': expect.stringMatching(/^334 \r$/m) as string,
      'plaintext-mail-accepted': expect.stringMatching(/ -> MAIL FROM:<>\n<- +250 /) as string,
      'unauthenticated-mail-accepted': expect.stringMatching(/ ~> MAIL FROM:<>\n<~ +250 /) as string,
    });
  },
  TEST_TIMEOUT_MS,
);
