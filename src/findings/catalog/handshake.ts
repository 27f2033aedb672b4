import { entriesOf, type CatalogEntry, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error } = entriesOf(['certificate']);

const COMPARE_NETWORKS =
  'Compare with a connection from another network: something between client and server may change or inspect TLS. If the server does this everywhere, update its TLS library, or the proxy that terminates TLS in front of it.';
const UPDATE_TLS_LIBRARY =
  "The TLS libraries of client and server are incompatible. Update the server's library, or the proxy that terminates TLS in front of it, and check settings that enable or disable extensions.";

/** Findings of step 3 about the TLS handshake. */
export const HANDSHAKE = {
  'tls-handshake-failed': error(
    'TLS handshake failed',
    'Client and server could not negotiate a TLS session.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Compare the server's protocol versions, cipher suites and key type with those that current clients offer. The message and the evidence (the alert, or the reason) say which side ended the handshake.",
      setting: 'tls-handshake-failed',
    },
    {
      evidence: {
        ...fields('alert', 'name', 'reason', 'code', 'data'),
        negotiated: 'what the server selects if every version and cipher suite is enabled',
        signature: 'the signature algorithm of the handshake',
        servername: 'the name that was sent as SNI',
      },
      reference: 'RFC 8446 section 6.2',
      resultType: 'validation-failure',
      causes: {
        ciphers: {
          party: 'server',
          certainty: 'likely',
          remedy:
            'Change the cipher configuration of the server so that it accepts what current clients offer: ECDHE with AES-GCM or ChaCha20-Poly1305, for the key type of its certificate, on X25519 or P-256. Postfix: `smtpd_tls_mandatory_ciphers`, `smtpd_tls_exclude_ciphers`, `tls_eecdh_auto_curves`. Exim: `tls_require_ciphers`, `tls_eccurve`. Dovecot: `ssl_cipher_list`, `ssl_curve_list`.',
          setting: 'tls-handshake-failed',
        },
        'short-dh-parameters': {
          party: 'server',
          certainty: 'likely',
          remedy:
            'Configure Diffie-Hellman parameters of 2048 bits or more, or disable cipher suites with DHE: ECDHE does not need these parameters (RFC 9325 section 4.1). Postfix: leave `smtpd_tls_dh1024_param_file` at its default, which has had 2048 bits since Postfix 3.1. Exim: `tls_dhparam`. Sendmail: `DHParameters`. Dovecot: `ssl_dh`.',
        },
        'old-signature': {
          party: 'server',
          certainty: 'likely',
          remedy:
            'Configure the server to sign with SHA-256 or better: remove the restriction to SHA-1 from its TLS configuration (OpenSSL: `SignatureAlgorithms` in openssl.cnf). If its TLS library or key module supports nothing else, update that. RFC 9155 deprecates SHA-1 signatures in handshakes.',
        },
        'changed-in-transit': { party: 'server', certainty: 'likely', remedy: COMPARE_NETWORKS },
        'incompatible-library': { party: 'server', certainty: 'likely', remedy: UPDATE_TLS_LIBRARY },
        'missing-extension': {
          party: 'server',
          certainty: 'likely',
          remedy: `${UPDATE_TLS_LIBRARY} If the endpoint is configured by its IP address, no name is sent (SNI): set \`servername\`.`,
        },
        'certificate-alert': {
          party: 'server',
          certainty: 'likely',
          remedy:
            "The server's log says which certificate the alert is about. Check for a proxy that terminates TLS in front of the server and has no client certificate, or the wrong one, for the server behind it.",
        },
        'access-denied': {
          party: 'server',
          certainty: 'likely',
          remedy: "A rule of the server rejects this client; its log says which. Allow the runner's IP address.",
        },
        'server-error': {
          party: 'server',
          certainty: 'likely',
          remedy:
            "Look in the server's log at the time of the run. Typical causes are a certificate or key that is unreadable or does not match, an unreachable key store, session cache or OCSP responder, exhausted memory, or a TLS library without a feature that the configuration requires.",
        },
        downgrade: {
          party: 'server',
          certainty: 'likely',
          remedy:
            'The gate does not retry with older versions. Look for a proxy between client and server that does, or that limits the TLS version, and configure it to allow newer versions.',
        },
        'server-closed': {
          party: 'server',
          certainty: 'likely',
          remedy: "The server's log may say why: it was stopped, or someone ended the connection.",
        },
        'ocsp-response': {
          party: 'server',
          certainty: 'likely',
          remedy: 'Check the OCSP stapling of the server, and of the proxy that terminates TLS in front of it.',
        },
        'pre-shared-key': {
          party: 'server',
          certainty: 'likely',
          remedy: 'Configure the server to authenticate with a certificate: mail clients do not have pre-shared keys.',
        },
        'application-protocol': {
          party: 'server',
          certainty: 'likely',
          remedy:
            'Check host and port: they may be those of a server for a different protocol (HTTPS), or of a proxy that routes connections by ALPN. Configure such a proxy to forward connections without ALPN to the mail server.',
        },
        'unknown-name': {
          party: 'server',
          certainty: 'likely',
          remedy:
            'Set `servername` to a name for which the server has a certificate: the name is sent as SNI, and the certificate must include it. Or configure the server with a certificate for this name, or with a default certificate for unknown names.',
          reference: 'RFC 6066 section 3',
        },
      },
    },
  ),
  'handshake-timeout': error(
    'TLS handshake timed out',
    'The server agreed to TLS, but did not finish the handshake within `timeout`.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Check what delays the server: a blocked entropy source, an unreachable key store or OCSP responder. Also check for a middlebox that drops large handshake packets (path MTU).',
    },
    {
      evidence: fields('waited', 'attemptLimit'),
      reference: 'RFC 5321 section 4.5.3.2',
      resultType: 'validation-failure',
    },
  ),
  'tls-version-too-old': error(
    'TLS version too old',
    'The server supports no TLS version that the policy allows (`min-tls-version`).',
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Enable TLS 1.2 and 1.3 on the server (Postfix: `smtpd_tls_mandatory_protocols = >=TLSv1.2`). TLS 1.0 and 1.1 are deprecated by RFC 8996.',
      setting: 'tls-version-too-old',
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
          party: 'server',
          certainty: 'certain',
          remedy:
            'Enable TLS 1.3 on the server: its TLS library must support it (OpenSSL since 1.1.1, GnuTLS since 3.6.5), and no setting may limit the version to TLS 1.2. If that is not possible, lower `min-tls-version` (`tls.min-version` of this endpoint) to `TLSv1.2`.',
          reference: 'RFC 9325 section 3.1.1',
          setting: 'tls-version-too-old',
        },
      },
    },
  ),
  'client-certificate-required': error(
    'Client certificate missing or rejected',
    'The server ended the handshake because the client sent no certificate, or one that it does not accept.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Configure a client certificate with `tls.client-cert` and `tls.client-key`. If clients do not need certificates, configure the server to request them without requiring them (Postfix: `smtpd_tls_req_ccert = no`), or use a port that requires none.',
      setting: 'client-certificate-required',
    },
    {
      evidence: fields('alert', 'name'),
      reference: 'RFC 8446 section 4.4.2.4',
      resultType: 'validation-failure',
      causes: {
        damaged: {
          party: 'configuration',
          certainty: 'likely',
          remedy: 'Check with `openssl verify` that the file of `tls.client-cert` has the full chain, leaf first.',
        },
        unsupported: {
          party: 'configuration',
          certainty: 'likely',
          remedy:
            'Configure a certificate for TLS clients: its extended key usage, if it has one, must include clientAuth, and the server must support its key type.',
        },
        revoked: {
          party: 'configuration',
          certainty: 'likely',
          remedy: 'Get a new certificate, and configure it with `tls.client-cert` and `tls.client-key`.',
        },
        expired: {
          party: 'configuration',
          certainty: 'likely',
          remedy: 'Renew the certificate of `tls.client-cert`. If its dates are right, check the clock of the server.',
        },
        unacceptable: {
          party: 'configuration',
          certainty: 'likely',
          remedy: "The server's log says why it rejects the certificate of `tls.client-cert`.",
        },
        'unknown-issuer': {
          party: 'configuration',
          certainty: 'likely',
          remedy:
            'Configure `tls.client-cert` with a certificate from a CA that the server trusts, followed by its intermediates. Or configure the server to trust this one (Postfix: `smtpd_tls_CAfile`; Exim: `tls_verify_certificates`; Dovecot: `ssl_ca`).',
        },
        'access-denied': {
          party: 'configuration',
          certainty: 'likely',
          remedy: 'Add the certificate, its name or its fingerprint to those that the server allows.',
        },
        'unusable-key': {
          party: 'configuration',
          certainty: 'likely',
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
      certainty: 'likely',
      remedy:
        'Set `transport: starttls` for this endpoint (usual on 587 and 25), or switch the service to implicit TLS (Postfix: `smtpd_tls_wrappermode = yes`).',
      setting: 'plaintext-on-implicit-port',
    },
    {
      evidence: fields('data', 'protocol'),
      reference: 'RFC 8314 section 3.3',
      causes: {
        'other-protocol': {
          party: 'configuration',
          certainty: 'likely',
          remedy: ({ protocol = '' }: Values) =>
            `Correct the port or the host: the server on this port speaks ${protocol}, with or without TLS. Submission with implicit TLS usually uses 465, and with STARTTLS 587.`,
        },
        rejected: {
          party: 'configuration',
          certainty: 'likely',
          remedy:
            "The server's text says why it rejects this client: fix that first. The text is unencrypted, so either the port does not use implicit TLS, or something in front of the server responds in its place. If the service is meant for STARTTLS, set `transport: starttls`.",
        },
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
