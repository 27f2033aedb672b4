import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import type { Hop } from '../../message/trace.js';
import { brief } from '../../text/peer.js';
import { differentSuites } from '../../tls/cipher-names.js';
import type { Visit } from '../visit.js';

/** What is known of the session in which the message was handed over. */
export type OwnSession = Pick<Visit, 'endpoint' | 'ehlo' | 'localAddress' | 'greeting' | 'tls'>;

/**
 * Judges the hop that took the message from us: it must say that TLS was there (RFC 3848), and where it names version
 * and cipher suite, those of our session. Every server writes its line above those that are there, and the gate
 * writes none, so that hop is the lowest, unless its server keeps it to itself; what filters and later servers did
 * above it is not in question.
 * @param hops in the order of the message
 */
export function judgeHop(session: OwnSession, hops: readonly Hop[]): KnownFinding[] {
  const hop = hops.at(-1);
  if (!hop) return [finding('delivery-hop-unproved', 'The message has no Received line.')];
  const received = brief(hop.raw);
  const unproved = (why: string): KnownFinding[] => [
    finding('delivery-hop-unproved', `The first Received line ${why}: "${received}".`, { evidence: { received } }),
  ];
  if (!tookItFromUs(hop, session)) return unproved('is not that of the server that took the message from the gate');
  if (hop.tls) return differences(session, hop);
  switch (channelOf(hop.with ?? '')) {
    case 'encrypted':
      return [];
    case 'clear':
      return [
        finding('delivery-hop-unencrypted', `The server says that it took the message without TLS: "${received}".`, {
          evidence: { received, with: brief(hop.with ?? '') },
        }),
      ];
    case 'unknown':
      return unproved('names no protocol by which the gate hands a message over');
  }
}

/**
 * The client by the name or the address that we go by, or else the server by a name that we know it by; but a line
 * that a server wrote when it handed the message to itself, as behind a content filter, is about no client of ours.
 */
function tookItFromUs({ from = '', by = '' }: Hop, session: OwnSession): boolean {
  const { endpoint, ehlo, localAddress, greeting } = session;
  const client = wordsOf(from);
  const ours = wordsOf([ehlo, localAddress].join(' '));
  if (client.some((word) => ours.includes(word))) return true;
  const [, greeter = ''] = greeting?.split(' ', 2) ?? [];
  const server = wordsOf([endpoint.host, endpoint.servername, greeter].join(' '));
  const itself = ['localhost', '127.0.0.1', '::1', ...server, ...wordsOf(by)];
  return (
    client.length > 0 &&
    !client.some((word) => itself.includes(word)) &&
    wordsOf(by).some((word) => server.includes(word))
  );
}

/** Names and addresses in a clause, without what servers put around them. */
function wordsOf(clause: string): readonly string[] {
  return clause
    .toLowerCase()
    .split(/[\s()[\]<>,;="]+/)
    .map((word) => word.replace(/^(?:ipv6:)?(?:::ffff:(?=\d+\.))?|\.$/g, ''))
    .filter((word) => word !== '');
}

/**
 * The protocols of RFC 3848 and RFC 6531 section 4.3, and those that servers made up beside them. LMTP in the clear is
 * none by which the gate hands over: that line is of a server behind one that writes none.
 */
function channelOf(protocol: string): 'encrypted' | 'clear' | 'unknown' {
  if (/^(?:utf8)?(?:e?smtp|lmtp)sa?(?= |$)/i.test(protocol)) return 'encrypted';
  return /^(?:(?:utf8)?e?smtpa?|asmtp|microsoft smtp server)(?= |$)/i.test(protocol) ? 'clear' : 'unknown';
}

/** What the hop says of its TLS session and what the gate knows of its own; none where they are one, or may be. */
function differences({ tls: session }: OwnSession, { tls, raw }: Hop): KnownFinding[] {
  if (!session || !tls) return [];
  const named = [
    ...(tls.version !== undefined && tls.version !== session.version ? [tls.version] : []),
    ...(tls.cipher !== undefined && differentSuites(tls.cipher, session.cipher) ? [tls.cipher] : []),
  ];
  if (named.length === 0) return [];
  const wanted = `${session.version} ${session.cipher}`;
  const found = brief(named.join(' '));
  return [
    finding('delivery-hop-mismatch', `The server names ${found}; the session with the gate is ${wanted}.`, {
      evidence: { wanted, found, received: brief(raw) },
    }),
  ];
}
