import { ReplyParser } from '../../src/smtp/reply.js';
import type { Reply } from '../../src/smtp/reply.js';
import { authenticate, chooseMechanism } from '../../src/smtp/sasl.js';
import { Secret } from '../../src/text/secret.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const identity = (kind: 'password' | 'access-token', secret: string) => ({
  username: 'user=a,b',
  secret: new Secret(secret),
  kind,
  host: 'mail.example.test',
  port: 587,
});
const PASSWORD = identity('password', 'pä:ss\\w0rd');
const TOKEN = identity('access-token', 'ya29.token');

/** A dialogue in which the server gives these answers in turn; what was said, and what the transcript was given. */
async function signIn(mechanism: string, id: ReturnType<typeof identity>, ...answers: readonly string[]) {
  const said: string[] = [];
  const noted: string[] = [];
  const command = (line: string, shownAs = line): Promise<Reply> => {
    const parser = new ReplyParser();
    parser.push(Buffer.from(`${answers[said.length] ?? '500 nobody should have asked'}\r\n`));
    said.push(line);
    noted.push(shownAs);
    const reply = parser.take();
    return reply ? Promise.resolve(reply) : Promise.reject(new Error('no reply'));
  };
  const { reply, failedBefore } = await authenticate({ command }, mechanism, id);
  return { code: reply.code, said, noted, failedBefore };
}

describe('AUTH', () => {
  test('PLAIN sends everything at once', async () => {
    expect(await signIn('PLAIN', PASSWORD, '235 welcome')).toEqual({
      code: 235,
      said: [`AUTH PLAIN ${base64('\0user=a,b\0pä:ss\\w0rd')}`],
      noted: ['AUTH PLAIN <redacted>'],
      failedBefore: false,
    });
  });

  test('LOGIN answers two prompts, whatever they say', async () => {
    expect(await signIn('LOGIN', PASSWORD, '334 VXNlciBOYW1lAA==', '334 ?', '235 welcome')).toEqual({
      code: 235,
      said: ['AUTH LOGIN', base64('user=a,b'), base64('pä:ss\\w0rd')],
      noted: ['AUTH LOGIN', '<redacted>', '<redacted>'],
      failedBefore: false,
    });
  });

  test('XOAUTH2 answers the error with an empty line, to be told the code', async () => {
    const error = `334 ${base64('{"status":"401"}')}`;
    expect(await signIn('XOAUTH2', TOKEN, error, '535 5.7.8 no')).toEqual({
      code: 535,
      said: [`AUTH XOAUTH2 ${base64('user=user=a,b\x01auth=Bearer ya29.token\x01\x01')}`, ''],
      noted: ['AUTH XOAUTH2 <redacted>', '<redacted>'],
      failedBefore: true,
    });
  });

  test('OAUTHBEARER as in RFC 7628, the name escaped, the error answered with ^A', async () => {
    const first = 'n,a=user=3Da=2Cb,\x01host=mail.example.test\x01port=587\x01auth=Bearer ya29.token\x01\x01';
    const { said, code } = await signIn('OAUTHBEARER', TOKEN, '334 e30=', '535 no');
    expect([code, said]).toEqual([535, [`AUTH OAUTHBEARER ${base64(first)}`, base64('\x01')]]);
  });

  test('an initial response that does not fit a command line waits to be asked for', async () => {
    const long = identity('access-token', 'x'.repeat(400));
    const { said, noted } = await signIn('XOAUTH2', long, '334 ', '235 welcome');
    expect(said[0]).toBe('AUTH XOAUTH2');
    expect(said[1]).toBe(base64(`user=user=a,b\x01auth=Bearer ${'x'.repeat(400)}\x01\x01`));
    expect(noted).toEqual(['AUTH XOAUTH2', '<redacted>']);
  });

  test('a challenge too many is given up with *', async () => {
    const { said, code } = await signIn('PLAIN', PASSWORD, '334 more', '501 cancelled');
    expect([code, said[1]]).toEqual([501, '*']);
    expect((await signIn('LOGIN', PASSWORD, '334 a', '334 b', '334 c', '501 cancelled')).said.at(-1)).toBe('*');
  });

  test('235 behind an exchange that was given up, or had failed, signs nobody in', async () => {
    expect(await signIn('PLAIN', PASSWORD, '334 more', '235 welcome')).toMatchObject({ code: 235, failedBefore: true });
    expect(await signIn('XOAUTH2', TOKEN, '334 e30=', '235 welcome')).toMatchObject({ code: 235, failedBefore: true });
  });

  test('no transcript line holds a secret in any form', async () => {
    for (const [mechanism, id] of [
      ['PLAIN', PASSWORD],
      ['LOGIN', PASSWORD],
      ['XOAUTH2', TOKEN],
      ['OAUTHBEARER', TOKEN],
    ] as const) {
      const { noted } = await signIn(mechanism, id, '334 a', '334 b', '235 ok');
      for (const line of noted) expect(line).toMatch(new RegExp(`^(AUTH ${mechanism}( <redacted>)?|<redacted>|\\*)$`));
    }
  });
});

describe('the mechanism', () => {
  test.each<[string[], 'password' | 'access-token', string | undefined, string | undefined]>([
    [['LOGIN', 'PLAIN'], 'password', undefined, 'PLAIN'],
    [['LOGIN'], 'password', undefined, 'LOGIN'],
    [['PLAIN', 'LOGIN'], 'password', 'LOGIN', 'LOGIN'],
    [['PLAIN'], 'password', 'LOGIN', undefined],
    [['XOAUTH2', 'OAUTHBEARER'], 'access-token', undefined, 'OAUTHBEARER'],
    [['PLAIN', 'XOAUTH2'], 'access-token', undefined, 'XOAUTH2'],
    [['PLAIN'], 'access-token', undefined, undefined],
    [['XOAUTH2'], 'password', undefined, undefined],
    [['GSSAPI'], 'password', 'GSSAPI', undefined],
    [[], 'password', undefined, undefined],
  ])('of %j with a %s, wanted %s: %s', (offered, kind, wanted, expected) => {
    expect(chooseMechanism(offered, kind, wanted)).toBe(expected);
  });
});
