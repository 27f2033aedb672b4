import type { FindingCode } from './catalogue.js';
import { LIMITS, SIGNING_IN } from './providers.js';
import type { Software } from './servers.js';

/** What to change, by the names of the server's own documentation; where it turns on it, for the TLS version that is wanted. */
type Setting = string | ((wanted: string) => string);

/** What answers several findings is said once. */
interface Row {
  readonly codes: readonly FindingCode[];
  readonly settings: Readonly<Partial<Record<Software, Setting>>>;
}

/** What is wrong with a certificate, and mended by another one in its place. */
const OF_THE_CERTIFICATE = [
  'certificate-expired',
  'certificate-not-yet-valid',
  'certificate-expires-soon',
  'certificate-hostname-mismatch',
  'certificate-self-signed',
  'certificate-chain-incomplete',
  'certificate-untrusted',
  'certificate-wrong-purpose',
  'certificate-malformed',
  'certificate-weak-key',
  'certificate-weak-signature',
  'certificate-issuer-expires-first',
  'certificate-chain-disordered',
] as const;

/** Such as `TLS 1.3` for `TLSv1.3`. */
const inWords = (version: string): string => version.replace('v', ' ');
/** Such as `no_tlsv1_3` for `TLSv1.3`, as OpenSSL has it. */
const exclusion = (version: string): string => `no_${version.toLowerCase().replace('.', '_')}`;

