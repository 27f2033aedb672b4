import type { SecureContext } from 'node:tls';
import type { InboxTarget } from '../plan/endpoint.js';
import { resultOf, type InboxResult } from './failure.js';
import type { ImapBaselines } from './imap/client.js';
import { Transcript } from '../net/transcript.js';
import { explained } from './diagnostic-handshake.js';
import type { Inbox, InboxSettings, SessionRecord, SessionSettings } from './inbox.js';

/**
 * The inboxes of a run. Endpoints that deliver into the same inbox share a connection: servers allow few for each
 * account, and thirty endpoints at the same time would exceed that limit.
 */
export class Inboxes {
  readonly #slots = new Map<SecureContext, Map<string, Slot>>();
  readonly #closing = new AbortController();

  /**
   * Opens an inbox, or returns the one that is open under the same TLS policy. This includes an inbox that rejected the
   * login: thirty attempts with the same wrong password lock the account. An inbox whose connection was lost is
   * opened again, and then finds everything that has arrived since it was first opened.
   */
  open(target: InboxTarget, settings: InboxSettings): Promise<InboxResult<Inbox>> {
    const slot = this.#slotOf(target, settings);
    if (!slot.inbox) {
      slot.transcript = new Transcript();
      delete slot.mailbox;
      const onMailbox = (name: string): void => {
        slot.mailbox = name;
      };
      const judge: InboxSettings['judge'] = (peer) => {
        slot.endsInDefaultStore = settings.endsInDefaultStore?.(peer);
        return settings.judge(peer);
      };
      const session = { ...settings, judge, transcript: slot.transcript, onMailbox };
      const stop = this.#closing.signal;
      const opening = resultOf(explained(connectInbox(target, session, stop, slot.baselines), target, settings, stop));
      slot.inbox = opening;
      void canReopen(opening)
        .catch(() => true)
        .then((reopen) => {
          if (reopen) delete slot.inbox;
        });
    }
    return slot.inbox;
  }

  /** The session with an inbox since it was opened last. */
  session(target: InboxTarget, settings: InboxSettings): SessionRecord {
    const { transcript, mailbox, endsInDefaultStore } = this.#slotOf(target, settings);
    return {
      lines: [...transcript.lines],
      ...(mailbox !== undefined && { mailbox }),
      ...(endsInDefaultStore !== undefined && { endsInDefaultStore }),
    };
  }

  #slotOf(target: InboxTarget, settings: InboxSettings): Slot {
    const { scheme, host, port, username, password } = target;
    const path = 'basePath' in target ? target.basePath : target.mailbox;
    const key = JSON.stringify([scheme, host, port, path, username, password?.reveal(), settings.minValidDays]);
    const slots = this.#slots.get(settings.context) ?? new Map<string, Slot>();
    this.#slots.set(settings.context, slots);
    const slot: Slot = slots.get(key) ?? { baselines: new Map(), transcript: new Transcript() };
    slots.set(key, slot);
    return slot;
  }

  /** Closes every inbox, and stops opening others. Never throws. */
  async close(): Promise<void> {
    this.#closing.abort();
    const slots = [...this.#slots.values()].flatMap((each) => [...each.values()]);
    const opened = await Promise.allSettled(slots.flatMap(({ inbox }) => inbox ?? []));
    const results = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    await Promise.all(results.map(async (result) => result.ok && result.value.close()));
  }
}

/** An inbox, and what outlives its connection. */
interface Slot {
  readonly baselines: ImapBaselines;
  /** Of the last connection. */
  transcript: Transcript;
  /** The mailbox that the last connection opened, or tried to open. */
  mailbox?: string;
  /** About the last certificates. */
  endsInDefaultStore?: boolean | undefined;
  inbox?: Promise<InboxResult<Inbox>>;
}

/** Each client is loaded when it is used: most runs have no inbox, and the IMAP client is a large part of the bundle. */
async function connectInbox(
  target: InboxTarget,
  settings: SessionSettings,
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

/** Settles when an inbox can no longer be used. @returns whether it may be usable if it is opened again */
async function canReopen(opening: Promise<InboxResult<Inbox>>): Promise<boolean> {
  const result = await opening;
  if (!result.ok) return result.failure.kind !== 'rejected';
  await result.value.ended;
  return true;
}
