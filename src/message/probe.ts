import { randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import { MAX_MESSAGE_OCTETS } from '../inbox/inbox.js';

/** The message that shows whether mail arrives. */
export interface Probe {
  /** With its angle brackets. */
  readonly messageId: string;
  /** Stands in the Subject, and in a line of its own in the body. */
  readonly nonce: string;
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
  return { messageId, nonce, text: octets.toString('utf8').replace(/(?:\r?\n)*$/, '\r\n') };
}

/**
 * Whether this is the probe, whatever Message-ID it was given on the way. A bounce or an automatic answer may have
 * its Subject and even quote its body, and is from somebody else.
 * @param received header and body as the inbox has them
 */
export function isProbe(sent: Probe, received: Buffer): boolean {
  const { fields, body } = parse(received.toString('utf8'));
  const has = (name: string, text: string): boolean => fields.get(name)?.some((value) => value.includes(text)) ?? false;
  const [from = ''] = parse(sent.text).fields.get('from') ?? [];
  return has('subject', sent.nonce) && has('from', from) && body.split('\n').includes(sent.nonce);
}

/**
 * Compares what arrived with what was sent: every header field that was set, unfolded (RFC 5322 section 2.2.3),
 * once and no more, and the body, line ends aside. Other fields that were added on the way are no alteration.
 * @param received header and body as the inbox has them
 * @returns what differs, in words; nothing where the message is intact
 */
export function alterations(sent: Probe, received: Buffer): readonly string[] {
  const before = parse(sent.text);
  const after = parse(received.toString('utf8'));
  const fields = [...before.fields].flatMap(([name, [value = '']]) =>
    fieldDifference(name, value, after.fields.get(name) ?? []),
  );
  const body = before.body === after.body ? [] : [bodyDifference(before.body, after.body)];
  const size = received.length < MAX_MESSAGE_OCTETS ? [] : [`the message has ${MAX_MESSAGE_OCTETS} octets or more`];
  return [...fields, ...body, ...size];
}

/** Readers differ in which one of several they show, so a second one is an alteration, whatever it says. */
function fieldDifference(name: string, was: string, is: readonly string[]): string[] {
  const [first, ...more] = is;
  if (first === undefined) return [`${name} is missing`];
  if (more.length > 0) return [`${name} was "${was}" and is there ${is.length} times: "${is.join('", "')}"`];
  return first === was ? [] : [`${name} was "${was}" and is "${first}"`];
}

/** Some stores take or add an empty line at the end; more than that was added by somebody. */
const LAST_LINE_ENDS = /\n{1,2}$/;

function parse(message: string): { fields: Map<string, string[]>; body: string } {
  const lines = message.replace(/\r\n/g, '\n');
  const end = lines.indexOf('\n\n');
  const header = end < 0 ? lines : lines.slice(0, end);
  const unfolded = header.replace(/\n(?=[ \t])/g, '');
  const fields = new Map<string, string[]>();
  for (const line of unfolded.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const values = fields.get(name);
    if (values) values.push(value);
    else fields.set(name, [value]);
  }
  return { fields, body: end < 0 ? '' : lines.slice(end + 2).replace(LAST_LINE_ENDS, '') };
}

function bodyDifference(before: string, after: string): string {
  const was = before.split('\n');
  const is = after.split('\n');
  const at = was.findIndex((line, i) => line !== is[i]);
  if (at < 0) return `the body has ${is.length - was.length} lines more, beginning with "${is[was.length] ?? ''}"`;
  return `line ${at + 1} of the body was "${was[at] ?? ''}" and is "${is[at] ?? 'missing'}"`;
}
