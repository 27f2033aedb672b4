import type { Software } from './topic.js';

/** Its submission service, a proxy that authenticates clients. Settings of 2.3 are in parentheses if 2.4 renamed them. */
export const dovecot: Software = {
  greets: /^\S+ Dovecot(?: \([^()]*\))? ready\b/,
  settings: {
    'starttls-not-advertised':
      'set `ssl = yes`, `ssl_server_cert_file` and `ssl_server_key_file` (2.3: `ssl_cert = <FILE`, `ssl_key = <FILE`).',
    'starttls-refused':
      'look for errors of submission-login in the log: `ssl_server_cert_file` and `ssl_server_key_file` (2.3: `ssl_cert`, `ssl_key`) must match.',
    'plaintext-on-implicit-port':
      'set `ssl = yes` for this port in `inet_listener submissions` of `service submission-login`.',
    'plaintext-auth-advertised':
      'set `auth_allow_cleartext = no` (2.3: `disable_plaintext_auth = yes`), or `ssl = required`. Clients in `login_trusted_networks`, and those with the IP address of the server, count as encrypted.',
    'tls-version-too-old': (minVersion) =>
      `set \`ssl_min_protocol = ${minVersion}\` or lower. Its OpenSSL must support that version.`,
    'tls-old-versions-accepted': 'set `ssl_min_protocol = TLSv1.2`.',
    'tls-handshake-failed':
      'check `ssl_cipher_list`, `ssl_curve_list`, `ssl_server_cert_file` and `ssl_server_key_file` (2.3: `ssl_cert`, `ssl_key`). With `log_debug = category=ssl` (2.3: `verbose_ssl = yes`), the log shows the reason.',
    'dh-parameters':
      'write parameters of 2048 bits or more (`openssl dhparam 2048`) into the file of `ssl_server_dh_file` (2.3: `ssl_dh = <FILE`), or remove that setting. Check that `ssl_cipher_list` and `ssl_curve_list` do not exclude ECDHE.',
    'client-certificate-required':
      'set `ssl_server_ca_file` (2.3: `ssl_ca = <FILE`) to the CA of the clients, or set `auth_ssl_require_client_cert = no`.',
    certificate:
      'set `ssl_server_cert_file` to a file with the full chain, leaf first, and `ssl_server_key_file` to its private key (2.3: `ssl_cert = <FILE`, `ssl_key = <FILE`). Then run `doveadm reload`.',
    'sni-certificate': 'check the certificate in the `local_name` block for this name, and run `doveadm reload`.',
    'tls-in-proxy':
      'set `haproxy = yes` for the `inet_listener` and `haproxy_trusted_networks`, and configure the proxy to send the PROXY protocol with its TLS information (HAProxy: `send-proxy-v2-ssl`): Dovecot then knows that the client uses TLS.',
    'auth-not-advertised':
      'Dovecot offers AUTH if it knows that the session is encrypted. If a proxy terminates TLS, set `haproxy = yes` for the `inet_listener` and `haproxy_trusted_networks`, and configure the proxy to send its TLS information (HAProxy: `send-proxy-v2-ssl`).',
    'auth-mechanisms': 'set `auth_mechanisms`, for example to `plain login`.',
    'auth-rejected':
      'with `auth_verbose = yes`, the log shows the reason. `doveadm auth test USER` checks the credentials on the server.',
    'auth-backend':
      'look in the log for errors of the passdb (SQL, LDAP, PAM) and of the `auth` service, and correct what they name.',
    'client-certificate-request':
      'set `ssl_server_request_client_cert = yes` and `ssl_server_ca_file` (2.3: `ssl_verify_client_cert = yes`, `ssl_ca`), and `auth_ssl_username_from_cert = yes`. Add `external` to `auth_mechanisms`.',
    'relay-unavailable':
      'mail goes to `submission_relay_host` and `submission_relay_port`: check that this server is running and accepts mail. `submission_relay_ssl` must be what the server expects (`no`, `starttls` or `smtps`), and with `submission_relay_ssl_verify` its certificate must be valid for that name.',
    'known-recipients':
      '`doveadm user ADDRESS` must find the recipient in the userdb. If the port is a submission service, the server of `submission_relay_host` decides which recipients exist.',
    'relay-for-accounts':
      'its submission service checks the credentials itself. Set `submission_relay_user` and `submission_relay_password` to an account of the server of `submission_relay_host`. Or set `submission_relay_trusted = yes`, if that server accepts XCLIENT from Dovecot and relays for the clients that it names.',
    'cached-credentials': 'run `doveadm auth cache flush USER`.',
    'message-size': 'set `submission_max_mail_size`. The server of `submission_relay_host` has a limit of its own.',
  },
};
