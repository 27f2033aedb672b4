import { asUsed } from '../../src/gate/as-used.js';
import { DELIVERY, testEndpoint } from '../support/gate.js';

/** A command does what the gate did, not only what is configured. */

const inbox = { scheme: 'imaps', host: 'imap.example.com', port: 993, mailbox: 'INBOX/Gate' } as const;
const endpoint = testEndpoint(587, { delivery: { ...DELIVERY, inbox } as never });

test('the endpoint of a command has the name that was sent in EHLO', () => {
  expect(asUsed(endpoint, {}).ehlo).toBeUndefined();
  expect(asUsed(endpoint, { ehloName: '[192.0.2.9]' }).ehlo).toBe('[192.0.2.9]');
});

test.each([
  ['9 SELECT INBOX.Gate', 'INBOX.Gate'],
  ['9 EXAMINE "My mail"', 'My mail'],
  ['9 SELECT {10}', 'INBOX/Gate'],
  ['9 LIST "" "INBOX.Gate"', 'INBOX/Gate'],
])('the mailbox of a command is the one that was opened: %s', (text, mailbox) => {
  const lines = [
    { at: 1, from: 'server', text: '8 SELECT Other' },
    { at: 2, from: 'client', text },
  ] as const;
  expect(asUsed(endpoint, { inboxTranscript: lines }).delivery?.inbox?.mailbox).toBe(mailbox);
});
