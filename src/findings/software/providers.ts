import { hosted } from './hosted.js';
import { MAILBOXES } from './mailboxes.js';
import { microsoft365 } from './microsoft365.js';
import { PUBLIC_MAILBOXES } from './public-mailboxes.js';
import type { Software } from './topic.js';

/*
 * Each entry names the documentation of the service, against which it was checked in 2026-11. "Quoted" means that only
 * quotations of it could be read. The replies by which some services are recognized are not documented.
 */

/*
 * https://support.google.com/a/answer/2956491 (relay). Quoted: /a/answer/176600 (hosts and ports), /a/answer/166852 (limits),
 * /accounts/answer/185833 (app passwords). Personal accounts have had to use an app password or a token since 2022-05-30, and
 * Workspace accounts since 2025-05-01 (quoted: /a/answer/14114704).
 */
const LOGINS =
  'the number of logins of an account is limited. After too many attempts, Google accepts none for a while.';

const google: Software = {
  greets: / - gsmtp$/,
  offers: /^(mx\.google\.com|smtp(-relay)?\.gmail\.com|smtp\.googlemail\.com) at your service\b/,
  rejects: / - gsmtp$|\bsupport\.google\.com\b/,
  settings: {
    ...hosted(
      'smtp.gmail.com and smtp-relay.gmail.com use implicit TLS on 465, and STARTTLS on 587.',
      'smtp.gmail.com or smtp-relay.gmail.com for submission, and as MX the name in the MX record.',
    ),
    'greeting-rejected':
      'for smtp-relay.gmail.com, the public IP address of the gate must be one of the allowed IP addresses in the setting "SMTP relay service" of the Admin console (Gmail, Routing).',
    'relay-account':
      'the administrator of the Workspace account registers IP addresses in the Admin console (Gmail, Routing, "SMTP relay service"), and can require SMTP AUTH there instead.',
    'auth-not-advertised': 'client submission is smtp.gmail.com on 587 or 465.',
    'submission-host': 'client submission is smtp.gmail.com on 587 or 465. mx.google.com on 25 does not offer AUTH.',
    'auth-rejected':
      'create a new app password (https://myaccount.google.com/apppasswords): the configured one is wrong or was revoked. A change of the account password also revokes it. Check that the username is the full address of the same account. The account password itself never works here.',
    'app-password':
      'an app password requires 2-step verification (https://myaccount.google.com/apppasswords). There are none for accounts with security keys only or in the Advanced Protection Program, and an organization may not allow them: use an `access-token` (XOAUTH2) there.',
    'access-token':
      'an access token is valid for one hour, and needs the scope `https://mail.google.com/`. A service account needs domain-wide delegation, and a token for the user that it impersonates.',
    'send-as':
      'add the address under "Send mail as" in the settings of the account (Accounts and Import). An administrator of a Workspace organization adds aliases in the Admin console.',
    'quota-exceeded':
      'the limit counts the last 24 hours, and an account that has reached it can send again within 24 hours. Workspace accounts and smtp-relay.gmail.com have higher limits.',
    'auth-throttled': LOGINS,
    'auth-lockout': LOGINS,
  },
};

// https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html, smtp-credentials.html, request-production-access.html, quotas.html
const amazonSes: Software = {
  greets: /^\S+ ESMTP SimpleEmailService\b/,
  offers: /^email-smtp\.([\w-]+\.)?amazonaws\.com$/,
  usernames: /^AKIA[\dA-Z]{12,}$/,
  settings: {
    ...hosted(
      'TLS Wrapper is on 465 and 2465; 25, 587 and 2587 have STARTTLS.',
      'email-smtp.REGION.amazonaws.com. With a VPC endpoint, set `servername` to that name.',
    ),
    username:
      'the username must be that of SMTP credentials, which begins with `AKIA`. Create SMTP credentials in the SES console, in the region of the host name (email-smtp.REGION.amazonaws.com).',
    'auth-rejected':
      'the password must be that of SMTP credentials from the SES console, not the secret access key of an IAM user, although the username looks the same (`AKIA…`). SMTP credentials are valid only in the region for which they were created: check the region in the host name (email-smtp.REGION.amazonaws.com). Their IAM user needs `ses:SendRawEmail`.',
    sandbox:
      'request production access in the SES console, or verify the recipient as an identity. Both apply only to the region in the host name (email-smtp.REGION.amazonaws.com). `success@simulator.amazonses.com` needs no verification, but no inbox receives its mail.',
    'sender-identity':
      'verify the address or its domain as an identity, in the region of the host name (email-smtp.REGION.amazonaws.com): each region has identities of its own.',
    'quota-exceeded':
      'the quota counts the last 24 hours in one region. Request an increase in Service Quotas; in the sandbox, request production access.',
    'sending-permission': 'the policy of the IAM user needs `ses:SendRawEmail` for the identity of the sender.',
    'account-status': 'the account dashboard of the SES console shows why sending is paused.',
  },
};

