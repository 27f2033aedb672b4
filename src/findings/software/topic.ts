/** What a setting changes. The name is that of the problem that it fixes, or of what has to be configured. */
export type Topic =
  | 'greeting-rejected'
  | 'ehlo-rejected'
  | 'starttls-not-advertised'
  | 'starttls-refused'
  /** A filter that the server asks for every command does not respond. */
  | 'filter-unavailable'
  | 'starttls-hidden'
  | 'plaintext-on-implicit-port'
  | 'plaintext-auth-advertised'
  | 'plaintext-mail-accepted'
  | 'tls-version-too-old'
  | 'tls-old-versions-accepted'
  | 'tls-handshake-failed'
  /** To use longer Diffie-Hellman parameters, or others instead. */
  | 'dh-parameters'
  | 'client-certificate-required'
  /** To install a certificate, or a different one. */
  | 'certificate'
  /** To install a certificate for one server name (SNI). */
  | 'sni-certificate'
  /** The server does not know that the session is encrypted, because a proxy terminates TLS. */
  | 'tls-in-proxy'
  | 'auth-not-advertised'
  /** Which host and port of the service are for submission. */
  | 'submission-host'
  /** Which mechanisms the server offers. */
  | 'auth-mechanisms'
  | 'auth-command-refused'
  | 'line-too-long'
  /** The server rejects credentials: what they must be, and where its log shows the reason. */
  | 'auth-rejected'
  /** What the username must be. */
  | 'username'
  | 'app-password'
  | 'basic-auth-blocked'
  /** Security defaults of the organization block passwords. */
  | 'security-defaults'
  /** The service supports no passwords at all. */
  | 'passwords-ended'
  | 'smtp-auth-disabled'
  /** The same, with an access token. */
  | 'smtp-auth-for-token'
  /** Which accounts may use SMTP. */
  | 'account-access'
  | 'access-token'
  /** The account or application has authenticated, but cannot open the mailbox. */
  | 'mailbox-access'
  /** To request a certificate from clients, and to allow authentication with it. */
  | 'client-certificate-request'
  | 'client-not-allowed'
  | 'auth-backend'
  /** The daemon of Cyrus SASL that checks passwords. */
  | 'saslauthd'
  /** The service of Dovecot that checks passwords for a mail server. */
  | 'dovecot-auth'
  | 'auth-throttled'
  /** The service accepts no login for a while, after failed ones. */
  | 'auth-lockout'
  | 'quota-exceeded'
  /** How many connections one client may have at the same time. */
  | 'connection-limit'
  /** How many connections all clients together may have. */
  | 'server-busy'
  /** To unblock an account that sent spam. Its administrator has to do this. */
  | 'account-blocked'
  /** To permit the user of the credentials to send. */
  | 'sending-permission'
  /** Where a mail gateway shows why it blocks a message, and where to exempt a sender. */
  | 'gateway-policy'
  /** Which recipients a service knows. */
  | 'recipient-directory'
  /** The account may send only to certain recipients. */
  | 'sandbox'
  /** To verify a sender address or its domain for the account. */
  | 'sender-identity'
  /** The account is not activated, or suspended. */
  | 'account-status'
  | 'cached-credentials'
  /** A proxy or a submission service cannot reach the server behind it. */
  | 'relay-unavailable'
  | 'unauthenticated-mail'
  | 'auth-on-mx'
  /** By what a relay knows to which account a client belongs. */
  | 'relay-account'
  /** For which domains and recipients the server accepts mail from anyone. */
  | 'served-domains'
  /** Where the server looks up which recipients exist. */
  | 'known-recipients'
  /** To allow authenticated clients to send to other domains. */
  | 'relay-for-accounts'
  /** To apply rules about the client's IP address and PTR record only before it has authenticated. */
  | 'client-rules'
  /** The same for rules about its name in EHLO. */
  | 'ehlo-name-rules'
  /** Which blocklists the server queries, and which of their return codes count. */
  | 'blocklist-codes'
  /** The server checks whether the sender exists. */
  | 'sender-verification'
  /** Which accounts may send as which sender. */
  | 'send-as'
  /** How much space the server requires for its queue. */
  | 'disk-full'
  /** Which resource the server is short of. */
  | 'out-of-resources'
  /** Whether the mail service is switched off, or in maintenance mode. */
  | 'service-state'
  | 'message-size'
  /** How the log shows what happened to a message. */
  | 'message-log'
  | 'smtputf8'
  /** A virus scanner, spam filter or milter cannot be reached. */
  | 'content-scanner'
  /** A service that decides about each recipient does not respond, or the rules that name it are wrong. */
  | 'policy-service';

/** What the owner of an account at a service can change, and not whoever runs the server. */
export const ACCOUNT_TOPICS: readonly Topic[] = [
  'auth-rejected',
  'username',
  'app-password',
  'basic-auth-blocked',
  'security-defaults',
  'passwords-ended',
  'smtp-auth-disabled',
  'smtp-auth-for-token',
  'account-access',
  'access-token',
  'mailbox-access',
  'client-not-allowed',
  'auth-throttled',
  'auth-lockout',
  'quota-exceeded',
  'sandbox',
  'sender-identity',
  'account-status',
  'sending-permission',
  'relay-account',
  'send-as',
];

/** The topics about which the settings of a server say more than any general advice. */
export const SUFFICIENT_TOPICS: readonly Topic[] = ['auth-backend', 'account-access'];

/** A mail server or a mail service: how to recognize it, and its settings. */
export interface Software {
  /** Matches the host names of a public service. */
  readonly hosts?: RegExp;
  /** Matches its greeting, without the code: the name of the host, and what the software adds. */
  readonly greets?: RegExp;
  /** Matches a line of its reply to EHLO. */
  readonly offers?: RegExp;
  /** Matches its rejections. Only services name themselves there. */
  readonly rejects?: RegExp;
  /** Matches a rejection in its own words, which other software may have copied. */
  readonly words?: RegExp;
  /** Matches the usernames that are possible. The topic `username` says what they must be. */
  readonly usernames?: RegExp;
  /** Set if other software sends the same greeting. */
  readonly isLikely?: true;
  /**
   * What to change, in the terms of its documentation, as the text after its name and a colon. A function gets the oldest
   * TLS version that is allowed, and whether the greeting has an internal name.
   */
  readonly settings: Readonly<Partial<Record<Topic, string | Setting>>>;
}

type Setting = (minVersion: string, hasInternalName?: boolean) => string;

/** Such as `TLS 1.3` for `TLSv1.3`. */
export const inWords = (version: string): string => version.replace('v', ' ');
