import { finding, type KnownFinding } from '../../findings/finding.js';
import { namesIn, type Hop } from '../../message/trace.js';
import { isLoopbackOrPrivate } from '../../net/private-address.js';
import type { Delivery, Endpoint } from '../../plan/endpoint.js';
import { excerpt } from '../../text/peer.js';
import { differentSuites } from '../../tls/cipher-names.js';
import type { SignedIn } from '../hand-over.js';
import { fixed, own } from '../../text/own.js';

/** The session in which the message was submitted. */
export interface OwnSession extends Pick<SignedIn, 'greeting' | 'ehloName'> {
  readonly connection: Pick<SignedIn['connection'], 'localAddress'>;
  readonly channel: Pick<SignedIn['channel'], 'version' | 'cipher'>;
}

/** Protocols with TLS (RFC 3848, RFC 6531 section 4.3), also next to a name of the server's own. */
const WITH_TLS = /(?:^| )(?:utf8)?(?:e?smtp|lmtp)sa?(?= |$)/i;

/** Protocols without TLS that the gate uses, and names that servers invented for them. */
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

/** The gate does not use LMTP. Such a line is about a later transfer, whose client may be on the gate's machine. */
const LMTP = /(?:^| )(?:utf8)?lmtpa?(?= |$)/i;

/** The server that the message was submitted to. */
type Server = Pick<Endpoint, 'host' | 'servername'>;

/**
 * Judges the server that received the message from the gate by its Received line. The line must say that there was TLS
 * (RFC 3848). If it names version and cipher suite, they must be those of the session. The gate adds no line and each
 * server adds its own at the top, so the line is the lowest one, unless that server adds none. A line that names the gate
 * as its client is certainly about this transfer; a line known only by the name of the server may be about a later one.
 * A line that does not mention TLS proves nothing: the `with` clause is optional (RFC 5321 section 4.4).
 *
 * Behind a proxy that terminates TLS, the line is about the connection between the proxy and the server. That is a
 * warning if the line names a loopback or private address as its only client, and a notice if the configuration
 * declares the proxy.
 * @param hops in the order of the message; none if there are too many lines
 * @param lineCount how many Received lines the message has
 */
export function judgeHop(
  endpoint: Server,
  session: OwnSession,
  hops: readonly Hop[],
  { isProxied }: Pick<Delivery, 'isProxied'> = {},
  lineCount = hops.length,
): KnownFinding[] {
  const hop = hops.at(-1);
  if (!hop) {
    return [
      lineCount === 0
        ? finding('delivery-hop-unproved', own`The message has no Received line.`, {
            evidence: { received: 'none' },
            cause: 'no-line',
          })
        : finding(
            'delivery-hop-unproved',
            own`The message has ${lineCount} Received lines, so many that the gate ignores them.`,
            {
              evidence: { received: `${lineCount} lines` },
              cause: 'too-many-lines',
            },
          ),
    ];
  }
  const received = excerpt(hop.raw);
  const unproved = (why: string): KnownFinding[] => [
    finding('delivery-hop-unproved', own`The lowest Received line ${fixed(why)}: "${received}".`, {
      evidence: { received },
    }),
  ];
  const isFromUs = hasOurClient(hop, session);
  if (!isFromUs && !hasOurServer(hop, endpoint, session)) {
    return unproved('cannot be attributed to the server that received the message from the gate');
  }
  const proxy = proxyOf(hop, session);
  const isDeclared = isProxied === true && proxy !== undefined;
  if (hop.tls) return differences(session.channel, hop.tls, received, isDeclared);
  const { with: protocol = '' } = hop;
  if (WITH_TLS.test(protocol)) return [];
  if (LMTP.test(protocol) || (!isFromUs && !WITHOUT_TLS.test(protocol))) {
    return unproved('names no protocol that the gate uses');
  }
  const writesS = hop.serverComments.some((comment) => WRITES_S.test(comment));
  const meansNoTls = hop.deniesTls || EXCHANGE.test(protocol) || (writesS && ESMTP_WITHOUT_TLS.test(protocol));
  if (!meansNoTls) return unproved('does not say whether TLS was used');
  const evidence = { received, ...(protocol !== '' && { with: excerpt(protocol) }) };
  const message = own`The Received line shows that the server received the message without TLS: "${received}".`;
  if (proxy === undefined) return [finding('delivery-hop-unencrypted', message, { evidence })];
  const text = own`${message} The client in that line is ${proxy}, a loopback or private address that is not the gate's: probably a proxy that terminates TLS.`;
  return [
    finding('delivery-hop-unencrypted', text, {
      severity: isDeclared ? 'notice' : 'warning',
      evidence: { ...evidence, client: proxy },
      cause: 'behind-proxy',
    }),
  ];
}

/**
 * The client of a line, if it is a loopback or private address and not the gate's. The `from` clause also has the EHLO
 * name of the gate, which may be an address literal. With any other address in it, the client is not certain.
 */
function proxyOf({ clientAddresses }: Hop, { ehloName, connection }: OwnSession): string | undefined {
  const ours = namesIn([ehloName, connection.localAddress].join(' '));
  const others = clientAddresses.flatMap(namesIn).filter((address) => !ours.includes(address));
  return others.every(isLoopbackOrPrivate) ? others[0] : undefined;
}

/** Whether the client of the line is the gate, by its name in EHLO or its IP address. */
function hasOurClient({ clientNames }: Hop, { ehloName, connection }: OwnSession): boolean {
  const ours = namesIn([ehloName, connection.localAddress].join(' '));
  return clientNames.some((name) => ours.includes(name));
}

/**
 * Whether the server of the line is the endpoint, by one of its known names. A line whose client is the same server, as
 * after a content filter, is not about the gate.
 */
function hasOurServer({ clientNames, serverNames }: Hop, endpoint: Server, { greeting }: OwnSession): boolean {
  const [, greeter = ''] = greeting.split(' ', 2);
  const server = namesIn([endpoint.host, endpoint.servername, greeter].join(' '));
  const itself = ['localhost', '127.0.0.1', '::1', ...server, ...serverNames];
  return (
    clientNames.length > 0 &&
    !clientNames.some((name) => itself.includes(name)) &&
    serverNames.some((name) => server.includes(name))
  );
}

function differences(
  channel: OwnSession['channel'],
  { version, cipher }: NonNullable<Hop['tls']>,
  received: string,
  isDeclared: boolean,
): KnownFinding[] {
  const isOtherVersion = version !== undefined && version !== channel.version;
  const isOtherCipher = cipher !== undefined && differentSuites(cipher, channel.cipher);
  if (!isOtherVersion && !isOtherCipher) return [];
  const expected = own`${channel.version} ${channel.cipher}`;
  const found = excerpt([...(isOtherVersion ? [version] : []), ...(isOtherCipher ? [cipher] : [])].join(' '));
  const message = own`The Received line shows ${found}, but the gate's session used ${expected}.`;
  const evidence = { expected, found, received };
  return [finding('delivery-hop-mismatch', message, { evidence, ...(isDeclared && { severity: 'notice' }) })];
}
