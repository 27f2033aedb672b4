import { listOf } from '../../text/lists.js';
import { HTTP_ON_MAIL_PORT, SPOKEN_TO } from './capability.js';
import { entriesOf, type CatalogEntry, type Reproduction, type Values } from './entry.js';
import { fields } from './evidence.js';

/** How to recognize a black hole for large packets, and how to fix it. Not every host replies to ping. */
const PATH_MTU =
  'If `ping -M do -s 1200 HOST` (IPv4) gets replies and `ping -M do -s 1472 HOST` does not, a router, tunnel or VPN drops large packets without telling: let ICMP "fragmentation needed" through, lower the MTU, or clamp the MSS (`iptables -j TCPMSS --clamp-mss-to-pmtu`).';

/** Without TLS, although the endpoint is configured for implicit TLS. */
const SPOKEN_TO_PLAIN: Reproduction = { ...SPOKEN_TO, command: 'first-plain-reply' };

const { error, notice } = entriesOf(['certificate']);

const COMPARE_NETWORKS =
  "Compare with a connection from another network: something between client and server may change or inspect TLS. If the problem occurs everywhere, update the server's TLS library, or the proxy that terminates TLS in front of it.";
const UPDATE_TLS_LIBRARY =
  "Update the server's TLS library, or the proxy that terminates TLS in front of it, and check settings that enable or disable extensions.";

/** What `openssl s_client` prints if the server sends an alert, or if OpenSSL itself ends the handshake. */
function alertOrReason({ alert, reason = '', code = '' }: Values): string {
  if (alert !== undefined) return `SSL alert number ${alert}`;
  return code.startsWith('ERR_SSL_') ? reason : '';
}

/** The error of curl for a timeout. Before it, the last line of curl about TLS shows how far the handshake got. */
const TIMED_OUT: Reproduction = { command: 'handshake-in-time', shows: 'curl: (28)' };

const SAME_END: Reproduction = { command: 'openssl', shows: alertOrReason };
/** `openssl s_client` prints this if the handshake ends before the server has sent its certificate. */
const NO_CERTIFICATE: Reproduction = { command: 'openssl', shows: 'no peer certificate available' };

/** What the server selects if every version and cipher suite is enabled, as `openssl s_client` prints the version. */
function selectedVersion({ negotiated = '' }: Values): string {
  const version = /^TLSv1(?:\.\d)?/.exec(negotiated)?.[0];
  if (version === undefined) return '';
  return version === 'TLSv1.3' ? 'New, TLSv1.3, Cipher is' : `Protocol  : ${version}`;
}

const SELECTED: Reproduction = { command: 'any-tls', shows: selectedVersion };

/** The end of the handshake with the versions of the policy. A server may also close the connection without an alert. */
const VERSION_REFUSED: Reproduction = { ...SAME_END, otherwise: NO_CERTIFICATE };

/** The server must change, but what was observed may have a different cause. */
const SERVER = { party: 'server', certainty: 'likely', reproduce: SAME_END } as const;
const NETWORK = { ...SERVER, party: 'network' } as const;
const CONFIGURATION = { ...SERVER, party: 'configuration' } as const;
/** The command would need the client certificate and its key. */
const CLIENT = {
  party: 'configuration',
  certainty: 'likely',
  reproduce: { command: 'with-client-certificate', shows: alertOrReason },
} as const;

const MODERN_SUITES =
  'the TLS 1.3 cipher suites, and for TLS 1.2 ECDHE suites with AES-GCM or ChaCha20-Poly1305 that match the key type of the certificate';
const CIPHER_SETTINGS =
  'Postfix: `smtpd_tls_ciphers`, `smtpd_tls_mandatory_ciphers`, `smtpd_tls_exclude_ciphers`, `tls_medium_cipherlist`, `tls_high_cipherlist`. Exim: `tls_require_ciphers`. Dovecot: `ssl_cipher_list`.';

const CHECK_LOG =
  'Check the log of the server, or of the proxy in front of it that terminates TLS: usually it cannot load its certificate or private key.';
