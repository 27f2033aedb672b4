import { entriesOf, type CatalogEntry, type Reproduction, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error } = entriesOf(['certificate']);

const COMPARE_NETWORKS =
  'Compare with a connection from another network: something between client and server may change or inspect TLS. If the server does this everywhere, update its TLS library, or the proxy that terminates TLS in front of it.';
const UPDATE_TLS_LIBRARY =
  "The TLS libraries of client and server are incompatible. Update the server's library, or the proxy that terminates TLS in front of it, and check settings that enable or disable extensions.";

/** What `openssl s_client` prints if the server sends an alert, or if OpenSSL itself ends the handshake. */
function alertOrReason({ alert, reason = '', code = '' }: Values): string {
  if (alert !== undefined) return `SSL alert number ${alert}`;
  return code.startsWith('ERR_SSL_') ? reason : '';
}

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

/** The server must change, but what was observed may have a different cause. */
const SERVER = { party: 'server', certainty: 'likely', reproduce: SAME_END } as const;
const NETWORK = { ...SERVER, party: 'network' } as const;
const CONFIGURATION = { ...SERVER, party: 'configuration' } as const;
/** The command would need the client certificate and its key. */
const CLIENT = { party: 'configuration', certainty: 'likely' } as const;

const MODERN_SUITES =
  'ECDHE with AES-GCM or ChaCha20-Poly1305, for the key type of its certificate (TLS 1.2), and the cipher suites of TLS 1.3';
const CIPHER_SETTINGS =
  'Postfix: `smtpd_tls_mandatory_ciphers`, `smtpd_tls_exclude_ciphers`. Exim: `tls_require_ciphers`. Dovecot: `ssl_cipher_list`.';

