import { generateKeyPairSync, sign } from 'node:crypto';
import type { Identity } from '../../src/servers/pki.js';
import { derElements, derWithin } from '../../src/tls/x509/der.js';

/*
 * Certificates that no correct software issues: bytes of a valid one are overwritten, and the result is signed again,
 * so that only its encoding is wrong.
 */

/** Overwrites bytes of a TBSCertificate in place. */
export type Change = (tbs: Buffer) => void;

/**
 * @param identity a valid certificate
 * @param issuer the CA that signs it again, with ECDSA and SHA-256
 * @param sends what the server sends after it
 */
export function rewritten(
  identity: Identity,
  issuer: Identity,
  change: Change,
  sends: readonly Identity[] = [issuer],
): Identity {
  const changed = tbsOf(identity);
  change(changed);
  return signed(identity, changed, issuer.key, sends);
}

/** A curve, or the explicit parameters of P-256. */
export type OddCurve = 'brainpoolP256r1' | 'secp224r1' | 'secp256k1' | 'explicit';

/**
 * The same certificate for a new key on a curve that WebCrypto does not know.
 * @param issuer the CA that signs it again; default: self-signed
 * @param sends what the server sends after it
 */
export function onCurve(
  identity: Identity,
  curve: OddCurve,
  issuer?: Identity,
  sends: readonly Identity[] = [],
): Identity {
  const { publicKey, privateKey } =
    curve === 'explicit'
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' })
      : generateKeyPairSync('ec', { namedCurve: curve });
  const parts = derWithin(tbsOf(identity)).map(({ whole }) => whole);
  // Version, serial number, signature, issuer, validity and subject come before it (RFC 5280 section 4.1).
  parts.splice(6, 1, publicKey.export({ type: 'spki', format: 'der' }));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ...signed(identity, element(0x30, Buffer.concat(parts)), issuer?.key ?? key, sends), key };
}

function tbsOf(identity: Identity): Buffer {
  const [tbs] = derWithin(identity.certificate.raw);
  if (!tbs) throw new RangeError('a certificate without parts');
  return Buffer.from(tbs.whole);
}

function signed(identity: Identity, tbs: Buffer, key: string, sends: readonly Identity[]): Identity {
  const [, algorithm] = derWithin(identity.certificate.raw);
  if (!algorithm) throw new RangeError('a certificate without parts');
  const signature = element(0x03, Buffer.concat([Buffer.of(0), sign('sha256', tbs, key)]));
  const cert = pem(element(0x30, Buffer.concat([tbs, algorithm.whole, signature])));
  return { ...identity, cert, chain: [cert, ...sends.map((other) => other.cert)].join('') };
}

/** Creates a different certificate with the same name and key: overwrites the first bytes of the serial number. */
export function numbered(serial: number): Change {
  // After the header, the version and the header of the number.
  return (tbs) => tbs.writeUInt16BE(0x4000 + serial, 4 + 5 + 2);
}

/** Changes nothing except the signature. */
export const unchanged: Change = () => undefined;

/** Overwrites bytes at this distance after the identifier of an extension. */
export function behindExtension(id: string, distance: number, octets: string): Change {
  const needle = Buffer.from(id, 'hex');
  return (tbs) => {
    const at = tbs.indexOf(needle);
    if (at < 0) throw new RangeError(`no extension ${id}`);
    Buffer.from(octets, 'hex').copy(tbs, at + needle.length + distance);
  };
}

/** Overwrites the month of notBefore or notAfter. */
export function month(which: 'notBefore' | 'notAfter', digits: string): Change {
  return (tbs) => dateIn(tbs, which).write(digits, 2, 'latin1');
}

/** Overwrites the two-digit year of notBefore or notAfter. */
export function year(which: 'notBefore' | 'notAfter', digits: string): Change {
  return (tbs) => dateIn(tbs, which).write(digits, 'latin1');
}

/** The characters of a date, in place. It is the fifth element (RFC 5280 section 4.1). */
function dateIn(tbs: Buffer, which: 'notBefore' | 'notAfter'): Buffer {
  const validity = derWithin(tbs)[4];
  const date = validity && derElements(validity.content)[which === 'notBefore' ? 0 : 1];
  if (!date) throw new RangeError('a certificate without dates');
  return date.content;
}

/** PEM of a certificate's DER. */
export function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** One element of DER. @param content less than 64 KiB */
export function element(tag: number, content: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length);
  const head = content.length < 0x80 ? Buffer.of(tag, content.length) : Buffer.of(tag, 0x82, ...length);
  return Buffer.concat([head, content]);
}
