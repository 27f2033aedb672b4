/** What a setting is about: a finding that it fixes, or `certificate` for all findings that a different certificate fixes. */
export type Topic =
  | 'greeting-rejected'
  | 'ehlo-rejected'
  | 'starttls-not-advertised'
  | 'starttls-refused'
  | 'starttls-hidden'
  | 'plaintext-on-implicit-port'
  | 'plaintext-auth-advertised'
  | 'plaintext-mail-accepted'
  | 'tls-version-too-old'
  | 'tls-handshake-failed'
  | 'client-certificate-required'
  | 'certificate'
  | 'auth-not-advertised'
  | 'auth-rejected'
  | 'auth-command-refused'
  | 'auth-temporary-failure';

/** A mail server or a mail service, and the setting that fixes each finding. */
interface Software {
  /** Matches its greeting, a line of its reply to EHLO, or a rejection. */
  readonly pattern: RegExp;
  /** What to change, in the terms of its documentation. A function gets the oldest TLS version that is allowed. */
  readonly settings: Readonly<Partial<Record<Topic, string | ((minVersion: string) => string)>>>;
}

export const software = (pattern: RegExp, settings: Software['settings']): Software => ({ pattern, settings });

/** Such as `TLS 1.3` for `TLSv1.3`. */
const inWords = (version: string): string => version.replace('v', ' ');
/** OpenSSL's option that disables a version, such as `no_tlsv1_3` for `TLSv1.3`. */
const exclusion = (version: string): string => `no_${version.toLowerCase().replace('.', '_')}`;

