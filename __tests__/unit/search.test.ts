import { search, alwaysOpen, type Arrival, type Folder } from '../../src/inbox/search.js';
import { Deadline } from '../../src/net/deadline.js';
import { InboxUnreachable, valueOf } from '../support/inbox.js';

const SOUGHT = { messageId: '<wanted@test>', nonce: 'nonce', size: 100, is: () => false };

/** A folder full of messages that resemble the test message but are different. */
function namesakes(read: string[], length = 50): Folder {
  const arrivals = Array.from({ length }, (_, at): Arrival => ({
    id: String(at),
    messageId: `<${at}@test>`,
    subject: 'nonce',
  }));
  return alwaysOpen({
    look: () => Promise.resolve(arrivals),
    read: (id) => {
      read.push(id);
      return Promise.resolve(Buffer.from(`Message-ID: <${id}@test>\r\nSubject: nonce\r\n\r\n`));
    },
    remove: () => Promise.reject(new Error('nothing here is ours')),
  });
}

/** A folder with one message, which has the Message-ID of the test message. */
function folderWith(body: string, removed: string[]): Folder {
  const { messageId } = SOUGHT;
  return alwaysOpen({
    look: () => Promise.resolve([{ id: body, messageId, subject: '' }]),
    read: () => Promise.resolve(Buffer.from(`Message-ID: ${messageId}\r\n\r\n${body}`)),
    remove: (ids) => {
      removed.push(...ids);
      return Promise.resolve();
    },
  });
}

const wait = (deadline: Deadline): Promise<void> =>
  deadline.race(new Promise<never>(() => undefined), () => new Error('over')).catch(() => undefined);

test.each([
  ['sixteen before the deadline', 1000, 16],
  ['two after the deadline', 0, 2],
])(
  'of messages that only resemble the test message, a limited number is read, which is reported: %s',
  async (_, ms, most) => {
    const read: string[] = [];
    const searching = search([namesakes(read)], SOUGHT, Deadline.after(ms), () => wait).then(valueOf);
    await expect(searching).rejects.toThrow(InboxUnreachable);
    await expect(searching).rejects.toThrow(/more messages .* than the gate reads/);
    expect(read).toHaveLength(most);
    // All messages were read.
    read.splice(0);
    expect(valueOf(await search([namesakes(read, most)], SOUGHT, Deadline.after(ms), () => wait))).toBeUndefined();
    expect(read).toHaveLength(most);
  },
);

test.each([
  ['the test message, in any folder', ['forged', 'genuine'], 'genuine'],
  ['a message with its Message-ID, if there is no other', ['forged', 'other'], 'forged'],
])('the message that is found and deleted is %s', async (_, bodies, found) => {
  const removed: string[] = [];
  const folders = bodies.map((body) => folderWith(body, removed));
  const is = (source: Buffer): boolean => source.includes('genuine');
  const received = valueOf(await search(folders, { ...SOUGHT, is }, Deadline.after(0), () => wait));
  expect(received?.source.toString()).toMatch(new RegExp(`${found}$`));
  await received?.delete();
  expect(removed).toEqual([found]);
});

test('a message with only its Message-ID does not end the search before the deadline', async () => {
  const begun = performance.now();
  const received = valueOf(await search([folderWith('forged', [])], SOUGHT, Deadline.after(300), () => wait));
  expect(received).toBeDefined();
  expect(performance.now() - begun).toBeGreaterThanOrEqual(295);
});
