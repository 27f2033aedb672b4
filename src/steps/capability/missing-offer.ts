import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { authority } from '../../findings/commands/shell.js';
import type { Capabilities } from '../../smtp/capabilities.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import type { SmtpSession } from '../../smtp/session.js';
import type { Endpoint } from '../../plan/endpoint.js';
import { PORTS } from '../../plan/schema/enums.js';
import { domainOf } from '../../tls/names.js';
import { excerptOfList } from '../../text/peer.js';
import { beginTls } from '../connection.js';
import type { Context } from '../context.js';
import type { Connection, PlaintextDialogue } from '../hand-over.js';
import {
  inspectionAt,
  isOfCisco,
  isOnThisMachine,
  isOverwritten,
  otherNameIn,
  overwrittenGreeting,
} from './inspection.js';
import { fixed, own, type OwnText } from '../../text/own.js';
import { wordsOf } from '../reply-text.js';
import { mailCatcherIn } from './mail-catcher.js';

/**
 * Judges a reply to EHLO without STARTTLS. Sends STARTTLS anyway: if the server accepts it, and a handshake then succeeds,
 * something hides the offer.
 */
export async function judgeMissingOffer(
  context: Context,
  connection: Connection,
  session: SmtpSession,
  { greeting, capabilities }: PlaintextDialogue,
): Promise<KnownFinding> {
  const { lines, masked } = capabilities;
  const { host, port } = context.endpoint;
  const reply = await session.command('STARTTLS').catch(() => undefined);
  // The server now expects a handshake, so there must be no unencrypted QUIT.
  const handshake = reply?.code === 220 ? await tryHandshake(context, connection, session) : undefined;
  const isInspected = isOverwritten(greeting);
  const evidence = {
    capabilities: excerptOfList(lines) || 'none',
    ...(masked.length > 0 && { masked: excerptOfList(masked) }),
    ...(isInspected && { greeting }),
    ...(reply && { reply: formatReply(reply) }),
    ...(handshake !== undefined && { handshake }),
  };
  const tried = attempted(reply, handshake);
  const isLocal = isOnThisMachine(connection.address);
  const inspected = { greeting, masked, reply };
  const keyword = masked.find(({ exact }) => exact.length === 'STARTTLS'.length)?.exact;
  if (keyword !== undefined) {
    const message = own`The EHLO reply lists "${keyword}", but not STARTTLS: ${candidates(capabilities)} was probably overwritten.${overwrittenGreeting(greeting)} ${tried}`;
    const cause = isOfCisco(inspected) ? 'cisco' : isLocal ? 'overwritten-on-this-machine' : undefined;
    return finding('starttls-stripped', message, { evidence: { ...evidence, keyword }, ...(cause && { cause }) });
  }
  if (handshake !== undefined) {
    const message = own`The EHLO reply does not list STARTTLS. ${tried}`;
    return finding('starttls-stripped', message, { evidence, cause: isLocal ? 'hidden-on-this-machine' : 'hidden' });
  }
  const catcher = mailCatcherIn(greeting);
  if (catcher !== undefined) {
    const software = fixed(catcher);
    const message = own`${authority(host, port)} does not offer STARTTLS. Its greeting is that of ${software}, a test mail server.`;
    return finding('starttls-not-advertised', message, { evidence: { ...evidence, software }, cause: 'of-catcher' });
  }
  const overwritten =
    masked.length > 0
      ? own` Another keyword was probably overwritten ("${excerptOfList(masked)}"): its length differs from that of STARTTLS.`
      : own``;
  const isFiltered = isInspected || masked.length > 0;
  const answeredBy = isFiltered ? undefined : otherNameIn(greeting, host);
  const who = answeredBy === undefined ? own`` : own` The name in the greeting is ${answeredBy}.`;
  const ofProxy = answeredBy !== undefined && isOfProxy(answeredBy, context.endpoint) ? 'other-host' : undefined;
  // The words of the server say more than where it is.
  const isOff = !isFiltered && isTlsDisabled(reply);
  const said = isOff ? own` ${tried}` : own``;
  const message = own`${authority(host, port)} does not offer STARTTLS.${overwrittenGreeting(greeting)}${overwritten}${who}${said}`;
  const cause = isOff
    ? 'tls-disabled'
    : isFiltered
      ? inspectionAt(connection.address, inspected)
      : (ofProxy ?? causeOf(reply, port));
  const more = { ...evidence, host, ...(answeredBy !== undefined && { answeredBy }) };
  return finding('starttls-not-advertised', message, {
    evidence: cause === 'other-host' ? more : evidence,
    ...(cause && { cause }),
  });
}

