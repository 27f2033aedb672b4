/** A mail service, how it gives itself away, and what its users trip over when they sign in. */
interface Provider {
  /** What stands in its greeting, in its answer to EHLO or in a refusal. */
  readonly pattern: RegExp;
  readonly signingIn: string;
  /** What it counts, and puts its users off for. */
  readonly limits?: string;
}

/** The services that most submissions go to. */
export const PROVIDERS = {
  'Microsoft 365': {
    pattern: /\.(outlook|office365)\.com\b/i,
    signingIn:
      'SMTP AUTH must be switched on for the mailbox (`Set-CASMailbox -SmtpClientAuthenticationDisabled $false`) and for the tenant (`Set-TransportConfig -SmtpClientAuthenticationDisabled $false`), and neither security defaults nor an authentication policy may block it. Where basic authentication is blocked (5.7.139), sign in with an `access-token` (XOAUTH2, scope `https://outlook.office.com/SMTP.Send`). The server is smtp.office365.com on 587.',
  },
  Google: {
    pattern: /\bgsmtp\b|\bmx\.google\.com\b|\bsupport\.google\.com\b/,
    signingIn:
      'The account password is not taken: with 2-step verification make an app password, or sign in with an `access-token` (XOAUTH2). The Workspace relay (smtp-relay.gmail.com) goes by the sender address and the IP allow-list in the Admin console.',
    limits: 'It limits how often an account signs in, and after too many attempts takes none for a while.',
  },
  'Amazon SES': {
    pattern: /\bSimpleEmailService\b|\bemail-smtp\.[\w-]+\.amazonaws\.com\b/,
    signingIn:
      'SMTP credentials of SES are not the keys of an IAM user: make them in the SES console. They hold for one region only, the one in the name of the host (email-smtp.REGION.amazonaws.com), and their IAM user needs `ses:SendRawEmail`.',
  },
  SendGrid: {
    pattern: /\bSG ESMTP\b|\bsendgrid\b/i,
    signingIn:
      'The user name is the word `apikey`, and the password an API key with the permission Mail Send. IP Access Management of the account must allow this address.',
    limits:
      '"Maximum credits exceeded" is said where the mails of the plan are used up: see the usage in the account settings.',
  },
  Mailgun: {
    pattern: /\bMailgun\b/i,
    signingIn:
      'The user name is a whole address of the sending domain (postmaster@DOMAIN), and the password its SMTP password, not an API key. EU domains are at smtp.eu.mailgun.org.',
  },
  Postmark: {
    pattern: /\bpostmarkapp\.com\b/i,
    signingIn:
      'User name and password are both the server API token (or an access key and secret key of the message stream), and SMTP must be switched on for the stream.',
  },
  Yahoo: {
    pattern: /\.(yahoo|yahoodns|aol)\.(com|net)\b/i,
    signingIn: 'The account password is not taken: make an app password in the account security settings.',
  },
  Fastmail: {
    pattern: /\bfastmail\.com\b|\bmessagingengine\.com\b/i,
    signingIn:
      'The account password is not taken: make an app password with access to SMTP. The user name is the whole address.',
  },
  Zoho: {
    pattern: /\bzoho(mail)?\.(com|eu|in)\b/i,
    signingIn:
      'With two-factor authentication make an application-specific password. The host must be that of the data centre of the account (smtp.zoho.com, smtp.zoho.eu, …).',
  },
  iCloud: {
    pattern: /\biCloud\b|\.mail\.me\.com\b/i,
    signingIn: 'The account password is not taken: make an app-specific password at account.apple.com.',
  },
} as const satisfies Record<string, Provider>;

export type ProviderName = keyof typeof PROVIDERS;

const NAMES = Object.keys(PROVIDERS) as ProviderName[];

/** By what each service is recognised. */
export const PROVIDER_PATTERNS = Object.fromEntries(NAMES.map((name) => [name, PROVIDERS[name].pattern])) as Record<
  ProviderName,
  RegExp
>;

/** What each service wants of those who sign in. */
export const SIGNING_IN = Object.fromEntries(NAMES.map((name) => [name, PROVIDERS[name].signingIn])) as Record<
  ProviderName,
  string
>;

/** What services count, as far as it is known. */
export const LIMITS: Readonly<Partial<Record<ProviderName, string>>> = Object.fromEntries(
  Object.entries<Provider>(PROVIDERS).flatMap(([name, { limits }]) => (limits === undefined ? [] : [[name, limits]])),
);
