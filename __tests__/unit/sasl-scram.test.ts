import type { Challenge, ExchangeContext } from '../../src/sasl/client.js';
import { prepare, scram, type ScramKind } from '../../src/sasl/scram.js';
import { identity, showable, signIn, speaking, type Dialogue } from '../support/sasl-dialogue.js';
import { scramServer, type Manner, type ScramServer } from '../support/scram-server.js';
import { computing } from '../support/time.js';

/** SCRAM with the examples of the RFCs and with misbehaving servers. */

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A message of the server before base64 encoding. */
const challenge = (message: string): Challenge => ({ bytes: Buffer.from(message), text: base64(message) });

const VECTORS = [
  {
    rfc: 'RFC 5802 section 5',
    kind: { hash: 'sha1', bound: false },
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    first: 'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    final: 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    proof: 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    rfc: 'RFC 7677 section 3',
    kind: { hash: 'sha256', bound: false },
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    first: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    final: 'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    proof: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
] as const;

const NO_CHANNEL: ExchangeContext = {
  serverBinds: false,
  addDerivedSecret: () => undefined,
  postponeDeadline: (work) => work,
};

describe.each(VECTORS)('$rfc', ({ kind, nonce, first, final, proof }) => {
  const begin = () => scram(kind, identity('password', 'pencil', 'user'), NO_CHANNEL, nonce);

  test('the example is reproduced', async () => {
    const client = await begin();
    expect(client.initial).toBe(`n,,n=user,r=${nonce}`);
    expect(await client.respond(challenge(first))).toBe(final);
    expect(await client.respond(challenge(proof))).toBe('');
    expect(() => {
      client.succeed?.([]);
    }).not.toThrow();
  });

  test('the example with the server signature in the 235 is accepted', async () => {
    const client = await begin();
    await client.respond(challenge(first));
    expect(() => {
      client.succeed?.([Buffer.from(proof)]);
    }).not.toThrow();
  });

  test('a server signature with a changed byte is rejected', async () => {
    const client = await begin();
    await client.respond(challenge(first));
    const changed = proof.replace(/.=$/, (end) => (end === 'A=' ? 'Q=' : 'A='));
    await expect(client.respond(challenge(changed))).rejects.toThrow('does not prove');
  });
});

const USER = { username: 'user', password: 'correct horse' };

function against(
  server: Partial<ScramServer>,
  options: { password?: string; username?: string } = {},
): Promise<Dialogue> {
  const hash = server.hash ?? 'sha256';
  const who = identity('password', options.password ?? USER.password, options.username ?? USER.username);
  return signIn(
    hash === 'sha1' ? 'SCRAM-SHA-1' : 'SCRAM-SHA-256',
    who,
    speaking(scramServer({ ...USER, hash, ...server })),
  );
}

describe.each(['sha1', 'sha256'] as const)('%s', (hash) => {
  test.each<Manner>(['sends its signature in a challenge', 'sends its signature with the 235'])(
    'a server that %s is authenticated',
    async (manner) => {
      const dialogue = await against({ hash, manner });
      expect(dialogue).toMatchObject({ code: 235, iterations: 4096 });
      expect([dialogue.fault, dialogue.reportedError]).toEqual([undefined, undefined]);
    },
  );

  test.each<[Manner, string]>([
    ['sends no signature', 'signature-missing: the server sends no signature to prove that it knows the password'],
    ['accepts immediately', 'signature-missing: the server sends no signature to prove that it knows the password'],
    [
      'signs with a different password',
      "signature-wrong: the server's signature does not prove that it knows the password",
    ],
    [
      'sends a different nonce',
      "nonce-foreign: the server's nonce does not begin with the client's, so its message does not belong to this exchange",
    ],
    ['adds no nonce', "nonce-not-extended: the server's nonce is only that of the client"],
  ])('a server that %s is not authenticated', async (manner, expected) => {
    const { fault } = await against({ hash, manner });
    expect(fault).toBe(expected);
  });
});

test('a wrong password is rejected, with or without an error of the mechanism', async () => {
  const dialogue = await against({}, { password: 'another' });
  expect(dialogue).toMatchObject({ code: 535, reportedError: 'invalid-proof' });
  expect(dialogue.fault).toBeUndefined();
  expect(await against({ manner: 'accepts after an error' }, { password: 'another' })).toMatchObject({
    code: 235,
    reportedError: 'invalid-proof',
  });
});

test('a server that never ends the exchange causes an error', async () => {
  const { said, fault } = await against({ manner: 'sends its signature twice' });
  expect([said.at(-1), fault]).toEqual(['*', 'malformed: the server sends more challenges than the mechanism has']);
});

describe('a first message of the server', () => {
  test.each<[string, (good: string) => string]>([
    ['with an unknown mandatory extension', (good) => `m=ext,${good}`],
    ['without a salt', (good) => good.replace(/s=[^,]*/, 's=')],
    ['with a salt that is not base64', (good) => good.replace(/s=[^,]*/, 's=!!!!')],
    ['in a different order', (good) => good.split(',').reverse().join(',')],
    ['with an invalid attribute at the end', (good) => `${good},??`],
    ['with nothing after a comma', (good) => `${good},`],
    ['with a control character in its nonce', (good) => good.replace(/^r=[^,]*/, (nonce) => `${nonce}\x01`)],
    ['that is empty', () => ''],
    ['of one letter', () => 'r'],
  ])('%s is rejected', async (_, first) => {
    const { said, fault } = await against({ first });
    expect(fault).toMatch(/^malformed: /);
    expect(said).toHaveLength(2);
    expect(said[1]).toBe('*');
  });

  test('may have unknown optional extensions', async () => {
    expect(await against({ first: (good) => `${good},x=something` })).toMatchObject({ code: 235 });
  });

  test.each(['0', '-1', '4e3', '1.5', '', '01', ' 1', '9'.repeat(400), '1000001', '4294967295'])(
    'with an iteration count of %s is rejected',
    async (iterations) => {
      const computed = computing();
      expect((await against({ iterations })).fault).toMatch(/^malformed: .*iteration/);
      expect(computed()).toBeLessThan(1000);
    },
  );

  test.each(['1', '4095', '20000'])('may have an iteration count of %s', async (iterations) => {
    expect(await against({ iterations })).toMatchObject({ code: 235, iterations: Number(iterations) });
  });
});

describe('the transcript', () => {
  test('redacts the client messages, and derived secrets are reported', async () => {
    const { noted, derived, said } = await against({});
    for (const line of noted) expect(line).toMatch(showable('SCRAM-SHA-256'));
    const [proof = '', signature = '', response = ''] = derived;
    expect(derived).toHaveLength(3);
    expect(Buffer.from(response, 'hex').toString('base64')).toBe(said[1]);
    const [, said64 = ''] = /,p=(.*)$/.exec(Buffer.from(said[1] ?? '', 'base64').toString()) ?? [];
    expect(Buffer.from(said64, 'base64').toString('hex')).toBe(proof);
    expect(Buffer.from(signature, 'hex')).toHaveLength(32);
  });

  test('has a new nonce each time', async () => {
    const firsts = await Promise.all([against({}), against({})]);
    expect(new Set(firsts.map(({ said }) => said[0])).size).toBe(2);
  });
});

test('the time for hashing the password can be separated from the time of the server', async () => {
  const { kind, nonce, first, final } = VECTORS[1];
  const works: unknown[] = [];
  const postponeDeadline = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    works.push(result);
    return result;
  };
  const client = await scram(kind, identity('password', 'pencil', 'user'), { ...NO_CHANNEL, postponeDeadline }, nonce);
  expect(await client.respond(challenge(first))).toBe(final);
  expect(works).toEqual([expect.objectContaining({ length: 32 })]);
});

