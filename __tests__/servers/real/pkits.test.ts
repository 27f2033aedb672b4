import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { namesAsIssuer } from '../../../src/tls/x509/distinguished-names.js';
import { gate, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { unpacked } from '../../support/unpacked.js';

/**
 * NIST's Public Key Interoperability Test Suite (PKITS): the sections about signatures, dates, names, basic constraints,
 * key usage, name constraints and unknown extensions (4.1 to 4.3, 4.6, 4.7, 4.13 and 4.16). A server presents each chain, and
 * the gate must find it valid if, and only if, the name of the test says so.
 */

const FOLDER = 'usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data';
const IN_SCOPE =
  /^(?:Valid|Invalid).*(?:CertificatePath|CASignature|EESignature|DSA|not(?:Before|After)Date|NameChaining|NameUIDs|RFC3280|Rollover|UTF8String|asicConstraints|cAFalse|pathLenConstraint|keyUsage|nameConstraints|Unknown(?:Not)?CriticalCertificate).*EE\.crt$/;

/** OpenSSL cannot present it: its key has no parameters. */
const NOT_PRESENTABLE = 'ValidDSAParameterInheritanceTest5EE.crt';

/** Where the gate does not agree with the suite, and why. */
const BY_DESIGN: readonly [RegExp, string][] = [
  [/cRLSignFalse/, 'only the CRL is not valid, and the gate does not check revocation'],
  [/^ValidDSASignatures/, 'TLS libraries no longer support DSA'],
];

const execute = promisify(execFile);

/** The findings that say that a chain is not valid. They have no names of servers, and some are of CAs. */
const ABOUT_THE_CHAIN = /^certificate-(?:untrusted|chain-incomplete|self-signed|malformed|expired|not-yet-valid)$/;

let data: string;
let all: readonly X509Certificate[];
let files: readonly string[];
beforeAll(async () => {
  data = await unpacked('pkits', FOLDER);
  const folder = await readdir(join(data, 'certs'));
  files = folder.filter((name) => IN_SCOPE.test(name));
  all = await Promise.all(folder.map(async (name) => new X509Certificate(await readFile(join(data, 'certs', name)))));
});

/** Every certificate of the suite that may be an issuer of this one, or of its issuers. */
function issuersOf(leaf: X509Certificate, root: X509Certificate): X509Certificate[] {
  const found = [leaf];
  for (const certificate of found) {
    found.push(...all.filter((one) => namesAsIssuer(certificate, one) && !found.includes(one)));
  }
  return found.slice(1).filter(({ fingerprint256 }) => fingerprint256 !== root.fingerprint256);
}

async function isValid(name: string): Promise<boolean> {
  const read = async (file: string) => new X509Certificate(await readFile(join(data, 'certs', file)));
  const [leaf, root] = await Promise.all([read(name), read('TrustAnchorRootCertificate.crt')]);
  const bundle = join(data, 'pkcs12', name.replace(/crt$/, 'p12'));
  const options = ['pkcs12', '-legacy', '-nodes', '-nocerts', '-passin', 'pass:password', '-in', bundle];
  const { stdout: key } = await execute('openssl', options);
  const cert = [leaf, ...issuersOf(leaf, root)].join('');
  await using server = await startScriptedServer({ tls: { key, cert, ciphers: 'DEFAULT@SECLEVEL=0' } });
  const tls = { ca: [root.toString()], minVersion: 'TLSv1.2', minValidDays: 0, pins: [] } as const;
  const { report } = await gate(testEndpoint(server.port, { tls }));
  const { status, findings = [] } = report.steps[2] ?? {};
  expect(status).not.toBe('skip');
  const isOfHandshake = findings.some(({ code }) => !code.startsWith('certificate-'));
  return !isOfHandshake && !findings.some(({ code }) => ABOUT_THE_CHAIN.test(code));
}

test('the gate agrees with PKITS', async () => {
  expect(files).toHaveLength(87);
  const expected = (name: string): boolean => name.startsWith('Valid');
  const disagree: string[] = [];
  for (const name of files) {
    if (name === NOT_PRESENTABLE) continue;
    if ((await isValid(name)) !== expected(name)) disagree.push(name);
  }
  expect(disagree.filter((name) => !BY_DESIGN.some(([pattern]) => pattern.test(name)))).toEqual([]);
  expect(disagree).toHaveLength(3);
});
