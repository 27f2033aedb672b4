import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Sasl } from './dialogue.js';

/** How a SCRAM server behaves; the first two are correct. */
export type Manner =
  | 'sends its signature in a challenge'
  | 'sends its signature with the 235'
  | 'sends no signature'
  | 'accepts immediately'
  | 'signs with a different password'
  | 'sends a different nonce'
  | 'adds no nonce'
  | 'sends its signature twice'
  | 'accepts after an error';

export interface ScramServer {
  readonly hash: 'sha1' | 'sha256';
  readonly username: string;
  readonly password: string;
  readonly manner?: Manner;
  /** As text, so that it can be invalid. */
  readonly iterations?: string;
  /** Replaces the first message. */
  readonly first?: (good: string) => string;
  /** The channel binding type of a -PLUS mechanism. */
  readonly bound?: 'tls-exporter' | 'tls-server-end-point';
  /** Whether it offers a -PLUS mechanism, to a client that sends `y` because it received no such offer. */
  readonly couldBind?: boolean;
}

const SALT = Buffer.from('a salt of the tests');
const SERVER_NONCE = '3rfcNHYJY1ZVvWVs7j';
const CLIENT_FIRST = /^(?:[ny]|p=([a-z-]+)),,(n=([^,]*),r=([^,]+))$/;

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const text = (encoded: string): string => Buffer.from(encoded, 'base64').toString('utf8');

/** The server side of SCRAM (RFC 5802, RFC 7677), which may misbehave. It is independent of the client. */
export function scramServer(options: ScramServer): Sasl {
  const { hash, username, password, manner = 'sends its signature in a challenge', bound, couldBind = false } = options;
  const hmac = (key: Buffer, message: string): Buffer => createHmac(hash, key).update(message).digest();
  const keys = (secret: string, iterations: number): { client: Buffer; server: Buffer } => {
    const salted = pbkdf2Sync(secret, SALT, iterations, hash === 'sha1' ? 20 : 32, hash);
    return { client: hmac(salted, 'Client Key'), server: hmac(salted, 'Server Key') };
  };
  const refused = '535 5.7.8 Authentication failed';

  return function* (initial, channel) {
    if (manner === 'accepts immediately') return '235 2.7.0 Welcome';
    const clientFirst = text(initial ?? (yield ''));
    const [, type, bare = '', name, nonce = ''] = CLIENT_FIRST.exec(clientFirst) ?? [];
    const header = clientFirst.slice(0, clientFirst.length - bare.length);
    const fails = function* (error: string): Generator<string, string, string> {
      yield base64(`e=${error}`);
      return manner === 'accepts after an error' ? '235 2.7.0 Welcome' : refused;
    };
    if (header.startsWith('y') && couldBind) return yield* fails('server-does-support-channel-binding');
    if (bound && type !== bound) return yield* fails('unsupported-channel-binding-type');
    if (!bound && type !== undefined) return yield* fails('other-error');

    const iterations = options.iterations ?? '4096';
    const known = manner === 'sends a different nonce' ? 'somebodyelsesnonce' : nonce;
    const whole = manner === 'adds no nonce' ? known : known + SERVER_NONCE;
    const good = `r=${whole},s=${base64(SALT)},i=${iterations}`;
    const serverFirst = options.first?.(good) ?? good;
    const clientFinal = text(yield base64(serverFirst));
    const [, withoutProof = '', binding, again, proof = ''] = /^(c=([^,]*),r=([^,]*)),p=(.*)$/.exec(clientFinal) ?? [];

    const message = `${bare},${serverFirst},${withoutProof}`;
    const { client, server } = keys(password, Number(iterations));
    const signature = hmac(createHash(hash).update(client).digest(), message);
    const expected = base64(Buffer.from(client.map((octet, at) => octet ^ (signature[at] ?? 0))));
    const data = bound ? bindingData(channel, bound) : Buffer.alloc(0);
    if (binding !== base64(Buffer.concat([Buffer.from(header), data]))) {
      return yield* fails('channel-bindings-dont-match');
    }
    if (name !== username || again !== whole || proof !== expected) return yield* fails('invalid-proof');

    const proved = (secret: string): string =>
      base64(`v=${base64(hmac(secret === password ? server : keys(secret, Number(iterations)).server, message))}`);
    switch (manner) {
      case 'sends no signature':
        return '235 2.7.0 Welcome';
      case 'sends its signature with the 235':
        return `235 2.7.0 ${proved(password)}`;
      case 'signs with a different password':
        yield proved('another password');
        return '235 2.7.0 Welcome';
      case 'sends its signature twice':
        yield proved(password);
        yield proved(password);
        return '235 2.7.0 Welcome';
      case 'sends its signature in a challenge':
      case 'accepts after an error':
      case 'sends a different nonce':
      case 'adds no nonce': {
        const last = yield proved(password);
        return last === '' ? '235 2.7.0 Welcome' : refused;
      }
    }
  };
}

function bindingData(channel: Duplex, bound: NonNullable<ScramServer['bound']>): Buffer {
  if (!(channel instanceof TLSSocket)) throw new TypeError('bound to a channel without TLS');
  if (bound === 'tls-exporter') return channel.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  const own = channel.getX509Certificate();
  return createHash('sha256')
    .update(own?.raw ?? '')
    .digest();
}
