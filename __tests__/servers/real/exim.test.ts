import type { Credentials, Endpoint, TlsPolicy } from '../../../src/plan/endpoint.js';
import type { MechanismName as Mechanism } from '../../../src/sasl/mechanisms.js';
import { Secret } from '../../../src/secrets/secret.js';
import { startEximServers, type EximServers } from '../../support/exim-dovecot.js';
import { codes, gate, letters } from '../../support/gate.js';
import { mailEndpoint, toOneself, trusting, withPassword } from '../../support/mail-endpoint.js';
import { readMaildir, seedMaildir } from '../../support/maildir.js';
import { found, logged, see } from '../../support/outcome.js';
import { MAIL_USER } from '../../support/postfix-dovecot.js';

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

let servers: EximServers;
let ports: EximServers['ports'];
beforeAll(async () => {
  servers = await startEximServers();
  ports = servers.ports;
  await seedMaildir(servers.maildir, [['S', 'Subject: seen\n\nSomebody has read this.\n']]);
}, TEST_TIMEOUT_MS);
afterAll(() => servers.close(), TEST_TIMEOUT_MS);

function endpoint(port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  return mailEndpoint(servers, port, replaced);
}

/** A client certificate with a name, which the servers verify. */
async function clientOf(name: string): Promise<NonNullable<TlsPolicy['client']>> {
  const { chain, key } = await servers.certs.pki.issue({ commonName: name, usage: ['clientAuth'] });
  return { certificate: chain, key: new Secret(key) };
}

describe('all five steps', () => {
  test.each<Mechanism>(['SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN'])(
    'pass with %s, and the rest of the mailbox is unchanged',
    async (mechanism) => {
      const before = await readMaildir(servers.maildir);
      const log = await logged(servers, / Completed$/m, async () => {
        const auth = withPassword(MAIL_USER.password, { mechanism });
        expect(await see(endpoint(ports.submission, { auth }))).toEqual(['ppppp', []]);
      });
      const authenticator = mechanism.replace(/^SCRAM-SHA-/, 'scram').replace(/^CRAM-MD5$/, 'cram');
      expect(log).toContain(` P=esmtpsa X=TLS1.3:`);
      expect(log).toContain(` A=${authenticator.toLowerCase()}:${MAIL_USER.username} `);
      expect(await readMaildir(servers.maildir)).toEqual(before);
    },
    TEST_TIMEOUT_MS,
  );

  test('pass with EXTERNAL and a client certificate', async () => {
    const auth: Credentials = { kind: 'certificate', username: MAIL_USER.username, expect: 'accepted' };
    const tls = { ...endpoint(0).tls, client: await clientOf(MAIL_USER.username) };
    const log = await logged(servers, / Completed$/m, async () => {
      expect(await see(endpoint(ports.asksForCertificate, { auth, tls }))).toEqual(['ppppp', []]);
    });
    expect(log).toContain(` A=external:${MAIL_USER.username} `);
  });

  test('use the strongest mechanism, all of which are offered only over TLS', async () => {
    const log = await logged(servers, / Completed$/m, async () => {
      const { report } = await gate(endpoint(ports.submission));
      expect(letters(report.steps)).toBe('ppppp');
      expect(report.capabilities?.plain?.filter((line) => line.startsWith('AUTH'))).toEqual([]);
      expect(report.capabilities?.tls).toContain('AUTH CRAM-MD5 PLAIN LOGIN SCRAM-SHA-256 SCRAM-SHA-1');
    });
    expect(log).toContain(` A=scram256:${MAIL_USER.username} `);
  });

  test('pass over TLS 1.2, and the Received field in GnuTLS naming matches the session', async () => {
    const { report } = await gate(endpoint(ports.tls12));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', []]);
    expect(report.tls?.version).toBe('TLSv1.2');
  });

  test('apply except two over implicit TLS', async () => {
    expect(await see(endpoint(ports.submissions, { transport: 'implicit' }))).toEqual(['aappp', []]);
  });

  test('apply except AUTH on a mail exchanger', async () => {
    const gated = trusting(servers, ports.submission, { role: 'mx', delivery: toOneself(servers) });
    expect(await see(gated)).toEqual(['pppnp', []]);
  });

  test.each(['good', 'rsa2048'] as const)('pass with the certificate %s', async (certName) => {
    expect(await see(endpoint(servers.certificatePorts[certName]))).toEqual(['ppppp', []]);
  });
});

