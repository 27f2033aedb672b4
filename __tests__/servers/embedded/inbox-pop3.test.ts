import { setTimeout as sleep } from 'node:timers/promises';
import { Inboxes } from '../../../src/inbox/inboxes.js';
import { maxReadBytes } from '../../../src/message/alterations.js';
import { Deadline } from '../../../src/net/deadline.js';
import { HOSTILE } from '../../support/hostile.js';
import {
  BAD_CERTIFICATES,
  createInboxTrust,
  HOST,
  InboxRejected,
  InboxUnreachable,
  LOGIN,
  opened,
  sought,
  waitedFor,
  type InboxTrust,
  type OpenedInbox,
} from '../../support/inbox.js';
import { startScriptedPop3, type ScriptedPop3, type Pop3Script } from '../../support/scripted-pop3.js';
import { createCertificateFixtures, HOST as FIXTURE_HOST } from '../../support/certificate-fixtures.js';
import { waiting } from '../../support/time.js';

const ID = '<wanted@test>';
const PASS = `PASS ${LOGIN.password.reveal()}`;

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

const start = (script: Partial<Pop3Script> = {}): Promise<ScriptedPop3> =>
  startScriptedPop3({ identity: trusted.identity, security: 'implicit', ...script });

function open({ port }: ScriptedPop3, scheme: 'pop3' | 'pop3s' = 'pop3s', timeoutMs = 1000): Promise<OpenedInbox> {
  return opened(
    inboxes.open({ scheme, host: HOST, port, mailbox: 'INBOX', ...LOGIN }, trusted.settings({ timeoutMs })),
  );
}

const message = (id: string, messageId: string, body = 'hello') => ({
  id,
  text: `Subject: probe\r\nMessage-ID: ${messageId}\r\n\r\n${body}\r\n`,
});

