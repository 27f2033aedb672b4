import type { CauseOf } from '../../findings/catalog.js';
import type { InboxProvider } from '../../findings/catalog/inbox-login.js';
import { fixed, type OwnText } from '../../text/own.js';

/** Hosts of Exchange Online and Outlook.com for IMAP and POP3. */
const MICROSOFT = /^(?:outlook\.office(?:365)?\.com|(?:imap|pop)(?:-mail)?\.outlook\.com)$/;

const PROVIDERS: Readonly<Record<InboxProvider, RegExp>> = {
  Gmail: /^(?:imap|pop)\.(?:gmail|googlemail)\.com$/,
  'Yahoo or AOL': /^(?:export\.)?(?:imap|pop)\.(?:mail\.yahoo|aol)\.com$/,
  iCloud: /^imap\.mail\.me\.com$/,
  Fastmail: /^(?:imap|pop)\.fastmail\.com$/,
  'GMX or WEB.DE': /^(?:imap|pop3?)\.(?:gmx\.(?:net|com)|web\.de)$/,
  Zoho: /^(?:imap|pop)(?:pro)?\.zoho\.(?:com|eu|in|com\.au)$/,
};

/** What the provider of an inbox makes likely about a login that it rejects. @param host whose certificate is valid */
export function rejectedBy(
  host: string,
): { readonly cause: CauseOf<'inbox-rejected'>; readonly provider?: OwnText } | undefined {
  const name = host.toLowerCase();
  if (MICROSOFT.test(name)) return { cause: 'no-passwords' };
  const provider = Object.entries(PROVIDERS).find(([, hosts]) => hosts.test(name))?.[0];
  return provider === undefined ? undefined : { cause: 'provider-password', provider: fixed(provider) };
}
