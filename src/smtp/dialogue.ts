import { capabilitiesOf, type Capabilities } from './capabilities.js';
import type { Reply } from './reply.js';
import type { SmtpSession } from './session.js';

export interface DialogueTerms {
  /** The name or address literal for EHLO (RFC 5321 section 4.1.4). */
  readonly ehloName: string;
  /** Whether the server must send a greeting. After STARTTLS it must not (RFC 3207 section 4.2). */
  readonly greets: boolean;
  readonly upTo: 'EHLO' | 'STARTTLS';
}

export interface Dialogue {
  readonly greeting: Reply | undefined;
  readonly capabilities: Capabilities;
  /** With `upTo: 'STARTTLS'`: bytes after the 220 to STARTTLS; RFC 3207 allows none. The session is detached then. */
  readonly leftover: Buffer;
}

/** A reply that is not the one required, or what the session threw. */
export interface DialogueFailure {
  readonly at: 'greeting' | 'EHLO' | 'STARTTLS';
  readonly greeting: Reply | undefined;
  readonly answer:
    { readonly refused: true; readonly reply: Reply } | { readonly refused: false; readonly error: unknown };
}

export type DialogueResult =
  { readonly ok: true; readonly dialogue: Dialogue } | { readonly ok: false; readonly failure: DialogueFailure };

/**
 * Opens an SMTP session: greeting (RFC 5321 section 3.1), EHLO (section 4.1.1.1), and STARTTLS (RFC 3207 section 4) if
 * required. Never throws: what the session throws is part of the failure.
 */
export async function openDialogue(session: SmtpSession, terms: DialogueTerms): Promise<DialogueResult> {
  let at: DialogueFailure['at'] = 'greeting';
  let greeting: Reply | undefined;
  const refused = (reply: Reply): DialogueResult => ({
    ok: false,
    failure: { at, greeting, answer: { refused: true, reply } },
  });
  try {
    if (terms.greets) {
      greeting = await session.greeting();
      if (greeting.code !== 220) return refused(greeting);
    }
    at = 'EHLO';
    const ehlo = await session.command(`EHLO ${terms.ehloName}`);
    if (ehlo.code !== 250) return refused(ehlo);
    const capabilities = capabilitiesOf(ehlo);
    if (terms.upTo === 'EHLO') return { ok: true, dialogue: { greeting, capabilities, leftover: Buffer.alloc(0) } };
    at = 'STARTTLS';
    const starttls = await session.command('STARTTLS');
    if (starttls.code !== 220) return refused(starttls);
    return { ok: true, dialogue: { greeting, capabilities, leftover: session.detach() } };
  } catch (error) {
    return { ok: false, failure: { at, greeting, answer: { refused: false, error } } };
  }
}
