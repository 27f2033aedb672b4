import { ImapBaselines } from '../../src/inbox/imap/baselines.js';

const state = (uidNext: number | undefined, uidValidity?: bigint) => ({ uidNext, uidValidity });

test('new messages begin at the UID of the first time', () => {
  const baselines = new ImapBaselines();
  expect(baselines.of('INBOX', state(5, 1n))).toBe(5);
  expect(baselines.of('INBOX', state(9, 1n))).toBe(5);
  expect(baselines.of('Junk', state(7, 1n))).toBe(7);
  expect(baselines.of('INBOX', state(undefined, 1n))).toBe(5);
  expect(baselines.of('INBOX', state(9))).toBe(5);
  expect(baselines.of('Spam', state(4))).toBe(4);
  expect(baselines.of('Spam', state(9, 1n))).toBe(4);
});

test('every message may be new if the server does not report UIDs, or they have another validity', () => {
  const baselines = new ImapBaselines();
  expect(baselines.of('Silent', state(undefined, 1n))).toBe(1);
  expect(baselines.of('Silent', state(9, 1n))).toBe(1);
  expect(baselines.of('INBOX', state(5, 1n))).toBe(5);
  expect(baselines.of('INBOX', state(3, 2n))).toBe(1);
  expect(baselines.of('INBOX', state(5, 1n))).toBe(5);
});
