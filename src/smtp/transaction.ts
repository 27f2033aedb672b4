import type { Capabilities } from './capabilities.js';
import type { Reply } from './reply.js';
import { UnsolicitedReply } from './session.js';
import type { SmtpSession } from './session.js';

/** The commands of a mail transaction (RFC 5321 section 3.3). */
export type TransactionVerb = 'MAIL' | 'RCPT' | 'DATA';

/** Who sends to whom. */
export interface Envelope {
  readonly from: string;
  readonly to: string;
  /** The parameters of MAIL, such as `SIZE=1200`. */
  readonly parameters?: readonly string[];
}

/** A command of the transaction, and the reply to it. */
export interface Exchange {
  readonly verb: TransactionVerb;
  /** The command as it was sent. */
  readonly line: string;
  readonly reply: Reply;
}

/**
 * Opens a mail transaction, up to the point where the server waits for the message. The first reply that does not let
 * it go on decides, whether the commands went out together or one by one.
 * @param pipelining whether the server takes commands in one write (RFC 2920)
 * @returns where it stopped; undefined where the server has said 354
 * @throws what a session throws before there is a reply that decides
 */
export function openTransaction(
  session: SmtpSession,
  envelope: Envelope,
  pipelining: boolean,
): Promise<Exchange | undefined> {
  const commands = [mail(envelope), rcpt(envelope), { verb: 'DATA', line: 'DATA' }] as const;
  return pipelining ? together(session, commands) : oneByOne(session, commands);
}

/**
 * Asks whether a recipient would be taken, and takes it back: MAIL, RCPT, RSET. DATA is not among what is sent.
 * @returns the reply to RCPT, or that to MAIL where it was refused
 * @throws what a session throws before there is a reply that decides
 */
export async function askForRecipient(session: SmtpSession, envelope: Envelope): Promise<Exchange> {
  const commands = [mail(envelope), rcpt(envelope)] as const;
  const refused = await oneByOne(session, [commands[0]]);
  if (refused) return refused;
  const asked = { ...commands[1], reply: await session.command(commands[1].line) };
  await settle(session, asked, []);
  await session.command('RSET').catch(() => undefined);
  return asked;
}

/** Whether what was asked for has been done. */
export function isDone({ code }: Reply): boolean {
  return code >= 200 && code < 300;
}

/**
 * The most octets that a message may have by the server's own words (RFC 1870 section 4).
 * @returns undefined where it names no limit
 */
export function sizeLimit({ lines }: Capabilities): number | undefined {
  const [, digits] =
    lines.map(({ exact }) => /^SIZE[ =]+(\d{1,15})$/i.exec(exact)).find((match) => match !== null) ?? [];
  const limit = Number(digits ?? 0);
  return limit === 0 ? undefined : limit;
}

type Command = Omit<Exchange, 'reply'>;

/** Whether a reply lets the transaction go on (RFC 5321 section 4.3.2). */
function isAsDue(verb: TransactionVerb, reply: Reply): boolean {
  return verb === 'DATA' ? reply.code === 354 : isDone(reply);
}

function mail({ from, parameters = [] }: Envelope): Command {
  return { verb: 'MAIL', line: [`MAIL FROM:<${from}>`, ...parameters].join(' ') };
}

function rcpt({ to }: Envelope): Command {
  return { verb: 'RCPT', line: `RCPT TO:<${to}>` };
}

async function oneByOne(session: SmtpSession, commands: readonly Command[]): Promise<Exchange | undefined> {
  for (const command of commands) {
    const reply = await session.command(command.line);
    if (!isAsDue(command.verb, reply)) return { ...command, reply };
  }
  return undefined;
}

async function together(session: SmtpSession, commands: readonly Command[]): Promise<Exchange | undefined> {
  await session.send(commands.map(({ line }) => line));
  for (const [at, command] of commands.entries()) {
    const stopped = { ...command, reply: await session.reply() };
    if (isAsDue(command.verb, stopped.reply)) continue;
    await settle(session, stopped, commands.slice(at + 1));
    return stopped;
  }
  return undefined;
}

/**
 * Hears out the server behind a reply that has decided; it may hang up meanwhile, as it would have before the next
 * command. If the last thing that it says is 354, it waits for a message. Where the recipient was refused it gets a
 * lone dot (RFC 2920 section 3.1); where it was taken, that would be a message for it, so the connection ends instead.
 * @param pending what was sent and has no reply yet, DATA the last of it
 * @throws {UnsolicitedReply} where there are more than that: then none can be told to belong to its command
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
