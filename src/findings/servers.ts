import type { FindingCode } from './catalogue.js';
import { PROVIDER_PATTERNS, SIGNING_IN } from './providers.js';

/** Mail services, and mail servers, that give themselves away in what they say. */
const SOFTWARE = {
  ...PROVIDER_PATTERNS,
  Postfix: /\bPostfix\b/,
  Exim: /\bExim\b/,
  Sendmail: /\bSendmail\b/,
  OpenSMTPD: /\bOpenSMTPD\b/,
  Exchange: /\bMicrosoft ESMTP MAIL Service\b/,
  Haraka: /\bHaraka\b/,
  Stalwart: /\bStalwart\b/i,
} as const;

export type Software = keyof typeof SOFTWARE;

/**
 * Recognises the server.
 * @param texts what it said: the greeting, the lines of its answer to EHLO, a refusal
 */
export function recognise(texts: readonly string[]): Software | undefined {
  const names = Object.keys(SOFTWARE) as Software[];
  return names.find((name) => texts.some((text) => SOFTWARE[name].test(text)));
}

/** The setting to change, by the name that the server's own documentation gives it. */
const SETTINGS: Partial<Record<FindingCode, Partial<Record<Software, string>>>> = {
  'starttls-not-advertised': {
    Postfix: 'Set `smtpd_tls_security_level = may` (`encrypt` on submission) and `smtpd_tls_chain_files`.',
    Exim: 'Set `tls_advertise_hosts = *` with `tls_certificate` and `tls_privatekey`.',
    Sendmail: 'Define `confSERVER_CERT` and `confSERVER_KEY`, and take `S` out of the modifiers of the daemon (`M=`).',
    OpenSMTPD: 'Add `tls pki NAME` (or `tls-require`) to the `listen on` rule.',
    Exchange:
      'Assign a certificate to SMTP (`Enable-ExchangeCertificate -Services SMTP`) and tick TLS on the receive connector.',
    Haraka: 'Enable the `tls` plugin in `config/plugins`; it reads `config/tls_key.pem` and `config/tls_cert.pem`.',
    Stalwart: 'Give the listener a certificate, with `tls.implicit = false`.',
  },
  'starttls-refused': {
    Postfix:
      'Look for "cannot load certificate" in the log: `smtpd_tls_chain_files` must be readable and key and certificate must fit.',
    Exim: 'Look into the main log for "TLS error": the Exim user must be able to read `tls_privatekey`.',
    Sendmail: 'Raise `LogLevel` to 14 and look for "STARTTLS=server, error": group-readable keys are refused.',
    Exchange: 'Look for event 12014: no certificate fits the FQDN of the receive connector.',
  },
  'greeting-rejected': {
    'Microsoft 365':
      'Where the text speaks of a blocked client host, ask for the address of the runner to be taken off the list (https://sender.office.com), or add it to the IP Allow List of the connection filter policy (`Set-HostedConnectionFilterPolicy -IPAllowList`).',
    Google:
      'For smtp-relay.gmail.com the public address of the runner must be among the allowed ones of the setting "SMTP relay service" in the Admin console (Gmail, Routing).',
  },
  'plaintext-on-implicit-port': {
    Stalwart: 'Set `tls.implicit = true` on the listener (`tlsImplicit` in the WebUI).',
    'Microsoft 365': 'smtp.office365.com has STARTTLS only, on 587 or 25: set `transport: starttls`.',
    Google: 'smtp.gmail.com and smtp-relay.gmail.com have TLS from the first byte on 465, and STARTTLS on 587.',
    'Amazon SES': 'TLS Wrapper is on 465 and 2465; 25, 587 and 2587 have STARTTLS.',
  },
  'plaintext-auth-advertised': {
    Postfix: 'Set `smtpd_tls_auth_only = yes`.',
    Exim: 'Make `auth_advertise_hosts` depend on TLS: `${if eq{$tls_in_cipher}{}{}{*}}`.',
    Sendmail: "Add `p` to `confAUTH_OPTIONS` (`define(`confAUTH_OPTIONS', `A p y')`).",
    OpenSMTPD: 'Use `tls-require auth` in the `listen on` rule.',
    Exchange:
      'Tick "Offer Basic authentication only after starting TLS" on the receive connector (`AuthMechanism BasicAuthRequireTLS`).',
    Haraka:
      'Leave `auth` plugins to connections with TLS: `config/auth_flat_file.ini` is ignored in the clear by default.',
    Stalwart: 'Make `session.auth.mechanisms` depend on `is_tls`.',
  },
  'tls-version-too-old': {
    Postfix: 'Set `smtpd_tls_protocols = >=TLSv1.2` and `smtpd_tls_mandatory_protocols = >=TLSv1.2`.',
    Exim: 'Set `openssl_options = +no_tlsv1 +no_tlsv1_1`, or with GnuTLS a `tls_require_ciphers` that has TLS 1.2 and 1.3.',
    Sendmail: 'Set `ServerSSLOptions` to `+SSL_OP_NO_TLSv1 +SSL_OP_NO_TLSv1_1`; the OpenSSL beneath must have TLS 1.2.',
    OpenSMTPD: 'Take `protocols` out of the `listen on` rule: by default it speaks TLS 1.2 and 1.3.',
    Exchange: 'Enable TLS 1.2 in Windows (`SchUseStrongCrypto`, Schannel `Enabled` for the server).',
    Haraka: 'Set `minVersion=TLSv1.2` in `config/tls.ini`; the Node.js beneath must have TLS 1.2.',
    Stalwart: 'Take TLS 1.2 and 1.3 out of `tls.disable-protocols` of the listener (`tlsDisableProtocols`).',
    'Microsoft 365':
      'Use smtp.office365.com: smtp-legacy.office365.com is for clients that have no TLS 1.2 (`Set-TransportConfig -AllowLegacyTLSClients`).',
  },
  'certificate-chain-incomplete': {
    Postfix: 'Put the key and the full chain, leaf first, into `smtpd_tls_chain_files`, and `postfix reload`.',
    Exim: 'Let `tls_certificate` name the full chain (`fullchain.pem`), leaf first.',
    Sendmail: 'Put the intermediates behind the leaf in `confSERVER_CERT`.',
    OpenSMTPD: 'Let `pki NAME cert` name the full chain, leaf first.',
    Exchange: 'Install the intermediate in the store "Intermediate Certification Authorities" of the machine.',
    Haraka: 'Put the intermediates behind the leaf in `config/tls_cert.pem`, or in its file in `config/tls`.',
    Stalwart: 'Let `cert` of the certificate (`certificate.NAME.cert`) hold the full chain, leaf first.',
  },
  'certificate-hostname-mismatch': {
    'Microsoft 365':
      'Address it by its own name, and not by an alias of yours: smtp.office365.com for submission, TENANT.mail.protection.outlook.com as MX.',
    Google:
      'Address it by its own name, and not by an alias of yours: smtp.gmail.com or smtp-relay.gmail.com for submission, and as MX the name in the MX record.',
    'Amazon SES':
      'Address it as email-smtp.REGION.amazonaws.com, and not by an alias of yours; through a VPC endpoint, give that name with `servername`.',
  },
  'certificate-expired': {
    Postfix: 'After renewal: `postfix reload`.',
    Exim: 'Exim reads the file at each connection: the renewed certificate is not where `tls_certificate` points.',
    Sendmail: 'After renewal: restart Sendmail.',
    OpenSMTPD: 'After renewal: restart smtpd.',
    Exchange: 'After renewal: `Enable-ExchangeCertificate -Thumbprint … -Services SMTP`.',
  },
  'client-certificate-required': {
    Postfix:
      'Let `smtpd_tls_CAfile` name the authority of the clients, or set `smtpd_tls_req_ccert = no` (`smtpd_tls_ask_ccert = yes` if it may be asked for).',
    Exim: 'Let `tls_verify_certificates` name the authority of the clients, or use `tls_try_verify_hosts` in place of `tls_verify_hosts`.',
    OpenSMTPD:
      'Let `ca` name the authority of the clients, or use `tls-require` without `verify` in the `listen on` rule.',
    Haraka: 'Set `rejectUnauthorized=false` in `config/tls.ini`, and take the port out of `requireAuthorized`.',
  },
  'auth-not-advertised': {
    Postfix: 'Set `smtpd_sasl_auth_enable = yes` for this service in `master.cf`.',
    Exim: 'Check `server_advertise_condition` of the authenticators and `auth_advertise_hosts`.',
    OpenSMTPD: 'Add `auth` to the `listen on` rule.',
    'Microsoft 365':
      'Client submission is smtp.office365.com on 587; `*.mail.protection.outlook.com` on 25 signs nobody in.',
    Google: 'Client submission is smtp.gmail.com on 587 or 465; mx.google.com on 25 signs nobody in.',
  },
  'auth-rejected': {
    ...SIGNING_IN,
    Postfix:
      'Its log has the reason behind "SASL … authentication failed", and the log of Dovecot or saslauthd more: `auth_debug = yes` in Dovecot, `testsaslauthd` for Cyrus.',
    Exim: 'The main log names the authenticator and its `server_condition`; `exim -d+auth` shows how it is expanded.',
    Exchange:
      'Basic authentication must be allowed on the receive connector (`AuthMechanism BasicAuth, BasicAuthRequireTLS`), and the user name be DOMAIN\\user or a UPN.',
  },
  'auth-command-refused': {
    Postfix: 'Set `smtpd_sasl_auth_enable = yes` for this service in `master.cf`.',
    Exim: 'Its EHLO name or address must fit `auth_advertise_hosts` at the second EHLO too.',
  },
};

/**
 * A remedy with the setting to change in this very server added, where it is known.
 * @param remedy what holds for any server
 */
export function remedyFor(code: FindingCode, remedy: string, software: Software | undefined): string {
  const setting = software && SETTINGS[code]?.[software];
  return setting === undefined ? remedy : `${remedy} This is ${software}: ${setting}`;
}
