import { OLD_TLS } from './hosted.js';
import type { Software } from './topic.js';

/*
 * Public services whose greeting does not name them, or names common software. They are recognized by their hosts for
 * submission. The comment at the top of `providers.ts` says how each entry was checked.
 */

/** The settings of a service: what its users have to do before a mail client can authenticate. */
function publicMailbox(setting: string): Software['settings'] {
  return {
    'auth-rejected': setting,
    'app-password': setting,
    'account-access': setting,
    'tls-old-versions-accepted': OLD_TLS,
  };
}

/** What a service may require. Nothing more about these could be read in their documentation. */
const UNKNOWN = publicMailbox(
  'look in the settings of the account whether access for mail clients is enabled, and whether they need a password of their own, such as an app password.',
);

export const PUBLIC_MAILBOXES = {
  // https://yandex.com/support/mail/mail-clients/others.html, /support/passport/authorization/app-passwords.html
  Yandex: {
    hosts: /^smtp\.yandex\.(?:ru|com|by|kz|ua|com\.tr)$/i,
    settings: publicMailbox(
      'in the settings of the mailbox, under "Email clients", allow access for mail clients, and create an app password for mail. Configure that as the password.',
    ),
  },
  // https://help.mail.ru/mail/security/protection/external (the reply names it)
  'Mail.ru': {
    hosts: /^smtp\.mail\.ru$/i,
    settings: publicMailbox(
      'the account password does not work: create a password for external applications in the security settings of the account.',
    ),
  },
  // Quoted: https://www.telekom.de/hilfe/festnetz-internet-tv/e-mail/e-mail-adresse-passwoerter-und-sicherheit/passwort-fuer-e-mail-programme-einrichten
  'T-Online': {
    hosts: /^(?:securesmtp|smtpmail)\.t-online\.de$/i,
    settings: publicMailbox(
      'set a password for mail clients ("Passwort für E-Mail-Programme") in the settings of the mailbox, and configure that.',
    ),
  },
  // Quoted: https://help.naver.com/support/contents/contents.help?serviceNo=2342&categoryNo=2288, and its announcement of 2025
  Naver: {
    hosts: /^smtp\.naver\.com$/i,
    settings: publicMailbox(
      'enable POP3/SMTP or IMAP/SMTP in the settings of the mailbox, and use an app password, which requires two-step verification.',
    ),
  },
  // Quoted: https://service.mail.qq.com/cgi-bin/help?subtype=1&id=28&no=331
  'QQ Mail': {
    hosts: /^smtp\.qq\.com$/i,
    settings: publicMailbox(
      'enable IMAP/SMTP in the settings of the account, and use the authorization code that it then shows instead of the account password.',
    ),
  },
  // Quoted by its users: the settings "POP3/SMTP/IMAP"
  NetEase: {
    hosts: /^smtp\.(?:(?:163|126)\.com|yeah\.net)$/i,
    settings: publicMailbox(
      'enable SMTP in the settings of the mailbox ("POP3/SMTP/IMAP"), and use an authorization code from there instead of the account password.',
    ),
  },
  'AT&T': { hosts: /^(?:smtp\.mail|outbound)\.att\.net$/i, settings: UNKNOWN },
  Bluewin: { hosts: /^smtpauths?\.bluewin\.ch$/i, settings: UNKNOWN },
  Comcast: { hosts: /^smtp\.comcast\.net$/i, settings: UNKNOWN },
  Cox: { hosts: /^smtp\.cox\.net$/i, settings: UNKNOWN },
  Free: { hosts: /^smtp\.free\.fr$/i, settings: UNKNOWN },
  'La Poste': { hosts: /^smtp\.laposte\.net$/i, settings: UNKNOWN },
  Libero: { hosts: /^smtp\.libero\.it$/i, settings: UNKNOWN },
  Orange: { hosts: /^smtp(?:-msa)?\.orange\.fr$/i, settings: UNKNOWN },
  Seznam: { hosts: /^smtp\.seznam\.cz$/i, settings: UNKNOWN },
} satisfies Readonly<Record<string, Software>>;
