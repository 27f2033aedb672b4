import { hash, randomBytes } from 'node:crypto';

/** Hexadecimal digits of a fingerprint: 48 bits, of which ten thousand have two alike once in a million times. */
const DIGITS = 12;

/**
 * Counts how often each of many texts is there, and keeps a fingerprint of each and no text: some twenty octets,
 * however long it is.
 */
export class Tally {
  /** Without it, somebody could choose texts that are all looked for in the same place. */
  readonly #salt = randomBytes(8).toString('hex');
  /** Each where its fingerprint says, or in the next free slot; 0 is free. */
  readonly #fingerprints: Float64Array;
  readonly #counts: Uint32Array;

  /** @param most texts that are ever added */
  constructor(most: number) {
    // So many that a free one is never far away, and that there is always one.
    const slots = 2 * most + 1;
    this.#fingerprints = new Float64Array(slots);
    this.#counts = new Uint32Array(slots);
  }

  /** @returns how often the text is there now */
  add(text: string): number {
    const { slot, fingerprint } = this.#find(text);
    const count = (this.#counts[slot] ?? 0) + 1;
    this.#fingerprints[slot] = fingerprint;
    this.#counts[slot] = count;
    return count;
  }

  /** How often the text is there. */
  count(text: string): number {
    return this.#counts[this.#find(text).slot] ?? 0;
  }

  #find(text: string): { slot: number; fingerprint: number } {
    const fingerprint = 1 + Number.parseInt(hash('sha256', this.#salt + text).slice(0, DIGITS), 16);
    const slots = this.#fingerprints.length;
    let slot = fingerprint % slots;
    while (this.#fingerprints[slot] !== 0 && this.#fingerprints[slot] !== fingerprint) slot = (slot + 1) % slots;
    return { slot, fingerprint };
  }
}
