import { createHmac } from 'node:crypto';
import { TLSSocket, type TLSSocketOptions } from 'node:tls';
import type { Resolver } from '../../../src/net/connect.js';
import type { RunContext } from '../../../src/steps/context.js';
import type { Transient } from '../../../src/steps/hand-over.js';
import type { Endpoint, TlsPolicy } from '../../../src/plan/endpoint.js';
import type { EndpointReport, Finding } from '../../../src/report/report.js';
import { createPki, type Identity, type Pki } from '../../../src/servers/pki.js';
import { Secret } from '../../../src/secrets/secret.js';
import { close, type Dialogue, type Sasl } from '../../support/dialogue.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import { scramServer, type Manner, type ScramServer } from '../../support/scram-server.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';

/** Step 4 for each mechanism and each refusal, against servers that implement the mechanisms. */

let certs: CertificateFixtures;
let clients: Pki;
let client: Identity;
beforeAll(async () => {
  [certs, clients] = await Promise.all([createCertificateFixtures(), createPki('Clients')]);
  client = await clients.issue({ commonName: 'gate', usage: ['clientAuth'] });
});

interface Outcome {
  readonly steps: string;
  readonly codes: readonly string[];
  readonly report: Omit<EndpointReport, 'attempts'>;
  readonly heard: readonly string[];
  /** The first finding of step 4. */
  readonly found: Finding | undefined;
  readonly transient: Transient;
}

async function runGate(
  server: Dialogue,
  endpoint: Partial<Endpoint> = {},
  policy: Partial<TlsPolicy> = {},
  run: Partial<RunContext> = {},
): Promise<Outcome> {
  const tls: TLSSocketOptions = { key: certs.good.key, cert: certs.good.chain, ...server.tls };
  await using running = await startScriptedServer({ ...server, tls });
  const full = testEndpoint(running.port, { auth: AUTH, timeoutMs: 3000, ...endpoint });
  const { report, transient } = await gate(
    { ...full, tls: { ...full.tls, ca: [certs.pki.root.cert], ...policy } },
    run,
  );
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    report,
    heard: running.heard.filter(({ phase }) => phase === 'tls').map(({ line }) => line),
    found: report.steps[3]?.findings[0],
    transient,
  };
}

const TOKEN: Endpoint['auth'] = { ...AUTH, kind: 'access-token', secret: new Secret('ya29.token of tests') };
const USER = { username: AUTH.username, password: AUTH.secret.reveal() };
const PASS = { steps: 'ppppn', codes: [] };
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A server that offers only these mechanisms. */
const offering = (sasl: Readonly<Record<string, Sasl>>, more: Dialogue = {}): Dialogue => ({
  offersInTls: [`AUTH ${Object.keys(sasl).join(' ')}`],
  sasl,
  ...more,
});
const scramOf = (options: Partial<ScramServer> = {}): Sasl => scramServer({ ...USER, hash: 'sha256', ...options });
const scramOnly = (options: Partial<ScramServer> = {}, more: Dialogue = {}): Dialogue =>
  offering({ 'SCRAM-SHA-256': scramOf(options) }, more);

describe('a rejected username', () => {
  const AUTH_REJECTED = { AUTH: '535 5.7.8 Authentication failed' };
  const foundFor = async (
    username: string,
    greeting: string,
    endpoint: Partial<Endpoint> = {},
  ): Promise<Finding | undefined> => {
    const { found } = await runGate({ greeting, replies: AUTH_REJECTED }, { auth: { ...AUTH, username }, ...endpoint });
    return found;
  };

  test('without a domain may also be right, with a mechanism that is broken', async () => {
    const { found } = await runGate(
      { offersInTls: ['AUTH PLAIN LOGIN'], replies: AUTH_REJECTED },
      { auth: { ...AUTH, username: 'notify' }, delivery: DELIVERY },
    );
    expect(found?.title).toBe('Username without a domain not accepted');
    expect(found?.message).toContain('The gate tried only PLAIN.');
    expect(found?.remedy).toContain('the PLAIN authenticator of the server is broken');
    expect(found?.reproduce).toContain(' --auth PLAIN,LOGIN ');
  });

  test('without a domain leads, with that of the sender', async () => {
    const found = await foundFor('notify', '220 mail.example.test ESMTP Postfix', { delivery: DELIVERY });
    expect(found?.title).toBe('Username without a domain not accepted');
    expect(found?.remedy).toMatch(
      /^Try `notify@example\.test` as the username: the configured one, `notify`, has no domain/,
    );
  });

  test.each([
    ['submit.example.test', 'Username without a domain not accepted', /^Try `user@example\.test` as the username/],
    ['localhost', 'Username or password not accepted', /^Compare the configured username/],
  ])('without a domain and without a sender may be in the domain of the host: %s', async (host, title, fix) => {
    const resolver: Resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const { found } = await runGate({ replies: AUTH_REJECTED }, { auth: AUTH, host }, {}, { resolver });
    expect(found?.title).toBe(title);
    expect(found?.remedy).toMatch(fix);
  });

  test.each([
    ['notify@example.test', '220 mail.example.test ESMTP Postfix'],
    ['EXAMPLE\\notify', '220 mail.example.test ESMTP'],
    ['notify', '220 mx.zohomail.com SMTP Server ready'],
    ['apikey', '220 SG ESMTP service ready at geopod-ismtpd-1'],
    ['AKIAX4H7JQ2NB6TDW5PL', '220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X'],
  ])('of the right form is not the reason: %s, %s', async (username, greeting) => {
    const found = await foundFor(username, greeting, { delivery: DELIVERY });
    expect(found?.title).toBe('Username or password not accepted');
    expect(found?.remedy).not.toMatch(/username must/);
  });

  test.each([
    [
      'notify@example.test',
      '220 SG ESMTP service ready at geopod-ismtpd-1',
      /^SendGrid: .*`apikey`.* is `notify@example\.test`\.$/,
    ],
    ['notify@example.test', '220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X', /^Amazon SES: .*`AKIA`/],
    [
      'notify@example.test',
      '220 smtp.postmarkapp.com ESMTP ready',
      /^Postmark: the username must be the server API token/,
    ],
    ['notify', '220 Mailgun Influx ready', /^Mailgun: .*postmaster@DOMAIN/],
  ])('that the service cannot have leads: %s, %s', async (username, greeting, fix) => {
    const found = await foundFor(username, greeting, { delivery: DELIVERY });
    expect(found).toMatchObject({ title: 'Username in the wrong format', party: 'configuration' });
    expect(found?.remedy).toMatch(fix);
  });
});

test('AUTH before TLS at a mail service, which nobody here can configure, has a fix of its own', async () => {
  const offer = { offers: ['STARTTLS', 'AUTH PLAIN LOGIN'], offersInTls: ['AUTH PLAIN LOGIN'] };
  const foundAt = async (greeting: string): Promise<Finding | undefined> => {
    const { report } = await runGate({ ...offer, greeting, user: USER });
    return report.steps[0]?.findings[0];
  };
  const atService = await foundAt('220 SG ESMTP service ready at geopod-ismtpd-1');
  expect(atService).toMatchObject({
    code: 'plaintext-auth-advertised',
    severity: 'warning',
    party: 'configuration',
  });
  expect(atService?.remedy).toMatch(/^Make sure that every client requires TLS/);
  expect(await foundAt('220 mail.example.test ESMTP')).toMatchObject({ severity: 'warning', party: 'server' });
});

test('a server without a mechanism for passwords is not advised to store them reversibly', async () => {
  const { found } = await runGate({ offersInTls: ['AUTH GSSAPI NTLM'] });
  expect(found).toMatchObject({
    ...{ code: 'auth-mechanism-unavailable', party: 'server' },
    remedy: expect.stringMatching(/^Enable PLAIN or SCRAM on the server for this port/) as string,
  });
  expect(found?.remedy).not.toContain('CRAM-MD5');
  const configured = await runGate({ offersInTls: ['AUTH GSSAPI'] }, { auth: { ...AUTH, mechanism: 'SCRAM-SHA-1' } });
  expect(configured.found?.remedy).toMatch(/^Enable SCRAM-SHA-1 /);
});

