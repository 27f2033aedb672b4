import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { raw, startTls } from '../../support/dialogue.js';
import { startEximServers, type EximServers } from '../../support/exim-dovecot.js';
import { gate, testEndpoint } from '../../support/gate.js';
import { startOpenSmtpdServers, type OpenSmtpdServers } from '../../support/opensmtpd-dovecot.js';
import { startMailServers, type MailServers } from '../../support/postfix-dovecot.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { HOST, CERTIFICATE_NAMES, type CertificateName } from '../../support/certificate-fixtures.js';

/** Two well-known tools and the gate with the same servers. `docs/compared.md` explains the results. */

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;
const ADDRESS = '127.0.0.1';

const execute = promisify(execFile);

/** Which tools accept the server's TLS: encrypted, with a certificate that is valid for the name. */
interface Verdicts {
  readonly gate: boolean;
  readonly openssl: boolean;
  readonly posttlsFinger: boolean;
}

const ALL: Verdicts = { gate: true, openssl: true, posttlsFinger: true };
const NONE: Verdicts = { gate: false, openssl: false, posttlsFinger: false };
const ONLY_THE_GATE_REFUSES: Verdicts = { ...ALL, gate: false };

const IN_ORDER: readonly CertificateName[] = [
  'good',
  'wildcard',
  'rsa2048',
  'ed25519',
  'address',
  'misordered',
  'pss',
  'brainpool',
  'constrained',
];

/** Intended differences. */
const BY_DESIGN: Partial<Record<CertificateName, { readonly why: string; readonly verdicts: Verdicts }>> = {
  soon: { why: 'only the gate checks the remaining validity', verdicts: ONLY_THE_GATE_REFUSES },
  commonNameOnly: { why: 'RFC 9525 does not use the common name', verdicts: ONLY_THE_GATE_REFUSES },
  caAsLeaf: { why: 'a server must not use the certificate of a CA', verdicts: ONLY_THE_GATE_REFUSES },
  rsa1024: { why: 'Postfix verifies at security level 1', verdicts: { ...NONE, posttlsFinger: true } },
};

let servers: MailServers;
let exim: EximServers;
let opensmtpd: OpenSmtpdServers;
beforeAll(async () => {
  [servers, exim, opensmtpd] = await Promise.all([startMailServers(), startEximServers(), startOpenSmtpdServers()]);
}, TEST_TIMEOUT_MS);
afterAll(() => Promise.all([servers, exim, opensmtpd].map((started) => started.close())), TEST_TIMEOUT_MS);

type Transport = 'starttls' | 'implicit';

/** The results of the three for a port of Postfix, or of other servers with their own CA. */
async function verdicts(
  port: number,
  transport: Transport = 'starttls',
  { certs, folder }: Pick<MailServers, 'certs' | 'folder'> = servers,
): Promise<Verdicts> {
  const authority = join(folder, 'authority.pem');
  await writeFile(authority, certs.pki.root.cert);
  const [ours, openssl, posttlsFinger] = await Promise.all([
    gateHolds(port, transport, certs.pki.root.cert),
    opensslHolds(port, transport, authority),
    posttlsFingerHolds(port, transport, authority),
  ]);
  return { gate: ours, openssl, posttlsFinger };
}