const TABLE: readonly Row[] = [
  {
    codes: ['greeting-rejected'],
    settings: {
      Postfix:
        'Look into `postscreen_access_list` and `postscreen_dnsbl_sites`, or into `smtpd_client_restrictions` where `smtpd_delay_reject = no`.',
      Exim: 'The ACL of `acl_smtp_connect` turns the client away, or `host_reject_connection` does.',
      Sendmail:
        "Look for the address of the runner in the access map (`Connect:`) and in the lists of `FEATURE(`dnsbl')`.",
      Exchange:
        'Let `RemoteIPRanges` of the receive connector have the address of the runner (`Set-ReceiveConnector`), or `Add-IPAllowListEntry`.',
      Stalwart: 'Take the address of the runner out of `server.blocked-ip`, or put it into `server.allowed-ip`.',
      'Microsoft 365':
        'Where the text speaks of a blocked client host, ask for the address of the runner to be taken off the list (https://sender.office.com), or add it to the IP Allow List of the connection filter policy (`Set-HostedConnectionFilterPolicy -IPAllowList`).',
      Google:
        'For smtp-relay.gmail.com the public address of the runner must be among the allowed ones of the setting "SMTP relay service" in the Admin console (Gmail, Routing).',
    },
  },
  {
    codes: ['ehlo-rejected'],
    settings: {
      Postfix:
        'Look into `smtpd_helo_restrictions` (`reject_non_fqdn_helo_hostname`, `reject_unknown_helo_hostname`) where `smtpd_delay_reject = no`.',
      Exim: 'The ACL of `acl_smtp_helo` refuses the name, or `helo_verify_hosts` wants one that resolves to the client.',
    },
  },
  {
    codes: ['starttls-not-advertised'],
    settings: {
      Postfix: 'Set `smtpd_tls_security_level = may` (`encrypt` on submission) and `smtpd_tls_chain_files`.',
      Exim: 'Set `tls_advertise_hosts = *` with `tls_certificate` and `tls_privatekey`.',
      Sendmail:
        'Define `confSERVER_CERT` and `confSERVER_KEY`, and take `S` out of the modifiers of the daemon (`M=`).',
      OpenSMTPD: 'Add `tls pki NAME` (or `tls-require`) to the `listen on` rule.',
      Exchange:
        'Assign a certificate to SMTP (`Enable-ExchangeCertificate -Services SMTP`) and tick TLS on the receive connector.',
      Haraka:
        'Enable the `tls` plugin in `config/plugins`; `key` and `cert` in `config/tls.ini` name its files (`config/tls_key.pem` and `config/tls_cert.pem`).',
      Stalwart:
        'Give the listener a certificate (`certificate.NAME.cert`, `certificate.NAME.private-key`), with `tls.implicit = false`.',
    },
  },
  {
    codes: ['starttls-not-advertised', 'starttls-refused', 'plaintext-on-implicit-port'],
    settings: {
      'Microsoft 365':
        'smtp.office365.com has STARTTLS only, on 587 or 25, and TENANT.mail.protection.outlook.com on 25: set `transport: starttls`.',
      Google: 'smtp.gmail.com and smtp-relay.gmail.com have TLS from the first byte on 465, and STARTTLS on 587.',
      'Amazon SES': 'TLS Wrapper is on 465 and 2465; 25, 587 and 2587 have STARTTLS.',
    },
  },
  {
    codes: ['starttls-refused'],
    settings: {
      Postfix:
        'Look for "cannot load certificate" in the log: `smtpd_tls_chain_files` must be readable and key and certificate must fit.',
      Exim: 'Look into the main log for "TLS error": the Exim user must be able to read `tls_privatekey`.',
      Sendmail: 'Raise `LogLevel` to 14 and look for "STARTTLS=server, error": group-readable keys are refused.',
      Exchange: 'Look for event 12014: no certificate fits the FQDN of the receive connector.',
      OpenSMTPD:
        '`smtpd -n` tests the configuration: the files of `pki NAME cert` and `pki NAME key` must be there and fit.',
      Haraka:
        'Look for errors of the `tls` plugin in the log: `key` and `cert` in `config/tls.ini` must be readable, and fit.',
      Stalwart:
        'Look for errors of TLS in the log: `certificate.NAME.cert` and `certificate.NAME.private-key` must be readable, and fit.',
    },
  },
  {
    codes: ['plaintext-on-implicit-port'],
    settings: {
      Postfix: 'Set `smtpd_tls_wrappermode = yes` for this service in `master.cf`.',
      Exim: 'Let `tls_on_connect_ports` have the port.',
      Sendmail: "Give the daemon the modifier `s` (`DAEMON_OPTIONS(`Port=smtps, Name=TLSMTA, M=s')`).",
      OpenSMTPD: 'Use `smtps` in the `listen on` rule.',
      Exchange: 'It has STARTTLS only: set `transport: starttls`, on 587 or 25.',
      Haraka: 'Let `smtps_port` in `config/smtp.ini` be the port.',
      Stalwart: 'Set `tls.implicit = true` on the listener (`tlsImplicit` in the WebUI).',
    },
  },
  {
    codes: ['plaintext-auth-advertised', 'plaintext-auth-accepted'],
    settings: {
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
  },
  {
    codes: ['plaintext-mail-accepted'],
    settings: {
      Postfix: 'Set `smtpd_tls_security_level = encrypt` for the submission service in `master.cf`.',
      Exim: 'Let the ACL of `acl_smtp_mail` deny what is not `encrypted = *`.',
      Sendmail: 'Let the access map want encryption of clients (`TLS_Clt: ENCR:112`).',
      OpenSMTPD: 'Use `tls-require` in the `listen on` rule.',
      Exchange: 'Set `Set-ReceiveConnector -RequireTLS $true`.',
    },
  },
  {
    codes: ['tls-version-too-old'],
    settings: {
      Postfix: (wanted) =>
        `Neither \`smtpd_tls_protocols\` nor \`smtpd_tls_mandatory_protocols\` may shut out ${wanted} (\`!${wanted}\`, or an upper bound below it), and the OpenSSL beneath must have it.`,
      Exim: (wanted) =>
        `Take \`+${exclusion(wanted)}\` out of \`openssl_options\`, or with GnuTLS let \`tls_require_ciphers\` have ${inWords(wanted)}; the library beneath must have it.`,
      Sendmail: (wanted) =>
        `Take \`+SSL_OP_${exclusion(wanted).toUpperCase().replace('TLSV', 'TLSv')}\` out of \`ServerSSLOptions\`; the OpenSSL beneath must have ${inWords(wanted)}.`,
      OpenSMTPD: (wanted) =>
        `Let \`protocols\` in the \`listen on\` rule have \`${wanted.toLowerCase()}\`, or take it out: by default it speaks TLS 1.2 and 1.3.`,
      Exchange: (wanted) =>
        `Enable ${inWords(wanted)} in Windows (Schannel, \`Enabled\` for the server); where this Exchange does not have it for SMTP, demand no more than it has (\`tls.min-version\`).`,
      Haraka: (wanted) =>
        `\`minVersion=${wanted}\` in \`config/tls.ini\` lets nothing older in; the Node.js beneath must have ${inWords(wanted)}.`,
      Stalwart: (wanted) =>
        `Take ${inWords(wanted)} out of \`tls.disable-protocols\` of the listener (\`tlsDisableProtocols\`).`,
      'Microsoft 365':
        'Use smtp.office365.com: smtp-legacy.office365.com is for clients that have no TLS 1.2 (`Set-TransportConfig -AllowLegacyTLSClients`).',
    },
  },
  {
    codes: ['tls-handshake-failed'],
    settings: {
      Postfix:
        'Look at `smtpd_tls_mandatory_ciphers`, `smtpd_tls_exclude_ciphers` and `smtpd_tls_chain_files`; with `smtpd_tls_loglevel = 1` the log has its reason.',
      Exim: 'Look at `tls_require_ciphers`, `openssl_options` and `tls_dhparam`, and whether `tls_privatekey` can be read; the main log has "TLS error".',
      Sendmail:
        'Look at `CipherList`, `ServerSSLOptions` and `DHParameters`; with `LogLevel` 14 the log has "STARTTLS=server, error".',
      OpenSMTPD: 'Look at `smtp ciphers` and at `pki NAME cert` and `pki NAME key`.',
      Exchange:
        'Versions and cipher suites are those of Windows (`Get-TlsCipherSuite`, `Enable-TlsCipherSuite`); the system log has events of Schannel.',
      Haraka: 'Look at `ciphers`, `minVersion`, `dhparam`, `key` and `cert` in `config/tls.ini`.',
      Stalwart: 'Look at `tls.disable-protocols` and `tls.disable-ciphers` of the listener, and at its certificate.',
    },
  },
  {
    codes: ['client-certificate-required'],
    settings: {
      Postfix:
        'Let `smtpd_tls_CAfile` name the authority of the clients, or set `smtpd_tls_req_ccert = no` (`smtpd_tls_ask_ccert = yes` if it may be asked for).',
      Exim: 'Let `tls_verify_certificates` name the authority of the clients, or use `tls_try_verify_hosts` in place of `tls_verify_hosts`.',
      OpenSMTPD:
        'Let `ca` name the authority of the clients, or use `tls-require` without `verify` in the `listen on` rule.',
      Haraka: 'Set `rejectUnauthorized=false` in `config/tls.ini`, and take the port out of `requireAuthorized`.',
      Sendmail:
        'Let `confTLS_SRV_OPTIONS` be `V`, so that no certificate of the client is asked for, or let `confCACERT` name the authority of the clients.',
      Exchange: 'Set `Set-ReceiveConnector -DomainSecureEnabled $false`.',
    },
  },
  {
    codes: OF_THE_CERTIFICATE,
    settings: {
      Postfix:
        '`smtpd_tls_chain_files` names the file with key and full chain, leaf first (before 3.4 `smtpd_tls_cert_file` and `smtpd_tls_key_file`); after a change `postfix reload`.',
      Exim: '`tls_certificate` names the file with the full chain (`fullchain.pem`), leaf first, and `tls_privatekey` its key; a new file is taken up without a restart.',
      Sendmail:
        '`confSERVER_CERT` names the file of the certificate, with the intermediates behind the leaf, and `confSERVER_KEY` its key; after a change restart Sendmail.',
      OpenSMTPD:
        '`pki NAME cert` names the file with the full chain, leaf first, and `pki NAME key` its key; after a change restart smtpd.',
      Exchange:
        'Import the certificate, and its intermediate into the store "Intermediate Certification Authorities" of the machine; then `Enable-ExchangeCertificate -Thumbprint … -Services SMTP`, and `Set-ReceiveConnector -TlsCertificateName` where the connector names one.',
      Haraka:
        '`cert` in `config/tls.ini` names the file with the full chain, leaf first (`config/tls_cert.pem`, or its file in `config/tls`), and `key` its key; after a change restart Haraka.',
      Stalwart:
        '`certificate.NAME.cert` holds the full chain, leaf first, and `certificate.NAME.private-key` its key, unless ACME brings them.',
    },
  },
  {
    codes: [...OF_THE_CERTIFICATE, 'tls-handshake-failed', 'tls-version-too-old'],
    settings: {
      'Microsoft 365':
        'What it presents is not yours to change. Address it by its own name, and not by an alias of yours: smtp.office365.com for submission, TENANT.mail.protection.outlook.com as MX. A certificate that is not of Microsoft is that of a proxy on the way.',
      Google:
        'What it presents is not yours to change. Address it by its own name, and not by an alias of yours: smtp.gmail.com or smtp-relay.gmail.com for submission, and as MX the name in the MX record. A certificate that is not of Google is that of a proxy on the way.',
      'Amazon SES':
        'What it presents is not yours to change. Address it as email-smtp.REGION.amazonaws.com, and not by an alias of yours; through a VPC endpoint, give that name with `servername`. A certificate that is not of Amazon is that of a proxy on the way.',
    },
  },
  {
    codes: ['auth-not-advertised'],
    settings: {
      Postfix: 'Set `smtpd_sasl_auth_enable = yes` for this service in `master.cf`.',
      Exim: 'Check `server_advertise_condition` of the authenticators and `auth_advertise_hosts`.',
      OpenSMTPD: 'Add `auth` to the `listen on` rule.',
      'Microsoft 365':
        'Client submission is smtp.office365.com on 587; `*.mail.protection.outlook.com` on 25 signs nobody in.',
      Google: 'Client submission is smtp.gmail.com on 587 or 465; mx.google.com on 25 signs nobody in.',
    },
  },
  {
    codes: ['auth-rejected'],
    settings: {
      ...SIGNING_IN,
      Postfix:
        'Its log has the reason behind "SASL … authentication failed", and the log of Dovecot or saslauthd more: `auth_debug = yes` in Dovecot, `testsaslauthd` for Cyrus.',
      Exim: 'The main log names the authenticator and its `server_condition`; `exim -d+auth` shows how it is expanded.',
      Exchange:
        'Basic authentication must be allowed on the receive connector (`AuthMechanism BasicAuth, BasicAuthRequireTLS`), and the user name be DOMAIN\\user or a UPN.',
    },
  },
  { codes: ['auth-temporary-failure'], settings: LIMITS },
  {
    codes: ['auth-command-refused'],
    settings: {
      Postfix: 'Set `smtpd_sasl_auth_enable = yes` for this service in `master.cf`.',
      Exim: 'Its EHLO name or address must fit `auth_advertise_hosts` at the second EHLO too.',
    },
  },
];

/**
 * A remedy with the setting to change in this very server added, where it is known.
 * @param remedy what holds for any server
 * @param wanted the oldest TLS version that the policy allows, such as `TLSv1.2`
 */
export function remedyFor(code: FindingCode, remedy: string, software: Software | undefined, wanted: string): string {
  if (software === undefined) return remedy;
  const settings = TABLE.filter(({ codes }) => codes.includes(code)).flatMap(
    ({ settings }) => settings[software] ?? [],
  );
  const inFull = settings.map((setting) => (typeof setting === 'string' ? setting : setting(wanted)));
  return inFull.length === 0 ? remedy : `${remedy} This is ${software}: ${inFull.join(' ')}`;
}
