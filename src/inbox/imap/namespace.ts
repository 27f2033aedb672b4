/** What the client knows of the personal namespace of an account (RFC 9051 section 6.3.10). */
export interface Namespace {
  readonly prefix: string;
  readonly delimiter?: string | false | null | undefined;
}

/** The name that the client requests for a mailbox: it adds the prefix of the namespace, except to INBOX. */
export function pathOf(mailbox: string, { prefix }: Namespace = { prefix: '' }): string {
  if (mailbox.toUpperCase() === 'INBOX') return 'INBOX';
  return mailbox.startsWith(prefix) ? mailbox : prefix + mailbox;
}