// https://www.twilio.com/docs/sendgrid/for-developers/sending-email/integrating-with-the-smtp-api, and "IP access management"
const sendGrid: Software = {
  greets: /^SG ESMTP service ready\b/,
  offers: /^smtp\.sendgrid\.net$/,
  rejects: /\bsendgrid\.(com|net)\b/i,
  usernames: /^apikey$/,
  settings: {
    username: 'the username must be the word `apikey`, and the password an API key with the Mail Send permission.',
    'auth-rejected':
      "the password must be an API key of this account with the Mail Send permission. If IP Access Management of the account is on, it must allow the gate's IP address.",
    'quota-exceeded':
      '"Maximum credits exceeded" means that the credits of the plan are used up: choose a larger plan, or wait until the credits are reset.',
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
  // https://documentation.mailgun.com/docs/mailgun/quickstart (activation, sandbox), api-reference/send/mailgun/credentials
  Mailgun: {
    greets: /^Mailgun Influx ready\b/,
    rejects: /\bMailgun is not loving\b/,
    usernames: /.@./,
    settings: {
      username: 'the username must be a full address of the sending domain, such as postmaster@DOMAIN.',
      'auth-rejected':
        'first check the region of the sending domain: smtp.mailgun.org rejects the credentials of domains in the EU region, which use smtp.eu.mailgun.org, even if they are right. The password is the SMTP password of the user in the domain, not an API key.',
      sandbox:
        'send with a domain of your own instead of the sandbox domain, or add the recipient to the authorized recipients. The recipient must confirm this.',
      'sender-identity': 'add the DNS records that the control panel shows for the domain, and verify it there.',
      'account-status': 'if the account is new, confirm the activation email.',
    },
  },
  // https://postmarkapp.com/support/article/811-what-are-the-smtp-details-api-tokens-i-should-be-using
  Postmark: {
    greets: /^\S+\.postmarkapp\.com /i,
    usernames: /^[^@]+$/,
    settings: {
      username:
        'the username must be the server API token, which is then also the password, or the access key of an SMTP token of the message stream, with its secret key as the password.',
      'auth-rejected':
        'username and password must both be the server API token, or the access key and the secret key of an SMTP token of the message stream. SMTP must be enabled for the stream.',
      sandbox: 'request approval of the account. Until then, sender and recipient must be in the same domain.',
      'sender-identity': 'add the address as a Sender Signature and confirm it, or verify its domain.',
    },
  },
  // https://help.brevo.com/hc/en-us/articles/7959631848850 (SMTP keys), /115000188150 (problems with SMTP), and "Authorized IPs"
  Brevo: {
    greets: /^smtp-relay\.(?:brevo|sendinblue)\.com ESMTP\b/i,
    rejects: /\b(?:brevo|sendinblue)\.com\b/i,
    usernames: /.@./,
    settings: {
      username: 'the username must be the SMTP login that the page "SMTP & API" shows, which is an email address.',
      'auth-rejected':
        'the username is the SMTP login that the page "SMTP & API" shows, and the password is an SMTP key, not an API key or the password of the account.',
      'client-not-allowed':
        'under Security, "Authorized IPs", add the IP address of the gate, or deactivate the blocking of unknown IP addresses for SMTP keys.',
      'sender-identity': 'add the sender under Senders and verify it, or authenticate its domain.',
      'account-status': 'ask Brevo support to activate transactional email for the account.',
    },
  },
  // https://resend.com/docs/send-with-smtp, quoted: /docs/api-reference/errors
  Resend: {
    rejects: /\bresend\.com\b/i,
    settings: {
      sandbox:
        'verify a domain of your own at https://resend.com/domains, and use an address in it as `delivery.from`.',
      'sender-identity': 'verify the domain at https://resend.com/domains.',
    },
  },
  // https://www.mailersend.com/help/smtp-relay, /help/how-to-change-or-cancel-your-plan (approval). The reply names the limit of a trial.
  MailerSend: {
    rejects: /#MS\d{5}\b/,
    settings: {
      sandbox:
        'a trial account can send only to the email address of its administrator. Request approval of the account.',
      'sender-identity': 'verify the domain under Domains.',
    },
  },
  // Quoted: https://dev.mailjet.com/smtp-relay/
  Mailjet: {
    greets: /^\S+ ESMTP Mailjet\b/i,
    usernames: /^[\da-f]{32}$/i,
    settings: {
      username: 'the username must be the API key, and the password its secret key, from the API key management.',
      'auth-rejected': 'the username is the API key, and the password its secret key, from the API key management.',
    },
  },
  // https://developers.sparkpost.com/api/smtp/
  SparkPost: {
    greets: /^(?:2\.0\.0 )?\S+\.sparkpostmail\.com ESMTP\b/i,
    usernames: /^SMTP_Injection/,
    settings: {
      username:
        'the username must be `SMTP_Injection`, and the password an API key with the permission "Send via SMTP".',
      'auth-rejected':
        'the password must be an API key with the permission "Send via SMTP". Accounts in the EU use smtp.eu.sparkpostmail.com.',
    },
  },
  // Quoted: https://mailchimp.com/developer/transactional/docs/smtp-integration/
  Mandrill: {
    greets: /^\S+\.mandrillapp\.com ESMTP\b/i,
    settings: {
      'auth-rejected': 'the password must be an API key of Mandrill (Mailchimp Transactional), not one of Mailchimp.',
    },
  },
  // https://mailtrap.io/fake-smtp-server.md, https://docs.mailtrap.io/email-api-smtp/setup/smtp-integration
  Mailtrap: {
    greets: /^\S+\.mailtrap\.io ESMTP\b/i,
    settings: {
      'auth-rejected':
        'each sandbox and each sending domain has a host name and credentials of its own: compare all three with the page "Integration" of that sandbox or domain.',
    },
  },
  ...MAILBOXES,
  ...PUBLIC_MAILBOXES,
} satisfies Readonly<Record<string, Software>>;
