import { setTimeout as sleep } from 'node:timers/promises';
import { startImap } from '../../support/imap/server.js';
import { Mailbox } from '../../support/imap/mailbox.js';
import { Inboxes } from '../../../src/inbox/inboxes.js';
import { maxReadBytes } from '../../../src/message/alterations.js';
import { Deadline } from '../../../src/net/deadline.js';
import {
  createInboxTrust,
  LOGIN,
  opened,
  HOST,
  sought,
  waitedFor,
  type OpenedInbox,
  type InboxTrust,
} from '../../support/inbox.js';
import { headerRow, startScriptedImap, sourceRow, type ImapScript } from '../../support/scripted-imap.js';

const ID = '<wanted@test>';

let trusted: InboxTrust;
let inboxes: Inboxes;

beforeAll(async () => {
  trusted = await createInboxTrust();
});
beforeEach(() => {
  inboxes = new Inboxes();
});
afterEach(async () => {
  await inboxes.close();
});

function raw(messageId: string, body = 'hello'): Buffer {
  return Buffer.from(`Subject: probe\r\nMessage-ID: ${messageId}\r\n\r\n${body}\r\n`);
}

/** The UIDs in a folder, with their flags. */
const contents = (mailbox: Mailbox): unknown[] => mailbox.messages.map(({ uid, flags }) => [uid, ...flags]);

/** A server with INBOX and a junk folder, each with a flagged message. */
async function startFolders() {
  const [inbox, junk] = [new Mailbox(), new Mailbox()];
  for (const mailbox of [inbox, junk]) {
    mailbox.append(raw('<old@test>'));
    mailbox.messages[0]?.flags.add('\\Flagged').add('\\Deleted');
  }
  let logins = 0;
  const knows = (): boolean => {
    logins += 1;
    return true;
  };
  const imap = await startImap({ identity: trusted.identity, security: 'implicit', mailbox: inbox, junk, knows });
  return {
    port: imap.port,
    inbox,
    junk,
    logins: () => logins,
    [Symbol.asyncDispose]: () => imap.close(),
  };
}

const OLD = [[1, '\\Flagged', '\\Deleted']];

function open({ port }: { port: number }, mailbox = 'INBOX', timeoutMs = 2000): Promise<OpenedInbox> {
  return opened(
    inboxes.open({ scheme: 'imaps', host: HOST, port, mailbox, ...LOGIN }, trusted.settings({ timeoutMs })),
  );
}

const ours = (body: string) => (source: Buffer) => source.includes(`\r\n\r\n${body}\r\n`);

describe('a message in the junk folder', () => {
  test('is found and deleted, and no other message is changed', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    server.junk.append(raw('<spam@test>'));
    server.junk.append(raw(ID));
    server.junk.append(raw('<more@test>'));
    const received = await inbox.find(sought(ID), Deadline.after(200));
    expect(received).toMatchObject({ junk: 'Junk', copies: 1, source: raw(ID) });
    expect(contents(server.junk)).toEqual([...OLD, [2], [3], [4]]);
    await received?.delete();
    expect([contents(server.inbox), contents(server.junk)]).toEqual([OLD, [...OLD, [2], [4]]]);
  });

  test('is found long before the time limit', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    server.junk.append(raw(ID));
    const waited = await waitedFor(inbox.find(sought(ID), Deadline.after(60_000)));
    expect(waited).toBeGreaterThan(8000);
    expect(waited).toBeLessThan(15_000);
  }, 30_000);

  test('is not found if it was there before', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    expect(await inbox.find(sought('<old@test>'), Deadline.after(100))).toBeUndefined();
    server.junk.append(raw('<spam@test>'));
    expect(await inbox.find(sought('<old@test>'), Deadline.after(100))).toBeUndefined();
    expect([contents(server.inbox), contents(server.junk)]).toEqual([OLD, [...OLD, [2]]]);
  });

  test('needs no connection if the message is in INBOX', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    server.inbox.append(raw(ID));
    const received = await inbox.find(sought(ID), Deadline.after(2000));
    await received?.delete();
    expect([received?.junk, received?.copies, server.logins()]).toEqual([undefined, 1, 1]);
    expect([contents(server.inbox), contents(server.junk)]).toEqual([OLD, OLD]);
  });

  test('is not in junk if that folder is the configured mailbox', async () => {
    await using server = await startFolders();
    const inbox = await open(server, 'Junk');
    server.junk.append(raw(ID));
    const received = await inbox.find(sought(ID), Deadline.after(2000));
    expect([received?.junk, received?.copies]).toEqual([undefined, 1]);
  });

  /** A server whose junk folder has received a message since the first STATUS. */
  const scripted = (replies: ImapScript['replies'], list = '* LIST () "/" Spam') => {
    let asked = 0;
    return startScriptedImap({
      identity: trusted.identity,
      replies: {
        LIST: (line) => [...(line.includes('*') ? ['* LIST () "/" INBOX', list] : []), '$ OK Done'],
        STATUS: () => {
          asked += 1;
          return [`* STATUS Spam (UIDNEXT ${asked === 1 ? 5 : 6})`, '$ OK Done'];
        },
        ...replies,
      },
    });
  };
  const selected = (line: string): ImapScript['replies'] => ({
    SELECT: (command) => [
      '* 0 EXISTS',
      '* OK [UIDNEXT 1] Next',
      command.includes('Spam') ? line : '$ OK [READ-WRITE] Done',
    ],
  });

  test('is found by the name of the folder without SPECIAL-USE, starting at the correct UID', async () => {
    await using server = await scripted({
      'UID FETCH': (line) => {
        if (line.includes('BODY.PEEK[]')) return [sourceRow(5, raw(ID).toString()), '$ OK Done'];
        return [...(line.startsWith('UID FETCH 5:*') ? [headerRow(5, ID)] : []), '$ OK Done'];
      },
    });
    const received = await (await open(server)).find(sought(ID), Deadline.after(100));
    expect(received).toMatchObject({ junk: 'Spam', copies: 1 });
    expect(server.connections).toBe(2);
    expect(server.heard.filter((line) => /^(CREATE|DELETE|RENAME|APPEND|COPY|EXPUNGE)/.test(line))).toEqual([]);
  });

  test.each<[string, ImapScript['replies']]>([
    ['cannot be listed', { LIST: (line) => [line.includes('*') ? '$ NO Not now' : '$ OK Done'] }],
    ['has no STATUS', { STATUS: ['$ NO Not now'] }],
    ['cannot be opened', selected('$ NO Locked')],
    ['closes the connection when it is opened', { ...selected('* BYE Gone') }],
    ['does not reply', { SELECT: (line) => (line.includes('Spam') ? 'silence' : ['* 0 EXISTS', '$ OK Done']) }],
  ])('is not found if the folder %s, which is not a failure', async (_, replies) => {
    await using server = await scripted(replies);
    const inbox = await open(server, 'INBOX', 300);
    expect(await inbox.find(sought(ID), Deadline.after(100))).toBeUndefined();
  });

  test('does not delay a message in INBOX, even if its folder is slow', async () => {
    let rows: string[] = [];
    await using server = await scripted({
      SELECT: (line) => (line.includes('Spam') ? 'silence' : ['* 0 EXISTS', '* OK [UIDNEXT 1] Next', '$ OK Done']),
      'UID FETCH': (line) => [
        ...(line.includes('BODY.PEEK[]') ? [sourceRow(1, raw(ID).toString())] : rows),
        '$ OK Done',
      ],
      DONE: ['$ OK Done'],
    });
    const inbox = await open(server, 'INBOX', 20_000);
    const found = inbox.find(sought(ID), Deadline.after(30_000));
    await server.hears('SELECT Spam');
    await sleep(300);
    rows = [headerRow(1, ID)];
    server.say('* 1 EXISTS');
    expect(await waitedFor(found)).toBeLessThan(2000);
  }, 30_000);
});

