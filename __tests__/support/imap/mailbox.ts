/** A message as it was delivered. */
export interface StoredMessage {
  readonly uid: number;
  readonly raw: Buffer;
  readonly received: Date;
  readonly flags: Set<string>;
}

/** A mailbox in memory, with the attributes of IMAP (RFC 9051 section 2.3.1). */
export class Mailbox {
  readonly uidValidity = Math.floor(Date.now() / 1000);
  #messages: readonly StoredMessage[] = [];
  #uidNext = 1;
  readonly #watchers = new Set<() => void>();

  /** The messages in ascending order of their UIDs; a later change gives a new array. */
  get messages(): readonly StoredMessage[] {
    return this.#messages;
  }

  /** The UID that the next message gets. */
  get uidNext(): number {
    return this.#uidNext;
  }

  /** Delivers a message. @param raw its source, lines ending in CR LF */
  append(raw: Buffer): void {
    this.#messages = [...this.#messages, { uid: this.#uidNext++, raw, received: new Date(), flags: new Set() }];
    this.#changed();
  }

  /** Removes messages. */
  remove(doomed: (message: StoredMessage) => boolean): void {
    this.#messages = this.#messages.filter((message) => !doomed(message));
    this.#changed();
  }

  /** Calls back after every arrival and removal. @returns a function that stops this */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
