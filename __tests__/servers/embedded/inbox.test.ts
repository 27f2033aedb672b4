import { setTimeout as sleep } from 'node:timers/promises';
import type { SecureContext } from 'node:tls';
import { startImap } from '../../support/imap/server.js';
import { Mailbox } from '../../support/imap/mailbox.js';
import { createPki, issue, type Pki } from '../../../src/servers/pki.js';
import { errorToFinding } from '../../../src/steps/error-to-finding.js';
import type { Context } from '../../../src/steps/context.js';
import type { InboxSettings } from '../../../src/inbox/inbox.js';
import { systemResolver, ConnectFailure, type ConnectFailureKind } from '../../../src/net/connect.js';
import { inboxFinding } from '../../../src/steps/delivery/inbox-finding.js';
import { isTransient } from '../../../src/inbox/failure.js';
import { Inboxes } from '../../../src/inbox/inboxes.js';
import { Deadline } from '../../../src/net/deadline.js';
import type { Endpoint, MailboxTarget } from '../../../src/plan/endpoint.js';
import { Secret } from '../../../src/secrets/secret.js';
import { TrustStore } from '../../../src/tls/trust.js';
import { NAME, startEmbedded, type Embedded } from '../../support/embedded.js';
import { FULL, startFullListener } from '../../support/full-listener.js';
import { DELIVERY, codes, gate, letters, testEndpoint, testRun } from '../../support/gate.js';
import { HOSTILE } from '../../support/hostile.js';
import { opened, InboxUnreachable, sought, waitedFor, InboxRejected, type OpenedInbox } from '../../support/inbox.js';
import { onCurve, rewritten, unchanged } from '../../support/rewritten.js';
import {
  headerRow,
  sourceRow,
  startScriptedImap,
  type ImapScript,
  type ScriptedImap,
} from '../../support/scripted-imap.js';
import { closedPort } from '../../support/scripted-server.js';
import { createCertificateFixtures } from '../../support/certificate-fixtures.js';
import { waiting } from '../../support/time.js';
import { fixed } from '../../../src/text/own.js';

/*
 * Jest fails a test if an unhandled rejection or an uncaught exception occurs while it runs. So every test here also
 * checks that the IMAP client cannot end the process of the gate.
 */

const HOST = '127.0.0.1';
const USER = 'inbox@example.test';
const PASSWORD = 'inbox password';

/** Without a notification, the inbox is checked again after ten seconds; a shorter time means a notification. */
const NOTIFIED_WITHIN_MS = 3000;

let pki: Pki;
let identity: { key: string; chain: string };
const trust = new TrustStore();
let inboxes: Inboxes;

beforeAll(async () => {
  pki = await createPki('Inbox');
  identity = await pki.issue({ addresses: [HOST] });
});
beforeEach(() => {
  inboxes = new Inboxes();
});
afterEach(async () => {
  await inboxes.close();
});

function target(port: number, replaced: Partial<MailboxTarget> = {}): MailboxTarget {
  const password = new Secret(PASSWORD);
  return { scheme: 'imaps', host: HOST, port, mailbox: 'INBOX', username: USER, password, ...replaced };
}

function settings(replaced: Partial<InboxSettings> = {}): InboxSettings {
  const context = trust.context({ ca: [pki.root.cert], minVersion: 'TLSv1.2' });
  const judge: InboxSettings['judge'] = ({ verifyError: code }) =>
    code === undefined ? [] : [{ code, message: fixed(code) }];
  const anything = (): SecureContext => trust.anything();
  const policy = { context, minVersion: 'TLSv1.2', anything, minValidDays: 14 };
  return { resolver: systemResolver(), ...policy, judge, timeoutMs: 2000, ...replaced };
}

type Kind = typeof InboxRejected | typeof InboxUnreachable;

/** A server with a mailbox that the test fills. */
async function startMailbox(security: 'implicit' | 'starttls' | 'none' = 'implicit') {
  const mailbox = new Mailbox();
  const logins: string[] = [];
  const knows = (username: string, password: string): boolean => {
    logins.push(password);
    return username === USER && password === PASSWORD;
  };
  const imap = await startImap({ identity, security, mailbox, knows });
  const deliver = (messageId: string, subject = 'probe', body = 'hello'): void => {
    mailbox.append(Buffer.from(`Subject: ${subject}\r\nMessage-ID: ${messageId}\r\n\r\n${body}\r\n`));
  };
  return { port: imap.port, mailbox, logins, deliver, [Symbol.asyncDispose]: () => imap.close() };
}

const open = (
  server: { port: number },
  replaced: Partial<MailboxTarget> = {},
  timeoutMs = 2000,
): Promise<OpenedInbox> => opened(inboxes.open(target(server.port, replaced), settings({ timeoutMs })));

const scripted = (script: ImapScript): Promise<ScriptedImap> => startScriptedImap({ identity, ...script });

const soon = (): Deadline => Deadline.after(5000);

