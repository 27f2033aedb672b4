/** Gives names that nobody else has. */
export class UniqueNames {
  readonly #taken: Set<string>;
  /** The last number that was appended to a name. */
  readonly #numbers = new Map<string, number>();

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** Takes a name, with a number appended if it is taken already. */
  take(usual: string): string {
    let number = this.#numbers.get(usual) ?? 1;
    let unique = usual;
    while (this.#taken.has(unique)) {
      number += 1;
      unique = `${usual} #${number}`;
    }
    this.#numbers.set(usual, number);
    this.#taken.add(unique);
    return unique;
  }
}
