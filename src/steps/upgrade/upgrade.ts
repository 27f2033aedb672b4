import type { CauseOf } from '../../findings/catalog.js';
import { finding, type KnownFinding } from '../../findings/finding.js';
import { formatReply, type Reply } from '../../smtp/reply.js';
import { excerpt, decodeBytes } from '../../text/peer.js';
import { isTlsRecord } from '../../tls/guard.js';
import { beginTls } from '../connection.js';
import type { Context } from '../context.js';
import { stoppedBy } from '../error-to-finding.js';
import { stopped, type Connected, type StepResult, type Stopped, type Upgraded } from '../hand-over.js';
import { fixed, own } from '../../text/own.js';

/** Step 2: the server replies to STARTTLS with 220, and nothing unencrypted follows (RFC 3207 section 4). */
export async function upgrade(context: Context, connected: Connected): Promise<StepResult<Upgraded>> {
  if (connected.transport === 'implicit') {
    return { ok: true, findings: [], skipped: 'not-applicable', next: connected };
  }
  const { connection, session, plaintext } = connected;
  let reply: Reply;
  try {
    reply = await session.command('STARTTLS');
  } catch (error) {
    return stoppedBy(error, context, 'greeting');
  }
  if (reply.code !== 220) return stopped(refused(reply), { transient: reply.code >= 400 && reply.code < 500 });

  const leftover = session.detach();
  if (leftover.length > 0) return judgePlaintext(context, leftover);
  const handshake = beginTls(context, connection);
  const startedAt = performance.now();
  const opening = await handshake.opening;
  if (opening.kind === 'cleartext') return judgePlaintext(context, opening.bytes, 'after-client-hello');
  const aheadMs = performance.now() - startedAt;
  const next = { transport: 'starttls', connection, handshake, plaintext } as const;
  return { ok: true, findings: [], facts: { handshake }, next, aheadMs };
}

function refused(reply: Reply): KnownFinding {
  const { meaning, cause } = meaningOf(reply);
  const message = own`The server offers STARTTLS, but replied to it with "${formatReply(reply)}": ${fixed(meaning)}.`;
  return finding('starttls-refused', message, { evidence: { reply: formatReply(reply) }, ...(cause && { cause }) });
}

interface Meaning {
  /** The end of a sentence about the server. */
  readonly meaning: string;
  readonly cause?: CauseOf<'starttls-refused'>;
}

/** The meaning of each reply other than 220 (RFC 3207 section 4, RFC 5321 section 4.2.2). */
const MEANINGS: Readonly<Record<number, Meaning>> = {
  221: { meaning: 'it ends the session instead', cause: 'refused-to-client' },
  454: { meaning: 'TLS is not available now', cause: 'tls-not-available' },
  500: { meaning: 'it does not recognize the command that it offers', cause: 'not-implemented' },
  501: { meaning: 'it reports a syntax error, although STARTTLS has no parameters', cause: 'syntax-error' },
  502: { meaning: 'it does not implement the command that it offers', cause: 'not-implemented' },
  503: { meaning: 'it does not allow the command at this point of the session', cause: 'bad-sequence' },
  530: { meaning: 'it requires a different command first', cause: 'requires-more' },
};

/** Some servers use a status about the system (RFC 3463, X.3.X) for TLS, too; then the words are about TLS. */
function isServerProblem({ code, enhanced = '', lines }: Reply): boolean {
  return code < 500 && enhanced.startsWith('4.3.') && !lines.some(({ exact }) => ABOUT_TLS.test(exact));
}

const ABOUT_TLS = /\b(?:start)?tls\b|\bssl\b|\bcertificate\b|\bkey\b|\bhandshake\b|\bencrypt/i;

function meaningOf(reply: Reply): Meaning {
  const { code } = reply;
  if (isServerProblem(reply)) return { meaning: 'it reports a problem with the mail system', cause: 'server-problem' };
  const known = MEANINGS[code];
  if (known) return known;
  if (code < 400) return { meaning: `${code} is not an error, but only 220 starts TLS`, cause: 'wrong-success-code' };
  if (code < 500) return { meaning: 'it defers TLS', cause: 'deferred' };
  return { meaning: 'it refuses TLS to this client', cause: 'refused-to-client' };
}

/** What a server replies to a command that it does not know, or cannot read. Some reply 554 to that. */
const UNKNOWN_COMMAND = /^5\d\d[ -]/;

const AFTER_CLIENT_HELLO = own`after the ClientHello`;

function judgePlaintext({ transcript }: Context, bytes: Buffer, when?: 'after-client-hello'): Stopped {
  const text = decodeBytes(bytes);
  transcript.add('server', text.trimEnd());
  const data = excerpt(text);
  if (when === 'after-client-hello' && UNKNOWN_COMMAND.test(text)) {
    const message = own`The server replied 220 to STARTTLS, but did not start TLS: it replied to the ClientHello with "${data}", unencrypted, as if that were an SMTP command.`;
    return stopped(finding('plaintext-after-starttls', message, { evidence: { data }, cause: 'reads-client-hello' }));
  }
  const isRecord = isTlsRecord(bytes);
  const cause = isRecord ? 'early-record' : /^[45]\d\d[ -]/.test(text) ? 'error-reply' : undefined;
  const message = isRecord
    ? own`After the 220 to STARTTLS, the server sent "${data}": this looks like a TLS record, but the gate had not sent a ClientHello.`
    : own`After the 220 to STARTTLS, where only TLS may follow, the server sent "${data}" unencrypted.`;
  const evidence = { data, ...(when && { arrived: AFTER_CLIENT_HELLO }) };
  return stopped(finding('plaintext-after-starttls', message, { evidence, ...(cause && { cause }) }));
}