describe('an inbox', () => {
  test.each(['implicit', 'starttls'] as const)(
    'over %s returns the test message, and not a similar one',
    async (security) => {
      await using server = await startMailbox(security);
      server.deliver('<before@test>');
      const inbox = await open(server, security === 'starttls' ? { scheme: 'imap' } : {});
      const found = inbox.find(sought('<wanted@test>'), soon());
      server.deliver('<impostor@test>', 'probe', 'Message-ID: <wanted@test>');
      server.deliver('<wanted@test.example>');
      server.deliver('<wanted@test>', 'probe', 'the very one');
      server.deliver('<after@test>');
      expect((await found)?.source.toString()).toBe(
        'Subject: probe\r\nMessage-ID: <wanted@test>\r\n\r\nthe very one\r\n',
      );
    },
  );

  test('ignores messages that were there before it was opened', async () => {
    await using server = await startMailbox();
    server.deliver('<old@test>');
    const inbox = await open(server);
    expect(await inbox.find(sought('<old@test>'), Deadline.after(100))).toBeUndefined();
  });

  test('finds a message that arrived between opening and the first search', async () => {
    await using server = await startMailbox();
    const inbox = await open(server);
    server.deliver('<early@test>');
    expect(await inbox.find(sought('<early@test>'), Deadline.after(0))).toBeDefined();
  });

  test('stops at the time limit, and not before', async () => {
    await using server = await startMailbox();
    const inbox = await open(server);
    server.deliver('<other@test>');
    const begun = performance.now();
    const waited = waiting();
    expect(await inbox.find(sought('<wanted@test>'), Deadline.after(500))).toBeUndefined();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(495);
    expect(waited()).toBeLessThan(1500);
  });

  test('deletes only the test message, and keeps messages that others have marked', async () => {
    await using server = await startMailbox();
    server.deliver('<marked@test>');
    server.mailbox.messages[0]?.flags.add('\\Deleted');
    const inbox = await open(server);
    for (const id of ['<one@test>', '<two@test>', '<three@test>']) server.deliver(id);
    server.mailbox.messages[3]?.flags.add('\\Deleted');
    await (await inbox.find(sought('<two@test>'), soon()))?.delete();
    expect(server.mailbox.messages.map(({ uid, flags }) => [uid, ...flags])).toEqual([
      [1, '\\Deleted'],
      [2],
      [4, '\\Deleted'],
    ]);
  });

  test('reads a message without marking it as seen', async () => {
    await using server = await startMailbox();
    const inbox = await open(server);
    server.deliver('<wanted@test>');
    await inbox.find(sought('<wanted@test>'), soon());
    expect([...(server.mailbox.messages[0]?.flags ?? ['none'])]).toEqual([]);
  });

  test('is shared: many endpoints wait on one connection, and each receives its own message in any order', async () => {
    await using server = await startMailbox();
    const ids = Array.from({ length: 12 }, (_, i) => `<${i}@test>`);
    const waiting = ids.map(async (id) => {
      const received = await (await open(server)).find(sought(id), soon());
      await received?.delete();
      return received?.source.toString();
    });
    await open(server);
    for (const id of ids.toReversed()) server.deliver(id);
    const sources = await Promise.all(waiting);
    expect(sources.map((source) => /^Message-ID: (.*)\r$/m.exec(source ?? '')?.[1])).toEqual(ids);
    expect(server.logins).toHaveLength(1);
    expect(server.mailbox.messages).toEqual([]);
  });

  test('is notified of the next message after one was read and deleted', async () => {
    await using server = await startMailbox();
    const inbox = await open(server);
    const [first, second] = ['<first@test>', '<second@test>'].map((id) => inbox.find(sought(id), soon()));
    server.deliver('<first@test>');
    await (await first)?.delete();
    await sleep(200);
    server.deliver('<second@test>');
    expect(await waitedFor(second ?? Promise.reject(new Error('no second')))).toBeLessThan(NOTIFIED_WITHIN_MS);
  });

  test('shares no connection between accounts, folders, passwords or TLS policies', async () => {
    await using server = await startMailbox();
    const strict = trust.context({ ca: [pki.root.cert], minVersion: 'TLSv1.3' });
    await Promise.all([
      open(server),
      open(server, { mailbox: 'inbox' }),
      inboxes.open(target(server.port), settings({ context: strict })),
      inboxes.open(target(server.port), settings({ minValidDays: 15 })),
      inboxes
        .open(target(server.port), settings({ context: trust.context({ ca: [], minVersion: 'TLSv1.2' }) }))
        .then((result) => {
          expect(result).toMatchObject({ ok: false, failure: { kind: 'bad-certificate' } });
        }),
      open(server, { password: new Secret('wrong') }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(InboxRejected);
      }),
    ]);
    expect(server.logins.toSorted()).toEqual([PASSWORD, PASSWORD, PASSWORD, PASSWORD, 'wrong']);
  });

  test('tries a wrong password only once, even if several endpoints have it', async () => {
    await using server = await startMailbox();
    const password = new Secret('wrong');
    const tries = Array.from({ length: 5 }, () => open(server, { password }));
    for (const outcome of await Promise.allSettled(tries)) expect(outcome).toMatchObject({ status: 'rejected' });
    await expect(open(server, { password })).rejects.toThrow(/^login rejected: .*Wrong/);
    expect(server.logins).toEqual(['wrong']);
  });

  test('is opened again after the connection is lost', async () => {
    await using server = await scripted({});
    const first = await open(server);
    server.cut();
    await first.ended;
    await sleep(0);
    const second = await open(server);
    expect(await second.find(sought('<wanted@test>'), Deadline.after(50))).toBeUndefined();
    expect(server.connections).toBe(2);
  });

  test('leaves no socket open when it is closed', async () => {
    while (openSockets().length > 0) await sleep(5);
    await using server = await scripted({});
    const inbox = await open(server);
    await inbox.find(sought('<wanted@test>'), Deadline.after(50));
    await inboxes.close();
    while (server.open > 0) await sleep(5);
    await server.close();
    while (openSockets().length > 0) await sleep(5);
    expect(server.heard.at(-1)).toBe('LOGOUT');
  });

  test.each(['silence', 'close'] as const)(
    'is closed within a second even if LOGOUT has no reply: %s',
    async (reply) => {
      await using server = await scripted({ replies: { LOGOUT: reply } });
      await open(server);
      expect(await waitedFor(inboxes.close())).toBeLessThan(1500);
      while (server.open > 0) await sleep(5);
    },
  );

  test('stops opening when it is closed', async () => {
    await using server = await scripted({ greeting: 'silence' });
    const opening = open(server, {}, 60_000);
    const refused = expect(opening).rejects.toThrow(InboxUnreachable);
    while (server.connections === 0) await sleep(5);
    expect(await waitedFor(inboxes.close())).toBeLessThan(1000);
    await refused;
    while (server.open > 0) await sleep(5);
  });
});

