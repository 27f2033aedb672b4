import type { Cause } from '../../findings/catalogue.js';

/** What an alert during a handshake says about the cause. */
export interface AlertMeaning {
  /** The end of a sentence. */
  readonly meaning: string;
  readonly cause: Cause<'tls-handshake-failed'>;
}

/** In transit, something changed the handshake. */
const CHANGED = 'changed-in-transit';
const INCOMPATIBLE = 'incompatible-library';

/**
 * By number (RFC 8446 section 6.2, RFC 5246 section 7.2.2, RFC 7507, RFC 7301 and RFC 6066). Alerts about the version, the
 * cipher suites, the server name and a requested certificate need more than the alert to judge, and are not here.
 */
const MEANINGS: Readonly<Record<number, AlertMeaning>> = {
  10: { meaning: 'it did not expect the message that it received at this point of the handshake', cause: CHANGED },
  20: { meaning: 'the data that it received was damaged, or encrypted with another key', cause: CHANGED },
  21: { meaning: 'it could not decrypt the data that it received', cause: CHANGED },
  22: { meaning: 'it received a record that is too long', cause: CHANGED },
  47: { meaning: 'it does not accept a value in the handshake', cause: INCOMPATIBLE },
  49: { meaning: 'it recognizes the client, but denies access', cause: 'access-denied' },
  50: { meaning: 'it could not parse the data that it received', cause: INCOMPATIBLE },
  51: { meaning: 'a signature or a key in the handshake was not valid', cause: CHANGED },
  80: { meaning: 'it had an internal error', cause: 'server-error' },
  86: {
    meaning: 'it assumes that this handshake is a second attempt with an older version than both sides support',
    cause: 'downgrade',
  },
  90: { meaning: 'it canceled the handshake for a reason other than TLS', cause: 'server-closed' },
  109: { meaning: 'an extension that it requires is missing from the handshake', cause: 'missing-extension' },
  110: { meaning: 'the handshake has an extension that it does not accept there', cause: INCOMPATIBLE },
  113: { meaning: 'it does not accept the OCSP response about a certificate', cause: 'ocsp-response' },
  114: { meaning: 'the hash of a certificate is not the expected one', cause: CHANGED },
  115: { meaning: 'it requires a key that both sides have in advance (PSK)', cause: 'pre-shared-key' },
  120: {
    meaning: 'it requires an application protocol (ALPN), but SMTP has none',
    cause: 'application-protocol',
  },
};

/** Alerts about a client certificate. */
const OF_A_CERTIFICATE: readonly number[] = [41, 42, 43, 44, 45, 46, 48];

/** What an alert means, if the alert alone says it. */
export function meaningOfAlert(number: number): AlertMeaning | undefined {
  if (!OF_A_CERTIFICATE.includes(number)) return MEANINGS[number];
  return {
    meaning: 'it reports an error of a client certificate, but did not request one',
    cause: 'certificate-alert',
  };
}
