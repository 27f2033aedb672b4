import { X509Certificate, createHash } from 'node:crypto';
import { Socket } from 'node:net';
import { TLSSocket, connect, createServer } from 'node:tls';
import { listen, LOOPBACK } from '../../src/servers/listener.js';
import { issue, type CertificateOptions } from '../../src/servers/pki.js';
import { channelBinding } from '../../src/tls/channel-binding.js';
import { ecdsaWith, ED25519, RSA_2048, RSA_PSS, RSA_PSS_SHA1 } from '../support/key-types.js';

/** The data that binds an authentication to a TLS channel: RFC 9266 for TLS 1.3, RFC 5929 section 4 for TLS 1.2. */

const NAMES = { names: ['mail.example.test'] };
const digest = (hash: string, { raw }: X509Certificate): Buffer => createHash(hash).update(raw).digest();

/** The binding of a client to a server with this certificate, and what the server exports. */
async function bound(options: CertificateOptions, maxVersion: 'TLSv1.2' | 'TLSv1.3') {
  const { key, chain } = await issue({ ...NAMES, ...options });
  const server = createServer({ key, cert: chain, maxVersion });
  const exported = new Promise<Buffer>((resolve) => {
    server.once('secureConnection', (socket) => {
      socket.on('error', () => undefined);
      resolve(socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)));
    });
  });
  const listener = await listen(server);
  const stream = connect({ host: LOOPBACK, port: listener.port, rejectUnauthorized: false });
  try {
    await new Promise((resolve, reject) => stream.once('secureConnect', resolve).once('error', reject));
    const leaf = stream.getPeerX509Certificate();
    if (!leaf) throw new Error('no certificate');
    const version = stream.getProtocol() ?? '';
    return { binding: channelBinding({ stream, version, sent: [leaf] }), exported: await exported, leaf };
  } finally {
    stream.destroy();
    await listener.close();
  }
}

test('with TLS 1.3, it is the value that both ends export', async () => {
  const { binding, exported } = await bound({}, 'TLSv1.3');
  expect(binding).toEqual({ type: 'tls-exporter', data: exported });
  expect(exported).toHaveLength(32);
});

test('with TLS 1.3, it is different for each channel', async () => {
  const [one, other] = await Promise.all([bound({}, 'TLSv1.3'), bound({}, 'TLSv1.3')]);
  expect(one.binding?.data.equals(other.binding?.data ?? Buffer.alloc(0))).toBe(false);
});

describe('before TLS 1.3, it is a hash of the certificate', () => {
  test('with the hash algorithm of its signature', async () => {
    const { binding, leaf } = await bound({}, 'TLSv1.2');
    expect(binding).toEqual({ type: 'tls-server-end-point', data: digest('sha256', leaf) });
  });

  const unused = { stream: new TLSSocket(new Socket()), version: 'TLSv1.2' };
  const bindingOf = (leaf: X509Certificate): ReturnType<typeof channelBinding> =>
    channelBinding({ ...unused, sent: [leaf] });

  test('with SHA-256 instead of SHA-1', async () => {
    const leaf = new X509Certificate((await issue({ ...NAMES, signature: ecdsaWith('SHA-1') })).cert);
    expect(bindingOf(leaf)?.data).toEqual(digest('sha256', leaf));
  });

  test.each(['SHA-384', 'SHA-512'] as const)('with %s for ECDSA', async (hash) => {
    const { certificate: leaf } = await issue({ ...NAMES, signature: ecdsaWith(hash) });
    expect(bindingOf(leaf)?.data).toEqual(digest(hash.replace('-', ''), leaf));
  });

  test('with RSA and RSA-PSS', async () => {
    for (const key of [RSA_2048, RSA_PSS, RSA_PSS_SHA1]) {
      const leaf = new X509Certificate((await issue({ ...NAMES, key })).cert);
      expect(bindingOf(leaf)?.data).toEqual(digest('sha256', leaf));
    }
  });

  test('unless its signature has no hash algorithm', async () => {
    const leaf = new X509Certificate((await issue({ ...NAMES, key: ED25519 })).cert);
    expect(bindingOf(leaf)).toBeUndefined();
    expect(channelBinding({ ...unused, sent: [] })).toBeUndefined();
  });
});
