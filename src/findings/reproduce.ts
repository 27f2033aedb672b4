import { needsMessage } from './commands/as-far-as.js';
import { ARRIVAL_COMMANDS } from './commands/by-name/arrival.js';
import { DNS_COMMANDS } from './commands/by-name/dns.js';
import { ENVELOPE_COMMANDS } from './commands/by-name/envelope.js';
import { INBOX_COMMANDS } from './commands/by-name/inbox.js';
import { LOGIN_COMMANDS } from './commands/by-name/login.js';
import { SENDING_COMMANDS } from './commands/by-name/sending.js';
import { SERVER_COMMANDS } from './commands/by-name/server.js';
import { TLS_COMMANDS } from './commands/by-name/tls.js';
import type { Commands, Subject } from './commands/subject.js';

export type { ReproducibleEndpoint } from './commands/subject.js';

/** The commands that send a message if nothing prevents it. */
const WITH_DELIVERY = { ...SENDING_COMMANDS, ...ARRIVAL_COMMANDS } as const satisfies Commands;

/** All commands that a cause can name. */
export const COMMANDS = {
  ...SERVER_COMMANDS,
  ...TLS_COMMANDS,
  ...LOGIN_COMMANDS,
  ...ENVELOPE_COMMANDS,
  ...WITH_DELIVERY,
  ...DNS_COMMANDS,
  ...INBOX_COMMANDS,
} as const satisfies Commands;

export type CommandName = keyof typeof COMMANDS;

export function sendsMessage(name: CommandName): boolean {
  return Object.hasOwn(WITH_DELIVERY, name);
}

/** Commands that end before the message, and what takes their place if the problem is after it. */
const WITH_MESSAGE: Partial<Record<CommandName, CommandName>> = {
  'as-far-as': 'delivery',
  'as-far-in-time': 'slow-delivery',
};

/** The command that a cause names, or the one that also sends a message if no other gets as far as the gate. */
export function commandFor(name: CommandName, evidence: Subject['evidence']): CommandName {
  return (needsMessage(evidence) ? WITH_MESSAGE[name] : undefined) ?? name;
}