const KEY_FILES = [
  "Both files must be readable by the server's user. Restart the server after a change.",
  'They must match: `openssl x509 -in cert.pem -noout -pubkey` and `openssl pkey -in key.pem -pubout` must print the same key.',
];

const OLD_VERSIONS = {
  party: 'server',
  certainty: 'certain',
  examples:
    'Postfix: `smtpd_tls_protocols` and `smtpd_tls_mandatory_protocols` (`>=TLSv1.2`). Exim: `openssl_options` (`+no_tlsv1 +no_tlsv1_1`). Dovecot: `ssl_min_protocol = TLSv1.2`.',
  setting: 'tls-old-versions-accepted',
} as const;

/** The gate did not wait for as long as it does by default, so the server may only be slow. */
const SHORT_TIMEOUT = {
  party: 'configuration',
  certainty: 'likely',
  remedy: ({ timeout = '' }: Values): string =>
    listOf(`Raise \`timeout\` to its default (15 s) or above: it is set to ${timeout}.`, [
      'If the handshake still times out, look in the log of the server, or of the proxy that terminates TLS in front of it, for this connection: the machine may be slow or overloaded.',
      'If the log shows no TLS connection, a device in between may block TLS or drop large packets (path MTU): compare with a connection from another network.',
    ]),
  reproduce: TIMED_OUT,
} as const;

const WITH_SMALL_HELLO =
  'To reproduce it, use `openssl s_client` of OpenSSL 3.5 or later, with and without `-groups X25519`.';

const WRAPPER_MODE = 'Postfix: `smtpd_tls_wrappermode = yes`. Exim: `tls_on_connect_ports`.';

const NO_CLIENT_CERTIFICATE =
  'Postfix: `smtpd_tls_req_ccert = no`. Exim: `tls_try_verify_hosts` instead of `tls_verify_hosts`.';

/** OpenSSL's words for a signature with a key of a different type. */
const WRONG_TYPE = 'wrong signature type';

const APPLY_VERSION = ({ required = '' }: Values): string => (required === 'TLSv1.3' ? 'TLS 1.3' : 'TLS 1.2 and 1.3');

