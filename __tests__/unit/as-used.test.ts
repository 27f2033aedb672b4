import { asUsed } from '../../src/gate/as-used.js';
import { DELIVERY, testEndpoint } from '../support/gate.js';

/** A command does what the gate did, not only what is configured. */

const inbox = { scheme: 'imaps', host: 'imap.example.com', port: 993, mailbox: 'INBOX/Gate' } as const;
const endpoint = testEndpoint(587, { delivery: { ...DELIVERY, inbox } as never });

test('the endpoint of a command has the name that was sent in EHLO', () => {
  expect(asUsed(endpoint, {}).ehlo).toBeUndefined();
  expect(asUsed(endpoint, { ehloName: '[192.0.2.9]' }).ehlo).toBe('[192.0.2.9]');
});

test('a command for an inbox that the default store trusts needs no other CA', () => {
  expect(asUsed(endpoint, {}).delivery?.inbox).toEqual(inbox);
  expect(asUsed(endpoint, { inboxEndsInDefaultStore: true }).delivery?.inbox).toMatchObject({
    endsInDefaultStore: true,
  });
});

test('the mailbox of a command is the one that was opened', () => {
  expect(asUsed(endpoint, {}).delivery?.inbox?.mailbox).toBe('INBOX/Gate');
  expect(asUsed(endpoint, { inboxMailbox: 'INBOX.Gate' }).delivery?.inbox?.mailbox).toBe('INBOX.Gate');
});
