/** What a field of evidence holds that several findings have; the others stand in their own entries. */
const SHARED = {
  detail: 'how the connection ended, or the word of the system for why there is none',
  address: 'the address that was tried',
  received: 'what had come of the reply',
  reply: 'the reply of the server',
  helo: 'its reply to HELO',
  greeting: 'the greeting, where it is written over with asterisks',
  line: 'the line that the server sent',
  octets: 'the octets that came',
  protocol: 'the protocol that shows itself',
  waited: 'how long the gate waited',
  attempt: 'the time that the whole attempt had, where that was what ran out',
  capabilities: 'what the answer to EHLO lists',
  masked: 'the keywords that are written over',
  mechanism: 'the SASL mechanism that was tried',
  told: 'what the server said within the mechanism',
  fault: 'what was wrong in the exchange',
  sent: 'what the probe sent',
  alert: 'the alert, by its number',
  name: 'the name of the alert',
  reason: 'why, in words',
  code: 'the code that the TLS library has for it',
  wanted: 'what is demanded',
  subject: 'the subject of the certificate',
  issuer: 'the issuer of the certificate',
  openssl: 'what OpenSSL says of the chain',
  missing: 'the issuer that no certificate was sent of',
  caIssuers: 'where the certificate says that its issuer is to be had; nobody fetches it',
  namesake: 'that a trust anchor has the name of the issuer, and another key',
  validFrom: 'the notBefore date',
  validTo: 'the notAfter date',
  now: 'the time of the test',
  keyType: 'with `tls.check: both`, the kind of key of the other certificate',
  messageId: 'the Message-ID of the probe',
  check: 'SPF, DKIM or DMARC',
  authservId: 'the receiver whose word counts',
  finding: 'the code of the finding that it is about',
  until: 'the last day of the waiver',
} as const;

type SharedField = keyof typeof SHARED;

/** Fields of evidence, each with what it holds (Markdown). */
export function fields<Field extends SharedField>(...names: readonly Field[]): Pick<typeof SHARED, Field> {
  return Object.fromEntries(names.map((name) => [name, SHARED[name]])) as Pick<typeof SHARED, Field>;
}
