import { inspect } from 'node:util';

/** Replaces a secret in text. */
export const REDACTED = '<redacted>';

/**
 * A credential that cannot be printed: as text, in JSON or in a debug view it reads `<redacted>`. Only code that sends
 * it or must recognize it (masks, the redactor, inboxes that share a login), or that reads what a token says about itself,
 * may call {@link Secret.reveal}; a test lists it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Whether it begins or ends with a space or a line break, which is easy to overlook. */
  get isPadded(): boolean {
    return this.#value !== this.#value.trim();
  }

  get isBlank(): boolean {
    return this.#value.trim() === '';
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
