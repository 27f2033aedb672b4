import { X509Certificate } from 'node:crypto';
import { ImapFlow } from 'imapflow';
import type { MailboxObject } from 'imapflow';
import { codeOf } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { InboxTarget } from '../plan/endpoint.js';
import { brief } from '../text/peer.js';
import { isRefusal, whatServerSays } from './imap-failure.js';
import type { ImapFailure } from './imap-failure.js';
import { ImapMailbox } from './imap-mailbox.js';
import { InboxRejected, InboxUnreachable } from './inbox.js';
import type { Inbox, InboxSettings } from './inbox.js';

/**
 * Opens a mailbox by IMAP (RFC 9051): `imaps` with TLS from the first byte, `imap` with STARTTLS or not at all.
 * @throws {InboxUnreachable} if there is no connection, no TLS, or a certificate that does not hold
 * @throws {InboxRejected} if the login is refused or the mailbox cannot be opened
 */
export async function openImapInbox(target: InboxTarget, settings: InboxSettings): Promise<Inbox> {
  let objection: string | undefined;
  const client = new ImapFlow({
    host: target.host,
    port: target.port,
    secure: target.scheme === 'imaps',
    ...(target.scheme === 'imap' && { doSTARTTLS: true }),
    auth: { user: target.username, pass: target.password.reveal() },
    logger: false,
    // IDLE at once after every command: whatever one message needed, the server tells of the next.
    autoIdleDelay: 0,
    connectionTimeout: settings.timeoutMs,
    greetingTimeout: settings.timeoutMs,
    tls: {
      secureContext: settings.context,
      rejectUnauthorized: true,
      // Called once the chain holds, and before anything but the handshake is sent.
      checkServerIdentity: (_host, certificate) => {
        objection = settings.objection(new X509Certificate(certificate.raw));
        return objection === undefined ? undefined : new Error(objection);
      },
    },
  });
  // An error after the connection has been lost is told by `close`; unheard, it would end the process.
  client.on('error', () => undefined);

  // Greeting, upgrade, login and selection have as long together as connecting and one answer may take.
  const deadline = Deadline.after(2 * settings.timeoutMs);
  const late = (): InboxUnreachable => new InboxUnreachable('no answer in time');
  try {
    await deadline.race(client.connect(), late);
  } catch (error) {
    client.close();
    throw connectFailure(error, objection);
  }
  try {
    const opened: Partial<MailboxObject> = await deadline.race(client.mailboxOpen(target.mailbox), late);
    // RFC 3501 section 6.3.1 lets a server keep UIDNEXT to itself; then every message may be the one.
    return new ImapMailbox(client, opened.uidNext ?? 1, settings.timeoutMs);
  } catch (error) {
    client.close();
    throw openFailure(error, target.mailbox);
  }
}

function connectFailure(error: unknown, objection: string | undefined): InboxUnreachable | InboxRejected {
  if (error instanceof InboxUnreachable) return error;
  const said = whatServerSays(error);
  if ((error as ImapFailure).authenticationFailed) return new InboxRejected(`login refused: ${said}`);
  return new InboxUnreachable(objection ?? `${said} (${codeOf(error)})`);
}

function openFailure(error: unknown, mailbox: string): InboxUnreachable | InboxRejected {
  if (error instanceof InboxUnreachable) return error;
  const message = `the mailbox ${brief(mailbox)} cannot be opened: ${whatServerSays(error)}`;
  return isRefusal(error) ? new InboxRejected(message) : new InboxUnreachable(message);
}
