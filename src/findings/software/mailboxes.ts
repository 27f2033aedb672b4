import type { Software } from './topic.js';

/** Services for mailboxes of persons, by name. The comment at the top of `providers.ts` says how each entry was checked. */
export const MAILBOXES = {
  // https://help.yahoo.com/kb/SLN15241.html, https://developer.yahoo.com/oauth2/guide/ (tokens)
  Yahoo: {
    greets: /^\S+\.(yahoo|yahoodns|aol)\.(com|net) /i,
    offers: /^\S+\.yahoo\.com Hello\b/i,
    settings: {
      ...appPassword('create an app password in the account security settings.'),
      'access-token': 'its access tokens are valid for one hour.',
      'auth-lockout':
        'the new password must be an app password, from the account security settings: the account password does not work.',
    },
  },
  // https://www.fastmail.com/help/technical/servernamesandports.html, https://fastmail.help/hc/en-us/articles/1500000279921
  Fastmail: {
    greets: /^\S+\.(fastmail|messagingengine)\.com /i,
    usernames: /.@./,
    settings: {
      ...appPassword('create an app password with access to SMTP.'),
      username: 'the username must be the full address of the account.',
    },
  },
  // Quoted: https://www.zoho.com/mail/help/zoho-smtp.html, https://www.zoho.com/accounts/protocol/oauth/use-access-token.html
  Zoho: {
    greets: /^\S+\.zoho(mail)?\.(com|eu|in) /i,
    settings: {
      'auth-rejected':
        'with two-factor authentication, create an app password ("Application-Specific Password"). The host must be that of the data center and of the plan of the account (smtp.zoho.com, smtp.zoho.eu, …; smtppro.zoho.com for a paid organization with a domain).',
      'send-as':
        'the sender must be an address of the account: its own, an alias, or one that "Send Mail As" in the settings of the account lists. An administrator of the organization adds aliases in the Admin Console.',
      'access-token': 'its access tokens are valid for one hour.',
      'app-password': 'its name is "Application-Specific Password", in the security settings of the account.',
    },
  },
  // Quoted: https://support.apple.com/102525
  iCloud: {
    greets: /^iCloud iscream SMTP\b|^\S+\.mail\.me\.com /i,
    settings: appPassword('create an app password ("app-specific password") at account.apple.com.'),
  },
  // https://www.gmx.net/mail/tipps/posts/pop3-imap/36/, https://hilfe.gmx.net/sicherheit/2fa/anwendungsspezifisches-passwort.html
  GMX: {
    hosts: /^(?:mail|smtp)\.gmx\.(?:net|com|de|at|ch)$/i,
    greets: /^gmx\.\S+ \(\S+\) Nemesis ESMTP\b/i,
    settings: nemesis(),
  },
  // The same service with another name.
  'web.de': { hosts: /^smtp\.web\.de$/i, greets: /^web\.de \(\S+\) Nemesis ESMTP\b/i, settings: nemesis() },
  // https://www.ionos.de/hilfe/e-mail/ (error messages). The greeting is that of its servers for submission.
  IONOS: {
    greets: /^(?:kundenserver\.de|perfora\.net) \(\S+\) Nemesis ESMTP\b/i,
    usernames: /.@./,
    settings: {
      'auth-rejected':
        'the username is the full address of the mailbox, and the password is that of the mailbox, not that of the customer account.',
      username: 'the username must be the full address of the mailbox.',
    },
  },
  // Quoted: https://proton.me/support/smtp-submission
  Proton: {
    greets: /^\S+\.protonmail\.ch /i,
    usernames: /.@./,
    settings: {
      'auth-rejected':
        'the password must be an SMTP token, which the settings of the account create for one address, and the username is that address. The account password does not work.',
      username: 'the username must be the address for which the SMTP token was created.',
    },
  },
} satisfies Readonly<Record<string, Software>>;

/** The settings of a service that rejects account passwords. */
function appPassword(how: string): Software['settings'] {
  const setting = `the account password does not work: ${how}`;
  return { 'auth-rejected': setting, 'app-password': setting };
}

function nemesis(): Software['settings'] {
  const setting =
    'access for mail clients is off by default: enable "POP3/IMAP" in the settings of the mailbox. With two-factor authentication, create an application-specific password in the security settings and use that instead.';
  return { 'auth-rejected': setting, 'app-password': setting, 'account-access': setting };
}