describe('SCRAM', () => {
  test.each([
    ['TLSv1.3', 'tls-exporter'],
    ['TLSv1.2', 'tls-server-end-point'],
  ] as const)('uses channel binding if both sides support it: %s, %s', async (maxVersion, bound) => {
    const server = offering(
      {
        PLAIN: scramOf(),
        'SCRAM-SHA-256': scramOf(),
        'SCRAM-SHA-1-PLUS': scramOf({ hash: 'sha1', bound }),
        'SCRAM-SHA-256-PLUS': scramOf({ bound }),
      },
      { tls: { maxVersion } },
    );
    const { heard, ...outcome } = await runGate(server);
    expect(outcome).toMatchObject(PASS);
    expect(heard[1]).toMatch(/^AUTH SCRAM-SHA-256-PLUS /);
    expect(await runGate(server, { auth: { ...AUTH, mechanism: 'SCRAM-SHA-1-PLUS' } })).toMatchObject(PASS);
  });

  test.each(['sha1', 'sha256'] as const)('%s passes if the server offers nothing else', async (hash) => {
    const name = hash === 'sha1' ? 'SCRAM-SHA-1' : 'SCRAM-SHA-256';
    expect(await runGate(offering({ [name]: scramOf({ hash }) }))).toMatchObject(PASS);
    expect(
      await runGate(offering({ [name]: scramOf({ hash, manner: 'sends its signature with the 235' }) })),
    ).toMatchObject(PASS);
  });

  test('a wrong password is rejected, and the evidence has the error of the mechanism', async () => {
    const outcome = await runGate(scramOnly({ password: 'another' }));
    expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['auth-rejected'] });
    expect(outcome.found?.evidence).toEqual({
      reply: '535 5.7.8 Authentication failed',
      mechanism: 'SCRAM-SHA-256',
      saslError: 'invalid-proof',
    });
  });

  test('a rejection without a challenge is not blamed on the password', async () => {
    const server = { offersInTls: ['AUTH PLAIN SCRAM-SHA-256'], replies: { AUTH: '535 5.7.8 Authentication failed' } };
    const { found } = await runGate(server);
    expect(found).toMatchObject({
      ...{ title: 'Password not stored for SCRAM, or unknown user', party: 'server', certainty: 'likely' },
      remedy: expect.stringMatching(/form that SCRAM-SHA-256 requires.*`auth\.mechanism: PLAIN`/s) as string,
    });
    expect(found?.message).not.toContain('does not accept this username and password');
  });

  test('a rejection without a challenge has a command that shows whether only SCRAM fails', async () => {
    const server = { offersInTls: ['AUTH PLAIN SCRAM-SHA-256'], replies: { AUTH: '535 5.7.8 Authentication failed' } };
    const { found } = await runGate(server);
    expect(found?.reproduce).toMatch(/ --tls-verify .*--auth PLAIN --auth-user user .*--quit-after AUTH$/);
    expect(found?.reproduceShows).toBe('<~  235');
  });

  test.each([
    ['no mechanism that sends the password itself is offered', 'AUTH SCRAM-SHA-256', AUTH],
    ['the configuration requires SCRAM', 'AUTH PLAIN SCRAM-SHA-256', { ...AUTH, mechanism: 'SCRAM-SHA-256' } as const],
  ])('a rejection without a challenge has a command without the password if %s', async (_, offer, auth) => {
    const server = { offersInTls: [offer], replies: { AUTH: '535 5.7.8 Authentication failed' } };
    const { found } = await runGate(server, { auth });
    const [, message = ''] = /'AUTH SCRAM-SHA-256 (\S+)'/.exec(found?.reproduce ?? '') ?? [];
    expect(Buffer.from(message, 'base64').toString()).toMatch(/^n,,n=user,r=\w+$/);
    expect(found?.reproduce).toMatch(/ -verify_return_error -quiet -no_ign_eof$/);
    expect(found?.reproduceShows).toBe('535 5.7.8 Authentication failed');
  });

  test('an unsupported channel binding type is distinguished from a wrong password', async () => {
    const server = offering({ 'SCRAM-SHA-256-PLUS': scramOf({ bound: 'tls-server-end-point' }) });
    const { found, codes: all } = await runGate(server);
    expect(all).toEqual(['auth-rejected']);
    expect(found?.evidence?.saslError).toBe('unsupported-channel-binding-type');
    expect(found?.message).toContain('bound to this TLS channel (tls-exporter)');
    expect(found).toMatchObject({ title: 'Channel binding failed', party: 'server', certainty: 'certain' });
    expect(found?.remedy).toContain('`auth.mechanism: SCRAM-SHA-256` to authenticate without channel binding');
    const refused = await runGate(server, { auth: { ...AUTH, expect: 'rejected' } });
    expect(refused.codes).toEqual(['auth-rejected']);
  });

  test('a server detects that its -PLUS offer was removed, because the client says that it supports channel binding', async () => {
    const { codes: all, found } = await runGate(scramOnly({ couldBind: true }));
    expect(all).toEqual(['auth-rejected']);
    expect(found?.evidence?.saslError).toBe('server-does-support-channel-binding');
    expect(found?.title).toBe('Channel binding supported but not offered');
  });

  test('a client that is configured for a mechanism without channel binding says so, and is authenticated', async () => {
    const server = offering({
      'SCRAM-SHA-256': scramOf({ couldBind: true }),
      'SCRAM-SHA-256-PLUS': scramOf({ bound: 'tls-exporter' }),
    });
    expect(await runGate(server, { auth: { ...AUTH, mechanism: 'SCRAM-SHA-256' } })).toMatchObject(PASS);
  });

  test.each<[Manner, string, RegExp]>([
    ['sends no signature', 'SCRAM server signature missing', /the server must send its signature with every success/],
    ['accepts immediately', 'SCRAM server signature missing', /the server must send its signature with every success/],
    ['signs with a different password', 'SCRAM server signature wrong', /ServerKey does not match StoredKey/],
    ['sends a different nonce', 'SCRAM message of a different exchange', /replaying a recorded exchange/],
    ['adds no nonce', 'SCRAM nonce of the server missing', /add random characters of its own/],
  ])('a server that %s is not authenticated, and receives no mail', async (manner, title, remedy) => {
    const { heard, found, ...outcome } = await runGate(scramOnly({ manner }), { delivery: DELIVERY });
    expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['auth-server-not-authenticated'] });
    expect(heard.join('\n')).not.toMatch(/MAIL|RCPT/);
    expect(found).toMatchObject({ title, party: 'server', certainty: 'likely' });
    expect(found?.remedy).toMatch(remedy);
  });

  test.each<Manner>([
    'sends no signature',
    'accepts immediately',
    'signs with a different password',
    'sends a different nonce',
    'adds no nonce',
  ])('nothing suggests sending the password to a server that %s', async (manner) => {
    const server = { ...scramOnly({ manner }), offersInTls: ['AUTH SCRAM-SHA-256 PLAIN LOGIN'] };
    const { found } = await runGate(server);
    expect(found).not.toHaveProperty('reproduce');
    expect(`${found?.message} ${found?.remedy}`).not.toMatch(/PLAIN|LOGIN|auth\.mechanism|\bTry\b/);
    expect(found?.remedy).toMatch(/^Do not authenticate on this server, and send it no mail/);
  });

  test.each<[string, Partial<ScramServer>]>([
    ['an iteration count of 1,000,001', { iterations: '1000001' }],
    ['an unknown mandatory extension', { first: (good) => `m=x,${good}` }],
    ['a challenge that is not base64', { first: () => '\u0001' }],
    ['a challenge after the server signature', { manner: 'sends its signature twice' }],
    ['success after a failure', { manner: 'accepts after an error', password: 'another' }],
  ])('%s is a protocol error', async (_, options) => {
    expect(await runGate(scramOnly(options))).toMatchObject({ steps: 'pppfb', codes: ['protocol-error'] });
  });

  test('a low iteration count causes a notice, and a usual one does not', async () => {
    const outcome = await runGate(scramOnly({ iterations: '4095' }), { delivery: DELIVERY });
    expect(outcome).toMatchObject({ steps: 'ppppp', codes: ['auth-iterations-low', 'receipt-not-verified'] });
    expect(outcome.found?.evidence).toEqual({ iterations: '4095' });
    expect(await runGate(scramOnly({ iterations: '4096' }))).toMatchObject(PASS);
  });

  test('the report contains nothing from which the password could be guessed, even if the server repeats it', async () => {
    const inHex = (proof: string): string => Buffer.from(proof, 'base64').toString('hex').toUpperCase();
    const echoes: Sasl = function* (initial) {
      const nonce = /r=(.*)$/.exec(Buffer.from(initial ?? '', 'base64').toString())?.[1] ?? '';
      const final = yield base64(`r=${nonce}more,s=${base64('salt')},i=4096`);
      const proof = /p=(.*)$/.exec(Buffer.from(final, 'base64').toString())?.[1] ?? '';
      return `535 5.7.8 ${final} is not it, nor is ${proof} or ${base64(proof)} or ${inHex(proof)}`;
    };
    const { report, heard, found } = await runGate(offering({ 'SCRAM-SHA-256': echoes }));
    const proof = /p=(.*)$/.exec(Buffer.from(heard[2] ?? '', 'base64').toString())?.[1] ?? '';
    expect(Buffer.from(proof, 'base64')).toHaveLength(32);
    const shown = JSON.stringify(report);
    for (const form of [heard[2] ?? '', proof, base64(proof), inHex(proof)]) expect(shown).not.toContain(form);
    expect(found?.evidence?.reply).toBe(
      '535 5.7.8 <redacted> is not it, nor is <redacted> or <redacted> or <redacted>',
    );
  });

  test('the report does not contain the server signature, from which the password could be guessed too', async () => {
    const { report } = await runGate(scramOnly());
    const said = report.transcript.filter(({ text }) => text.startsWith('334 ')).map(({ text }) => text);
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^334 [A-Za-z0-9+/]+=*$/);
    expect(said[1]).toBe('334 <redacted>');
  });
});

const cramMd5: Sasl = function* () {
  const challenge = '<17.4@mail.example.test>';
  const answer = Buffer.from(yield base64(challenge), 'base64').toString();
  const digest = createHmac('md5', USER.password).update(challenge).digest('hex');
  return answer === `${USER.username} ${digest}` ? '235 2.7.0 Welcome' : '535 5.7.8 no';
};

describe('CRAM-MD5', () => {
  test('is preferred to PLAIN', async () => {
    const { heard, ...outcome } = await runGate({
      offersInTls: ['AUTH PLAIN LOGIN CRAM-MD5'],
      sasl: { 'CRAM-MD5': cramMd5 },
    });
    expect(outcome).toMatchObject(PASS);
    expect(heard[1]).toBe('AUTH CRAM-MD5');
  });

  test('leaves nothing in the report from which the password could be guessed, even if the server splits it over two lines', async () => {
    const heldBack: string[] = [];
    const folds: Sasl = function* () {
      const digest =
        Buffer.from(yield base64('<1@x>'), 'base64')
          .toString()
          .split(' ')[1] ?? '';
      heldBack.push(digest.slice(0, 16), digest.slice(16));
      return [`535-5.7.8 you said ${digest.slice(0, 16)}`, `535 5.7.8 ${digest.slice(16)} and no more`];
    };
    const { report, found } = await runGate(offering({ 'CRAM-MD5': folds }));
    expect(heldBack.map(({ length }) => length)).toEqual([16, 16]);
    for (const half of heldBack) expect(JSON.stringify(report)).not.toContain(half);
    expect(found?.evidence?.reply).toBe('535 5.7.8 you said <redacted> / 5.7.8 <redacted> and no more');
  });

  test('leaves no base64 form of its digest in the report', async () => {
    const repeats: Sasl = function* () {
      const [, digest = ''] = Buffer.from(yield base64('<1@x>'), 'base64')
        .toString()
        .split(' ');
      return `535 5.7.8 ${Buffer.from(digest, 'hex').toString('base64')} is not it`;
    };
    const { found } = await runGate(offering({ 'CRAM-MD5': repeats }));
    expect(found?.evidence?.reply).toBe('535 5.7.8 <redacted> is not it');
  });

  test('suggests PLAIN if it is rejected', async () => {
    const { codes: all, found } = await runGate(offering({ 'CRAM-MD5': cramMd5 }), {
      auth: { ...AUTH, secret: new Secret('wrong') },
    });
    expect(all).toEqual(['auth-rejected']);
    expect(found?.title).toBe('Wrong password, or not stored for this mechanism');
    expect(found?.remedy).toContain('If the server also offers PLAIN, set `auth.mechanism: PLAIN` for one run.');
  });
});

