import { element } from '../../../src/servers/der.js';
import { extension, inDays } from '../../../src/servers/pki.js';
import { HOST } from '../certificate-fixtures.js';
import {
  FOR_SERVERS,
  SIGNS_CERTIFICATES,
  SIGNS_DATA,
  alternativeNames,
  authorityKeyIdentifier,
  basicConstraints,
  commonName,
  craft,
  nameConstraints,
  subjectKeyIdentifier,
  type Crafted,
} from '../crafted.js';
import { AUTHORITY, SERVER, type Mistake } from './mistake.js';

const UNTRUSTED = 'certificate-untrusted';
const CA = [basicConstraints(true), SIGNS_CERTIFICATES];
const LEAF = [basicConstraints(false), SIGNS_DATA, FOR_SERVERS, alternativeNames([0x82, Buffer.from(HOST)])];

/** Chains that a CA has built wrongly, or a server sends in a way that misleads OpenSSL. */
export function unusualChains(): readonly Mistake[] {
  const root = craft({ name: commonName('Odd Root CA'), extensions: CA });
  const ca = (name: string, extensions: readonly Buffer[]): Crafted =>
    craft({ name: commonName(name), issuer: root, extensions });
  const from = (issuer: Crafted, sends: readonly Crafted[], extensions: readonly Buffer[] = LEAF) => {
    const leaf = craft({ issuer, extensions, notAfter: inDays(60) });
    const cert = [leaf, ...sends].map(({ pem }) => pem).join('');
    const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { server: { tls: { key, cert } }, policy: { ca: [root.pem] }, code: UNTRUSTED } as const;
  };
  const silent = ca('Silent CA', [basicConstraints(true), SIGNS_DATA]);
  const other = ca('Other CA', [...CA, subjectKeyIdentifier(Buffer.alloc(20, 1))]);
  const odd = ca('Odd CA', [...CA, extension('1.3.6.1.4.1.99999.1', element(0x05), 'critical')]);
  const excluding = ca('Excluding CA', [...CA, nameConstraints([], [[0x82, Buffer.from(HOST)]])]);
  const wildcard = alternativeNames([0x82, Buffer.from(`*${HOST.slice(HOST.indexOf('.'))}`)]);
  const twin = ca('Twin CA', CA);
  return [
    {
      name: 'a CA whose key usage lacks keyCertSign',
      ...from(silent, [silent]),
      ...{ title: 'Issuer not allowed to sign certificates', ...AUTHORITY },
      message: /CN=Silent CA may not sign certificates: its key usage lacks keyCertSign/,
      ...{ fix: /^Ask whoever operates the CA CN=Silent CA .*`keyCertSign`/, notTheFix: /Do not trust/ },
    },
    {
      name: 'a certificate that names a different key than that of its issuer',
      ...from(other, [other], [...LEAF, authorityKeyIdentifier(Buffer.alloc(20, 2))]),
      ...{ title: 'Key identifier of the issuer does not match', ...AUTHORITY },
      message: /CN=Other CA does not have the key identifier that CN=Crafted gives for its issuer/,
      ...{ fix: /^Have the CA reissue one of the two certificates/, notTheFix: /Append/ },
    },
    {
      name: 'a CA with an unknown critical extension',
      ...from(odd, [odd]),
      ...{ title: 'Critical extension that clients do not support', ...AUTHORITY },
      message: /CN=Odd CA has the critical extension 1\.3\.6\.1\.4\.1\.99999\.1/,
      fix: /^Have the certificate of CN=Odd CA reissued without this extension/,
    },
    {
      name: 'a CA that excludes the host, and a wildcard that covers it',
      ...from(excluding, [excluding], [...LEAF.slice(0, -1), wildcard]),
      ...{ title: 'Name constraints of the issuer exclude the name of the server', ...SERVER },
      message: /CN=Excluding CA may not issue .* OpenSSL accepts that/,
      fix: /^Get a certificate from an intermediate whose name constraints allow/,
    },
    {
      name: 'a CA certificate with another key, before the right one',
      ...from(twin, [ca('Twin CA', CA), twin]),
      ...{ title: 'Wrong certificate makes OpenSSL reject the chain', ...SERVER },
      message: /OpenSSL selects CN=Twin CA as the issuer of CN=Crafted, but that path is not valid/,
      fix: /^Remove CN=Twin CA \(SHA-256 \w{64}\) from the server's certificate file/,
    },
  ];
}
