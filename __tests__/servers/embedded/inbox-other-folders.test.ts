import { Inboxes } from '../../../src/inbox/inboxes.js';
import type { Inbox } from '../../../src/inbox/inbox.js';
import { createInboxTrust, HOST, LOGIN, sought, valueOf, waitedFor, type InboxTrust } from '../../support/inbox.js';
import { headerRow, startScriptedImap, type ImapScript, type ScriptedImap } from '../../support/scripted-imap.js';

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

/** A server with an empty INBOX and a number of other folders. */
function startFolders(replies: ImapScript['replies'] = {}, count = 3): Promise<ScriptedImap> {
  const folders = Array.from({ length: count }, (_, n) => `* LIST () "/" F${n}`);
  return startScriptedImap({
    identity: trusted.identity,
    replies: {
      LIST: (line) => ['* LIST () "/" INBOX', ...(line.includes('*') ? folders : []), '$ OK Done'],
      EXAMINE: ['* 1 EXISTS', '$ OK [READ-ONLY] Done'],
      'UID SEARCH': ['* SEARCH', '$ OK Done'],
      ...replies,
    },
  });
}

async function open({ port }: ScriptedImap, timeoutMs = 2000): Promise<Inbox> {
  const target = { scheme: 'imaps', host: HOST, port, mailbox: 'INBOX', ...LOGIN } as const;
  return valueOf(await inboxes.open(target, trusted.settings({ timeoutMs })));
}

const commands = ({ heard }: ScriptedImap, name: string): string[] => heard.filter((line) => line.startsWith(name));

describe('the search of the other folders of an account', () => {
  test('reads no more than twenty of them, over one connection, and changes nothing', async () => {
    await using server = await startFolders({}, 30);
    const { elsewhere } = await (await open(server)).explain(sought(ID));
    expect(elsewhere).toEqual({ count: 20 });
    expect([commands(server, 'EXAMINE').length, server.connections]).toEqual([20, 2]);
    expect(
      server.heard.filter((line) => /^(CREATE|DELETE|RENAME|APPEND|(?:UID )?(COPY|MOVE|STORE)|EXPUNGE)/.test(line)),
    ).toEqual([]);
  });

  test('needs no connection of its own if there are none', async () => {
    await using server = await startFolders({}, 0);
    const { elsewhere } = await (await open(server)).explain(sought(ID));
    expect([elsewhere, server.connections]).toEqual([{ count: 0 }, 1]);
  });

  test('does not believe a server that finds other mail', async () => {
    await using server = await startFolders({
      'UID SEARCH': ['* SEARCH 7 8 9', '$ OK Done'],
      'UID FETCH': [headerRow(9, '<other@test>'), '$ OK Done'],
    });
    const { elsewhere } = await (await open(server)).explain(sought(ID));
    expect(elsewhere).toEqual({ count: 3 });
  });

  test('does not count folders that the account may not read', async () => {
    await using server = await startFolders({
      EXAMINE: (line) => (line.includes('F1') ? ['* 1 EXISTS', '$ OK Done'] : ['$ NO [NOPERM] Not yours']),
    });
    const { elsewhere } = await (await open(server)).explain(sought(ID));
    expect(elsewhere).toEqual({ count: 1 });
  });

  test.each<[string, ImapScript['replies']]>([
    ['does not reply', { EXAMINE: 'silence' }],
    ['closes the connection', { EXAMINE: 'close' }],
  ])('proves nothing if the server %s, and all searches together have twice the timeout', async (_, replies) => {
    await using server = await startFolders(replies);
    const inbox = await open(server, 500);
    const waited = await waitedFor(
      (async () => {
        const explained = await Promise.all(Array.from({ length: 20 }, () => inbox.explain(sought(ID))));
        expect(explained.filter(({ elsewhere }) => elsewhere !== undefined)).toEqual([]);
      })(),
    );
    expect(waited).toBeLessThan(5000);
  });
});
