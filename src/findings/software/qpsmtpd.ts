import { inWords, type Software } from './topic.js';

export const qpsmtpd: Software = {
  greets: /^\S+ ESMTP qpsmtpd\b/,
  settings: {
    'starttls-not-advertised':
      'load the plugin in `config/plugins`: `tls CERTIFICATE KEY CA`. Its log contains "Cannot locate cert/key" if its user cannot read one of the files.',
    'plaintext-on-implicit-port':
      'the plugin `tls` uses implicit TLS on port 465 only: start `qpsmtpd-forkserver` with `--port 465`, and load `tls` before other connection plugins.',
    'plaintext-auth-advertised': 'write `1` into `config/tls_before_auth`.',
    'tls-version-too-old': (minVersion) =>
      `remove \`!${minVersion.replace('.', '_')}\` from \`config/tls_protocols\`. The OpenSSL of its Net::SSLeay must support ${inWords(minVersion)}.`,
    'tls-old-versions-accepted': 'add `!TLSv1` and `!TLSv1_1` to `config/tls_protocols`, separated by colons.',
    'tls-handshake-failed':
      'check `config/tls_ciphers`, `config/tls_protocols` and the files of the plugin `tls`. Its log contains "TLS failed".',
    certificate:
      'replace the files of the plugin `tls` (by default `qpsmtpd-server.crt` and `qpsmtpd-server.key` in `ssl`), with the intermediates after the certificate. Then restart qpsmtpd.',
    'auth-not-advertised': 'load an authentication plugin in `config/plugins`, such as `auth/auth_flat_file`.',
    'auth-mechanisms': 'the authentication plugins in `config/plugins` determine the mechanisms.',
    'auth-rejected': 'the log shows why the authentication plugin in `config/plugins` rejects the credentials.',
    'auth-backend': 'the log shows the error of the authentication plugin in `config/plugins`.',
    'message-size': 'write the limit in bytes into `config/databytes`.',
  },
};
