import { handshakeCommand } from '../curl.js';
import {
  anyTlsCommand,
  clientCertificateCommand,
  caTextCommand,
  certificateCommand,
  chainTextCommand,
  keyIdsCommand,
  largeHelloCommand,
  opensslCommand,
  opensslUntilClosed,
  pinCommand,
  purposeCommand,
} from '../openssl.js';
import type { Commands } from '../subject.js';

/** The TLS session, and the certificates of the server. */
export const TLS_COMMANDS = {
  /** The TLS session: handshake, certificates and their verification. */
  openssl: (endpoint, { address }) => opensslCommand(endpoint, address),
  /** The same, and like the gate, it accepts an intermediate as a trusted CA. */
  'openssl-partial-chain': (endpoint, { address }) => opensslCommand(endpoint, address, '-partial_chain'),
  'implicit-tls': (endpoint, { address }) => opensslCommand({ ...endpoint, transport: 'implicit' }, address),
  /** The same, until the server closes the connection. */
  'tls-until-closed': (endpoint, { address }) => opensslUntilClosed(endpoint, address),
  'with-client-certificate': (endpoint, subject) => clientCertificateCommand(endpoint, subject),
  /** Whether the TLS handshake ends within the timeout of the gate. */
  'handshake-in-time': (endpoint, { address }) => handshakeCommand(endpoint, address),
  /** The same, with a large ClientHello. */
  'large-hello': (endpoint, { address }) => largeHelloCommand(endpoint, address),
  /** What the server selects if every TLS version and cipher suite is allowed. */
  'any-tls': (endpoint, { address }) => anyTlsCommand(endpoint, address),
  pin: (endpoint, { address }) => pinCommand(endpoint, address),
  /** The key identifiers of all certificates that the server sends. */
  'key-ids': (endpoint, { address }) => keyIdsCommand(endpoint, address),
  /** The keys, signatures, dates and limits of all certificates that the server sends. */
  'chain-text': (endpoint, { address }) => chainTextCommand(endpoint, address),
  /** The same for the certificates in `ca`. */
  'ca-text': (endpoint) => caTextCommand(endpoint),
  /** One part of the server's certificate. */
  'certificate-names': (endpoint, { address }) => certificateCommand(['-ext', 'subjectAltName'], endpoint, address),
  'certificate-purpose': (endpoint, { address }) => purposeCommand(endpoint, address),
  'certificate-text': (endpoint, { address }) => certificateCommand(['-text'], endpoint, address),
} as const satisfies Commands;