describe('Exim rejects', () => {
  test.each<Mechanism>(['SCRAM-SHA-256', 'CRAM-MD5', 'PLAIN', 'LOGIN'])(
    'a wrong password with %s',
    async (mechanism) => {
      const gated = endpoint(ports.submission, { auth: withPassword('wrong', { mechanism }) });
      const [steps, { code, evidence }] = await found(gated);
      expect([steps, code, evidence?.reply]).toEqual(['pppfb', 'auth-rejected', '535 Incorrect authentication data']);
    },
  );

  test('a certificate of a different user with EXTERNAL', async () => {
    const auth: Credentials = { kind: 'certificate', username: MAIL_USER.username, expect: 'accepted' };
    const tls = { ...endpoint(0).tls, client: await clientOf('stranger@example.test') };
    expect(await see(endpoint(ports.asksForCertificate, { auth, tls }))).toEqual(['pppfb', ['auth-rejected']]);
  });

  test('relaying for an unauthenticated client', async () => {
    const delivery = toOneself(servers, { to: 'somebody@elsewhere.example' });
    const [steps, { code, evidence }] = await found(trusting(servers, ports.submission, { delivery }));
    expect([steps, code, evidence?.reply]).toEqual(['pppnf', 'recipient-rejected', '550 relay not permitted']);
  });

  test('a client without a certificate, and accepts one that has it', async () => {
    expect(await see(endpoint(ports.requiresCertificate))).toEqual(['ppfbb', ['client-certificate-required']]);
    const tls = { ...endpoint(0).tls, client: await clientOf('gate.example.test') };
    expect(await see(endpoint(ports.requiresCertificate, { tls }))).toEqual(['ppppp', []]);
  });

  test('STARTTLS, although it offers it, if it cannot read its key', async () => {
    const [steps, { code, evidence }] = await found(endpoint(ports.noKey));
    expect([steps, code, evidence?.reply]).toEqual(['pfbbb', 'starttls-refused', '454 TLS currently unavailable']);
  });

  test('not even AUTH before TLS, which causes a warning', async () => {
    expect(await see(endpoint(ports.authBeforeTls))).toEqual(['wpppp', ['plaintext-auth-advertised']]);
  });

  test('unencrypted SMTP on an implicit-TLS port', async () => {
    expect(await see(endpoint(ports.submissions, { timeoutMs: 1000 }))).toEqual(['fbbbb', ['implicit-tls-port']]);
  });

  test('a TLS handshake before STARTTLS', async () => {
    const gated = endpoint(ports.submission, { transport: 'implicit' });
    expect(await see(gated)).toEqual(['aafbb', ['plaintext-on-implicit-port']]);
  });
});

describe('the fix names the setting of Exim', () => {
  test.each<[string, string, () => number, string]>([
    ['without STARTTLS', 'starttls-not-advertised', () => ports.noTls, '`tls_advertise_hosts = *`'],
    ['that cannot read its key', 'starttls-refused', () => ports.noKey, '`tls_privatekey`'],
    ['that supports only TLS 1.1', 'tls-version-too-old', () => ports.oldTls, '`tls_require_ciphers`'],
    [
      'that requires a certificate',
      'client-certificate-required',
      () => ports.requiresCertificate,
      '`tls_verify_hosts`',
    ],
    ['with AUTH before TLS', 'plaintext-auth-advertised', () => ports.authBeforeTls, '`auth_advertise_hosts`'],
    ['with an expired certificate', 'certificate-expired', () => servers.certificatePorts.expired, '`tls_certificate`'],
    [
      'that sends only the leaf',
      'certificate-chain-incomplete',
      () => servers.certificatePorts.incomplete,
      '`fullchain.pem`',
    ],
  ])('for a server %s', async (_, code, port, setting) => {
    const [, finding] = await found(trusting(servers, port()));
    expect(finding.code).toBe(code);
    expect(finding.remedy).toContain(setting);
    expect(finding.remedy).toMatch(/\sExim: /);
    expect(finding.remedy).not.toContain('Postfix: ');
  });
});

test.each([
  ['expired', 'certificate-expired'],
  ['wrongHost', 'certificate-hostname-mismatch'],
  ['incomplete', 'certificate-chain-incomplete'],
  ['selfSigned', 'certificate-self-signed'],
] as const)('with the certificate %s it receives neither AUTH nor MAIL', async (certName, code) => {
  const log = await logged(servers, / closed by QUIT$/m, async () => {
    expect(await see(endpoint(servers.certificatePorts[certName]))).toEqual(['ppfbb', [code]]);
  });
  expect(log).not.toMatch(/ <= |authenticat/);
});
