import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import {
  AuthorityInfoAccessExtension,
  ExtendedKeyUsageExtension,
  Extension,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509';
import { startScriptedServer } from '../../support/scripted-server.js';
import { AUTH, DELIVERY, codes, gate, letters, testEndpoint } from '../../support/gate.js';
import {
  HOST,
  ISSUER_AT,
  createCertificateFixtures,
  type CertificateName,
  type CertificateFixtures,
} from '../../support/certificate-fixtures.js';
import {
  behindExtension,
  element,
  month,
  numbered,
  onCurve,
  rewritten,
  unchanged,
  year,
} from '../../support/rewritten.js';
import {
  createPki,
  inDays,
  issue,
  type CertificateOptions,
  type Identity,
  type Pki,
} from '../../../src/servers/pki.js';
import { RSA_1024, ecdsaWith } from '../../support/key-types.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';
import { certificateFacts } from '../../../src/tls/x509/certificate.js';
import { subjectKeyId } from '../../../src/tls/x509/key-identifiers.js';

/**
 * Invalid chains that also have another problem. OpenSSL reports only its last error, and a waiver of that one must not
 * allow credentials for a server whose chain is invalid for a reason that OpenSSL did not report.
 */

const names = [HOST];
const expired = { notBefore: inDays(-400), notAfter: inDays(-2) };
const waiveExpired: Endpoint['waive'] = [
  { finding: 'certificate-expired', until: '2099-12-31', reason: 'for the test' },
];
const waiveWeakKey: Endpoint['waive'] = [
  { finding: 'certificate-weak-key', until: '2099-12-31', reason: 'for the test' },
];

/** One or both lists of name constraints (RFC 5280 section 4.2.1.10), each entry a GeneralName in hexadecimal. */
function constraints(permitted: readonly string[], excluded: readonly string[] = []): Extension {
  const of = (tag: number, parts: readonly Buffer[]): Buffer => element(tag, Buffer.concat(parts));
  const list = (tag: number, names: readonly string[]): Buffer[] =>
    names.length === 0
      ? []
      : [
          of(
            tag,
            names.map((name) => of(0x30, [Buffer.from(name, 'hex')])),
          ),
        ];
  return new Extension('2.5.29.30', true, of(0x30, [...list(0xa0, permitted), ...list(0xa1, excluded)]));
}
const generalName = (tag: number, content: Buffer): string => element(tag, content).toString('hex');
const dns = (name: string): string => generalName(0x82, Buffer.from(name));
const network = (...octets: number[]): string => generalName(0x87, Buffer.from(octets));
/** directoryName: CN=x. */
const DIRECTORY = 'a40e300c310a300806035504030c0178';

const UNKNOWN = new Extension('1.3.6.1.4.1.99999.1', true, Buffer.from('0500', 'hex'));

let pki: Pki;
beforeAll(async () => {
  pki = await createPki('Chain');
});

interface Seen {
  readonly steps: string;
  readonly codes: readonly string[];
  readonly sent: boolean;
  readonly found: readonly Finding[];
}

async function see(
  identity: Identity,
  waive: Endpoint['waive'],
  ca: Identity | readonly Identity[] = pki.root,
): Promise<Seen> {
  const served = { key: identity.key, cert: identity.chain, ciphers: 'DEFAULT@SECLEVEL=0' };
  await using server = await startScriptedServer({ tls: served });
  const anchors = [ca].flat().map(({ cert }) => cert);
  const tls = { ca: anchors, minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(testEndpoint(server.port, { auth: AUTH, delivery: DELIVERY, tls, waive }));
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    found: report.steps[2]?.findings ?? [],
    sent: server.heard.some(({ line }) => /^(AUTH|MAIL)/.test(line)),
  };
}

const ca = (commonName: string, options: Partial<Parameters<typeof issue>[0]>): Promise<Identity> =>
  issue({ commonName, ca: true, notBefore: inDays(-900), notAfter: inDays(900), ...options });

test('a path that exceeds the path length is rejected despite a waiver', async () => {
  const narrow = await ca('Narrow CA', { issuer: pki.root, pathLength: 0 });
  const below = await ca('Below CA', { issuer: narrow });
  const leaf = await issue({ names, issuer: below, sends: [below, narrow], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', sent: false });
});

test('a negative path length is rejected despite a waiver', async () => {
  const limited = await ca('Limited CA', { issuer: pki.root, pathLength: 0 });
  // After critical, OCTET STRING, SEQUENCE, the boolean and the header: -1.
  const negative = rewritten(limited, pki.root, behindExtension('0603551d13', 12, 'ff'));
  const leaf = await issue({ names, issuer: negative, sends: [negative], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', sent: false });
});

test.each(['notBefore', 'notAfter'] as const)(
  'an issuer whose %s is not a valid date is rejected despite a waiver',
  async (which) => {
    const undated = rewritten(await ca('Undated CA', { issuer: pki.root }), pki.root, month(which, '99'));
    const leaf = await issue({ names, issuer: undated, sends: [undated], ...expired });
    expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', sent: false });
  },
);

test.each(['notBefore', 'notAfter'] as const)(
  'a trusted CA whose %s is not a valid date is rejected despite a waiver',
  async (which) => {
    const root = await ca('Undated Root CA', {});
    const undated = rewritten(root, root, month(which, '99'), []);
    const leaf = await issue({ names, issuer: undated, sends: [], ...expired });
    expect(await see(leaf, waiveExpired, undated)).toMatchObject({ steps: 'ppfbb', sent: false });
  },
);

test('an intermediate for clients only is rejected despite a waiver', async () => {
  const clients = await ca('Clients CA', { issuer: pki.root, usage: ['clientAuth'] });
  const leaf = await issue({ names, issuer: clients, sends: [clients], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', sent: false });
});

test('an unknown critical extension is rejected despite a waiver', async () => {
  const leaf = await pki.issue({ names, further: [UNKNOWN], ...expired });
  expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppfbb', sent: false });
});

test('a violation of name constraints is rejected despite a waiver of a weak key', async () => {
  const constrained = await ca('Constrained CA', { issuer: pki.root, further: [constraints([dns('evil.test')])] });
  const leaf = await issue({ names, issuer: constrained, sends: [constrained], key: RSA_1024 });
  expect(await see(leaf, waiveWeakKey)).toMatchObject({ steps: 'ppfbb', sent: false });
});

test('the waived problems alone allow credentials', async () => {
  expect(await see(await pki.issue({ names, ...expired }), waiveExpired)).toMatchObject({
    steps: 'ppwpp',
    sent: true,
  });
  expect(await see(await pki.issue({ names, key: RSA_1024 }), waiveWeakKey)).toMatchObject({
    steps: 'ppwpp',
    sent: true,
  });
});

// Every order of twelve would take hours, and the time of a test is a minute.
test('many certificates of one name are not followed in every order', async () => {
  const first = await ca('Same CA', {});
  const same = { commonName: 'Same CA', ca: true, issuer: { ...first } };
  const others = await Promise.all(Array.from({ length: 11 }, () => ca('Same CA', same)));
  const leaf = await issue({ names, issuer: first, sends: [first, ...others], ...expired });
  expect(await see(leaf, [])).toMatchObject({ steps: 'ppfbb', sent: false });
});

describe('the computing time', () => {
  /** The milliseconds of CPU time of this process, for both sides of the connection. */
  const workFor = async (seen: () => Promise<Seen>): Promise<{ seen: Seen; ms: number }> => {
    const begun = process.cpuUsage();
    const what = await seen();
    const { user, system } = process.cpuUsage(begun);
    return { seen: what, ms: (user + system) / 1000 };
  };
  test('is bounded for many names and many name constraints of many issuers', async () => {
    const excluded = Array.from({ length: 115 }, (_, i) => dns(`x${i}`));
    const issuer = await ca('Same CA', { issuer: pki.root, further: [constraints([], excluded)] });
    const issuers = Array.from({ length: 31 }, (_, i) => rewritten(issuer, pki.root, numbered(i)));
    const many = Array.from({ length: 8000 }, () => 'a');
    const leaf = await issue({ names: [...names, ...many], issuer, sends: issuers, ...expired });
    const { seen, ms } = await workFor(() => see(leaf, waiveExpired));
    expect(seen).toMatchObject({ steps: 'ppfbb', sent: false });
    expect(seen.found[1]?.message).toMatch(
      /cannot evaluate the chain, and OpenSSL rejects it \(CERT_HAS_EXPIRED\): CN=Same CA has too many name constraints/,
    );
    // Seven times the usual time; comparing every name with every constraint took over six seconds.
    expect(ms).toBeLessThan(2000);
  });

  test('is bounded for a certificate with thousands of extensions', async () => {
    const further = Array.from({ length: 5000 }, (_, i) => new Extension(`1.3.${i}`, false, Buffer.alloc(0)));
    const leaf = await pki.issue({ names, further });
    const { seen, ms } = await workFor(() => see(leaf, []));
    expect(seen).toMatchObject({ steps: 'ppppp', sent: true });
    // Five times the usual time; comparing every extension with every other took over a second.
    expect(ms).toBeLessThan(800);
  });

  test('is enough for every realistic chain', async () => {
    const excluded = Array.from({ length: 100 }, (_, i) => dns(`x${i}.test`));
    const issuer = await ca('Wary CA', { issuer: pki.root, further: [constraints([], excluded)] });
    const many = Array.from({ length: 100 }, (_, i) => `n${i}.example.test`);
    const leaf = await issue({ names: [...names, ...many], issuer, sends: [issuer], ...expired });
    expect(await see(leaf, waiveExpired)).toMatchObject({ steps: 'ppwpp', sent: true });
  });
});

describe('issuer names are compared without case, and with each run of spaces as one', () => {
  /** A CA with a different spelling of its name, which the certificates that it issues contain. */
  const spelled = (issuer: Identity, commonName: string): Identity => ({ ...issuer, commonName });

  test.each([
    ['a valid certificate', {}, 'ppppp', []],
    ['a certificate whose only problem is that it has expired', expired, 'ppwpp', ['(certificate-expired)']],
  ])('the path leads to the trusted CA: %s', async (_, dates, steps, found) => {
    const intermediate = await ca('Test Intermediate', { issuer: spelled(pki.root, ' CHAIN  root ca') });
    const issuer = spelled(intermediate, 'TEST  intermediate');
    const leaf = await issue({ names, issuer, sends: [intermediate], ...dates });
    const waive = found.length === 0 ? [] : waiveExpired;
    expect(await see(leaf, waive)).toMatchObject({ steps, codes: [...found, 'receipt-not-verified'], sent: true });
  });

  test('a different name does not match', async () => {
    const intermediate = await ca('Test Intermediate', { issuer: pki.root });
    const leaf = await issue({ names, issuer: spelled(intermediate, 'TestIntermediate'), sends: [intermediate] });
    const { found, codes } = await see(leaf, []);
    expect(codes).toEqual(['certificate-untrusted']);
    expect(found[0]?.title).toBe('Wrong intermediate certificate sent');
  });
});

describe('the end of an incomplete chain, and the fix', () => {
  const at = (url: string) => new AuthorityInfoAccessExtension({ caIssuers: url });

  test('the finding names the missing certificate, its URL, and where to add it', async () => {
    const {
      codes: found,
      found: [first],
    } = await see(await pki.issue({ names, sends: [], further: [at(ISSUER_AT)] }), []);
    expect(found).toEqual(['certificate-chain-incomplete']);
    expect(first?.evidence).toMatchObject({ missingIssuer: 'CN=Chain Intermediate CA', caIssuers: ISSUER_AT });
    expect(first?.evidence).not.toHaveProperty('nameConflict');
    expect(first?.remedy).toMatch(
      `Append the certificate of CN=Chain Intermediate CA, available at ${ISSUER_AT}, to the server's certificate file`,
    );
  });

  test('the URL of the missing certificate may be absent or malicious', async () => {
    const {
      found: [silent],
    } = await see(await pki.issue({ names, sends: [] }), []);
    expect(silent?.evidence).not.toHaveProperty('caIssuers');
    expect(silent?.remedy).toMatch(
      /^Append the certificate of CN=Chain Intermediate CA to the server's certificate file/,
    );
    const {
      found: [hostile],
    } = await see(await pki.issue({ names, sends: [], further: [at('http://x/\u001b[2J\n::error::')] }), []);
    expect(hostile?.evidence?.caIssuers).toBe('http://x/\\x1b[2J\\x0a::error::');
  });

  test('the finding names the next certificate if the chain was sent partially', async () => {
    const second = await ca('Second CA', { issuer: pki.intermediate, further: [at(ISSUER_AT)] });
    const {
      codes: found,
      found: [first],
    } = await see(await issue({ names, issuer: second, sends: [second] }), []);
    expect(found).toEqual(['certificate-untrusted']);
    expect(first?.message).toBe(
      'The chain does not lead to a trusted CA: CN=Second CA is not trusted and was not issued by a trusted CA.',
    );
    expect(first?.evidence).toMatchObject({ missingIssuer: 'CN=Chain Intermediate CA', caIssuers: ISSUER_AT });
  });

  test('the finding names a private root that the server sent', async () => {
    const other = await createPki('Private');
    const {
      codes: found,
      found: [first],
    } = await see(await other.issue({ names, sends: [other.intermediate, other.root] }), []);
    expect(found).toEqual(['certificate-untrusted']);
    expect(first?.message).toBe('The chain ends in a root that is not trusted: CN=Private Root CA.');
    expect(first?.remedy).toMatch(
      /^If the CA is your own, add its root to `ca`, after .*public CA instead\.\n- If nobody knows this CA, .* an impostor/s,
    );
    const rootSha256 = certificateFacts(new X509Certificate(other.root.cert)).sha256;
    expect(first?.evidence).toMatchObject({ root: 'CN=Private Root CA', rootSha256 });
    expect(first?.evidence?.chain).toMatch(
      /^1: CN=STARTTLS Gate demo, issuer CN=Private Intermediate CA, valid until \S+, not a CA \/ 2: CN=Private Intermediate CA, issuer CN=Private Root CA, valid until \S+, CA \/ 3: CN=Private Root CA, issuer CN=Private Root CA, valid until \S+, CA$/,
    );
    expect(first?.evidence?.trusted).toMatch(/^default store: \d+ certificates; ca: CN=Chain Root CA$/);
    expect(first?.evidence).not.toHaveProperty('nameConflict');
  });

  test('the finding lists the trusted CAs by the file that they come from', async () => {
    const { key, chain: cert } = await (await createPki('Private')).issue({ names });
    await using server = await startScriptedServer({ tls: { key, cert } });
    const [first, second] = await Promise.all([ca('First CA', {}), ca('Second CA', {})]);
    const anchorSources = [
      { path: 'certs/first.pem', certificates: [first.cert] },
      { certificates: [second.cert, pki.root.cert] },
    ];
    const certificates = anchorSources.flatMap((source) => source.certificates);
    const tls = { ca: certificates, anchorSources, minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    const { report } = await gate(testEndpoint(server.port, { tls }));
    expect(report.steps[2]?.findings[0]?.evidence?.trusted).toMatch(
      /^default store: \d+ certificates; certs\/first\.pem: CN=First CA; ca: CN=Second CA \/ CN=Chain Root CA$/,
    );
  });

  test('the finding says if a trusted CA has the same name but a different key', async () => {
    const reissued = await createPki('Chain');
    const sends: Identity[][] = [[reissued.intermediate], [reissued.intermediate, reissued.root]];
    for (const one of sends) {
      const {
        codes: found,
        found: [first],
      } = await see(await reissued.issue({ names, sends: one }), []);
      expect(found).toEqual(['certificate-untrusted']);
      expect(first?.evidence?.nameConflict).toBe('a trusted CA has the name of the issuer, but a different key');
      expect(first?.message).toMatch(/: the trusted CA CN=Chain Root CA has a different key than the one that signed/);
      expect(first?.remedy).toMatch(
        /^Before you add anything to `ca`, compare the fingerprint .*: either the CA has renewed its key, or this is not your server/,
      );
      expect(first?.remedy).not.toMatch(/Append|add it/);
    }
  });

  test('a sent issuer with a different key is compared by its key identifier, and is not out of order', async () => {
    const current = await ca('Renewed CA', { issuer: pki.root });
    const old = await ca('Renewed CA', { issuer: pki.root });
    const seen = await see(await issue({ names, issuer: current, sends: [old, pki.root] }), []);
    expect(seen.codes).toEqual(['certificate-untrusted']);
    expect(seen.found[0]?.evidence).toMatchObject({
      issuerKeyId: subjectKeyId(current.certificate),
      sentKeyId: subjectKeyId(old.certificate),
      certificatesSent: '3',
    });
  });

  test('a backtick in the name of a CA does not start code in the fix', async () => {
    const issuer = await ca('`Odd` CA', {});
    const { found } = await see(await issue({ names, issuer, sends: [], further: [at('http://x/`')] }), []);
    expect(found[0]?.remedy).toMatch(/^Append the certificate of CN='Odd' CA, available at http:\/\/x\/', to/);
  });
});

describe('an issuer that expires before the certificate', () => {
  const endingIn = (days: number, issuer?: Identity): Promise<Identity> =>
    ca('Ending CA', { notAfter: inDays(days), ...(issuer && { issuer }) });
  const under = (issuer: Identity): Promise<Identity> => issue({ names, issuer, sends: [issuer] });

  test.each([
    ['causes a warning long before that', 30, 'ppwpp', 'warning'],
    ['causes an error shortly before that', 3.5, 'ppfbb', 'error'],
  ] as const)('%s', async (_, days, steps, severity) => {
    const intermediate = await endingIn(days, pki.root);
    const root = await endingIn(days);
    const below = await ca('Below CA', { issuer: root });
    const seen = await Promise.all([
      under(intermediate).then((leaf) => see(leaf, [])),
      under(root).then((leaf) => see(leaf, [], root)),
      under(below).then((leaf) => see(leaf, [], root)),
    ]);
    for (const one of seen) {
      expect(one.steps).toBe(steps);
      expect(one.found).toMatchObject([
        { code: 'certificate-issuer-expires-first', severity, evidence: { issuer: 'CN=Ending CA' } },
      ]);
      expect(one.found[0]?.message.includes(', in 3 days, but must be valid for at least 14 days;')).toBe(
        severity === 'error',
      );
    }
  });

  test('is ignored if a reissued certificate is valid longer', async () => {
    const old = await endingIn(3.5);
    const anew = rewritten(old, old, year('notAfter', '49'), []);
    const leaf = await issue({ names, issuer: old, sends: [] });
    for (const anchors of [
      [old, anew],
      [anew, old],
    ]) {
      expect(await see(leaf, [], anchors)).toMatchObject({ steps: 'ppppp', codes: ['receipt-not-verified'] });
    }
  });
});

describe('a key on a curve that NIST does not name', () => {
  const leafUnder = async (issuer: Identity, sends: readonly Identity[]): Promise<Identity> =>
    rewritten(await issue({ names, issuer, sends }), issuer, unchanged, sends);

  test.each(['brainpoolP256r1', 'secp256k1'] as const)(
    'is accepted for an intermediate or a root: %s',
    async (curve) => {
      const intermediate = onCurve(await ca('Odd Intermediate CA', { issuer: pki.root }), curve, pki.root);
      const root = onCurve(await ca('Odd Root CA', {}), curve);
      const seen = await Promise.all([
        leafUnder(intermediate, [intermediate]).then((leaf) => see(leaf, [])),
        leafUnder(root, []).then((leaf) => see(leaf, [], root)),
        // At the same time, an unrelated server.
        pki.issue({ names }).then((leaf) => see(leaf, [])),
      ]);
      expect(seen.map(({ steps }) => steps)).toEqual(['ppppp', 'ppppp', 'ppppp']);
    },
  );

  test('is accepted for the server', async () => {
    const leaf = onCurve(await pki.issue({ names }), 'brainpoolP256r1', pki.intermediate, [pki.intermediate]);
    expect(await see(leaf, [])).toMatchObject({ steps: 'ppppp', sent: true });
  });

  test('is not trusted without a trusted CA', async () => {
    const root = onCurve(await ca('Odd Root CA', {}), 'brainpoolP256r1');
    const seen = await see(await leafUnder(root, [root]), []);
    expect(seen).toMatchObject({ steps: 'ppfbb', codes: ['certificate-untrusted'], sent: false });
  });

  test('is named if its parameters are explicit', async () => {
    const leaf = onCurve(await pki.issue({ names }), 'explicit', pki.intermediate, [pki.intermediate]);
    const { found } = await see(leaf, []);
    expect(found[0]?.message).toMatch(/CN=STARTTLS Gate demo has a key with explicit curve parameters/);
  });
});

describe('name constraints', () => {
  const under = (extension: Extension, options: Partial<Parameters<typeof issue>[0]> = {}): Promise<Identity> =>
    ca('Constrained CA', { issuer: pki.root, further: [extension] }).then((issuer) =>
      issue({ names, issuer, sends: [issuer], ...options }),
    );

  test.each<[string, Extension]>([
    ['the domain', constraints([dns('example.test')])],
    ['the exact name', constraints([dns('mail.EXAMPLE.test')])],
    ['subdomains of a domain', constraints([dns('.example.test')])],
    ['one of several', constraints([dns('other.test'), dns('example.test')], [dns('secret.example.test')])],
    ['everything', constraints([dns('')])],
    ['only IP addresses, of which it has none', constraints([network(10, 0, 0, 0, 255, 0, 0, 0)])],
  ])('that permit the name do not add a finding to an expired certificate: %s', async (_, extension) => {
    const seen = await see(await under(extension, expired), waiveExpired);
    expect(seen).toMatchObject({ steps: 'ppwpp', sent: true });
    expect(seen.codes[0]).toBe('(certificate-expired)');
  });

  test.each<[string, Extension, RegExp]>([
    [
      'a different domain',
      constraints([dns('evil.test'), dns('le.test')]),
      /CN=Constrained CA may not issue certificates for mail\.example\.test: its name constraints permit only evil\.test, le\.test/,
    ],
    ['a longer name', constraints([dns('x.mail.example.test')]), /permit only x\.mail\.example\.test/],
    ['the end of a label', constraints([dns('ample.test')]), /permit only ample\.test/],
    ['subdomains of the name', constraints([dns('.mail.example.test')]), /permit only \.mail\.example\.test/],
    [
      'an excluded domain',
      constraints([dns('test')], [dns('example.test')]),
      /may not issue certificates for mail\.example\.test: its name constraints exclude example\.test/,
    ],
  ])('that do not permit the name are reported even if there is another problem: %s', async (_, extension, message) => {
    for (const options of [{}, expired]) {
      const seen = await see(await under(extension, options), waiveExpired);
      expect(seen).toMatchObject({ steps: 'ppfbb', sent: false });
      expect(seen.found.find(({ code }) => code === 'certificate-untrusted')?.message).toMatch(message);
    }
  });

  test.each<[string, Extension, RegExp | undefined]>([
    ['its network', constraints([network(127, 0, 0, 0, 255, 0, 0, 0)]), undefined],
    [
      'a different network',
      constraints([network(10, 0, 0, 0, 255, 0, 0, 0)]),
      /127\.0\.0\.1: .* permit only 10\.0\.0\.0\/255\.0\.0\.0/,
    ],
    ['its network, excluded', constraints([], [network(127, 0, 0, 1, 255, 255, 255, 255)]), /exclude 127\.0\.0\.1/],
    ['a different network, excluded', constraints([], [network(10, 0, 0, 0, 255, 0, 0, 0)]), undefined],
    [
      'an incomplete network',
      constraints([network(127, 0, 0)]),
      /is malformed: an IP address constraint has an invalid length/,
    ],
  ])('on IP addresses are compared with IP addresses: %s', async (_, extension, message) => {
    const leaf = await under(extension, { ...expired, addresses: ['127.0.0.1'] });
    const seen = await see(leaf, waiveExpired);
    const untrusted = seen.found.find(({ code }) => code === 'certificate-untrusted');
    expect([seen.sent, untrusted?.message ?? '']).toEqual([
      message === undefined,
      message === undefined ? '' : (expect.stringMatching(message) as string),
    ]);
  });

  test('apply to the whole path', async () => {
    const upper = await ca('Upper CA', { issuer: pki.root, further: [constraints([dns('evil.test')])] });
    const lower = await ca('Lower CA', { issuer: upper });
    const leaf = await issue({ names, issuer: lower, sends: [lower, upper], ...expired });
    const seen = await see(leaf, waiveExpired);
    expect(seen).toMatchObject({ steps: 'ppfbb', sent: false });
    expect(seen.found[1]?.message).toMatch(/CN=Upper CA may not issue certificates for mail\.example\.test/);
  });

  test('on distinguished names are compared with subjects', async () => {
    const outside = await see(await under(constraints([DIRECTORY], [])), []);
    expect(outside).toMatchObject({ steps: 'ppfbb', codes: ['certificate-untrusted'], sent: false });
    expect(outside.found[0]?.message).toMatch(
      /CN=Constrained CA may not issue certificates for CN=STARTTLS Gate demo: its name constraints permit only CN=x\.$/,
    );
    expect(await see(await under(constraints([], [DIRECTORY])), [])).toMatchObject({ steps: 'ppppp' });
    expect(await see(await under(constraints([], [DIRECTORY]), expired), waiveExpired)).toMatchObject({
      steps: 'ppwpp',
      sent: true,
    });
  });

  test('of an unsupported type are left to OpenSSL', async () => {
    const email = [
      new SubjectAlternativeNameExtension([
        { type: 'email', value: 'postmaster@example.test' },
        { type: 'dns', value: HOST },
      ]),
    ];
    const elsewhere = generalName(0x81, Buffer.from('evil.test'));
    const options = { names: [], further: email };
    expect(await see(await under(constraints([], [elsewhere]), options), [])).toMatchObject({ steps: 'ppppp' });
    // OpenSSL reports only the date, so it is unknown whether it has checked the rest.
    const unsure = await see(await under(constraints([], [elsewhere]), { ...options, ...expired }), waiveExpired);
    expect(unsure).toMatchObject({ steps: 'ppfbb', sent: false });
    expect(unsure.found[1]?.message).toMatch(/name constraints of a type that this check does not support\.$/);
  });

  test('do not hide weak keys and expired certificates on the path', async () => {
    const extension = constraints([], [generalName(0x81, Buffer.from('evil.test'))]);
    const short = await ca('Short CA', { issuer: pki.root, further: [extension], notAfter: inDays(30) });
    const leaf = await issue({ names, issuer: short, sends: [short] });
    expect((await see(leaf, [])).codes).toContain('certificate-issuer-expires-first');
    const weak = await issue({ commonName: 'Weak CA', ca: true, key: RSA_1024 });
    const issuer = await ca('Constrained CA', { issuer: pki.root, further: [extension] });
    const beside = await see(await issue({ names, issuer, sends: [issuer, weak] }), []);
    expect(beside.codes).toEqual(['certificate-chain-disordered', 'receipt-not-verified']);
  });
});

describe('a certificate that is not for servers', () => {
  test.each<[CertificateName, RegExp]>([
    ['signsCertificatesOnly', /its key usage allows neither a signature nor a key exchange/],
    ['anyPurpose', /its extended key usage is "any", which does not include TLS servers/],
    ['netscapeClient', /its Netscape certificate type is not a server/],
  ])('causes a finding that gives the reason: %s', async (certName, message) => {
    const certs = await createCertificateFixtures();
    const { found, codes: seen } = await see(certs[certName], [], certs.pki.root);
    expect(seen).toEqual(['certificate-wrong-purpose']);
    expect(found[0]?.message).toMatch(message);
  });

  test('must not have an intermediate whose extended key usage is "any"', async () => {
    const any = await ca('Any CA', { issuer: pki.root, further: [new ExtendedKeyUsageExtension(['2.5.29.37.0'])] });
    const { found } = await see(await issue({ names, issuer: any, sends: [any] }), []);
    expect(found[0]?.message).toMatch(
      /CN=Any CA may not issue certificates for servers: its extended key usage is "any"/,
    );
  });
});

test('a hostname mismatch says what the certificate contains instead', async () => {
  const messageOf = async (options: CertificateOptions, servername = HOST): Promise<string | undefined> => {
    const { key, chain: cert } = await pki.issue(options);
    await using server = await startScriptedServer({ tls: { key, cert } });
    const tls = { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
    const { report } = await gate(testEndpoint(server.port, { tls, servername }));
    return report.steps[2]?.findings[0]?.message;
  };
  const email = new SubjectAlternativeNameExtension([{ type: 'email', value: 'postmaster@example.test' }]);
  expect(await messageOf({ names: ['127.0.0.1'] }, '127.0.0.1')).toBe(
    'The certificate has 127.0.0.1 as a DNS name, not as an IP address.',
  );
  expect(await messageOf({})).toBe(
    'The certificate has no subject alternative names, so it does not match mail.example.test. Clients ignore its common name.',
  );
  expect(await messageOf({ further: [email] })).toBe(
    'The certificate has subject alternative names, but no DNS name or IP address, so it does not match mail.example.test. Clients ignore its common name.',
  );
  expect(await messageOf({ names: ['other.test'] })).toBe(
    'The certificate is for other.test, not for mail.example.test.',
  );
});

test('a hostname mismatch is blamed on servername if the certificate is valid for the host', async () => {
  const { key, chain: cert } = await pki.issue({ names: ['smtp.example.test'] });
  await using server = await startScriptedServer({ tls: { key, cert } });
  const tls = { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }]);
  const found = async (host: string) => {
    const { report } = await gate(testEndpoint(server.port, { tls, host, servername: 'staging.test' }), { resolver });
    return report.steps[2]?.findings[0];
  };
  expect(await found('smtp.example.test')).toMatchObject({
    code: 'certificate-hostname-mismatch',
    message:
      'The certificate is valid for the host smtp.example.test, but the configuration requires a different name (servername): staging.test.',
    party: 'configuration',
    remedy: expect.stringMatching(/^Remove `servername` of this endpoint, which is set to staging\.test: /) as string,
  });
  expect((await found('other.example.test'))?.remedy).not.toMatch(/^Remove/);
});

describe('weak keys and signatures', () => {
  let certs: CertificateFixtures;
  beforeAll(async () => {
    certs = await createCertificateFixtures();
  });
  const codesOf = async (identity: Identity): Promise<readonly string[]> =>
    (await see(identity, [], certs.pki.root)).codes.filter((code) => code !== 'receipt-not-verified');

  test('are ignored in a certificate that is not on the path', async () => {
    for (const beside of ['rsa1024', 'sha1'] as const) {
      const sends = [certs.pki.intermediate, certs[beside]];
      expect(await codesOf(await certs.pki.issue({ names, sends }))).toEqual(['certificate-chain-disordered']);
    }
  });

  test('are reported for every certificate on the path, including the trusted CA', async () => {
    const weak = await ca('Weak CA', { key: RSA_1024, issuer: certs.pki.root });
    expect(await codesOf(await issue({ names, issuer: weak, sends: [weak] }))).toEqual(['certificate-weak-key']);
    const both = await codesOf(await issue({ names, issuer: weak, sends: [weak], key: RSA_1024 }));
    expect(both).toEqual(['certificate-weak-key', 'certificate-weak-key']);
    const leaf = await issue({ names, issuer: weak, sends: [] });
    expect((await see(leaf, [], weak)).codes).toEqual(['certificate-weak-key']);
  });

  test.each<[string, Partial<CertificateOptions>, Endpoint['waive'], Partial<CertificateOptions>, string[]]>([
    [
      'weak signature behind a weak key',
      { key: RSA_1024 },
      waiveWeakKey,
      { signature: ecdsaWith('SHA-1') },
      ['(certificate-weak-key)', 'certificate-weak-signature'],
    ],
    [
      'weak key behind an expired certificate',
      expired,
      waiveExpired,
      { key: RSA_1024 },
      ['(certificate-expired)', 'certificate-weak-key'],
    ],
    [
      'weak signature behind an expired certificate',
      expired,
      waiveExpired,
      { signature: ecdsaWith('SHA-1') },
      ['(certificate-expired)', 'certificate-weak-signature'],
    ],
  ])('of an issuer are reported despite a waiver: a %s', async (_, ofLeaf, waive, ofIssuer, expected) => {
    const weak = await ca('Weak CA', { issuer: pki.root, ...ofIssuer });
    const seen = await see(await issue({ names, issuer: weak, sends: [weak], ...ofLeaf }), waive);
    expect(seen).toMatchObject({ steps: 'ppfbb', sent: false });
    expect(seen.codes.slice(0, 2)).toEqual(expected);
    expect(seen.found[1]?.evidence).toMatchObject({ subject: 'CN=Weak CA' });
  });

  test('of the server and of an issuer are two findings, even if both are waived', async () => {
    const weak = await ca('Weak CA', { issuer: pki.root, key: RSA_1024 });
    const leaf = await issue({ names, issuer: weak, sends: [weak], key: RSA_1024 });
    const { found } = await see(leaf, waiveWeakKey);
    expect(found.map(({ evidence, waived }) => [evidence?.subject, waived !== undefined])).toEqual([
      ['CN=STARTTLS Gate demo', true],
      ['CN=Weak CA', true],
    ]);
  });

  test('are reported for all certificates if there is no path', async () => {
    const other = await createPki('Nobody');
    const sends = [other.intermediate, certs.rsa1024];
    expect(await codesOf(await other.issue({ names, sends }))).toEqual([
      'certificate-untrusted',
      'certificate-weak-key',
      'certificate-chain-disordered',
    ]);
  });

  test.each<[CertificateName, string, string[]]>([
    ['pss', 'RSA-PSS with SHA-256', []],
    ['pssSha1', 'RSA-PSS with SHA-1 or an unknown hash', ['certificate-weak-signature']],
  ])('depend on the hash for RSA-PSS: %s', async (certName, signature, expected) => {
    expect(await codesOf(certs[certName])).toEqual(expected);
    expect(certificateFacts(new X509Certificate(certs[certName].cert)).signature.name).toBe(signature);
  });
});
