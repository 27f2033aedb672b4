import { constants, generateKeyPair, type KeyPairKeyObjectResult } from 'node:crypto';
import { promisify } from 'node:util';
import { element, integer, objectIdentifier, sequence } from '../../src/servers/der.js';
import type { KeyType, Signature } from '../../src/servers/pki.js';

/*
 * Key types and signatures that the demo and the self-test do not need.
 */

const generate = promisify(generateKeyPair);
const NULL = element(0x05);

/** RFC 5758 section 3.2, and for SHA-1 RFC 3279 section 2.2.3. */
const ECDSA = {
  'SHA-1': '1.2.840.10045.4.1',
  'SHA-384': '1.2.840.10045.4.3.3',
  'SHA-512': '1.2.840.10045.4.3.4',
} as const;

/** The signature of an issuer with a P-256 key. */
export function ecdsaWith(hash: keyof typeof ECDSA): Signature {
  return { algorithm: sequence(objectIdentifier(ECDSA[hash])), digest: hash.replace('-', '') };
}

export const ED25519: KeyType = {
  generate: () => generate('ed25519', {}),
  signature: { algorithm: sequence(objectIdentifier('1.3.101.112')), digest: null },
};

const rsa = (modulusLength: number) => (): Promise<KeyPairKeyObjectResult> => generate('rsa', { modulusLength });
const WITH_SHA256: Signature = {
  algorithm: sequence(objectIdentifier('1.2.840.113549.1.1.11'), NULL),
  digest: 'SHA256',
};

export const RSA_2048: KeyType = { generate: rsa(2048), signature: WITH_SHA256 };
export const RSA_1024: KeyType = { generate: rsa(1024), signature: WITH_SHA256 };

/** The hash of the message, and the hash of the mask. */
const SHA256 = sequence(objectIdentifier('2.16.840.1.101.3.4.2.1'), NULL);
const SHA256_BY_NAME = [
  element(0xa0, SHA256),
  element(0xa1, sequence(objectIdentifier('1.2.840.113549.1.1.8'), SHA256)),
];

export const RSA_PSS: KeyType = { generate: rsa(2048), signature: pss('SHA256', SHA256_BY_NAME) };
/** The default of both hashes is SHA-1. */
export const RSA_PSS_SHA1: KeyType = { generate: rsa(2048), signature: pss('SHA1', []) };

/** RSASSA-PSS (RFC 4055 section 3.1). */
function pss(digest: string, hashes: readonly Buffer[]): Signature {
  const saltLength = 32;
  const parameters = sequence(...hashes, element(0xa2, integer(saltLength)));
  return {
    algorithm: sequence(objectIdentifier('1.2.840.113549.1.1.10'), parameters),
    digest,
    how: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
  };
}
