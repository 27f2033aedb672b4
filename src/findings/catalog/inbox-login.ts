import { listOf } from '../../text/lists.js';
import type { Cause, Values } from './entry.js';
import { DIALOGUE } from './inbox-commands.js';

const RESPONSE_CODES = 'RFC 5530 section 3';

/** What providers require for IMAP and POP3 instead of the password of the account, in the terms of their documentation. */
const PROVIDERS = {
  Gmail:
    'Use an app password, which requires 2-step verification (https://myaccount.google.com/apppasswords), as `delivery.password`: Gmail does not accept the password of the account for IMAP and POP3.',
  'Yahoo or AOL':
    'Create an app password in the account security settings, and use it as `delivery.password`: the password of the account does not work for IMAP and POP3.',
  iCloud:
    'Create an app-specific password (https://account.apple.com), and use it as `delivery.password`. The username is the part of the address before `@`, or the whole address.',
  Fastmail:
    'Create an app password in Settings, Privacy & Security, and use it as `delivery.password`: the password of the account does not work for IMAP and POP3.',
  'GMX or WEB.DE':
    'Enable access by POP3 and IMAP in the e-mail settings of the account. If two-factor authentication is on, create an app password, and use it as `delivery.password`.',
  Zoho: 'Enable IMAP or POP3 in the settings of the account. If two-factor authentication is on, create an app password, and use it as `delivery.password`. The host depends on the region of the account.',
} as const;

/** Providers that often reject the password of an account. */
export type InboxProvider = keyof typeof PROVIDERS;

const isAtGoogle = (inbox: string): boolean => /\/\/(?:imap|pop)\.(?:gmail|googlemail)\.com(?::|$)/i.test(inbox);

/** Why the inbox server rejects a login. */
export const INBOX_LOGIN_CAUSES = {
  'login-refused': {
    title: 'Inbox rejects the login',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ inbox = '', user = '' }: Values) =>
      listOf(
        'Check `delivery.username` and `delivery.password`: they belong to the mailbox, and can differ from those in `auth`.',
        [
          user.includes('@')
            ? 'The username is a full address. Some servers expect only the part before the `@`.'
            : 'The username has no domain. Many servers expect the full address.',
          'If the account uses two-factor authentication, it probably requires an app password.',
          `${inbox.startsWith('pop3') ? 'POP3' : 'IMAP'} must be enabled for the account. Many providers disable it by default.`,
        ],
      ),
    reproduce: DIALOGUE,
  },
  // The gate logs in with a password only, which Exchange Online ended for IMAP and POP3 in 2022, and Outlook.com in 2024.
  'no-passwords': {
    title: 'Microsoft accepts no passwords for IMAP and POP3',
    party: 'configuration',
    certainty: 'certain',
    remedy:
      'Use a mailbox elsewhere as `delivery.inbox`, or remove the inbox and set `delivery.expect: accepted`. Microsoft 365 and Outlook.com accept only OAuth 2.0 for IMAP and POP3, and the gate logs in to an inbox with a password. No password and no app password works, so the rejection does not show whether this one is correct.',
    reproduce: DIALOGUE,
  },
  'provider-password': {
    title: 'Provider of the inbox rejects the login',
    party: 'configuration',
    certainty: 'likely',
    remedy: ({ provider = '' }) =>
      `${Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider as InboxProvider] : 'Use an app password as `delivery.password`.'} If that is done, check \`delivery.username\` and \`delivery.password\`.`,
    reproduce: DIALOGUE,
  },
  'protocol-disabled-by-organization': {
    title: 'IMAP or POP3 disabled by the organization of the inbox',
    party: 'inbox',
    certainty: 'likely',
    remedy: ({ inbox = '' }: Values) =>
      `Ask the administrator of the organization to enable the protocol that the reply names for this mailbox${isAtGoogle(inbox) ? ' (Google Workspace: Admin console, Apps, Google Workspace, Gmail, "End User Access"). The login then requires an app password' : ''}. Or use a mailbox at a different provider. The reply is not about the username or password.`,
    reproduce: DIALOGUE,
  },
  'protocol-disabled': {
    title: 'IMAP or POP3 disabled for the inbox',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Enable the protocol that the reply names in the settings of the mailbox, or use a different mailbox. The reply is not about the username or password.',
    reproduce: DIALOGUE,
  },
  'app-password': {
    title: 'Inbox requires an app password',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Create an app password in the security settings of the account of the mailbox, and set `delivery.password` to it: the provider does not accept the account password here.',
    reproduce: DIALOGUE,
  },
  'web-login': {
    title: 'Inbox requires a login in a browser first',
    party: 'configuration',
    certainty: 'likely',
    remedy:
      'Log in to the account of the mailbox in a browser, and confirm there that the blocked login is yours: the provider regards it as unusual. Then create an app password, if the provider has them, and set `delivery.password` to it.',
    reproduce: DIALOGUE,
  },
  'account-locked': {
    title: 'Account of the inbox is locked or disabled',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Have the administrator of the inbox server unlock or enable the account, or do it in the settings of the account. The reply is not about the password, so do not change it.',
    reproduce: DIALOGUE,
  },
  'login-not-authorized': {
    title: 'Account may not use the inbox',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Allow the account to log in to this service: enable IMAP or POP3 for it, or its access to the mailbox that `delivery.username` names. According to the server, the credentials are correct, so do not change the password.',
    reference: RESPONSE_CODES,
    reproduce: DIALOGUE,
  },
  'password-expired': {
    title: 'Password of the inbox has expired',
    party: 'configuration',
    certainty: 'certain',
    remedy: 'Set a new password for the account of the inbox, and configure it as `delivery.password`.',
    reference: RESPONSE_CODES,
    reproduce: DIALOGUE,
  },
  'login-requires-encryption': {
    title: 'Inbox regards the session as unencrypted',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'If a proxy terminates TLS in front of the inbox server, configure the server to treat connections from the proxy as encrypted: the gate logs in over TLS, but the server says that it requires encryption. The username and password are not the problem.',
    examples:
      'Dovecot: `haproxy = yes` for the `inet_listener`, with `haproxy_trusted_networks`, and HAProxy with `send-proxy-v2-ssl`.',
    reference: RESPONSE_CODES,
    reproduce: DIALOGUE,
  },
  'account-needs-administrator': {
    title: 'Account of the inbox requires its administrator',
    party: 'inbox',
    certainty: 'likely',
    remedy:
      'Contact the administrator of the inbox server: according to the server, only the administrator can fix this. Usually the account is locked, or its mailbox is damaged or was never created. Do not change the password.',
    reproduce: DIALOGUE,
  },
} as const satisfies Readonly<Record<string, Cause>>;