const KEY_FILES = [
  'Look in the log of the server, or of the proxy that terminates TLS, at the time of the run. Check that the files of certificate and private key exist, that the user of the server can read them, and that they match: `openssl x509 -in cert.pem -noout -pubkey` and `openssl pkey -in key.pem -pubout` must print the same key.',
  'Then restart the server.',
].join(' ');

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
        servername: 'the name that was sent as SNI',
      },
      reference: 'RFC 8446 section 6.2',
      resultType: 'validation-failure',
      causes: {
        'closed-at-start': {
          ...SERVER,
          title: 'Server closes the connection when TLS begins',
          remedy: `The server offers STARTTLS, but probably cannot load its certificate or private key. ${KEY_FILES} If its log has nothing about this connection, a firewall on the network path may block TLS: compare from another network.`,
          setting: 'certificate',
          reproduce: NO_CERTIFICATE,
        },
        'closed-at-connect': {
          ...SERVER,
          title: 'Server closes the connection before TLS begins',
          remedy: `The server probably cannot load its certificate or private key. ${KEY_FILES} If the log says that it rejects this client instead, allow the runner's IP address in its access lists and connection limits.`,
          setting: 'certificate',
          reproduce: NO_CERTIFICATE,
        },
        'no-usable-certificate': {
          ...SERVER,
          title: 'No common cipher suite',
          remedy: `The server rejects every cipher suite, usually because it has no certificate, or none that its cipher suites can use. ${KEY_FILES} Also check that its cipher configuration allows ${MODERN_SUITES}: it may allow only suites that TLS libraries have removed, such as those of export grade.`,
          setting: 'tls-handshake-failed',
        },
        ciphers: {
          ...SERVER,
          title: 'No common cipher suite',
          remedy: `Change the cipher configuration of the server so that it accepts what current clients offer: ${MODERN_SUITES}.`,
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
        'no-encryption': {
          ...SERVER,
          title: 'Only cipher suites without encryption',
          remedy: `With these cipher suites (NULL) everybody on the network path can read the session, including passwords. Configure the server to accept ${MODERN_SUITES}, and exclude NULL (\`!eNULL\` in a cipher list of OpenSSL).`,
          examples: CIPHER_SETTINGS,
          setting: 'tls-handshake-failed',
          reproduce: { command: 'any-tls', shows: 'NULL' },
        },
        anonymous: {
          ...SERVER,
          title: 'Only anonymous cipher suites',
          remedy: `With these cipher suites (anonymous Diffie-Hellman) the server sends no certificate, so nobody can verify that it is the right one. Configure a certificate and its private key, and cipher suites that use it: ${MODERN_SUITES}. Exclude anonymous ones (\`!aNULL\` in a cipher list of OpenSSL).`,
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
            'Configure Diffie-Hellman parameters of 2048 bits or more, or disable cipher suites with DHE: ECDHE does not need these parameters (RFC 9325 section 4.1).',
          examples:
            'Postfix: leave `smtpd_tls_dh1024_param_file` at its default, which has had 2048 bits since Postfix 3.1. Exim: `tls_dhparam`. Sendmail: `DHParameters`. Dovecot: `ssl_dh`.',
          setting: 'tls-handshake-failed',
        },
        'old-signature': {
          ...SERVER,
          title: 'Obsolete handshake signature',
          remedy:
            'Configure the server to sign with SHA-256 or better: remove the restriction to SHA-1 from its TLS configuration (OpenSSL: `SignatureAlgorithms` in openssl.cnf). If its TLS library or key module supports nothing else, update that. RFC 9155 deprecates SHA-1 signatures in handshakes.',
        },
        'changed-in-transit': { ...NETWORK, title: 'TLS handshake changed in transit', remedy: COMPARE_NETWORKS },
        'incompatible-library': { ...SERVER, title: 'Incompatible TLS libraries', remedy: UPDATE_TLS_LIBRARY },
        'missing-extension': {
          ...SERVER,
          title: 'Server requires a TLS extension',
          remedy: `${UPDATE_TLS_LIBRARY} If the endpoint is configured by its IP address, no name is sent (SNI): set \`servername\`.`,
        },
        'certificate-alert': {
          ...SERVER,
          title: 'Server reports an error of a client certificate',
          remedy:
            "The server's log says which certificate the alert is about. Check for a proxy that terminates TLS in front of the server and has no client certificate, or the wrong one, for the server behind it.",
        },
        'access-denied': {
          ...SERVER,
          title: 'Server denies access during the TLS handshake',
          remedy: "A rule of the server rejects this client; its log says which. Allow the runner's IP address.",
        },
        'server-error': {
          ...SERVER,
          title: 'Internal error of the server in the TLS handshake',
          remedy:
            "Look in the server's log at the time of the run. Typical causes are a certificate or key that is unreadable or does not match, an unreachable key store, session cache or OCSP responder, exhausted memory, or a TLS library without a feature that the configuration requires.",
          setting: 'tls-handshake-failed',
        },
        downgrade: {
          ...NETWORK,
          title: 'TLS version limited in transit',
          remedy:
            'The gate does not retry with older versions. Look for a proxy between client and server that does, or that limits the TLS version, and configure it to allow newer versions.',
        },
        'server-closed': {
          ...SERVER,
          title: 'Server canceled the TLS handshake',
          remedy: "The server's log may say why: it was stopped, or someone ended the connection.",
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
            'Check host and port: they may be those of a server for a different protocol (HTTPS), or of a proxy that routes connections by ALPN. Configure such a proxy to forward connections without ALPN to the mail server.',
        },
        'unknown-name': {
          ...SERVER,
          title: 'Server does not recognize the server name',
          remedy: ({ servername = '' }: Values) =>
            `If ${servername} is the right name, configure the server with a certificate for it, or with a default certificate for unknown names. Otherwise set \`servername\` to a name for which the server has a certificate: the name is sent as SNI, and the certificate must include it.`,
          reference: 'RFC 6066 section 3',
        },
        'no-name-sent': {
          ...CONFIGURATION,
          title: 'Server requires a server name (SNI)',
          remedy:
            'Set `servername` to the name of the server: it is sent as SNI, and the certificate must include it. For an IP address no name is sent.',
          reference: 'RFC 6066 section 3',
        },
      },
    },
  ),
  'handshake-timeout': error(
    'TLS handshake timed out',
    'The server agreed to TLS, or its port accepted a connection for it, but it did not finish the handshake within `timeout`.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Check what delays the server: a slow or overloaded machine, an unreachable key store or OCSP responder. Also check for a middlebox that drops large packets (path MTU): the certificates of the server fill several.',
    },
    {
      evidence: fields('waited', 'attemptLimit'),
      reference: 'RFC 5321 section 4.5.3.2',
      resultType: 'validation-failure',
      causes: {
        'not-begun': {
          title: 'Server does not begin the TLS handshake',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Check in the server's log whether it received the ClientHello. If it did, something delays the server: a blocked entropy source, an unreachable key store or OCSP responder, or a proxy that waits for the server behind it. If it did not, a middlebox may drop it: a ClientHello of a current client fills two packets (path MTU). With implicit TLS, check also that the port is one of TLS.",
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
      remedy: 'Enable TLS 1.2 and 1.3 on the server. TLS 1.0 and 1.1 are deprecated by RFC 8996.',
      examples:
        'Postfix: `smtpd_tls_mandatory_protocols = >=TLSv1.2`. Exim: `openssl_options`. Dovecot: `ssl_min_protocol = TLSv1.2`.',
      setting: 'tls-version-too-old',
      reproduce: SELECTED,
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
          reproduce: SELECTED,
        },
        'not-determined': {
          title: 'No common TLS version',
          party: 'server',
          certainty: 'likely',
          remedy: (evidence: Values) =>
            `Enable ${APPLY_VERSION(evidence)} on the server. If it is enabled, look for a proxy or a firewall that terminates TLS in front of the server, or inspects it: enable it there.`,
          setting: 'tls-version-too-old',
          reproduce: SAME_END,
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
      certainty: 'certain',
      remedy:
        'Configure a client certificate with `tls.client-cert` and `tls.client-key`. If clients do not need certificates, configure the server to request them without requiring them, or use a port that requires none.',
      examples: 'Postfix: `smtpd_tls_req_ccert = no`. Exim: `tls_try_verify_hosts` instead of `tls_verify_hosts`.',
      setting: 'client-certificate-required',
      // With TLS 1.3 the alert arrives after the handshake.
      reproduce: { command: 'tls-until-closed', shows: alertOrReason },
    },
    {
      evidence: fields('alert', 'name'),
      reference: 'RFC 8446 section 4.4.2.4',
      resultType: 'validation-failure',
      causes: {
        damaged: {
          ...CLIENT,
          title: 'Client certificate rejected: damaged',
          remedy:
            'Check the file of `tls.client-cert` with `openssl verify -untrusted FILE FILE`: it must have the full chain, leaf first.',
        },
        unsupported: {
          ...CLIENT,
          title: 'Client certificate rejected: unsupported',
          remedy:
            'Configure a certificate for TLS clients: its extended key usage, if it has one, must include clientAuth, and the server must support its key type.',
        },
        revoked: {
          ...CLIENT,
          title: 'Client certificate rejected: revoked',
          remedy: 'Get a new certificate, and configure it with `tls.client-cert` and `tls.client-key`.',
        },
        expired: {
          ...CLIENT,
          title: 'Client certificate rejected: expired',
          remedy: 'Renew the certificate of `tls.client-cert`. If its dates are right, check the clock of the server.',
        },
        unacceptable: {
          ...CLIENT,
          title: 'Client certificate rejected',
          remedy: "The server's log says why it rejects the certificate of `tls.client-cert`.",
        },
        'no-reason': {
          ...CLIENT,
          title: 'Client certificate rejected',
          remedy:
            "The server's log says why. Usually the certificate of `tls.client-cert` was not issued by a CA that the server trusts for clients, or the file lacks its intermediates.",
          setting: 'client-certificate-required',
        },
        'unknown-issuer': {
          ...CLIENT,
          title: 'Client certificate rejected: unknown CA',
          remedy:
            'Configure `tls.client-cert` with a certificate from a CA that the server trusts, followed by its intermediates. Or configure the server to trust this one.',
          examples: 'Postfix: `smtpd_tls_CAfile`. Exim: `tls_verify_certificates`. Dovecot: `ssl_ca`.',
          setting: 'client-certificate-required',
        },
        'access-denied': {
          ...CLIENT,
          title: 'Client certificate rejected: access denied',
          party: 'server',
          remedy: 'Add the certificate, its name or its fingerprint to those that the server allows.',
        },
        'unusable-key': {
          ...CLIENT,
          title: 'Client certificate not sent',
          remedy: 'Configure a certificate with a common key type (RSA 2048, or EC P-256).',
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
      examples: 'Postfix: `smtpd_tls_wrappermode = yes`. Exim: `tls_on_connect_ports`.',
      setting: 'plaintext-on-implicit-port',
      reproduce: { command: 'greeting', shows: firstLine },
    },
    {
      evidence: fields('data', 'protocol'),
      reference: 'RFC 8314 section 3.3',
      causes: {
        'on-port-465': {
          party: 'server',
          certainty: 'likely',
          remedy:
            'Enable implicit TLS for this port of the server: clients expect it on port 465. Only if the server is meant to use STARTTLS here, set `transport: starttls` for this endpoint.',
          examples: 'Postfix: `smtpd_tls_wrappermode = yes`. Exim: `tls_on_connect_ports`.',
          setting: 'plaintext-on-implicit-port',
          reproduce: { command: 'greeting', shows: firstLine },
        },
        'other-protocol': {
          title: 'Not an SMTP server',
          party: 'configuration',
          certainty: 'certain',
          remedy: ({ protocol = '' }: Values) =>
            `Correct the port or the host: the server on this port speaks ${protocol}, with or without TLS. Submission with implicit TLS usually uses 465, and with STARTTLS 587.`,
          reproduce: { command: 'greeting', shows: firstLine },
        },
        rejected: {
          title: 'Client rejected before TLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            "The server's text says why it rejects this client: fix that first. The text is unencrypted, so either the port does not use implicit TLS, or something in front of the server responds in its place. If the service is meant for STARTTLS, set `transport: starttls`.",
          reproduce: { command: 'greeting', shows: firstLine },
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;

/** The first line that the server sends. A line break is escaped in the evidence. */
function firstLine({ data = '' }: Values): string {
  return data.split(/\\x0[ad]/, 1)[0] ?? '';
}
