/** Why an inbox rejects a login, if its words say more than that it does. */
export type InboxLoginCause = 'protocol-disabled-by-organization' | 'protocol-disabled' | 'app-password';

const APP_PASSWORD = /\bapp(?:lication)?[- ](?:specific )?password/;
const PROTOCOL = /\b(?:imap4?|pop3?)\b/;
const DISABLED = /\b(?:disabled|deactivated|yet to enable|not (?:enabled|allowed|permitted|activated))\b/;
const ORGANIZATION = /\b(?:domain|organi[sz]ation|tenant|admin(?:istrator)?)\b/;

/**
 * @param said the server's own text
 * @returns undefined if the username or the password may be wrong
 */
export function inboxLoginCauseOf(said: string): InboxLoginCause | undefined {
  const text = said.toLowerCase();
  if (APP_PASSWORD.test(text)) return 'app-password';
  if (PROTOCOL.test(text) && DISABLED.test(text)) {
    return ORGANIZATION.test(text) ? 'protocol-disabled-by-organization' : 'protocol-disabled';
  }
  return undefined;
}
