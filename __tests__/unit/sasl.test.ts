import fc from 'fast-check';
import { SUPPORTED, chooseMechanism, wireForms, type Choice } from '../../src/sasl/mechanisms.js';
import { Secret } from '../../src/secrets/secret.js';
import { identity, inTurn, showable, signIn } from '../support/sasl-dialogue.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PASSWORD = identity('password', 'pä:ss\\w0rd');
const TOKEN = identity('access-token', 'ya29.token');
const CERTIFICATE = { username: '', kind: 'certificate', host: 'mail.example.test', port: 587 } as const;
const BINDING = { type: 'tls-exporter', data: Buffer.alloc(32, 7) };

const identityFor = (mechanism: string) =>
  mechanism === 'EXTERNAL' ? CERTIFICATE : mechanism.includes('OAUTH') ? TOKEN : PASSWORD;

describe('AUTH', () => {
  test('PLAIN sends everything at once', async () => {
    expect(await signIn('PLAIN', PASSWORD, inTurn('235 welcome'))).toEqual({
      code: 235,
      said: [`AUTH PLAIN ${base64('\0user=a,b\0pä:ss\\w0rd')}`],
      noted: ['AUTH PLAIN <redacted>'],
      derived: [],
      credentialsSent: true,
    });
  });

  test('LOGIN replies to two prompts, regardless of their text', async () => {
    const server = inTurn('334 VXNlciBOYW1lAA==', '334 ?', '235 welcome');
    expect(await signIn('LOGIN', PASSWORD, server)).toEqual({
      code: 235,
      said: ['AUTH LOGIN', base64('user=a,b'), base64('pä:ss\\w0rd')],
      noted: ['AUTH LOGIN', '<redacted>', '<redacted>'],
      derived: [],
      credentialsSent: true,
    });
  });

  test('CRAM-MD5 matches the example in RFC 2195 section 2', async () => {
    const tim = identity('password', 'tanstaaftanstaaf', 'tim');
    const challenge = 'PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+';
    expect(await signIn('CRAM-MD5', tim, inTurn(`334 ${challenge}`, '235 ok'))).toEqual({
      code: 235,
      said: ['AUTH CRAM-MD5', 'dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw'],
      noted: ['AUTH CRAM-MD5', '<redacted>'],
      derived: [
        'b913a602c7eda7a495b4e6e7334d3890',
        Buffer.from('tim b913a602c7eda7a495b4e6e7334d3890').toString('hex'),
      ],
      credentialsSent: true,
    });
  });

  test.each(['', '!', 'YQ', 'YQ==='])(
    'CRAM-MD5 does not sign a challenge that is not base64: %j',
    async (challenge) => {
      const { said, fault } = await signIn('CRAM-MD5', PASSWORD, inTurn(`334 ${challenge}`, '501 cancelled'));
      expect([said, fault]).toEqual([['AUTH CRAM-MD5', '*'], 'malformed: the challenge is not valid base64']);
    },
  );

  test('EXTERNAL sends the authorization identity, or a single = if there is none', async () => {
    const { said } = await signIn('EXTERNAL', CERTIFICATE, inTurn('235 ok'));
    expect(said).toEqual(['AUTH EXTERNAL =']);
    const named = await signIn('EXTERNAL', { ...CERTIFICATE, username: 'joe' }, inTurn('235 ok'));
    expect(named.said).toEqual([`AUTH EXTERNAL ${base64('joe')}`]);
  });

  test('XOAUTH2 replies to the error with an empty line to receive the code', async () => {
    const error = `334 ${base64('{"status":"401","schemes":"bearer","scope":"https://mail.example.test/"}')}`;
    expect(await signIn('XOAUTH2', TOKEN, inTurn(error, '535 5.7.8 no'))).toEqual({
      code: 535,
      said: [`AUTH XOAUTH2 ${base64('user=user=a,b\x01auth=Bearer ya29.token\x01\x01')}`, ''],
      noted: ['AUTH XOAUTH2 <redacted>', '<redacted>'],
      derived: [],
      credentialsSent: true,
      reportedError: 'status: 401, schemes: bearer, scope: https://mail.example.test/',
    });
  });

  test('OAUTHBEARER follows RFC 7628, escapes the name, and replies to the error with ^A', async () => {
    const first = 'n,a=user=3Da=2Cb,\x01host=mail.example.test\x01port=587\x01auth=Bearer ya29.token\x01\x01';
    const { said, code } = await signIn('OAUTHBEARER', TOKEN, inTurn('334 e30=', '535 no'));
    expect([code, said]).toEqual([535, [`AUTH OAUTHBEARER ${base64(first)}`, base64('\x01')]]);
  });

  test.each([
    ['{"status":400,"more":["a",{"b":1}]}', 'status: 400, more: ["a",{"b":1}]'],
    ['{"status":', '{"status":'],
    ['"text"', '"text"'],
    ['null', 'null'],
    ['{}', '{}'],
    ['', ''],
  ])('the error details of a server are reported, JSON or not: %s', async (challenge, told) => {
    const dialogue = await signIn('XOAUTH2', TOKEN, inTurn(`334 ${base64(challenge)}`, '535 no'));
    expect(dialogue.reportedError).toBe(told);
  });

  test('an initial response that is too long for a command line is sent after the challenge', async () => {
    const long = identity('access-token', 'x'.repeat(400));
    const { said, noted } = await signIn('XOAUTH2', long, inTurn('334 ', '235 welcome'));
    expect(said[0]).toBe('AUTH XOAUTH2');
    expect(said[1]).toBe(base64(`user=user=a,b\x01auth=Bearer ${'x'.repeat(400)}\x01\x01`));
    expect(noted).toEqual(['AUTH XOAUTH2', '<redacted>']);
  });

  test('an initial response that just fits is sent with the command', async () => {
    const said = async (length: number) =>
      (await signIn('PLAIN', identity('password', 'x'.repeat(length), 'u'), inTurn('235 ok'))).said[0]?.length;
    // 11 bytes for `AUTH PLAIN `, and the base64 of the secret and three more bytes.
    expect(await said(369)).toBe(507);
    expect(await said(370)).toBe('AUTH PLAIN'.length);
  });

  test('an unexpected challenge is canceled with *', async () => {
    const fault = 'malformed: the server sends more challenges than the mechanism has';
    expect(await signIn('PLAIN', PASSWORD, inTurn('334 more', '501 cancelled'))).toMatchObject({ code: 501, fault });
    const { said } = await signIn('LOGIN', PASSWORD, inTurn('334 a', '334 b', '334 c', '501 cancelled'));
    expect(said.at(-1)).toBe('*');
    const failed = inTurn('334 e30=', '334 e30=', '501 cancelled');
    expect(await signIn('XOAUTH2', TOKEN, failed)).toMatchObject({ fault, reportedError: '{}' });
  });

  test.each([
    ['LOGIN', ['235 welcome']],
    ['LOGIN', ['334 VXNlcm5hbWU6', '235 welcome']],
    ['CRAM-MD5', ['235 welcome']],
  ])('%s: a 235 before the exchange is complete is detected: %j', async (mechanism, answers) => {
    const { code, said, fault } = await signIn(mechanism, PASSWORD, inTurn(...answers));
    expect([code, said.length]).toEqual([235, answers.length]);
    expect(fault).toBe('malformed: the server accepts a client that has not sent its credentials');
  });

  test.each([
    ['LOGIN', ['535 no'], false],
    ['LOGIN', ['334 VXNlcm5hbWU6', '535 no'], false],
    ['LOGIN', ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6', '535 no'], true],
    ['CRAM-MD5', ['535 no'], false],
    ['CRAM-MD5', ['334 !', '535 no'], false],
    ['CRAM-MD5', ['334 PEB4Pg==', '535 no'], true],
    ['SCRAM-SHA-256', ['535 no'], false],
    ['SCRAM-SHA-256', [`334 ${base64('e=unknown-user')}`, '535 no'], false],
    ['PLAIN', ['535 no'], true],
  ])('%s: it is known whether the credentials were sent: %j, %s', async (mechanism, answers, credentialsSent) => {
    expect((await signIn(mechanism, PASSWORD, inTurn(...answers))).credentialsSent).toBe(credentialsSent);
  });

  test.each(['PLAIN', 'XOAUTH2', 'OAUTHBEARER'])(
    '%s: a 235 before a long initial response is detected',
    async (name) => {
      const long = identity(name === 'PLAIN' ? 'password' : 'access-token', 'x'.repeat(600));
      expect((await signIn(name, long, inTurn('235 welcome'))).fault).toMatch(/^malformed: .* has not sent/);
      expect((await signIn(name, long, inTurn('334 ', '235 welcome'))).fault).toBeUndefined();
    },
  );

  test('a 235 after an exchange that was canceled or failed is detected', async () => {
    expect((await signIn('PLAIN', PASSWORD, inTurn('334 more', '235 welcome'))).fault).toBeDefined();
    expect((await signIn('XOAUTH2', TOKEN, inTurn('334 e30=', '235 welcome'))).reportedError).toBe('{}');
  });

  test.each(SUPPORTED)('%s: the exchange ends for any challenges, and the transcript has no secret', async (name) => {
    const challenge = fc.oneof(
      fc.string({ maxLength: 60 }).map((text) => text.replace(/[\r\n]/g, '')),
      fc.string({ maxLength: 60 }).map(base64),
      fc.constantFrom(
        '',
        base64('r=x,s=QQ==,i=1'),
        base64('e=other-error'),
        base64('v=QQ=='),
        base64('{"status":"400"}'),
      ),
    );
    const replies = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: challenge.map((text) => `334 ${text}`) },
        { weight: 1, arbitrary: fc.constantFrom('235 ok', '535 no', '454 later', '250 what') },
      ),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(replies, async (answers) => {
        const dialogue = await signIn(name, identityFor(name), inTurn(...answers), { binding: BINDING });
        for (const line of dialogue.noted) expect(line).toMatch(showable(name));
        expect(dialogue.said.length).toBeLessThanOrEqual(answers.length + 1);
        // Random challenges cannot contain a valid SCRAM signature, so it never succeeds here.
        if (name.startsWith('SCRAM'))
          expect(dialogue.code !== 235 || (dialogue.fault ?? dialogue.reportedError)).toBeTruthy();
      }),
    );
  });
});

