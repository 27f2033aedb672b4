import type { CommandName } from '../reproduce.js';
import type { Cause } from './entry.js';
import { accountCauses } from './provider-account.js';
import { OF_CLIENT } from './rejections/client.js';
import { reproduce } from './rejections/parts.js';
import { OF_RECIPIENT } from './rejections/recipient.js';
import { OF_SENDER } from './rejections/sender.js';
import { OF_SERVER } from './rejections/server.js';

const CAUSES = { ...OF_CLIENT, ...accountCauses(reproduce), ...OF_SENDER, ...OF_RECIPIENT, ...OF_SERVER } as const;

/** The commands for a rejected message. Before that, a shorter one shows the same. A limit needs several messages. */
const WITH_MESSAGE: readonly (CommandName | undefined)[] = ['delivery', 'test-message', 'large-message'];

/**
 * Causes that a server can name when it rejects any part of the delivery.
 * @param command the one that goes as far as the rejection and no further
 */
export function rejectionCauses(command: 'mail' | 'rcpt' | 'delivery'): Record<keyof typeof CAUSES, Cause> {
  if (command === 'delivery') return CAUSES;
  const entries = Object.entries<Cause>(CAUSES).map(([name, cause]) => [
    name,
    cause.reproduce && WITH_MESSAGE.includes(cause.reproduce.command)
      ? { ...cause, reproduce: { ...cause.reproduce, command, otherwise: { ...cause.reproduce, command: 'delivery' } } }
      : cause,
  ]);
  return Object.fromEntries(entries) as Record<keyof typeof CAUSES, Cause>;
}
