import type { X509Certificate } from 'node:crypto';
import { DerError, oid, type DerElement } from '../der.js';
import { subjectAttributes, type Attribute } from '../distinguished-names.js';
import { encodedSubject } from '../encoding.js';
import { subjectAltNames } from '../extensions.js';
import { NAME_TAG } from '../syntax/names.js';
import { textOf } from '../syntax/texts.js';

export type Name = Pick<DerElement, 'tag' | 'content'>;

/**
 * The names of a certificate that OpenSSL compares with name constraints: the alternative names, and those in its subject.
 * @param isLeaf whether it is the certificate of the server. If that has no DNS name, OpenSSL uses its common names.
 * @throws {DerError} if OpenSSL cannot compare one
 */
export function constrainedNames(certificate: X509Certificate, isLeaf: boolean): Name[] {
  const names = subjectAltNames(certificate);
  const subject = subjectAttributes(certificate);
  const usesCommonName = isLeaf && !names.some(({ tag }) => tag === NAME_TAG.dnsName);
  return [
    ...names,
    ...(subject.length > 0 ? [{ tag: NAME_TAG.directoryName, content: encodedSubject(certificate) }] : []),
    ...subject.filter(isOf(EMAIL_ADDRESS)).map(emailAddress),
    ...(usesCommonName ? subject.filter(isOf(COMMON_NAME)).flatMap(hostName) : []),
  ];
}

const COMMON_NAME = '2.5.4.3';
const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';

function isOf(type: string): (attribute: Attribute) => boolean {
  return (attribute) => oid(attribute.type) === type;
}

const IA5_STRING = 0x16;

function emailAddress({ value: { tag, content } }: Attribute): Name {
  if (tag !== IA5_STRING) throw new DerError('an email address in the subject is not an IA5String');
  return { tag: NAME_TAG.rfc822Name, content };
}

/** Two or more labels. Like OpenSSL, this accepts an underscore. */
const HOST_NAME = /^\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)+$/;

/** A common name as a DNS name, if it looks like one. */
function hostName({ value }: Attribute): Name[] {
  const text = textOf(value);
  if (text === undefined) throw new DerError('a common name in the subject has an unusual type');
  // Like OpenSSL, this ignores NUL characters at the end.
  const [name = '', ...others] = text.split('\0');
  if (others.some((other) => other !== '')) throw new DerError('a common name in the subject contains a NUL character');
  return HOST_NAME.test(name) ? [{ tag: NAME_TAG.dnsName, content: Buffer.from(name) }] : [];
}