describe('EXTERNAL', () => {
  /** Accepts the username of the certificate, or none. */
  const external: Sasl = function* (initial, channel) {
    const answer = initial ?? (yield '');
    const known = channel instanceof TLSSocket && channel.getPeerX509Certificate()?.subject === 'CN=gate';
    return known && ['=', base64('gate')].includes(answer) ? '235 2.7.0 Welcome' : '535 5.7.8 no';
  };
  const server = (more: TLSSocketOptions = {}): Dialogue => ({
    offersInTls: ['AUTH PLAIN EXTERNAL'],
    sasl: { EXTERNAL: external },
    tls: { requestCert: true, rejectUnauthorized: false, ca: clients.root.cert, ...more },
  });
  const auth = { username: '', kind: 'certificate', mechanism: 'EXTERNAL', expect: 'accepted' } as const;
  const shown = (): Partial<TlsPolicy> => ({ client: { certificate: client.chain, key: new Secret(client.key) } });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('authenticates with the certificate, %s', async (maxVersion) => {
    const { heard, ...outcome } = await runGate(server({ maxVersion }), { auth }, shown());
    expect(outcome).toMatchObject(PASS);
    expect(heard[1]).toBe('AUTH EXTERNAL =');
    expect(await runGate(server(), { auth: { ...auth, username: 'gate' } }, shown())).toMatchObject(PASS);
  });

  test('says what the server must do if it is rejected', async () => {
    const { codes: all, found } = await runGate(server(), { auth });
    expect(all).toEqual(['auth-rejected']);
    expect(found?.message).toContain('the certificate is not valid for this user');
    expect(found?.title).toBe('Client certificate not accepted for this user');
    expect(found?.remedy).toMatch(/^Configure the server to trust the issuer of the certificate/);
    expect(found).not.toHaveProperty('reproduce');
  });

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('with a certificate that must be rejected, %s,', (maxVersion) => {
    const rejected = { ...auth, expect: 'rejected' } as const;
    const NAMED = '535 5.7.8 Invalid credentials';

    test('passes if the server requested the certificate and its reply names the credentials', async () => {
      const dialogue = { ...server({ maxVersion }), replies: { AUTH: NAMED } };
      expect(await runGate(dialogue, { auth: rejected }, shown())).toMatchObject(PASS);
    });

    test.each([NAMED, '535 5.7.8 Error: authentication failed', '535'])(
      'does not pass if the server did not request the certificate: %s',
      async (reply) => {
        const dialogue = { ...server({ maxVersion, requestCert: false }), replies: { AUTH: reply } };
        const { found, ...outcome } = await runGate(dialogue, { auth: rejected }, shown());
        expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['auth-rejected'] });
        expect(found?.message).toMatch(/ The server did not ask for a client certificate in the handshake\.$/);
        expect(found?.title).toBe('Client certificate not requested');
      },
    );

    test.each(['535 5.7.8 Error: authentication failed', '535'])(
      'does not pass if the server only says that authentication failed: %s',
      async (reply) => {
        const dialogue = { ...server({ maxVersion }), replies: { AUTH: reply } };
        const { found, ...outcome } = await runGate(dialogue, { auth: rejected }, shown());
        expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['auth-rejected'] });
        expect(found?.message).not.toContain('did not ask');
      },
    );
  });

  test('is used only if it is configured, and is not replaced with another mechanism', async () => {
    const { heard } = await runGate(server(), {}, shown());
    expect(heard[1]).toMatch(/^AUTH PLAIN /);
    expect((await runGate({}, { auth }, shown())).codes).toEqual(['auth-mechanism-unavailable']);
  });
});

describe('a token', () => {
  const failing = (afterwards: string): Sasl =>
    function* () {
      yield base64('{"status":"400","schemes":"bearer","scope":"https://mail.example.test/"}');
      return afterwards;
    };

  test.each(['XOAUTH2', 'OAUTHBEARER'] as const)(
    'rejected with %s is reported with the error details of the server',
    async (name) => {
      const { heard, found, ...outcome } = await runGate(offering({ [name]: failing('535 5.7.8 no') }), {
        auth: TOKEN,
      });
      expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['auth-rejected'] });
      expect(found?.evidence?.saslError).toBe('status: 400, schemes: bearer, scope: https://mail.example.test/');
      expect(found?.message).toContain('status: 400');
      expect(heard[2]).toBe(name === 'XOAUTH2' ? '' : base64('\x01'));
      expect(found?.message).toContain('the access token is not valid for this user on this server');
      expect(`${found?.message} ${found?.remedy}`).not.toMatch(/password/i);
      expect(found?.title).toBe('Access token not accepted');
      expect(found?.remedy).toMatch(/^Get a new token in each run, .* this one has probably expired/);
      expect(found?.remedy).toContain('If a new token is rejected too, check what it was issued for.');
      expect(found?.reproduce).toContain(`--login-options 'AUTH=${name}'`);
      expect(found?.reproduce).not.toContain(TOKEN.secret.reveal());
    },
  );

  test('accepted after an error is a protocol error', async () => {
    const { codes: all } = await runGate(offering({ XOAUTH2: failing('235 Welcome') }), { auth: TOKEN });
    expect(all).toEqual(['protocol-error']);
  });

  test('is inconclusive if the server cannot check it now', async () => {
    const { codes: all, steps } = await runGate(offering({ XOAUTH2: failing('454 4.7.0 later') }), { auth: TOKEN });
    expect([steps, all]).toEqual(['pppib', ['auth-temporary-failure']]);
  });
});

