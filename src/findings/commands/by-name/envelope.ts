import { acceptedCommand, swaksCommand } from '../swaks.js';
import type { Commands } from '../subject.js';

/** The replies to the envelope of a message. */
export const ENVELOPE_COMMANDS = {
  /** The reply to the sender. */
  mail: (endpoint, subject) => swaksCommand(endpoint, subject, 'MAIL'),
  /** The reply to the recipient. */
  rcpt: (endpoint, subject) => swaksCommand(endpoint, subject, 'RCPT'),
  /** Whether the server accepts the recipient. */
  'rcpt-accepted': (endpoint, subject) => acceptedCommand(endpoint, subject),
} as const satisfies Commands;
