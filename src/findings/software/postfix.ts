import type { Software } from './topic.js';

export const postfix: Software = {
  greets: /^\S+ ESMTP Postfix\b/,
  words:
    /^(?:4\.7\.0 TLS not available due to local problem$|5\.5\.1 Error: authentication not enabled$|5\.7\.8 Error: authentication failed: |[45]\.\d\.\d <[^>]*>: (?:Client host|Helo command|Sender address|Recipient address) rejected: |[45]\.\d\.\d <[^>]*>: Relay access denied$)/,
  settings: {
    'greeting-rejected':
      'check `postscreen_access_list` and `postscreen_dnsbl_sites`. With `smtpd_delay_reject = no`, also check `smtpd_client_restrictions`.',
    'ehlo-rejected':
      'with `smtpd_delay_reject = no`, check `smtpd_helo_restrictions` (`reject_non_fqdn_helo_hostname`, `reject_unknown_helo_hostname`).',
    'starttls-not-advertised':
      'set `smtpd_tls_security_level = may` (`encrypt` on submission) and `smtpd_tls_chain_files`. The log contains "No server certs available" if it cannot load a certificate.',
    'starttls-refused':
      'look for the warnings next to "TLS library problem" in the log: the files of `smtpd_tls_chain_files` must exist, and key and certificate must match.',
    'filter-unavailable':
      'the log shows "connect to Milter service" with the address of the milter in `smtpd_milters` that does not respond. As a stopgap, `milter_default_action = accept` accepts mail without it, unfiltered and unsigned. A problem with TLS or SASL would have the code 4.7.0 instead.',
    'starttls-hidden':
      'remove `starttls` from `smtpd_discard_ehlo_keywords` and from the tables in `smtpd_discard_ehlo_keyword_address_maps`.',
    'plaintext-on-implicit-port': 'set `smtpd_tls_wrappermode = yes` for this service in `master.cf`.',
    'plaintext-auth-advertised': 'set `smtpd_tls_auth_only = yes`.',
    'plaintext-mail-accepted': 'set `smtpd_tls_security_level = encrypt` for the submission service in `master.cf`.',
    'tls-version-too-old': (minVersion) =>
      `remove what excludes ${minVersion} (\`!${minVersion}\`, or an upper bound below it) from \`smtpd_tls_protocols\` and \`smtpd_tls_mandatory_protocols\`: the first one applies with \`smtpd_tls_security_level = may\`, the second one with \`encrypt\`. Its OpenSSL must support that version.`,
    'tls-old-versions-accepted':
      'set `smtpd_tls_protocols` and `smtpd_tls_mandatory_protocols` to `>=TLSv1.2` (before 3.6: `!SSLv2, !SSLv3, !TLSv1, !TLSv1.1`).',
    'tls-handshake-failed':
      'remove changes to `smtpd_tls_ciphers`, `smtpd_tls_mandatory_ciphers`, `tls_high_cipherlist`, `tls_medium_cipherlist` and `smtpd_tls_exclude_ciphers`, and check `smtpd_tls_chain_files`. With `smtpd_tls_loglevel = 1`, the log shows the reason.',
    'dh-parameters':
      'remove `smtpd_tls_dh1024_param_file` from `main.cf` and `master.cf`: the default has been 2048 bits since 3.1. Check that `smtpd_tls_eecdh_grade`, `smtpd_tls_protocols`, `smtpd_tls_exclude_ciphers` and `smtpd_tls_ciphers` do not exclude ECDHE and TLS 1.3.',
    'client-certificate-required':
      'set `smtpd_tls_CAfile` to the CA of the clients, or set `smtpd_tls_req_ccert = no` (`smtpd_tls_ask_ccert = yes` if the server may request a certificate).',
    certificate:
      'set `smtpd_tls_chain_files` to a file with the private key, followed by the full chain, leaf first (before 3.4: `smtpd_tls_cert_file` and `smtpd_tls_key_file`). Then run `postfix reload`.',
    'sni-certificate':
      'run `postmap -F` for the table in `tls_server_sni_maps` after each renewal, and then `postfix reload`: the table contains copies of the keys and certificates, so a reload alone does not help.',
    'tls-in-proxy':
      'in `master.cf`, set `smtpd_tls_wrappermode=yes` for the service on this port. A service behind the proxy needs a loopback address, `-o smtpd_tls_security_level=none` and `-o smtpd_tls_auth_only=no`, and `-o smtpd_relay_restrictions=permit_sasl_authenticated,reject`, because `mynetworks` includes the proxy.',
    'auth-not-advertised':
      'set `smtpd_sasl_auth_enable = yes` for this service in `master.cf`. `smtpd_sasl_exceptions_networks` must not include the client.',
    'auth-mechanisms':
      'with Dovecot (`smtpd_sasl_type = dovecot`), set `auth_mechanisms` there. With Cyrus SASL, set `mech_list` in `sasl/smtpd.conf`. `smtpd_sasl_mechanism_filter` and `smtpd_sasl_tls_security_options` can exclude mechanisms.',
    'auth-command-refused': 'set `smtpd_sasl_auth_enable = yes` for this service in `master.cf`.',
    'line-too-long': 'raise `smtpd_sasl_response_limit` (before 3.4: `line_length_limit`).',
    'auth-rejected':
      'the log shows the reason after "SASL … authentication failed", and the log of Dovecot (`auth_verbose = yes`) or saslauthd shows more. For Cyrus SASL, the part of the username after `@` is the realm: `sasldblistusers2` lists the users with their realms. `doveadm auth test` and `testsaslauthd` check the credentials on the server.',
    'auth-backend':
      'look for "SASL" in the log, which shows the reason. With Dovecot (`smtpd_sasl_type`), its `auth` service must run, and create the socket that `smtpd_sasl_path` names. With Cyrus SASL, saslauthd must run.',
    saslauthd:
      'if `smtpd` is chrooted in `master.cf`, the socket must be in `/var/spool/postfix/var/run/saslauthd` (on Debian: option `-m` in `/etc/default/saslauthd`). The user `postfix` must be in the group that may open it (on Debian: `sasl`).',
    'dovecot-auth':
      '`smtpd_sasl_path` names the socket, usually `private/auth` below the queue directory. In Dovecot, it is a `unix_listener` of `service auth` that the user `postfix` can open.',
    'client-certificate-request':
      'set `smtpd_tls_ask_ccert = yes` and `smtpd_tls_CAfile`. `smtpd_sasl_mechanism_filter` excludes EXTERNAL by default.',
    'auth-throttled':
      'for "too many AUTH commands", raise `smtpd_client_auth_rate_limit`, the limit for one client within `anvil_rate_time_unit` (a minute by default). Or add the IP address to `smtpd_client_event_limit_exceptions`. The log shows "AUTH command rate limit exceeded" with the number and the client.',
    'connection-limit':
      'raise `smtpd_client_connection_count_limit` (default 50), or add the IP address to `smtpd_client_event_limit_exceptions`. The log contains "too many connections" with the client. postscreen has `postscreen_client_connection_count_limit`.',
    'server-busy':
      'raise `maxproc` of the service in `master.cf`, or `default_process_limit` (default 100). With postscreen, also `postscreen_post_queue_limit`.',
    'cached-credentials':
      'its SASL server has a cache: run `doveadm auth cache flush` for Dovecot, or restart saslauthd (option `-c`).',
    'unauthenticated-mail':
      'for the submission service, set `smtpd_delay_reject = no`, and add `permit_sasl_authenticated, check_sender_access static:{530 5.7.0 Authentication required}` at the end of `smtpd_sender_restrictions`. In `master.cf` (`-o { name = value }`), also repeat what the list has in `main.cf`, such as `reject_sender_login_mismatch`, because an override replaces it. Remove `reject` from `smtpd_client_restrictions` and `smtpd_helo_restrictions`, which would then reject clients before AUTH.',
    'auth-on-mx':
      'set `smtpd_sasl_auth_enable = no` in `main.cf`, and `yes` for the submission services in `master.cf`.',
    'served-domains':
      'a backup MX needs the domain in `relay_domains` and the recipient in `relay_recipient_maps`; the final server needs the domain in `mydestination` or `virtual_mailbox_domains`, and the recipient in `local_recipient_maps` or `virtual_mailbox_maps`.',
    'known-recipients':
      '`postconf mydestination virtual_mailbox_domains virtual_alias_domains relay_domains` shows in which list the domain is, and so which table must contain the recipient. "User doesn\'t exist" is a reply of Dovecot (LMTP): there, `doveadm user ADDRESS` must find the recipient. With Plesk, create the mailbox in its panel.',
    'relay-for-accounts':
      'put `permit_sasl_authenticated` before `reject_unauth_destination` (or `defer_unauth_destination`) in `smtpd_relay_restrictions` for this service.',
    'client-rules':
      'put `permit_sasl_authenticated` before the rules about the client, such as `reject_unknown_client_hostname` or `reject_rbl_client`, in `smtpd_client_restrictions` and `smtpd_recipient_restrictions`.',
    'ehlo-name-rules':
      'for the submission service in `master.cf`, set `-o smtpd_helo_restrictions=permit_sasl_authenticated`, or put that first in the list.',
    'blocklist-codes':
      'limit the codes in `reject_rbl_client zen.spamhaus.org=127.0.0.[2..11]`, and in `postscreen_dnsbl_sites`. Run a resolver on the same machine, such as unbound, and name it in `/etc/resolv.conf`. Or use a DQS key from Spamhaus, which works with any resolver.',
    'sender-verification':
      '`reject_unlisted_sender` looks the sender up in `local_recipient_maps` and `virtual_mailbox_maps`, and `reject_unverified_sender` asks the server of its domain. The log says which one rejects it.',
    'send-as':
      'add the sender and the account to the table in `smtpd_sender_login_maps`, which `reject_sender_login_mismatch` uses.',
    'disk-full':
      'the file system of `queue_directory` (usually `/var/spool/postfix`) needs 1.5 times `message_size_limit` of free space, or `queue_minfree` if that is more. The log contains "not enough free space in mail queue".',
    'message-size':
      'set `message_size_limit`, in bytes. `mailbox_size_limit` and `virtual_mailbox_limit` must not be smaller.',
    'message-log':
      'the line with the queue ID has `status=sent`, `status=deferred` or `status=bounced`, and `relay=` names where the message went. `postqueue -p` lists the messages that are still queued.',
    smtputf8:
      'set `smtputf8_enable = yes`, and remove `smtputf8` from `smtpd_discard_ehlo_keywords`. It requires a Postfix with ICU.',
    'policy-service':
      'the log contains "problem talking to server" with the address of the policy service (`check_policy_service` in `smtpd_recipient_restrictions` or another list of restrictions) that does not respond, or "unknown smtpd restriction". Start that service, or correct the list.',
    'content-scanner':
      'check the filters in `smtpd_milters` and `smtpd_proxy_filter`: a warning in the log names the one that does not respond. `milter_default_action` sets what Postfix does in that case.',
  },
};
