/** Fields of evidence that several findings have, with a description of each (Markdown). */
const SHARED = {
  detail: 'how the connection ended, or the system error code',
  address: 'the IP address that was tried',
  awaited: 'the reply that the gate waited for',
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
  reason: 'the reason, in words',
  code: 'the error code of the TLS library',
  required: 'the required value',
  subject: 'the subject of the certificate',
  issuer: 'the issuer of the certificate',
  openssl: "OpenSSL's error for the chain",
  missingIssuer: 'the issuer whose certificate was not sent',
  caIssuers: "the URL of the issuer's certificate, from the certificate; the gate does not fetch it",
  nameConflict: 'that a trusted CA has the name of the issuer, but a different key',
  validFrom: 'the notBefore date',
  validTo: 'the notAfter date',
  now: 'the time of the test',
  keyType: 'with `tls.check: both`, the key type of the other certificate',
  messageId: 'the Message-ID of the test message',
  check: 'SPF, DKIM or DMARC',
  authservId: 'the receiver whose results are used',
  finding: 'the code of the finding that it is about',
  until: 'the last day of the waiver',
} as const;

type SharedField = keyof typeof SHARED;

/** Some of the shared fields of evidence. */
export function fields<Field extends SharedField>(...names: readonly Field[]): Pick<typeof SHARED, Field> {
  return Object.fromEntries(names.map((name) => [name, SHARED[name]])) as Pick<typeof SHARED, Field>;
}