/** The sockets of this process. */
function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS/.test(name));
}

describe('a message that arrives', () => {
  const SOURCE = 'Message-ID: <wanted@test>\r\n\r\nhello\r\n';
  const idleEnds = { DONE: ['$ OK Done'] } as const;

  test('is found after one notification, without polling', async () => {
    let rows: string[] = [];
    await using server = await scripted({
      replies: {
        ...idleEnds,
        'UID FETCH': (line) => [...(line.includes('BODY.PEEK[]') ? [sourceRow(1, SOURCE)] : rows), '$ OK Done'],
      },
    });
    const inbox = await open(server);
    const found = inbox.find(sought('<wanted@test>'), Deadline.after(20_000));
    await server.hears('UID FETCH');
    await server.hears('IDLE');
    await sleep(1000);
    expect(server.heard.filter((line) => line.startsWith('UID FETCH'))).toHaveLength(1);
    rows = [headerRow(1, '<wanted@test>')];
    server.say('* 1 EXISTS');
    expect(await waitedFor(found)).toBeLessThan(NOTIFIED_WITHIN_MS);
    expect((await found)?.source.toString()).toBe(SOURCE);
    expect(server.heard.filter((line) => line.startsWith('UID FETCH'))).toEqual([
      'UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (message-id subject content-type)])',
      'UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (message-id subject content-type)])',
      'UID FETCH 1 (BODY.PEEK[]<0.133072> UID)',
    ]);
  });

  test.each<[string, ImapScript]>([
    ['has no IDLE', { capabilities: 'IMAP4rev1 UIDPLUS' }],
    ['rejects IDLE', { replies: { IDLE: ['$ NO Not now'] } }],
    ['sends nothing during IDLE', { replies: idleEnds }],
  ])('is found at the end of the time limit if the server %s', async (_, script) => {
    let rows: string[] = [];
    const fetch = (line: string) => [...(line.includes('BODY.PEEK[]') ? [sourceRow(1, SOURCE)] : rows), '$ OK Done'];
    await using server = await scripted({ ...script, replies: { ...script.replies, 'UID FETCH': fetch } });
    const inbox = await open(server);
    const found = inbox.find(sought('<wanted@test>'), Deadline.after(1000));
    await server.hears('UID FETCH');
    rows = [headerRow(1, '<wanted@test>')];
    expect((await found)?.source.toString()).toBe(SOURCE);
  });

  test('is found after ten seconds if the server sends no notification', async () => {
    let rows: string[] = [];
    await using server = await scripted({
      replies: {
        ...idleEnds,
        'UID FETCH': (line) => [...(line.includes('BODY.PEEK[]') ? [sourceRow(1, SOURCE)] : rows), '$ OK Done'],
      },
    });
    const inbox = await open(server);
    const found = inbox.find(sought('<wanted@test>'), Deadline.after(30_000));
    await server.hears('UID FETCH');
    rows = [headerRow(1, '<wanted@test>')];
    const waited = await waitedFor(found);
    expect(waited).toBeGreaterThan(8000);
    expect(waited).toBeLessThan(15_000);
  }, 30_000);

  test('is found among thousands of others', async () => {
    await using server = await startMailbox();
    const inbox = await open(server);
    for (let i = 0; i < 3000; i += 1) server.deliver(`<${i}@test>`);
    const found = inbox.find(sought('<wanted@test>'), soon());
    for (let i = 3000; i < 5000; i += 1) server.deliver(`<${i}@test>`);
    server.deliver('<wanted@test>');
    for (let i = 5000; i < 6000; i += 1) server.deliver(`<${i}@test>`);
    await (await found)?.delete();
    expect(server.mailbox.messages).toHaveLength(6000);
  });

  test('is found after several EXISTS for other messages', async () => {
    await using server = await startMailbox();
    const inbox = await open(server);
    const found = inbox.find(sought('<wanted@test>'), soon());
    for (const id of ['<a@test>', '<b@test>', '<wanted@test>']) {
      await sleep(50);
      server.deliver(id);
    }
    expect(await found).toBeDefined();
  });

  test.each<[string, string[]]>([
    ['flags without a UID', ['* 7 FETCH (FLAGS (\\Seen))']],
    ['flags of the new message', ['* 1 FETCH (UID 1 FLAGS (\\Seen))']],
    ['a message without Message-ID', ['* 3 FETCH (UID 3 BODY[HEADER.FIELDS (MESSAGE-ID)] {2}\r\n\r\n)']],
    ['a header that is NIL', ['* 3 FETCH (UID 3 BODY[HEADER.FIELDS (MESSAGE-ID)] NIL)']],
    ['a later message first', [headerRow(5, '<later@test>')]],
    ['a Message-ID of 500,000 angle brackets', [headerRow(4, '<'.repeat(500_000))]],
  ])('is found after %s', async (_, before) => {
    const looks: string[][] = [[], before, [...before, headerRow(1, '<wanted@test>')]];
    await using server = await scripted({
      replies: {
        ...idleEnds,
        'UID FETCH': (line) => [
          ...(line.includes('BODY.PEEK[]') ? [sourceRow(1, SOURCE)] : (looks.shift() ?? [])),
          '$ OK Done',
        ],
      },
    });
    // If a higher UID comes first, both messages are in the same reply.
    if (/UID [345]/.test(before.join(''))) looks.splice(1, 1);
    const inbox = await open(server);
    const found = inbox.find(sought('<wanted@test>'), soon());
    for (const count of [8, 9]) {
      await server.hears('IDLE', count - 7);
      server.say(`* ${count} EXISTS`);
    }
    expect((await found)?.source.toString()).toBe(SOURCE);
  });

  test('is found if the server does not send UIDNEXT', async () => {
    await using server = await scripted({
      replies: {
        SELECT: ['* 1 EXISTS', '* OK [UIDVALIDITY 1] Valid', '$ OK [READ-WRITE] Done'],
        'UID FETCH': (line) => [
          line.includes('BODY.PEEK[]') ? sourceRow(7, SOURCE) : headerRow(7, '<wanted@test>'),
          '$ OK Done',
        ],
      },
    });
    expect((await (await open(server)).find(sought('<wanted@test>'), soon()))?.source.toString()).toBe(SOURCE);
  });

  test('is only marked as deleted if the server has no UIDPLUS', async () => {
    await using server = await scripted({
      capabilities: 'IMAP4rev1 IDLE',
      replies: {
        'UID FETCH': (line) => [
          line.includes('BODY.PEEK[]') ? sourceRow(1, SOURCE) : headerRow(1, '<wanted@test>'),
          '$ OK Done',
        ],
      },
    });
    await (await (await open(server)).find(sought('<wanted@test>'), soon()))?.delete();
    expect(server.heard.filter((line) => /STORE|EXPUNGE/.test(line))).toEqual(['UID STORE 1 +FLAGS (\\Deleted)']);
  });

  const arrived = (replies: ImapScript['replies']): Promise<ScriptedImap> =>
    scripted({
      replies: {
        ...idleEnds,
        'UID FETCH': (line) => [
          line.includes('BODY.PEEK[]') ? sourceRow(1, SOURCE) : headerRow(1, '<wanted@test>'),
          '$ OK Done',
        ],
        ...replies,
      },
    });

  test.each<[string, ImapScript['replies'], Kind, RegExp]>([
    [
      'STORE is rejected',
      { 'UID STORE': ['$ NO Read-only'] },
      InboxRejected,
      /does not allow the test message to be deleted/,
    ],
    [
      'EXPUNGE is rejected',
      { 'UID EXPUNGE': ['$ NO Not yours'] },
      InboxRejected,
      /does not allow the test message to be deleted/,
    ],
    ['STORE has no reply', { 'UID STORE': 'silence' }, InboxUnreachable, /did not reply in time/],
    ['the connection is lost', { 'UID EXPUNGE': 'close' }, InboxUnreachable, /connection was lost/],
  ])('is reported if it cannot be deleted: %s', async (_, replies, kind, message) => {
    await using server = await arrived(replies);
    const received = await (await open(server, {}, 500)).find(sought('<wanted@test>'), soon());
    const outcome = await received?.delete().catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(kind);
    expect(outcome).toMatchObject({ message: expect.stringMatching(message) as string });
  });

  test('is not accepted if its source has a different Message-ID than the server listed, and nothing is deleted', async () => {
    const stranger = sourceRow(1, 'Message-ID: <stranger@test>\r\n\r\nMessage-ID: <wanted@test>\r\n');
    await using server = await arrived({
      'UID FETCH': (line) => [line.includes('BODY.PEEK[]') ? stranger : headerRow(1, '<wanted@test>'), '$ OK Done'],
    });
    const inbox = await open(server);
    expect(await inbox.find(sought('<wanted@test>'), Deadline.after(200))).toBeUndefined();
    expect(server.heard.filter((line) => /STORE|EXPUNGE/.test(line))).toEqual([]);
  });

  test('is found even if its Subject is long', async () => {
    await using server = await startMailbox();
    const inbox = await open(server);
    server.deliver('<wanted@test>', 'x'.repeat(5000));
    expect(await inbox.find(sought('<wanted@test>'), Deadline.after(500))).toBeDefined();
  });

  test.each<[string, readonly string[] | 'silence' | 'close', Kind, RegExp]>([
    ['it is gone', ['$ OK Done'], InboxRejected, /removed before the gate could read it/],
    ['the command is rejected', ['$ NO Quota of reading'], InboxRejected, /Quota of reading/],
    ['there is no reply', 'silence', InboxUnreachable, /did not reply in time/],
    ['the connection is closed', 'close', InboxUnreachable, /connection was lost/],
  ])('is reported if %s when it is read', async (_, reply, kind, message) => {
    await using server = await arrived({
      'UID FETCH': (line) => (line.includes('BODY.PEEK[]') ? reply : [headerRow(1, '<wanted@test>'), '$ OK Done']),
    });
    const outcome = await (
      await open(server, {}, 500)
    )
      .find(sought('<wanted@test>'), soon())
      .catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(kind);
    expect(outcome).toMatchObject({ message: expect.stringMatching(message) as string });
  });
});

