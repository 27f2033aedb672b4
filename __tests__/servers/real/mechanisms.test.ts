import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials, Endpoint } from '../../../src/plan/endpoint.js';
import type { MechanismName as Mechanism } from '../../../src/sasl/mechanisms.js';
import { Secret } from '../../../src/secrets/secret.js';
import { codes, gate, letters } from '../../support/gate.js';
import { mailEndpoint } from '../../support/mail-endpoint.js';
import { MAIL_USER } from '../../support/postfix-dovecot.js';
import { ACCESS_TOKEN, SUBMISSION_ADDRESS, startSaslServers, type SaslServers } from '../../support/sasl-servers.js';

/** Every mechanism of the implementations that Debian's mail servers have: Dovecot's and Cyrus SASL. */

/** Starting and stopping real servers takes a second or two, and far more on a busy machine. */
const PATIENCE_MS = 60_000;

let servers: SaslServers;
beforeAll(async () => {
  servers = await startSaslServers();
}, PATIENCE_MS);
afterAll(() => servers.close(), PATIENCE_MS);

type Service = 'dovecotSasl' | 'cyrusSasl' | 'dovecotSubmission';

const WITH_PASSWORD = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] as const;
const WITH_TOKEN = ['OAUTHBEARER', 'XOAUTH2'] as const;

/** What each offers of that which the gate speaks, EXTERNAL aside. Cyrus SASL has no mechanism for tokens. */
const OFFERED: Readonly<Record<Service, readonly Mechanism[]>> = {
  dovecotSasl: [...WITH_PASSWORD, ...WITH_TOKEN],
  cyrusSasl: WITH_PASSWORD,
  dovecotSubmission: [...WITH_PASSWORD, ...WITH_TOKEN],
};
const SERVICES = Object.keys(OFFERED) as Service[];

type WithSecret = Extract<Credentials, { secret: Secret }>;

/** Credentials that are right, but for what is given. */
function credentials(kind: WithSecret['kind'], replaced: Partial<WithSecret> = {}): Credentials {
  const secret = new Secret(kind === 'password' ? MAIL_USER.password : ACCESS_TOKEN);
  return { username: MAIL_USER.username, secret, kind, expect: 'accepted', ...replaced };
}

/** Credentials for a mechanism that are right, but for what is given. */
function credentialsFor(mechanism: Mechanism, replaced: Partial<WithSecret> = {}): Credentials {
  const kind = (WITH_TOKEN as readonly Mechanism[]).includes(mechanism) ? 'access-token' : 'password';
  return credentials(kind, { mechanism, ...replaced });
}

/** An endpoint for all five steps. */
function endpoint(service: Service, auth: Credentials, replaced: Partial<Endpoint> = {}): Endpoint {
  const host = service === 'dovecotSubmission' ? SUBMISSION_ADDRESS : '127.0.0.1';
  return mailEndpoint({ ports: servers.ports, certs: servers }, servers.ports[service], { host, auth, ...replaced });
}

/** The same for four steps. */
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

/** How often a server has said that somebody signed in with a mechanism. */
async function signIns(service: Service, mechanism: Mechanism): Promise<number> {
  const told =
    service === 'dovecotSubmission'
      ? `submission-login: Info: Login: user=<${MAIL_USER.username}>, method=${mechanism},`
      : `sasl_method=${mechanism}, sasl_username=${MAIL_USER.username}`;
  return (await servers.logs()).split(told).length - 1;
}

/** Gates with each of a service's mechanisms at once. @returns the five letters and the codes of each */
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

