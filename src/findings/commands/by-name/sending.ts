import { largeMessageCommand, slowReplyCommand, swaksCommand, testMessageCommand, twiceCommand } from '../swaks.js';
import { tokenDeliveryCommand } from '../token-delivery.js';
import type { Commands, ReproducibleEndpoint } from '../subject.js';

/** Commands that send a message, but never to a recipient that must be rejected. */
export const SENDING_COMMANDS = {
  /** The reply to a message. */
  delivery: (endpoint, subject) =>
    isRefused(endpoint)
      ? undefined
      : (swaksCommand(endpoint, subject, 'the message') ?? tokenDeliveryCommand(endpoint, subject)),
  /** The replies to two messages, one right after the other. */
  'delivery-twice': (endpoint, subject) => (isRefused(endpoint) ? undefined : twiceCommand(endpoint, subject)),
  /** The reply to a message like that of the gate. */
  'test-message': (endpoint, subject) =>
    isRefused(endpoint)
      ? undefined
      : (testMessageCommand(endpoint, subject) ?? tokenDeliveryCommand(endpoint, subject)),
  /** The reply to a message with an attachment as large as that of the gate. */
  'large-message': (endpoint, subject) => (isRefused(endpoint) ? undefined : largeMessageCommand(endpoint, subject)),
  /** The reply to a message, but each reply must arrive within the timeout of the gate. */
  'slow-delivery': (endpoint, subject) =>
    isRefused(endpoint) ? undefined : swaksCommand(endpoint, subject, 'the message', 'of-the-gate'),
  /** How long the reply to the message takes. */
  'slow-reply': (endpoint, subject) => (isRefused(endpoint) ? undefined : slowReplyCommand(endpoint, subject)),
} as const satisfies Commands;

function isRefused({ delivery }: ReproducibleEndpoint): boolean {
  return delivery?.expect === 'refused';
}