describe('the mechanism', () => {
  test('is one that the configuration can name, strongest first', () => {
    expect(SUPPORTED).toEqual([
      'SCRAM-SHA-256-PLUS',
      'SCRAM-SHA-1-PLUS',
      'SCRAM-SHA-256',
      'SCRAM-SHA-1',
      'OAUTHBEARER',
      'XOAUTH2',
      'CRAM-MD5',
      'PLAIN',
      'LOGIN',
      'EXTERNAL',
    ]);
  });

  const bound = { canBind: true };
  test.each<[string[], Choice['kind'], Partial<Choice>, string | undefined]>([
    [['LOGIN', 'PLAIN'], 'password', {}, 'PLAIN'],
    [['LOGIN'], 'password', {}, 'LOGIN'],
    [['PLAIN', 'LOGIN', 'CRAM-MD5'], 'password', {}, 'CRAM-MD5'],
    [['PLAIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256'], 'password', {}, 'SCRAM-SHA-256'],
    [['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'], 'password', {}, 'SCRAM-SHA-256'],
    [['SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'], 'password', bound, 'SCRAM-SHA-256-PLUS'],
    [['SCRAM-SHA-256', 'SCRAM-SHA-1-PLUS'], 'password', bound, 'SCRAM-SHA-1-PLUS'],
    [['SCRAM-SHA-256', 'SCRAM-SHA-1-PLUS'], 'password', { ...bound, wanted: 'SCRAM-SHA-256' }, 'SCRAM-SHA-256'],
    [['SCRAM-SHA-1-PLUS'], 'password', { wanted: 'SCRAM-SHA-1-PLUS' }, undefined],
    [['PLAIN', 'LOGIN'], 'password', { wanted: 'LOGIN' }, 'LOGIN'],
    [['PLAIN'], 'password', { wanted: 'LOGIN' }, undefined],
    [['XOAUTH2', 'OAUTHBEARER'], 'access-token', {}, 'OAUTHBEARER'],
    [['PLAIN', 'XOAUTH2'], 'access-token', {}, 'XOAUTH2'],
    [['PLAIN'], 'access-token', {}, undefined],
    [['XOAUTH2'], 'password', {}, undefined],
    [['GSSAPI'], 'password', { wanted: 'GSSAPI' }, undefined],
    [['EXTERNAL'], 'password', {}, undefined],
    [['PLAIN', 'EXTERNAL'], 'certificate', { wanted: 'EXTERNAL' }, 'EXTERNAL'],
    [['PLAIN'], 'certificate', { wanted: 'EXTERNAL' }, undefined],
    [[], 'password', {}, undefined],
  ])('of %j with a %s and %j: %s', (offered, kind, choice, expected) => {
    expect(chooseMechanism(offered, { kind, canBind: false, ...choice })).toBe(expected);
  });
});

test('every form in which a mechanism sends a secret is known in advance', async () => {
  const known = [
    { ...PASSWORD, secret: new Secret('pä:ss\\w0rd'), kind: 'password' } as const,
    { ...TOKEN, secret: new Secret('ya29.token'), kind: 'access-token' } as const,
  ].flatMap(wireForms);
  for (const name of ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER']) {
    const { said } = await signIn(name, identityFor(name), inTurn('334 ', '334 ', '235 ok'));
    const words = said.flatMap((line) => line.split(' '));
    expect(words.filter((word) => known.includes(word))).toHaveLength(1);
  }
});
