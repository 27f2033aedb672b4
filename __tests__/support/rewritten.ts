import { generateKeyPairSync, sign } from 'node:crypto';
import type { Identity } from '../../src/servers/pki.js';
import { derWithin } from '../../src/tls/x509/der.js';

/*
 * Certificates that no honest software issues: octets of a good one are written over, and what comes of it is signed
 * again, so that only its encoding is to blame.
 */

/** Writes over octets of a TBSCertificate, in place. */
export type Change = (tbs: Buffer) => void;

/**
 * @param identity what a good issuer made
 * @param issuer who signs it again; with ECDSA and SHA-256
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

/** A curve, or the parameters of P-256 in place of its name. */
export type OddCurve = 'brainpoolP256r1' | 'secp256k1' | 'explicit';

/**
 * The same certificate for a new key on a curve that WebCrypto does not know.
 * @param issuer who signs it again; by default it signs itself
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

/** Makes another certificate of the same name and key: writes over the first octets of the serial number. */
export function numbered(serial: number): Change {
  // Behind the header, the version and the header of the number.
  return (tbs) => tbs.writeUInt16BE(0x4000 + serial, 4 + 5 + 2);
}

/** Leaves everything as it is, but for the signature. */
export const unchanged: Change = () => undefined;

/** Writes octets over those that stand so far behind an extension's identifier. */
export function behindExtension(id: string, distance: number, octets: string): Change {
  const needle = Buffer.from(id, 'hex');
  return (tbs) => {
    const at = tbs.indexOf(needle);
    if (at < 0) throw new RangeError(`no extension ${id}`);
    Buffer.from(octets, 'hex').copy(tbs, at + needle.length + distance);
  };
}

/** Writes over the month of notBefore or notAfter. */
export function month(which: 'notBefore' | 'notAfter', digits: string): Change {
  return (tbs) => tbs.write(digits, dateIn(tbs, which) + 2, 'latin1');
}

/** Writes over the two digits of the year of notBefore or notAfter. */
export function year(which: 'notBefore' | 'notAfter', digits: string): Change {
  return (tbs) => tbs.write(digits, dateIn(tbs, which), 'latin1');
}

function dateIn(tbs: Buffer, which: 'notBefore' | 'notAfter'): number {
  const utcTime = Buffer.from('170d', 'hex');
  const notBefore = tbs.indexOf(utcTime) + utcTime.length;
  return which === 'notBefore' ? notBefore : tbs.indexOf(utcTime, notBefore) + utcTime.length;
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