describe('a token that is a JWT', () => {
  const EXCHANGE_ONLINE = '220 VI1PR08CA0123.outlook.office365.com Microsoft ESMTP MAIL Service ready';
  const GMAIL = '220 smtp.gmail.com ESMTP 5b1f17b1804b1-42 - gsmtp';
  const NOW = new Date('2026-11-29T12:00:00Z');
  const LATER = NOW.getTime() / 1000 + 3600;
  const GRAPH = { aud: 'https://graph.microsoft.com', exp: LATER, roles: ['Mail.Send'] };
  const jwt = (claims: unknown): Secret => {
    const parts = [{ typ: 'JWT', alg: 'RS256' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    return new Secret([...parts, 'c2lnbmF0dXJl'].join('.'));
  };
  const rejected = async (claims: unknown, greeting = EXCHANGE_ONLINE): Promise<Outcome> => {
    const refuse: Sasl = function* (initial) {
      if (initial === undefined) yield '';
      return '535 5.7.3 Authentication unsuccessful';
    };
    const auth = { ...AUTH, username: 'app@example.test', kind: 'access-token', secret: jwt(claims) } as const;
    return runGate(offering({ XOAUTH2: refuse }, { greeting }), { auth }, {}, { now: () => NOW });
  };

  test('for a different service is named, with the service that it is for', async () => {
    const { found } = await rejected(GRAPH);
    expect(found).toMatchObject({
      ...{ title: 'Access token for a different service', party: 'configuration', certainty: 'certain' },
      evidence: {
        tokenAudience: 'https://graph.microsoft.com',
        tokenExpires: '2026-11-29T13:00:00.000Z',
        tokenPermissions: 'Mail.Send',
      },
      reproduceShows: 'https://graph.microsoft.com',
    });
    expect(found?.message).toBe(
      'The server replied to AUTH XOAUTH2 with "535 5.7.3 Authentication unsuccessful". The access token is for https://graph.microsoft.com. SMTP requires one for https://outlook.office365.com.',
    );
    expect(found?.remedy).toMatch(
      /^Request the token for this mail service instead of https:\/\/graph\.microsoft\.com: /,
    );
    expect(found?.remedy).toContain('`https://outlook.office365.com/.default`');
    expect(found?.remedy).not.toContain('most tokens are valid for an hour');
  });

  const EXCHANGE = { aud: 'https://outlook.office365.com/', exp: LATER };
  test.each<[string, unknown, string, RegExp]>([
    ['expired', { ...GRAPH, exp: LATER - 3 * 3600 }, 'Access token expired', /The access token expired 2 hours ago\.$/],
    [
      'may only read',
      { ...EXCHANGE, scp: 'IMAP.AccessAsUser.All' },
      'Access token lacks the permission for SMTP',
      /permits IMAP\.AccessAsUser\.All\./,
    ],
    ['may do nothing', EXCHANGE, 'Access token lacks the permission for SMTP', /has no permission\./],
    [
      'may send for a user',
      { ...EXCHANGE, scp: 'SMTP.Send' },
      'Access token not accepted for this mailbox',
      /is for https:\/\/outlook\.office365\.com\/ and has not expired\.$/,
    ],
    [
      'may send as an application',
      { ...EXCHANGE, aud: '00000002-0000-0ff1-ce00-000000000000', roles: ['SMTP.SendAsApp'] },
      'Access token not accepted for this mailbox',
      /has not expired\.$/,
    ],
    [
      'may send, among much else',
      { ...EXCHANGE, scp: [...Array.from({ length: 10 }, (_, n) => `Other.${n}`), 'SMTP.Send'].join(' ') },
      'Access token not accepted for this mailbox',
      /has not expired\.$/,
    ],
    [
      'may do much else',
      { ...EXCHANGE, scp: Array.from({ length: 12 }, (_, n) => `Other.${n}`).join(' ') },
      'Access token lacks the permission for SMTP',
      /permits Other\.0, .*, Other\.9, and 2 more\./,
    ],
    ['says nothing', {}, 'Access token not accepted', /\(this is how Exchange reports it\)\.$/],
  ])('that %s is distinguished at Exchange Online', async (_, claims, title, said) => {
    const { found } = await rejected(claims);
    expect(found?.title).toBe(title);
    expect(found?.message).toMatch(said);
  });

  test('is probably an ID token at Google, whose access tokens are not JWTs', async () => {
    const { found } = await rejected({ aud: '1234.apps.googleusercontent.com', exp: LATER }, GMAIL);
    expect(found?.title).toBe('ID token instead of an access token');
    expect(found?.remedy).toMatch(/^Configure the `access_token` .*, not the `id_token`\./);
  });

  test('is not blamed on its age at another server if it has not expired', async () => {
    const { found } = await rejected({ aud: 'mail', exp: LATER }, '220 mail.example.test ESMTP');
    expect(found?.title).toBe('Access token not accepted');
    expect(found?.message).toMatch(/ The access token is for mail and has not expired\.$/);
    expect(found?.remedy).not.toContain('expired');
  });

  test.each<[string, unknown]>([
    ['a text of several lines', { ...GRAPH, aud: 'https://a\n::error::x' }],
    ['a long text', { ...GRAPH, aud: 'a'.repeat(101) }],
    ['a number', { ...GRAPH, aud: 7 }],
  ])('shows no claim that is not a short name: %s', async (_, claims) => {
    const { found } = await rejected(claims);
    expect(found?.evidence).not.toHaveProperty('tokenAudience');
  });

  test('is not in the report, and neither are its other claims', async () => {
    const claims = { ...GRAPH, upn: 'someone@private.example', appid: '11111111-2222' };
    const { report } = await rejected(claims);
    const text = JSON.stringify(report);
    expect(text).not.toMatch(/private\.example|11111111-2222/);
    expect(text).not.toContain(jwt(claims).reveal());
  });
});

describe('a refusal', () => {
  test.each([
    [
      '535 5.7.8 Error: authentication failed',
      'auth-rejected',
      'The server does not accept this username and password',
    ],
    ['535 no', 'auth-rejected', 'The server does not accept this username and password'],
    ['535 5.7.3 Authentication unsuccessful', 'auth-rejected', 'this is how Exchange reports it'],
    ['535 5.7.139 Authentication unsuccessful', 'auth-rejected', 'disabled for the mailbox or the tenant'],
    [
      '535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.',
      'auth-rejected',
      'The server does not accept this username and password',
    ],
    [
      "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
      'auth-rejected',
      'Security defaults of the organization',
    ],
    ['535 5.7.8 unblocked.example.com: no', 'auth-rejected', 'The server does not accept this username and password'],
    ['550 5.7.1 client locked', 'auth-rejected', 'The account or this client is blocked.'],
    ['534 5.7.9 Please log in with your web browser', 'auth-rejected', 'a sign-in with a web browser'],
    ['534 5.7.9 Too weak', 'auth-rejected', 'requires stronger authentication'],
    ['523 5.7.10 Encryption needed', 'auth-tls-required', 'as unencrypted'],
    ['534 5.7.14 Please log in via your web browser', 'auth-rejected', 'a sign-in with a web browser'],
    ['550 5.7.1 not from your network', 'auth-rejected', 'an IP allowlist'],
    ['535 5.7.0 Too many failures', 'auth-rejected', 'no login for now, after too many failed ones'],
    ['535 5.7.0 Too many logins', 'auth-rejected', 'accepts no more login attempts'],
    ['535 5.7.13 gone', 'auth-rejected', 'The account is disabled.'],
    ['554 5.7.0 account locked', 'auth-rejected', 'The account is locked or disabled.'],
    [
      '535 5.7.8 Error: authentication failed: (reason unavailable)',
      'auth-rejected',
      'does not accept this username and password',
    ],
    ['535 5.7.8 Error: authentication failed: generic failure', 'auth-rejected', 'could not check the credentials'],
    ['535 5.7.8 Error: authentication failed: no mechanism available', 'auth-rejected', 'rejects the mechanism'],
    ['432 4.7.12 transition', 'auth-rejected', 'authenticate with PLAIN once'],
    ['454 4.7.0 later', 'auth-temporary-failure', 'cannot check credentials now'],
    ['530 5.7.0 STARTTLS first', 'auth-tls-required', 'as unencrypted'],
    ['538 5.7.11 encrypt', 'auth-tls-required', 'as unencrypted'],
    ['504 5.5.4 which?', 'auth-mechanism-unavailable', 'does not support the mechanism'],
    ['500 5.5.6 too long', 'auth-command-refused', 'too long for the server'],
    ['500 what?', 'auth-command-refused', 'does not support AUTH'],
    ['501 5.5.2 cannot decode', 'auth-command-refused', 'could not decode the SASL response'],
    ['502 5.5.1 not implemented', 'auth-command-refused', 'although it offers it'],
    ['503 5.5.1 Error: already authenticated', 'auth-command-refused', 'already authenticated, for example by a proxy'],
    ['503 5.5.1 Error: authentication not enabled', 'auth-command-refused', 'says that AUTH is not enabled'],
  ])('%s is %s: %s', async (reply, code, meaning) => {
    const { codes: all, found } = await runGate({ replies: { AUTH: reply } });
    expect(all).toEqual([code]);
    expect(found?.message).toContain(`"${reply}"`);
    expect(found?.message).toContain(meaning);
  });

  test('with an unknown code is reported without an interpretation', async () => {
    const { found } = await runGate({ replies: { AUTH: '571 no' } });
    expect(found?.message).toBe('The server replied to AUTH PLAIN with "571 no".');
  });

  test('of a password that begins or ends with a space says so', async () => {
    const hinted = async (password: string): Promise<boolean | undefined> => {
      const server = { replies: { AUTH: '535 no' } };
      const { found } = await runGate(server, { auth: { ...AUTH, secret: new Secret(password) } });
      return found?.message.includes('begins or ends with a space');
    };
    expect(await hinted('secret words ')).toBe(true);
    expect(await hinted('secret words')).toBe(false);
  });

  test('by closing the connection names the command, and is retried', async () => {
    const outcome = await runGate({ replies: { AUTH: close } });
    expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['connection-lost'], transient: true });
    expect(outcome.found?.message).toMatch(/^The server closed the connection before the reply to AUTH PLAIN /);
    expect(outcome.found?.title).toBe('Connection lost after AUTH');
  });
});

/** SCRAM that rejects the proof without giving a reason. */
const afterProof: Sasl = function* (initial) {
  const nonce = /r=(.*)$/.exec(Buffer.from(initial ?? '', 'base64').toString())?.[1] ?? '';
  yield base64(`r=${nonce}more,s=${base64('salt')},i=4096`);
  return '535 5.7.8 no';
};

describe('a server that accepts AUTH too early', () => {
  const early: Sasl = function* () {
    yield* [];
    return '235 2.7.0 Welcome';
  };
  const afterName: Sasl = function* () {
    yield base64('Username:');
    return '235 2.7.0 Welcome';
  };
  const long = { ...AUTH, secret: new Secret('x'.repeat(600)) };

  test.each<[string, Readonly<Record<string, Sasl>>, Endpoint['auth']]>([
    ['LOGIN, immediately', { LOGIN: early }, AUTH],
    ['LOGIN, after the username', { LOGIN: afterName }, AUTH],
    ['CRAM-MD5, immediately', { 'CRAM-MD5': early }, AUTH],
    ['PLAIN, before a long password', { PLAIN: early }, long],
    ['PLAIN, although it must be rejected', { PLAIN: early }, { ...long, expect: 'rejected' }],
    ['XOAUTH2, before a long token', { XOAUTH2: early }, { ...long, kind: 'access-token' }],
  ])('has authenticated a client without its credentials, and receives no mail: %s', async (_, sasl, auth) => {
    const { heard, found, ...outcome } = await runGate(offering(sasl), { ...(auth && { auth }), delivery: DELIVERY });
    expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['protocol-error'] });
    expect(found?.message).toContain('accepts a client that has not sent its credentials');
    expect(heard.join('\n')).not.toMatch(/MAIL|RCPT/);
  });
});

