/** What an alert in place of a handshake means, where it says more than that there is none. */
export interface AlertMeaning {
  /** The end of a sentence. */
  readonly says: string;
  readonly remedy: string;
}

const CHANGED_ON_THE_WAY =
  'Compare from another network: something on the way may change or inspect TLS. If the server answers so everywhere, update its TLS library, or whatever ends TLS in front of it.';

const LIBRARY =
  'The two TLS libraries do not understand each other: update that of the server, or whatever ends TLS in front of it, and look at settings that switch extensions on or off.';

const OF_A_CERTIFICATE: AlertMeaning = {
  says: 'it speaks of a certificate of the client, and has asked for none',
  remedy:
    "The server's log says which certificate it means. Look for a proxy that ends TLS in front of it and has none, or a wrong one, for the server behind it.",
};

/**
 * By number (RFC 8446 section 6.2, RFC 5246 section 7.2.2, RFC 7507, RFC 7301 and RFC 6066). Those about the version, the
 * cipher suites, the name and a certificate that was asked for are judged by more than the alert, and not here.
 */
const MEANINGS: Readonly<Record<number, AlertMeaning>> = {
  10: {
    says: 'it did not expect what it received at this point of the handshake',
    remedy: CHANGED_ON_THE_WAY,
  },
  20: { says: 'what it received was damaged, or was encrypted with another key', remedy: CHANGED_ON_THE_WAY },
  21: { says: 'it could not decrypt what it received', remedy: CHANGED_ON_THE_WAY },
  22: { says: 'what it received was longer than a record may be', remedy: CHANGED_ON_THE_WAY },
  41: OF_A_CERTIFICATE,
  42: OF_A_CERTIFICATE,
  43: OF_A_CERTIFICATE,
  44: OF_A_CERTIFICATE,
  45: OF_A_CERTIFICATE,
  46: OF_A_CERTIFICATE,
  47: { says: 'a value in the handshake is none that it takes', remedy: LIBRARY },
  48: OF_A_CERTIFICATE,
  49: {
    says: 'it knows who asks, and does not let them in',
    remedy: "A rule of the server turns this client away; its log says which. Allow the runner's address.",
  },
  50: { says: 'it could not read what it received', remedy: LIBRARY },
  51: { says: 'a signature or a key in the handshake did not hold', remedy: CHANGED_ON_THE_WAY },
  80: {
    says: 'something failed on its own side',
    remedy:
      "Look into the server's log at the time of the run: a certificate or key that cannot be read or do not fit, a key store, session cache or OCSP responder out of reach, memory that is used up, or a TLS library that lacks what the configuration wants.",
  },
  86: {
    says: 'it takes this handshake for a second try with an older version than both sides speak',
    remedy:
      'The gate makes no such try: look for a proxy on the way that does, or that holds the version of TLS down, and have it let the newer ones through.',
  },
  90: {
    says: 'it gave up, for a reason that has nothing to do with TLS',
    remedy: "The server's log may say why: it was stopped, or somebody ended the connection.",
  },
  109: {
    says: 'it misses an extension in the handshake',
    remedy: `${LIBRARY} Where the endpoint is addressed by its IP address, no name is sent (SNI): set \`servername\` to one.`,
  },
  110: { says: 'the handshake has an extension that it does not take there', remedy: LIBRARY },
  113: {
    says: 'the OCSP response about a certificate is none that it takes',
    remedy: 'Look at the OCSP stapling of the server, and of whatever ends TLS in front of it.',
  },
  114: {
    says: 'the hash of a certificate is not what it was said to be',
    remedy: CHANGED_ON_THE_WAY,
  },
  115: {
    says: 'it wants a key that both sides have beforehand (PSK)',
    remedy: 'Have the server authenticate itself with a certificate: mail clients have no pre-shared keys.',
  },
  120: {
    says: 'it wants another application protocol (ALPN) to be named, and for SMTP there is none to name',
    remedy:
      'Check host and port: a server of another protocol (HTTPS), or a proxy that sorts connections by ALPN, answers there. Have it let connections without ALPN through to the mail server.',
  },
};

/** What an alert means, if it is one of those that say it by themselves. */
export function meaningOfAlert(number: number): AlertMeaning | undefined {
  return MEANINGS[number];
}