/** Mail servers that name themselves. */
export const SERVERS = {
  Postfix: software(/\bPostfix\b/, {
    'greeting-rejected':
      'Check `postscreen_access_list` and `postscreen_dnsbl_sites`, or `smtpd_client_restrictions` if `smtpd_delay_reject = no`.',
    'ehlo-rejected':
      'Check `smtpd_helo_restrictions` (`reject_non_fqdn_helo_hostname`, `reject_unknown_helo_hostname`) if `smtpd_delay_reject = no`.',
    'starttls-not-advertised':
      'Set `smtpd_tls_security_level = may` (`encrypt` on submission) and `smtpd_tls_chain_files`.',
    'starttls-refused':
      'Look for "cannot load certificate" in the log: `smtpd_tls_chain_files` must be readable, and key and certificate must match.',
    'starttls-hidden':
      'Remove `starttls` from `smtpd_discard_ehlo_keywords` and from the tables in `smtpd_discard_ehlo_keyword_address_maps`.',
    'plaintext-on-implicit-port': 'Set `smtpd_tls_wrappermode = yes` for this service in `master.cf`.',
    'plaintext-auth-advertised': 'Set `smtpd_tls_auth_only = yes`.',
    'plaintext-mail-accepted': 'Set `smtpd_tls_security_level = encrypt` for the submission service in `master.cf`.',
    'tls-version-too-old': (minVersion) =>
      `Neither \`smtpd_tls_protocols\` nor \`smtpd_tls_mandatory_protocols\` may exclude ${minVersion} (\`!${minVersion}\`, or an upper bound below it), and its OpenSSL must support that version.`,
    'tls-handshake-failed':
      'Check `smtpd_tls_mandatory_ciphers`, `smtpd_tls_exclude_ciphers` and `smtpd_tls_chain_files`. With `smtpd_tls_loglevel = 1` the log has the reason.',
    'client-certificate-required':
      'Set `smtpd_tls_CAfile` to the CA of the clients, or set `smtpd_tls_req_ccert = no` (`smtpd_tls_ask_ccert = yes` if the server may request a certificate).',
    certificate:
      'Set `smtpd_tls_chain_files` to a file with the private key and the full chain, leaf first (before 3.4, `smtpd_tls_cert_file` and `smtpd_tls_key_file`). Then run `postfix reload`.',
    'auth-not-advertised': 'Set `smtpd_sasl_auth_enable = yes` for this service in `master.cf`.',
    'auth-rejected':
      'Its log has the reason after "SASL … authentication failed", and the log of Dovecot or saslauthd has more. Set `auth_debug = yes` in Dovecot, or use `testsaslauthd` for Cyrus.',
    'auth-command-refused': 'Set `smtpd_sasl_auth_enable = yes` for this service in `master.cf`.',
  }),
  Exim: software(/\bExim\b/, {
    'greeting-rejected':
      'Check the ACL in `acl_smtp_connect` and `host_reject_connection`: one of them rejects the client.',
    'ehlo-rejected':
      'Check `acl_smtp_helo` and `helo_verify_hosts`: the ACL rejects the EHLO name, or the name must resolve to the IP address of the client.',
    'starttls-not-advertised': 'Set `tls_advertise_hosts = *` with `tls_certificate` and `tls_privatekey`.',
    'starttls-refused': 'Look for "TLS error" in the main log: the Exim user must be able to read `tls_privatekey`.',
    'plaintext-on-implicit-port': 'Add the port to `tls_on_connect_ports`.',
    'plaintext-auth-advertised': 'Make `auth_advertise_hosts` depend on TLS: `${if eq{$tls_in_cipher}{}{}{*}}`.',
    'plaintext-mail-accepted': 'Configure the ACL in `acl_smtp_mail` to deny sessions that are not `encrypted = *`.',
    'tls-version-too-old': (minVersion) =>
      `Remove \`+${exclusion(minVersion)}\` from \`openssl_options\`, or with GnuTLS add ${inWords(minVersion)} to \`tls_require_ciphers\`. Its TLS library must support that version.`,
    'tls-handshake-failed':
      'Check `tls_require_ciphers`, `openssl_options` and `tls_dhparam`, and whether `tls_privatekey` is readable. The main log has "TLS error".',
    'client-certificate-required':
      'Set `tls_verify_certificates` to the CA of the clients, or use `tls_try_verify_hosts` instead of `tls_verify_hosts`.',
    certificate:
      'Set `tls_certificate` to the full chain (`fullchain.pem`, leaf first) and `tls_privatekey` to its private key. Exim uses a new file without a restart.',
    'auth-not-advertised': 'Check `server_advertise_condition` of the authenticators and `auth_advertise_hosts`.',
    'auth-rejected':
      'The main log names the authenticator and its `server_condition`. `exim -d+auth` shows how Exim expands it.',
    'auth-command-refused':
      'The client must match `auth_advertise_hosts`, by host name or IP address, at the second EHLO as well.',
  }),
  Sendmail: software(/\bSendmail\b/, {
    'greeting-rejected':
      "Look for the runner's IP address in the access map (`Connect:`) and in the lists of `FEATURE(`dnsbl')`.",
    'starttls-not-advertised':
      'Define `confSERVER_CERT` and `confSERVER_KEY`, and remove `S` from the modifiers of the daemon (`M=`).',
    'starttls-refused':
      'Raise `LogLevel` to 14 and look for "STARTTLS=server, error". Sendmail rejects private keys that the group can read.',
    'plaintext-on-implicit-port':
      "Add the modifier `s` to the daemon (`DAEMON_OPTIONS(`Port=smtps, Name=TLSMTA, M=s')`).",
    'plaintext-auth-advertised': "Add `p` to `confAUTH_OPTIONS` (`define(`confAUTH_OPTIONS', `A p y')`).",
    'plaintext-mail-accepted': 'Require encryption from clients in the access map (`TLS_Clt: ENCR:112`).',
    'tls-version-too-old': (minVersion) =>
      `Remove \`+SSL_OP_${exclusion(minVersion).toUpperCase().replace('TLSV', 'TLSv')}\` from \`ServerSSLOptions\`. Its OpenSSL must support ${inWords(minVersion)}.`,
    'tls-handshake-failed':
      'Check `CipherList`, `ServerSSLOptions` and `DHParameters`. With `LogLevel` 14 the log has "STARTTLS=server, error".',
    'client-certificate-required':
      'Set `confTLS_SRV_OPTIONS` to `V`, so that the server requests no client certificate, or `confCACERT` to the CA of the clients.',
    certificate:
      'Set `confSERVER_CERT` to a file with the certificate, followed by the intermediates, and `confSERVER_KEY` to its private key. Then restart Sendmail.',
  }),
  OpenSMTPD: software(/\bOpenSMTPD\b/, {
    'starttls-not-advertised': 'Add `tls pki NAME` (or `tls-require`) to the `listen on` rule.',
    'starttls-refused':
      'Test the configuration with `smtpd -n`: the files of `pki NAME cert` and `pki NAME key` must exist and match.',
    'plaintext-on-implicit-port': 'Use `smtps` in the `listen on` rule.',
    'plaintext-auth-advertised': 'Use `tls-require auth` in the `listen on` rule.',
    'plaintext-mail-accepted': 'Use `tls-require` in the `listen on` rule.',
    'tls-version-too-old': (minVersion) =>
      `Add \`${minVersion.toLowerCase()}\` to \`protocols\` in the \`listen on\` rule, or remove \`protocols\`: the default is TLS 1.2 and 1.3.`,
    'tls-handshake-failed': 'Check `smtp ciphers`, `pki NAME cert` and `pki NAME key`.',
    'client-certificate-required':
      'Set `ca` to the CA of the clients, or use `tls-require` without `verify` in the `listen on` rule.',
    certificate:
      'Set `pki NAME cert` to a file with the full chain, leaf first, and `pki NAME key` to its private key. Then restart smtpd.',
    'auth-not-advertised': 'Add `auth` to the `listen on` rule.',
  }),
  Exchange: software(/\bMicrosoft ESMTP MAIL Service\b/, {
    'greeting-rejected':
      "Add the runner's IP address to `RemoteIPRanges` of the receive connector (`Set-ReceiveConnector`), or run `Add-IPAllowListEntry`.",
    'starttls-not-advertised':
      'Assign a certificate to SMTP (`Enable-ExchangeCertificate -Services SMTP`) and enable TLS on the receive connector.',
    'starttls-refused': 'Look for event 12014: no certificate matches the FQDN of the receive connector.',
    'plaintext-on-implicit-port': 'It supports only STARTTLS: set `transport: starttls`, on 587 or 25.',
    'plaintext-auth-advertised':
      'Select "Offer Basic authentication only after starting TLS" on the receive connector (`AuthMechanism BasicAuthRequireTLS`).',
    'plaintext-mail-accepted': 'Run `Set-ReceiveConnector -RequireTLS $true`.',
    'tls-version-too-old': (minVersion) =>
      `Enable ${inWords(minVersion)} in Windows (Schannel, \`Enabled\` for the server). If this Exchange does not support it for SMTP, lower \`tls.min-version\` to a version that it supports.`,
    'tls-handshake-failed':
      'Windows determines TLS versions and cipher suites (`Get-TlsCipherSuite`, `Enable-TlsCipherSuite`). The system log has Schannel events.',
    'client-certificate-required': 'Run `Set-ReceiveConnector -DomainSecureEnabled $false`.',
    certificate:
      'Import the certificate, and its intermediate into the store "Intermediate Certification Authorities" of the machine. Then run `Enable-ExchangeCertificate -Thumbprint … -Services SMTP`, and `Set-ReceiveConnector -TlsCertificateName` if the connector is set to a specific certificate.',
    'auth-rejected':
      'The receive connector must allow basic authentication (`AuthMechanism BasicAuth, BasicAuthRequireTLS`), and the username must be DOMAIN\\user or a UPN.',
  }),
  Haraka: software(/\bHaraka\b/, {
    'starttls-not-advertised':
      'Enable the `tls` plugin in `config/plugins`. Set `key` and `cert` in `config/tls.ini` to its files (by default `config/tls_key.pem` and `config/tls_cert.pem`).',
    'starttls-refused':
      'Look for errors of the `tls` plugin in the log: `key` and `cert` in `config/tls.ini` must be readable and match.',
    'plaintext-on-implicit-port': 'Set `smtps_port` in `config/smtp.ini` to the port.',
    'plaintext-auth-advertised':
      'The plugin `auth/flat_file` offers AUTH before TLS only to clients with a private IP address. Any other auth plugin must check `connection.tls.enabled` before it offers AUTH.',
    'tls-version-too-old': (minVersion) =>
      `Run Haraka on a Node.js that supports ${inWords(minVersion)}, and check \`minVersion\` in \`config/tls.ini\`.`,
    'tls-handshake-failed': 'Check `ciphers`, `minVersion`, `dhparam`, `key` and `cert` in `config/tls.ini`.',
    'client-certificate-required':
      'Set `rejectUnauthorized=false` in `config/tls.ini`, and remove the port from `requireAuthorized`.',
    certificate:
      'Set `cert` in `config/tls.ini` to a file with the full chain, leaf first (`config/tls_cert.pem`, or its file in `config/tls`), and `key` to its private key. Then restart Haraka.',
  }),
  Stalwart: software(/\bStalwart\b/i, {
    'greeting-rejected': "Remove the runner's IP address from `server.blocked-ip`, or add it to `server.allowed-ip`.",
    'starttls-not-advertised':
      'Configure a certificate for the listener (`certificate.NAME.cert`, `certificate.NAME.private-key`), with `tls.implicit = false`.',
    'starttls-refused':
      'Look for TLS errors in the log: `certificate.NAME.cert` and `certificate.NAME.private-key` must be readable and match.',
    'plaintext-on-implicit-port': 'Set `tls.implicit = true` on the listener (`tlsImplicit` in the WebUI).',
    'plaintext-auth-advertised': 'Make `session.auth.mechanisms` depend on `is_tls`.',
    'tls-version-too-old': (minVersion) =>
      `Remove ${inWords(minVersion)} from \`tls.disable-protocols\` of the listener (\`tlsDisableProtocols\`).`,
    'tls-handshake-failed':
      'Check `tls.disable-protocols` and `tls.disable-ciphers` of the listener, and its certificate.',
    certificate:
      'Set `certificate.NAME.cert` to the full chain, leaf first, and `certificate.NAME.private-key` to its private key, unless ACME provides them.',
  }),
};
