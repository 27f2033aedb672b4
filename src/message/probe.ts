import { randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';

/** The message that shows whether mail arrives. */
export interface Probe {
  /** With its angle brackets. */
  readonly messageId: string;
  /** Header and body in lines that end in CR LF, dots not stuffed. */
  readonly text: string;
}

/**
 * Says what it is to whoever finds it. Plain ASCII in short lines, so that nothing on the way has a reason to
 * encode it anew, and one line begins with a dot, which careless relays lose.
 */
const BODY = [
  'This message was sent by STARTTLS Gate, an automated test of mail servers.',
  'It is looked for, compared with what was sent, and deleted.',
  '',
  '.This dot must arrive with its line (RFC 5321 section 4.5.2).',
  '',
];

/**
 * Composes a probe: a message by RFC 5322 with a Message-ID and a nonce of its own, marked as
 * automatic (RFC 3834 section 5) so that nobody answers it.
 * @param now its Date
 */
export async function composeProbe(from: string, to: string, now: Date): Promise<Probe> {
  const nonce = randomUUID();
  const messageId = `<starttls-gate.${nonce}@${from.slice(from.lastIndexOf('@') + 1)}>`;
  const mail = new MailComposer({
    from,
    to,
    subject: `STARTTLS Gate probe ${nonce}`,
    messageId,
    date: now,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: [...BODY, nonce, ''].join('\r\n'),
  });
  const octets = await mail.compile().build();
  return { messageId, text: octets.toString('utf8').replace(/(?:\r?\n)*$/, '\r\n') };
}

/**
 * Compares what arrived with what was sent: every header field that was set, unfolded (RFC 5322 section 2.2.3),
 * and the body, line ends aside. Fields that were added on the way are no alteration.
 * @param received header and body as the inbox has them
 * @returns what differs, in words; nothing where the message is intact
 */
export function alterations(sent: Probe, received: Buffer): readonly string[] {
  const before = parse(sent.text);
  const after = parse(received.toString('utf8'));
  const fields = [...before.fields].flatMap(([name, value]) => {
    const now = after.fields.get(name);
    if (now === value) return [];
    return [now === undefined ? `${name} is missing` : `${name} was "${value}" and is "${now}"`];
  });
  return before.body === after.body ? fields : [...fields, bodyDifference(before.body, after.body)];
}

function parse(message: string): { fields: Map<string, string>; body: string } {
  const lines = message.replace(/\r\n/g, '\n');
  const end = lines.indexOf('\n\n');
  const header = end < 0 ? lines : lines.slice(0, end);
  const unfolded = header.replace(/\n(?=[ \t])/g, '');
  const fields = unfolded.split('\n').map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { fields: new Map(fields), body: end < 0 ? '' : lines.slice(end + 2).trimEnd() };
}

function bodyDifference(before: string, after: string): string {
  const was = before.split('\n');
  const is = after.split('\n');
  const at = was.findIndex((line, i) => line !== is[i]);
  if (at < 0) return `the body has ${is.length - was.length} lines more, beginning with "${is[was.length] ?? ''}"`;
  return `line ${at + 1} of the body was "${was[at] ?? ''}" and is "${is[at] ?? 'missing'}"`;
}