describe('credentials that must be rejected', () => {
  const auth = { ...AUTH, expect: 'rejected' } as const;

  test.each([
    '535 5.7.8 no',
    '535 no',
    '535 5.7.0 authentication failed',
    '535 5.7.8 Error: authentication failed: authentication failure',
    '535 5.7.8 Error: authentication failed: (reason unavailable)',
    '535 5.7.8 Username and Password not accepted by this server. Try again.',
    '535 5.7.3 Authentication unsuccessful',
    '535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.',
    '535 Authentication failed: Bad username / password',
    '550 5.7.0 Invalid credentials',
    '525 5.7.13 User account disabled',
    '554 5.7.0 account locked',
    '535 5.7.0 Too many authentication failures, account temporarily locked',
    '535 5.7.0 Your account has been temporarily locked, try again later',
    '535 5.7.8 too many failures',
    '535 5.7.8 Authentication failed for <user>',
    '535 5.7.0 Error: too many failed attempts, try again later',
  ])('are rejected by "%s"', async (reply) => {
    expect(await runGate({ replies: { AUTH: reply } }, { auth })).toMatchObject(PASS);
  });

  test('are rejected even if the server closes the connection afterwards', async () => {
    expect(await runGate({ replies: { AUTH: ['535 no', '421 bye', close] } }, { auth })).toMatchObject(PASS);
  });

  test('are rejected by SCRAM and XOAUTH2', async () => {
    expect(await runGate(scramOnly({ password: 'another' }), { auth })).toMatchObject(PASS);
    const refusing: Sasl = function* () {
      yield base64('{"status":"401"}');
      return '535 5.7.8 no';
    };
    expect(await runGate(offering({ XOAUTH2: refusing }), { auth: { ...TOKEN, expect: 'rejected' } })).toMatchObject(
      PASS,
    );
  });

  const rejectsAfter = (...prompts: readonly string[]): Sasl =>
    function* () {
      for (const prompt of prompts) yield base64(prompt);
      return '535 5.7.8 no';
    };
  const long = { ...auth, secret: new Secret('x'.repeat(600)) };
  const longToken = { ...long, kind: 'access-token' } as const;

  test.each<[string, Readonly<Record<string, Sasl>>, Endpoint['auth']]>([
    ['LOGIN, immediately', { LOGIN: rejectsAfter() }, auth],
    ['LOGIN, after the username', { LOGIN: rejectsAfter('Username:') }, auth],
    ['PLAIN, before a long password', { PLAIN: rejectsAfter() }, long],
    ['XOAUTH2, before a long token', { XOAUTH2: rejectsAfter() }, longToken],
    ['OAUTHBEARER, before a long token', { OAUTHBEARER: rejectsAfter() }, longToken],
  ])('are not proven to be rejected if they were not sent: %s', async (_, sasl, credentials) => {
    const { found, ...outcome } = await runGate(offering(sasl), { ...(credentials && { auth: credentials }) });
    expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['auth-rejected'] });
    expect(found?.message).toMatch(/ The server replied before the (password|access token) was sent\.$/);
  });

  test.each<[string, Readonly<Record<string, Sasl>>, Endpoint['auth']]>([
    ['LOGIN', { LOGIN: rejectsAfter('Username:', 'Password:') }, auth],
    ['PLAIN, with a long password', { PLAIN: rejectsAfter('') }, long],
  ])('are rejected if they were sent first: %s', async (_, sasl, credentials) => {
    expect(await runGate(offering(sasl), { ...(credentials && { auth: credentials }) })).toMatchObject(PASS);
  });

  const withStatus = (status: unknown, refusal = '535 5.7.8 no'): Sasl =>
    function* () {
      yield base64(JSON.stringify({ status, scope: 'status: 401' }));
      return refusal;
    };
  const refuses = (refusal: string): Sasl =>
    function* () {
      yield* [];
      return refusal;
    };

  test.each<[string, Sasl]>([
    ['by status 400', withStatus('400')],
    ['by status 401 as a number', withStatus(401)],
    ['by status 403', withStatus('403')],
    ['as invalid', withStatus('invalid_token')],
    ['as too narrow', withStatus('insufficient_scope', '535 no')],
    ['by the reply, without a status', refuses('535 5.7.8 Invalid token')],
    ['by the reply of Exchange, without a status', refuses('535 5.7.3 Authentication unsuccessful')],
    ['as disabled, without a status', refuses('525 5.7.13 User account disabled')],
  ])('are rejected if they are tokens: %s', async (_, sasl) => {
    expect(await runGate(offering({ XOAUTH2: sasl }), { auth: { ...TOKEN, expect: 'rejected' } })).toMatchObject(PASS);
  });

  test.each<[string, Sasl]>([
    ['no status', refuses('535 5.7.8 Error: authentication failed: (reason unavailable)')],
    ['no status, and 535 without text', refuses('535 no')],
    ['a service that is unavailable', withStatus('temporarily_unavailable')],
    ['a service that fails', withStatus('503')],
    ['an invalid request', withStatus('invalid_request')],
    ['an error without a status', withStatus(undefined)],
    ['a server error, and a reply about the token', withStatus('server_error', '535 5.7.8 Invalid token')],
  ])('are not proven to be rejected if they are tokens, and the server reports %s', async (_, sasl) => {
    const { found, ...outcome } = await runGate(offering({ OAUTHBEARER: sasl }), {
      auth: { ...TOKEN, expect: 'rejected' },
    });
    expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['auth-rejected'] });
    expect(found?.message).toContain('This does not show that the server rejects the credentials.');
    const hasStatus = found?.evidence?.saslError !== undefined;
    expect(found?.message.includes('A server that cannot validate tokens sends the same reply')).toBe(!hasStatus);
    expect(found?.message.includes('the access token is not valid')).toBe(!hasStatus);
  });

  test('cause a failure if they are accepted', async () => {
    const outcome = await runGate({}, { auth });
    expect(outcome).toMatchObject({ steps: 'pppfb', codes: ['auth-not-rejected'] });
    expect(outcome.found?.remedy).toMatch(/an invented user and password: .* accepts any password/);
    expect(outcome.found?.evidence).toEqual({ reply: '235 2.7.0 Welcome', mechanism: 'PLAIN' });
    expect((await runGate(scramOnly(), { auth })).codes).toEqual(['auth-not-rejected']);
  });

  test.each([
    ['534 5.7.9 an app password', 'f', 'auth-rejected'],
    [
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant',
      'f',
      'auth-rejected',
    ],
    ['535 5.7.139 switched off', 'f', 'auth-rejected'],
    ["535 5.7.139 user is locked by your organization's security defaults policy", 'f', 'auth-rejected'],
    ['535 5.7.9 too weak', 'f', 'auth-rejected'],
    ['535 5.7.12 transition', 'f', 'auth-rejected'],
    ['535 5.7.1 not from here', 'f', 'auth-rejected'],
    ['535 5.7.5 what', 'f', 'auth-rejected'],
    ['535 5.7.8 Application-specific password required', 'f', 'auth-rejected'],
    ['535 5.7.8 too many connections', 'f', 'auth-rejected'],
    ['535 5.7.0 Too many login attempts, please try again later', 'f', 'auth-rejected'],
    ['535 5.7.0 Rate limit exceeded', 'f', 'auth-rejected'],
    ['454 4.7.0 Too many failed login attempts', 'i', 'auth-temporary-failure'],
    ['535 client blocked', 'f', 'auth-rejected'],
    ['535 5.7.8 Error: authentication failed: generic failure', 'f', 'auth-rejected'],
    ['535 5.7.8 Error: authentication failed: Connection lost to authentication server', 'f', 'auth-rejected'],
    ['535 5.7.8 Error: authentication failed: remote authentication server unavailable', 'f', 'auth-rejected'],
    ['535 5.7.8 Error: authentication failed: no mechanism available', 'f', 'auth-rejected'],
    ['535 5.7.8 Error: authentication failed: Invalid authentication mechanism', 'f', 'auth-rejected'],
    ['535 5.7.0 Internal error, authentication backend unavailable, try again later', 'f', 'auth-rejected'],
    ['535 5.7.0 Temporary server error. Please try again later. PRX4', 'f', 'auth-rejected'],
    ['535 5.7.8 Credentials not accepted: temporary lookup failure', 'f', 'auth-rejected'],
    ['535 5.7.8 LOGIN mechanism not supported', 'f', 'auth-rejected'],
    ['550 5.7.1 client not allowed from this IP', 'f', 'auth-rejected'],
    ['550 5.7.11 Encryption required', 'f', 'auth-rejected'],
    ['535 5.7.8 Error: authentication failed: mechanism too weak for this user', 'f', 'auth-rejected'],
    ['535 5.7.8 Error: authentication failed: no memory available', 'f', 'auth-rejected'],
    ['535 5.7.8 LDAP error', 'f', 'auth-rejected'],
    ['535 Server is busy', 'f', 'auth-rejected'],
    ['535 5.7.8 Two-factor authentication is required', 'f', 'auth-rejected'],
    ['535 5.7.0 Access denied from your IP address', 'f', 'auth-rejected'],
    ['525 5.7.13 gone', 'f', 'auth-rejected'],
    ['554 5.7.1 relay', 'f', 'auth-rejected'],
    ['554 no', 'f', 'auth-rejected'],
    ['571 no', 'f', 'auth-rejected'],
    ['432 4.7.12 transition', 'f', 'auth-rejected'],
    ['454 4.7.0 later', 'i', 'auth-temporary-failure'],
    ['421 later', 'i', 'throttled'],
    ['503 5.5.1 not enabled', 'f', 'auth-command-refused'],
    ['501 5.5.2 what', 'f', 'auth-command-refused'],
    ['504 5.5.4 which', 'f', 'auth-mechanism-unavailable'],
    ['530 5.7.0 STARTTLS first', 'f', 'auth-tls-required'],
    ['250 fine', 'f', 'protocol-error'],
  ])('are not proven to be rejected by "%s"', async (reply, letter, code) => {
    const outcome = await runGate({ replies: { AUTH: reply } }, { auth });
    expect(outcome).toMatchObject({ steps: `ppp${letter}b`, codes: [code] });
  });

  test('are not reported as wrong if the refusal may have a different reason', async () => {
    const refusal = '535 5.7.8 Error: authentication failed: no memory available';
    const { found } = await runGate({ replies: { AUTH: refusal } }, { auth });
    expect(found?.message).toBe(
      `The server replied to AUTH PLAIN with "${refusal}". This does not show that the server rejects the credentials.`,
    );
  });

  test('are not proven to be rejected if nothing shows that the server can verify them', async () => {
    const atOnce: Sasl = function* (initial) {
      if (initial === undefined) yield '';
      return '535 5.7.8 no';
    };
    const open = async (sasl: Readonly<Record<string, Sasl>>): Promise<void> => {
      const { codes: all, found } = await runGate(offering(sasl), { auth: { ...auth, secret: new Secret('revoked') } });
      expect(all).toEqual(['auth-rejected']);
      expect(found?.message).toContain('This does not show that the server rejects the credentials.');
      expect(found?.remedy).toMatch(
        /^If the server also offers (?:PLAIN|this mechanism without -PLUS), set `auth\.mechanism: [A-Z0-9-]+` for one run/,
      );
    };
    await open({ 'CRAM-MD5': cramMd5 });
    await open({ 'SCRAM-SHA-256': atOnce });
    await open({ 'SCRAM-SHA-256-PLUS': afterProof });
    expect(await runGate(offering({ 'SCRAM-SHA-256': afterProof }), { auth })).toMatchObject(PASS);
    const { codes: all } = await runGate(scramOnly({ couldBind: true }), { auth });
    expect(all).toEqual(['auth-rejected']);
  });

  test('are not proven to be rejected if they cannot be sent', async () => {
    expect((await runGate({ offersInTls: ['8BITMIME'] }, { auth })).codes).toEqual(['auth-not-advertised']);
    expect((await runGate({ offersInTls: ['AUTH GSSAPI'] }, { auth })).codes).toEqual(['auth-mechanism-unavailable']);
    expect((await runGate(scramOnly({ manner: 'sends a different nonce' }), { auth })).codes).toEqual([
      'auth-server-not-authenticated',
    ]);
    expect((await runGate({ replies: { AUTH: close } }, { auth })).codes).toEqual(['connection-lost']);
  });
});

