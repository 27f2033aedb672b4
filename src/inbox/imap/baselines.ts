/** What a server reports about a folder on SELECT or STATUS. */
export interface UidState {
  /** The UID that the next message gets; a server need not report it (RFC 3501 section 6.3.1). */
  readonly uidNext?: number | undefined;
  /** UIDs can be compared only if this is the same (RFC 9051 section 2.3.1.1). */
  readonly uidValidity?: bigint | undefined;
}

/**
 * The UID at which the new messages of each folder begin, as of the first time that a run opens the folder. It outlives
 * connections: messages that arrive between two of them are new.
 */
export class ImapBaselines {
  readonly #first = new Map<string, UidState>();

  /**
   * @param state of the folder now; the first one is kept
   * @returns the UID from which messages are new; 1 if the server does not say, because any message may be new
   */
  of(path: string, { uidNext, uidValidity }: UidState): number {
    const first = this.#first.get(path) ?? { uidNext, uidValidity };
    this.#first.set(path, first);
    const validities = new Set([first.uidValidity, uidValidity].filter((validity) => validity !== undefined));
    return validities.size > 1 ? 1 : (first.uidNext ?? 1);
  }
}