describe('a message with copies', () => {
  test('is counted, and only its copies are deleted', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    server.inbox.append(raw(ID, 'the probe'));
    server.inbox.append(raw('<other@test>'));
    server.inbox.append(raw(ID, 'somebody else'));
    server.inbox.append(raw(ID, 'the probe'));
    const received = await inbox.find(sought(ID, { is: ours('the probe') }), Deadline.after(2000));
    expect(received).toMatchObject({ copies: 2, hasMore: false, source: raw(ID, 'the probe') });
    await received?.delete();
    expect(received?.copies).toBe(2);
    expect(contents(server.inbox)).toEqual([...OLD, [3], [4]]);
  });

  test('is counted with a copy that arrives before its deletion and one in the junk folder', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    server.inbox.append(raw(ID));
    const received = await inbox.find(sought(ID), Deadline.after(2000));
    expect([received?.copies, received?.junk]).toEqual([1, undefined]);
    server.inbox.append(raw(ID));
    server.junk.append(raw(ID));
    server.junk.append(raw('<spam@test>'));
    await received?.delete();
    expect(received?.copies).toBe(3);
    expect([contents(server.inbox), contents(server.junk)]).toEqual([OLD, [...OLD, [3]]]);
  });

  test('is the test message, not the first one with its Message-ID', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    server.inbox.append(raw(ID, 'somebody else'));
    server.inbox.append(raw(ID, 'the probe'));
    const received = await inbox.find(sought(ID, { is: ours('the probe') }), Deadline.after(2000));
    expect(received).toMatchObject({ copies: 1, source: raw(ID, 'the probe') });
  });

  test('is one message if its content was changed', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    server.inbox.append(raw(ID, 'changed'));
    const received = await inbox.find(sought(ID, { is: () => false }), Deadline.after(2000));
    await received?.delete();
    expect(received).toMatchObject({ copies: 1, source: raw(ID, 'changed') });
    expect(contents(server.inbox)).toEqual(OLD);
  });

  test('is read up to the limit of 16 copies', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    for (let i = 0; i < 40; i += 1) server.inbox.append(raw(ID));
    const received = await inbox.find(sought(ID), Deadline.after(2000));
    await received?.delete();
    expect([received?.copies, received?.hasMore, server.inbox.messages.length]).toEqual([16, true, 25]);
  });
});

describe('a large message', () => {
  const large = (octets: number): Buffer => Buffer.concat([raw(ID, 'x'.repeat(octets))]);

  test('is read completely, in parts', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    const message = large(2_500_000);
    server.inbox.append(message);
    const received = await inbox.find(sought(ID, { size: 2_500_000 }), Deadline.after(5000));
    expect(received?.source.equals(message)).toBe(true);
  });

  test('is read up to its size plus what may have been added', async () => {
    await using server = await startFolders();
    const inbox = await open(server);
    server.inbox.append(large(3_000_000));
    const received = await inbox.find(sought(ID, { size: 1000 }), Deadline.after(5000));
    expect(received?.source.length).toBe(maxReadBytes(1000));
  });
});
