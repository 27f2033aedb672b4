/** Why an inbox rejects a login, if its words say more than that it does. */
export type InboxLoginCause =
  | 'protocol-disabled-by-organization'
  | 'protocol-disabled'
  | 'app-password'
  | 'web-login'
  | 'account-locked'
  | 'login-requires-encryption';

const APP_PASSWORD = /\bapp(?:lication)?[- ](?:specific )?password/;
const WEB_LOGIN = /\bweb (?:login|browser)\b|\blog ?in via your (?:web )?browser\b|\bverify your account by going to\b/;
const UNENCRYPTED =
  /\b(?:non-secure|under a layer)\b|\bplain ?text (?:auth\w*|logins?|passwords?) (?:is |are )?(?:disallowed|disabled|not allowed)\b|\b(?:ssl|tls|encryption) (?:is )?required\b|\brequires? (?:ssl|tls|an? encrypted)\b/;
const PROTOCOL = /\b(?:imap4?|pop3?)\b/;
const DISABLED =
  /\b(?:disabled|deactivated|blocked|yet to enable|not (?:been )?(?:enabled|allowed|permitted|activated|included?)|(?:does|is)n['’]t (?:enabled|allowed|include))\b/;
const ORGANIZATION = /\b(?:domain|organi[sz]ation|tenant|admin(?:istrator)?)\b/;
const LOCKED =
  /\b(?:account|user|mailbox|login)\b[^.;,]*\b(?:disabled|suspended|locked|blocked|deactivated|inactive|frozen|closed)\b/;
/** Of a reply that names several reasons, the credentials are the likeliest. */
const CREDENTIALS =
  /\b(?:invalid|incorrect|wrong|bad)\b[^.;]*\b(?:credentials|passwords?|logins?|user ?names?)\b|\bpassword is incorrect\b/;

/**
 * @param said the server's own text
 * @returns undefined if the username or the password may be wrong
 */
export function inboxLoginCauseOf(said: string): InboxLoginCause | undefined {
  const text = said.toLowerCase();
  if (APP_PASSWORD.test(text)) return 'app-password';
  if (WEB_LOGIN.test(text)) return 'web-login';
  if (CREDENTIALS.test(text)) return undefined;
  if (UNENCRYPTED.test(text)) return 'login-requires-encryption';
  if (PROTOCOL.test(text) && DISABLED.test(text)) {
    return ORGANIZATION.test(text) ? 'protocol-disabled-by-organization' : 'protocol-disabled';
  }
  return LOCKED.test(text) ? 'account-locked' : undefined;
}
