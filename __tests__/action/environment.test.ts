import type { SecureContextOptions } from 'node:tls';
import { createLoopback, type Loopback } from '../support/loopback.js';
import { createRunner } from '../support/runner.js';
import { startScriptedServer } from '../support/scripted-server.js';

/** Variables that change how Node.js and OpenSSL use TLS. The result must not depend on them. */

let loopback: Loopback;
beforeAll(async () => {
  loopback = await createLoopback();
});

interface Seen {
  readonly result: string | undefined;
  readonly version: string | undefined;
  readonly codes: readonly string[];
}

/**
 * Runs the action.
 * @param env receives the paths of the CA certificate of the server and of an OpenSSL configuration
 */
async function see(
  env: (files: { ca: string; openssl: string }) => Readonly<Record<string, string>>,
  { server: options = {}, trusted = true }: { server?: SecureContextOptions; trusted?: boolean } = {},
): Promise<Seen> {
  const dialogue = loopback.dialogue();
  await using server = await startScriptedServer({ ...dialogue, tls: { ...dialogue.tls, ...options } });
  await using runner = await createRunner();
  const files = {
    ca: await runner.write('env/ca.pem', loopback.ca),
    openssl: await runner.write('env/openssl.cnf', OPENSSL_CONF),
  };
  const { outputs, report } = await runner.run(
    { endpoints: `127.0.0.1:${server.port}`, retries: '0', ...(trusted && { ca: loopback.ca }) },
    env(files),
  );
  const [endpoint] = report?.endpoints ?? [];
  return {
    result: outputs.result,
    version: endpoint?.tls?.version,
    codes: endpoint?.steps.flatMap(({ findings }) => findings.map(({ code }) => code)) ?? [],
  };
}

const OPENSSL_CONF = `nodejs_conf = node
[node]
ssl_conf = ssl
[ssl]
system_default = lax
[lax]
MinProtocol = TLSv1
MaxProtocol = TLSv1.2
CipherString = ALL:eNULL:@SECLEVEL=0
VerifyMode = Peer
`;

test.each<[string, Parameters<typeof see>[0]]>([
  ['--tls-max-v1.2', () => ({ NODE_OPTIONS: '--tls-max-v1.2' })],
  ['--tls-min-v1.0', () => ({ NODE_OPTIONS: '--tls-min-v1.0' })],
  ['a cipher list', () => ({ NODE_OPTIONS: '--tls-cipher-list=AES128-SHA' })],
  ['OPENSSL_CONF', ({ openssl }) => ({ OPENSSL_CONF: openssl })],
])('a TLS 1.3 server is reported as such: %s', async (_, env) => {
  expect(await see(env, { server: { minVersion: 'TLSv1.3' } })).toEqual({
    result: 'pass',
    version: 'TLSv1.3',
    codes: [],
  });
});

test.each<[string, Parameters<typeof see>[0]]>([
  ['nothing', () => ({})],
  ['a cipher list', () => ({ NODE_OPTIONS: '--tls-cipher-list=ALL:eNULL:@SECLEVEL=0' })],
  ['OPENSSL_CONF', ({ openssl }) => ({ OPENSSL_CONF: openssl })],
])('a server without encryption fails: %s', async (_, env) => {
  const server = { ciphers: 'ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const;
  expect(await see(env, { server })).toMatchObject({ result: 'fail', codes: ['tls-handshake-failed'] });
});

test.each<[string, Parameters<typeof see>[0]]>([
  ['NODE_TLS_REJECT_UNAUTHORIZED', () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })],
  ['SSL_CERT_FILE', ({ ca }) => ({ SSL_CERT_FILE: ca })],
  ['OPENSSL_CONF', ({ openssl }) => ({ OPENSSL_CONF: openssl })],
])('a server whose CA is not trusted fails: %s', async (_, env) => {
  expect(await see(env, { trusted: false })).toMatchObject({ result: 'fail', codes: ['certificate-untrusted'] });
});

test('NODE_EXTRA_CA_CERTS adds trusted CAs, as the README says', async () => {
  const env: Parameters<typeof see>[0] = ({ ca }) => ({ NODE_EXTRA_CA_CERTS: ca });
  expect(await see(env, { trusted: false })).toMatchObject({ result: 'pass', codes: [] });
});