describe('a server that sends too much', () => {
  test.each<[string, string[]]>([
    ['in a line', [`* OK ${'x'.repeat(64 * 1024)}`]],
    ['in a literal', [headerRow(1, 'x'.repeat(2 * 1024 * 1024))]],
    ['in literals of one response', [`* 1 FETCH (UID 1${` BODY[1] {1000000}\r\n${'x'.repeat(1_000_000)}`.repeat(5)})`]],
  ])('%s is disconnected', async (_, flood) => {
    await using server = await scripted({ replies: { 'UID FETCH': [...flood, '$ OK Done'] } });
    const inbox = await open(server);
    await expect(inbox.find(sought('<wanted@test>'), Deadline.after(200))).rejects.toThrow(InboxUnreachable);
    while (server.open > 0) await sleep(5);
  });

  test('in responses is disconnected', async () => {
    const flood = Array.from({ length: 50_001 }, (_, i) => `* ${i + 1} FETCH (UID ${i + 1} FLAGS ())`);
    await using server = await scripted({ replies: { 'UID FETCH': [...flood, '$ OK Done'] } });
    const inbox = await open(server, {}, 20_000);
    await expect(inbox.find(sought('<wanted@test>'), Deadline.after(200))).rejects.toThrow(
      /listed more than 50000 messages/,
    );
    while (server.open > 0) await sleep(5);
  }, 30_000);

  test('is not asked for compression', async () => {
    await using server = await scripted({ capabilities: 'IMAP4rev1 IDLE UIDPLUS COMPRESS=DEFLATE' });
    await (await open(server)).find(sought('<wanted@test>'), Deadline.after(50));
    expect(server.heard.filter((line) => line.startsWith('COMPRESS'))).toEqual([]);
  });
});

