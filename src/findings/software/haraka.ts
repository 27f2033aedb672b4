import { inWords, type Software } from './topic.js';

export const haraka: Software = {
  greets: / ESMTP Haraka\b/,
  offers: /, Haraka is at your service\.?$/,
  settings: {
    'starttls-not-advertised':
      'enable the `tls` plugin in `config/plugins`. Set `key` and `cert` in `config/tls.ini` to its files (by default `config/tls_key.pem` and `config/tls_cert.pem`).',
    'starttls-refused':
      'look for errors of the `tls` plugin in the log: `key` and `cert` in `config/tls.ini` must be readable and match.',
    'plaintext-on-implicit-port': 'set `smtps_port` in `config/smtp.ini` to the port, and add the port to `listen`.',
    'plaintext-auth-advertised':
      'the plugin `auth/flat_file` offers AUTH before TLS only to clients with a private IP address. Any other auth plugin must check `connection.tls.enabled` before it offers AUTH.',
    'tls-version-too-old': (minVersion) =>
      `run Haraka on a Node.js that supports ${inWords(minVersion)}, and check \`minVersion\` in \`config/tls.ini\`.`,
    'tls-old-versions-accepted': 'set `minVersion=TLSv1.2` in `config/tls.ini`, and restart Haraka.',
    'tls-handshake-failed': 'check `ciphers`, `minVersion`, `dhparam`, `key` and `cert` in `config/tls.ini`.',
    'client-certificate-required':
      'set `rejectUnauthorized=false` in `config/tls.ini`, and remove the port from `requireAuthorized`.',
    'dh-parameters':
      'remove `dhparam` from `config/tls.ini`, or name a file with parameters of 2048 bits or more. Check that `ciphers` does not exclude ECDHE.',
    certificate:
      'set `cert` in `config/tls.ini` to a file with the full chain, leaf first (`config/tls_cert.pem`, or its file in `config/tls`), and `key` to its private key. Then restart Haraka.',
    'auth-not-advertised': 'enable an auth plugin in `config/plugins`, such as `auth/flat_file`.',
    'auth-mechanisms': 'set `methods` of the auth plugin, for example in `config/auth_flat_file.ini`.',
    'auth-rejected': 'the log shows why the auth plugin in `config/plugins` rejects the credentials.',
    'message-size': 'set `bytes` in the section `max` of `config/connection.ini` (before 3.1, `config/databytes`).',
  },
};
