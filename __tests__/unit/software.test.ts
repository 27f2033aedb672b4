import { completeFinding } from '../../src/findings/complete.js';
import { finding } from '../../src/findings/finding.js';
import { isService, recognize, settingOf, type Said, type SoftwareName } from '../../src/findings/software.js';
import { APPLIANCES } from '../../src/findings/software/appliances/appliances.js';
import { GATEWAYS } from '../../src/findings/software/appliances/gateways.js';
import { PROVIDERS } from '../../src/findings/software/providers.js';
import { PUBLIC_MAILBOXES } from '../../src/findings/software/public-mailboxes.js';
import { SERVERS } from '../../src/findings/software/servers.js';
import type { Software, Topic } from '../../src/findings/software/topic.js';
import { own } from '../../src/text/own.js';
import { testEndpoint } from '../support/gate.js';

const recognized = (said: Partial<Said>): SoftwareName | undefined =>
  recognize({ greetings: [], offers: [], rejections: [], ...said })?.name;

const greeted = (...greetings: readonly string[]): SoftwareName | undefined => recognized({ greetings });

describe('software is recognized', () => {
  test.each<[SoftwareName, string]>([
    ['Postfix', '220 mail.example.test ESMTP Postfix'],
    ['Postfix', '220 mail.example.test ESMTP Postfix (Debian/GNU)'],
    ['Exim', '220 mail.example.test ESMTP Exim 4.98 Mon, 23 Nov 2026 12:00:00 +0000'],
    ['Exim', '220-mail.example.test ESMTP Exim 4.98 #2 Mon, 23 Nov 2026 12:00:00 +0000 / We do not authorize'],
    ['Sendmail', '220 mail.example.test ESMTP Sendmail 8.18.1/8.18.1; Mon, 23 Nov 2026 12:00:00 GMT'],
    ['OpenSMTPD', '220 mail.example.test ESMTP OpenSMTPD'],
    ['Dovecot', '220 mail.example.test Dovecot (Debian) ready.'],
    ['Dovecot', '220 mail.example.test Dovecot ready.'],
    ['nginx', '220 mail.example.test ESMTP ready'],
    ['qpsmtpd', '220 mail.example.test ESMTP qpsmtpd 1.00 ready; send us your mail, but not your spam.'],
    ['Exchange', '220 mail.example.test Microsoft ESMTP MAIL Service ready at Mon, 23 Nov 2026 12:00:00 +0000'],
    ['Haraka', '220 mail.example.test ESMTP Haraka/3.1.5 ready (0A1B2C)'],
    ['Haraka', '220 SendCloud Inbound Server ESMTP Haraka 2.2.4 ready'],
    ['Stalwart', '220 mail.example.test Stalwart ESMTP at your service'],
    ['Microsoft 365', '220 VI1PR08CA0123.outlook.office365.com Microsoft ESMTP MAIL Service ready at Mon'],
    ['Microsoft 365', '220 AM3PEPF0000A78E.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready at Mon'],
    ['Microsoft 365', '220 smtp.hve.mx.microsoft Microsoft ESMTP MAIL Service ready at Mon'],
    ['Google', '220 smtp.gmail.com ESMTP a-20020a05600c - gsmtp'],
    ['Amazon SES', '220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABCDEFGHI xyz'],
    ['SendGrid', '220 SG ESMTP service ready at ismtpd0013p1las1.sendgrid.net'],
    ['Mailgun', '220 Mailgun Influx ready'],
    ['Postmark', '220 smtp.postmarkapp.com ESMTP ready'],
    ['Brevo', '220 smtp-relay.brevo.com ESMTP Service Ready'],
    ['Yahoo', '220 smtp.mail.yahoo.com ESMTP ready'],
    ['Fastmail', '220 smtp.fastmail.com ESMTP ready'],
    ['Zoho', '220 mx.zohomail.com SMTP Server ready'],
    ['iCloud', '220 iCloud iscream SMTP - p00-smtp'],
    ['GMX', '220 gmx.net (mrgmx105) Nemesis ESMTP Service ready'],
    ['web.de', '220 web.de (mrweb105) Nemesis ESMTP Service ready'],
    ['IONOS', '220 kundenserver.de (mreue106) Nemesis ESMTP Service ready'],
    ['Proton', '220 mailsub002.protonmail.ch ESMTP Postfix'],
    ['Mailjet', '220 in.mailjet.com ESMTP Mailjet'],
    ['SparkPost', '220 2.0.0 smtp.sparkpostmail.com ESMTP ecelerity 4.4.0 r(Core:4.4.0.0) Sun, 29 Nov 2026'],
    ['Mandrill', '220 smtp.mandrillapp.com ESMTP'],
    ['Mailtrap', '220 smtp.mailtrap.io ESMTP ready'],
    ['Proxmox Mail Gateway', '220 pmg.example.test ESMTP Proxmox'],
    ['Symantec Messaging Gateway', '220 mail.example.test ESMTP Symantec Messaging Gateway'],
    ['Trend Micro IMSVA', '220 ESMTP IMSVA'],
    ['Sophos Email Appliance', '220 mail.example.test ESMTP Sophos Email Appliance v4.5.3.6'],
    ['SonicWall Email Security', '220 mail.example.test ESMTP SonicWall (10.0.9.6103)'],
    [
      'SMTP service of Windows',
      '220 mail.example.test Microsoft ESMTP MAIL Service, Version: 10.0.20348.1 ready at Mon',
    ],
    ['hMailServer', '220 mail.example.test ESMTP hMailServer 5.6.8-B2574'],
    ['MDaemon', '220 mail.example.test ESMTP MDaemon 26.0.4; Mon, 23 Nov 2026 12:00:00 +0000'],
    ['MailEnable', '220 mail.example.test ESMTP MailEnable Service, Version: 10.55-- ready at 11/23/26 12:00:00'],
    ['IMail', '220 mail.example.test (IMail 12.4.2.27 21349-1) NT-ESMTP Server X1'],
    ['Kerio Connect', '220 mail.example.test Kerio Connect 9.2.5 patch 3 ESMTP ready'],
    ['Axigen', '220 mail.example.test Axigen ESMTP ready'],
    [
      'Domino',
      '220 mail.example.test ESMTP Service (HCL Domino Release 14.0) ready at Mon, 23 Nov 2026 12:00:00 +0000',
    ],
    ['Domino', '220 mail.example.test ESMTP Service (Lotus Domino Release 8.5.3FP6) ready at Mon, 23 Nov 2026'],
    ['IceWarp', '220 mail.example.test ESMTP IceWarp 14.1.0.5 x64; Mon, 23 Nov 2026 12:00:00 +0000'],
    ['CommuniGate Pro', '220 mail.example.test ESMTP CommuniGate Pro 6.3.20 is glad to see you!'],
    ['GroupWise', '220 mail.example.test GroupWise Internet Agent 14.2.1  Copyright 1993-2016 Novell, Inc. Ready'],
    ['SurgeMail', '220 mail.example.test SurgeSMTP (Version 7.1f-15) http://surgemail.com'],
    [
      'Oracle Messaging Server',
      '220 mail.example.test -- Server ESMTP (Oracle Communications Messaging Server 8.1.0.1)',
    ],
    ['mailcow', '220 mail.example.test ESMTP Postcow'],
    ['Postal', '220 postal.example.test ESMTP Postal/GWLMYC7F'],
    ['KumoMTA', '220 mail.example.test Welcome to KumoMTA!'],
    ['PowerMTA', '220 mail.example.test (PowerMTA(TM) v5.0r3) ESMTP service ready'],
    ['Momentum', '220 2.0.0 mail.example.test ESMTP ecelerity 4.2.37.61980 r(:) Mon, 23 Nov 2026 12:00:00 +0000'],
    ['Halon', '220 mail.example.test ESMTP Halon Mail Gateway (H/OS)'],
    ['mox', '220 mail.example.test ESMTP mox v0.0.15'],
    [
      'Apache James',
      '220 mail.example.test SMTP Server (JAMES SMTP Server 2.3.2) ready Mon, 23 Nov 2026 12:00:00 +0000',
    ],
    ['Apache James', '220 Apache JAMES awesome SMTP Server'],
    ['XMail', '220 mail.example.test <1795435200.1@mail> [XMail 1.27 ESMTP Server] service ready; Mon, 23 Nov 2026'],
  ])('as %s by its greeting: %s', (name, greeting) => {
    expect(greeted(greeting)).toBe(name);
    expect(greeted(greeting.slice('220 '.length))).toBe(name);
  });

  test.each<[SoftwareName, string]>([
    ['Courier', 'XVERP=Courier'],
    ['Haraka', 'mail.example.test Hello ci.example.test [192.0.2.1], Haraka is at your service.'],
    ['Stalwart', 'mail.example.test you had me at EHLO'],
    ['Microsoft 365', 'FR0P281CA0001.outlook.office365.com Hello [192.0.2.1]'],
    ['Microsoft 365', 'smtp.hve.mx.microsoft Hello [192.0.2.1]'],
    ['Google', 'smtp.gmail.com at your service, [192.0.2.1]'],
    ['Google', 'smtp.googlemail.com at your service, [192.0.2.1]'],
    ['Amazon SES', 'email-smtp.amazonaws.com'],
    ['SendGrid', 'smtp.sendgrid.net'],
    ['MailEnable', 'mail.example.test [192.0.2.1], this server offers 4 extensions'],
    ['Axigen', 'mail.example.test Axigen ESMTP hello'],
    ['Yahoo', 'kubenode518.mail-prod1.omega.ir2.yahoo.com Hello ci.example.test [192.0.2.1]'],
  ])('as %s by a line of its reply to EHLO: %s', (name, line) => {
    expect(recognized({ greetings: ['220 ready'], offers: ['PIPELINING', line] })).toBe(name);
  });

  test.each<[SoftwareName, string]>([
    ['Microsoft 365', '535 5.7.3 Authentication unsuccessful [FR0P281CA0001.DEUP281.PROD.OUTLOOK.COM 2026-11-23]'],
    ['Microsoft 365', '535 5.7.139 Authentication unsuccessful [AM0PR01CA0123.eurprd01.prod.exchangelabs.com]'],
    ['Google', '535 5.7.8 https://support.google.com/mail/?p=BadCredentials x-1.2 - gsmtp'],
    ['SendGrid', '550 Unverified sender. Visit https://sendgrid.com/docs/for-developers'],
    ['Brevo', '502 5.7.0 Your SMTP account is not yet activated. Please contact us at contact@brevo.com'],
    ['Resend', '550 The example.com domain is not verified. Add it on https://resend.com/domains'],
    ['MailerSend', "450 Trial accounts can only send emails to the administrator's email. #MS42225"],
    ['Mailgun', '535 5.7.0 Mailgun is not loving your login or password'],
  ])('as %s by a rejection: %s', (name, reply) => {
    expect(recognized({ greetings: ['220 ready'], rejections: [reply] })).toBe(name);
  });

  test.each<[SoftwareName, string]>([
    ['Yandex', 'smtp.yandex.ru'],
    ['Yandex', 'SMTP.YANDEX.COM'],
    ['Mail.ru', 'smtp.mail.ru'],
    ['T-Online', 'securesmtp.t-online.de'],
    ['NetEase', 'smtp.126.com'],
    ['GMX', 'mail.gmx.net'],
    ['web.de', 'smtp.web.de'],
    ['Comcast', 'smtp.comcast.net'],
  ])('as %s by its host, whatever its greeting: %s', (name, host) => {
    const greetings = ['220 mail.example.test ESMTP Postfix'];
    expect(recognized({ host, greetings })).toBe(name);
    expect(isService({ host, greetings, offers: [], rejections: [] })).toBe(true);
    expect(recognized({ host: `${host}.example.test`, greetings })).toBe('Postfix');
    expect(recognized({ host: `a-customer.${host}`, greetings })).toBe('Postfix');
  });

  test('by its greeting, even if a rejection quotes another server', () => {
    expect(
      recognized({
        greetings: ['220 mail.example.test ESMTP Postfix'],
        rejections: ['550 host gmail-smtp-in.l.google.com said: 550 5.1.1 x - gsmtp'],
      }),
    ).toBe('Postfix');
  });
});