describe('the channel binding of an exchange', () => {
  const binding = { type: 'tls-exporter', data: Buffer.from('of this channel') };
  const header = async (kind: Partial<ScramKind>, context: Partial<ExchangeContext>): Promise<string> => {
    const client = await scram({ hash: 'sha256', bound: false, ...kind }, identity('password', 'p', 'u'), {
      ...NO_CHANNEL,
      ...context,
    });
    return client.initial?.replace(/n=.*$/, '') ?? '';
  };

  test('is absent if the channel has none', async () => {
    expect(await header({}, {})).toBe('n,,');
    expect(await header({}, { serverBinds: true })).toBe('n,,');
  });

  test('is absent if the configured mechanism has none, which is not a downgrade', async () => {
    expect(await header({}, { binding, serverBinds: true })).toBe('n,,');
  });

  test('is absent if the server does not offer it, and the client says that it supports it', async () => {
    expect(await header({}, { binding })).toBe('y,,');
  });

  test('is the channel with a -PLUS mechanism', async () => {
    expect(await header({ bound: true }, { binding, serverBinds: true })).toBe('p=tls-exporter,,');
    await expect(header({ bound: true }, { serverBinds: true })).rejects.toThrow(TypeError);
  });

  test('is part of the proof', async () => {
    const client = await scram(
      { hash: 'sha256', bound: true },
      identity('password', 'p', 'u'),
      { ...NO_CHANNEL, binding },
      'abc',
    );
    const final = await client.respond(challenge('r=abcdef,s=QQ==,i=1'));
    expect(final).toContain(`c=${base64('p=tls-exporter,,of this channel')},`);
  });
});

test('names and passwords are prepared (RFC 4013 section 3), and escaped', async () => {
  expect(await prepare('I\u00adX')).toBe('IX');
  expect(await prepare('user')).toBe('user');
  expect(await prepare('\u00aa')).toBe('a');
  expect(await prepare('\u2168')).toBe('IX');
  expect(await prepare('a\u00a0b')).toBe('a b');
  // Prohibited characters and those newer than Unicode 3.2 are sent unchanged.
  for (const odd of ['\u0627\u0031', 'pass\u{1f600}', '\ud800', 'x'.repeat(200_000)])
    expect(await prepare(odd)).toBe(odd);
  expect(
    await against({ username: 'IX', password: 'a b' }, { username: '\u2168', password: 'a\u00a0b' }),
  ).toMatchObject({
    code: 235,
  });
  expect(await against({ username: 'a=3Db=2Cc' }, { username: 'a=b,c' })).toMatchObject({ code: 235 });
});