/** Findings of step 3 about the TLS handshake. */
export const HANDSHAKE = {
  'tls-handshake-failed': error(
    'TLS handshake failed',
    'Client and server could not negotiate a TLS session.',
    {
      ...SERVER,
      remedy:
        "Compare the server's protocol versions, cipher suites and key type with those that current clients offer. The message and the evidence (the alert, or the reason) say which side ended the handshake.",
      setting: 'tls-handshake-failed',
    },
    {
      evidence: {
        ...fields('alert', 'name', 'reason', 'code', 'data', 'detail'),
        negotiated: 'what the server selects if every version and cipher suite is enabled',
        signature: 'the signature algorithm of the handshake',
        curve: 'the curve of the key in the certificate',
        servername: 'the name that was sent as SNI',
      },
      reference: 'RFC 8446 section 6.2',
      resultType: 'validation-failure',
      causes: {
        'closed-at-start': {
          ...SERVER,
          title: 'Server closes the connection when TLS begins',
          remedy: listOf(CHECK_LOG, [
            ...KEY_FILES,
            'If the log shows nothing about this connection, a firewall on the network path may block TLS: compare with a connection from another network.',
          ]),
          setting: 'certificate',
          reproduce: NO_CERTIFICATE,
        },
        'closed-at-connect': {
          ...SERVER,
          title: 'Server closes the connection instead of starting TLS',
          remedy: listOf(CHECK_LOG, [
            ...KEY_FILES,
            'Behind a proxy, the proxy must reach the mail server, and both must use the PROXY protocol, or neither.',
            "If the log says that the server rejects this client, allow the gate's IP address.",
          ]),
          setting: 'certificate',
          reproduce: NO_CERTIFICATE,
        },
        'no-usable-certificate': {
          ...SERVER,
          title: 'Server accepts no cipher suite',
          remedy: listOf(
            'Look for the reason in the log of the server, such as "no shared cipher". Usually the cipher suites that it allows do not match the key type of its certificate (RSA or ECDSA), or it has no usable certificate.',
            [
              'Remove custom cipher lists and TLS version limits from its configuration.',
              'If there are none, check that a certificate and its key are configured for this port.',
            ],
          ),
          examples: CIPHER_SETTINGS,
          setting: 'tls-handshake-failed',
        },
        ciphers: {
          ...SERVER,
          title: 'No common cipher suite',
          remedy: `Remove the server's custom cipher list, so that its defaults apply. If it needs one, it must allow what current clients offer: ${MODERN_SUITES}.`,
          examples: CIPHER_SETTINGS,
          setting: 'tls-handshake-failed',
          reproduce: SELECTED,
        },
        curves: {
          ...SERVER,
          title: 'No common curve',
          certainty: 'certain',
          remedy: 'Configure the server to accept the curves X25519 and P-256 in the key exchange.',
          examples: 'Postfix: `tls_eecdh_auto_curves`. Exim: `tls_eccurve`. Dovecot: `ssl_curve_list`.',
          setting: 'tls-handshake-failed',
        },
        'key-curve': {
          ...SERVER,
          title: 'Certificate key uses an uncommon curve',
          certainty: 'certain',
          remedy: ({ curve = '' }: Values) =>
            `Replace the key and the certificate of the server: use a key on P-256 or P-384, or RSA with 2048 bits or more. Most clients do not offer the curve ${curve}, so they cannot use this certificate.`,
          setting: 'certificate',
        },
        'no-encryption': {
          ...SERVER,
          title: 'Only cipher suites without encryption',
          remedy: `Remove the server's custom cipher list, so that its defaults apply, or exclude NULL (\`!eNULL\` in a cipher list of OpenSSL) and allow ${MODERN_SUITES}. With NULL, anyone on the network path can read the session, including passwords.`,
          examples: CIPHER_SETTINGS,
          setting: 'tls-handshake-failed',
          reproduce: { command: 'any-tls', shows: 'NULL' },
        },
        anonymous: {
          ...SERVER,
          title: 'Only anonymous cipher suites',
          remedy: `Configure a certificate and its private key, and cipher suites that use it: ${MODERN_SUITES}. Exclude anonymous ones (\`!aNULL\` in a cipher list of OpenSSL): with them, the server sends no certificate, so clients cannot verify its identity.`,
          examples: 'Postfix: `smtpd_tls_chain_files`, `smtpd_tls_exclude_ciphers = aNULL`. Exim: `tls_certificate`.',
          setting: 'certificate',
          reproduce: {
            command: 'any-tls',
            shows: ({ negotiated = '' }: Values) => (negotiated.includes('_ECDH_') ? 'AECDH-' : 'ADH-'),
          },
        },
        'short-dh-parameters': {
          ...SERVER,
          title: 'Diffie-Hellman parameters too short',
          certainty: 'certain',
          remedy:
            'Configure Diffie-Hellman parameters of 2048 bits or more. Also enable ECDHE cipher suites and TLS 1.3, which do not use these parameters; then the cipher suites with DHE can be disabled.',
          examples:
            'Postfix: do not set `smtpd_tls_dh1024_param_file`; the default has been 2048 bits since Postfix 3.1. Exim: `tls_dhparam`. Sendmail: `DHParameters`. Dovecot: `ssl_server_dh_file` (2.3: `ssl_dh`).',
          setting: 'dh-parameters',
          reference: 'RFC 9325 section 4.5',
        },
        'wrong-key': {
          ...SERVER,
          title: 'Private key does not match the certificate',
          remedy: listOf(
            'Configure a certificate and a private key that match: the key that signed the handshake is not the one in the certificate that the server sends first.',
            [
              'Compare them: `openssl x509 -in cert.pem -noout -pubkey` and `openssl pkey -in key.pem -pubout` must print the same key.',
              "In the certificate file, the server's own certificate must come first.",
              'If they do match, look for a proxy that changes the handshake: compare with a connection from another network.',
            ],
          ),
          setting: 'certificate',
          // Node reports the first of several errors, and openssl prints all of them.
          reproduce: {
            command: 'openssl',
            shows: ({ reason }: Values) => (reason === WRONG_TYPE ? WRONG_TYPE : 'bad signature'),
          },
        },
        'old-signature': {
          ...SERVER,
          title: 'Obsolete handshake signature',
          remedy:
            'Configure the server to sign with SHA-256 or better: remove the restriction to SHA-1 from its TLS configuration (OpenSSL: `SignatureAlgorithms` in openssl.cnf). If its TLS library or key module supports nothing else, update it. RFC 9155 deprecates SHA-1 signatures in handshakes.',
        },
        'changed-in-transit': { ...NETWORK, title: 'TLS handshake changed in transit', remedy: COMPARE_NETWORKS },
        'incompatible-library': { ...SERVER, title: 'Incompatible TLS libraries', remedy: UPDATE_TLS_LIBRARY },
        'missing-extension': {
          ...SERVER,
          title: 'Server requires a TLS extension',
          remedy: `${UPDATE_TLS_LIBRARY} If \`host\` is an IP address, no name is sent (SNI): set \`servername\`.`,
        },
        'certificate-alert': {
          ...SERVER,
          title: 'Server reports a client certificate error',
          remedy:
            "Look in the server's log for the certificate that the alert is about. Check for a proxy that terminates TLS in front of the server and has no client certificate, or the wrong one, for the connection to the server.",
        },
        'access-denied': {
          ...SERVER,
          title: 'Server denies access during the TLS handshake',
          remedy:
            "Allow the gate's IP address on the server: one of its rules rejects this client. Its log should say which.",
        },
        'server-error': {
          ...SERVER,
          title: 'Internal server error in the TLS handshake',
          remedy: listOf("Look for the TLS error in the server's log for the time of the run. Typical causes:", [
            'A certificate or key is missing (perhaps only for the name in SNI), unreadable, or does not match the other.',
            'A key store, session cache or OCSP responder does not respond, or memory is exhausted.',
            'The TLS library lacks a feature that the configuration requires.',
          ]),
          setting: 'tls-handshake-failed',
        },
        downgrade: {
          ...NETWORK,
          title: 'TLS version limited in transit',
          remedy:
            'Look for a proxy between client and server that limits the TLS version or retries with an older one, and configure it to allow newer versions. The gate itself never retries with an older version.',
        },
        'server-closed': {
          ...SERVER,
          title: 'Server canceled the TLS handshake',
          remedy:
            "Check the server's log for the time of the run: the server was probably stopped, or someone ended the connection.",
        },
        'ocsp-response': {
          ...SERVER,
          title: 'Server rejects an OCSP response',
          remedy: 'Check the OCSP stapling of the server, and of the proxy that terminates TLS in front of it.',
        },
        'pre-shared-key': {
          ...SERVER,
          title: 'Server requires a pre-shared key',
          remedy: 'Configure the server to authenticate with a certificate: mail clients do not have pre-shared keys.',
        },
        'application-protocol': {
          ...CONFIGURATION,
          title: 'Server requires an application protocol (ALPN)',
          remedy:
            'Check `host` and `port`: they may be those of a server for a different protocol (HTTPS), or of a proxy that routes connections by ALPN. Configure such a proxy to forward connections without ALPN to the mail server.',
        },
        'unknown-name': {
          ...SERVER,
          title: 'Server does not recognize the server name',
          remedy: ({ servername = '' }: Values) =>
            listOf(
              `Configure the server, or the proxy in front of it that terminates TLS, with a certificate for ${servername}: it rejects names for which it has none.`,
              [
                `If ${servername} is the wrong name, use the right one as \`host\`, or set \`servername\` to it. Its certificate must include that name.`,
                'A default certificate alone does not help: it must include the name, too.',
              ],
            ),
          examples:
            'HAProxy does this with `strict-sni` if no certificate in `crt` is for the name, and nginx with `ssl_reject_handshake on` in the default server.',
          reference: 'RFC 6066 section 3',
        },
        'only-with-sni': {
          ...SERVER,
          title: 'No usable certificate for this server name (SNI)',
          remedy: ({ servername = '' }: Values) =>
            listOf(
              `Correct what the server has for ${servername}: usually the file with its certificate is missing, cannot be read or does not match its key, or a table with copies of it was not rebuilt.`,
              [
                'Or configure the server to use its default certificate for names without one.',
                `To compare, run the command with \`-noservername\` in place of \`-servername ${servername}\`: then the server sends a certificate.`,
                `If ${servername} is not a name of the server, correct \`servername\`.`,
              ],
            ),
          setting: 'sni-certificate',
          reproduce: { ...SAME_END, otherwise: NO_CERTIFICATE },
          reference: 'RFC 6066 section 3',
        },
        'no-name-sent': {
          ...CONFIGURATION,
          title: 'Server requires a server name (SNI)',
          remedy:
            'Set `servername` to the name of the server: it is sent as SNI, and the certificate must include it. If `host` is an IP address, no name is sent unless `servername` is set.',
          reference: 'RFC 6066 section 3',
        },
      },
    },
  ),
  'handshake-timeout': error(
    'TLS handshake timed out',
    'The server accepted STARTTLS, or a connection for implicit TLS, but did not finish the TLS handshake within `timeout`.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        'Check whether large packets get through: the server has begun the handshake, and its certificate chain takes several packets.',
        [
          PATH_MTU,
          'If they do, check what delays the server: a slow or overloaded machine, or a key store or OCSP responder that does not respond.',
        ],
      ),
      reproduce: TIMED_OUT,
    },
    {
      evidence: fields('waited', 'attemptLimit', 'timeout'),
      reference: 'RFC 5321 section 4.5.3.2',
      resultType: 'validation-failure',
      causes: {
        'not-begun': {
          title: 'Server does not begin the TLS handshake',
          party: 'network',
          certainty: 'likely',
          remedy: listOf(
            'First check whether large packets get through: before TLS, all packets were small, and the ClientHello or the reply to it is the first large one.',
            [
              PATH_MTU,
              "If they do, look in the server's log for this connection. If it shows nothing after STARTTLS, a firewall probably blocks TLS: compare with a connection from another network.",
              "Otherwise, check the server's load, its key store, and any proxy in front of it. A server that replies 220 without supporting TLS also waits.",
            ],
          ),
          reproduce: TIMED_OUT,
        },
        'not-begun-on-this-machine': {
          title: 'Server does not begin the TLS handshake',
          party: 'server',
          certainty: 'likely',
          remedy: listOf("Look in the server's log for this connection, after STARTTLS.", [
            'If the server is slow, check its load, its key store, and any proxy in front of it.',
            'If the log shows nothing, the server or a proxy in front of it may reply 220 without supporting TLS, or a firewall may block TLS.',
          ]),
          reproduce: TIMED_OUT,
        },
        'silent-port': {
          title: 'Server does not begin the TLS handshake',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Check that a server with implicit TLS listens on this port, and look in its log for this connection. If it is slow, check its load, its key store, and any proxy in front of it. If the log shows nothing, a firewall may block TLS: compare with a connection from another network.',
          reproduce: TIMED_OUT,
        },
        'short-timeout': { ...SHORT_TIMEOUT, title: 'TLS handshake not finished within a short timeout' },
        'not-begun-in-short-time': { ...SHORT_TIMEOUT, title: 'TLS handshake not started within a short timeout' },
      },
    },
  ),
  'client-hello-intolerant': error(
    'TLS handshake fails with a large ClientHello',
    'A ClientHello with a post-quantum key share (X25519MLKEM768) takes two packets. Clients with OpenSSL 3.5 or later send it by default, such as Postfix 3.11 and Node.js 24. With it the handshake fails, and with a small one it succeeds: these clients cannot reach this server.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf(
        'Update the firewall, load balancer or proxy that inspects or terminates TLS in front of the server: it probably reads only the first TCP segment of the ClientHello.',
        [
          "If there is none, update the server's TLS library.",
          'To find the device, compare with a connection from another network.',
          WITH_SMALL_HELLO,
        ],
      ),
      reproduce: { command: 'large-hello', shows: endOfLargeHello },
    },
    {
      evidence: {
        helloBytes: 'the size of the ClientHello with which the handshake fails',
        smallHelloBytes: 'the size of the one with which it succeeds',
        ...fields('waited', 'detail', 'alert', 'name', 'reason', 'code'),
      },
      reference: 'RFC 8446 section 4.1.2',
      resultType: 'validation-failure',
      causes: {
        'after-reply': {
          title: 'TLS handshake fails with a post-quantum key share',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Update the TLS library of the server, and the firewall, load balancer or proxy in front of it that inspects or terminates TLS: the server replies to the ClientHello, but the handshake fails later.',
            [
              'With a post-quantum key share, the reply is larger too, so also check for a device that drops large packets (path MTU).',
              WITH_SMALL_HELLO,
            ],
          ),
        },
      },
    },
  ),
  'tls-version-too-old': error(
    'TLS version too old',
    'The server supports no TLS version that the policy allows (`min-tls-version`).',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Enable TLS 1.2 and 1.3 on the server: remove the setting that limits the version. If there is none, its TLS library is too old: update it, or the operating system. RFC 8996 deprecates TLS 1.0 and 1.1.',
      examples:
        'Postfix: remove `!TLSv1.2` and `!TLSv1.3` from `smtpd_tls_protocols` and `smtpd_tls_mandatory_protocols`. Exim: remove `+no_tlsv1_2` and `+no_tlsv1_3` from `openssl_options`.',
      setting: 'tls-version-too-old',
      reproduce: VERSION_REFUSED,
    },
    {
      evidence: {
        required: 'the oldest version that the policy allows',
        negotiated: 'the version that the server supports',
        ...fields('alert', 'name', 'reason', 'code', 'detail'),
      },
      reference: 'RFC 8996; RFC 9325 section 3.1.1',
      resultType: 'validation-failure',
      causes: {
        // The RFCs allow TLS 1.2, and this policy does not.
        'no-tls-1.3': {
          title: 'No TLS 1.3',
          party: 'server',
          certainty: 'certain',
          remedy:
            'Enable TLS 1.3 on the server: its TLS library must support it (OpenSSL since 1.1.1, GnuTLS since 3.6.5), and no setting may limit the version to TLS 1.2. If that is not possible, lower `min-tls-version` (`tls.min-version` of this endpoint) to `TLSv1.2`.',
          reference: 'RFC 9325 section 3.1.1',
          setting: 'tls-version-too-old',
          reproduce: VERSION_REFUSED,
        },
        'not-determined': {
          title: 'No common TLS version',
          party: 'server',
          certainty: 'likely',
          remedy: (evidence: Values) =>
            `Enable ${APPLY_VERSION(evidence)} on the server. If the server already supports this, look for a proxy or a firewall in front of the server that terminates or inspects TLS, and enable it there.`,
          setting: 'tls-version-too-old',
          reproduce: SAME_END,
        },
      },
    },
  ),
  'tls-old-versions-accepted': notice(
    'TLS 1.0 or 1.1 accepted',
    'With `tls.check: all` the gate makes an additional connection, on which it offers only TLS 1.0 and 1.1. The server accepts one of them. Sessions with clients that support a newer version are not affected. RFC 8996 forbids both versions.',
    {
      ...OLD_VERSIONS,
      remedy: 'Disable TLS 1.0 and 1.1 on the server, unless clients that support nothing newer still connect to it.',
    },
    {
      evidence: { negotiated: 'what the server selects if only TLS 1.0 and 1.1 are offered' },
      reference: 'RFC 8996; RFC 9325 section 3.1.1',
      causes: {
        'on-mx': {
          ...OLD_VERSIONS,
          remedy:
            'Look in the log for mail servers that support nothing newer: without these versions, they send mail unencrypted or not at all. If there are none, disable TLS 1.0 and 1.1 on the server.',
        },
      },
    },
  ),
  'client-certificate-required': error(
    'Client certificate missing or rejected',
    'The server ended the handshake because the client sent no certificate, or one that it does not accept.',
    {
      title: 'Client certificate required',
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'If clients of this port must have a certificate, configure one with `tls.client-cert` and `tls.client-key`. If not, configure the server not to require certificates; it may still request them.',
      examples: NO_CLIENT_CERTIFICATE,
      setting: 'client-certificate-required',
      // With TLS 1.3 the alert arrives after the handshake.
      reproduce: { command: 'tls-until-closed', shows: alertOrReason },
    },
    {
      about: 'tls.client-cert',
      evidence: {
        ...fields('alert', 'name', 'validFrom', 'validTo', 'now'),
        clientSubject: 'the subject of the client certificate',
        clientIssuer: 'its issuer',
        lastIssuer: 'the issuer of the last certificate in the file of the client certificate',
        clientCertificates: 'how many certificates that file has',
      },
      reference: 'RFC 8446 section 4.4.2.4',
      resultType: 'validation-failure',
      causes: {
        'with-password': {
          title: 'Client certificate required',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Configure the server not to require a client certificate on this port: clients authenticate with a password or a token there, so the requirement is probably a mistake.',
            [
              'The server may still request a certificate, if clients without one are accepted.',
              'If clients must have one, configure it with `tls.client-cert` and `tls.client-key`. `openssl` prints which CAs the server accepts ("Acceptable client certificate CA names"), if the server names them.',
            ],
          ),
          examples: `${NO_CLIENT_CERTIFICATE} Dovecot: \`auth_ssl_require_client_cert = no\`.`,
          setting: 'client-certificate-required',
          reproduce: { command: 'tls-until-closed', shows: alertOrReason },
        },
        damaged: {
          ...CLIENT,
          title: 'Client certificate rejected: damaged',
          remedy:
            'Check the file of `tls.client-cert` with `openssl verify -CAfile CA -untrusted FILE FILE`: the file must contain the full chain, leaf first.',
        },
        unsupported: {
          ...CLIENT,
          title: 'Client certificate rejected: unsupported',
          remedy:
            'Replace the certificate in `tls.client-cert` with one for TLS clients: its extended key usage, if it has one, must include clientAuth, and the server must support its key type.',
        },
        revoked: {
          ...CLIENT,
          title: 'Client certificate rejected: revoked',
          remedy:
            'Get a new certificate, and replace the files of `tls.client-cert` and `tls.client-key` with it and its key.',
        },
        expired: {
          ...CLIENT,
          title: 'Client certificate expired',
          certainty: 'certain',
          remedy:
            'Renew the certificate of `tls.client-cert`, and replace its file. If the new one has a new key, update `tls.client-key`, too. The certificate of the server is not the problem. To see the dates: `openssl x509 -noout -subject -dates -in FILE`.',
        },
        'not-yet-valid': {
          ...CLIENT,
          title: 'Client certificate not yet valid',
          remedy: ({ validFrom = '' }: Values) =>
            `Use a certificate that is valid now as \`tls.client-cert\`: this one is valid from ${validFrom}. If that is in the past, correct the clock of the machine that runs the gate.`,
        },
        'dates-rejected': {
          ...CLIENT,
          title: 'Client certificate rejected: expired',
          remedy: ({ validTo = '' }: Values) =>
            `Check the issuers in the file of \`tls.client-cert\`, whose certificates may have expired, and the clock of the server: the certificate itself is valid until ${validTo}.`,
        },
        unacceptable: {
          ...CLIENT,
          title: 'Client certificate rejected',
          remedy: "Look in the server's log for the reason why it rejects the certificate of `tls.client-cert`.",
        },
        'no-reason': {
          ...CLIENT,
          title: 'Client certificate rejected',
          remedy: (evidence: Values) => `${ofClientIssuer(evidence)} The server's log shows the reason.`,
          setting: 'client-certificate-required',
        },
        'unknown-issuer': {
          ...CLIENT,
          title: 'Client certificate rejected: unknown CA',
          remedy: ofClientIssuer,
          examples:
            'Postfix: `smtpd_tls_CAfile`. Exim: `tls_verify_certificates`. Dovecot: `ssl_server_ca_file` (2.3: `ssl_ca`).',
          setting: 'client-certificate-required',
        },
        'access-denied': {
          ...CLIENT,
          title: 'Client certificate rejected: access denied',
          party: 'server',
          remedy: 'Add the certificate, its name or its fingerprint to those that the server allows for clients.',
        },
        'unusable-key': {
          ...CLIENT,
          title: 'Client certificate not sent',
          remedy: 'Use a certificate with a common key type (RSA 2048, or EC P-256).',
        },
      },
    },
  ),
  'plaintext-on-implicit-port': error(
    'No TLS on an implicit TLS port',
    'The endpoint is configured for implicit TLS, but the server starts with unencrypted text.',
    {
      party: 'configuration',
      certainty: 'certain',
      remedy:
        'Set `transport: starttls` for this endpoint (usual on 587 and 25). Or, if clients expect implicit TLS on this port, switch the service to it.',
      examples: WRAPPER_MODE,
      setting: 'plaintext-on-implicit-port',
      reproduce: { command: 'greeting', shows: firstLine },
    },
    {
      about: 'transport',
      evidence: fields('data', 'protocol'),
      reference: 'RFC 8314 section 3.3',
      causes: {
        // RFC 8314 section 7.3 assigns it to submission with implicit TLS.
        'on-port-465': {
          title: 'No TLS on port 465',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Enable implicit TLS for port 465 on the server: clients expect it there. Set `transport: starttls` for this endpoint only if the server is meant to use STARTTLS on this port.',
          examples: WRAPPER_MODE,
          setting: 'plaintext-on-implicit-port',
          reproduce: { command: 'greeting', shows: firstLine },
        },
        'on-starttls-port': {
          title: 'Port uses STARTTLS, not implicit TLS',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Set `transport: starttls` for this endpoint, because this port is for STARTTLS, or use port 465 if the server offers implicit TLS there.',
          reproduce: { command: 'greeting', shows: firstLine },
        },
        'other-protocol': {
          title: 'Not an SMTP server',
          party: 'configuration',
          certainty: 'certain',
          remedy: ({ protocol = '' }: Values) =>
            `Correct \`host\` or \`port\`: the server on this port speaks ${protocol}, with or without TLS. Submission uses port 465 (implicit TLS) or 587 (STARTTLS).`,
          reproduce: { command: 'greeting', shows: firstLine },
        },
        'client-speaks-first': {
          title: 'Not an SMTP server',
          party: 'configuration',
          certainty: 'certain',
          remedy: ({ protocol = '' }: Values) =>
            `Correct \`host\` or \`port\`: the server on this port speaks ${protocol}. Submission uses port 465 (implicit TLS) or 587 (STARTTLS).`,
          reproduce: SPOKEN_TO_PLAIN,
        },
        'http-on-mail-port': { ...HTTP_ON_MAIL_PORT, reproduce: SPOKEN_TO_PLAIN },
        rejected: {
          title: 'Client rejected before TLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'First fix the reason that the server gives for rejecting this client. The reply is unencrypted, so either the port does not use implicit TLS, or something in front of the server responds in its place. If the service is meant for STARTTLS, set `transport: starttls`.',
          reproduce: { command: 'greeting', shows: firstLine },
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;

/** openssl itself has no time limit. */
function endOfLargeHello(evidence: Values): string {
  if (evidence.waited !== undefined) return '';
  return alertOrReason(evidence) || 'no peer certificate available';
}

/** The first line that the server sends. A line break is escaped in the evidence. */
function firstLine({ data = '' }: Values): string {
  return data.split(/\\x0[ad]/, 1)[0] ?? '';
}

/** A server knows the issuers of clients, at least the root. */
function ofClientIssuer({ clientCertificates = '1', lastIssuer = 'its issuer' }: Values): string {
  const file = clientCertificates === '1' ? 'only the certificate itself' : `${clientCertificates} certificates`;
  return `If ${lastIssuer} is an intermediate, append its certificate to the file of \`tls.client-cert\`, which has ${file}. If it is a root, the server must trust it for clients: configure that on the server, or use a client certificate from a CA that the server trusts.`;
}
