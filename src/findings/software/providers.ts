import type { Software } from './topic.js';

/** The settings of a service whose ports and certificate its users cannot change. */
function hosted(ports: string, names: string) {
  const own = `Connect to the provider's own host name, not to a CNAME in your domain. The names are ${names}`;
  const certificate = `you cannot change its certificate. ${own} A certificate for any other name belongs to a proxy between client and server.`;
  const tls = `you cannot change its TLS settings. ${own} If that does not help, look for a proxy between client and server.`;
  return {
    'starttls-not-advertised': ports,
    'starttls-refused': ports,
    'plaintext-on-implicit-port': ports,
    'tls-version-too-old': tls,
    'tls-old-versions-accepted':
      'you cannot change its TLS settings: make sure that your clients support TLS 1.2 or 1.3.',
    'tls-handshake-failed': tls,
    certificate,
  };
}

const MICROSOFT = hosted(
  'smtp.office365.com supports only STARTTLS, on 587 or 25, and so does TENANT.mail.protection.outlook.com on 25: set `transport: starttls`.',
  'smtp.office365.com for submission, TENANT.mail.protection.outlook.com as MX.',
);

const microsoft365: Software = {
  greets: /^\S+\.(outlook|office365)\.com /i,
  offers: /^\S+\.(outlook|office365)\.com Hello\b/i,
  rejects: /\[[\w.-]+\.(outlook|office365)\.com[ \]]/i,
  settings: {
    ...MICROSOFT,
    'greeting-rejected':
      "if the reply says that the client host is blocked, request the removal of the gate's IP address from the list (https://sender.office.com), or add it to the IP Allow List of the connection filter policy (`Set-HostedConnectionFilterPolicy -IPAllowList`).",
    'tls-version-too-old':
      'use smtp.office365.com itself, not a CNAME in your domain: smtp-legacy.office365.com is for clients without TLS 1.2 (`Set-TransportConfig -AllowLegacyTLSClients`). You cannot change its TLS versions.',
    'auth-not-advertised': 'client submission is smtp.office365.com on 587, with STARTTLS.',
    'submission-host':
      'client submission is smtp.office365.com on 587. `*.mail.protection.outlook.com` on 25 does not offer AUTH.',
    'auth-rejected':
      'the username is the sign-in name (UPN) of a licensed mailbox. If the account has multifactor authentication, its password does not work here: use an `access-token` (XOAUTH2). SMTP AUTH must be enabled for the mailbox (`Get-CASMailbox`).',
    'smtp-auth-disabled':
      'run `Set-CASMailbox MAILBOX -SmtpClientAuthenticationDisabled $false`. A setting of the mailbox overrides that of the organization (`Set-TransportConfig -SmtpClientAuthenticationDisabled $false`). Security defaults also disable SMTP AUTH with passwords.',
    'basic-auth-blocked':
      'Microsoft is retiring passwords for SMTP AUTH: use XOAUTH2 with the scope `https://outlook.office.com/SMTP.Send`. Until then, security defaults must be off, and neither an authentication policy (`Set-AuthenticationPolicy -AllowBasicAuthSmtp`) nor conditional access may block the account.',
    'access-token':
      'the token needs the scope `https://outlook.office.com/SMTP.Send`, or for an application `https://outlook.office365.com/.default` with the permission `SMTP.SendAsApp` and a service principal (`New-ServicePrincipal`). SMTP AUTH must be enabled for the mailbox.',
    'quota-exceeded':
      'the limits count the recipients of the last 24 hours, for the mailbox and for the organization. A trial has lower limits.',
    'sender-identity':
      'the domain of the sender must be an accepted domain of the organization (`Get-AcceptedDomain`).',
    'account-status':
      'the page "Restricted entities" in the Microsoft Defender portal lists blocked accounts, and unblocks them. Only Microsoft support can unblock an organization.',
    'send-as':
      'grant the permission "Send as" in the admin center (Delegation of the mailbox), or run `Add-RecipientPermission MAILBOX -Trustee ACCOUNT -AccessRights SendAs`. It can take up to an hour to take effect.',
    'message-size':
      'run `Set-Mailbox -MaxSendSize` for the account, and `Set-Mailbox -MaxReceiveSize` for the recipient.',
  },
};

const google: Software = {
  greets: / - gsmtp$/,
  offers: /^(mx\.google\.com|smtp(-relay)?\.gmail\.com) at your service\b/,
  rejects: / - gsmtp$|\bsupport\.google\.com\b/,
  settings: {
    ...hosted(
      'smtp.gmail.com and smtp-relay.gmail.com use implicit TLS on 465, and STARTTLS on 587.',
      'smtp.gmail.com or smtp-relay.gmail.com for submission, and as MX the name in the MX record.',
    ),
    'greeting-rejected':
      'for smtp-relay.gmail.com, the public IP address of the gate must be one of the allowed IP addresses in the setting "SMTP relay service" of the Admin console (Gmail, Routing).',
    'auth-not-advertised': 'client submission is smtp.gmail.com on 587 or 465.',
    'submission-host': 'client submission is smtp.gmail.com on 587 or 465. mx.google.com on 25 does not offer AUTH.',
    'auth-rejected':
      'the account password does not work: create an app password (this requires 2-step verification), or authenticate with an `access-token` (XOAUTH2). The Workspace relay (smtp-relay.gmail.com) uses the sender address and the IP allowlist in the Admin console.',
    'app-password':
      'an app password requires 2-step verification (https://myaccount.google.com/apppasswords), and the administrator of a Workspace can disable app passwords. An `access-token` (XOAUTH2) works without one.',
    'access-token':
      'the token needs the scope `https://mail.google.com/`. A service account needs domain-wide delegation, and a token for the user that it impersonates.',
    'quota-exceeded':
      'the limit counts the last 24 hours, and an account that has reached it can send again within 24 hours. Workspace accounts and smtp-relay.gmail.com have higher limits.',
    'auth-throttled':
      'the number of logins of an account is limited. After too many attempts, Google accepts none for a while.',
  },
};

