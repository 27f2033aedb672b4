import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { authority } from '../../findings/commands/shell.js';
import { PORTS } from '../../plan/schema/enums.js';
import { excerpt } from '../../text/peer.js';
import type { Context } from '../context.js';
import { protocolOf } from './other-protocol.js';
import { own, type OwnText } from '../../text/own.js';

/** The bytes of a TLS record before its length: its type and version. */
const TYPE_AND_VERSION_BYTES = 3;

/** Types of TLS records that a server may send first. */
const RECORDS: Readonly<Record<number, OwnText>> = { 0x15: own`a TLS alert`, 0x16: own`a TLS handshake message` };

/** Ports on which clients expect STARTTLS; 2525 is a common alternative to them. */
const STARTTLS_PORTS: readonly number[] = [PORTS.mx, PORTS.submission, 2525];

function onStarttlsPort(port: number): CauseOf<'implicit-tls-port'> | undefined {
  return STARTTLS_PORTS.includes(port) ? 'on-starttls-port' : undefined;
}

/**
 * The finding for a port that expects or starts TLS, although the endpoint is configured for STARTTLS.
 * @param said the first data from the server
 * @param greeting the first line over TLS, if it is known
 */
export function implicitTlsPort(
  { endpoint: { host, port } }: Pick<Context, 'endpoint'>,
  said: string,
  greeting?: string,
): KnownFinding {
  const start = excerpt(said.slice(0, TYPE_AND_VERSION_BYTES));
  const kind = RECORDS[said.charCodeAt(0)];
  const data = kind === undefined ? start : own`${start} (${kind})`;
  const name = authority(host, port);
  const protocol = greeting === undefined ? undefined : protocolOf(greeting);
  if (greeting !== undefined && protocol !== undefined) {
    const line = excerpt(greeting);
    const message = own`${name} uses implicit TLS, but not for SMTP: over TLS, the server speaks ${protocol} ("${line}").`;
    return finding('implicit-tls-port', message, { evidence: { data, protocol, line }, cause: 'other-protocol' });
  }
  const isSmtp = greeting !== undefined && /^\d{3}(?:[ -]|$)/.test(greeting);
  const line = greeting === undefined ? {} : { line: excerpt(greeting) };
  const overTls = greeting === undefined ? own`` : own` Over TLS, it sends "${excerpt(greeting)}".`;
  const message = own`${name} sends no unencrypted greeting; it expects implicit TLS.${overTls}`;
  const cause = isSmtp ? onStarttlsPort(port) : 'unknown-protocol';
  return finding('implicit-tls-port', message, { evidence: { data, ...line }, ...(cause && { cause }) });
}
