import { setTimeout as sleep } from 'node:timers/promises';
import { Inboxes } from '../../../src/inbox/inboxes.js';
import { maxReadBytes } from '../../../src/message/alterations.js';
import { Deadline } from '../../../src/net/deadline.js';
import type { ApiTarget } from '../../../src/plan/endpoint.js';
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
import type { HttpReply, HttpScript } from '../../support/http.js';
import { startMailpit } from '../../support/mailpit.js';
import { createCertificateFixtures, HOST as FIXTURE_HOST } from '../../support/certificate-fixtures.js';

const ID = '<Wanted@test>';
const NONCE = '6f9c1f0e-nonce';
const CREDENTIALS = `${LOGIN.username}:${LOGIN.password.reveal()}`;

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

function open({ port }: { port: number }, replaced: Partial<ApiTarget> = {}, timeoutMs = 3000): Promise<OpenedInbox> {
  const target: ApiTarget = { scheme: 'mailpit+http', host: HOST, port, basePath: '', ...replaced };
  return opened(inboxes.open(target, trusted.settings({ timeoutMs })));
}

const message = (id: string, messageId: string, subject = 'probe', body = 'hello') => ({
  id,
  read: false,
  text: `Message-ID: ${messageId}\r\nSubject: ${subject}\r\n\r\n${body}\r\n`,
});

describe('a Mailpit', () => {
  test.each<[string, HttpScript & { base?: string }, Partial<ApiTarget>]>([
    ['over HTTP', {}, {}],
    ['behind a base path', { base: '/mail/pit' }, { basePath: '/mail/pit' }],
  ])('%s gives the very message, deletes only that, and marks nothing as read', async (_, script, target) => {
    await using server = await startMailpit(script);
    server.messages.push(message('old', '<old@test>'));
    const inbox = await open(server, target);
    server.messages.push(message('other', '<NotWanted@test>'), message('b', ID, 'probe', '.dot'));
    const received = await inbox.find(sought(ID), Deadline.after(1000));
    expect(received?.source.toString()).toBe(message('b', ID, 'probe', '.dot').text);
    expect([received?.copies, received?.junk]).toEqual([1, undefined]);
    await received?.delete();
    expect(server.messages.map(({ id, read }) => [id, read])).toEqual([
      ['old', false],
      ['other', false],
    ]);
    expect(server.heard.filter((line) => !line.startsWith('GET'))).toEqual([
      `DELETE ${target.basePath ?? ''}/api/v1/messages {"IDs":["b"]}`,
    ]);
    while (server.open > 0) await sleep(5);
  });

  test('over HTTPS gets credentials, and hands the message out', async () => {
    await using server = await startMailpit({ identity: trusted.identity, wants: CREDENTIALS });
    const inbox = await open(server, { scheme: 'mailpit+https', ...LOGIN });
    server.messages.push(message('b', ID));
    await (await inbox.find(sought(ID), Deadline.after(1000)))?.delete();
    expect(server.messages).toEqual([]);
  });

  test('is asked again until the message is there', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    const found = inbox.find(sought(ID), Deadline.after(10_000));
    await sleep(700);
    server.messages.push(message('b', ID));
    expect(await waitedFor(found)).toBeLessThan(2000);
    expect(await found).toBeDefined();
  });

  test('has nothing when the time is over', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    server.messages.push(message('other', '<NotWanted@test>'));
    expect(await inbox.find(sought(ID), Deadline.after(100))).toBeUndefined();
    expect(server.heard.filter((line) => /raw|DELETE/.test(line))).toEqual([]);
  });

  test('finds the message by its nonce where it has another Message-ID, and no stranger of that Subject', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    server.messages.push(message('a', '<bounce@test>', `Re: ${NONCE}`, 'bounced'));
    server.messages.push(message('b', '<renamed@test>', `probe ${NONCE}`, 'the probe'));
    const is = (source: Buffer): boolean => source.includes('the probe');
    const received = await inbox.find(sought(ID, { nonce: NONCE, is }), Deadline.after(1000));
    await received?.delete();
    expect(server.messages.map(({ id }) => id)).toEqual(['a']);
  });

  test('says that a message of somebody else is ours: what it has is believed, and that stays', async () => {
    const listed = { messages: [{ ID: 'a', MessageID: ID.slice(1, -1), Subject: NONCE }] };
    await using server = await startMailpit({ replies: { 'GET /api/v1/search': { body: JSON.stringify(listed) } } });
    const inbox = await open(server);
    const stranger = message('a', '<stranger@test>', 'an invoice', `Message-ID: ${ID}\r\nSubject: ${NONCE}`);
    server.messages.push(stranger);
    expect(await inbox.find(sought(ID, { nonce: NONCE }), Deadline.after(100))).toBeUndefined();
    expect(server.messages).toEqual([stranger]);
  });

  test('finds the message behind a Subject of any length', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    server.messages.push({ ...message('b', ID), text: `Subject: ${'x'.repeat(5000)}\r\nMessage-ID: ${ID}\r\n\r\n` });
    expect(await inbox.find(sought(ID), Deadline.after(100))).toBeDefined();
  });

  test('may have copies, which are all deleted', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    server.messages.push(message('a', ID), message('b', ID), message('c', '<other@test>'));
    const received = await inbox.find(sought(ID), Deadline.after(1000));
    expect(received?.copies).toBe(2);
    server.messages.push(message('d', ID));
    await received?.delete();
    expect([received?.copies, server.messages.map(({ id }) => id)]).toEqual([3, ['c']]);
  });

  test('sends a message without end: as much is read as may be', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    server.messages.push(message('b', ID, 'probe', 'x'.repeat(3_000_000)));
    const received = await inbox.find(sought(ID, { size: 1000 }), Deadline.after(1000));
    expect(received?.source.length).toBe(maxReadBytes(1000));
  });

  test('is given up when it is closed', async () => {
    await using server = await startMailpit({ replies: { 'GET /api/v1/messages': 'silence' } });
    const opening = expect(open(server, {}, 60_000)).rejects.toThrow(InboxUnreachable);
    while (server.heard.length === 0) await sleep(5);
    expect(await waitedFor(inboxes.close())).toBeLessThan(1000);
    await opening;
    while (server.open > 0) await sleep(5);
  });
});

