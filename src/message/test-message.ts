import { randomBytes, randomUUID } from 'node:crypto';

/** The message that step 5 sends. */
export interface TestMessage {
  /** With its angle brackets. */
  readonly messageId: string;
  /** In the Message-ID and the Subject. Inboxes are searched for it, so it proves nothing. */
  readonly nonce: string;
  /**
   * A random value of 128 bits on a line of its own in the body and nowhere else. No inbox is searched for it, and no
   * server logs it, so only a copy of the message can contain it.
   */
  readonly token: string;
  /** Header and body in lines that end in CR LF, dots not stuffed. */
  readonly text: string;
}

/** ASCII in short lines, so that no relay has to encode it. One line begins with a dot, which some relays lose. */
const BODY = [
  'This message was sent by STARTTLS Gate, an automated test of mail servers.',
  'The test looks for it in the inbox and compares it with what was sent.',
  '',
  '.This dot must arrive with its line (RFC 5321 section 4.5.2).',
  '',
];

/**
 * Composes a message (RFC 5322) that is marked as automatic (RFC 3834 section 5), so that no program replies to it.
 * @param attachmentBytes size of the attachment before base64; random, so that it cannot be compressed
 */
export async function composeTestMessage(
  from: string,
  to: string,
  now: Date,
  attachmentBytes = 0,
): Promise<TestMessage> {
  const nonce = randomUUID();
  const token = randomBytes(16).toString('hex');
  const messageId = `<starttls-gate.${nonce}@${from.slice(from.lastIndexOf('@') + 1)}>`;
  // Loaded only for a delivery.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const mail = new MailComposer({
    from,
    to,
    subject: `STARTTLS Gate test message ${nonce}`,
    messageId,
    date: now,
    headers: { 'Auto-Submitted': 'auto-generated' },
    text: [...BODY, token, ''].join('\r\n'),
    ...(attachmentBytes > 0 && {
      attachments: [{ filename: 'starttls-gate.bin', content: randomBytes(attachmentBytes) }],
    }),
  });
  const message = await mail.compile().build();
  return { messageId, nonce, token, text: `${message.toString('utf8').trimEnd()}\r\n` };
}