describe('software is only likely', () => {
  test.each<[SoftwareName, string]>([
    ['Postfix', '454 4.7.0 TLS not available due to local problem'],
    ['Postfix', '503 5.5.1 Error: authentication not enabled'],
    ['Postfix', '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6'],
    ['Postfix', '450 4.7.1 <ci.internal>: Helo command rejected: Host not found'],
    ['Postfix', '554 5.7.1 <user@example.com>: Relay access denied'],
    ['Barracuda Email Gateway Defense', '550 permanent failure for one or more recipients (a@b.example:blocked)'],
    ['Mimecast', '550 Administrative prohibition - envelope blocked'],
    ['Cisco Secure Email Gateway', '550 #5.1.0 Address rejected.'],
    [
      'Cisco Secure Email Gateway',
      "554 mx.example.test Your access to this mail system has been rejected due to the sending MTA's poor reputation.",
    ],
    ['Cisco Secure Email Gateway', '421 #4.4.5 Too many connections from your host.'],
    ['hMailServer', '535 Authentication failed. Restarting authentication process.'],
    ['hMailServer', '550 Delivery is not allowed to this address.'],
    ['maddy', '501 5.1.8 Non-local sender domain (msg ID = 913b2863)'],
    ['qmail', "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"],
    ['Exchange', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'],
  ])('if a rejection has the words of %s: %s', (name, reply) => {
    const said = { greetings: ['220 ready'], offers: [], rejections: [reply] };
    expect(recognize(said)).toEqual({ name, isLikely: true });
    expect(recognize({ ...said, greetings: ['220 mail.example.test ESMTP Exim 4.98'] })?.name).toBe('Exim');
  });

  test('if other software has the same greeting', () => {
    const isLikely = (greeting: string) => recognize({ greetings: [greeting], offers: [], rejections: [] })?.isLikely;
    expect(isLikely('220 mail.example.test ESMTP ready')).toBe(true);
    expect(isLikely('220 mail.example.test ESMTP Smtpd; Mon, 23 Nov 2026 12:00:00 +0000')).toBe(true);
    expect(isLikely('220 mail.example.test ESMTP (0a8d40ef45300cc1bd0f16ced5c9e6f1)')).toBe(true);
    expect(isLikely('220 mail.example.test ESMTP Postfix')).toBe(false);
  });
});

describe('software is not recognized', () => {
  test.each([
    '220 postfix.example.test ESMTP',
    '220 exim.example.test ESMTP ready for mail',
    '220 mail.example.test ESMTP, not Postfix',
    '220 mail.example.test ESMTP MyPostfix',
    '220 mail.example.test ESMTP EximProxy',
    '220 mail.example.test SMTP server, formerly Sendmail',
    '220 mail.example.test ready, Dovecot is next door',
    '220 outlook.com.example.test ESMTP',
    '220 mx.microsoft.example.test ESMTP',
    '220 gateway.example.test ESMTP relay for example-com.v-v1.mx.microsoft ',
    '220 brevo.example.test ESMTP Service Ready',
    '220 yahoo.com.example.test ESMTP',
    '220 mailgun.example.test ESMTP',
    '220 sendgrid.example.test ESMTP',
    '220 proxmox.example.test ESMTP',
    '220 mail.example.test ESMTP relay of Proxmox',
    '220 kerio.example.test ESMTP',
    '220 mail.example.test ESMTP (0a8d40ef)',
    '220 postal.example.test ESMTP',
    '220 mail.example.test ESMTP Service Ready',
    '220 mail.example.test ESMTP',
    '',
  ])('by the greeting "%s"', (greeting) => {
    expect(greeted(greeting)).toBeUndefined();
  });

  test.each(['postfix.example.test', 'mail.example.test Hello, I am not Haraka', 'XVERP'])(
    'by the line "%s" of a reply to EHLO',
    (line) => {
      expect(recognized({ offers: [line] })).toBeUndefined();
    },
  );

  test.each([
    '454 4.7.0 TLS not available: see the manual of Postfix',
    '550 relayed by exim',
    '550 mailbox unavailable #5.1.0 Address rejected.',
    '535 authentication failed (#5.7.1)',
    '550 rejected (msg ID = ours)',
    '550 host mx said: 554 5.7.1 <a@b>: Relay access denied',
  ])('by the rejection "%s"', (reply) => {
    expect(recognized({ rejections: [reply] })).toBeUndefined();
  });
});

const LOOK = /access for mail clients is enabled.*app password/;
const OF_PUBLIC_MAILBOXES = {
  Yandex: /"Email clients".*app password/,
  'Mail.ru': /password for external applications/,
  'T-Online': /password for mail clients/,
  Naver: /enable .*app password/,
  'QQ Mail': /enable .*authorization code/,
  NetEase: /enable .*authorization code/,
  ...{ 'AT&T': LOOK, Bluewin: LOOK, Comcast: LOOK, Cox: LOOK, Free: LOOK },
  ...{ 'La Poste': LOOK, Libero: LOOK, Orange: LOOK, Seznam: LOOK },
} satisfies Record<keyof typeof PUBLIC_MAILBOXES, RegExp>;

/** What the setting of each product must name. There are no others. */
const SETTINGS: Readonly<Record<Topic, Partial<Record<SoftwareName, RegExp>>>> = {
  'gateway-policy': {
    'Barracuda Email Security Gateway': /BASIC > Message Log/,
    'Barracuda Email Gateway Defense': /Message Log/,
    Mimecast: /Rejected and Deferred Messages/,
  },
  'recipient-directory': { 'Microsoft 365': /`Get-Recipient/ },
  'greeting-rejected': {
    Postfix: /`postscreen_access_list`/,
    Exim: /`acl_smtp_connect`/,
    Sendmail: /access map/,
    Exchange: /`RemoteIPRanges`/,
    Stalwart: /`server\.allowed-ip`/,
    'Microsoft 365': /`Set-HostedConnectionFilterPolicy/,
    Google: /"SMTP relay service"/,
    'Proxmox Mail Gateway': /"DNSBL Sites"/,
    'Cisco Secure Email Gateway': /HAT Overview/,
  },
  'ehlo-rejected': { Postfix: /`smtpd_helo_restrictions`/, Exim: /`acl_smtp_helo`/ },
  'starttls-not-advertised': {
    Postfix: /`smtpd_tls_security_level = may`.*`smtpd_tls_chain_files`/,
    Exim: /`tls_advertise_hosts = \*`/,
    Sendmail: /`confSERVER_CERT` and `confSERVER_KEY`/,
    OpenSMTPD: /`tls pki NAME`.*`tls-require`/,
    Dovecot: /`ssl_server_cert_file`.*2\.3: `ssl_cert = <FILE`/,
    Courier: /`TLS_CERTFILE`.*`MAILUSER`/,
    nginx: /`starttls only`/,
    qpsmtpd: /`config\/plugins`/,
    Exchange: /FQDN of the receive connector.*`Enable-ExchangeCertificate -Thumbprint … -Services SMTP`.*12014/,
    Haraka: /`config\/tls\.ini`/,
    Stalwart: /`certificate\.NAME\.cert`.*`tls\.implicit = false`/,
    'Microsoft 365': /587 or 25/,
    Google: /STARTTLS on 587/,
    'Amazon SES': /587 and 2587 have STARTTLS/,
    'Proxmox Mail Gateway': /Configuration > Mail Proxy > TLS.*`\/etc\/pmg\/templates`/,
    'Cisco Secure Email Gateway': /Mail Flow Policies.*Network > Listeners/,
    FortiMail: /"SMTP over SSL\/TLS"/,
    'Barracuda Email Security Gateway': /ADVANCED > Email Protocol/,
    'Symantec Messaging Gateway': /"Accept TLS encryption"/,
    'Trend Micro IMSVA': /"Enable Incoming Transport Layer Security"/,
    'SMTP service of Windows': /fully qualified domain name.*IIS 6\.0 Manager/,
    hMailServer: /"STARTTLS \(Optional\)"/,
    MDaemon: /"Enable SSL, STARTTLS, and STLS"/,
    MailEnable: /tab SSL/,
    Axigen: /"Allow StartTLS"/,
    Domino: /Commands and Extensions/,
    Postal: /`tls_enabled: true`/,
    mox: /`NoSTARTTLS`/,
    'Apache James': /`<tls socketTLS="false" startTLS="true">`/,
  },
  'starttls-refused': {
    'Proxmox Mail Gateway': /`\/etc\/pmg\/pmg-tls\.pem`/,
    Postfix: /`smtpd_tls_chain_files`/,
    Exim: /`tls_privatekey`/,
    Sendmail: /`LogLevel`/,
    OpenSMTPD: /`pki NAME key`/,
    Dovecot: /`ssl_server_key_file`/,
    Courier: /read `TLS_CERTFILE`/,
    Exchange: /event 12014/,
    Haraka: /`key` and `cert` in `config\/tls\.ini`/,
    Stalwart: /`certificate\.NAME\.private-key`/,
    'Microsoft 365': /587 or 25/,
    Google: /STARTTLS on 587/,
    'Amazon SES': /587 and 2587 have STARTTLS/,
  },
  'filter-unavailable': { Postfix: /`smtpd_milters`.*`milter_default_action = accept`/ },
  'starttls-hidden': { Postfix: /`smtpd_discard_ehlo_keywords`/ },
  'plaintext-on-implicit-port': {
    hMailServer: /"SSL\/TLS"/,
    MDaemon: /dedicated SSL ports/,
    MailEnable: /"Requires SSL"/,
    'Apache James': /`<tls socketTLS="true" startTLS="false">`/,
    Postfix: /`smtpd_tls_wrappermode = yes`/,
    Exim: /`tls_on_connect_ports`/,
    Sendmail: /M=s/,
    OpenSMTPD: /`smtps`/,
    Dovecot: /`inet_listener submissions`/,
    Courier: /`ESMTPDSSLSTART=YES`/,
    nginx: /`ssl` to the `listen` directive/,
    qpsmtpd: /`--port 465`/,
    Exchange: /`transport: starttls`/,
    Haraka: /`smtps_port`/,
    Stalwart: /`tls\.implicit = true`/,
    'Microsoft 365': /`transport: starttls`/,
    Google: /on 465, and STARTTLS on 587/,
    'Amazon SES': /465 and 2465/,
  },
  'plaintext-auth-advertised': {
    hMailServer: /"Require SSL\/TLS for authentication"/,
    MailEnable: /"Only allow secure authentication"/,
    Postfix: /`smtpd_tls_auth_only = yes`/,
    Exim: /`auth_advertise_hosts`.*`server_advertise_condition`/,
    Sendmail: /`confAUTH_OPTIONS`/,
    OpenSMTPD: /`tls-require auth`/,
    Dovecot: /`auth_allow_cleartext = no` \(2\.3: `disable_plaintext_auth = yes`\)/,
    Courier: /`ESMTPAUTH=""`.*`ESMTPAUTH_TLS`/,
    nginx: /`starttls only` instead of `starttls on`/,
    qpsmtpd: /`config\/tls_before_auth`/,
    Exchange: /`AuthMechanism BasicAuthRequireTLS`/,
    Haraka: /`auth\/flat_file` offers AUTH before TLS only/,
    Stalwart: /`session\.auth\.mechanisms`.*`is_tls`/,
  },
  'plaintext-mail-accepted': {
    Postfix: /`smtpd_tls_security_level = encrypt`/,
    Exim: /`acl_smtp_mail`.*`encrypted = \*`/,
    Sendmail: /`TLS_Clt: ENCR:112`/,
    OpenSMTPD: /`tls-require`/,
    Courier: /`ESMTP_TLS_REQUIRED=1`/,
    Exchange: /`Set-ReceiveConnector -RequireTLS \$true`/,
  },
  'tls-version-too-old': {
    Postfix: /`smtpd_tls_mandatory_protocols`/,
    Exim: /`openssl_options`/,
    Sendmail: /`ServerSSLOptions`/,
    OpenSMTPD: /`protocols`/,
    Dovecot: /`ssl_min_protocol/,
    Courier: /`TLS_PROTOCOL`/,
    nginx: /`ssl_protocols`/,
    qpsmtpd: /`config\/tls_protocols`/,
    Exchange: /Schannel/,
    Haraka: /`minVersion` in `config\/tls\.ini`/,
    Stalwart: /`tls\.disable-protocols`/,
    'Microsoft 365': /`Set-TransportConfig/,
    Google: /smtp-relay\.gmail\.com/,
    'Amazon SES': /email-smtp\.REGION\.amazonaws\.com/,
  },
  'tls-old-versions-accepted': {
    Postfix: /`smtpd_tls_mandatory_protocols` to `>=TLSv1\.2`/,
    Exim: /`\+no_tlsv1 \+no_tlsv1_1` to `openssl_options`/,
    Sendmail: /`\+SSL_OP_NO_TLSv1 \+SSL_OP_NO_TLSv1_1` to `ServerSSLOptions`/,
    OpenSMTPD: /`protocols`/,
    Dovecot: /`ssl_min_protocol = TLSv1\.2`/,
    Courier: /`TLS_PROTOCOL`/,
    nginx: /`ssl_protocols TLSv1\.2 TLSv1\.3;`/,
    qpsmtpd: /`config\/tls_protocols`/,
    Exchange: /Schannel/,
    Haraka: /`minVersion=TLSv1\.2` in `config\/tls\.ini`/,
    'Microsoft 365': /your clients support TLS 1\.2/,
    Google: /your clients support TLS 1\.2/,
    'Amazon SES': /your clients support TLS 1\.2/,
    ...Object.fromEntries(Object.keys(PUBLIC_MAILBOXES).map((name) => [name, /your clients support TLS 1\.2/])),
  },
  'dh-parameters': {
    Postfix: /remove `smtpd_tls_dh1024_param_file`.*`smtpd_tls_eecdh_grade`/,
    Exim: /`tls_dhparam`.*`tls_eccurve`/,
    Sendmail: /`confDH_PARAMETERS`/,
    OpenSMTPD: /`pki NAME dhe auto`/,
    Dovecot: /`ssl_server_dh_file`.*`ssl_curve_list`/,
    Courier: /`mkdhparams`.*`TLS_DHPARAMS`/,
    nginx: /`ssl_dhparam`.*`ssl_ecdh_curve`/,
    Haraka: /`dhparam`/,
  },
  'tls-handshake-failed': {
    Postfix: /`smtpd_tls_ciphers`.*`smtpd_tls_mandatory_ciphers`.*`tls_high_cipherlist`/,
    Exim: /`tls_require_ciphers`/,
    Sendmail: /`CipherList`/,
    OpenSMTPD: /`smtp ciphers`/,
    Dovecot: /`ssl_cipher_list`/,
    Courier: /`TLS_CERTFILE`.*`TLS_CIPHER_LIST`/,
    nginx: /`ssl_ciphers`/,
    qpsmtpd: /`config\/tls_ciphers`/,
    Exchange: /`Enable-TlsCipherSuite`/,
    Haraka: /`ciphers`.*`config\/tls\.ini`/,
    Stalwart: /`tls\.disable-ciphers`/,
    'Microsoft 365': /smtp\.office365\.com.*mx\.microsoft/,
    Google: /smtp-relay\.gmail\.com/,
    'Amazon SES': /email-smtp\.REGION\.amazonaws\.com/,
  },
  'client-certificate-required': {
    Postfix: /`smtpd_tls_req_ccert = no`/,
    Exim: /`tls_try_verify_hosts`/,
    Sendmail: /`confTLS_SRV_OPTIONS`/,
    OpenSMTPD: /`tls-require` without `verify`/,
    Dovecot: /`auth_ssl_require_client_cert = no`/,
    Courier: /`TLS_VERIFYPEER=NONE`/,
    nginx: /`ssl_verify_client`/,
    Exchange: /`Set-ReceiveConnector -DomainSecureEnabled \$false`/,
    Haraka: /`requireAuthorized`/,
  },
  certificate: {
    'Proxmox Mail Gateway': /Configuration > Certificates.*`\/etc\/pmg\/pmg-tls\.pem`/,
    FortiMail: /System > Certificate > Local Certificate/,
    'Symantec Messaging Gateway': /Administration > Hosts > Configuration/,
    'SMTP service of Windows': /store Personal of the computer/,
    hMailServer: /SSL certificates/,
    MDaemon: /SSL & TLS > MDaemon/,
    MailEnable: /tab SSL/,
    'Kerio Connect': /Configuration > SSL Certificates/,
    Domino: /`certstore\.nsf`.*`\.kyr`/,
    Axigen: /SSL settings of the listener/,
    mailcow: /`ADDITIONAL_SAN`.*`data\/assets\/ssl`/,
    Postal: /`smtp\.cert`.*`postal restart`/,
    KumoMTA: /`tls_certificate` and `tls_private_key`/,
    mox: /`KeyCerts`/,
    'Apache James': /`keystore`/,
    Postfix: /`smtpd_tls_chain_files`.*`postfix reload`/,
    Exim: /`tls_certificate`.*`tls_privatekey`/,
    // It reads only the first certificate of `confSERVER_CERT`.
    Sendmail: /`confSERVER_CERT`.*intermediates into the file of `confCACERT`/,
    OpenSMTPD: /`pki NAME cert`.*`pki NAME key`/,
    Dovecot: /`ssl_server_cert_file`.*2\.3: `ssl_cert = <FILE`/,
    Courier: /`TLS_CERTFILE`.*`TLS_PRIVATE_KEYFILE`.*`MAILUSER`/,
    nginx: /`ssl_certificate`.*`nginx -s reload`/,
    qpsmtpd: /`qpsmtpd-server\.crt`/,
    Exchange: /`Enable-ExchangeCertificate .*-Services SMTP`.*`Set-ReceiveConnector -TlsCertificateName`/,
    Haraka: /`config\/tls_cert\.pem`/,
    Stalwart: /`certificate\.NAME\.cert`.*full chain/,
    'Microsoft 365': /smtp\.office365\.com.*mx\.microsoft/,
    Google: /smtp-relay\.gmail\.com/,
    'Amazon SES': /email-smtp\.REGION\.amazonaws\.com/,
  },
  'sni-certificate': {
    Postfix: /`postmap -F`.*`tls_server_sni_maps`/,
    Exim: /`\$tls_in_sni`/,
    Dovecot: /`local_name`/,
  },
  'tls-in-proxy': {
    Postfix:
      /`smtpd_tls_wrappermode=yes`.*`-o smtpd_tls_security_level=none` and `-o smtpd_tls_auth_only=no`.*`mynetworks`/,
    Exim: /`tls_on_connect_ports`.*`tls_advertise_hosts`.*`auth_advertise_hosts`.*`relay_from_hosts`/,
    Dovecot: /`haproxy = yes`.*`send-proxy-v2-ssl`/,
    Stalwart: /PROXY protocol/,
  },
  'auth-not-advertised': {
    'Proxmox Mail Gateway': /relay without SMTP AUTH/,
    'SMTP service of Windows': /"Basic authentication"/,
    MailEnable: /"Never allow authentication"/,
    Domino: /"Name & password"/,
    Postfix: /`smtpd_sasl_auth_enable = yes`/,
    Exim: /`server_advertise_condition`/,
    Sendmail: /`confAUTH_MECHANISMS`/,
    OpenSMTPD: /`auth`/,
    Dovecot: /`haproxy = yes`/,
    Courier: /`ESMTPAUTH_TLS`/,
    nginx: /`smtp_auth`/,
    qpsmtpd: /`auth\/auth_flat_file`/,
    Exchange: /"Client Frontend"/,
    Haraka: /`auth\/flat_file`/,
    Stalwart: /`session\.auth\.mechanisms`/,
    'Microsoft 365': /smtp\.office365\.com on 587/,
    Google: /smtp\.gmail\.com/,
  },
  'submission-host': {
    'Microsoft 365': /smtp\.office365\.com on 587.*mx\.microsoft/,
    Google: /smtp\.gmail\.com on 587 or 465/,
  },
  'auth-mechanisms': {
    Postfix: /`auth_mechanisms`.*`mech_list`/,
    Exim: /`public_name`/,
    Sendmail: /`confAUTH_MECHANISMS`/,
    Dovecot: /`auth_mechanisms`/,
    Courier: /`ESMTPAUTH_TLS`/,
    nginx: /`smtp_auth`/,
    qpsmtpd: /plugins/,
    Exchange:
      /`Set-ReceiveConnector "SERVER.Client Frontend SERVER" -AuthMechanism Tls,Integrated,BasicAuth,BasicAuthRequireTLS`/,
    Haraka: /`config\/auth_flat_file\.ini`/,
    Stalwart: /`saslMechanisms`/,
  },
  'auth-command-refused': {
    Postfix: /`smtpd_sasl_auth_enable = yes`/,
    Exim: /`auth_advertise_hosts`/,
    nginx: /`smtp_auth`/,
  },
  'line-too-long': { Postfix: /`smtpd_sasl_response_limit`/ },
  'auth-rejected': {
    hMailServer: /full address.*auto-ban/,
    Postal: /key of a credential/,
    KumoMTA: /`smtp_server_auth_plain`/,
    Postfix: /`auth_verbose = yes`.*`testsaslauthd`/,
    Exim: /`server_condition`.*password `\$auth3`/,
    Sendmail: /`pwcheck_method`/,
    OpenSMTPD: /`smtpctl encrypt`/,
    Dovecot: /`doveadm auth test USER`/,
    Courier: /`authtest USER PASSWORD`/,
    nginx: /`auth_http`.*`proxy_smtp_auth on`/,
    qpsmtpd: /plugin/,
    Exchange: /DOMAIN\\user or a UPN/,
    Haraka: /`config\/plugins`/,
    Stalwart: /app password/,
    'Microsoft 365': /`Get-CASMailbox`/,
    Google: /^Google: create a new app password .* wrong or was revoked/,
    'Amazon SES': /`ses:SendRawEmail`/,
    SendGrid: /API key of this account/,
    Mailgun: /^Mailgun: first check the region .*smtp\.eu\.mailgun\.org/,
    Postmark: /server API token/,
    Brevo: /SMTP key/,
    Yahoo: /app password/,
    Fastmail: /app password/,
    Zoho: /data center/,
    iCloud: /app password/,
    GMX: /enable "POP3\/IMAP"/,
    'web.de': /enable "POP3\/IMAP"/,
    IONOS: /full address of the mailbox/,
    Proton: /SMTP token/,
    Mailjet: /secret key/,
    SparkPost: /"Send via SMTP"/,
    Mandrill: /not one of Mailchimp/,
    Mailtrap: /each sandbox/,
    ...OF_PUBLIC_MAILBOXES,
  },
  'app-password': {
    Google: /2-step verification/,
    Yahoo: /account security settings/,
    Fastmail: /access to SMTP/,
    Zoho: /"Application-Specific Password"/,
    iCloud: /account\.apple\.com/,
    GMX: /application-specific password/,
    'web.de': /application-specific password/,
    ...OF_PUBLIC_MAILBOXES,
  },
  'account-access': { GMX: /enable "POP3\/IMAP"/, 'web.de': /enable "POP3\/IMAP"/, ...OF_PUBLIC_MAILBOXES },
  username: {
    'Microsoft 365': /UPN/,
    'Amazon SES': /begins with `AKIA`/,
    SendGrid: /must be the word `apikey`/,
    Mailgun: /postmaster@DOMAIN/,
    Postmark: /server API token/,
    Brevo: /"SMTP & API"/,
    Fastmail: /full address/,
    IONOS: /full address/,
    Proton: /SMTP token/,
    Mailjet: /API key/,
    SparkPost: /`SMTP_Injection`/,
  },
  'basic-auth-blocked': {
    'Microsoft 365':
      /SMTP\.Send`.*`Set-AuthenticationPolicy -AllowBasicAuthSmtp`.*end of December 2026.*Outlook\.com already accepts none/,
  },
  'security-defaults': { 'Microsoft 365': /SMTP\.Send`.*no account can be exempted/ },
  'passwords-ended': { 'Microsoft 365': /SMTP\.Send`/ },
  'smtp-auth-disabled': { 'Microsoft 365': /`Set-CASMailbox.*end of December 2026/ },
  'access-token': {
    'Microsoft 365': /`SMTP\.SendAsApp`.*`New-ServicePrincipal`.*`Add-MailboxPermission`/,
    Google: /valid for one hour.*`https:\/\/mail\.google\.com\/`/,
    Yahoo: /one hour/,
    Zoho: /one hour/,
  },
  'client-certificate-request': {
    Postfix: /`smtpd_tls_ask_ccert = yes`/,
    Exim: /`tls_try_verify_hosts = \*`/,
    Dovecot: /`ssl_server_request_client_cert = yes`/,
    nginx: /`ssl_verify_client optional`/,
  },
  'mailbox-access': { 'Microsoft 365': /`Add-MailboxPermission -AccessRights FullAccess`.*object ID/ },
  'client-not-allowed': { 'Microsoft 365': /sign-in logs of Microsoft Entra/, Brevo: /"Authorized IPs"/ },
  'auth-backend': {
    Postfix: /`smtpd_sasl_path`/,
    Exim: /"authenticator failed".*`server_condition`.*`server_socket`/,
    Sendmail: /saslauthd/,
    Dovecot: /passdb/,
    Courier: /authdaemond/,
    nginx: /`auth_http`.*the mail server that it names/,
    qpsmtpd: /plugin/,
    'Microsoft 365': /AD FS/,
  },
  'auth-throttled': {
    Postfix: /`smtpd_client_auth_rate_limit`.*`smtpd_client_event_limit_exceptions`/,
    Google: /accepts none for a while/,
  },
  'connection-limit': {
    Postfix: /`smtpd_client_connection_count_limit`/,
    Exim: /`smtp_accept_max_per_host`/,
    'Microsoft 365': /three connections/,
    'Proxmox Mail Gateway': /"Client Connection Count Limit"/,
    'Cisco Secure Email Gateway': /Mail Flow Policies/,
  },
  'server-busy': {
    Postfix: /`maxproc`/,
    Exim: /`smtp_accept_max`/,
    hMailServer: /"Maximum number of simultaneous connections"/,
    MailEnable: /"Maximum number of concurrent connections"/,
    KumoMTA: /`max_connections`/,
  },
  'account-blocked': { 'Microsoft 365': /Restricted entities.*`Remove-BlockedSenderAddress/ },
  'sending-permission': { 'Amazon SES': /`ses:SendRawEmail`/ },
  'auth-lockout': { Google: /accepts none for a while/, Yahoo: /app password/ },
  saslauthd: { Postfix: /`\/var\/spool\/postfix\/var\/run\/saslauthd`/ },
  'dovecot-auth': { Postfix: /`smtpd_sasl_path`.*`unix_listener`/ },
  'smtp-auth-for-token': { 'Microsoft 365': /`Set-CASMailbox(?!.*access-token)/ },
  'quota-exceeded': {
    SendGrid: /"Maximum credits exceeded"/,
    'Microsoft 365': /24 hours/,
    Google: /24 hours/,
    'Amazon SES': /Service Quotas/,
  },
  sandbox: {
    'Amazon SES': /production access.*`success@simulator\.amazonses\.com`/,
    Mailgun: /authorized recipients/,
    Postmark: /same domain/,
    Resend: /https:\/\/resend\.com\/domains/,
    MailerSend: /administrator/,
  },
  'sender-identity': {
    'Microsoft 365': /`Get-AcceptedDomain`/,
    'Amazon SES': /each region/,
    SendGrid: /Single Sender Verification/,
    Mailgun: /DNS records/,
    Postmark: /Sender Signature/,
    Brevo: /Senders/,
    Resend: /https:\/\/resend\.com\/domains/,
    MailerSend: /Domains/,
  },
  'account-status': {
    'Microsoft 365': /"Restricted entities"/,
    'Amazon SES': /paused/,
    Mailgun: /activation email/,
    Brevo: /activate transactional email/,
  },
  'cached-credentials': { Postfix: /saslauthd/, Dovecot: /`doveadm auth cache flush USER`/ },
  'relay-unavailable': {
    Dovecot: /`submission_relay_host`.*`submission_relay_ssl`/,
    nginx: /`Auth-Server`/,
    Exchange: /`Test-ServiceHealth`/,
  },
  'unauthenticated-mail': {
    Postfix: /`smtpd_delay_reject = no`/,
    Exim: /`deny !authenticated = \*`/,
    Sendmail: /M=Ea/,
    OpenSMTPD: /`auth` instead of `auth-optional`/,
    Courier: /`AUTH_REQUIRED=1`/,
    Exchange: /`AnonymousUsers`/,
    Stalwart: /`session\.auth\.require`/,
  },
  'auth-on-mx': {
    MailEnable: /"Never allow authentication"/,
    Postfix: /`smtpd_sasl_auth_enable = no` in `main\.cf`/,
    Exim: /`\$\{if eq\{\$received_port\}\{25\}/,
    Sendmail: /modifier `A`/,
    OpenSMTPD: /`auth-optional`/,
    Courier: /`ESMTPAUTH_TLS=""`/,
    Exchange: /`BasicAuth`/,
    Stalwart: /`local_port`/,
  },
  'served-domains': {
    'Proxmox Mail Gateway': /Relay Domains.*internal port/,
    'Cisco Secure Email Gateway': /Recipient Access Table/,
    FortiMail: /protected domain/,
    hMailServer: /Domains.*Routes/,
    Postal: /create a route/,
    KumoMTA: /`relay_to`.*`get_listener_domain`/,
    maddy: /`\$\(local_domains\)`/,
    qmail: /`control\/rcpthosts`/,
    Postfix: /`relay_domains`.*`relay_recipient_maps`.*`virtual_mailbox_maps`/,
    Exim: /`relay_to_domains`.*`exim -bt ADDRESS`/,
    OpenSMTPD: /`match from any for domain "DOMAIN" action NAME`/,
    Exchange: /`New-AcceptedDomain`/,
  },
  'known-recipients': {
    'Proxmox Mail Gateway': /"Verify Receivers"/,
    'Cisco Secure Email Gateway': /LDAP query/,
    Domino: /Domino Directory/,
    hMailServer: /account, an alias or a distribution list/,
    maddy: /`maddy imap-acct create ADDRESS`/,
    Postfix: /`postconf mydestination .*`doveadm user ADDRESS`.*Plesk/,
    Exim: /`exim -bt ADDRESS`.*`\/etc\/localdomains`/,
    Sendmail: /`sendmail -bv ADDRESS`/,
    OpenSMTPD: /`virtual`.*`match from any for domain "DOMAIN" action NAME`/,
    Exchange: /`Get-Recipient ADDRESS`.*`Get-AcceptedDomain`/,
    Dovecot: /`doveadm user ADDRESS`/,
  },
  'out-of-resources': { Exchange: /15004 to 15007/ },
  'service-state': { Exchange: /`Set-ServerComponentState .* -Component ServerWideOffline -State Active/ },
  'relay-for-accounts': {
    'SMTP service of Windows': /"Allow all computers which successfully authenticate to relay"/,
    hMailServer: /local to external addresses/,
    'Kerio Connect': /Relay Control/,
    Domino: /SMTP Inbound Controls/,
    Postfix: /`permit_sasl_authenticated` before .*`smtpd_relay_restrictions`/,
    Exim: /`accept authenticated = \*`.*`acl_smtp_rcpt`/,
    Sendmail: /TRUST_AUTH_MECH/,
    OpenSMTPD: /`match from any auth for any action "outbound"`.*"Invalid recipient"/,
    Exchange: /`ExchangeUsers`/,
    Stalwart: /`session\.rcpt\.relay`/,
    nginx: /`proxy_smtp_auth on`, or `xclient on`/,
    Dovecot: /`submission_relay_user` and `submission_relay_password`/,
  },
  'relay-account': { Google: /"SMTP relay service"/ },
  'client-rules': { Postfix: /`permit_sasl_authenticated` before/, Exim: /`accept authenticated = \*` before/ },
  'ehlo-name-rules': { Postfix: /`-o smtpd_helo_restrictions=permit_sasl_authenticated`/ },
  'blocklist-codes': { Postfix: /`reject_rbl_client zen\.spamhaus\.org=/, Exim: /`dnslists = .*!&0\.255\.255\.0`/ },
  'sender-verification': { Postfix: /`reject_unlisted_sender`/, Exim: /`exim -bvs ADDRESS`.*"Unrouteable address"/ },
  'send-as': {
    Postfix: /`smtpd_sender_login_maps`/,
    OpenSMTPD: /`senders`/,
    Exchange: /Add-ADPermission .*"Send As"`/,
    Stalwart: /`session\.auth\.must-match-sender`/,
    'Microsoft 365': /`Add-RecipientPermission .* -AccessRights SendAs`/,
    Google: /"Send mail as"/,
    Zoho: /"Send Mail As"/,
  },
  'disk-full': {
    Postfix: /1\.5 times `message_size_limit`.*`queue_minfree`/,
    Exim: /`check_spool_space`.*`check_spool_inodes`/,
    Sendmail: /`MinFreeBlocks`/,
    Exchange: /15006/,
  },
  'message-size': {
    'Proxmox Mail Gateway': /"Message Size"/,
    'Cisco Secure Email Gateway': /Mail Flow Policies/,
    Domino: /"Maximum message size"/,
    'SMTP service of Windows': /tab Messages/,
    hMailServer: /Settings, Protocols, SMTP/,
    mailcow: /`data\/conf\/postfix\/extra\.cf`/,
    KumoMTA: /`max_message_size`/,
    mox: /`SMTPMaxMessageSize`/,
    qmail: /`control\/databytes`/,
    Postfix: /`message_size_limit`/,
    Exim: /`message_size_limit`/,
    Sendmail: /`confMAX_MESSAGE_SIZE`/,
    OpenSMTPD: /`smtp max-message-size`/,
    Dovecot: /`submission_max_mail_size`/,
    Courier: /`sizelimit`/,
    qpsmtpd: /`config\/databytes`/,
    Exchange: /`Set-ReceiveConnector -MaxMessageSize`/,
    Haraka: /`config\/connection\.ini`/,
    'Microsoft 365': /`Set-Mailbox -MaxReceiveSize`/,
  },
  'message-log': {
    'Proxmox Mail Gateway': /Tracking Center/,
    'Symantec Messaging Gateway': /Message Audit Log/,
    Postfix: /`status=deferred`.*`postqueue -p`/,
    Exim: /`exigrep ID`/,
    Sendmail: /`stat=Deferred`/,
    Exchange: /`Get-MessageTrackingLog -MessageId`/,
  },
  smtputf8: {
    Postfix: /`smtputf8_enable = yes`/,
    Exim: /`smtputf8_advertise_hosts = \*`/,
    'Proxmox Mail Gateway': /SMTPUTF8/,
  },
  'content-scanner': {
    Postfix: /`smtpd_milters`/,
    Exim: /`av_scanner`.*`spamd_address`/,
    Sendmail: /`INPUT_MAIL_FILTER`/,
  },
  'policy-service': { Postfix: /"problem talking to server".*`check_policy_service`.*"unknown smtpd restriction"/ },
};

const rows = (Object.keys(SETTINGS) as Topic[]).flatMap((topic) =>
  (Object.entries(SETTINGS[topic]) as [SoftwareName, RegExp][]).map(([name, setting]) => ({ topic, name, setting })),
);

const settingFor = (topic: Topic, name: SoftwareName, minVersion = 'TLSv1.2'): string | undefined =>
  settingOf(topic, { name, isLikely: false }, minVersion);

test.each(rows)('$name has the setting for $topic', ({ topic, name, setting }) => {
  const text = settingFor(topic, name);
  expect(text).toMatch(new RegExp(`^${name}: (?!(The|Its?|Set|Check|Add)\\b)`));
  expect(text).toMatch(setting);
  expect(text).toMatch(/\.$/);
});

test('no product has another setting', () => {
  const products: Readonly<Record<string, Software>> = { ...PROVIDERS, ...GATEWAYS, ...APPLIANCES, ...SERVERS };
  const named = Object.entries(products).flatMap(([name, { settings }]) =>
    Object.keys(settings).map((topic) => `${name}: ${topic}`),
  );
  expect(named.sort()).toEqual(rows.map(({ name, topic }) => `${name}: ${topic}`).sort());
});

test('a product that is only likely is only probably that product', () => {
  expect(settingOf('certificate', { name: 'nginx', isLikely: true }, 'TLSv1.2')).toMatch(/^Probably nginx: /);
  expect(settingOf('certificate', { name: 'Postfix', isLikely: false }, 'TLSv1.2')).toMatch(/^Postfix: /);
});

test('Exchange without STARTTLS, and with an internal name in its greeting, needs another name', () => {
  const settingOn = (host: string) => {
    const greetings = [`220 ${host} Microsoft ESMTP MAIL Service ready at Mon, 23 Nov 2026 12:00:00 +0000`];
    const exchange = recognize({ greetings, offers: [], rejections: [] });
    return exchange && settingOf('starttls-not-advertised', exchange, 'TLSv1.2');
  };
  expect(settingOn('EX01.contoso.local')).toMatch(
    /`Get-ExchangeCertificate`.*no public CA.*`Set-ReceiveConnector -Fqdn`/,
  );
  expect(settingOn('mail.example.test')).toBe(settingFor('starttls-not-advertised', 'Exchange'));
  expect(settingOn('local.example.test')).not.toMatch(/no public CA/);
});

test.each([
  ['mail.example.test ESMTP', /Postfix: .*Exim: /],
  ['pmg.example.test ESMTP Proxmox', /Proxmox Mail Gateway: (?!.*(Postfix|Exim))/],
  // Without a setting, only the general advice is left.
  ['mail.example.test ESMTP IceWarp 14.1.0.5 x64; Mon', /^(?!.*(Postfix|Exim|IceWarp))/s],
])('with the greeting "%s", a fix names the settings of other products only if none is recognized', (greeting, fix) => {
  const { remedy } = completeFinding(finding('starttls-not-advertised', own`Not offered.`), {
    ...{ step: 'capability', endpoint: testEndpoint(587), greeting, capabilities: ['PIPELINING'] },
    redact: (text) => text,
  });
  expect(remedy).toMatch(fix);
});

test('no setting names another product', () => {
  const servers = Object.keys(SERVERS);
  const others = rows.filter(({ topic, name }) => {
    const text = settingFor(topic, name)?.slice(name.length) ?? '';
    // Postfix has no authentication of its own, and Dovecot is one of the programs that it asks.
    const itself = name === 'Postfix' ? ['Postfix', 'Dovecot'] : [name];
    return servers.some((other) => !itself.includes(other) && text.includes(other));
  });
  expect(others).toEqual([]);
});

test.each<[SoftwareName, string, RegExp]>([
  ['Postfix', 'TLSv1.2', /`!TLSv1\.2`/],
  ['Postfix', 'TLSv1.3', /`!TLSv1\.3`/],
  ['Exim', 'TLSv1.2', /`\+no_tlsv1_2`/],
  ['Exim', 'TLSv1.3', /`\+no_tlsv1_3`/],
  ['Sendmail', 'TLSv1.3', /`\+SSL_OP_NO_TLSv1_3`/],
  ['OpenSMTPD', 'TLSv1.3', /`tlsv1\.3`/],
  ['Dovecot', 'TLSv1.2', /`ssl_min_protocol = TLSv1\.2` or lower/],
  ['Courier', 'TLSv1.3', /allow TLSv1\.3 in/],
  ['nginx', 'TLSv1.3', /`TLSv1\.3` to `ssl_protocols`/],
  ['qpsmtpd', 'TLSv1.2', /`!TLSv1_2` from/],
  ['Exchange', 'TLSv1.3', /enable TLS 1\.3/],
  ['Haraka', 'TLSv1.2', /Node\.js that supports TLS 1\.2/],
  ['Haraka', 'TLSv1.3', /Node\.js that supports TLS 1\.3/],
  ['Stalwart', 'TLSv1.3', /remove TLS 1\.3 from/],
])('%s that does not support %s has the setting that allows it', (name, wanted, setting) => {
  expect(settingFor('tls-version-too-old', name, wanted)).toMatch(setting);
});
