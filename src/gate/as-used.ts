import type { ReproducibleEndpoint } from '../findings/reproduce.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { Facts } from '../steps/hand-over.js';

/** An endpoint with what the gate itself has used, so that a command does the same. */
export function asUsed(
  endpoint: Endpoint,
  { ehloName, endsInDefaultStore, inboxTranscript = [] }: Facts,
): ReproducibleEndpoint {
  const { delivery } = endpoint;
  const mailbox = mailboxIn(inboxTranscript);
  return {
    ...endpoint,
    ...(ehloName !== undefined && { ehlo: ehloName }),
    ...(endsInDefaultStore !== undefined && { endsInDefaultStore }),
    ...(delivery?.inbox &&
      mailbox !== undefined && { delivery: { ...delivery, inbox: { ...delivery.inbox, mailbox } } }),
  };
}

/** The mailbox that the gate opened last: an IMAP server may require a prefix before the configured name. */
function mailboxIn(lines: NonNullable<Facts['inboxTranscript']>): string | undefined {
  const opened = lines.flatMap(({ from, text }) =>
    from === 'client' ? (/^\S+ (?:SELECT|EXAMINE) ("?)([^{(]+)\1$/.exec(text)?.[2] ?? []) : [],
  );
  return opened.at(-1);
}
