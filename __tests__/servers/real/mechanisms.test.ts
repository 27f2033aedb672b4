import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials, Endpoint } from '../../../src/plan/endpoint.js';
import type { MechanismName as Mechanism } from '../../../src/sasl/mechanisms.js';
import { Secret } from '../../../src/secrets/secret.js';
import { codes, gate, letters } from '../../support/gate.js';
import { mailEndpoint } from '../../support/mail-endpoint.js';
import { MAIL_USER } from '../../support/postfix-dovecot.js';
import { ACCESS_TOKEN, SUBMISSION_ADDRESS, startSaslServers, type SaslServers } from '../../support/sasl-servers.js';

/** Every mechanism of the SASL implementations in Debian's mail servers: Dovecot and Cyrus SASL. */

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

let servers: SaslServers;
beforeAll(async () => {
  servers = await startSaslServers();
}, TEST_TIMEOUT_MS);
afterAll(() => servers.close(), TEST_TIMEOUT_MS);

type Service = 'dovecotSasl' | 'cyrusSasl' | 'dovecotSubmission';

const WITH_PASSWORD = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] as const;
const WITH_TOKEN = ['OAUTHBEARER', 'XOAUTH2'] as const;

/** The mechanisms of each that the gate supports, except EXTERNAL. Cyrus SASL has none for tokens. */
const OFFERED: Readonly<Record<Service, readonly Mechanism[]>> = {
  dovecotSasl: [...WITH_PASSWORD, ...WITH_TOKEN],
  cyrusSasl: WITH_PASSWORD,
  dovecotSubmission: [...WITH_PASSWORD, ...WITH_TOKEN],
};
const SERVICES = Object.keys(OFFERED) as Service[];

type WithSecret = Extract<Credentials, { secret: Secret }>;

/** Correct credentials, with some of them replaced. */
function credentials(kind: WithSecret['kind'], replaced: Partial<WithSecret> = {}): Credentials {
  const secret = new Secret(kind === 'password' ? MAIL_USER.password : ACCESS_TOKEN);
  return { username: MAIL_USER.username, secret, kind, expect: 'accepted', ...replaced };
}

/** Correct credentials for a mechanism, with some of them replaced. */
function credentialsFor(mechanism: Mechanism, replaced: Partial<WithSecret> = {}): Credentials {
  const kind = (WITH_TOKEN as readonly Mechanism[]).includes(mechanism) ? 'access-token' : 'password';
  return credentials(kind, { mechanism, ...replaced });
}

/** An endpoint for all five steps. */
function endpoint(service: Service, auth: Credentials, replaced: Partial<Endpoint> = {}): Endpoint {
  const host = service === 'dovecotSubmission' ? SUBMISSION_ADDRESS : '127.0.0.1';
  return mailEndpoint({ ports: servers.ports, certs: servers }, servers.ports[service], { host, auth, ...replaced });
}

/** An endpoint for the first four steps. */
function withoutMail(gated: Endpoint): Endpoint {
  const { delivery, ...rest } = gated;
  return delivery ? rest : gated;
}

/** The five letters, and the codes in order. */
async function see(gated: Endpoint): Promise<[string, string[]]> {
  const { report } = await gate(gated);
  return [letters(report.steps), codes(report.steps)];
}

/** The mechanism of the AUTH command that the gate sent. */
async function chosen(gated: Endpoint): Promise<string | undefined> {
  const { report } = await gate(gated);
  return report.transcript.map(({ text }) => /^AUTH (\S+)/.exec(text)?.[1]).find((name) => name !== undefined);
}

/** How often a server has logged an authentication with a mechanism. */
async function signIns(service: Service, mechanism: Mechanism): Promise<number> {
  const told =
    service === 'dovecotSubmission'
      ? `submission-login: Info: Login: user=<${MAIL_USER.username}>, method=${mechanism},`
      : `sasl_method=${mechanism}, sasl_username=${MAIL_USER.username}`;
  return (await servers.logs()).split(told).length - 1;
}

/** Tests all mechanisms of a service at the same time. @returns the five letters and the codes of each */
async function seeEach(
  service: Service,
  made: (mechanism: Mechanism) => Endpoint,
): Promise<Record<string, [string, string[]]>> {
  const seen = OFFERED[service].map(async (mechanism) => [mechanism, await see(made(mechanism))] as const);
  return Object.fromEntries(await Promise.all(seen));
}

function each<T>(service: Service, expected: T): Record<string, T> {
  return Object.fromEntries(OFFERED[service].map((mechanism) => [mechanism, expected]));
}

