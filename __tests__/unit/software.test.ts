import { CATALOG, FINDING_CODES, type CatalogEntry, type FindingCode } from '../../src/findings/catalog.js';
import { recognize, settingOf, type SoftwareName } from '../../src/findings/software.js';

/** The setting for the usual cause of a finding. */
function settingFor(code: FindingCode, name: SoftwareName | undefined, minVersion: string): string | undefined {
  const { usual }: CatalogEntry = CATALOG[code];
  return usual.setting && name && settingOf(usual.setting, name, minVersion);
}

/** A text by which each server is recognized: a greeting, a line of its reply to EHLO, or a rejection. */
const SAYS = {
  Postfix: '220 mail.example.test ESMTP Postfix (Debian/GNU)',
  Exim: '220 mail.example.test ESMTP Exim 4.96 Mon, 23 Nov 2026 12:00:00 +0000',
  Sendmail: '220 mail.example.test ESMTP Sendmail 8.17.1/8.17.1; Mon, 23 Nov 2026 12:00:00 GMT',
  OpenSMTPD: '220 mail.example.test ESMTP OpenSMTPD',
  Exchange: '220 mail.example.test Microsoft ESMTP MAIL Service ready at Mon, 23 Nov 2026 12:00:00 +0000',
  Haraka: '220 mail.example.test ESMTP Haraka/3.0.3 ready',
  Stalwart: '220 mail.example.test Stalwart ESMTP at your service',
  'Microsoft 365': 'FR0P281CA0001.outlook.office365.com Hello [192.0.2.1]',
  Google: '220 smtp.gmail.com ESMTP a-20020a05600c - gsmtp',
  'Amazon SES': '220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABCDEFGHI',
} as const satisfies Partial<Record<SoftwareName, string>>;

/** All findings that a different certificate fixes. */
const OF_THE_CERTIFICATE: readonly FindingCode[] = FINDING_CODES.filter((code) =>
  /^certificate-(?!pin|unchecked|lifetime)/.test(code),
);

