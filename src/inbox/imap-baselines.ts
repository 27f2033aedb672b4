/** What a server says of a folder when it is selected, or asked for its STATUS. */
export interface UidState {
  /** The UID that the next message gets; a server may keep it to itself (RFC 3501 section 6.3.1). */
  readonly uidNext?: number | undefined;
  /** UIDs of different validity have nothing to do with each other (RFC 9051 section 2.3.1.1). */
  readonly uidValidity?: bigint | undefined;
}

/**
 * Where the new messages of each folder begin, as it was when a run saw the folder first. It outlives connections: what
 * arrives between two of them is new.
 */
export class ImapBaselines {
  readonly #first = new Map<string, UidState>();

  /**
   * @param state of the folder now; noted where it is the first
   * @returns the UID from which on messages are new; 1, so that any may be, where the server does not say
   */
  of(path: string, { uidNext, uidValidity }: UidState): number {
    const first = this.#first.get(path) ?? { uidNext, uidValidity };
    this.#first.set(path, first);
    const validities = new Set([first.uidValidity, uidValidity].filter((validity) => validity !== undefined));
    return validities.size > 1 ? 1 : (first.uidNext ?? 1);
  }
}
