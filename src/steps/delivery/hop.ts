import { finding } from '../../findings/finding.js';
import type { KnownFinding } from '../../findings/finding.js';
import { namesIn } from '../../message/trace.js';
import type { Hop } from '../../message/trace.js';
import { brief } from '../../text/peer.js';
import { differentSuites } from '../../tls/cipher-names.js';
import type { Endpoint } from '../../plan/endpoint.js';
import type { SignedIn } from '../hand-over.js';

/** What is known of the session in which the message was submitted. */
export interface OwnSession {
  readonly connection: Pick<SignedIn['connection'], 'localAddress'>;
  readonly channel: Pick<SignedIn['channel'], 'version' | 'cipher'>;
  readonly greeting: string;
  readonly ehloName: string;
}

/** The protocols with TLS (RFC 3848, RFC 6531 section 4.3), wherever a server has its own name beside them. */
const WITH_TLS = /(?:^| )(?:utf8)?(?:e?smtp|lmtp)sa?(?= |$)/i;

/** Those without it by which the gate can have handed over, and those that servers made up beside them. */
const WITHOUT_TLS = /(?:^| )(?:(?:utf8)?e?smtpa?|asmtp)(?= |$)/i;

/** ESMTP without TLS (RFC 3848, RFC 6531 section 4.3). */
const ESMTP_WITHOUT_TLS = /(?:^| )(?:esmtpa?|utf8e?smtpa?|asmtp)(?= |$)/i;

/**
 * Software that names itself in its line and writes the S of RFC 3848 whenever there is TLS, so its plain ESMTP means
 * that there was none. Other software may write ESMTP in any session (Apache James did until JAMES-3022), so its ESMTP
 * proves nothing. Plain SMTP proves nothing either: RFC 3848 only names variants of ESMTP, and Mailpit and Postal
 * always write `SMTP`.
 *
 * Sources: Postfix `src/smtpd/smtpd.c`, Exim `$received_protocol`, Sendmail `sendmail/srvrsmtp.c` (named by its versions,
 * `$v/$Z`), OpenSMTPD `smtp_session.c`, Haraka `connection.js`, Stalwart `crates/smtp/src/inbound/data.rs`. Dovecot writes
 * the S too, but does not name itself.
 */
const WRITES_S = /^(?:(?:Postfix|OpenSMTPD|Haraka|Stalwart SMTP)(?=$|[,/ ])|Exim \d|8\.\d[\w.+-]*\/8\.)/;

/** Exchange, which names version and cipher suite if there is TLS. */
const EXCHANGE = /^Microsoft SMTP Server\b/i;

/** The gate hands nothing over by it: such a line is of a hand-over behind the server, whose client may be on our machine. */
const BEHIND_THE_SERVER = /(?:^| )(?:utf8)?lmtpa?(?= |$)/i;

/**
 * Judges the hop that took the message from us: it must say that TLS was there (RFC 3848), and where it names version
 * and cipher suite, those of our session. Every server writes its line above those that are there, and the gate writes
 * none, so that hop is the lowest, unless its server keeps it to itself; what filters and later servers did above it is
 * not in question. A line that names us as the client is that of the hop; one that is known only by the server's name
 * may be about a later transfer behind it. A line that does not mention TLS proves nothing: the `with` clause is
 * optional (RFC 5321 section 4.4), and not all software names TLS in it.
 * @param hops in the order of the message
 */
export function judgeHop(
  endpoint: Pick<Endpoint, 'host' | 'servername'>,
  session: OwnSession,
  hops: readonly Hop[],
): KnownFinding[] {
  const hop = hops.at(-1);
  if (!hop) {
    const message = 'The message has no Received line, or too many to be read.';
    return [finding('delivery-hop-unproved', message, { evidence: { received: 'none' } })];
  }
  const received = brief(hop.raw);
  const unproved = (why: string): KnownFinding[] => [
    finding('delivery-hop-unproved', `The first Received line ${why}: "${received}".`, { evidence: { received } }),
  ];
  const isFromUs = hasOurClient(hop, session);
  if (!isFromUs && !hasOurServer(hop, endpoint, session)) {
    return unproved('is not that of the server that took the message from the gate');
  }
  if (hop.tls) return differences(session, hop);
  const { with: protocol = '' } = hop;
  if (WITH_TLS.test(protocol)) return [];
  if (BEHIND_THE_SERVER.test(protocol) || (!isFromUs && !WITHOUT_TLS.test(protocol))) {
    return unproved('names no protocol by which the gate hands a message over');
  }
  if (!meansNoTls(hop)) return unproved('does not say whether TLS was used');
  return [
    finding('delivery-hop-unencrypted', `The server says that it received the message without TLS: "${received}".`, {
      evidence: { received, ...(protocol !== '' && { with: brief(protocol) }) },
    }),
  ];
}

/** Whether a line without TLS says that there was none, in words or by a protocol that would be another with TLS. */
function meansNoTls({ with: protocol = '', deniesTls: inWords, serverComments }: Hop): boolean {
  const writesS = serverComments.some((comment) => WRITES_S.test(comment));
  return inWords || EXCHANGE.test(protocol) || (writesS && ESMTP_WITHOUT_TLS.test(protocol));
}

/** The client by the name or the address that we go by. */
function hasOurClient({ clientNames }: Hop, { ehloName, connection }: OwnSession): boolean {
  const ours = namesIn([ehloName, connection.localAddress].join(' '));
  return clientNames.some((name) => ours.includes(name));
}

/**
 * The server by a name that we know it by; but a line that a server wrote when it handed the message to itself, as
 * behind a content filter, is about no client of ours.
 */
function hasOurServer(
  { clientNames, serverNames }: Hop,
  endpoint: Pick<Endpoint, 'host' | 'servername'>,
  { greeting }: OwnSession,
): boolean {
  const [, greeter = ''] = greeting.split(' ', 2);
  const server = namesIn([endpoint.host, endpoint.servername, greeter].join(' '));
  const itself = ['localhost', '127.0.0.1', '::1', ...server, ...serverNames];
  return (
    clientNames.length > 0 &&
    !clientNames.some((name) => itself.includes(name)) &&
    serverNames.some((name) => server.includes(name))
  );
}

/** What the hop says of its TLS session and what the gate knows of its own; none where they are one, or may be. */
function differences({ channel }: OwnSession, { tls, raw }: Hop): KnownFinding[] {
  if (!tls) return [];
  const named = [
    ...(tls.version !== undefined && tls.version !== channel.version ? [tls.version] : []),
    ...(tls.cipher !== undefined && differentSuites(tls.cipher, channel.cipher) ? [tls.cipher] : []),
  ];
  if (named.length === 0) return [];
  const wanted = `${channel.version} ${channel.cipher}`;
  const found = brief(named.join(' '));
  return [
    finding('delivery-hop-mismatch', `The server names ${found}; the session with the gate is ${wanted}.`, {
      evidence: { expected: wanted, found, received: brief(raw) },
    }),
  ];
}
