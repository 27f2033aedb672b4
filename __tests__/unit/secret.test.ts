import { AssertionError, deepStrictEqual } from 'node:assert';
import { Console } from 'node:console';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import fc from 'fast-check';
import { REDACTED, Secret } from '../../src/secrets/secret.js';

/** Ways in which a value can become text by accident. */
const WAYS: Readonly<Record<string, (secret: Secret) => string>> = {
  String: (secret) => String(secret),
  'a template': (secret) => `it is ${secret as unknown as string}`,
  concatenation: (secret) => 'it is '.concat(secret as unknown as string),
  join: (secret) => [secret, secret].join(),
  'a key of an object': (secret) => Object.keys({ [secret as unknown as string]: 1 }).join(),
  'JSON.stringify': (secret) => JSON.stringify({ secret, list: [secret], deep: { secret } }),
  'JSON.stringify of a copy': (secret) => JSON.stringify(Object.assign({}, secret)),
  'JSON.stringify of its entries': (secret) => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret)]),
  inspect: (secret) => inspect(secret),
  'inspect, of everything': (secret) =>
    inspect({ secret, map: new Map([[secret, secret]]) }, { showHidden: true, depth: null, getters: true }),
  'inspect, without its own word': (secret) => inspect(secret, { customInspect: false, showHidden: true }),
  'format %s': (secret) => format('%s', secret),
  'format %j': (secret) => format('%j', { secret }),
  'format %o and %O': (secret) => format('%o %O', secret, { secret }),
  'console.log': (secret) =>
    printed((log) => {
      log.log(secret, [secret], { secret });
    }),
  'console.dir': (secret) =>
    printed((log) => {
      log.dir(secret, { showHidden: true });
    }),
  'console.table': (secret) =>
    printed((log) => {
      log.table([secret]);
    }),
  'a URL': (secret) => new URLSearchParams({ secret: secret as unknown as string }).toString(),
  'percent-encoding': (secret) => decodeURIComponent(encodeURIComponent(secret as unknown as string)),
  'an error': (secret) => inspect(new Error(secret as unknown as string, { cause: secret })),
  'an error with it beside': (secret) => inspect(Object.assign(new Error('x'), { secret, auth: { secret } })),
  'the difference that an assertion shows': (secret) => {
    try {
      deepStrictEqual({ secret }, { secret: 'another' });
    } catch (error) {
      if (error instanceof AssertionError) return inspect(error) + error.message;
    }
    throw new Error('no difference');
  },
  'a structured clone': (secret) => inspect(structuredClone({ secret }), { showHidden: true }),
  'another thread': (secret) => {
    const { port1, port2 } = new MessageChannel();
    port1.postMessage({ secret });
    const received = inspect(receiveMessageOnPort(port2), { showHidden: true, depth: null });
    port1.close();
    return received;
  },
  'what V8 serialises': (secret) => serialize({ secret }).toString('latin1'),
};

function printed(use: (log: Console) => void): string {
  const stream = new PassThrough();
  use(new Console(stream));
  return String(stream.read());
}

/** Text that does not occur elsewhere in the output. */
const secrets = fc.string({ unit: 'grapheme', minLength: 8 }).map((text) => `~${text}~`);

test.each(Object.entries(WAYS))('a secret is not disclosed by %s', (_, show) => {
  fc.assert(
    fc.property(secrets, (value) => {
      const shown = show(new Secret(value));
      for (const form of [value, JSON.stringify(value).slice(1, -1), inspect(value).slice(1, -1)]) {
        expect(shown.includes(form)).toBe(false);
      }
    }),
  );
});

/** A secret without protection, with its value as text and as a property. */
class Careless {
  constructor(readonly value: string) {}

  toString(): string {
    return this.value;
  }
}

test.each(Object.entries(WAYS))('%s discloses an unprotected value', (_, show) => {
  expect(show(new Careless('a-secret-of-the-tests') as unknown as Secret)).toContain('a-secret-of-the-tests');
});

test('a secret is formatted as redacted', () => {
  const secret = new Secret('hunter2');
  expect([String(secret), JSON.stringify(secret), inspect(secret)]).toEqual([REDACTED, `"${REDACTED}"`, REDACTED]);
});

test('a secret is converted to bytes only on request', () => {
  expect(() => Buffer.from(new Secret('hunter2') as unknown as string)).toThrow(/Received an instance of Secret/);
  expect(new Secret('hunter2').reveal()).toBe('hunter2');
});

test.each([
  ['hunter2', false],
  [' hunter2', true],
  ['hunter2\n', true],
  ['hunter 2', false],
])('whether %j begins or ends with a space is known without its value', (value, isPadded) => {
  expect(new Secret(value).isPadded).toBe(isPadded);
});

test('only files that send, recognize or decode a secret read its value', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const revealing = files.filter((file) => readFileSync(join('src', file), 'utf8').includes('.reveal()'));
  expect(revealing.sort()).toEqual([
    'inbox/imap/client.ts',
    'inbox/inboxes.ts',
    'inbox/pop3/session.ts',
    'sasl/client.ts',
    'sasl/mechanisms.ts',
    'sasl/token-claims.ts',
    'secrets/forms.ts',
    'secrets/masks.ts',
    'secrets/redactor.ts',
    'tls/trust.ts',
  ]);
});