describe('offers', () => {
  const none = { auth: undefined } as unknown as Partial<Endpoint>;
  const mx = { ...none, role: 'mx' } as const;
  const offers = (clear: readonly string[], ...offersInTls: string[]): Dialogue => ({
    offers: ['STARTTLS', ...clear],
    offersInTls,
  });

  test.each<[string, Dialogue, Partial<Endpoint>, readonly string[]]>([
    ['only PLAIN, on an MX', offers([], 'AUTH PLAIN'), mx, ['auth-plain-on-mx']],
    ['LOGIN in the form AUTH=, on an MX', offers([], 'AUTH=LOGIN'), mx, ['auth-plain-on-mx']],
    ['a stronger mechanism too, on an MX', offers([], 'AUTH PLAIN SCRAM-SHA-256'), mx, []],
    ['no AUTH, on an MX', offers([], '8BITMIME'), mx, []],
    ['AUTH without a mechanism, on an MX', offers([], 'AUTH'), mx, []],
    ['only PLAIN, on a submission server', offers([], 'AUTH PLAIN'), none, []],
    [
      'fewer mechanisms over TLS',
      offers(['AUTH PLAIN CRAM-MD5'], 'AUTH PLAIN'),
      none,
      ['plaintext-auth-advertised', 'auth-mechanisms-differ'],
    ],
    [
      'no mechanisms over TLS',
      offers(['AUTH PLAIN'], '8BITMIME'),
      none,
      ['plaintext-auth-advertised', 'auth-mechanisms-differ'],
    ],
    ['more mechanisms over TLS', offers(['AUTH CRAM-MD5'], 'AUTH PLAIN CRAM-MD5'), none, ['plaintext-auth-advertised']],
    [
      'the same mechanism in a different form',
      offers(['AUTH=plain'], 'AUTH PLAIN'),
      none,
      ['plaintext-auth-advertised'],
    ],
    ['mechanisms only over TLS', offers([], 'AUTH PLAIN'), none, []],
  ])('%s', async (_, server, endpoint, expected) => {
    const { codes: all, steps } = await runGate(server, endpoint);
    expect(all).toEqual(expected);
    expect(steps.slice(1)).toBe('ppnn');
  });

  test('that differ are reported', async () => {
    const { found } = await runGate(offers(['AUTH PLAIN CRAM-MD5'], 'AUTH PLAIN'), none);
    expect(found?.evidence).toEqual({ beforeTls: 'PLAIN CRAM-MD5', insideTls: 'PLAIN' });
    expect(found?.message).toBe('The server offers AUTH CRAM-MD5 before TLS, but not over TLS.');
  });
});