describe('the test message in the inbox', () => {
  const rename = (raw: string): string => raw.replace(/^Message-ID:\s+<.*>/m, 'Message-ID: <renamed@relay.example>');
  const within = (server: Embedded, withinMs: number): Endpoint => {
    const endpoint = server.endpoint();
    return { ...endpoint, ...(endpoint.delivery && { delivery: { ...endpoint.delivery, withinMs } }) };
  };

  test('is recognized by its nonce if its Message-ID was rewritten, and is deleted', async () => {
    await using server = await startEmbedded({ pki, alter: (raw) => Buffer.from(rename(raw.toString())) });
    const { report } = await gate(server.endpoint());
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppf', ['message-altered']]);
    expect(report.steps[4]?.findings[0]?.message).toMatch(/message-id was .* and is "<renamed@relay\.example>"/);
    expect(server.mailbox.messages).toEqual([]);
  });

  test.each<[string, (raw: string) => string]>([
    ['a different body', (raw) => rename(raw).replace(/\r\n\r\n[^]*/, '\r\n\r\nSomething else.\r\n')],
    [
      'a different sender',
      (raw) => rename(raw).replace(/^From: .*\r$/m, 'From: Mailer-Daemon <postmaster@example.test>\r'),
    ],
    ['a quoted body', (raw) => rename(raw).replace(/\r\n(?=[0-9a-f]{32}\r\n)/, '\r\n> ')],
  ])('is not a message with its Subject but %s, which stays in the inbox', async (_, alter) => {
    await using server = await startEmbedded({ pki, alter: (raw) => Buffer.from(alter(raw.toString())) });
    const { report } = await gate(within(server, 300));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppf', ['message-not-received']]);
    expect(server.mailbox.messages.map(({ flags }) => [...flags])).toEqual([[]]);
  });

  test('is altered if its body was replaced, which is reported at the time limit', async () => {
    const alter = (raw: Buffer) => Buffer.from(raw.toString().replace(/\r\n\r\n[^]*/, '\r\n\r\nWithheld.\r\n'));
    await using server = await startEmbedded({ pki, alter });
    const { report } = await gate(within(server, 300));
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppf', ['message-altered']]);
    expect(report.steps[4]?.findings[0]?.message).toMatch(/was replaced, or the message was forged/);
    expect(server.mailbox.messages).toEqual([]);
  });

  test.each([false, true])('is counted with copies that arrive shortly afterwards; kept: %s', async (keep) => {
    let message: Buffer = Buffer.alloc(0);
    await using server = await startEmbedded({
      pki,
      alter: (raw) => {
        message = raw;
        return raw;
      },
    });
    const endpoint = server.endpoint();
    const pause = (): Promise<unknown> => {
      for (let copies = 0; copies < 2; copies += 1) server.mailbox.append(message);
      return sleep(300);
    };
    const { report } = await gate(
      { ...endpoint, ...(endpoint.delivery && { delivery: { ...endpoint.delivery, keep } }) },
      { pause },
    );
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppw', ['message-duplicated']]);
    expect(report.delivery?.copies).toBe(3);
    const { durationMs = 0 } = report.steps[4] ?? {};
    expect(durationMs - (report.delivery?.latencyMs ?? 0)).toBeGreaterThanOrEqual(295);
    expect(server.mailbox.messages).toHaveLength(keep ? 3 : 0);
  });

  test.each([false, true])(
    'is reported with the number of copies that were read, if there are more; kept: %s',
    async (keep) => {
      await using server = await startEmbedded({
        pki,
        alter: (raw) => {
          for (let copies = 1; copies < 300; copies += 1) server.mailbox.append(raw);
          return raw;
        },
      });
      const endpoint = server.endpoint();
      if (!endpoint.delivery) throw new Error('no delivery');
      const { report } = await gate({ ...endpoint, delivery: { ...endpoint.delivery, keep } });
      expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppw', ['message-duplicated']]);
      const [found] = report.steps[4]?.findings ?? [];
      expect(found?.evidence).toMatchObject({ copies: 'at least 16' });
      expect(found?.message).toBe(
        'The message arrived at least 16 times, but the gate sent it once. Other messages that may be copies were not read, and remain in the inbox.',
      );
      expect(server.mailbox.messages).toHaveLength(keep ? 300 : 284);
    },
  );

  test('is counted with copies that arrive within the time limit', async () => {
    await using server = await startEmbedded({ pki });
    const pauses: number[] = [];
    const { report } = await gate(within(server, 900), { pause: (ms) => Promise.resolve(pauses.push(ms)) });
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', []]);
    expect(pauses).toEqual([expect.any(Number)]);
    // Without the limit it would be a second. A pause of the process is ignored, so it may be slightly over 900.
    expect(pauses[0]).toBeLessThan(1000);
  });

  test('is reported as altered and as not deleted', async () => {
    let source = '';
    await using imap = await scripted({
      replies: {
        'UID FETCH': (line) => {
          const messageId = /^Message-ID:\s+(<.*>)/m.exec(source)?.[1] ?? '';
          return [line.includes('BODY.PEEK[]') ? sourceRow(1, source) : headerRow(1, messageId), '$ OK Done'];
        },
        'UID STORE': ['$ NO Read-only'],
      },
    });
    await using server = await startEmbedded({
      pki,
      alter: (raw) => {
        source = `${raw.toString()}Scanned.\r\n`;
        return undefined;
      },
    });
    const endpoint = server.endpoint();
    const delivery = { ...DELIVERY, from: USER, to: USER, withinMs: 2000, inbox: target(imap.port) };
    const { report } = await gate({ ...endpoint, delivery });
    expect([letters(report.steps), codes(report.steps)]).toEqual([
      'ppppf',
      ['message-altered', 'inbox-cleanup-failed'],
    ]);
  });
});

