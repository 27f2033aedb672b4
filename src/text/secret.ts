import { inspect } from 'node:util';

/** What stands wherever a secret would have been shown. */
export const REDACTED = '<redacted>';

/**
 * A credential that cannot be printed: turned into text, JSON or a debug view it shows as `<redacted>`.
 * Only the code that writes to the wire, and the redactor that must recognise it, may call {@link Secret.reveal}.
 */
export class Secret {
  readonly #value: string;

  /** @param value the credential in clear */
  constructor(value: string) {
    this.#value = value;
  }

  /** The credential in clear, for the wire and for nothing else. */
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
