import { DerError, derElements, type DerElement } from '../der.js';
import { TAG } from '../encoding.js';

/*
 * The syntax of encoded values. OpenSSL rejects an extension whose syntax is not valid, but does not always report it.
 */

/** Reads the content of an element. @throws {DerError} if it is not valid */
export type Syntax = (content: Buffer) => void;

export interface Part {
  readonly tag: number;
  readonly syntax?: Syntax;
  readonly isRequired?: true;
}

/**
 * A SEQUENCE: its parts occur in this order, each at most once.
 * @param what a clause whose object is missing, such as `the basic constraints have`
 */
export function sequenceOf(what: string, parts: readonly Part[]): Syntax {
  return (content) => {
    const elements = derElements(content);
    let at = 0;
    for (const { tag, syntax, isRequired } of parts) {
      const element = elements[at];
      if (element?.tag === tag) {
        syntax?.(element.content);
        at += 1;
      } else if (isRequired) {
        throw new DerError(`${what} a missing part, or one of an unknown type`);
      }
    }
    if (at < elements.length) throw new DerError(`${what} an unknown part`);
  };
}

/** A SEQUENCE OF or SET OF elements with this tag. */
export function listOf(what: string, tag: number, syntax?: Syntax): Syntax {
  return (content) => {
    for (const element of derElements(content)) {
      if (element.tag !== tag) throw new DerError(`${what} an element of an unknown type`);
      syntax?.(element.content);
    }
  };
}

/** Exactly one element, as within an explicit tag. */
export function only(what: string, read: (element: DerElement) => void): Syntax {
  return (content) => {
    const [element, ...others] = derElements(content);
    if (!element || others.length > 0) throw new DerError(`${what} not exactly one element`);
    read(element);
  };
}

export const boolean: Syntax = (content) => {
  if (content.length !== 1) throw new DerError('a BOOLEAN does not have one byte');
};

export const integer: Syntax = (content) => {
  const [first, second] = content;
  const isPadded = second !== undefined && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80);
  if (first === undefined || isPadded) throw new DerError('an INTEGER is empty or has superfluous bytes');
};

export const objectIdentifier: Syntax = (content) => {
  const isPadded = content.some((byte, i) => byte === 0x80 && (i === 0 || (content[i - 1] ?? 0) < 0x80));
  if (content.length === 0 || (content.at(-1) ?? 0) >= 0x80 || isPadded) {
    throw new DerError('an OBJECT IDENTIFIER is malformed');
  }
};

/** The bits of a BIT STRING, without those of its last byte that are not used. @throws {DerError} */
export function bitsIn(content: Buffer): Buffer {
  const [unused = 8, ...bytes] = content;
  if (unused > 7 || (unused > 0 && bytes.length === 0)) throw new DerError('a BIT STRING is malformed');
  return Buffer.from(bytes.map((byte, i) => (i < bytes.length - 1 ? byte : byte & (0xff << unused))));
}

/** An OBJECT IDENTIFIER that must be there. */
export const TYPE: Part = { tag: TAG.oid, syntax: objectIdentifier, isRequired: true };