/** What a keyword that is overwritten may have been, by its length and what is still listed. */
function candidates(capabilities: Capabilities): OwnText {
  const others = ['CHUNKING', 'SMTPUTF8', '8BITMIME'].filter((keyword) => !capabilities.has(keyword));
  if (others.length === 0) return own`it`;
  const names = new Intl.ListFormat('en', { type: 'disjunction' }).format(['STARTTLS', ...others]);
  return own`a keyword of this length (${fixed(names)})`;
}

/** Networks intercept port 25 most often. A server in the domain of the user is not the one of somebody else. */
function isOfProxy(name: string, { role, port, host, auth, delivery }: Endpoint): boolean {
  const users = [delivery?.from, auth?.username].map((address = '') => address.slice(address.lastIndexOf('@') + 1));
  return (
    role === 'mx' ||
    port === PORTS.mx ||
    users.some((user) => domainOf(user) === domainOf(name) && domainOf(user) !== domainOf(host))
  );
}

/** @returns the evidence `handshake` */
async function tryHandshake(context: Context, connection: Connection, session: SmtpSession): Promise<string> {
  if (session.detach().length > 0) return 'not possible: unencrypted data follows the 220';
  // Without a client certificate, and whatever the certificate of the server is: nothing is sent over this channel.
  const result = await beginTls(context, connection, context.run.trust.anything()).outcome;
  if (!result.ok) return 'failed';
  result.channel.stream.destroy();
  return `succeeded (${result.channel.version})`;
}

function attempted(reply: Reply | undefined, handshake: string | undefined): OwnText {
  if (!reply) return own`The gate sent STARTTLS anyway and got no usable reply.`;
  const replied = own`The gate sent STARTTLS anyway, and the server replied with "${formatReply(reply)}".`;
  if (handshake === undefined) return replied;
  if (handshake.startsWith('succeeded'))
    return own`${replied} The TLS handshake then ${fixed(handshake)}, so the server supports STARTTLS.`;
  return own`${replied} ${handshake === 'failed' ? own`The TLS handshake then failed` : own`A TLS handshake was ${fixed(handshake)}`}.`;
}

/** Words of a reply to STARTTLS that say that TLS is switched off. */
const TLS_DISABLED =
  /\b(?:ssl|(?:start)?tls)\b.{0,60}\b(?:(?:not|isn't|is not) (?:enabled|configured|activated|turned on|set up)|disabled|turned off)\b/;

/** A reply of 454 says that TLS does not work at present. */
function isTlsDisabled(reply: Reply | undefined): boolean {
  return reply !== undefined && reply.code >= 500 && TLS_DISABLED.test(wordsOf(reply));
}

/** Why a server that does not offer STARTTLS also does not accept it. */
function causeOf(reply: Reply | undefined, port: number): CauseOf<'starttls-not-advertised'> | undefined {
  if (reply?.code === 454) return 'tls-not-available';
  return reply && [530, 550, 554].includes(reply.code) ? 'not-for-this-client' : ofPort(port);
}

function ofPort(port: number): 'on-port-465' | undefined {
  return port === PORTS.implicit ? 'on-port-465' : undefined;
}
