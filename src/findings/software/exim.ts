import { inWords, type Software } from './topic.js';

/** OpenSSL's option that disables a version, such as `no_tlsv1_3` for `TLSv1.3`. */
const exclusion = (version: string): string => `no_${version.toLowerCase().replace('.', '_')}`;

export const exim: Software = {
  greets: /^\S+ ESMTP Exim \d/,
  words: /^Too many concurrent SMTP connections\b/,
  settings: {
    'greeting-rejected':
      'check the ACL in `acl_smtp_connect` and `host_reject_connection`: one of them rejects the client.',
    'ehlo-rejected':
      'check `acl_smtp_helo` and `helo_verify_hosts`: the ACL rejects the EHLO name, or the name must resolve to the IP address of the client.',
    'starttls-not-advertised':
      'set `tls_advertise_hosts = *` with `tls_certificate` and `tls_privatekey` (Debian: `MAIN_TLS_ENABLE = yes`).',
    'starttls-refused':
      'look for "TLS error" in the main log: the Exim user must be able to read the files of `tls_certificate` and `tls_privatekey`, and to enter their folders, which certbot opens only to root.',
    'plaintext-on-implicit-port': 'add the port to `tls_on_connect_ports`.',
    'plaintext-auth-advertised':
      'make `auth_advertise_hosts`, or `server_advertise_condition` of each authenticator, depend on TLS: `${if eq{$tls_in_cipher}{}{}{*}}`.',
    'plaintext-mail-accepted': 'configure the ACL in `acl_smtp_mail` to deny sessions that are not `encrypted = *`.',
    'tls-version-too-old': (minVersion) =>
      `remove \`+${exclusion(minVersion)}\` from \`openssl_options\`, or with GnuTLS add ${inWords(minVersion)} to \`tls_require_ciphers\`. Its TLS library must support that version.`,
    'tls-old-versions-accepted':
      'add `+no_tlsv1 +no_tlsv1_1` to `openssl_options`, or with GnuTLS `:-VERS-TLS1.0:-VERS-TLS1.1` to `tls_require_ciphers` (default `NORMAL`).',
    'tls-handshake-failed':
      'check whether the files in `tls_certificate` and `tls_privatekey` exist and the Exim user can read them, also for this name if they depend on `$tls_in_sni`. Then check `tls_require_ciphers`, `openssl_options` and `tls_dhparam`. The main log contains "TLS error".',
    'dh-parameters':
      'remove `tls_dhparam`, whose default is a group of 2048 bits, or name a longer one (`ffdhe2048`). Check that `tls_eccurve`, `tls_require_ciphers` and `openssl_options` do not exclude ECDHE and TLS 1.3.',
    'client-certificate-required':
      'set `tls_verify_certificates` to the CA of the clients, or use `tls_try_verify_hosts` instead of `tls_verify_hosts`.',
    certificate:
      'set `tls_certificate` to the full chain (`fullchain.pem`, leaf first) and `tls_privatekey` to its private key. Exim uses a new file without a restart.',
    'sni-certificate':
      'check whether the files that `tls_certificate` and `tls_privatekey` select by `$tls_in_sni` exist for this name, and whether the Exim user can read them. `${if exists{FILE}{FILE}{DEFAULT}}` uses a default file for other names.',
    'tls-in-proxy':
      'add the port to `tls_on_connect_ports`. If TLS must end in the proxy, exclude its IP address from `tls_advertise_hosts`, include it in `auth_advertise_hosts` and in `server_advertise_condition` of the authenticators, and do not list it in `relay_from_hosts`.',
    'auth-not-advertised': 'check `server_advertise_condition` of the authenticators and `auth_advertise_hosts`.',
    'auth-mechanisms':
      'each mechanism requires an authenticator with its name in `public_name` and a `server_` option such as `server_condition`.',
    'auth-command-refused':
      'the client must match `auth_advertise_hosts`, by host name or IP address, at the second EHLO as well.',
    'auth-rejected':
      'the main log names the authenticator and its `server_condition`. In that of PLAIN (`server_prompts = :`), the username is `$auth2` and the password `$auth3`; in that of LOGIN, they are `$auth1` and `$auth2`. `exim -d+auth` shows how Exim expands it.',
    'auth-backend':
      'look for "authenticator failed" in the main log, and correct what it names: a file or database that `server_condition` looks up, or `server_socket` of the authenticator. Since 4.94, a file name must not contain the username as the client sent it ("tainted").',
    'client-certificate-request':
      'set `tls_try_verify_hosts = *` and `tls_verify_certificates`, and add an authenticator with `driver = external`.',
    'unauthenticated-mail':
      'in the ACL of `acl_smtp_mail`, add `deny !authenticated = *` with the condition that `$received_port` is the submission port.',
    'auth-on-mx': 'make `auth_advertise_hosts` depend on the port: `${if eq{$received_port}{25}{}{*}}`.',
    'served-domains':
      'add the domain to `relay_to_domains` (Debian: `dc_relay_domains`) or `local_domains`, and check with `exim -bt ADDRESS` that a router accepts the recipient.',
    'known-recipients':
      '`exim -bt ADDRESS` on the server shows whether a router accepts the address. With cPanel, the domain must be in `/etc/localdomains` if its mailboxes are on this server, and in `/etc/remotedomains` if not ("Email Routing").',
    'relay-for-accounts':
      'add `accept authenticated = *` to the ACL of `acl_smtp_rcpt`, before the rule that rejects with "relay not permitted".',
    'client-rules':
      'put `accept authenticated = *` before the rules about the client in the ACL of `acl_smtp_rcpt`, or add the condition `!authenticated = *` to them.',
    'blocklist-codes':
      'exclude the error codes in the ACL: `dnslists = zen.spamhaus.org!&0.255.255.0`. Run a resolver on the same machine, such as unbound, and name it in `/etc/resolv.conf`. Or use a DQS key from Spamhaus, which works with any resolver.',
    'sender-verification':
      '`require verify = sender` in an ACL rejects it. `exim -bvs ADDRESS` on the server shows why the address is not valid: "Unrouteable address" means that no router accepts it.',
    'disk-full':
      'the file system of the spool directory (`exim -bP spool_directory`) needs `check_spool_space` of free space and `check_spool_inodes` free inodes.',
    'connection-limit':
      'raise `smtp_accept_max_per_host`, which limits the connections of one IP address. The main log contains "too many connections from that IP address".',
    'server-busy':
      'raise `smtp_accept_max`, which limits the connections of all clients (default 20), or `smtp_load_reserve`. The main log contains "too many connections".',
    'message-size': 'set `message_size_limit`, for example to `50M`.',
    'message-log':
      '`exigrep ID` prints the lines of the main log: `=>` is a delivery, `==` a deferral and `**` a failure. `mailq` lists the messages that are still queued.',
    smtputf8: 'set `smtputf8_advertise_hosts = *`. It requires an Exim with `SUPPORT_I18N`.',
    'content-scanner':
      'look for "malware acl condition" or "spam acl condition" in the main log and the panic log. Start the scanner, or correct `av_scanner` or `spamd_address`. With `/defer_ok`, Exim accepts mail unscanned while it is down.',
  },
};
