import { hash, randomBytes } from 'node:crypto';

/** Hexadecimal digits of a fingerprint: 48 bits, of which ten thousand have two alike once in a million times. */
const DIGITS = 12;

/**
 * Counts identifiers, and keeps a fingerprint of each instead of its text. A Map of 10,000 texts of 255 characters each,
 * for each of thirty mailboxes, does not fit into the memory that a run may use.
 */
export class IdentifierCounts {
  /** Without it, a server could choose identifiers that all belong into the same slot. */
  readonly #salt = randomBytes(8).toString('hex');
  /** Each in the slot that its fingerprint says, or in the next free one; 0 is free. */
  readonly #fingerprints: Float64Array;
  readonly #counts: Uint32Array;

  /** @param max how many identifiers are added at most */
  constructor(max: number) {
    const slots = 2 * max + 1;
    this.#fingerprints = new Float64Array(slots);
    this.#counts = new Uint32Array(slots);
  }

  /** @returns how often the identifier has been added now */
  add(identifier: string): number {
    const { slot, fingerprint } = this.#find(identifier);
    const count = (this.#counts[slot] ?? 0) + 1;
    this.#fingerprints[slot] = fingerprint;
    this.#counts[slot] = count;
    return count;
  }

  /** How often the identifier has been added. */
  count(identifier: string): number {
    return this.#counts[this.#find(identifier).slot] ?? 0;
  }

  #find(identifier: string): { slot: number; fingerprint: number } {
    const fingerprint = 1 + Number.parseInt(hash('sha256', this.#salt + identifier).slice(0, DIGITS), 16);
    const slots = this.#fingerprints.length;
    let slot = fingerprint % slots;
    while (this.#fingerprints[slot] !== 0 && this.#fingerprints[slot] !== fingerprint) slot = (slot + 1) % slots;
    return { slot, fingerprint };
  }
}
