import { createSecureContext } from 'node:tls';
import { createPki, inDays, issue, type CertificateOptions, type Identity } from '../../../src/servers/pki.js';
import { HOST, ISSUER_AT, ISSUER_URL, issuerAt, type CertificateFixtures } from '../certificate-fixtures.js';
import { startTlsUnlessNamed, type Dialogue } from '../dialogue.js';
import { ecdsaWith, RSA_1024 } from '../key-types.js';
import { pin } from '../finding-examples/finding-example.js';
import { rewritten, unchanged } from '../rewritten.js';
import { AUTHORITY, CONFIGURATION, LIKELY, NETWORK, serves, SERVER, type Mistake } from './mistake.js';

const names = [HOST];
const UNTRUSTED = 'certificate-untrusted';
const INCOMPLETE = 'certificate-chain-incomplete';
const MISMATCH = 'certificate-hostname-mismatch';
const PURPOSE = 'certificate-wrong-purpose';

const PUBLIC_ROOT = 'Chain of a public CA ends in an untrusted root';

/** Ten minutes, in days. */
const MINUTES = 10 / 24 / 60;

const ca = (commonName: string, options: CertificateOptions = {}): Promise<Identity> =>
  issue({ commonName, ca: true, notBefore: inDays(-900), notAfter: inDays(900), ...options });
const under = (issuer: Identity, options: CertificateOptions = {}): Promise<Identity> =>
  issue({ names, issuer, ...options });
const trusting = (...roots: Identity[]) => ({ ca: roots.map(({ cert }) => cert) });