describe('right credentials', () => {
  test.each(SERVICES.flatMap((service) => OFFERED[service].map((mechanism) => [service, mechanism] as const)))(
    'take the gate through all five steps on %s with %s',
    async (service, mechanism) => {
      const before = await signIns(service, mechanism);
      expect(await see(endpoint(service, credentialsFor(mechanism)))).toEqual(['ppppp', []]);
      // The log is written by another process.
      while ((await signIns(service, mechanism)) === before) await sleep(20);
      expect(await signIns(service, mechanism)).toBe(before + 1);
    },
    PATIENCE_MS,
  );

  test.each(SERVICES)('go by the strongest mechanism that both sides have: %s', async (service) => {
    expect(await chosen(endpoint(service, credentials('password')))).toBe('SCRAM-SHA-256');
  });

  test.each(['dovecotSasl', 'dovecotSubmission'] as const)(
    'that are a token go by OAUTHBEARER: %s',
    async (service) => {
      expect(await chosen(endpoint(service, credentials('access-token')))).toBe('OAUTHBEARER');
    },
  );

  test('are not tried with mechanisms that the gate does not speak', async () => {
    const { report } = await gate(endpoint('cyrusSasl', credentials('password')));
    expect(report.capabilities?.tls?.join('\n')).toMatch(/^AUTH (?=.*SCRAM-SHA-512)(?=.*DIGEST-MD5)(?=.*NTLM)/m);
    expect(letters(report.steps)).toBe('ppppp');
  });
});

describe('wrong credentials', () => {
  test.each(SERVICES)(
    'are refused by %s with each mechanism, for what they are',
    async (service) => {
      const secret = new Secret('wrong');
      const seen = await seeEach(service, (mechanism) => endpoint(service, credentialsFor(mechanism, { secret })));
      expect(seen).toEqual(each(service, ['pppfb', ['auth-rejected']]));
    },
    PATIENCE_MS,
  );

  test.each(SERVICES)(
    'are what is wanted of %s with each mechanism where they must be rejected',
    async (service) => {
      const revoked = { secret: new Secret('revoked'), expect: 'rejected' } as const;
      const seen = await seeEach(service, (mechanism) =>
        withoutMail(endpoint(service, credentialsFor(mechanism, revoked))),
      );
      // Whether a server has anything to check CRAM-MD5 with, no refusal of it tells.
      expect(seen).toEqual({ ...each(service, ['ppppn', []]), 'CRAM-MD5': ['pppfb', ['auth-rejected']] });
    },
    PATIENCE_MS,
  );
});

test.each<[Mechanism, RegExp]>([
  ['XOAUTH2', /status: 401/],
  ['OAUTHBEARER', /status: invalid_token/],
])('a token that is refused with %s: what the server says of it in the mechanism is shown', async (mechanism, told) => {
  const { report } = await gate(endpoint('dovecotSasl', credentialsFor(mechanism, { secret: new Secret('wrong') })));
  const [refused] = report.steps.flatMap(({ findings }) => findings);
  expect(refused).toMatchObject({ code: 'auth-rejected', message: expect.stringMatching(told) as string });
  expect(refused?.evidence?.reply).toMatch(/^535 5\.7\.8 /);
});

test.each(SERVICES)('right credentials that must be rejected are let in by %s with each mechanism', async (service) => {
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
  ])('takes the gate through all five steps by its certificate and %s', async (_, username) => {
    expect(await see(endpoint('dovecotSubmission', { ...external, username }, shown('user')))).toEqual(['ppppp', []]);
  });

  test("does not let in who shows somebody else's certificate, or none", async () => {
    const username = MAIL_USER.username;
    for (const client of ['stranger', undefined] as const) {
      const gated = endpoint('dovecotSubmission', { ...external, username }, shown(client));
      expect(await see(gated)).toEqual(['pppfb', ['auth-rejected']]);
    }
  });

  test('is never chosen unasked', async () => {
    expect(await chosen(endpoint('dovecotSubmission', credentials('password'), shown('user')))).toBe('SCRAM-SHA-256');
  });
});

describe('a mechanism that is insisted on and not offered', () => {
  test.each<[Service, Mechanism]>([
    // Neither Dovecot 2.3 nor Postfix with Cyrus SASL binds to the channel.
    ['dovecotSasl', 'SCRAM-SHA-256-PLUS'],
    ['cyrusSasl', 'SCRAM-SHA-1-PLUS'],
    ['cyrusSasl', 'OAUTHBEARER'],
    ['cyrusSasl', 'XOAUTH2'],
  ])('is not tried: %s, %s', async (service, mechanism) => {
    const gated = endpoint(service, credentialsFor(mechanism));
    expect(await see(gated)).toEqual(['pppfb', ['auth-mechanism-unavailable']]);
    expect(await chosen(gated)).toBeUndefined();
  });
});