describe('correct credentials', () => {
  test.each(SERVICES.flatMap((service) => OFFERED[service].map((mechanism) => [service, mechanism] as const)))(
    'pass all five steps on %s with %s',
    async (service, mechanism) => {
      const before = await signIns(service, mechanism);
      expect(await see(endpoint(service, credentialsFor(mechanism)))).toEqual(['ppppp', []]);
      // A different process writes the log.
      while ((await signIns(service, mechanism)) === before) await sleep(20);
      expect(await signIns(service, mechanism)).toBe(before + 1);
    },
    TEST_TIMEOUT_MS,
  );

  test.each(SERVICES)('are sent with the strongest common mechanism: %s', async (service) => {
    expect(await chosen(endpoint(service, credentials('password')))).toBe('SCRAM-SHA-256');
  });

  test.each(['dovecotSasl', 'dovecotSubmission'] as const)(
    'are sent with OAUTHBEARER if they are a token: %s',
    async (service) => {
      expect(await chosen(endpoint(service, credentials('access-token')))).toBe('OAUTHBEARER');
    },
  );

  test('are not sent with mechanisms that the gate does not support', async () => {
    const { report } = await gate(endpoint('cyrusSasl', credentials('password')));
    expect(report.capabilities?.tls?.join('\n')).toMatch(/^AUTH (?=.*SCRAM-SHA-512)(?=.*DIGEST-MD5)(?=.*NTLM)/m);
    expect(letters(report.steps)).toBe('ppppp');
  });
});

describe('wrong credentials', () => {
  test.each(SERVICES)(
    'are rejected by %s with each mechanism',
    async (service) => {
      const secret = new Secret('wrong');
      const seen = await seeEach(service, (mechanism) => endpoint(service, credentialsFor(mechanism, { secret })));
      expect(seen).toEqual(each(service, ['pppfb', ['auth-rejected']]));
    },
    TEST_TIMEOUT_MS,
  );

  test.each(SERVICES)(
    'pass if they must be rejected, on %s with each mechanism',
    async (service) => {
      const revoked = { secret: new Secret('revoked'), expect: 'rejected' } as const;
      const seen = await seeEach(service, (mechanism) =>
        withoutMail(endpoint(service, credentialsFor(mechanism, revoked))),
      );
      // No refusal shows whether a server has the data to verify CRAM-MD5.
      expect(seen).toEqual({ ...each(service, ['ppppn', []]), 'CRAM-MD5': ['pppfb', ['auth-rejected']] });
    },
    TEST_TIMEOUT_MS,
  );
});

test.each<[Mechanism, RegExp]>([
  ['XOAUTH2', /status: 401/],
  ['OAUTHBEARER', /status: invalid_token/],
])('a token that is rejected with %s is reported with the error details of the server', async (mechanism, told) => {
  const { report } = await gate(endpoint('dovecotSasl', credentialsFor(mechanism, { secret: new Secret('wrong') })));
  const [refused] = report.steps.flatMap(({ findings }) => findings);
  expect(refused).toMatchObject({ code: 'auth-rejected', message: expect.stringMatching(told) as string });
  expect(refused?.evidence?.reply).toMatch(/^535 5\.7\.8 /);
});

test.each(SERVICES)('correct credentials that must be rejected fail on %s with each mechanism', async (service) => {
  const seen = await seeEach(service, (mechanism) =>
    withoutMail(endpoint(service, credentialsFor(mechanism, { expect: 'rejected' }))),
  );
  expect(seen).toEqual(each(service, ['pppfb', ['auth-not-rejected']]));
});

describe('EXTERNAL', () => {
  const external = { kind: 'certificate', mechanism: 'EXTERNAL', expect: 'accepted' } as const;
  const shown = (client?: 'user' | 'stranger'): Partial<Endpoint> => {
    const { tls } = endpoint('dovecotSubmission', credentials('password'));
    if (!client) return { tls };
    const { chain, key } = servers.clients[client];
    return { tls: { ...tls, client: { certificate: chain, key: new Secret(key) } } };
  };

  test.each([
    ['no name', ''],
    ['the name in the certificate', MAIL_USER.username],
  ])('passes all five steps with the client certificate and %s', async (_, username) => {
    expect(await see(endpoint('dovecotSubmission', { ...external, username }, shown('user')))).toEqual(['ppppp', []]);
  });

  test('fails with a certificate of a different user, or without one', async () => {
    const username = MAIL_USER.username;
    for (const client of ['stranger', undefined] as const) {
      const gated = endpoint('dovecotSubmission', { ...external, username }, shown(client));
      expect(await see(gated)).toEqual(['pppfb', ['auth-rejected']]);
    }
  });

  test('is used only if it is configured', async () => {
    expect(await chosen(endpoint('dovecotSubmission', credentials('password'), shown('user')))).toBe('SCRAM-SHA-256');
  });
});

describe('a configured mechanism that is not offered', () => {
  test.each<[Service, Mechanism]>([
    // Neither Dovecot 2.3 nor Postfix with Cyrus SASL supports channel binding.
    ['dovecotSasl', 'SCRAM-SHA-256-PLUS'],
    ['cyrusSasl', 'SCRAM-SHA-1-PLUS'],
    ['cyrusSasl', 'OAUTHBEARER'],
    ['cyrusSasl', 'XOAUTH2'],
  ])('is not replaced: %s, %s', async (service, mechanism) => {
    const gated = endpoint(service, credentialsFor(mechanism));
    expect(await see(gated)).toEqual(['pppfb', ['auth-mechanism-unavailable']]);
    expect(await chosen(gated)).toBeUndefined();
  });
});
