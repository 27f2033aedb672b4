import type { Cause } from '../../findings/catalogue.js';

/** What an alert in place of a handshake means, where it says more than that there is none. */
export interface AlertMeaning {
  /** The end of a sentence. */
  readonly says: string;
  readonly cause: Cause<'tls-handshake-failed'>;
}

const OF_A_CERTIFICATE: AlertMeaning = {
  says: 'it speaks of a certificate of the client, and has asked for none',
  cause: 'certificate-alert',
};

/**
 * By number (RFC 8446 section 6.2, RFC 5246 section 7.2.2, RFC 7507, RFC 7301 and RFC 6066). Those about the version, the
 * cipher suites, the name and a certificate that was asked for are judged by more than the alert, and not here.
 */
const MEANINGS: Readonly<Record<number, AlertMeaning>> = {
  10: {
    says: 'it did not expect what it received at this point of the handshake',
    cause: 'changed-in-transit',
  },
  20: { says: 'what it received was damaged, or was encrypted with another key', cause: 'changed-in-transit' },
  21: { says: 'it could not decrypt what it received', cause: 'changed-in-transit' },
  22: { says: 'what it received was longer than a record may be', cause: 'changed-in-transit' },
  41: OF_A_CERTIFICATE,
  42: OF_A_CERTIFICATE,
  43: OF_A_CERTIFICATE,
  44: OF_A_CERTIFICATE,
  45: OF_A_CERTIFICATE,
  46: OF_A_CERTIFICATE,
  47: { says: 'a value in the handshake is none that it takes', cause: 'incompatible-library' },
  48: OF_A_CERTIFICATE,
  49: {
    says: 'it knows who asks, and does not let them in',
    cause: 'access-denied',
  },
  50: { says: 'it could not read what it received', cause: 'incompatible-library' },
  51: { says: 'a signature or a key in the handshake did not hold', cause: 'changed-in-transit' },
  80: {
    says: 'something failed on its own side',
    cause: 'server-error',
  },
  86: {
    says: 'it takes this handshake for a second try with an older version than both sides speak',
    cause: 'downgrade',
  },
  90: {
    says: 'it gave up, for a reason that has nothing to do with TLS',
    cause: 'server-closed',
  },
  109: {
    says: 'it misses an extension in the handshake',
    cause: 'missing-extension',
  },
  110: { says: 'the handshake has an extension that it does not take there', cause: 'incompatible-library' },
  113: {
    says: 'the OCSP response about a certificate is none that it takes',
    cause: 'ocsp-response',
  },
  114: {
    says: 'the hash of a certificate is not what it was said to be',
    cause: 'changed-in-transit',
  },
  115: {
    says: 'it wants a key that both sides have beforehand (PSK)',
    cause: 'pre-shared-key',
  },
  120: {
    says: 'it wants another application protocol (ALPN) to be named, and for SMTP there is none to name',
    cause: 'application-protocol',
  },
};

/** What an alert means, if it is one of those that say it by themselves. */
export function meaningOfAlert(number: number): AlertMeaning | undefined {
  return MEANINGS[number];
}
