import { getDiffieHellman } from 'node:crypto';
import type { CertificateFixtures } from '../certificate-fixtures.js';
import { replyToAnything } from '../first-segment.js';
import { AUTH } from '../gate.js';
import { close, raw, reset, silence, startTlsWithOtherKey, wait, type Act, type Dialogue } from '../dialogue.js';
import { onCurve } from '../rewritten.js';
import { CONFIGURATION, LIKELY, SERVER, type Mistake } from './mistake.js';

const FAILED = 'tls-handshake-failed';
const TLS_1_2 = { maxVersion: 'TLSv1.2' } as const;

/** Sends 220, reads the ClientHello, and does this. */
const instead = (...acts: Act[]): Dialogue => ({ replies: { STARTTLS: ['220 go', wait(100), ...acts] } });
const alert = (level: 1 | 2, number: number): Act => raw(Buffer.of(21, 3, 3, 0, 2, level, number));

/** Handshakes that fail. */
export function handshakes(certs: CertificateFixtures): readonly Mistake[] {
  const serves = (tls: Dialogue['tls'], { key, chain: cert } = certs.good): Dialogue => ({
    tls: { key, cert, ...tls },
  });
  const closing: readonly (readonly [string, readonly Act[]])[] = [
    ['closes the connection', [close]],
    ['sends close_notify', [alert(1, 0), close]],
    ['resets the connection', [reset]],
  ];
  return [
    ...closing.map(([what, acts]): Mistake => ({
      ...{ name: `a server that ${what} after the ClientHello`, server: instead(...acts) },
      ...{ code: FAILED, title: 'Server closes the connection when TLS begins', ...LIKELY },
      message:
        /closed the connection instead of replying to the ClientHello \(.*\), and did so again on a second connection/,
      ...{
        fix: /^Check the log of the server.*cannot load its certificate or private key/,
        notTheFix: /PROXY protocol/,
      },
    })),
    {
      name: 'a server that closes the connection instead of implicit TLS',
      ...{ server: { greeting: [wait(100), close] }, endpoint: { transport: 'implicit' } },
      ...{ code: FAILED, title: 'Server closes the connection instead of starting TLS', ...LIKELY },
      message: /closed the connection instead of replying to the ClientHello/,
      fix: /^Check the log of the server.*cannot load its certificate or private key.*PROXY protocol.*allow the gate's IP address/s,
    },
    {
      name: 'cipher suites without encryption only',
      server: serves({ ...TLS_1_2, ciphers: 'eNULL:@SECLEVEL=0' }),
      ...{ code: FAILED, title: 'Only cipher suites without encryption', ...LIKELY },
      message:
        /^The server accepts only cipher suites without encryption\. .*the server selects TLSv1\.2 with TLS_\w+_NULL_SHA/,
      fix: /`!eNULL`/,
    },
    ...['ADH-AES256-SHA', 'AECDH-AES256-SHA'].map((suite): Mistake => ({
      name: `anonymous cipher suites only: ${suite}`,
      server: { tls: { ...TLS_1_2, ciphers: `${suite}:@SECLEVEL=0`, dhparam: 'auto' } },
      ...{ code: FAILED, title: 'Only anonymous cipher suites', ...LIKELY },
      message: /^The server accepts only anonymous cipher suites, .*_anon_WITH_/,
      fix: /`!aNULL`/,
    })),
    {
      name: 'cipher suites that clients no longer offer',
      server: serves({ ...TLS_1_2, ciphers: 'CAMELLIA@SECLEVEL=0' }),
      ...{ code: FAILED, title: 'No common cipher suite', ...LIKELY },
      ...{
        message: /accepts none of the cipher suites that the gate offers/,
        fix: /^Remove the server's custom cipher list/,
      },
    },
    {
      name: 'a server that rejects everything',
      server: instead(alert(2, 40), wait(200), close),
      ...{ code: FAILED, title: 'Server accepts no cipher suite', ...LIKELY },
      message: /With every version and cipher suite enabled, the handshake also fails/,
      ...{
        fix: /^Look for the reason .* the key type of its certificate .*^- Remove custom cipher lists/ms,
        notTheFix: /readable by the server's user/,
      },
    },
    {
      name: 'cipher suites for a different key type only',
      server: serves({ ...TLS_1_2, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }, certs.rsa2048),
      ...{ code: FAILED, title: 'Server accepts no cipher suite', ...LIKELY },
      message: /^The server ended the handshake with alert 40 .*the handshake also fails/,
      ...{
        fix: /^Look for the reason .* the key type of its certificate .*^- Remove custom cipher lists/ms,
        notTheFix: /readable by the server's user/,
      },
    },
    {
      name: 'an unusual curve only',
      server: serves({ ...TLS_1_2, ecdhCurve: 'brainpoolP256r1', ciphers: 'ECDHE' }, certs.rsa2048),
      ...{ code: FAILED, title: 'No common curve', ...SERVER },
      ...{ message: /accepts none of the curves that the gate offers/, fix: /X25519 and P-256/ },
    },
    {
      name: 'a certificate with a key on an unusual curve',
      server: serves(TLS_1_2, onCurve(certs.good, 'secp256k1', certs.pki.intermediate, [certs.pki.intermediate])),
      ...{ code: FAILED, title: 'Certificate key uses an uncommon curve', ...SERVER },
      message: /^The key of the server's certificate is on the curve secp256k1, which the gate does not offer/,
      fix: /^Replace the key and the certificate of the server: use a key on P-256/,
    },
    {
      name: 'short Diffie-Hellman parameters',
      server: serves(
        { ...TLS_1_2, dhparam: SHORT_DH, ciphers: 'DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0' },
        certs.rsa2048,
      ),
      ...{ code: FAILED, title: 'Diffie-Hellman parameters too short', ...SERVER },
      message: /parameters are too short/,
      ...{ fix: /2048 bits or more\. Also enable ECDHE cipher suites and TLS 1\.3, /, notTheFix: /smtpd_tls_ciphers/ },
    },
    {
      name: 'a handshake that is signed with SHA-1',
      server: serves(
        { ...TLS_1_2, sigalgs: 'RSA+SHA1', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0' },
        certs.rsa2048,
      ),
      ...{ code: FAILED, title: 'Obsolete handshake signature', ...LIKELY },
      ...{ message: /can only sign the handshake with RSA with SHA-1/, fix: /SHA-256 or better/ },
    },
    ...[certs.rsa2048, certs.good].map((identity): Mistake => ({
      name: `a private key of another certificate: ${identity === certs.good ? 'ECDSA' : 'RSA'}`,
      server: { ...serves(TLS_1_2, identity), replies: { STARTTLS: ['220 go', startTlsWithOtherKey] } },
      ...{ code: FAILED, title: 'Private key does not match the certificate', ...LIKELY },
      message: /^The signature of the handshake does not match the key in the server's certificate \(/,
      ...{ fix: /^Configure a certificate and a private key that match/, notTheFix: /cipher/ },
    })),
    {
      name: 'an internal error',
      server: instead(alert(2, 80), wait(200), close),
      ...{ code: FAILED, title: 'Internal server error in the TLS handshake', ...LIKELY },
      ...{ message: /alert 80 .*it gives no reason/, fix: /A certificate or key is missing/ },
    },
    {
      name: 'a server that does not know the name',
      server: instead(alert(2, 112), wait(200), close),
      ...{ code: FAILED, title: 'Server does not recognize the server name', ...LIKELY },
      ...{
        message: /does not recognize the server name mail\.example\.test/,
        fix: /^Configure the server, .* with a certificate for mail\.example\.test: .*`strict-sni`/s,
      },
    },
    {
      name: 'a server that requires a name',
      ...{ server: instead(alert(2, 112), wait(200), close), endpoint: { servername: '127.0.0.1' } },
      ...{ code: FAILED, title: 'Server requires a server name (SNI)', ...CONFIGURATION },
      ...{ message: /requires a server name \(SNI\)/, fix: /^Set `servername`/ },
    },
    {
      name: 'TLS 1.1 at most',
      server: serves({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      ...{ code: 'tls-version-too-old', title: 'TLS version too old', ...SERVER },
      message: /^The server supports TLSv1\.1, but TLSv1\.2 or later is required\./,
      fix: /^Enable TLS 1\.2 and 1\.3/,
    },
    {
      name: 'TLS 1.2 at most, and TLS 1.3 is required',
      ...{ server: serves(TLS_1_2), policy: { minVersion: 'TLSv1.3' } },
      ...{ code: 'tls-version-too-old', title: 'No TLS 1.3', ...SERVER },
      ...{ message: /^The server supports TLSv1\.2, but TLSv1\.3 or later/, fix: /^Enable TLS 1\.3 on the server/ },
    },
    {
      name: 'no version at all',
      server: instead(alert(2, 70), wait(200), close),
      ...{ code: 'tls-version-too-old', title: 'No common TLS version', ...LIKELY },
      ...{ message: /supports none of the TLS versions that the gate offers/, fix: /look for a proxy or a firewall/ },
    },
    ...(['TLSv1.2', 'TLSv1.3'] as const).map((version): Mistake => ({
      name: `a server that requires a client certificate, with ${version}`,
      server: serves({ minVersion: version, maxVersion: version, requestCert: true, rejectUnauthorized: true }),
      code: 'client-certificate-required',
      ...{ title: 'Client certificate required', ...CONFIGURATION },
      ...{
        message: /^The server requires a client certificate/,
        fix: /^If clients of this port must have a certificate, configure one/,
      },
    })),
    {
      name: 'a server that requires a client certificate, and the client has a password',
      ...{ server: serves({ requestCert: true, rejectUnauthorized: true }), endpoint: { auth: AUTH } },
      ...{ code: 'client-certificate-required', title: 'Client certificate required', ...LIKELY },
      message: /^The server requires a client certificate/,
      fix: /^Configure the server not to require a client certificate on this port/,
    },
    {
      name: 'a server that says nothing after its 220',
      server: instead(silence),
      ...{ code: 'handshake-timeout', title: 'TLS handshake not started within a short timeout', ...CONFIGURATION },
      ...{
        message: /^The server did not begin the TLS handshake in time/,
        fix: /^Raise `timeout` to its default \(15 s\) or above: it is set to \S+ s\..* may block TLS/s,
      },
    },
    {
      name: 'a port for implicit TLS that says nothing',
      ...{ server: { greeting: [silence] }, endpoint: { transport: 'implicit' } },
      ...{ code: 'handshake-timeout', title: 'TLS handshake not started within a short timeout', ...CONFIGURATION },
      message: /^The server did not begin the TLS handshake in time/,
      ...{ fix: /^Raise `timeout` to its default/, notTheFix: /STARTTLS/ },
    },
    {
      name: 'a server that begins the handshake and stops',
      server: instead(raw(Buffer.of(22, 3, 3, 0, 80, 2, 0, 0, 76)), silence),
      ...{ code: 'handshake-timeout', title: 'TLS handshake not finished within a short timeout', ...CONFIGURATION },
      ...{ message: /^The server did not finish the TLS handshake in time/, fix: /^Raise `timeout` .*path MTU/s },
    },
    {
      ...{
        name: 'an unencrypted greeting on a port for implicit TLS',
        server: {},
        endpoint: { transport: 'implicit' },
      },
      code: 'plaintext-on-implicit-port',
      ...{ title: 'No TLS on an implicit TLS port', ...CONFIGURATION, certainty: 'certain' },
      ...{ message: /sends unencrypted data instead of TLS: "220/, fix: /^Set `transport: starttls`/ },
    },
    {
      name: 'an IMAP server on a port for implicit TLS',
      ...{ server: { greeting: ['* OK [CAPABILITY IMAP4rev1] ready', close] }, endpoint: { transport: 'implicit' } },
      code: 'plaintext-on-implicit-port',
      ...{ title: 'Not an SMTP server', ...CONFIGURATION, certainty: 'certain' },
      ...{ message: /The server speaks IMAP/, fix: /^Correct `host` or `port`/ },
    },
    {
      name: 'a web server on a port for implicit TLS',
      server: { greeting: [replyToAnything('HTTP/1.1 400 Bad Request\r\n\r\n')] },
      endpoint: { transport: 'implicit' },
      code: 'plaintext-on-implicit-port',
      ...{ title: 'Not an SMTP server', ...CONFIGURATION, certainty: 'certain' },
      ...{ message: /The server speaks HTTP/, fix: /^Correct `host` or `port`/ },
    },
    {
      name: 'a rejection on a port for implicit TLS',
      ...{ server: { greeting: ['554 5.7.1 Go away', close] }, endpoint: { transport: 'implicit' } },
      ...{ code: 'plaintext-on-implicit-port', title: 'Client rejected before TLS', ...LIKELY },
      ...{ message: /rejects this client before TLS/, fix: /^First fix the reason/ },
    },
  ];
}

/** PEM for a server (PKCS #3), of 1024 bits: a sequence of two integers, prime and generator. */
const SHORT_DH = parametersOf(getDiffieHellman('modp2').getPrime());

function parametersOf(prime: Buffer): string {
  const integer = Buffer.concat([Buffer.of(2, 0x81, prime.length + 1, 0), prime, Buffer.of(2, 1, 2)]);
  const der = Buffer.concat([Buffer.of(0x30, 0x81, integer.length), integer]);
  return `-----BEGIN DH PARAMETERS-----\n${der.toString('base64')}\n-----END DH PARAMETERS-----\n`;
}
