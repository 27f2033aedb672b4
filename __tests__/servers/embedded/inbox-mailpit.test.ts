import { setTimeout as sleep } from 'node:timers/promises';
import { Inboxes } from '../../../src/inbox/inboxes.js';
import { maxReadBytes } from '../../../src/message/alterations.js';
import { Deadline } from '../../../src/net/deadline.js';
import type { ApiTarget } from '../../../src/plan/endpoint.js';
import { Secret } from '../../../src/secrets/secret.js';
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
  ])('%s returns the test message, deletes only that, and marks no message as read', async (_, script, target) => {
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

  test('receives credentials over HTTPS, and returns the message', async () => {
    await using server = await startMailpit({ identity: trusted.identity, requires: CREDENTIALS });
    const inbox = await open(server, { scheme: 'mailpit+https', ...LOGIN });
    server.messages.push(message('b', ID));
    await (await inbox.find(sought(ID), Deadline.after(1000)))?.delete();
    expect(server.messages).toEqual([]);
  });

  test.each([true, false])('has a session that knows whether the default store trusts it: %s', async (isTrusted) => {
    await using server = await startMailpit({ identity: trusted.identity });
    const target = { scheme: 'mailpit+https', host: HOST, port: server.port, basePath: '' } as const;
    const settings = trusted.settings({ endsInDefaultStore: () => isTrusted });
    expect(inboxes.session(target, settings)).toEqual({ lines: [] });
    expect(await inboxes.open(target, settings)).toMatchObject({ ok: true });
    expect(inboxes.session(target, settings)).toMatchObject({ endsInDefaultStore: isTrusted });
  });

  test('is polled until the message is there', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    const found = inbox.find(sought(ID), Deadline.after(10_000));
    await sleep(700);
    server.messages.push(message('b', ID));
    expect(await waitedFor(found)).toBeLessThan(2000);
    expect(await found).toBeDefined();
  });

  test('returns nothing after the time limit', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    server.messages.push(message('other', '<NotWanted@test>'));
    expect(await inbox.find(sought(ID), Deadline.after(100))).toBeUndefined();
    expect(server.heard.filter((line) => /raw|DELETE/.test(line))).toEqual([]);
  });

  test('returns the message by its nonce if its Message-ID was changed, and not another message with that nonce', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    server.messages.push(message('a', '<bounce@test>', `Re: ${NONCE}`, 'bounced'));
    server.messages.push(message('b', '<renamed@test>', `probe ${NONCE}`, 'the probe'));
    const is = (source: Buffer): boolean => source.includes('the probe');
    const received = await inbox.find(sought(ID, { nonce: NONCE, is }), Deadline.after(1000));
    await received?.delete();
    expect(server.messages.map(({ id }) => id)).toEqual(['a']);
  });

  test('lists a different message as the test message: the source decides, and that message stays', async () => {
    const listed = { messages: [{ ID: 'a', MessageID: ID.slice(1, -1), Subject: NONCE }] };
    await using server = await startMailpit({ replies: { 'GET /api/v1/search': { body: JSON.stringify(listed) } } });
    const inbox = await open(server);
    const stranger = message('a', '<stranger@test>', 'an invoice', `Message-ID: ${ID}\r\nSubject: ${NONCE}`);
    server.messages.push(stranger);
    expect(await inbox.find(sought(ID, { nonce: NONCE }), Deadline.after(100))).toBeUndefined();
    expect(server.messages).toEqual([stranger]);
  });

  test('returns the message even if its Subject is long', async () => {
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

  test('sends an endless message, which is read up to the limit', async () => {
    await using server = await startMailpit();
    const inbox = await open(server);
    server.messages.push(message('b', ID, 'probe', 'x'.repeat(3_000_000)));
    const received = await inbox.find(sought(ID, { size: 1000 }), Deadline.after(1000));
    expect(received?.source.length).toBe(maxReadBytes(1000));
  });

  test('is not waited for after the inbox is closed', async () => {
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
    [
      'requires credentials',
      { requires: CREDENTIALS },
      InboxRejected,
      /^the API requires a login, and the gate has sent none: .*401/,
    ],
    ['denies access', first({ status: 403 }), InboxRejected, /^access denied: .*403/],
    ['is a different server', first({ body: '<!doctype html>' }), InboxUnreachable, /not have the API of Mailpit/],
    ['does not have the path', first({ status: 404 }), InboxUnreachable, /not have the API of Mailpit/],
    ['sends unexpected JSON', first({ body: '{"messages":{}}' }), InboxUnreachable, /not have the API of Mailpit/],
    [
      'lists a path as the identifier',
      listed({ ID: '../x', MessageID: '', Subject: '' }),
      InboxUnreachable,
      /not have the API of Mailpit/,
    ],
    [
      'lists "all" as the identifier',
      listed({ ID: 'all', MessageID: '', Subject: '' }),
      InboxUnreachable,
      /not have the API of Mailpit/,
    ],
    ['redirects', first({ status: 302, headers: { location: 'http://127.0.0.1:1/' } }), InboxUnreachable, /302/],
    ['has an internal error', first({ status: 500 }), InboxUnreachable, /500/],
    ['sends an endless body', first({ body: `"${'x'.repeat(5_000_000)}"` }), InboxUnreachable, /more than 65536 bytes/],
    ['sends an endless header', first({ headers: { x: 'x'.repeat(50_000) } }), InboxUnreachable, /no HTTP response/],
    ['truncates the response', first({ body: '{}', headers: { 'content-length': '99' } }), InboxUnreachable, /./],
    ['does not reply', first('silence'), InboxUnreachable, /did not reply in time/],
    ['closes the connection', first('close'), InboxUnreachable, /no HTTP response/],
  ])('%s', async (_, script, kind, reason) => {
    await using server = await startMailpit(script);
    const outcome = await open(server).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(kind);
    expect(outcome).toMatchObject({ message: expect.stringMatching(reason) as string });
    while (server.open > 0) await sleep(5);
  });

  test.each([
    ['in text', (login: string) => login.slice(LOGIN.username.length + 1)],
    ['in base64', (login: string) => Buffer.from(login).toString('base64')],
  ])('quotes no part of the password %s from a page that is cut within it', async (_, encoded) => {
    const password = 'Zq7Wk9Xv3Jb5';
    const secret = encoded(`${LOGIN.username}:${password}`);
    for (let before = 60; before < 80; before += 1) {
      const body = `${'-'.repeat(before)} ${secret} ${'-'.repeat(1000)}`;
      await using server = await startMailpit(first({ status: 500, body }));
      const target: ApiTarget = {
        ...{ scheme: 'mailpit+http', host: HOST, port: server.port, basePath: '' },
        ...{ username: LOGIN.username, password: new Secret(password) },
      };
      const result = await inboxes.open(target, trusted.settings());
      const reply = result.ok || !('reply' in result.failure) ? '' : result.failure.reply;
      expect(reply).toMatch(/body: -{60,79} ?.*…$/);
      expect(reply).not.toContain(secret.slice(0, 2));
    }
  });

  test.each<[string, HttpScript['replies'], typeof InboxRejected | typeof InboxUnreachable]>([
    ['rejects a search', { 'GET /api/v1/search': { status: 400 } }, InboxRejected],
    ['sends an invalid search result', { 'GET /api/v1/search': { body: '[]' } }, InboxUnreachable],
    ['no longer has the message', { 'GET /api/v1/message/b/raw': { status: 404 } }, InboxRejected],
  ])('%s when the inbox is checked', async (_, replies, kind) => {
    await using server = await startMailpit({ replies: replies ?? {} });
    const inbox = await open(server);
    server.messages.push(message('b', ID));
    await expect(inbox.find(sought(ID), Deadline.after(100))).rejects.toThrow(kind);
  });

  test.each<[string, HttpReply | 'close', typeof InboxRejected | typeof InboxUnreachable, RegExp]>([
    ['rejects it', { status: 405 }, InboxRejected, /DELETE .* 405/],
    ['does not find it', { status: 404 }, InboxRejected, /DELETE .* 404/],
    ['has an internal error', { status: 500 }, InboxUnreachable, /DELETE .* 500/],
    ['closes the connection', 'close', InboxUnreachable, /no HTTP response/],
    ['claims success', { body: 'ok' }, InboxRejected, /is still there/],
  ])('is reported if it does not delete the message but %s', async (_, reply, kind, reason) => {
    await using server = await startMailpit({ replies: { 'DELETE /api/v1/messages': reply } });
    const inbox = await open(server);
    server.messages.push(message('b', ID));
    const received = await inbox.find(sought(ID), Deadline.after(100));
    const outcome = await received?.delete().catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(kind);
    expect(outcome).toMatchObject({ message: expect.stringMatching(reason) as string });
  });

  test('causes no failure if the message is already gone', async () => {
    const replies = { 'DELETE /api/v1/messages': { status: 404 } };
    await using server = await startMailpit({ replies });
    const inbox = await open(server);
    server.messages.push(message('b', ID));
    const received = await inbox.find(sought(ID), Deadline.after(100));
    server.messages.splice(0);
    await expect(received?.delete()).resolves.toBeUndefined();
  });

  test('refuses the connection', async () => {
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

  test('is not sent to the target of a redirect, nor to a server without TLS', async () => {
    await using other = await startMailpit();
    const headers = { location: `http://127.0.0.1:${other.port}/api/v1/messages` };
    const replies = { 'GET /api/v1/messages': { status: 307, headers } };
    await using server = await startMailpit({ identity: trusted.identity, replies });
    await expect(open(server, { scheme: 'mailpit+https', ...LOGIN })).rejects.toThrow(/307/);
    await expect(open(other, { scheme: 'mailpit+https', ...LOGIN })).rejects.toThrow(/unencrypted data instead of TLS/);
    expect([...other.heard, ...other.authorizations]).toEqual([]);
  });

  test('is not sent to a server with a bad certificate, which receives no request', async () => {
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