describe('an HTTP server that cannot be used', () => {
  const first = (reply: NonNullable<HttpScript['replies']>[string]): HttpScript => ({
    replies: { 'GET /api/v1/messages': reply },
  });
  const listed = (entry: object): HttpScript => first({ body: JSON.stringify({ messages: [entry] }) });
  test.each<[string, HttpScript, typeof InboxRejected | typeof InboxUnreachable, RegExp]>([
    ['wants credentials', { wants: CREDENTIALS }, InboxRejected, /^login rejected: .*401/],
    ['forbids', first({ status: 403 }), InboxRejected, /^login rejected: .*403/],
    ['is another one', first({ body: '<!doctype html>' }), InboxUnreachable, /not have the API of Mailpit/],
    ['has no such path', first({ status: 404 }), InboxUnreachable, /not have the API of Mailpit/],
    ['answers with other JSON', first({ body: '{"messages":{}}' }), InboxUnreachable, /not have the API of Mailpit/],
    [
      'names a path',
      listed({ ID: '../x', MessageID: '', Subject: '' }),
      InboxUnreachable,
      /not have the API of Mailpit/,
    ],
    ['names all', listed({ ID: 'all', MessageID: '', Subject: '' }), InboxUnreachable, /not have the API of Mailpit/],
    ['redirects', first({ status: 302, headers: { location: 'http://127.0.0.1:1/' } }), InboxUnreachable, /302/],
    ['is broken', first({ status: 500 }), InboxUnreachable, /500/],
    ['floods', first({ body: `"${'x'.repeat(5_000_000)}"` }), InboxUnreachable, /more than 65536 bytes/],
    ['floods its header', first({ headers: { x: 'x'.repeat(50_000) } }), InboxUnreachable, /no HTTP response/],
    ['breaks off', first({ body: '{}', headers: { 'content-length': '99' } }), InboxUnreachable, /./],
    ['says nothing', first('silence'), InboxUnreachable, /did not reply in time/],
    ['hangs up', first('close'), InboxUnreachable, /no HTTP response/],
  ])('%s', async (_, script, kind, told) => {
    await using server = await startMailpit(script);
    const outcome = await open(server).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(kind);
    expect(outcome).toMatchObject({ message: expect.stringMatching(told) as string });
    while (server.open > 0) await sleep(5);
  });

  test.each<[string, HttpScript['replies'], typeof InboxRejected | typeof InboxUnreachable]>([
    ['refuses a search', { 'GET /api/v1/search': { status: 400 } }, InboxRejected],
    ['answers a search with nonsense', { 'GET /api/v1/search': { body: '[]' } }, InboxUnreachable],
    ['has lost the message', { 'GET /api/v1/message/b/raw': { status: 404 } }, InboxRejected],
  ])('for a look: it %s', async (_, replies, kind) => {
    await using server = await startMailpit({ replies: replies ?? {} });
    const inbox = await open(server);
    server.messages.push(message('b', ID));
    await expect(inbox.find(sought(ID), Deadline.after(100))).rejects.toThrow(kind);
  });

  test.each<[string, HttpReply | 'close', typeof InboxRejected | typeof InboxUnreachable, RegExp]>([
    ['refuses', { status: 405 }, InboxRejected, /DELETE .* 405/],
    ['knows nothing of it', { status: 404 }, InboxRejected, /DELETE .* 404/],
    ['fails', { status: 500 }, InboxUnreachable, /DELETE .* 500/],
    ['hangs up', 'close', InboxUnreachable, /no HTTP response/],
    ['says that it does', { body: 'ok' }, InboxRejected, /is still there/],
  ])('does not delete, and %s: that is told', async (_, reply, kind, told) => {
    await using server = await startMailpit({ replies: { 'DELETE /api/v1/messages': reply } });
    const inbox = await open(server);
    server.messages.push(message('b', ID));
    const received = await inbox.find(sought(ID), Deadline.after(100));
    const outcome = await received?.delete().catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(kind);
    expect(outcome).toMatchObject({ message: expect.stringMatching(told) as string });
  });

  test('has nothing to delete any more: whatever it says, that is no failure', async () => {
    const replies = { 'DELETE /api/v1/messages': { status: 404 } };
    await using server = await startMailpit({ replies });
    const inbox = await open(server);
    server.messages.push(message('b', ID));
    const received = await inbox.find(sought(ID), Deadline.after(100));
    server.messages.splice(0);
    await expect(received?.delete()).resolves.toBeUndefined();
  });

  test('is another server: nobody listens', async () => {
    const server = await startMailpit();
    await server[Symbol.asyncDispose]();
    await expect(open(server)).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('the password of a mail catcher', () => {
  test('is not sent over plain HTTP', async () => {
    await using server = await startMailpit();
    await open(server, { ...LOGIN });
    expect(server.authorizations).toEqual([]);
  });

  test('is not sent to where a redirection leads, nor over HTTPS to a server that speaks in the clear', async () => {
    await using other = await startMailpit();
    const headers = { location: `http://127.0.0.1:${other.port}/api/v1/messages` };
    const replies = { 'GET /api/v1/messages': { status: 307, headers } };
    await using server = await startMailpit({ identity: trusted.identity, replies });
    await expect(open(server, { scheme: 'mailpit+https', ...LOGIN })).rejects.toThrow(/307/);
    await expect(open(other, { scheme: 'mailpit+https', ...LOGIN })).rejects.toThrow(/no TLS/);
    expect([...other.heard, ...other.authorizations]).toEqual([]);
  });

  test('is not sent to a server with a bad certificate, which is asked nothing at all', async () => {
    const certs = await createCertificateFixtures();
    const { settings } = await createInboxTrust(certs.pki, FIXTURE_HOST);
    for (const [certName, code] of [['good', undefined], ...BAD_CERTIFICATES] as const) {
      await using server = await startMailpit({ identity: certs[certName] });
      const target = { scheme: 'mailpit+https', host: HOST, port: server.port, basePath: '', ...LOGIN } as const;
      const outcome = await opened(inboxes.open(target, settings())).catch((error: unknown) => error);
      if (code !== undefined) expect(outcome).toEqual(new InboxUnreachable(code));
      expect([certName, server.heard.length]).toEqual([certName, code === undefined ? 1 : 0]);
    }
  });
});
