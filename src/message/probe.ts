import { randomBytes, randomUUID } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';

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
  'It is looked for, and compared with what was sent.',
  '',
  '.This dot must arrive with its line (RFC 5321 section 4.5.2).',
  '',
];

/**
 * Composes a probe: a message by RFC 5322 with a Message-ID and a nonce of its own, marked as
 * automatic (RFC 3834 section 5) so that nobody answers it.
 * @param now its Date
 * @param attachmentOctets how much is attached to it, at random, so that nothing on the way can make it smaller; 0 for
 *   no attachment. In the message it is base64, which is a good third more.
 */
export async function composeProbe(from: string, to: string, now: Date, attachmentOctets = 0): Promise<Probe> {
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
    ...(attachmentOctets > 0 && {
      attachments: [{ filename: 'starttls-gate.bin', content: randomBytes(attachmentOctets) }],
    }),
  });
  const octets = await mail.compile().build();
  return { messageId, nonce, text: `${octets.toString('utf8').trimEnd()}\r\n` };
}
