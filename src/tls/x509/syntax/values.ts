import { DerError, type DerElement } from '../der.js';
import { TAG } from '../encoding.js';
import { bitsIn, boolean, integer, objectIdentifier, type Syntax } from './parts.js';

const SET = 0x31;
const CLASS = 0xc0;
const CONSTRUCTED = 0x20;

function has(isRight: (length: number) => boolean, what: string): Syntax {
  return ({ length }) => {
    if (!isRight(length)) throw new DerError(`${what} has an invalid length`);
  };
}

/** By tag. Values of other types can have any content. */
const SYNTAX: Readonly<Partial<Record<number, Syntax>>> = {
  [TAG.boolean]: boolean,
  [TAG.integer]: integer,
  [TAG.bitString]: bitsIn,
  0x05: has((length) => length === 0, 'a NULL'),
  [TAG.oid]: objectIdentifier,
  /** ENUMERATED. */
  0x0a: integer,
  [TAG.utcTime]: has((length) => length >= 13, 'a UTCTime'),
  [TAG.generalizedTime]: has((length) => length >= 15, 'a GeneralizedTime'),
  0x1c: has((length) => length % 4 === 0, 'a UniversalString'),
  0x1e: has((length) => length % 2 === 0, 'a BMPString'),
};

/**
 * Reads a value whose type is known only from its tag. Like OpenSSL, this does not check whether the characters of a
 * string exist.
 * @throws {DerError} if it is not valid
 */
export function readValue({ tag, content }: DerElement): void {
  if ((tag & CLASS) !== 0) return;
  const isStructure = (tag | CONSTRUCTED) === TAG.sequence || (tag | CONSTRUCTED) === SET;
  const isConstructed = (tag & CONSTRUCTED) !== 0;
  if (isStructure !== isConstructed) {
    throw new DerError(
      isConstructed ? 'a constructed value is not a SEQUENCE or SET' : 'a SEQUENCE or SET is primitive',
    );
  }
  SYNTAX[tag]?.(content);
}
