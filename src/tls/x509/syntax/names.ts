import { DerError, derElements, type DerElement } from '../der.js';
import { TAG } from '../encoding.js';
import { TYPE, listOf, objectIdentifier, only, sequenceOf, type Syntax } from './parts.js';
import { textOf } from './texts.js';
import { readValue } from './values.js';

/** Context tags of a GeneralName (RFC 5280 section 4.2.1.6). */
export const NAME_TAG = {
  otherName: 0xa0,
  rfc822Name: 0x81,
  dnsName: 0x82,
  x400Address: 0xa3,
  directoryName: 0xa4,
  ediPartyName: 0xa5,
  uri: 0x86,
  ipAddress: 0x87,
  registeredId: 0x88,
} as const;

const SET = 0x31;

/** BIT STRING, UTF8String, NumericString, PrintableString, TeletexString, IA5String, UniversalString, BMPString, and a SEQUENCE. */
const VALUES: readonly number[] = [TAG.bitString, 0x0c, 0x12, 0x13, 0x14, 0x16, 0x1c, 0x1e, TAG.sequence];

/** What a relative distinguished name consists of (RFC 5280 section 4.1.2.4). */
export const attributes = listOf('a distinguished name has', TAG.sequence, (content) => {
  const [type, value, ...others] = derElements(content);
  if (type?.tag !== TAG.oid || !value || others.length > 0) throw new DerError('an attribute has no type or no value');
  objectIdentifier(type.content);
  if (!VALUES.includes(value.tag)) throw new DerError('an attribute has a value of an unknown type');
  readValue(value);
  textOf(value);
});

const relativeNames = listOf('a distinguished name has', SET, attributes);

const directoryName = only('a directoryName has', ({ tag, content }) => {
  if (tag !== TAG.sequence) throw new DerError('a directoryName is not a SEQUENCE');
  relativeNames(content);
});

const partyName = only('an ediPartyName has', (value) => {
  if (![0x0c, 0x13, 0x14, 0x1c, 0x1e].includes(value.tag)) throw new DerError('an ediPartyName is not a text');
  readValue(value);
});

/** By tag. Those that are missing can have any content. */
const SYNTAX: Readonly<Partial<Record<number, Syntax>>> = {
  [NAME_TAG.otherName]: sequenceOf('an otherName has', [
    TYPE,
    { tag: 0xa0, syntax: only('an otherName has', readValue), isRequired: true },
  ]),
  [NAME_TAG.directoryName]: directoryName,
  [NAME_TAG.ediPartyName]: sequenceOf('an ediPartyName has', [
    { tag: 0xa0, syntax: partyName },
    { tag: 0xa1, syntax: partyName, isRequired: true },
  ]),
  [NAME_TAG.registeredId]: objectIdentifier,
};

/** @throws {DerError} if it is not a GeneralName */
export function readGeneralName({ tag, content }: DerElement): void {
  if (!Object.values<number>(NAME_TAG).includes(tag)) throw new DerError('a name has an unknown type');
  SYNTAX[tag]?.(content);
}

export const generalNames: Syntax = (content) => {
  derElements(content).forEach(readGeneralName);
};
