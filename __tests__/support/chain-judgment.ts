import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext, createServer } from 'node:tls';
import type { FindingCode } from '../../src/findings/codes.js';
import type { Endpoint } from '../../src/plan/endpoint.js';
import type { Finding } from '../../src/report/report.js';
import { inDays } from '../../src/servers/pki.js';
import type { Crafted, Parts } from './crafted.js';
import { AUTH, gate, testEndpoint } from './gate.js';
import { startScriptedServer } from './scripted-server.js';

/*
 * How OpenSSL and the gate judge a chain. With a defect of the leaf that is waived, the gate must decide about the rest of
 * the chain as OpenSSL does with a sound leaf, although OpenSSL reports only its last error.
 */

export interface Chain {
  readonly leaf: Crafted;
  /** What the server sends after the leaf. */
  readonly sends: readonly Crafted[];
  readonly anchors: readonly Crafted[];
}

/** @param leaf what differs from a sound leaf */
export type Build = (leaf: Pick<Parts, 'notBefore' | 'notAfter' | 'key' | 'digest' | 'extensions'>) => Chain;

/** The verdict of OpenSSL about the chain. */
export async function opensslAccepts({ leaf, sends, anchors }: Chain): Promise<boolean> {
  const cert = [leaf, ...sends].map(({ pem }) => pem).join('');
  const server = createServer({ cert, key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }) }).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const secureContext = createSecureContext({ ca: anchors.map(({ pem }) => pem), allowPartialTrustChain: true });
    const socket = connect({
      port,
      host: '127.0.0.1',
      secureContext,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    await once(socket, 'secureConnect');
    const { authorized } = socket;
    socket.destroy();
    return authorized;
  } finally {
    server.close();
  }
}

const waived = (finding: FindingCode): Endpoint['waive'] => [{ finding, until: '2099-12-31', reason: 'for the test' }];
const EXPIRED = { notBefore: inDays(-90), notAfter: inDays(-2) };
const NOT_YET_VALID = { notBefore: inDays(2), notAfter: inDays(60) };
const WEAK_SIGNATURE = { digest: 'sha1' } as const;
const WEAK = { key: generateKeyPairSync('rsa', { modulusLength: 1024 }) };

export interface Judged {
  readonly found: readonly Finding[];
  readonly isSent: boolean;
}

export async function judge(
  { leaf, sends, anchors }: Chain,
  waive: Endpoint['waive'] = [],
  overrides: Partial<Endpoint> = {},
): Promise<Judged> {
  const cert = [leaf, ...sends].map(({ pem }) => pem).join('');
  const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await using server = await startScriptedServer({ tls: { key, cert, ciphers: 'DEFAULT@SECLEVEL=0' } });
  const tls = { ca: anchors.map(({ pem }) => pem), minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(testEndpoint(server.port, { auth: AUTH, tls, waive, ...overrides }));
  const isSent = server.heard.some(({ line }) => line.startsWith('AUTH'));
  return { found: report.steps[2]?.findings ?? [], isSent };
}

export const ABOUT_THE_CHAIN = ['certificate-untrusted', 'certificate-chain-incomplete', 'certificate-malformed'];

/** The messages about the chain. */
export const untrusted = ({ found }: Judged): string[] =>
  found.filter(({ code }) => ABOUT_THE_CHAIN.includes(code)).map(({ message }) => message);

/** How the gate judges a chain with a sound leaf, and behind each problem of the leaf that can be waived. */
export async function judgeAll(build: Build, overrides: Partial<Endpoint> = {}): Promise<readonly Judged[]> {
  return [
    await judge(build({}), [], overrides),
    await judge(build(EXPIRED), waived('certificate-expired'), overrides),
    await judge(build(NOT_YET_VALID), waived('certificate-not-yet-valid'), overrides),
    await judge(build(WEAK), waived('certificate-weak-key'), overrides),
    await judge(build(WEAK_SIGNATURE), waived('certificate-weak-signature'), overrides),
  ];
}