describe('an inbox that cannot be opened', () => {
  test.each<[string, ImapScript, Kind, RegExp]>([
    ['sends BYE', { greeting: ['* BYE Too many connections'] }, InboxUnreachable, /Too many connections/],
    ['does not send a greeting', { greeting: 'silence' }, InboxUnreachable, /greeting/],
    ['closes the connection', { greeting: 'close' }, InboxUnreachable, /./],
    ['is not an IMAP server', { greeting: ['220 mail.example.test ESMTP'] }, InboxUnreachable, /./],
    ['does not reply to LOGIN', { replies: { LOGIN: 'silence' } }, InboxUnreachable, /did not reply in time/],
    ['closes the connection after LOGIN', { replies: { LOGIN: 'close' } }, InboxUnreachable, /./],
    [
      'rejects LOGIN',
      { replies: { LOGIN: ['$ NO [AUTHENTICATIONFAILED] Wrong'] } },
      InboxRejected,
      /^login rejected: .*Wrong/,
    ],
    [
      'disables LOGIN',
      { capabilities: 'IMAP4rev1 LOGINDISABLED' },
      InboxRejected,
      /^the server announces LOGINDISABLED/,
    ],
    ['has no such folder', { replies: { SELECT: ['$ NO [NONEXISTENT] No INBOX'] } }, InboxRejected, /No INBOX/],
    ['does not reply to SELECT', { replies: { SELECT: 'silence' } }, InboxUnreachable, /did not reply in time/],
    ['closes the connection after SELECT', { replies: { SELECT: 'close' } }, InboxUnreachable, /./],
    ['sends BYE after SELECT', { replies: { SELECT: ['* BYE Shutting down'] } }, InboxUnreachable, /Shutting down/],
  ])('%s', async (_, script, kind, message) => {
    await using server = await scripted(script);
    const outcome = await open(server, {}, 400).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(kind);
    expect(outcome).toMatchObject({ message: expect.stringMatching(message) as string });
    while (server.open > 0) await sleep(5);
  });

  test('sends BYE before its mailbox is open', async () => {
    await using server = await scripted({
      replies: { LIST: ['* BYE', '$ BAD', '* 4294967296 EXISTS', '_QOQ_', '* BYE'] },
    });
    const outcome = await open(server).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(InboxUnreachable);
  });

  test('refuses the connection', async () => {
    const server = await scripted({});
    await server.close();
    await expect(open(server)).rejects.toThrow(/ECONNREFUSED/);
  });

  test.each(HOSTILE)('has its replies reported as harmless text: %j', async (text) => {
    const line = text.replace(/[\r\n\0]/g, ' ');
    await using login = await scripted({ replies: { LOGIN: [`$ NO ${line}`] } });
    await using folder = await scripted({ replies: { SELECT: [`$ NO ${line}`] } });
    await using greeting = await scripted({ greeting: [`* BYE ${line}`] });
    for (const server of [login, folder, greeting]) {
      const outcome = await open(server).catch((error: unknown) => error);
      const { message } = outcome as Error;
      // eslint-disable-next-line no-control-regex -- these characters must not appear
      expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
      expect(message.length).toBeLessThan(700);
    }
  });
});