/** For some findings, what the setting of each server must name. */
const NAMES: readonly (readonly [readonly FindingCode[], Partial<Record<keyof typeof SAYS, RegExp>>])[] = [
  [
    ['greeting-rejected'],
    {
      Postfix: /`postscreen_access_list`/,
      Exim: /`acl_smtp_connect`/,
      Sendmail: /access map/,
      Exchange: /`RemoteIPRanges`/,
      Stalwart: /`server\.allowed-ip`/,
      'Microsoft 365': /`Set-HostedConnectionFilterPolicy/,
      Google: /"SMTP relay service"/,
    },
  ],
  [['ehlo-rejected'], { Postfix: /`smtpd_helo_restrictions`/, Exim: /`acl_smtp_helo`/ }],
  [
    ['starttls-not-advertised'],
    {
      Postfix: /`smtpd_tls_security_level = may`.*`smtpd_tls_chain_files`/,
      Exim: /`tls_advertise_hosts = \*`/,
      Sendmail: /`confSERVER_CERT` and `confSERVER_KEY`/,
      OpenSMTPD: /`tls pki NAME`.*`tls-require`/,
      Exchange: /`Enable-ExchangeCertificate -Services SMTP`/,
      Haraka: /`config\/tls\.ini`/,
      Stalwart: /`certificate\.NAME\.cert`.*`tls\.implicit = false`/,
      'Microsoft 365': /587 or 25/,
      Google: /STARTTLS on 587/,
      'Amazon SES': /587 and 2587 have STARTTLS/,
    },
  ],
  [
    ['starttls-refused'],
    {
      Postfix: /`smtpd_tls_chain_files`/,
      Exim: /`tls_privatekey`/,
      Sendmail: /`LogLevel`/,
      OpenSMTPD: /`pki NAME key`/,
      Exchange: /event 12014/,
      Haraka: /`key` and `cert` in `config\/tls\.ini`/,
      Stalwart: /`certificate\.NAME\.private-key`/,
      'Microsoft 365': /587 or 25/,
      Google: /STARTTLS on 587/,
      'Amazon SES': /587 and 2587 have STARTTLS/,
    },
  ],
  [
    ['plaintext-auth-advertised', 'plaintext-auth-accepted'],
    {
      Postfix: /`smtpd_tls_auth_only = yes`/,
      Exim: /`auth_advertise_hosts`/,
      Sendmail: /`confAUTH_OPTIONS`/,
      OpenSMTPD: /`tls-require auth`/,
      Exchange: /`AuthMechanism BasicAuthRequireTLS`/,
      Haraka: /`auth\/flat_file` offers AUTH before TLS only/,
      Stalwart: /`session\.auth\.mechanisms`.*`is_tls`/,
    },
  ],
  [
    ['plaintext-mail-accepted'],
    {
      Postfix: /`smtpd_tls_security_level = encrypt`/,
      Exim: /`acl_smtp_mail`.*`encrypted = \*`/,
      Sendmail: /`TLS_Clt: ENCR:112`/,
      OpenSMTPD: /`tls-require`/,
      Exchange: /`Set-ReceiveConnector -RequireTLS \$true`/,
    },
  ],
  [
    ['plaintext-on-implicit-port'],
    {
      Postfix: /`smtpd_tls_wrappermode = yes`/,
      Exim: /`tls_on_connect_ports`/,
      Sendmail: /M=s/,
      OpenSMTPD: /`smtps`/,
      Exchange: /`transport: starttls`/,
      Haraka: /`smtps_port`/,
      Stalwart: /`tls\.implicit = true`/,
      'Microsoft 365': /`transport: starttls`/,
      Google: /on 465, and STARTTLS on 587/,
      'Amazon SES': /465 and 2465/,
    },
  ],
  [
    ['tls-handshake-failed'],
    {
      Postfix: /`smtpd_tls_mandatory_ciphers`/,
      Exim: /`tls_require_ciphers`/,
      Sendmail: /`CipherList`/,
      OpenSMTPD: /`smtp ciphers`/,
      Exchange: /`Enable-TlsCipherSuite`/,
      Haraka: /`ciphers`.*`config\/tls\.ini`/,
      Stalwart: /`tls\.disable-ciphers`/,
      'Microsoft 365': /smtp\.office365\.com/,
      Google: /smtp-relay\.gmail\.com/,
      'Amazon SES': /email-smtp\.REGION\.amazonaws\.com/,
    },
  ],
  [
    ['tls-version-too-old'],
    {
      Postfix: /`smtpd_tls_mandatory_protocols`/,
      Exim: /`openssl_options`/,
      Sendmail: /`ServerSSLOptions`/,
      OpenSMTPD: /`protocols`/,
      Exchange: /Schannel/,
      Haraka: /`minVersion` in `config\/tls\.ini`/,
      Stalwart: /`tls\.disable-protocols`/,
      'Microsoft 365': /`Set-TransportConfig/,
      Google: /smtp-relay\.gmail\.com/,
      'Amazon SES': /email-smtp\.REGION\.amazonaws\.com/,
    },
  ],
  [
    ['client-certificate-required'],
    {
      Postfix: /`smtpd_tls_req_ccert = no`/,
      Exim: /`tls_try_verify_hosts`/,
      Sendmail: /`confTLS_SRV_OPTIONS`/,
      OpenSMTPD: /`tls-require` without `verify`/,
      Exchange: /`Set-ReceiveConnector -DomainSecureEnabled \$false`/,
      Haraka: /`requireAuthorized`/,
    },
  ],
  [
    OF_THE_CERTIFICATE,
    {
      Postfix: /`smtpd_tls_chain_files`.*`postfix reload`/,
      Exim: /`tls_certificate`.*`tls_privatekey`/,
      Sendmail: /`confSERVER_CERT`.*`confSERVER_KEY`/,
      OpenSMTPD: /`pki NAME cert`.*`pki NAME key`/,
      Exchange: /`Enable-ExchangeCertificate .*-Services SMTP`.*`Set-ReceiveConnector -TlsCertificateName`/,
      Haraka: /`config\/tls_cert\.pem`/,
      Stalwart: /`certificate\.NAME\.cert`.*full chain/,
      'Microsoft 365': /smtp\.office365\.com/,
      Google: /smtp-relay\.gmail\.com/,
      'Amazon SES': /email-smtp\.REGION\.amazonaws\.com/,
    },
  ],
  [
    ['auth-not-advertised'],
    {
      Postfix: /`smtpd_sasl_auth_enable = yes`/,
      Exim: /`server_advertise_condition`/,
      OpenSMTPD: /`auth`/,
      'Microsoft 365': /smtp\.office365\.com/,
      Google: /smtp\.gmail\.com/,
    },
  ],
  [
    ['auth-rejected'],
    {
      Postfix: /`auth_debug = yes`/,
      Exim: /`server_condition`/,
      Exchange: /`AuthMechanism BasicAuth/,
      'Microsoft 365': /`Set-CASMailbox/,
      Google: /app password/,
      'Amazon SES': /`ses:SendRawEmail`/,
    },
  ],
  [['auth-temporary-failure'], { Google: /accepts none for a while/ }],
  [['auth-command-refused'], { Postfix: /`smtpd_sasl_auth_enable = yes`/, Exim: /`auth_advertise_hosts`/ }],
];

