import type { SecureContext } from 'node:tls';
import type { InboxTarget } from '../plan/endpoint.js';
import { ImapBaselines } from './imap/baselines.js';
import { InboxRejected, type Inbox, type InboxSettings } from './inbox.js';

/**
 * The inboxes of a run. Endpoints that deliver into the same one share a connection: servers allow few for each
 * account, and thirty endpoints at once would lock each other out.
 */
export class Inboxes {
  readonly #slots = new Map<SecureContext, Map<string, Slot>>();
  readonly #closing = new AbortController();

  /**
   * Opens an inbox, or hands out the one that is open under the same TLS policy. A refused login is handed out, too:
   * thirty endpoints that try the same wrong password lock the account. An inbox whose connection was lost is opened
   * again, and then finds everything that has arrived since it was first opened.
   * @throws {InboxUnreachable} {InboxRejected}
   */
  open(target: InboxTarget, settings: InboxSettings): Promise<Inbox> {
    const { scheme, host, port, username, password } = target;
    const path = 'basePath' in target ? target.basePath : target.mailbox;
    const key = JSON.stringify([scheme, host, port, path, username, password?.reveal(), settings.minValidDays]);
    const slots = this.#slots.get(settings.context) ?? new Map<string, Slot>();
    this.#slots.set(settings.context, slots);
    const slot = slots.get(key) ?? { baselines: new ImapBaselines() };
    slots.set(key, slot);
    if (!slot.inbox) {
      slot.inbox = openInbox(target, settings, this.#closing.signal, slot.baselines);
      void passed(slot.inbox).then((gone) => gone && delete slot.inbox);
    }
    return slot.inbox;
  }

  /** Closes whatever is open, and gives up what is still being opened. Never throws. */
  async close(): Promise<void> {
    this.#closing.abort();
    const slots = [...this.#slots.values()].flatMap((each) => [...each.values()]);
    const opened = await Promise.allSettled(slots.flatMap(({ inbox }) => inbox ?? []));
    await Promise.all(opened.map(async (inbox) => inbox.status === 'fulfilled' && inbox.value.close()));
  }
}

/** An inbox, and what outlives its connection. */
interface Slot {
  readonly baselines: ImapBaselines;
  inbox?: Promise<Inbox>;
}

/** Each client is loaded when it is used: most runs have no inbox, and that for IMAP is the largest part of the bundle. */
async function openInbox(
  target: InboxTarget,
  settings: InboxSettings,
  stop: AbortSignal,
  baselines: ImapBaselines,
): Promise<Inbox> {
  switch (target.scheme) {
    case 'imap':
    case 'imaps':
      return (await import('./imap/imap.js')).openImapInbox(target, settings, stop, baselines);
    case 'pop3':
    case 'pop3s':
      return (await import('./pop3/pop3.js')).openPop3Inbox(target, settings, stop);
    case 'mailpit+http':
    case 'mailpit+https':
      return (await import('./http/mailpit.js')).openMailpitInbox(target, settings, stop);
    case 'maildev+http':
    case 'maildev+https':
      return (await import('./http/maildev.js')).openMailDevInbox(target, settings, stop);
  }
}

/** Settles when an inbox is no longer of use. @returns whether another try may bring one that is */
async function passed(inbox: Promise<Inbox>): Promise<boolean> {
  try {
    await (
      await inbox
    ).ended;
    return true;
  } catch (error) {
    return !(error instanceof InboxRejected);
  }
}
