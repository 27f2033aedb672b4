import { inWords, type Software } from './topic.js';

/** Settings up to 0.15 are in parentheses; later versions have only the names of the WebUI. */
export const stalwart: Software = {
  greets: /^\S+ Stalwart E?SMTP\b/,
  offers: /^\S+ you had me at EHLO$/,
  settings: {
    'greeting-rejected':
      "remove the gate's IP address from the blocked IP addresses (`server.blocked-ip`), or add it to the allowed ones (`server.allowed-ip`).",
    'starttls-not-advertised':
      'configure a certificate (`certificate.NAME.cert`, `certificate.NAME.private-key`). The listener needs `useTls` and no `tlsImplicit` (`tls.implicit = false`).',
    'starttls-refused':
      'look for TLS errors in the log: certificate (`certificate.NAME.cert`) and private key (`certificate.NAME.private-key`) must be readable and match.',
    'plaintext-on-implicit-port': 'enable `tlsImplicit` of the listener (`tls.implicit = true`).',
    'plaintext-auth-advertised':
      'make `saslMechanisms` of the AUTH stage (`session.auth.mechanisms`) depend on `is_tls`.',
    'tls-version-too-old': (minVersion) =>
      `remove ${inWords(minVersion)} from \`tlsDisableProtocols\` of the listener (\`tls.disable-protocols\`).`,
    'tls-handshake-failed':
      'check `tlsDisableProtocols` and `tlsDisableCipherSuites` of the listener (`tls.disable-protocols`, `tls.disable-ciphers`), and its certificate.',
    certificate:
      'set the certificate (`certificate.NAME.cert`) to the full chain, leaf first, and its private key (`certificate.NAME.private-key`), unless ACME provides them.',
    'tls-in-proxy':
      'add the proxy to the trusted networks of the PROXY protocol for the listener (`overrideProxyTrustedNetworks`), and configure the proxy to send it: Stalwart then knows that the client uses TLS.',
    'auth-not-advertised':
      '`saslMechanisms` of the AUTH stage (`session.auth.mechanisms`) must list mechanisms for this port. By default there are none on port 25.',
    'auth-mechanisms': 'set `saslMechanisms` of the AUTH stage (`session.auth.mechanisms`).',
    'auth-rejected': 'the log shows the reason. An account with two-factor authentication requires an app password.',
    'unauthenticated-mail': 'set `require` of the AUTH stage (`session.auth.require`) for the submission port.',
    'auth-on-mx': 'make `saslMechanisms` of the AUTH stage (`session.auth.mechanisms`) depend on `local_port`.',
    'relay-for-accounts':
      '`allowRelaying` of the RCPT stage (`session.rcpt.relay`) must be true if `!is_empty(authenticated_as)`.',
    'send-as':
      'add the sender to the addresses of the account, or disable `mustMatchSender` of the AUTH stage (`session.auth.must-match-sender`).',
  },
};