const servers = Object.entries(SAYS) as [keyof typeof SAYS, string][];
const rows = NAMES.flatMap(([codes, settings]) =>
  codes.flatMap((code) =>
    servers.flatMap(([name, said]) => (settings[name] ? [{ code, name, said, setting: settings[name] }] : [])),
  ),
);

test.each(servers)('%s is recognized by what it sends', (name, said) => {
  expect(recognize(['250-PIPELINING', said])).toBe(name);
});

test.each(rows)('the fix of $code names the setting of $name', ({ code, name, said, setting }) => {
  const text = settingFor(code, recognize([said]), 'TLSv1.2');
  expect(text).toMatch(new RegExp(`^This is ${name}: `));
  expect(text).toMatch(setting);
});

test('no other fix has a setting of these servers', () => {
  const named = new Set(rows.map(({ code, name }) => `${name}: ${code}`));
  const others = servers.flatMap(([name]) =>
    FINDING_CODES.filter(
      (code) => !named.has(`${name}: ${code}`) && settingFor(code, name, 'TLSv1.2') !== undefined,
    ).map((code) => `${name}: ${code}`),
  );
  expect(others).toEqual([]);
});

test.each<[keyof typeof SAYS, string, RegExp]>([
  ['Postfix', 'TLSv1.2', /`!TLSv1\.2`/],
  ['Postfix', 'TLSv1.3', /`!TLSv1\.3`/],
  ['Exim', 'TLSv1.2', /`\+no_tlsv1_2`/],
  ['Exim', 'TLSv1.3', /`\+no_tlsv1_3`/],
  ['Sendmail', 'TLSv1.3', /`\+SSL_OP_NO_TLSv1_3`/],
  ['OpenSMTPD', 'TLSv1.3', /`tlsv1\.3`/],
  ['Exchange', 'TLSv1.3', /Enable TLS 1\.3/],
  ['Haraka', 'TLSv1.2', /Node\.js that supports TLS 1\.2/],
  ['Haraka', 'TLSv1.3', /Node\.js that supports TLS 1\.3/],
  ['Stalwart', 'TLSv1.3', /Remove TLS 1\.3 from/],
])('%s that does not support %s has the setting that allows it', (name, wanted, setting) => {
  expect(settingFor('tls-version-too-old', name, wanted)).toMatch(setting);
});