describe('an inbox that cannot be reached', () => {
  /** Tests a correct server whose inbox is on a different server. */
  async function gated(elsewhere: Pick<MailboxTarget, 'host' | 'port'>) {
    await using server = await startEmbedded({ pki });
    const endpoint = server.endpoint();
    const delivery = { ...DELIVERY, from: USER, to: USER, inbox: target(elsewhere.port, elsewhere) };
    const { report } = await gate({ ...endpoint, timeoutMs: 2000, delivery });
    const { findings = [] } = report.steps[4] ?? {};
    return [letters(report.steps), findings.map(({ code, inconclusive = false }) => [code, inconclusive])];
  }

  test('because the connection times out is inconclusive', async () => {
    await using full = await startFullListener(0);
    expect(await gated({ host: FULL, port: full.port })).toEqual(['ppppi', [['inbox-unreachable', true]]]);
  });

  test('because there is no route to it is inconclusive', async () => {
    // TCP cannot connect to a multicast address, so the system reports that there is no route.
    expect(await gated({ host: '224.0.0.1', port: 993 })).toEqual(['ppppi', [['inbox-unreachable', true]]]);
  });

  test('because the connection is refused is a failure', async () => {
    expect(await gated({ host: HOST, port: await closedPort() })).toEqual(['ppppf', [['inbox-unreachable', false]]]);
  });

  test.each<[ConnectFailureKind, boolean, boolean]>([
    ['name-not-found', false, false],
    ['lookup-failed', true, true],
    ['no-route', true, false],
    ['not-possible-here', true, false],
    ['refused', false, true],
    ['reset', false, true],
    ['timed-out', true, true],
  ])('(%s) is evaluated like a failure to connect to the endpoint', (kind, inconclusive, transient) => {
    const failure = { kind: 'no-connection', cause: new ConnectFailure(kind, 'detail') } as const;
    const found = inboxFinding(failure, target(993));
    expect([found.inconclusive ?? false, isTransient(failure)]).toEqual([inconclusive, transient]);
    const context = { endpoint: testEndpoint(25), run: testRun() } as Context;
    const { finding, ...own } = errorToFinding(new ConnectFailure(kind, 'detail'), context, 'nothing');
    expect([finding.inconclusive ?? false, own.transient]).toEqual([inconclusive, transient]);
  });
});

