import type { webcrypto } from 'node:crypto';

/**
 * `@peculiar/x509` names the WebCrypto types as a browser has them, globally. Node has the same types under
 * `node:crypto`; this joins them, without letting the whole of the DOM into the project.
 */
declare global {
  type Algorithm = webcrypto.Algorithm;
  type Crypto = webcrypto.Crypto;
  type CryptoKey = webcrypto.CryptoKey;
  type CryptoKeyPair = webcrypto.CryptoKeyPair;
  type EcdsaParams = webcrypto.EcdsaParams;
  type EcKeyGenParams = webcrypto.EcKeyGenParams;
  type RsaHashedKeyGenParams = webcrypto.RsaHashedKeyGenParams;
  type RsaPssParams = webcrypto.RsaPssParams;
}
