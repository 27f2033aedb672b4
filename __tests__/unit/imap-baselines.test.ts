import { firstNewUid, type ImapBaselines, type UidState } from '../../src/inbox/imap/client.js';

/** @returns the UID from which messages are new, for each state of a folder in turn */
function firstNew() {
  const baselines: ImapBaselines = new Map();
  return (path: string, state: UidState) => firstNewUid(baselines, path, state);
}

const state = (uidNext: number | undefined, uidValidity?: bigint) => ({ uidNext, uidValidity });

test('new messages begin at the UIDNEXT of the first state', () => {
  const uid = firstNew();
  expect(uid('INBOX', state(5, 1n))).toBe(5);
  expect(uid('INBOX', state(9, 1n))).toBe(5);
  expect(uid('Junk', state(7, 1n))).toBe(7);
  expect(uid('INBOX', state(undefined, 1n))).toBe(5);
  expect(uid('INBOX', state(9))).toBe(5);
  expect(uid('Spam', state(4))).toBe(4);
  expect(uid('Spam', state(9, 1n))).toBe(4);
});

test('every message may be new if the server does not report UIDs, or if UIDVALIDITY has changed', () => {
  const uid = firstNew();
  expect(uid('Silent', state(undefined, 1n))).toBe(1);
  expect(uid('Silent', state(9, 1n))).toBe(1);
  expect(uid('INBOX', state(5, 1n))).toBe(5);
  expect(uid('INBOX', state(3, 2n))).toBe(1);
  expect(uid('INBOX', state(5, 1n))).toBe(5);
});