describe('an inbox connection that is lost during the wait', () => {
  test.each<[string, (server: ScriptedImap) => void, RegExp]>([
    [
      'without BYE',
      (server) => {
        server.cut();
      },
      /connection was lost/,
    ],
    [
      'with BYE',
      (server) => {
        server.say('* BYE Going down');
      },
      /connection was lost: "Going down"/,
    ],
    [
      'in the middle of a response',
      (server) => {
        server.say('* 1 EXISTS', '* 1 FET');
        server.cut();
      },
      /connection was lost/,
    ],
  ])('%s is reported to all endpoints', async (_, lose, message) => {
    await using server = await scripted({});
    const inbox = await open(server, {}, 500);
    const finds = ['<one@test>', '<two@test>'].map((id) => inbox.find(sought(id), Deadline.after(2000)));
    await server.hears('IDLE');
    lose(server);
    for (const outcome of await Promise.allSettled(finds)) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { message: expect.stringMatching(message) as string },
      });
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(InboxUnreachable);
    }
  });

  test('is not caused by invalid responses', async () => {
    await using server = await scripted({ replies: { DONE: ['$ OK Done'] } });
    const inbox = await open(server);
    const found = inbox.find(sought('<wanted@test>'), Deadline.after(500));
    await server.hears('IDLE');
    server.say('* OK [', '* ))))', '* -1 EXISTS', '* 99999999999999999999 EXISTS', '* 1 EXPUNGE', 'x OK Who?');
    expect(await found).toBeUndefined();
  });

  test.each<[string, NonNullable<ImapScript['replies']>, Kind]>([
    ['does not reply to FETCH', { 'UID FETCH': 'silence' }, InboxUnreachable],
    ['rejects FETCH', { 'UID FETCH': ['$ NO Later'] }, InboxRejected],
    ['closes the connection after FETCH', { 'UID FETCH': 'close' }, InboxUnreachable],
    ['never acknowledges IDLE', { IDLE: 'silence' }, InboxUnreachable],
    ['never ends IDLE', { DONE: 'silence' }, InboxUnreachable],
  ])('is reported in time if the server %s', async (_, replies, kind) => {
    await using server = await scripted({ replies });
    const inbox = await open(server, {}, 500);
    const waited = waiting();
    await expect(inbox.find(sought('<wanted@test>'), Deadline.after(1000))).rejects.toThrow(kind);
    expect(waited()).toBeLessThan(3000);
  });
});

/** A trust store to which every CA is public. */
class PublicStore extends TrustStore {
  override isPublic(): boolean {
    return true;
  }
}

test('an inbox whose certificate causes only a notice is opened', async () => {
  const notAfter = new Date(Date.now() + 1000 * 86_400_000);
  const longLived = await pki.issue({ issuer: pki.root, names: [NAME], addresses: [HOST], notAfter });
  await using server = await startEmbedded({ pki, identity: longLived, imap: { identity: longLived } });
  const { report } = await gate(server.endpoint(), { trust: new PublicStore() });
  // The notice is the one of step 3, for the same certificate.
  expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', ['certificate-lifetime-long']]);
  expect(server.mailbox.messages).toEqual([]);
});

test.each(['implicit', 'starttls'] as const)(
  'over %s, the certificate of the inbox may be issued by a CA with a key on any curve',
  async (security) => {
    const authority = { commonName: 'Brainpool CA', ca: true, issuer: pki.root, notAfter: new Date('2049-12-31') };
    const issuer = onCurve(await issue(authority), 'brainpoolP256r1', pki.root);
    const identity = rewritten(await issue({ addresses: [HOST], issuer }), issuer, unchanged);
    await using server = await startEmbedded({ pki, imap: { identity, security } });
    const { report } = await gate(server.endpoint());
    expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', []]);
    expect(server.mailbox.messages).toEqual([]);
  },
);

describe('the password of the inbox', () => {
  test.each<[string, ImapScript]>([
    ['the server has no STARTTLS', {}],
    ['STARTTLS is rejected', { capabilities: 'IMAP4rev1 STARTTLS', replies: { STARTTLS: ['$ NO Not today'] } }],
    ['the server sends PREAUTH', { greeting: ['* PREAUTH [CAPABILITY IMAP4rev1] Welcome'] }],
    [
      'unencrypted data follows the reply to STARTTLS',
      { capabilities: 'IMAP4rev1 STARTTLS', replies: { STARTTLS: ['$ OK Begin', '* CAPABILITY IMAP4rev1'] } },
    ],
  ])('is not sent with imap:// if %s', async (_, script) => {
    await using server = await startScriptedImap(script);
    await expect(open(server, { scheme: 'imap' }, 500)).rejects.toThrow(InboxUnreachable);
    expect(server.heard.filter((line) => /LOGIN|AUTHENTICATE/.test(line))).toEqual([]);
    expect(server.heard.join('\n')).not.toContain(PASSWORD);
  });

  test('is not sent with imaps:// to an unencrypted port, nor with imap:// to an implicit-TLS port', async () => {
    await using clear = await startScriptedImap({});
    await expect(open(clear, {}, 500)).rejects.toThrow(InboxUnreachable);
    await using tls = await scripted({});
    await expect(open(tls, { scheme: 'imap' }, 500)).rejects.toThrow(InboxUnreachable);
    expect([...clear.heard, ...tls.heard].join('\n')).not.toContain(PASSWORD);
  });

  test.each(['implicit', 'starttls'] as const)(
    'is not sent over %s to a server with a bad certificate',
    async (security) => {
      const certs = await createCertificateFixtures();
      const certNames = [
        'expired',
        'selfSigned',
        'incomplete',
        'untrusted',
        'wrongHost',
        'clientOnly',
        'addressAsName',
      ];
      for (const name of [...certNames, 'soon'] as (keyof typeof certs & 'expired')[]) {
        await using server = await startEmbedded({ pki: certs.pki, imap: { identity: certs[name], security } });
        const { report } = await gate(server.endpoint());
        expect([name, letters(report.steps), codes(report.steps)]).toEqual([name, 'ppppf', ['inbox-unreachable']]);
        expect(server.logins.filter(({ at }) => at === 'imap')).toEqual([]);
        expect(server.mailbox.messages).toEqual([]);
      }
    },
    30_000,
  );
});