const amazonSes: Software = {
  greets: /^\S+ ESMTP SimpleEmailService\b/,
  offers: /^email-smtp\.([\w-]+\.)?amazonaws\.com$/,
  settings: {
    ...hosted(
      'TLS Wrapper is on 465 and 2465; 25, 587 and 2587 have STARTTLS.',
      'email-smtp.REGION.amazonaws.com. With a VPC endpoint, set `servername` to that name.',
    ),
    'auth-rejected':
      'the SMTP credentials of SES are not the access keys of an IAM user: create them in the SES console. They are valid only for the region in the host name (email-smtp.REGION.amazonaws.com), and their IAM user needs `ses:SendRawEmail`.',
    sandbox:
      'request production access in the SES console, or verify the recipient as an identity. Both apply only to the region in the host name (email-smtp.REGION.amazonaws.com). `success@simulator.amazonses.com` needs no verification.',
    'sender-identity':
      'verify the address or its domain as an identity, in the region of the host name (email-smtp.REGION.amazonaws.com): each region has identities of its own.',
    'quota-exceeded':
      'the quota counts the last 24 hours in one region. Request an increase in Service Quotas; in the sandbox, request production access.',
    'account-status': 'the account dashboard of the SES console shows why sending is paused.',
  },
};

const sendGrid: Software = {
  greets: /^SG ESMTP service ready\b/,
  offers: /^smtp\.sendgrid\.net$/,
  rejects: /\bsendgrid\.(com|net)\b/i,
  settings: {
    'auth-rejected':
      "the username is the word `apikey`, and the password is an API key with the Mail Send permission. IP Access Management of the account must allow the gate's IP address.",
    'quota-exceeded':
      '"Maximum credits exceeded" means that the plan\'s email quota is used up: check the usage in the account settings.',
    'sender-identity':
      'in the settings under Sender Authentication, verify the address (Single Sender Verification) or its domain (Domain Authentication).',
  },
};

/** The mail services that most submissions use, by name. */
export const PROVIDERS = {
  'Microsoft 365': microsoft365,
  Google: google,
  'Amazon SES': amazonSes,
  SendGrid: sendGrid,
  Mailgun: {
    greets: /^Mailgun Influx ready\b/,
    rejects: /\bMailgun is not loving\b/,
    settings: {
      'auth-rejected':
        'the username is a full address of the sending domain (postmaster@DOMAIN), and the password is its SMTP password, not an API key. EU domains use smtp.eu.mailgun.org.',
      sandbox:
        'send with a domain of your own instead of the sandbox domain, or add the recipient to the authorized recipients. The recipient must confirm this.',
      'sender-identity': 'add the DNS records that the control panel shows for the domain, and verify it there.',
      'account-status': 'if the account is new, confirm the activation email.',
    },
  },
  Postmark: {
    greets: /^\S+\.postmarkapp\.com /i,
    settings: {
      'auth-rejected':
        'username and password are both the server API token (or an access key and secret key of the message stream), and SMTP must be enabled for the stream.',
      sandbox: 'request approval of the account. Until then, sender and recipient must be in the same domain.',
      'sender-identity': 'add the address as a Sender Signature and confirm it, or verify its domain.',
    },
  },
  Brevo: {
    rejects: /\b(?:brevo|sendinblue)\.com\b/i,
    settings: {
      'sender-identity': 'add the sender under Senders and verify it, or authenticate its domain.',
      'account-status': 'ask the support to activate transactional email for the account.',
    },
  },
  Resend: {
    rejects: /\bresend\.com\b/i,
    settings: {
      sandbox:
        'verify a domain of your own at https://resend.com/domains, and use an address in it as `delivery.from`.',
      'sender-identity': 'verify the domain at https://resend.com/domains.',
    },
  },
  MailerSend: {
    rejects: /#MS\d{5}\b/,
    settings: {
      sandbox:
        'a trial account can send only to the email address of its administrator. Request approval of the account.',
      'sender-identity': 'verify the domain under Domains.',
    },
  },
  Yahoo: {
    greets: /^\S+\.(yahoo|yahoodns|aol)\.(com|net) /i,
    offers: /^\S+\.yahoo\.com Hello\b/i,
    settings: {
      ...appPassword('create an app password in the account security settings.'),
      'auth-throttled':
        'the reply is the same if the account password is used: create an app password in the account security settings.',
    },
  },
  Fastmail: {
    greets: /^\S+\.(fastmail|messagingengine)\.com /i,
    settings: appPassword('create an app password with access to SMTP. The username is the full address.'),
  },
  Zoho: {
    greets: /^\S+\.zoho(mail)?\.(com|eu|in) /i,
    settings: {
      'auth-rejected':
        'with two-factor authentication, create an app password ("Application-Specific Password"). The host must be that of the data center of the account (smtp.zoho.com, smtp.zoho.eu, …).',
      'app-password': 'its name is "Application-Specific Password", in the security settings of the account.',
    },
  },
  iCloud: {
    greets: /^iCloud iscream SMTP\b|^\S+\.mail\.me\.com /i,
    settings: appPassword('create an app password ("app-specific password") at account.apple.com.'),
  },
} satisfies Readonly<Record<string, Software>>;

/** The settings of a service that rejects account passwords. */
function appPassword(how: string): Software['settings'] {
  const setting = `the account password does not work: ${how}`;
  return { 'auth-rejected': setting, 'app-password': setting };
}
