import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { MechanismName as Mechanism } from '../../../src/sasl/mechanisms.js';
import { Secret } from '../../../src/secrets/secret.js';
import { codes, gate, letters } from '../../support/gate.js';
import { mailEndpoint, toOneself, trusting, withPassword } from '../../support/mail-endpoint.js';
import { readMaildir, seedMaildir } from '../../support/maildir.js';
import { startOpenSmtpdServers, type OpenSmtpdServers } from '../../support/opensmtpd-dovecot.js';
import { found, logged, see } from '../../support/outcome.js';
import { MAIL_USER } from '../../support/postfix-dovecot.js';

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

let servers: OpenSmtpdServers;
let ports: OpenSmtpdServers['ports'];
beforeAll(async () => {
  servers = await startOpenSmtpdServers();
  ports = servers.ports;
  await seedMaildir(servers.maildir, [['S', 'Subject: seen\n\nSomebody has read this.\n']]);
}, TEST_TIMEOUT_MS);
afterAll(() => servers.close(), TEST_TIMEOUT_MS);

function endpoint(port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  return mailEndpoint(servers, port, replaced);
}

/** An endpoint for mail without AUTH. */
function anonymous(port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  return trusting(servers, port, { delivery: toOneself(servers), ...replaced });
}

/** An endpoint for the first four steps. */
function undelivered(port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  return trusting(servers, port, { auth: withPassword(), ...replaced });
}

/** OpenSMTPD's log entry for a client that ended the session with QUIT. */
const GONE = / smtp disconnected reason=quit$/m;

describe('all five steps', () => {
  test.each<Mechanism>(['PLAIN', 'LOGIN'])(
    'pass with %s, and the rest of the mailbox is unchanged',
    async (mechanism) => {
      const before = await readMaildir(servers.maildir);
      const log = await logged(servers, GONE, async () => {
        const auth = withPassword(MAIL_USER.password, { mechanism });
        const { report } = await gate(endpoint(ports.submission, { auth }));
        expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', []]);
        expect(report.capabilities?.plain?.filter((line) => line.startsWith('AUTH'))).toEqual([]);
        expect(report.capabilities?.tls).toContain('AUTH PLAIN LOGIN');
      });
      expect(log).toContain(' smtp tls ciphers=TLSv1.3:');
      expect(log).toContain(` smtp authentication user=${MAIL_USER.username} result=ok`);
      expect(await readMaildir(servers.maildir)).toEqual(before);
    },
    TEST_TIMEOUT_MS,
  );

  test('pass over TLS 1.2, and the Received field in OpenSSL naming matches the session', async () => {
    const { report } = await gate(endpoint(ports.tls12));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', []]);
    expect(report.tls?.version).toBe('TLSv1.2');
  });

  test('apply except two over implicit TLS', async () => {
    expect(await see(endpoint(ports.submissions, { transport: 'implicit' }))).toEqual(['aappp', []]);
  });

  test('apply except AUTH on a mail exchanger', async () => {
    expect(await see(anonymous(ports.mx, { role: 'mx' }))).toEqual(['pppnp', []]);
  });

  test.each(['good', 'rsa2048'] as const)('apply except delivery with the certificate %s', async (certName) => {
    expect(await see(undelivered(servers.certificatePorts[certName]))).toEqual(['ppppn', []]);
  });

  test('have no findings from probes', async () => {
    const probes = ['plaintext-auth', 'plaintext-mail', 'command-injection'] as const;
    expect(await see(undelivered(ports.submission, { probes }))).toEqual(['ppppn', []]);
  });
});

describe('OpenSMTPD rejects', () => {
  test.each<Mechanism>(['PLAIN', 'LOGIN'])('a wrong password with %s', async (mechanism) => {
    const gated = endpoint(ports.submission, { auth: withPassword('wrong', { mechanism }) });
    const [steps, { code, evidence }] = await found(gated);
    expect([steps, code, evidence?.reply]).toEqual(['pppfb', 'auth-rejected', '535 Authentication failed']);
  });

  test('mail from an unauthenticated client if it requires authentication', async () => {
    const [steps, { code, evidence }] = await found(anonymous(ports.submission));
    expect([steps, code]).toEqual(['pppnf', 'sender-rejected']);
    expect(evidence?.reply).toBe('530 5.5.1 Invalid command: Must issue an AUTH command first');
  });

  test('relaying for an unauthenticated client', async () => {
    const delivery = toOneself(servers, { to: 'somebody@elsewhere.example' });
    expect(await see(anonymous(ports.mx, { delivery }))).toEqual(['pppnf', ['recipient-rejected']]);
  });

  test('a client without a certificate, and accepts one that has it', async () => {
    expect(await see(endpoint(ports.requiresCertificate))).toEqual(['ppfbb', ['client-certificate-required']]);
    const { chain, key } = await servers.certs.pki.issue({ commonName: 'gate.example.test', usage: ['clientAuth'] });
    const tls = { ...endpoint(0).tls, client: { certificate: chain, key: new Secret(key) } };
    expect(await see(undelivered(ports.requiresCertificate, { tls }))).toEqual(['ppppn', []]);
  });

  test('unencrypted SMTP on an implicit-TLS port', async () => {
    expect(await see(endpoint(ports.submissions, { timeoutMs: 1000 }))).toEqual(['fbbbb', ['implicit-tls-port']]);
  });

  test('a TLS handshake before STARTTLS', async () => {
    const gated = endpoint(ports.submission, { transport: 'implicit' });
    expect(await see(gated)).toEqual(['aafbb', ['plaintext-on-implicit-port']]);
  });
});

describe('the fix names the setting of OpenSMTPD', () => {
  test.each<[string, string, () => Endpoint, string]>([
    ['without STARTTLS', 'starttls-not-advertised', () => endpoint(ports.noTls), '`tls-require`'],
    ['without AUTH', 'auth-not-advertised', () => endpoint(ports.mx), '`auth`'],
    [
      'that requires a certificate',
      'client-certificate-required',
      () => endpoint(ports.requiresCertificate),
      '`tls-require` without `verify`',
    ],
    [
      'that has no TLS 1.3 if that is required',
      'tls-version-too-old',
      () => endpoint(ports.tls12, { tls: { ...endpoint(0).tls, minVersion: 'TLSv1.3' } }),
      '`protocols`',
    ],
    [
      'with an expired certificate',
      'certificate-expired',
      () => endpoint(servers.certificatePorts.expired),
      'restart smtpd',
    ],
    [
      'that sends only the leaf',
      'certificate-chain-incomplete',
      () => endpoint(servers.certificatePorts.incomplete),
      '`pki NAME cert`',
    ],
  ])('for a server %s', async (_, code, gated, setting) => {
    const [, finding] = await found(gated());
    expect(finding.code).toBe(code);
    expect(finding.remedy).toContain(setting);
    expect(finding.remedy).toMatch(/\sOpenSMTPD: /);
    expect(finding.remedy).not.toContain('Postfix: ');
  });
});

test.each([
  ['expired', 'certificate-expired'],
  ['wrongHost', 'certificate-hostname-mismatch'],
  ['incomplete', 'certificate-chain-incomplete'],
  ['selfSigned', 'certificate-self-signed'],
] as const)('with the certificate %s it receives neither AUTH nor MAIL', async (certName, code) => {
  const log = await logged(servers, GONE, async () => {
    expect(await see(endpoint(servers.certificatePorts[certName]))).toEqual(['ppfbb', [code]]);
  });
  expect(log).not.toMatch(/smtp (authentication|message|failed-command)/);
});
