/** Fields of evidence that several findings have, with a description of each (Markdown). */
const SHARED = {
  detail: 'how the connection ended, or the system error code',
  address: 'the IP address that was tried',
  awaited: 'the reply that the gate waited for',
  worksAt: 'the IP address or port of the same host that passes this step in the same run',
  reached: 'the latest step in which an earlier attempt failed; the server passed the steps before it then',
  earlierAwaited: 'the reply that the gate waited for in that attempt',
  earlierDetail: 'how the connection ended in that attempt, or the system error code',
  received: 'the part of the reply that arrived',
  reply: 'the reply of the server',
  helo: 'the reply to HELO',
  greeting: 'the greeting, if it is overwritten with asterisks',
  line: 'the line that the server sent',
  data: 'the data that arrived',
  protocol: 'the protocol that the server speaks',
  waited: 'how long the gate waited',
  attemptLimit: 'the time limit of the whole attempt, if that was reached',
  capabilities: 'the capabilities in the reply to EHLO',
  masked: 'the keywords that are overwritten',
  mechanism: 'the SASL mechanism that was tried',
  saslError: 'the error that the server reports within the mechanism',
  fault: 'what was wrong in the SASL exchange',
  sent: 'what the probe sent',
  alert: 'the number of the TLS alert',
  name: 'the name of the TLS alert',
  reason: 'a description of the reason',
  code: 'the error code of the TLS library',
  required: 'the required value',
  subject: 'the subject of the certificate',
  issuer: 'the issuer of the certificate',
  openssl: "OpenSSL's error for the chain",
  missingIssuer: 'the issuer whose certificate was not sent',
  caIssuers: "the URL of the issuer's certificate, from the certificate; the gate does not fetch it",
  nameConflict: 'set if a trusted CA has the name of the issuer, but a different key',
  issuerKeyId: 'the identifier of the key that signed the certificate (authority key identifier)',
  sentKeyId: 'the identifier of the key in the certificate that was sent as its issuer (subject key identifier)',
  certificatesSent: 'how many certificates were sent',
  chain: 'the certificates that the server sends: subject, issuer, last day, and whether it is a CA',
  trusted: 'the trusted CAs, and where they come from',
  root: 'the private root at which the chain ends',
  inspector: 'the product that inspects TLS whose name an issuer has',
  rootSha256: 'the SHA-256 fingerprint of that root',
  badIssuer: 'the issuer that is not valid, or must not issue the certificate below it',
  issuerValidTo: "the notAfter date of the issuer's certificate",
  expected: 'the expected name',
  names: 'the subject alternative names',
  pin: "the pin of the server's key",
  withoutSni: 'the SHA-256 fingerprint of the certificate that the server sends without a server name (SNI)',
  validFrom: 'the notBefore date',
  validTo: 'the notAfter date',
  now: 'the time of the test',
  keyType: 'with `tls.check: both` or `all`, the key type of the other certificate',
  messageId: 'the Message-ID of the test message',
  check: 'SPF, DKIM or DMARC',
  authservId: 'the receiver whose results are used',
  finding: 'the code of the finding that this one refers to',
  until: 'the last day of the waiver',
} as const;

type SharedField = keyof typeof SHARED;

/** The fields about an earlier attempt. */
export const EARLIER = ['reached', 'earlierAwaited', 'earlierDetail'] as const;

/** Some of the shared fields of evidence. */
export function fields<Field extends SharedField>(...names: readonly Field[]): Pick<typeof SHARED, Field> {
  return Object.fromEntries(names.map((name) => [name, SHARED[name]])) as Pick<typeof SHARED, Field>;
}