async function gateHolds(port: number, transport: Transport, root: string): Promise<boolean> {
  const tls = { ca: [root], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(testEndpoint(port, { transport, tls, timeoutMs: 10_000 }));
  return report.result === 'pass' || report.result === 'warn';
}

async function opensslHolds(port: number, transport: Transport, authority: string): Promise<boolean> {
  const { succeeded, output } = await outcomeOf('openssl', [
    's_client',
    ...['-connect', `${ADDRESS}:${port}`, ...(transport === 'starttls' ? ['-starttls', 'smtp'] : [])],
    ...['-servername', HOST, '-verify_hostname', HOST, '-CAfile', authority, '-verify_return_error'],
    // The security level of Debian and of current releases of OpenSSL, in case a build has a different one.
    ...['-cipher', 'DEFAULT:@SECLEVEL=2'],
  ]);
  return succeeded && /^ *Verify return code: 0 \(ok\)$/m.test(output);
}

async function posttlsFingerHolds(port: number, transport: Transport, authority: string): Promise<boolean> {
  const { output } = await outcomeOf('posttls-finger', [
    ...['-c', '-l', 'secure', '-F', authority, '-s', HOST, ...(transport === 'implicit' ? ['-w'] : [])],
    `[${ADDRESS}]:${port}`,
    HOST,
  ]);
  // It exits with 0 regardless of the result.
  return output.includes(': Verified TLS connection established to ');
}

/** Runs a tool without input, with the configuration of this Postfix. */
async function outcomeOf(program: string, args: readonly string[]): Promise<{ succeeded: boolean; output: string }> {
  const env = { ...process.env, MAIL_CONFIG: join(servers.folder, 'postfix', 'etc') };
  const running = execute(program, args, { env, timeout: 20_000 });
  running.child.stdin?.end();
  try {
    const { stdout, stderr } = await running;
    return { succeeded: true, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    // A text instead of a status, or nothing: the tool does not exist, or did not end.
    if (typeof code !== 'number') throw error;
    return { succeeded: false, output: stdout + stderr };
  }
}

const expectations = CERTIFICATE_NAMES.map((certName) => ({
  certName,
  why: IN_ORDER.includes(certName) ? 'all accept it' : 'none accepts it',
  verdicts: IN_ORDER.includes(certName) ? ALL : NONE,
  ...BY_DESIGN[certName],
}));

describe('the certificate', () => {
  test.each(expectations)('$certName: $why', async ({ certName, verdicts: expected }) => {
    expect(await verdicts(servers.certificatePorts[certName])).toEqual(expected);
  });

  test.each([
    ['*.example.test', ALL],
    // RFC 9525 section 6.3; Postfix configures OpenSSL to reject it.
    ['m*.example.test', { ...NONE, openssl: true }],
  ])('is evaluated for the name %s', async (name, expected) => {
    const { key, chain } = await servers.certs.pki.issue({ names: [name] });
    await using server = await startScriptedServer({ tls: { key, cert: chain } });
    expect(await verdicts(server.port)).toEqual(expected);
  });
});

describe('the service', () => {
  test.each([
    ['mx', 'starttls', ALL],
    ['submission', 'starttls', ALL],
    ['submissions', 'implicit', ALL],
    ['submission', 'implicit', NONE],
    ['authBeforeTls', 'starttls', ALL],
    ['noTls', 'starttls', NONE],
    ['oldTls', 'starttls', NONE],
  ] as const)('%s with %s gets the expected results', async (service, transport, expected) => {
    expect(await verdicts(servers.ports[service], transport)).toEqual(expected);
  });

  test('only the gate rejects an unencrypted reply after the 220, which both tools ignore', async () => {
    const { key, chain } = servers.certs.good;
    const tls = { key, cert: chain };
    const STARTTLS = [raw('220 2.0.0 Ready\r\n250 2.0.0 injected\r\n'), startTls];
    await using server = await startScriptedServer({ tls, replies: { STARTTLS } });
    expect(await verdicts(server.port)).toEqual(ONLY_THE_GATE_REFUSES);
  });
});

describe('the results are the same for Exim and OpenSMTPD', () => {
  test.each([
    ['good', ALL],
    ['rsa2048', ALL],
    ['expired', NONE],
    ['wrongHost', NONE],
    ['incomplete', NONE],
    ['selfSigned', NONE],
  ] as const)('the certificate %s', async (certName, expected) => {
    for (const other of [exim, opensmtpd]) {
      expect(await verdicts(other.certificatePorts[certName], 'starttls', other)).toEqual(expected);
    }
  });

  test.each([
    ['submission', 'starttls', ALL],
    ['submissions', 'implicit', ALL],
    ['submission', 'implicit', NONE],
    ['noTls', 'starttls', NONE],
  ] as const)('the service %s with %s', async (service, transport, expected) => {
    for (const other of [exim, opensmtpd]) {
      expect(await verdicts(other.ports[service], transport, other)).toEqual(expected);
    }
  });

  test.each([
    ['authBeforeTls', ALL],
    ['asksForCertificate', ALL],
    ['noKey', NONE],
    ['oldTls', NONE],
  ] as const)('the service %s of Exim', async (service, expected) => {
    expect(await verdicts(exim.ports[service], 'starttls', exim)).toEqual(expected);
  });

  test('a required client certificate, which posttls-finger does not notice with TLS 1.3', async () => {
    for (const other of [exim, opensmtpd]) {
      // The result of s_client depends on timing.
      const { gate: ours, posttlsFinger } = await verdicts(other.ports.requiresCertificate, 'starttls', other);
      expect({ gate: ours, posttlsFinger }).toEqual({ gate: false, posttlsFinger: true });
    }
  });
});