describe('the remedy names the software or provider', () => {
  test.each([
    ['220 VI1PR08CA0123.outlook.office365.com Microsoft ESMTP MAIL Service ready', '535 5.7.139 no', 'Microsoft 365'],
    ['220 smtp.gmail.com ESMTP x - gsmtp', '534-5.7.9 Application-specific password required', 'Google'],
    [
      '220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X',
      '535 Authentication Credentials Invalid',
      'Amazon SES',
    ],
    ['220 SG ESMTP service ready at geopod-ismtpd-1', '535 Authentication failed: Bad username / password', 'SendGrid'],
    ['220 Mailgun Influx ready', '535 5.7.0 no', 'Mailgun'],
    ['220 smtp.postmarkapp.com ESMTP ready', '535 5.7.8 no', 'Postmark'],
    ['220 smtp.mail.yahoo.com ESMTP ready', '535 5.7.0 (#AUTH005) Too many bad auth attempts.', 'Yahoo'],
    ['220 smtp.aol.com ESMTP ready', '535 5.7.0 no', 'Yahoo'],
    ['220 smtp.fastmail.com ESMTP ready', '535 5.7.0 no', 'Fastmail'],
    ['220 mx.zohomail.com SMTP Server ready', '535 Authentication Failed', 'Zoho'],
    ['220 iCloud iscream SMTP - p00-smtp', '535 5.7.8 no', 'iCloud'],
    ['220 mail.example.test ESMTP Postfix', '535 5.7.8 no', 'Postfix'],
    // Only the reply identifies the provider.
    ['220 ready', '535 5.7.8 see https://support.google.com/mail/?p=BadCredentials', 'Google'],
  ])('%s', async (greeting, refusal, name) => {
    const reply = refusal.replace('534-', '534 ');
    const { found } = await runGate({ greeting, replies: { AUTH: reply } });
    expect(found?.code).toBe('auth-rejected');
    expect(found?.remedy).toContain(`${name}: `);
  });

  test.each([
    [
      '454 4.7.0 Too many login attempts, please try again later. - gsmtp',
      /^Authenticate less often: .*\nGoogle: the number of logins/s,
    ],
    ['451 4.7.0 Authentication failed: Maximum credits exceeded', /^Check the plan and the limits of the account/],
    ['451 Maximum credits exceeded, see https://sendgrid.com', /^Check the plan .* SendGrid: "Maximum credits/],
    ['454 4.7.0 Temporary authentication failure', /^Look for errors of the authentication backend/],
    ['535 5.7.0 Too many connections', /^Authenticate less often: /],
    ['530 5.7.0 Authentication required', /^Check whether AUTH is enabled .*: the server treats AUTH as a command/],
    ['530 Authentication required', /^Check whether AUTH is enabled/],
    [
      '530 5.7.0 Must issue a STARTTLS command first',
      /^Configure the SMTP proxy in front of the server to pass STARTTLS through/,
    ],
  ])('and explains the refusal: %s', async (reply, remedy) => {
    expect((await runGate({ replies: { AUTH: reply } })).found?.remedy).toMatch(remedy);
  });

  test('unless neither greeting nor reply identifies it', async () => {
    const { found } = await runGate({ replies: { AUTH: '535 no' } });
    expect(found?.remedy).not.toMatch(/ [A-Z]\w+: /);
    expect(found?.remedy).toMatch(/^Compare the configured username and password with those of the account\./);
  });
});

/** Replies of mail services, word for word, with the cause that they name and a part of the fix. */
test('a public service is recognized by its host, and only its users can act', async () => {
  const resolver: Resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
  const server = {
    greeting: '220 mail.example.test ESMTP Postfix',
    offers: ['STARTTLS', 'AUTH PLAIN'],
    replies: { AUTH: '535 5.7.8 Error: authentication failed' },
  };
  const { report } = await runGate(server, { host: 'smtp.yandex.ru' }, {}, { resolver });
  const found = report.steps.flatMap(({ findings }) => findings);
  expect(found.map(({ code, party }) => [code, party])).toEqual([
    ['plaintext-auth-advertised', 'configuration'],
    ['auth-rejected', 'configuration'],
  ]);
  expect(found[0]?.remedy).toMatch(/^Make sure that every client requires TLS/);
  expect(found[1]?.remedy).toMatch(/^Yandex: .*app password/);
  expect(JSON.stringify(found.map(({ remedy }) => remedy))).not.toMatch(/Postfix|Dovecot|log/);
});

describe('the fix for a reply of a mail service is right', () => {
  const EXCHANGE_ONLINE = '220 VI1PR08CA0123.outlook.office365.com Microsoft ESMTP MAIL Service ready';
  const HOST = '[VI1PR08CA0123.EURPRD08.PROD.OUTLOOK.COM 2026-11-28T10:11:12.345Z 08DE28A0B2AA2B50]';
  const GMAIL = '220 smtp.gmail.com ESMTP 5b1f17b1804b1-42 - gsmtp';
  const SESSION = '5b1f17b1804b1-43sm1234567wmb.7 - gsmtp';
  const BREVO = '220 smtp-relay.brevo.com ESMTP Service Ready';

  test.each<[string, string, RegExp, string, ...string[]]>([
    [
      'SMTP AUTH disabled for the account',
      EXCHANGE_ONLINE,
      /^Ask the administrator of the mail service to enable SMTP AUTH.*`Set-CASMailbox MAILBOX -SmtpClientAuthenticationDisabled \$false`/,
      `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. ${HOST}`,
    ],
    [
      'SMTP AUTH disabled for the account',
      EXCHANGE_ONLINE,
      /`Set-TransportConfig -SmtpClientAuthenticationDisabled \$false`.*from the end of December 2026/,
      `535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information. ${HOST}`,
    ],
    [
      'Passwords not accepted for SMTP AUTH',
      EXCHANGE_ONLINE,
      /^Ask the administrator .* with an `access-token` .*SMTP\.Send`.*from the end of December 2026, and Outlook\.com already accepts none/,
      `535 5.7.139 Authentication unsuccessful, basic authentication is disabled. ${HOST}`,
    ],
    [
      'Passwords blocked by security defaults of the organization',
      EXCHANGE_ONLINE,
      /^Ask the administrator of the organization .*no account can be exempted/,
      `535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy. Contact your administrator. ${HOST}`,
    ],
    [
      'Passwords not accepted for SMTP AUTH',
      EXCHANGE_ONLINE,
      /^Ask the administrator of the organization .*excludes it from the conditional access policy/,
      `535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator. ${HOST}`,
    ],
    [
      'Passwords no longer supported for SMTP AUTH',
      EXCHANGE_ONLINE,
      /^Authenticate with an `access-token` /,
      '550 5.7.30 Basic authentication is not supported for Client Submission.',
    ],
    [
      'Username or password not accepted',
      EXCHANGE_ONLINE,
      /sign-in name \(UPN\) of a licensed mailbox.*multifactor authentication/,
      `535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. ${HOST}`,
    ],
    [
      'Authentication backend unavailable',
      EXCHANGE_ONLINE,
      /AD FS.*HTTPS with TLS 1\.2/,
      `535 5.7.139 Authentication unsuccessful, federated STS service was unreachable. ${HOST}`,
    ],
    [
      'Authentication backend unavailable',
      EXCHANGE_ONLINE,
      /AD FS/,
      `535 5.7.139 Authentication unsuccessful, the federated STS URL does not support HTTPS. ${HOST}`,
    ],
    [
      'Username or password not accepted',
      GMAIL,
      /^Google: create a new app password .*: the configured one is wrong or was revoked/,
      '535-5.7.8 Username and Password not accepted. For more information, go to',
      `535 5.7.8  https://support.google.com/mail/?p=BadCredentials ${SESSION}`,
    ],
    [
      'App password required',
      GMAIL,
      /Google: an app password requires 2-step verification/,
      '534-5.7.9 Application-specific password required. For more information, go to',
      `534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor ${SESSION}`,
    ],
    [
      'Browser sign-in required',
      GMAIL,
      /^Sign in to the account with a web browser.*Google: an app password/,
      '534-5.7.14 <https://accounts.google.com/signin/continue?sarp=1&scc=1&plt=AKgnsbs> Please log in via',
      '534-5.7.14 your web browser and then try again. For more information, go to',
      `534 5.7.14  https://support.google.com/mail/?p=WebLoginRequired ${SESSION}`,
    ],
    [
      'AUTH rejected as if it required authentication',
      GMAIL,
      /^Check whether AUTH is enabled/,
      '530-5.7.0 Authentication Required. For more information, go to',
      `530 5.7.0  https://support.google.com/mail/?p=WantAuthError ${SESSION}`,
    ],
    [
      'Client not allowed to authenticate',
      BREVO,
      /Brevo: under Security, "Authorized IPs", add the IP address of the gate/,
      '525 5.7.1 Unauthorized IP address',
    ],
    [
      'Username or password not accepted',
      BREVO,
      /Brevo: .*an SMTP key, not an API key/,
      '535 5.7.8 Authentication failed',
    ],
  ])('%s', async (title, greeting, fix, ...reply) => {
    const auth = { ...AUTH, username: 'app@example.test' };
    const { found } = await runGate({ greeting, replies: { AUTH: reply } }, { auth });
    expect(found?.title).toBe(title);
    expect(found?.remedy).toMatch(fix);
  });

  test('if Exchange Online rejects the token of an application without SMTP.SendAsApp', async () => {
    const refuse: Sasl = function* () {
      yield* [];
      return `535 5.7.3 Authentication unsuccessful ${HOST}`;
    };
    const server = offering({ XOAUTH2: refuse }, { greeting: EXCHANGE_ONLINE });
    const { found } = await runGate(server, { auth: TOKEN });
    expect(found?.title).toBe('Access token not accepted');
    expect(found?.remedy).toMatch(/permission `SMTP\.SendAsApp`.*`New-ServicePrincipal`.*`Add-MailboxPermission`/);
  });
});

/** A reply to AUTH, and the cause that it names: its title, who has to act, and a word of the fix. */
describe('the cause of a refusal', () => {
  test.each([
    ['535 5.7.8 Error: authentication failed', 'Username or password not accepted', 'configuration', 'old password'],
    ['535 5.7.8 Password expired', 'Password expired', 'configuration', 'new password'],
    ['534 5.7.9 Application-specific password required', 'App password required', 'configuration', 'app password'],
    ['535 5.7.8 Two-factor authentication is required', 'App password required', 'configuration', 'app password'],
    ['534 5.7.9 Too weak', 'Stronger authentication required', 'configuration', 'If that is PLAIN already'],
    ['534 5.7.14 Log in first', 'Browser sign-in required', 'configuration', 'web browser'],
    ['535 5.7.1 no', 'Client not allowed to authenticate', 'server', 'allowlist'],
    ['535 client blocked', 'Account or client blocked', 'server', 'remove the block'],
    ['535 5.7.13 gone', 'Account locked or disabled', 'server', 'unlock or enable'],
    ['535 5.7.0 Too many failures', 'Locked after too many failures', 'configuration', 'lockout'],
    ['535 5.7.0 Too many logins', 'Too many attempts', 'configuration', 'less often'],
    ['451 Maximum credits exceeded', 'Account quota exceeded', 'configuration', 'the plan'],
    [
      '535 5.7.139 SmtpClientAuthentication is disabled for the Tenant',
      'SMTP AUTH disabled for the account',
      'server',
      'enable SMTP AUTH',
    ],
    [
      '535 5.7.139 the request did not meet the criteria to be authenticated successfully',
      'Passwords not accepted for SMTP AUTH',
      'configuration',
      'access-token',
    ],
    [
      '550 5.7.30 Basic authentication is not supported for Client Submission',
      'Passwords no longer supported for SMTP AUTH',
      'configuration',
      'access-token',
    ],
    ['432 4.7.12 transition', 'Password must be converted', 'configuration', 'set the password of the account again'],
    ['550 5.7.11 Encryption required', 'Server treats the TLS session as unencrypted', 'server', 'pass STARTTLS'],
    ['535 5.7.8 generic failure', 'Authentication backend unavailable', 'server', 'saslauthd'],
    ['454 4.7.0 later', 'Authentication backend unavailable', 'server', 'backend'],
    ['435 Unable to authenticate at present', 'Authentication backend unavailable', 'server', 'file that is missing'],
    ['451 4.3.0 no', 'Mail system error in reply to AUTH', 'server', 'log for the time of the run'],
    ['450 4.7.1 not from here', 'Client not allowed to authenticate', 'server', 'allowlist'],
    [
      '535 5.7.8 no mechanism available',
      'Mechanism offered but not supported',
      'server',
      'plugin of Cyrus SASL for PLAIN',
    ],
    ['504 5.5.4 which?', 'Mechanism offered but not supported', 'server', 'what PLAIN requires'],
    ['571 no', 'Credentials rejected', 'configuration', 'the reason in its log'],
    ['500 what?', 'AUTH offered but not implemented', 'server', 'Enable AUTH in the server that'],
    ['500 5.5.6 too long', 'SASL response too long for the server', 'server', '12,288'],
    ['501 5.5.2 what?', 'SASL response not understood', 'server', 'shortens or changes the line'],
    ['502 5.5.1 no', 'AUTH offered but not implemented', 'server', 'Enable AUTH in the server that'],
    ['503 5.5.1 authentication not enabled', 'AUTH offered but not enabled', 'server', 'Enable AUTH'],
    ['503 5.5.1 already authenticated', 'Session already authenticated', 'configuration', 'Remove `auth`'],
    ['503 5.5.1 bad sequence', 'AUTH offered but not enabled', 'server', 'Enable AUTH'],
    ['530 5.7.0 STARTTLS first', 'Server treats the TLS session as unencrypted', 'server', 'pass STARTTLS'],
    ['530 5.7.0 Authentication required', 'AUTH rejected as if it required authentication', 'server', 'in front of it'],
  ])('is named by "%s": %s', async (reply, title, party, fix) => {
    const { found } = await runGate({ replies: { AUTH: reply } });
    expect(found).toMatchObject({ title, party });
    expect(found?.remedy).toContain(fix);
  });

  test('is the space around the password, if the server only says that the credentials are wrong', async () => {
    const auth = { ...AUTH, secret: new Secret('secret words ') };
    const titleFor = async (reply: string): Promise<string | undefined> =>
      (await runGate({ replies: { AUTH: reply } }, { auth })).found?.title;
    expect(await titleFor('535 no')).toBe('Password or token begins or ends with a space');
    expect(await titleFor('535 5.7.13 gone')).toBe('Account locked or disabled');
  });

  test('is not the password, if the server rejects the username', async () => {
    const early: Sasl = function* () {
      yield base64('Username:');
      return '535 5.7.8 no';
    };
    expect((await runGate(offering({ LOGIN: early }))).found?.title).toBe('Rejected before the credentials were sent');
  });

  test('is not the channel, if a SCRAM server says that the proof is wrong', async () => {
    const server = offering({ 'SCRAM-SHA-256-PLUS': scramOf({ bound: 'tls-exporter', password: 'another' }) });
    const { found } = await runGate(server);
    expect(found?.title).toBe('Username or password not accepted');
    expect(found?.message).not.toContain('bound to this TLS channel');
    const silent = await runGate(offering({ 'SCRAM-SHA-256-PLUS': afterProof }));
    expect(silent.found?.title).toBe('Wrong password, or channel binding failed');
  });

  const tokenRejected = (status: string): Sasl =>
    function* () {
      yield base64(JSON.stringify({ status }));
      return '535 5.7.8 no';
    };
  const atOnce = (reply: string): Sasl =>
    function* () {
      yield* [];
      return reply;
    };
  test.each<[string, Sasl]>([
    ['Access token lacks a scope', tokenRejected('insufficient_scope')],
    ['Access token lacks a scope', tokenRejected('403')],
    ['Access token not accepted', tokenRejected('invalid_token')],
    ['Access token expired', atOnce('535 5.7.8 Token expired')],
    ['Access token not accepted, or not checked', atOnce('535 5.7.8 no')],
    ['Client not allowed to authenticate', atOnce('535 5.7.139 blocked by conditional access')],
  ])('of a token is distinguished: %s', async (title, sasl) => {
    expect((await runGate(offering({ XOAUTH2: sasl }), { auth: TOKEN })).found?.title).toBe(title);
  });

  test('that is a limit has a command, and its fix warns that each attempt counts', async () => {
    for (const reply of ['535 5.7.0 Too many failures', '454 4.7.0 Too many login attempts']) {
      const { found } = await runGate({ replies: { AUTH: reply } });
      expect(found?.reproduce).toMatch(/^swaks /);
      expect(found?.remedy).toContain('Wait before you run the gate or a command again: each attempt counts.');
    }
  });

  test('that may be a space has a command that shows that the password works without it', async () => {
    const auth = { ...AUTH, secret: new Secret(' secret words') };
    const { found } = await runGate({ offersInTls: ['AUTH PLAIN'], replies: { AUTH: '535 no' } }, { auth });
    expect(found).toMatchObject({ reproduce: expect.stringMatching(/^swaks /) as string, reproduceShows: '<~  235' });
  });

  const INCORRECT = '535 Incorrect authentication data';
  const afterPassword: Sasl = function* (initial) {
    if (initial === undefined) for (const prompt of ['Username:', 'Password:']) yield base64(prompt);
    return INCORRECT;
  };

  test.each([
    ['PLAIN', 'LOGIN'],
    ['LOGIN', 'PLAIN'],
  ] as const)(
    'may be the mechanism, if the server offers another one: only %s was tried',
    async (mechanism, untried) => {
      const server = offering({ PLAIN: afterPassword, LOGIN: afterPassword });
      const { found } = await runGate(server, { auth: { ...AUTH, username: 'user@example.test', mechanism } });
      expect(found?.title).toBe('Username or password not accepted');
      expect(found?.message).toMatch(`The gate tried only ${mechanism}. The server also offers ${untried}.`);
      expect(found?.remedy).toContain(`\`--auth ${untried}\` of swaks. If that works, the ${mechanism} authenticator`);
      expect(found?.reproduce).toContain(' --auth PLAIN,LOGIN ');
    },
  );

  test.each<[string, Dialogue]>([
    ['the server offers only PLAIN', { offersInTls: ['AUTH PLAIN'] }],
    ['it is a mail service', { offersInTls: ['AUTH PLAIN LOGIN'], greeting: '220 smtp.mailtrap.io ESMTP ready' }],
  ])('is not the mechanism, if %s', async (_, server) => {
    const auth = { ...AUTH, username: 'user@example.test' };
    const { found } = await runGate({ replies: { AUTH: INCORRECT }, ...server }, { auth });
    expect(found?.message).not.toContain('tried only');
    expect(found?.remedy).not.toContain('for one run');
    expect(found?.reproduce).toContain(' --auth PLAIN ');
  });
});

describe('the cause of missing AUTH', () => {
  const banner = 'mail.example.test ESMTP Postfix';

  test.each<[string, string[], readonly string[], string]>([
    [
      'two equal lines',
      [`220-${banner}`, `220 ${banner}`],
      ['8BITMIME'],
      'postscreen answers on a port for submission',
    ],
    ['a line before it', ['220-Wait', `220 ${banner}`], ['8BITMIME'], 'postscreen answers on a port for submission'],
    ['one line', [`220 ${banner}`], ['8BITMIME'], 'AUTH not offered'],
    ['two lines, with PIPELINING', [`220-${banner}`, `220 ${banner}`], ['PIPELINING'], 'AUTH not offered'],
    ['lines of its own', ['220-mail.example.test ESMTP', '220 Welcome'], ['8BITMIME'], 'AUTH not offered'],
  ])('is probably postscreen if that is how the greeting looks: %s', async (_, greeting, offersInTls, title) => {
    expect((await runGate({ greeting, offersInTls }, { auth: AUTH })).found?.title).toBe(title);
  });

  test.each<[string, readonly string[], Partial<Endpoint>, string]>([
    ['nothing, on a submission port', ['8BITMIME'], {}, 'AUTH not offered'],
    ['nothing, on an MX', ['8BITMIME'], { role: 'mx' }, 'AUTH not offered by an MX host'],
    ['only mechanisms for tokens', ['AUTH XOAUTH2'], {}, 'Server requires an access token'],
    ['only mechanisms for passwords', ['AUTH PLAIN'], { auth: TOKEN }, 'Server requires a password'],
    ['only EXTERNAL', ['AUTH EXTERNAL'], {}, 'Server requires a client certificate'],
    [
      'not the configured mechanism',
      ['AUTH PLAIN'],
      { auth: { ...AUTH, mechanism: 'CRAM-MD5' } },
      'Configured mechanism not offered',
    ],
    ['only Kerberos', ['AUTH GSSAPI'], {}, 'No common AUTH mechanism'],
    ['AUTH without a mechanism', ['AUTH'], {}, 'No common AUTH mechanism'],
  ])('is distinguished: %s', async (_, offersInTls, endpoint, title) => {
    expect((await runGate({ offersInTls }, endpoint)).found?.title).toBe(title);
  });

  test.each<[string, string, Partial<Endpoint>, string]>([
    ['an access token', 'AUTH PLAIN LOGIN', { auth: TOKEN }, 'AUTH PLAIN LOGIN'],
    [
      'a mechanism that swaks does not have',
      'AUTH GSSAPI',
      { auth: { ...AUTH, mechanism: 'SCRAM-SHA-1' } },
      'AUTH GSSAPI',
    ],
    ['an access token, and no AUTH', '8BITMIME', { auth: TOKEN }, 'AUTH is not offered over TLS'],
  ])('has a command that needs no secret with %s', async (_, offer, endpoint, shows) => {
    const { found } = await runGate({ offersInTls: [offer] }, endpoint);
    expect(found?.reproduce).toMatch(/^(r=\$\()?swaks .* --tls .* --quit-after EHLO\b/);
    expect(found?.reproduceShows).toBe(shows);
  });
});

describe('a server that treats the TLS session as unencrypted', () => {
  const implicit: Dialogue = { implicit: true, greeting: '220 mail.example.test ESMTP Postfix' };
  const onImplicit = { transport: 'implicit' } as const;
  const IN_THE_SERVER = /^Enable implicit TLS for this port in the mail server, and have the proxy .* open relay/s;
  const PASS_THROUGH = /^Configure the SMTP proxy in front of the server to pass STARTTLS through/;
  const without = { auth: undefined } as unknown as Partial<Endpoint>;

  test.each<[string, Dialogue, Partial<Endpoint>, RegExp]>([
    ['hides AUTH, with implicit TLS', { ...implicit, offersInTls: ['STARTTLS'] }, onImplicit, IN_THE_SERVER],
    ['hides AUTH, after STARTTLS', { offersInTls: ['STARTTLS'] }, {}, PASS_THROUGH],
    ['rejects AUTH, with implicit TLS', { ...implicit, replies: { AUTH: '538 no' } }, onImplicit, IN_THE_SERVER],
    ['rejects AUTH, after STARTTLS', { replies: { AUTH: '538 no' } }, {}, PASS_THROUGH],
    [
      'only offers STARTTLS, with implicit TLS',
      { ...implicit, offersInTls: ['STARTTLS'] },
      { ...onImplicit, ...without },
      IN_THE_SERVER,
    ],
    [
      'only offers STARTTLS, after STARTTLS',
      { offersInTls: ['STARTTLS'] },
      without,
      /^Update the server, .* pass STARTTLS through/s,
    ],
    ['rejects EHLO, after STARTTLS', { replies: { 'tls:EHLO': '530 Must issue STARTTLS first' } }, {}, PASS_THROUGH],
  ])('that %s has the fix for its transport', async (_, server, endpoint, fix) => {
    const { report } = await runGate(server, endpoint);
    const [found] = report.steps[3]?.findings.slice(-1) ?? [];
    expect(found).toMatchObject({ party: 'server', certainty: 'likely' });
    expect(found?.remedy).toMatch(fix);
    expect(found?.remedy.includes('`smtpd_tls_wrappermode=yes`')).toBe(fix === IN_THE_SERVER);
  });

  test('has one fix, to which the finding about STARTTLS refers', async () => {
    const { report } = await runGate({ ...implicit, offersInTls: ['STARTTLS'] }, onImplicit);
    expect(report.steps[3]?.findings).toMatchObject([
      {
        code: 'starttls-still-advertised',
        remedy: 'The cause and the fix are those of "Server treats the TLS session as unencrypted".',
      },
      { code: 'auth-not-advertised', title: 'Server treats the TLS session as unencrypted' },
    ]);
  });
});

describe('AUTH that is offered only before TLS', () => {
  const server = {
    greeting: '220 mail.example.test ESMTP Exim 4.98',
    offers: ['STARTTLS', 'AUTH PLAIN'],
    offersInTls: ['8BITMIME'],
  };
  const remediesOf = ({ report }: Outcome): Record<string, string> =>
    Object.fromEntries(report.steps.flatMap(({ findings }) => findings.map(({ code, remedy }) => [code, remedy])));

  test('has one fix, to which the other findings refer, even that of step 1', async () => {
    const same = 'The cause and the fix are those of "AUTH offered only before TLS".';
    const { 'auth-not-advertised': fix, ...others } = remediesOf(await runGate(server));
    expect(fix).toMatch(/^Offer AUTH only in the reply to EHLO after STARTTLS.*`server_advertise_condition`/s);
    expect(others).toEqual({ 'plaintext-auth-advertised': same, 'auth-mechanisms-differ': same });
  });

  test('has the fix in each finding if the worst one is waived', async () => {
    const waive = [{ finding: 'auth-not-advertised', reason: 'known', until: '2999-12-31' }] as const;
    const remedies = remediesOf(await runGate(server, { waive }));
    expect(remedies['plaintext-auth-advertised']).toMatch(/^Offer AUTH only over TLS: /);
    expect(remedies['auth-mechanisms-differ']).toMatch(/^Offer AUTH only in the reply to EHLO after STARTTLS/);
  });
});

describe('the cause of a rejected EHLO over TLS', () => {
  test.each([
    ['503 5.5.1 Duplicate EHLO', 'Session not reset after STARTTLS'],
    ['530 5.7.0 Must issue STARTTLS first', 'Server treats the TLS session as unencrypted'],
    ['550 5.7.1 not with that name', 'EHLO rejected over TLS'],
  ])('is distinguished by its code: %s', async (reply, title) => {
    const { found } = await runGate({ replies: { 'tls:EHLO': reply } });
    expect(found).toMatchObject({ code: 'ehlo-after-tls-rejected', title });
  });
});

test('there is a command only if a tool supports the mechanism, and only with the one that the gate used', async () => {
  const server = { replies: { AUTH: '535 no' }, offersInTls: ['AUTH PLAIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2'] };
  const shownFor = async (auth: Endpoint['auth'], offersInTls = server.offersInTls): Promise<string> =>
    (await runGate({ ...server, offersInTls }, { ...(auth && { auth }) })).found?.reproduce ?? '';
  expect(await shownFor({ ...AUTH, mechanism: 'CRAM-MD5' })).toContain('--auth CRAM-MD5 --auth-user user');
  expect(await shownFor(AUTH, ['AUTH PLAIN CRAM-MD5'])).toContain('--auth CRAM-MD5 --auth-user user');
  expect(await shownFor(AUTH, ['AUTH PLAIN'])).toContain('--auth PLAIN --auth-user user');
  expect(await shownFor(TOKEN)).toMatch(/^echo 'Enter the access token:'; .* --login-options 'AUTH=XOAUTH2' /);
  const wrong = { ...scramOnly({ password: 'another' }), offersInTls: ['AUTH PLAIN SCRAM-SHA-256'] };
  for (const auth of [AUTH, { ...AUTH, mechanism: 'SCRAM-SHA-256' } as const]) {
    const { found } = await runGate(wrong, { auth });
    expect([found?.title, found?.reproduce]).toEqual(['Username or password not accepted', undefined]);
  }
  expect(await shownFor(AUTH, ['AUTH PLAIN'])).toContain(' --tls-verify ');
});