/** Chains that do not lead to a trusted CA, or should not. */
export async function chains({ pki, good, outsideConstraints }: CertificateFixtures): Promise<readonly Mistake[]> {
  const lab = await createPki('Lab');
  const root = await ca('Lab root CA');
  const firewall = await ca('Fortinet_CA_SSL');
  const staging = await ca('(STAGING) Wannabe Watercress R11', {
    issuer: await ca('(STAGING) Pretend Pear X1'),
  });
  const odd = { further: [{ rawData: ISSUER_URL }] };
  const expired = { notAfter: inDays(-3) };
  const oldIntermediate = await ca('Old CA', { issuer: pki.root, ...expired });
  const oldRoot = await ca('Old Root CA', expired);
  const notCa = await issue({ commonName: 'Own CA', notAfter: inDays(900) });
  const early = await ca('Early CA', { issuer: pki.root, notBefore: inDays(20) });
  const soon = await ca('Soon CA', { issuer: pki.root, notBefore: inDays(MINUTES) });
  const clients = await ca('Clients CA', { issuer: pki.root, usage: ['clientAuth'] });
  const last = await ca('Last CA', { issuer: pki.root, pathLength: 0 });
  const tooDeep = await ca('Deep CA', { issuer: last });
  const selfSignedBefore = await issue({ commonName: HOST, names });
  const newRoot = await ca('Root YR');
  const ofNewRoot = await ca('YR1', { issuer: newRoot, further: [{ rawData: issuerAt('http://yr.i.lencr.org/') }] });
  const again = await createPki('Test');
  const renewed = await ca('Renewed CA', { issuer: pki.root });
  const before = await ca('Renewed CA', { issuer: pki.root });
  const forged = rewritten(await pki.issue({ names }), before, unchanged, [pki.intermediate]);
  return [
    {
      name: 'a private root that is not in `ca`',
      server: serves(await under(root)),
      ...{ code: INCOMPLETE, title: 'Private CA not trusted', ...CONFIGURATION },
      message: /whose issuer, CN=Lab root CA, is not a trusted CA/,
      ...{ fix: /^Add the root of this private CA to `ca`: CN=Lab root CA is probably/, notTheFix: /^Append/ },
    },
    {
      name: 'a private root that is not in `ca`, below which an intermediate is sent',
      server: serves(await lab.issue({ names })),
      ...{ code: UNTRUSTED, title: 'Private CA not trusted', ...CONFIGURATION },
      message: /CN=Lab Intermediate CA is not trusted and was not issued by a trusted CA/,
      ...{ fix: /^Add the root of this private CA to `ca`: CN=Lab Root CA is probably/, notTheFix: /^Append/ },
    },
    {
      name: 'a private root that is sent',
      server: serves(await lab.issue({ names, sends: [lab.intermediate, lab.root] })),
      ...{ code: UNTRUSTED, title: 'Private root not trusted', ...CONFIGURATION },
      ...{
        message: /ends in a root that is not trusted: CN=Lab Root CA/,
        fix: /add its root to `ca`, after .* \(SHA-256 \w{64}\).* get a certificate from a public CA instead/s,
      },
    },
    {
      name: 'a new root of a public CA, without the certificate for it of an older one',
      server: serves(await under(ofNewRoot, { sends: [ofNewRoot] })),
      ...{ code: UNTRUSTED, title: PUBLIC_ROOT, ...LIKELY },
      message: /CN=YR1 is not trusted and was not issued by a trusted CA/,
      fix: /^Configure the complete chain .* clients do not trust CN=Root YR yet, or no longer trust it\.\n/,
      notTheFix: /^- Add|private CA/m,
    },
    {
      name: 'a new root of a public CA, signed by itself',
      server: serves(await under(ofNewRoot, { sends: [ofNewRoot, newRoot] })),
      ...{ code: UNTRUSTED, title: PUBLIC_ROOT, ...LIKELY },
      message: /ends in a root that is not trusted: CN=Root YR/,
      ...{ fix: /^Configure the complete chain .* CN=Root YR/, notTheFix: /your own|private CA/ },
    },
    {
      name: 'a firewall that inspects TLS and sends its CA',
      server: serves(await under(firewall, { sends: [firewall] })),
      ...{ code: UNTRUSTED, title: 'Certificate from a TLS inspection product', ...NETWORK },
      message:
        /ends with CN=Fortinet_CA_SSL\. The name of an issuer is that of a TLS inspection product \(Fortinet\)\.$/,
      ...{
        fix: /^Exempt this server and port from TLS inspection by Fortinet.*Do not add this CA to `ca`/s,
        notTheFix: /get a certificate|add its root/,
      },
    },
    {
      name: 'a firewall that inspects TLS and does not send its CA',
      server: serves(await under(await ca('Zscaler Root CA'), { sends: [] })),
      ...{ code: INCOMPLETE, title: 'Certificate from a TLS inspection product', ...NETWORK },
      ...{ message: /\(Zscaler\)\.$/, fix: /^Exempt .* by Zscaler/, notTheFix: /Append|Add the root/ },
    },
    {
      name: 'a firewall with its default certificate',
      server: serves(await issue({ commonName: 'FortiGate', names })),
      ...{ code: 'certificate-self-signed', title: 'Certificate from a TLS inspection product', ...NETWORK },
      ...{
        message: /\(Fortinet\)\.$/,
        fix: /is in front of the server: install the server's certificate there\.$/,
        notTheFix: /tls\.pin/,
      },
    },
    {
      name: "a certificate from the staging environment of Let's Encrypt, below which an intermediate is sent",
      server: serves(await under(staging)),
      ...{ code: UNTRUSTED, title: 'Certificate of a CA that mail clients do not trust', ...LIKELY },
      message: /that of a CA that mail clients do not trust \(Let's Encrypt staging\)\.$/,
      fix: /^Get the certificate again from the production environment .* Do not add its root to `ca`/,
      notTheFix: /Append|Add the root/,
    },
    {
      name: 'a certificate from Pebble without its intermediate',
      server: serves(await under(await ca('Pebble Intermediate CA 1a2b3c'), { sends: [] })),
      ...{ code: INCOMPLETE, title: 'Certificate of a CA that mail clients do not trust', ...LIKELY },
      ...{
        message: /, and intermediates would not help\..*\(Pebble\)\.$/,
        fix: /^Get the certificate from a real CA/,
        notTheFix: /Append|Add the root/,
      },
    },
    {
      name: 'the default certificate of Traefik',
      server: serves(await issue({ commonName: 'TRAEFIK DEFAULT CERT', names: ['1.2.traefik.default'] })),
      ...{ code: 'certificate-self-signed', title: 'Default certificate of the software', ...LIKELY },
      message: /It is probably the default certificate of Traefik\.$/,
      fix: /Traefik: configure a certificate for this name .* Do not pin/,
      notTheFix: /tls\.pin/,
    },
    {
      name: 'the name in the default certificate of Traefik',
      server: serves(await issue({ commonName: 'TRAEFIK DEFAULT CERT', names: ['1.2.traefik.default'] })),
      ...{ code: MISMATCH, title: 'Certificate does not match the host name', ...LIKELY },
      message: /is for 1\.2\.traefik\.default/,
      fix: /^The cause and the fix are those of "Default certificate of the software"\.$/,
    },
    {
      name: 'a self-signed certificate with the name of another domain',
      server: serves(await issue({ commonName: 'other', names: ['mail.other.example'] })),
      ...{ code: MISMATCH, title: 'Certificate does not match the host name', ...LIKELY },
      message: /is for mail\.other\.example/,
      ...{ fix: /^The same new certificate fixes this/, notTheFix: /provider/ },
    },
    {
      name: 'a new self-signed certificate, and the one before in `ca`',
      ...{ server: serves(await issue({ commonName: HOST, names })), policy: trusting(selfSignedBefore) },
      ...{ code: 'certificate-self-signed', title: 'Self-signed certificate was replaced', ...CONFIGURATION },
      message:
        /^The certificate is self-signed, and is not the one in ca, which has the same name \(CN=mail\.example\.test\)\.$/,
      ...{
        fix: /^Compare the fingerprint \(SHA-256 \w{64}\) .* replace the certificate in ca/,
        notTheFix: /public CA/,
      },
    },
    {
      name: 'an intermediate that is not sent',
      server: serves(await pki.issue({ names, sends: [], ...odd })),
      ...{ code: INCOMPLETE, title: 'Intermediate certificate missing', ...LIKELY },
      message: /whose issuer, CN=Test Intermediate CA, is not a trusted CA/,
      fix: new RegExp(`^Append the certificate of CN=Test Intermediate CA, available at ${ISSUER_AT}, to`),
    },
    {
      name: 'an intermediate of a public CA that is not sent',
      server: serves(
        await pki.issue({ names, sends: [], further: [{ rawData: issuerAt('http://r12.i.lencr.org/') }] }),
      ),
      ...{ code: INCOMPLETE, title: 'Intermediate certificate missing', ...LIKELY },
      message: /whose issuer, CN=Test Intermediate CA, is not a trusted CA/,
      ...{ fix: /^Append the certificate of CN=Test Intermediate CA, available at /, notTheFix: /private CA/ },
    },
    {
      name: 'a CA with the name of a trusted one',
      server: serves(await again.issue({ names })),
      ...{ code: UNTRUSTED, title: 'Issuer has the name of a trusted CA, but a different key', ...LIKELY },
      ...{
        message: /has a different key than the one that signed/,
        fix: /^Before you add anything to `ca`, compare the fingerprint/,
      },
    },
    {
      name: 'an intermediate from before its CA renewed its key',
      server: serves(await under(renewed, { sends: [before] })),
      ...{ code: UNTRUSTED, title: 'Wrong intermediate certificate sent', ...LIKELY },
      message: /sends CN=Renewed CA as the issuer of CN=STARTTLS Gate demo, but with a different key/,
      fix: /^Replace the certificate of CN=Renewed CA .* subject key identifier `[0-9A-F]{2}(:[0-9A-F]{2}){19}`\./,
      notTheFix: /Append|add it to `ca`/,
    },
    {
      name: 'an intermediate of the same CA that has not issued the certificate',
      server: serves(await under(renewed, { sends: [pki.intermediate] })),
      ...{ code: UNTRUSTED, title: 'Wrong intermediate certificate sent', ...LIKELY },
      message:
        /sends CN=Test Intermediate CA, which did not issue CN=STARTTLS Gate demo\. The issuer is CN=Renewed CA\.$/,
      fix: /^Replace CN=Test Intermediate CA in the server's certificate file with CN=Renewed CA, .* Do not add CN=Renewed/,
      notTheFix: /Append|add it to `ca`/,
    },
    {
      name: 'a certificate that its issuer has not signed',
      server: serves(forged),
      ...{ code: UNTRUSTED, title: 'Signature of the certificate not valid', ...LIKELY },
      message:
        /^The signature of CN=STARTTLS Gate demo is not valid: it was not made with the key of its issuer, CN=Test Intermediate CA\./,
      ...{ fix: /^Compare the certificate with the one that the CA issued/, notTheFix: /Append|Replace/ },
    },
    {
      name: 'an expired intermediate',
      server: serves(await under(oldIntermediate)),
      ...{ code: UNTRUSTED, title: 'Issuer certificate expired', ...SERVER },
      message: /CN=Old CA expired on \S+, 3 days ago\. It is an intermediate certificate that the server sends\./,
      fix: /^Replace the expired intermediate CN=Old CA .*Adding the expired certificate to `ca` does not help/,
      notTheFix: /add its root to `ca`/,
    },
    {
      name: 'an expired root in `ca`',
      ...{ server: serves(await under(oldRoot)), policy: trusting(oldRoot) },
      ...{ code: UNTRUSTED, title: 'Root certificate expired', ...AUTHORITY },
      message:
        /CN=Old Root CA expired on \S+, 3 days ago\. It is a root certificate that is configured as a trusted CA\./,
      fix: /^Ask whoever operates the CA CN=Old Root CA for a new root.*Adding the expired root to `ca` does not help/,
    },
    {
      name: 'an expired intermediate in `ca`',
      ...{ server: serves(await under(oldIntermediate, { sends: [] })), policy: trusting(oldIntermediate) },
      ...{ code: UNTRUSTED, title: 'Trusted intermediate expired', ...CONFIGURATION, certainty: 'certain' },
      message: /It is an intermediate certificate that is configured as a trusted CA\./,
      fix: /^Replace CN=Old CA in `ca`/,
    },
    {
      name: 'an issuer that is not valid yet',
      server: serves(await under(early)),
      ...{ code: UNTRUSTED, title: 'Issuer certificate not yet valid', ...SERVER },
      ...{
        message: /CN=Early CA is not valid before/,
        fix: /^Install the chain that is valid now/,
        notTheFix: /clock/,
      },
    },
    {
      name: 'an issuer that becomes valid in ten minutes',
      server: serves(await under(soon)),
      ...{ code: UNTRUSTED, title: 'Issuer certificate not yet valid, or a wrong clock', ...LIKELY },
      ...{ message: /CN=Soon CA is not valid before/, fix: /^Compare the clock of this machine/ },
    },
    {
      name: 'an issuer that is not a CA',
      server: serves(await under(good, { sends: [good, pki.intermediate] })),
      ...{ code: UNTRUSTED, title: 'Issuer is not a CA', ...LIKELY },
      message: /CN=STARTTLS Gate demo issued a certificate in this chain, but is not a CA/,
      ...{
        fix: /^Do not trust CN=STARTTLS Gate demo, and do not add it to `ca`.*incident/s,
        notTheFix: /add its root/,
      },
    },
    {
      name: 'an issuer in `ca` that is not a CA',
      ...{ server: serves(await under(notCa, { sends: [] })), policy: trusting(notCa) },
      ...{ code: UNTRUSTED, title: 'Certificate of your own CA is not that of a CA', ...AUTHORITY },
      message: /^CN=Own CA in ca issued a certificate in this chain, but its own certificate is not that of a CA/,
      fix: /^Create the certificate of CN=Own CA again, .*CA:TRUE.* Then replace its file in `ca`/,
      notTheFix: /incident|forged|do not add/,
    },
    {
      name: 'an earlier certificate of the server in `ca`',
      ...{ server: serves(await lab.issue({ names })), policy: trusting(await under(root, { sends: [] })) },
      ...{ code: UNTRUSTED, title: 'ca has the certificate of the server, not of its CA', ...CONFIGURATION },
      message: /^ca has a certificate of the server itself \(CN=STARTTLS Gate demo\), not of a CA\./,
      fix: /^Replace the certificate in ca with the root certificate of the CA: CN=Lab Root CA is the issuer/,
    },
    {
      name: 'the certificate of a server that sends no issuer, in `ca`',
      ...{ server: serves(await under(root)), policy: trusting(await under(root, { sends: [] })) },
      ...{ code: INCOMPLETE, title: 'ca has the certificate of the server, not of its CA', ...CONFIGURATION },
      message: /^ca has a certificate of the server itself/,
      ...{ fix: /CN=Lab root CA is the issuer that is missing/, notTheFix: /^Append|^Add/ },
    },
    {
      name: 'a CA for clients only',
      server: serves(await under(clients)),
      ...{ code: UNTRUSTED, title: 'Issuer not allowed to issue this certificate', ...SERVER },
      message: /CN=Clients CA may not issue certificates for servers/,
      fix: /^Get a certificate from an intermediate that may issue .* for servers.*Adding CN=Clients CA to `ca` does not help/,
    },
    {
      name: 'a CA below one that allows none below it',
      server: serves(await under(tooDeep, { sends: [tooDeep, last] })),
      ...{ code: UNTRUSTED, title: 'Path length constraint of an issuer exceeded', ...AUTHORITY },
      message: /CN=Last CA may have at most 0 CAs below it, and has 1/,
      fix: /^The administrator of the CA has to repair the chain: .* in the certificate of CN=Last CA/,
    },
    {
      name: 'a CA for a different domain only',
      server: serves(outsideConstraints),
      ...{ code: UNTRUSTED, title: 'Name constraints of the issuer exclude this certificate', ...SERVER },
      message: /CN=Test CA for elsewhere\.test may not issue .* its name constraints permit only elsewhere\.test\.$/,
      fix: /^Get a certificate from an intermediate whose name constraints allow .*Adding CN=Test CA .* does not help/,
    },
  ];
}

/** Servers with a certificate for this name, and a different one for clients that send no name. */
export function certificatesByName({ good, expired, wrongHost }: CertificateFixtures): readonly Mistake[] {
  const byName = (named: Identity, other: Identity): Dialogue => {
    const context = createSecureContext({ key: named.key, cert: named.chain });
    return {
      tls: {
        key: other.key,
        cert: other.chain,
        SNICallback: (_, done) => {
          done(null, context);
        },
      },
    };
  };
  const tls = { key: good.key, cert: good.chain };
  const onlyWithSni = {
    ...{ code: 'tls-handshake-failed' as const, title: 'No usable certificate for this server name (SNI)', ...LIKELY },
    ...{
      message: /Without a server name \(SNI\), the handshake succeeds/,
      fix: /^Correct what the server has for mail\.example\.test: .* `-noservername` in place of `-servername mail\.example\.test`/s,
      notTheFix: /cipher/,
    },
  };
  const valid = new RegExp(`Without a server name \\(SNI\\), .* valid for ${HOST.replaceAll('.', '\\.')} until `);
  return [
    ...[40, 80].map((alert) => ({
      name: `no certificate for this name, and alert ${alert}`,
      server: { tls, replies: { STARTTLS: ['220 go', startTlsUnlessNamed(HOST, alert)] } },
      ...onlyWithSni,
      shows: `SSL alert number ${alert}`,
    })),
    {
      name: 'a certificate for this name that cannot be loaded',
      server: {
        tls: {
          ...tls,
          SNICallback: (_, done) => {
            done(new Error('no such file'));
          },
        },
      },
      ...onlyWithSni,
    },
    {
      name: 'a renewed certificate, but not for this name',
      server: byName(expired, good),
      ...{ code: 'certificate-expired', title: 'Certificate for this server name (SNI) expired', ...SERVER },
      ...{
        message: valid,
        fix: /^Replace the certificate that the server has for this name/,
        notTheFix: /renewal failed/,
      },
    },
    {
      name: 'the certificate of another host, but only for this name',
      server: byName(wrongHost, good),
      ...{ code: MISMATCH, title: 'Wrong certificate only for this server name (SNI)', ...SERVER },
      ...{ message: valid, fix: /^Replace the certificate that the server has for this name/ },
    },
    {
      name: 'expired certificates with and without a name',
      server: byName(expired, wrongHost),
      ...{ code: 'certificate-expired', title: 'Certificate expired', ...SERVER },
      ...{ message: /ago\.$/, fix: /^Check whether the certificate file on the server has already been renewed/ },
    },
  ];
}

/** Certificates with the wrong purpose, key, signature or dates. */
export async function contents({
  pki,
  good,
  rsa2048,
  signsCertificatesOnly,
  soon,
  noSuchDate,
  oddNames,
}: CertificateFixtures): Promise<readonly Mistake[]> {
  const ownCa = await issue({ commonName: HOST, names, ca: true });
  const weakCa = await ca('Weak CA', { issuer: pki.root, key: RSA_1024 });
  const sha1Ca = await ca('SHA-1 CA', { issuer: pki.root, signature: ecdsaWith('SHA-1') });
  const short = await ca('Short CA', { issuer: pki.root, notAfter: inDays(30) });
  const shortRoot = await ca('Short Root CA', { notAfter: inDays(30) });
  const selfSigned = await issue({ commonName: HOST, names });
  return [
    {
      name: 'a self-signed CA certificate in `ca`',
      ...{ server: serves(ownCa), policy: trusting(ownCa) },
      ...{ code: PURPOSE, title: 'Self-signed CA certificate used as server certificate', ...SERVER },
      message: /it is a CA certificate/,
      fix: /`openssl req -x509 .* -addext basicConstraints=critical,CA:FALSE -addext "subjectAltName=DNS:mail\.example\.test".*`tls\.pin: sha256\/\S{44}`/,
    },
    {
      name: 'a CA certificate of a CA',
      server: serves(await pki.issue({ names, ca: true, usage: ['serverAuth'], sends: [pki.intermediate] })),
      ...{ code: PURPOSE, title: 'CA certificate used as server certificate', ...SERVER },
      ...{ message: /it is a CA certificate/, fix: /^Get a certificate for this server from the CA/ },
    },
    {
      name: 'a certificate for clients',
      server: serves(await pki.issue({ names, usage: ['clientAuth'] })),
      ...{ code: PURPOSE, title: 'Certificate not valid for server authentication', ...SERVER },
      message:
        /its extended key usage does not allow a TLS server\. Its extended key usage is: TLS Web Client Authentication\.$/,
      fix: /^Have the certificate reissued with the extended key usage "TLS Web Server Authentication" \(serverAuth\)/,
      notTheFix: /wrong file|use its own certificate/,
    },
    {
      name: 'the certificate of a client',
      server: serves(await pki.issue({ names: ['laptop.example.test'], usage: ['clientAuth'] })),
      ...{ code: PURPOSE, title: 'Certificate not valid for a server', ...LIKELY },
      message: /Its extended key usage is: TLS Web Client Authentication\.$/,
      fix: /^The same new certificate fixes this: see "Certificate does not match the host name"/,
    },
    {
      name: 'a key that may only sign certificates',
      server: serves(signsCertificatesOnly),
      ...{ code: PURPOSE, title: 'Certificate not valid for a server', ...SERVER },
      message: /its key usage allows neither a signature nor a key exchange/,
      ...{ fix: /^Get a certificate .* key usage "Digital Signature"/, notTheFix: /wrong file/ },
    },
    {
      name: 'a short key',
      server: serves(await pki.issue({ names, key: RSA_1024 })),
      ...{ code: 'certificate-weak-key', title: 'Weak key', ...SERVER },
      ...{ message: /weak key: RSA, 1024 bits/, fix: /^Create a new key/ },
    },
    {
      name: 'a short key of an intermediate',
      server: serves(await under(weakCa)),
      ...{ code: 'certificate-weak-key', title: 'Weak key of an issuer', ...AUTHORITY },
      ...{
        message: /CN=Weak CA has a weak key/,
        fix: /^Get the certificate from a CA.*a new key for the server does not help/,
      },
    },
    {
      name: 'a SHA-1 signature',
      server: serves(await pki.issue({ names, signature: ecdsaWith('SHA-1') })),
      ...{ code: 'certificate-weak-signature', title: 'Weak signature', ...SERVER },
      ...{
        message: /weak signature: ECDSA with SHA-1/,
        fix: /reissued with SHA-256 or better by CN=Test Intermediate CA, /,
      },
      notTheFix: /chain|file/,
    },
    {
      name: 'a SHA-1 signature of an intermediate',
      server: serves(await under(sha1Ca)),
      ...{ code: 'certificate-weak-signature', title: 'Weak signature of an intermediate', ...AUTHORITY },
      ...{
        message: /CN=SHA-1 CA has a weak signature/,
        fix: /^Install the current certificate of the intermediate CN=SHA-1 CA/,
      },
    },
    {
      name: 'an expired certificate',
      server: serves(await pki.issue({ names, notBefore: inDays(-90), notAfter: inDays(-2) })),
      ...{ code: 'certificate-expired', title: 'Certificate expired', ...SERVER },
      ...{ message: /expired on \S+, 2 days ago/, fix: /has already been renewed.*reload the mail server/s },
    },
    {
      name: 'a certificate for next month',
      server: serves(await pki.issue({ names, notBefore: inDays(30) })),
      ...{ code: 'certificate-not-yet-valid', title: 'Certificate not yet valid', ...SERVER },
      ...{ message: /not valid until \S+, 29 days from now\./, fix: /^Install a certificate that is valid now/ },
    },
    {
      name: 'a certificate for ten minutes later',
      server: serves(await pki.issue({ names, notBefore: inDays(MINUTES) })),
      ...{ code: 'certificate-not-yet-valid', title: 'Certificate not yet valid, or a wrong clock', ...LIKELY },
      ...{ message: /not valid until \S+, less than an hour from now\./, fix: /^Compare the clock of this machine/ },
    },
    {
      name: 'a certificate that expires soon',
      server: serves(soon),
      ...{ code: 'certificate-expires-soon', title: 'Certificate expires soon', ...SERVER },
      message: /, in 5 days, but must be valid for at least 14 days\.$/,
      ...{ fix: /^First check whether the certificate file on the server is newer/, notTheFix: /min-valid-days/ },
    },
    {
      name: 'a short-lived certificate',
      server: serves(await pki.issue({ names, notBefore: inDays(-1), notAfter: inDays(5.5) })),
      ...{ code: 'certificate-expires-soon', title: 'Lifetime too short for min-valid-days', ...CONFIGURATION },
      message: /, in 5 days, but must be valid for at least 14 days\. Its entire lifetime is 6 days\.$/,
      fix: /^Set `min-valid-days` \(or `tls\.min-valid-days`, if this endpoint sets it\) to `auto`/,
    },
    {
      name: 'a short-lived certificate whose renewal is late',
      server: serves(await pki.issue({ names, notBefore: inDays(-6), notAfter: inDays(1.5) })),
      ...{ code: 'certificate-expires-soon', title: 'Certificate expires soon', ...SERVER },
      ...{ message: /, in 3[56] hours, but must be valid/, fix: /^First check whether the certificate file/ },
    },
    {
      name: 'a date that does not exist',
      server: serves(noSuchDate),
      ...{ code: 'certificate-malformed', title: 'Malformed certificate', ...SERVER },
      ...{ message: /notAfter is not a valid date/, fix: /^Have the certificate reissued .* cannot be repaired/ },
    },
    {
      name: 'an extension that extends past its end',
      server: serves(oddNames),
      ...{ code: 'certificate-malformed', title: 'Malformed certificate', ...SERVER },
      ...{ message: /a length extends past the end/, fix: /^Have the certificate reissued/ },
      noCommand: 'OpenSSL shows only wrong dates',
    },
    {
      name: 'an intermediate that expires before the certificate',
      server: serves(await under(short)),
      ...{ code: 'certificate-issuer-expires-first', title: 'Issuer expires before the certificate', ...SERVER },
      ...{
        message: /CN=Short CA expires on/,
        fix: /^Before that day, have the certificate reissued by an intermediate that is valid for longer.* CN=Short CA with the same key/,
      },
    },
    {
      name: 'a root that expires before the certificate',
      ...{ server: serves(await under(shortRoot)), policy: trusting(shortRoot) },
      ...{ code: 'certificate-issuer-expires-first', title: 'Trusted CA expires before the certificate', ...SERVER },
      ...{
        message: /CN=Short Root CA expires on/,
        fix: /^Have the server's certificate reissued so that it ends before the CA CN=Short Root CA does/,
      },
      noCommand: 'the server does not send the root',
    },
    {
      name: 'a valid certificate with a new key',
      ...{ server: serves(good), policy: { pins: [pin(rsa2048)] } },
      code: 'certificate-pin-mismatch',
      ...{ title: 'Key does not match the pin, but the certificate is valid', ...CONFIGURATION },
      ...{
        message: /is not pinned/,
        fix: /^Ask whoever runs the server .* a trusted CA issued a certificate for this key .* add sha256\/\S{44} to `tls\.pin`/,
      },
    },
    {
      name: 'a self-signed certificate with a new key',
      ...{ server: serves(selfSigned), policy: { pins: [pin(rsa2048)] } },
      ...{ code: 'certificate-pin-mismatch', title: 'Key does not match the pin', ...LIKELY },
      ...{ message: /is not pinned/, fix: /^Find out who operates this server before you change the pin/ },
    },
    {
      name: 'a self-signed certificate',
      server: serves(selfSigned),
      ...{ code: 'certificate-self-signed', title: 'Self-signed certificate', ...SERVER },
      ...{ message: /is self-signed/, fix: /public CA.*`tls\.pin: sha256\/\S{44}`/s },
    },
  ];
}
