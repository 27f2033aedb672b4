import type { Software } from './topic.js';

/** Its mail proxy. It terminates TLS, authenticates clients with `auth_http`, and only then connects to a server. */
export const nginx: Software = {
  greets: /^\S+ ESMTP ready$/,
  isLikely: true,
  settings: {
    'starttls-not-advertised':
      'set `starttls on` (`starttls only` on submission), `ssl_certificate` and `ssl_certificate_key` in the `server` block.',
    'plaintext-on-implicit-port': 'add `ssl` to the `listen` directive.',
    'plaintext-auth-advertised': 'set `starttls only` instead of `starttls on`.',
    'tls-version-too-old': (minVersion) =>
      `add \`${minVersion}\` to \`ssl_protocols\`. Its OpenSSL must support that version.`,
    'tls-old-versions-accepted': 'set `ssl_protocols TLSv1.2 TLSv1.3;`.',
    'tls-handshake-failed':
      'check `ssl_protocols`, `ssl_ciphers`, `ssl_certificate` and `ssl_certificate_key`. The error log shows the reason.',
    'dh-parameters':
      'write parameters of 2048 bits or more (`openssl dhparam 2048`) into the file of `ssl_dhparam`, or remove that setting. Check that `ssl_ciphers`, `ssl_ecdh_curve` and `ssl_protocols` do not exclude ECDHE and TLS 1.3.',
    'client-certificate-required':
      'set `ssl_client_certificate` to the CA of the clients, or set `ssl_verify_client` to `optional` or `off`.',
    certificate:
      'set `ssl_certificate` to a file with the full chain, leaf first, and `ssl_certificate_key` to its private key. Then run `nginx -s reload`.',
    'auth-not-advertised': 'list the mechanisms in `smtp_auth` (`plain login`).',
    'auth-mechanisms': 'list the mechanisms in `smtp_auth`, for example `plain login`.',
    'auth-command-refused':
      'nginx replies to AUTH itself, so check `smtp_auth`. With `starttls only` it refuses AUTH before TLS.',
    'auth-rejected':
      'the server of `auth_http` decides: its log shows the reason, and nginx sends its `Auth-Status` to the client. With `proxy_smtp_auth on`, the mail server behind nginx must accept the same credentials.',
    'auth-backend':
      'start the service of `auth_http`, which must reply with `Auth-Status`, `Auth-Server` and `Auth-Port`. If it does, the mail server that it names probably does not respond: nginx sends the same reply for both. The error log shows which one it is.',
    'relay-unavailable':
      'nginx connects to the server that `auth_http` names in `Auth-Server` and `Auth-Port`, without TLS. The error log shows the reason.',
    'relay-for-accounts':
      'nginx checks the credentials itself, and the mail server behind it learns nothing of that by default. Set `proxy_smtp_auth on`, or `xclient on` if that server is configured to accept XCLIENT from nginx.',
    'client-certificate-request':
      'set `ssl_verify_client optional` and `ssl_client_certificate`, and add `external` to `smtp_auth`.',
  },
};
