import { inspect } from 'node:util';

/** What stands wherever a secret would have been shown. */
export const REDACTED = '<redacted>';

/**
 * A credential that cannot be printed: turned into text, JSON or a debug view it shows as `<redacted>`.
 * Only the code that hands it to a protocol, and what must recognise it (masks, the redactor, the inboxes that share a
 * login), may call {@link Secret.reveal}.
 */
export class Secret {
  readonly #value: string;

  /** @param value the credential in clear */
  constructor(value: string) {
    this.#value = value;
  }

  /** Whether it begins or ends with a blank, which nobody sees who types it in. */
  get isPadded(): boolean {
    return this.#value !== this.#value.trim();
  }

  /** Whether it is empty or contains only spaces. */
  get isBlank(): boolean {
    return this.#value.trim() === '';
  }

  /** The credential in clear, to be sent or to be recognised, and for nothing else. */
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
