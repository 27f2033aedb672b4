import type { Capabilities } from './capabilities.js';
import type { Reply } from './reply.js';
import { UnsolicitedReply, type SmtpSession } from './session.js';

/** The commands of a mail transaction (RFC 5321 section 3.3). */
export type TransactionVerb = 'MAIL' | 'RCPT' | 'DATA';

export interface Envelope {
  readonly from: string;
  readonly to: string;
  /** The parameters of MAIL, such as `SIZE=1200`. */
  readonly parameters?: readonly string[];
}

export interface Exchange {
  readonly verb: TransactionVerb;
  readonly line: string;
  readonly reply: Reply;
}

/**
 * Opens a mail transaction, up to the point where the server waits for the message. The first reply that stops it
 * counts, whether the commands were sent together or one by one.
 * @param pipelining whether the server accepts commands in one write (RFC 2920)
 * @returns the command that stopped it; undefined if the server has replied 354
 * @throws what a session throws before such a reply
 */
export function openTransaction(
  session: SmtpSession,
  envelope: Envelope,
  pipelining: boolean,
): Promise<Exchange | undefined> {
  const commands = [...mailAndRcpt(envelope), { verb: 'DATA', line: 'DATA' }] as const;
  return pipelining ? together(session, commands) : oneByOne(session, commands);
}

/**
 * Tests whether the server accepts a recipient, without sending DATA: MAIL, RCPT, RSET.
 * @returns the reply to RCPT, or to MAIL if that was refused
 * @throws what a session throws before such a reply
 */
export async function askForRecipient(session: SmtpSession, envelope: Envelope): Promise<Exchange> {
  const [mail, rcpt] = mailAndRcpt(envelope);
  const refused = await oneByOne(session, [mail]);
  if (refused) return refused;
  const asked = { ...rcpt, reply: await session.command(rcpt.line) };
  await settle(session, asked, []);
  await session.command('RSET').catch(() => undefined);
  return asked;
}

export function isDone({ code }: Reply): boolean {
  return code >= 200 && code < 300;
}

/** The server's limit for a message in bytes (RFC 1870 section 4); undefined if it names none. */
export function sizeLimit({ lines }: Capabilities): number | undefined {
  const [, digits] =
    lines.map(({ exact }) => /^SIZE[ =]+(\d{1,15})$/i.exec(exact)).find((match) => match !== null) ?? [];
  const limit = Number(digits ?? 0);
  return limit === 0 ? undefined : limit;
}

type Command = Omit<Exchange, 'reply'>;

/** Whether a transaction can continue after a reply (RFC 5321 section 4.3.2). */
function canContinue(verb: TransactionVerb, reply: Reply): boolean {
  return verb === 'DATA' ? reply.code === 354 : isDone(reply);
}

function mailAndRcpt({ from, to, parameters = [] }: Envelope): readonly [Command, Command] {
  return [
    { verb: 'MAIL', line: [`MAIL FROM:<${from}>`, ...parameters].join(' ') },
    { verb: 'RCPT', line: `RCPT TO:<${to}>` },
  ];
}

async function oneByOne(session: SmtpSession, commands: readonly Command[]): Promise<Exchange | undefined> {
  for (const command of commands) {
    const reply = await session.command(command.line);
    if (!canContinue(command.verb, reply)) return { ...command, reply };
  }
  return undefined;
}

async function together(session: SmtpSession, commands: readonly Command[]): Promise<Exchange | undefined> {
  await session.send(commands.map(({ line }) => line));
  for (const [at, command] of commands.entries()) {
    const stopped = { ...command, reply: await session.reply() };
    if (canContinue(command.verb, stopped.reply)) continue;
    await settle(session, stopped, commands.slice(at + 1));
    return stopped;
  }
  return undefined;
}

/**
 * Reads the remaining replies after one that stopped the transaction. The server may close the connection meanwhile. If
 * it replies 354 to DATA, it waits for a message. If it has refused the recipient, it gets a dot alone (RFC 2920
 * section 3.1). If it has accepted the recipient, that would deliver an empty message, so the connection is closed.
 * @param pending the commands that were sent and have no reply yet, DATA last
 * @throws {UnsolicitedReply} if there are more replies than commands: then no reply can be assigned to its command
 */
async function settle(session: SmtpSession, stopped: Exchange, pending: readonly Command[]): Promise<void> {
  try {
    const answered = [stopped];
    for (const command of pending) answered.push({ ...command, reply: await session.reply() });
    await session.expectSilence();
    if (!answered.some(({ verb, reply }) => verb === 'DATA' && reply.code === 354)) return;
    if (answered.some(({ verb, reply }) => verb === 'RCPT' && reply.code >= 400)) await session.message('');
    else session.hangUp();
  } catch (error) {
    if (error instanceof UnsolicitedReply) throw error;
  }
}