describe('a maildrop', () => {
  test.each([
    ['pop3s', 'implicit'],
    ['pop3', 'stls'],
  ] as const)('returns the test message over %s, and only that message is deleted', async (scheme, security) => {
    await using server = await start({ security });
    server.maildrop.push(message('old', '<old@test>'));
    const inbox = await open(server, scheme);
    server.maildrop.push(message('a', '<other@test>', 'Message-ID: <wanted@test>'));
    server.maildrop.push(message('b', ID, '.a dot\r\n..two\r\n.'));
    const received = await inbox.find(sought(ID), Deadline.after(1000));
    expect(received?.source.toString()).toBe(message('b', ID, '.a dot\r\n..two\r\n.').text);
    expect(received).toMatchObject({ copies: 1 });
    expect(received?.junk).toBeUndefined();
    await received?.delete();
    expect(server.maildrop.map(({ id }) => id)).toEqual(['old', 'a']);
    // Of other messages, only new ones have their header read once; they are never read. Each session ends with QUIT.
    expect(server.heard.filter((line) => /^(PASS|TOP|RETR|DELE|QUIT)/.test(line))).toEqual([
      ...[PASS, 'QUIT'],
      ...[PASS, 'TOP 2 0', 'TOP 3 0', 'RETR 3', 'QUIT'],
      ...[PASS, 'TOP 3 0', 'DELE 3', 'QUIT'],
    ]);
    expect(server.heard.filter((line) => line.startsWith('!'))).toEqual(
      security === 'stls' ? expect.arrayContaining(['!STLS']) : [],
    );
    while (server.open > 0) await sleep(5);
  });

  test('with thousands of messages with long identifiers returns the new message and keeps all others', async () => {
    await using server = await start();
    const old = Array.from({ length: 9000 }, (_, i) => message(String(i).padStart(70, '~'), '<old@test>'));
    server.maildrop.push(...old);
    const inbox = await open(server, 'pop3s', 5000);
    server.maildrop.unshift(message('b', ID));
    const received = await inbox.find(sought(ID), Deadline.after(5000));
    await received?.delete();
    expect(server.maildrop.map(({ id }) => id)).toEqual(old.map(({ id }) => id));
    expect(server.heard.filter((line) => /^(TOP|RETR)/.test(line))).toEqual(['TOP 1 0', 'RETR 1', 'TOP 1 0']);
  });

  test('returns a new message in a new session, with few logins', async () => {
    await using server = await start();
    const inbox = await open(server);
    const found = inbox.find(sought(ID), Deadline.after(20_000));
    while (server.heard.filter((line) => line === 'QUIT').length < 2) await sleep(5);
    server.maildrop.push(message('b', ID));
    expect(await waitedFor(found)).toBeLessThan(4000);
    expect(server.logins).toBe(3);
  });

  test('is checked in one session for all waiting endpoints', async () => {
    await using server = await start();
    const inbox = await open(server);
    const found = Array.from({ length: 10 }, (_, i) => inbox.find(sought(`<${i}@test>`), Deadline.after(5000)));
    await sleep(1000);
    const before = server.logins;
    for (let i = 0; i < 10; i += 1) server.maildrop.push(message(String(i), `<${i}@test>`));
    await Promise.all(found);
    expect(server.logins - before).toBeLessThanOrEqual(12);
  });

  test('returns nothing after the time limit, and never an older message', async () => {
    await using server = await start();
    server.maildrop.push(message('old', ID));
    const inbox = await open(server);
    server.maildrop.push(message('new', '<other@test>'));
    expect(await inbox.find(sought(ID), Deadline.after(100))).toBeUndefined();
    expect(server.heard.filter((line) => line.startsWith('TOP'))).toEqual(['TOP 2 0']);
  });

  test('may have copies, even with the same identifier, and all are deleted', async () => {
    await using server = await start();
    const inbox = await open(server);
    server.maildrop.push(message('b', ID, 'the probe'), message('b', ID, 'the probe'), message('c', ID, 'another'));
    const is = (source: Buffer): boolean => source.includes('the probe');
    const received = await inbox.find(sought(ID, { is }), Deadline.after(1000));
    expect(received?.copies).toBe(2);
    server.maildrop.push(message('d', ID, 'the probe'));
    await received?.delete();
    expect(received?.copies).toBe(3);
    expect(server.maildrop.map(({ id }) => id)).toEqual(['c']);
  });

  test('is retried while another client has it open', async () => {
    let locked = false;
    await using server = await start({
      replies: { PASS: () => (locked ? ['-ERR [IN-USE] Somebody else reads'] : undefined) },
    });
    const inbox = await open(server);
    locked = true;
    const found = inbox.find(sought(ID), Deadline.after(10_000));
    await sleep(300);
    locked = false;
    server.maildrop.push(message('b', ID));
    expect(await found).toBeDefined();
  });

  test.each<[string, Pop3Script['replies'], RegExp]>([
    ['DELE', { DELE: ['-ERR Read-only'] }, /does not allow the test message to be deleted/],
    ['QUIT', { QUIT: ['-ERR Not all deleted'] }, /does not allow the test message to be deleted/],
  ])('reports that the server rejects %s', async (_, replies, reason) => {
    await using server = await start({ replies: replies ?? {} });
    const inbox = await open(server);
    server.maildrop.push(message('b', ID));
    const received = await inbox.find(sought(ID), Deadline.after(1000));
    await expect(received?.delete()).rejects.toThrow(reason);
    expect(server.maildrop).toHaveLength(1);
  });

  test('reports a message that is gone before it can be read, only to the endpoint that waits for it', async () => {
    await using server = await start({ replies: { RETR: () => (server.maildrop.splice(0), undefined) } });
    const inbox = await open(server);
    // Too long to be read completely, which ends the session.
    server.maildrop.push(message('a', '<long@test>', 'x'.repeat(1_100_000)), message('b', ID));
    const found = inbox.find(sought('<long@test>', { size: 1000 }), Deadline.after(1000));
    await expect(inbox.find(sought(ID), Deadline.after(1000))).rejects.toThrow(/removed before the gate could read it/);
    expect(await found).toBeDefined();
  });

  test('returns a message with many header fields, even if another message has a header that is too long', async () => {
    await using server = await start();
    const inbox = await open(server);
    const trace = 'Received: from a.example by b.example with ESMTPS; Mon, 1 Jan 2024 00:00:00 +0000\r\n'.repeat(500);
    server.maildrop.push({ id: 'a', text: `${trace.repeat(10)}${message('a', '<other@test>').text}` });
    server.maildrop.push({ id: 'b', text: `${trace}${message('b', ID).text}` });
    const received = await inbox.find(sought(ID), Deadline.after(1000));
    await received?.delete();
    expect(server.maildrop.map(({ id }) => id)).toEqual(['a']);
  });

  test('keeps a different message that reuses the identifier', async () => {
    await using server = await start();
    const inbox = await open(server);
    server.maildrop.push(message('b', ID));
    const received = await inbox.find(sought(ID), Deadline.after(1000));
    server.maildrop.splice(0, 1, message('b', '<other@test>'));
    await expect(received?.delete()).rejects.toThrow(/uses the identifier of the test message for a different message/);
    expect(server.maildrop.map(({ text }) => text)).toEqual([message('b', '<other@test>').text]);
  });

  test('deletes many messages in one session', async () => {
    await using server = await start();
    const inbox = await open(server);
    const ids = Array.from({ length: 10 }, (_, i) => `<${i}@test>`);
    server.maildrop.push(...ids.map((id, i) => message(String(i), id)));
    const found = await Promise.all(ids.map((id) => inbox.find(sought(id), Deadline.after(5000))));
    const before = server.logins;
    await Promise.all(found.map(async (received) => received?.delete()));
    expect([server.maildrop, server.logins - before]).toEqual([[], 1]);
  });

  test('deletes the other messages if one cannot be deleted', async () => {
    await using server = await start({
      replies: { DELE: (line) => (line === 'DELE 1' ? ['-ERR Locked'] : undefined) },
    });
    const inbox = await open(server);
    server.maildrop.push(message('a', '<a@test>'), message('b', '<b@test>'));
    const [first, second] = await Promise.all(
      ['<a@test>', '<b@test>'].map((id) => inbox.find(sought(id), Deadline.after(5000))),
    );
    const outcomes = await Promise.allSettled([first?.delete(), second?.delete()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(server.maildrop.map(({ id }) => id)).toEqual(['a']);
  });

  describe('that is locked', () => {
    const BUSY = ['-ERR [IN-USE] Somebody else reads', '-ERR [LOGIN-DELAY] Wait', '-ERR maildrop already locked'];

    test.each(BUSY)(
      'is retried when it is checked and when the message is deleted: %s',
      async (busy) => {
        let refusals = 0;
        await using server = await start({
          replies: { PASS: () => (refusals > 0 ? ((refusals -= 1), [busy]) : undefined) },
        });
        const inbox = await open(server);
        refusals = 2;
        server.maildrop.push(message('b', ID));
        const received = await inbox.find(sought(ID), Deadline.after(10_000));
        refusals = 2;
        await received?.delete();
        expect([server.maildrop, refusals]).toEqual([[], 0]);
      },
      20_000,
    );

    test('is retried when it is opened', async () => {
      let refusals = 1;
      await using server = await start({
        replies: { PASS: () => (refusals > 0 ? ((refusals -= 1), [BUSY[0] ?? '']) : undefined) },
      });
      await expect(open(server)).resolves.toBeDefined();
    });

    test('until the time limit is reported as locked, not as empty', async () => {
      let busy = false;
      await using server = await start({ replies: { PASS: () => (busy ? [BUSY[0] ?? ''] : undefined) } });
      const inbox = await open(server);
      busy = true;
      const waited = waiting();
      await expect(inbox.find(sought(ID), Deadline.after(500))).rejects.toThrow(
        /does not allow a login now: .*Somebody else reads/,
      );
      expect(waited()).toBeLessThan(4000);
    });
  });

  test('with many other messages on a slow server fails soon after the time limit', async () => {
    await using server = await start({ delays: { TOP: 300 } });
    const inbox = await open(server);
    server.maildrop.push(...Array.from({ length: 40 }, (_, i) => message(String(i), '<other@test>')));
    await expect(inbox.find(sought(ID), Deadline.after(500))).rejects.toThrow(InboxUnreachable);
    // On a busy machine it reads fewer, and never all of them.
    expect(server.heard.filter((line) => line.startsWith('TOP')).length).toBeLessThan(20);
  });

  test('stops opening when it is closed', async () => {
    await using server = await start({ greeting: 'silence' });
    const opening = expect(open(server, 'pop3s', 60_000)).rejects.toThrow(InboxUnreachable);
    while (server.open === 0) await sleep(5);
    expect(await waitedFor(inboxes.close())).toBeLessThan(1000);
    await opening;
    while (server.open > 0) await sleep(5);
  });
});

describe('a POP3 server that cannot be used', () => {
  test.each<[string, Partial<Pop3Script>, typeof InboxRejected | typeof InboxUnreachable, RegExp]>([
    ['refuses the connection', { greeting: ['-ERR Too many'] }, InboxUnreachable, /greeting "-ERR Too many"/],
    ['does not reply', { greeting: 'silence' }, InboxUnreachable, /no greeting in time/],
    ['closes the connection', { greeting: 'close' }, InboxUnreachable, /connection was lost/],
    ['is an SMTP server', { greeting: ['220 mail.example.test ESMTP'] }, InboxUnreachable, /not a POP3 server: "220/],
    ['never ends a line', { greeting: ['x'.repeat(100_000)] }, InboxUnreachable, /line of more than 4096 bytes/],
    ['rejects the user', { replies: { USER: ['-ERR Who?'] } }, InboxRejected, /^login rejected: "-ERR Who\?"/],
    ['rejects the password', { replies: { PASS: ['-ERR Wrong'] } }, InboxRejected, /^login rejected: "-ERR Wrong"/],
    ['is busy', { replies: { PASS: ['-ERR [IN-USE] Locked'] } }, InboxUnreachable, /does not allow a login now/],
    ['has no UIDL', { replies: { UIDL: ['-ERR Unknown'] } }, InboxRejected, /list of messages/],
    [
      'sends an invalid list',
      { replies: { UIDL: ['+OK', 'one a', '.'] } },
      InboxUnreachable,
      /replied to UIDL with an invalid line \(5 bytes\)$/,
    ],
    ['never ends the list', { replies: { UIDL: ['+OK', '1 a'] } }, InboxUnreachable, /did not reply in time/],
    [
      'sends an endless list with one identifier',
      { replies: { UIDL: ['+OK', ...Array.from({ length: 150_000 }, (_, i) => `${i + 1} x`)] } },
      InboxUnreachable,
      /more than 10000 messages/,
    ],
    [
      'sends an endless list of long identifiers',
      { replies: { UIDL: ['+OK', ...Array.from({ length: 11_000 }, (_, i) => `${i + 1} ${'u'.repeat(60)}-${i}`)] } },
      InboxUnreachable,
      /more than 10000 messages/,
    ],
    ['closes the connection after PASS', { replies: { PASS: 'close' } }, InboxUnreachable, /connection was lost/],
  ])('%s', async (_, script, kind, reason) => {
    await using server = await start(script);
    const outcome = await open(server).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(kind);
    expect(outcome).toMatchObject({ message: expect.stringMatching(reason) as string });
    while (server.open > 0) await sleep(5);
  });

  /** A list of messages that is empty in the first session. */
  const arriving = (messages: number): Pop3Script['replies'] => {
    let lists = 0;
    const list = Array.from({ length: messages }, (_, i) => `${i + 1} ${i}`);
    return { UIDL: () => ['+OK', ...(lists++ === 0 ? [] : list), '.'] };
  };
  const LARGE_HEADER = ['+OK', `Message-ID: ${'i'.repeat(2000)}`, `Subject: ${'s'.repeat(2000)}`, '', '.'];

  test.each<[string, Pop3Script['replies'], RegExp]>([
    ['receives too many messages', arriving(1001), /more than 1000 messages have arrived/],
    [
      'receives messages with long header fields',
      { ...arriving(200), TOP: LARGE_HEADER },
      /more than 262144 characters of their headers/,
    ],
    ['rejects TOP', { TOP: ['-ERR Unknown'] }, /header of a message/],
    [
      'sends an endless header',
      { TOP: ['+OK', ...Array.from({ length: 11_000 }, () => 'X: '.padEnd(100, 'x'))] },
      /header of more than/,
    ],
    ['sends an endless line', { TOP: ['+OK', 'x'.repeat(1_100_000)] }, /header of more than/],
    ['rejects RETR', { RETR: ['-ERR Quota'] }, /request for the message/],
    ['closes the connection in the message', { RETR: 'close' }, /connection was lost/],
    ['never ends the message', { RETR: ['+OK', 'Subject: x'] }, /did not reply in time/],
  ])('%s when the inbox is checked', async (_, replies, reason) => {
    await using server = await start({ replies: replies ?? {} });
    const inbox = await open(server, 'pop3s', 500);
    server.maildrop.push(message('b', ID));
    await expect(inbox.find(sought(ID), Deadline.after(100))).rejects.toThrow(reason);
    while (server.open > 0) await sleep(5);
  });

  test('sends an endless message, which is read up to the limit', async () => {
    const flood = ['+OK', `Message-ID: ${ID}`, '', ...Array.from({ length: 30_000 }, () => 'x'.repeat(98))];
    await using server = await start({ replies: { RETR: flood } });
    const inbox = await open(server);
    server.maildrop.push(message('b', ID));
    const received = await inbox.find(sought(ID, { size: 1000 }), Deadline.after(1000));
    expect(received?.source.length).toBe(maxReadBytes(1000));
    while (server.open > 0) await sleep(5);
  });

  test('sends a message of line ends only, which needs no more memory than its bytes', async () => {
    const octets = 20 * 1024 * 1024;
    await using server = await start({ replies: { RETR: ['+OK', `Message-ID: ${ID}`, '\r\n'.repeat(octets)] } });
    const inbox = await open(server, 'pop3s', 5000);
    server.maildrop.push(message('b', ID));
    const before = process.resourceUsage().maxRSS;
    const received = await inbox.find(sought(ID, { size: octets }), Deadline.after(1000));
    expect(received?.source.length).toBe(maxReadBytes(octets));
    // Kilobytes. Twenty megabytes have ten million line ends; an array with an entry for each needs a gigabyte.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(400 * 1024);
  }, 60_000);

  test.each(HOSTILE)('has its replies reported as harmless text: %j', async (text) => {
    await using server = await start({ replies: { PASS: [`-ERR ${text.replace(/[\r\n]/g, ' ')}`] } });
    const { message: reason } = (await open(server).catch((error: unknown) => error)) as Error;
    // eslint-disable-next-line no-control-regex -- these characters must not appear
    expect(reason).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
  });
});

describe('the password of a maildrop', () => {
  const credentials = ({ heard }: ScriptedPop3) => heard.filter((line) => /USER|PASS|AUTH|APOP|inbox/.test(line));

  test('is sent over TLS only', async () => {
    await using server = await start({ security: 'stls' });
    await open(server, 'pop3');
    expect(credentials(server)).toEqual([`USER ${LOGIN.username}`, PASS]);
  });

  test.each<[string, Pop3Script['replies']]>([
    ['the server has no STLS', { STLS: ['-ERR Unknown command'] }],
    ['STLS is stripped', { STLS: ['-ERR Unknown command', '+OK'] }],
    ['unencrypted data follows the reply to STLS', { STLS: ['+OK Begin', '+OK Logged in'] }],
    ['the server continues unencrypted', { STLS: ['+OK Begin'] }],
    ['the server closes the connection', { STLS: 'close' }],
  ])('is not sent with pop3:// if %s', async (_, replies) => {
    await using server = await start({ security: 'stls', replies: replies ?? {} });
    await expect(open(server, 'pop3')).rejects.toThrow(InboxUnreachable);
    expect(credentials(server)).toEqual([]);
    while (server.open > 0) await sleep(5);
  });

  test('is not sent with pop3s:// to an unencrypted port, nor with pop3:// to an implicit-TLS port', async () => {
    await using clear = await start({ security: 'stls' });
    await expect(open(clear, 'pop3s', 500)).rejects.toThrow(/sent unencrypted data instead of TLS/);
    await using tls = await start();
    await expect(open(tls, 'pop3', 500)).rejects.toThrow(InboxUnreachable);
    expect([...credentials(clear), ...credentials(tls)]).toEqual([]);
  });

  test.each(['implicit', 'stls'] as const)(
    'is not sent over %s to a server with a bad certificate',
    async (security) => {
      const certs = await createCertificateFixtures();
      const { settings } = await createInboxTrust(certs.pki, FIXTURE_HOST);
      for (const [certName, code] of [['good', undefined], ...BAD_CERTIFICATES] as const) {
        await using server = await start({ security, identity: certs[certName] });
        const scheme = security === 'implicit' ? 'pop3s' : 'pop3';
        const target = { scheme, host: HOST, port: server.port, mailbox: 'INBOX', ...LOGIN } as const;
        const opening = opened(inboxes.open(target, settings()));
        const outcome = await opening.catch((error: unknown) => error);
        if (code !== undefined) expect(outcome).toEqual(new InboxUnreachable(code));
        expect([certName, credentials(server).length]).toEqual([certName, code === undefined ? 2 : 0]);
      }
    },
  );
});
