import type { CauseOf } from '../../findings/catalog.js';
import { finding } from '../../findings/finding.js';
import { PORTS } from '../../plan/schema/enums.js';
import { decodeBytes, excerpt } from '../../text/peer.js';
import { isMailPortWithHttp, protocolOf } from '../capability/other-protocol.js';
import type { Context } from '../context.js';
import { stopped, type Stopped } from '../hand-over.js';
import { exactly, own } from '../../text/own.js';

/** Ports whose kind of TLS is fixed (RFC 8314 section 7.3, RFC 6409 section 3.1). */
const OF_PORT: Readonly<Partial<Record<number, CauseOf<'plaintext-on-implicit-port'>>>> = {
  [PORTS.implicit]: 'on-port-465',
  [PORTS.submission]: 'on-starttls-port',
  [PORTS.mx]: 'on-starttls-port',
};

/** Their servers reply to the ClientHello. */
const CLIENT_SPEAKS_FIRST = ['HTTP', 'Redis', 'AMQP', 'XMPP'];

/** The finding for unencrypted data: with implicit TLS, nothing precedes the handshake (RFC 8314 section 3.3). */
export function judgePlaintext(
  { endpoint, transcript }: Pick<Context, 'endpoint' | 'transcript'>,
  bytes: Buffer,
): Stopped {
  const said = decodeBytes(bytes).trimEnd();
  const { before, replies } = withoutRepetition(said);
  for (const text of [...before, ...replies]) transcript.add('server', text);
  const [firstLine = ''] = said.split(/\r?\n/, 1);
  const sends = own`Port ${endpoint.port} sends unencrypted data instead of TLS: "${excerpt(firstLine)}".`;
  const evidence = { data: excerpt(before.join('\r\n')) };
  const code = 'plaintext-on-implicit-port';
  const protocol = protocolOf(said);
  if (protocol !== undefined) {
    const isSpokenTo = CLIENT_SPEAKS_FIRST.includes(exactly(protocol));
    const ofProtocol = isSpokenTo ? 'client-speaks-first' : 'other-protocol';
    const cause = isMailPortWithHttp(protocol, endpoint.port) ? 'http-on-mail-port' : ofProtocol;
    const details = { evidence: { ...evidence, protocol }, cause } as const;
    return stopped(finding(code, own`${sends} The server speaks ${protocol}.`, details));
  }
  if (!/^[45]\d\d([ -]|\r|$)/.test(said)) {
    const cause = OF_PORT[endpoint.port];
    return stopped(finding(code, sends, { evidence, ...(cause && { cause }) }));
  }
  const rejected = own`${sends} The server rejects this client before TLS.`;
  return stopped(finding(code, rejected, { evidence, cause: 'rejected' }), { transient: said.startsWith('4') });
}

/** A server that takes the ClientHello for commands sends the same reply again and again, which says nothing. */
function withoutRepetition(said: string): { readonly before: readonly string[]; readonly replies: readonly string[] } {
  const lines = said.split('\r\n');
  const at = lines.findIndex((line, index) => index > 0 && line === lines[index + 1]);
  if (at < 0) return { before: [said], replies: [] };
  return { before: lines.slice(0, at), replies: [lines.slice(at).join('\r\n')] };
}
