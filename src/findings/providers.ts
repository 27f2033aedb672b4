import { software } from './servers.js';

/** The settings of a service whose ports and certificate its users cannot change. */
function hosted(ports: string, names: string) {
  const certificate = `You cannot change its certificate. Connect to the provider's own host name, not to a CNAME in your domain. The names are ${names} A certificate for any other name belongs to a proxy between client and server.`;
  return {
    'starttls-not-advertised': ports,
    'starttls-refused': ports,
    'plaintext-on-implicit-port': ports,
    'tls-version-too-old': certificate,
    'tls-handshake-failed': certificate,
    certificate,
  };
}

const MICROSOFT = hosted(
  'smtp.office365.com supports only STARTTLS, on 587 or 25, and so does TENANT.mail.protection.outlook.com on 25: set `transport: starttls`.',
  'smtp.office365.com for submission, TENANT.mail.protection.outlook.com as MX.',
);

/** The mail services that most submissions use. */
export const PROVIDERS = {
  'Microsoft 365': software(/\.(outlook|office365)\.com\b/i, {
    ...MICROSOFT,
    'greeting-rejected':
      "If the reply says that the client host is blocked, request the removal of the runner's IP address from the list (https://sender.office.com), or add it to the IP Allow List of the connection filter policy (`Set-HostedConnectionFilterPolicy -IPAllowList`).",
    'tls-version-too-old': `Use smtp.office365.com: smtp-legacy.office365.com is for clients without TLS 1.2 (\`Set-TransportConfig -AllowLegacyTLSClients\`). ${MICROSOFT.certificate}`,
    'auth-not-advertised':
      'Client submission is smtp.office365.com on 587. `*.mail.protection.outlook.com` on 25 does not offer AUTH.',
    'auth-rejected':
      'SMTP AUTH must be enabled for the mailbox (`Set-CASMailbox -SmtpClientAuthenticationDisabled $false`) and for the tenant (`Set-TransportConfig -SmtpClientAuthenticationDisabled $false`). Neither security defaults nor an authentication policy may block it. If basic authentication is blocked (5.7.139), authenticate with an `access-token` (XOAUTH2, scope `https://outlook.office.com/SMTP.Send`). The server is smtp.office365.com on 587.',
  }),
  Google: software(/\bgsmtp\b|\bmx\.google\.com\b|\bsupport\.google\.com\b/, {
    ...hosted(
      'smtp.gmail.com and smtp-relay.gmail.com use implicit TLS on 465, and STARTTLS on 587.',
      'smtp.gmail.com or smtp-relay.gmail.com for submission, and as MX the name in the MX record.',
    ),
    'greeting-rejected':
      'For smtp-relay.gmail.com, the public IP address of the runner must be one of the allowed IP addresses in the setting "SMTP relay service" of the Admin console (Gmail, Routing).',
    'auth-not-advertised':
      'Client submission is smtp.gmail.com on 587 or 465. mx.google.com on 25 does not offer AUTH.',
    'auth-rejected':
      'The account password does not work: create an app password (this requires 2-step verification), or authenticate with an `access-token` (XOAUTH2). The Workspace relay (smtp-relay.gmail.com) uses the sender address and the IP allowlist in the Admin console.',
    'auth-temporary-failure':
      'It limits how often an account can authenticate. After too many attempts it accepts none for a while.',
  }),
  'Amazon SES': software(/\bSimpleEmailService\b|\bemail-smtp\.[\w-]+\.amazonaws\.com\b/, {
    ...hosted(
      'TLS Wrapper is on 465 and 2465; 25, 587 and 2587 have STARTTLS.',
      'email-smtp.REGION.amazonaws.com. With a VPC endpoint, set `servername` to that name.',
    ),
    'auth-rejected':
      'The SMTP credentials of SES are not the access keys of an IAM user: create them in the SES console. They are valid only for the region in the host name (email-smtp.REGION.amazonaws.com), and their IAM user needs `ses:SendRawEmail`.',
  }),
  SendGrid: software(/\bSG ESMTP\b|\bsendgrid\b/i, {
    'auth-rejected':
      "The username is the word `apikey`, and the password is an API key with the Mail Send permission. IP Access Management of the account must allow the runner's IP address.",
    'auth-temporary-failure':
      '"Maximum credits exceeded" means that the plan\'s email quota is used up: check the usage in the account settings.',
  }),
  Mailgun: software(/\bMailgun\b/i, {
    'auth-rejected':
      'The username is a full address of the sending domain (postmaster@DOMAIN), and the password is its SMTP password, not an API key. EU domains use smtp.eu.mailgun.org.',
  }),
  Postmark: software(/\bpostmarkapp\.com\b/i, {
    'auth-rejected':
      'Username and password are both the server API token (or an access key and secret key of the message stream), and SMTP must be enabled for the stream.',
  }),
  Yahoo: software(/\.(yahoo|yahoodns|aol)\.(com|net)\b/i, {
    'auth-rejected': 'The account password does not work: create an app password in the account security settings.',
  }),
  Fastmail: software(/\bfastmail\.com\b|\bmessagingengine\.com\b/i, {
    'auth-rejected':
      'The account password does not work: create an app password with access to SMTP. The username is the full address.',
  }),
  Zoho: software(/\bzoho(mail)?\.(com|eu|in)\b/i, {
    'auth-rejected':
      'With two-factor authentication, create an app password ("Application-Specific Password"). The host must be that of the data center of the account (smtp.zoho.com, smtp.zoho.eu, …).',
  }),
  iCloud: software(/\biCloud\b|\.mail\.me\.com\b/i, {
    'auth-rejected':
      'The account password does not work: create an app password ("app-specific password") at account.apple.com.',
  }),
};
