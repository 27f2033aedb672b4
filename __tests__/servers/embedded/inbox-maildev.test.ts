import { createTransport } from 'nodemailer';
import { Inboxes } from '../../../src/inbox/inboxes.js';
import { Deadline } from '../../../src/net/deadline.js';
import type { ApiTarget } from '../../../src/plan/endpoint.js';
import { codes, DELIVERY, gate, letters, testEndpoint } from '../../support/gate.js';
import {
  createInboxTrust,
  opened,
  InboxUnreachable,
  HOST,
  InboxRejected,
  sought,
  LOGIN,
  type OpenedInbox,
  type InboxTrust,
} from '../../support/inbox.js';
import { startMailDev } from '../../support/maildev.js';
import { startHttp, type HttpScript } from '../../support/http.js';

const ID = '<Wanted@example.test>';
const NONCE = '6f9c1f0e-nonce';

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

function open(port: number, replaced: Partial<ApiTarget> = {}): Promise<OpenedInbox> {
  const target: ApiTarget = { scheme: 'maildev+http', host: HOST, port, basePath: '', ...replaced };
  return opened(inboxes.open(target, trusted.settings({ timeoutMs: 5000 })));
}

/** The subjects in MailDev, and whether each message was read. */
async function contents(port: number, base = ''): Promise<unknown> {
  const response = await fetch(`http://${HOST}:${port}${base}/api/email/summary`);
  const { items } = (await response.json()) as { items: { subject: string; read: boolean }[] };
  return items.map(({ subject, read }) => [subject, read]).toSorted();
}

describe('a MailDev', () => {
  const deliver = (port: number, messageId: string, subject: string, text = 'hello') =>
    createTransport({ host: HOST, port, ignoreTLS: true }).sendMail({
      from: 'gate@example.test',
      to: 'inbox@example.test',
      messageId,
      subject,
      text,
    });

  test.each(['', '/mail'])(
    'at "%s" returns the test message and its copies, and deletes only them',
    async (basePath) => {
      await using server = await startMailDev({ basePath });
      await deliver(server.smtpPort, '<old@example.test>', 'old');
      const inbox = await open(server.webPort, { basePath });
      await deliver(server.smtpPort, '<NotWanted@example.test>', 'other');
      await deliver(server.smtpPort, ID, 'probe', '.dot');
      const received = await inbox.find(sought(ID), Deadline.after(5000));
      expect(received?.source.toString()).toMatch(/^From: gate@example\.test\r\n[^]*\r\n\r\n\.dot\r\n$/);
      expect([received?.copies, received?.junk]).toEqual([1, undefined]);
      await deliver(server.smtpPort, ID, 'again');
      await received?.delete();
      expect(received?.copies).toBe(2);
      expect(await contents(server.webPort, basePath)).toEqual([
        ['old', false],
        ['other', false],
      ]);
    },
  );

  test('returns the message by its nonce if its Message-ID was changed, and not another message with that nonce', async () => {
    await using server = await startMailDev();
    const inbox = await open(server.webPort);
    await deliver(server.smtpPort, '<bounce@example.test>', `Re: ${NONCE}`, 'bounced');
    await deliver(server.smtpPort, '<renamed@example.test>', `probe ${NONCE}`, 'the probe');
    const is = (source: Buffer): boolean => source.includes('the probe');
    const received = await inbox.find(sought(ID, { nonce: NONCE, is }), Deadline.after(5000));
    await received?.delete();
    expect(await contents(server.webPort)).toEqual([[`Re: ${NONCE}`, false]]);
  });

  test('returns nothing after the time limit', async () => {
    await using server = await startMailDev();
    const inbox = await open(server.webPort);
    await deliver(server.smtpPort, '<other@example.test>', 'other');
    expect(await inbox.find(sought(ID), Deadline.after(100))).toBeUndefined();
  });

  test('over TLS accepts and returns the test message', async () => {
    const login = { username: LOGIN.username, password: LOGIN.password.reveal() };
    await using server = await startMailDev({ identity: trusted.identity, login });
    const inbox: ApiTarget = { scheme: 'maildev+https', host: HOST, port: server.webPort, basePath: '', ...LOGIN };
    const { report } = await gate(
      testEndpoint(server.smtpPort, {
        transport: 'implicit',
        servername: HOST,
        tls: { ca: [trusted.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
        delivery: { ...DELIVERY, withinMs: 5000, inbox },
      }),
    );
    expect(letters(report.steps)).toBe('aapnp');
    expect(codes(report.steps).filter((code) => code !== 'delivery-hop-unproved')).toEqual([]);
    const wrong: ApiTarget = { ...inbox, username: 'somebody else' };
    await expect(open(server.webPort, wrong)).rejects.toThrow(InboxRejected);
    await expect(open(server.webPort, { scheme: 'maildev+https' })).rejects.toThrow(
      /^the API requires a login, and the gate has sent none: .*401/,
    );
  });

  test('stops when the test ends', async () => {
    const { webPort, ...server } = await startMailDev();
    await server[Symbol.asyncDispose]();
    await expect(open(webPort)).rejects.toThrow(/ECONNREFUSED/);
  });
});

/** The API of MailDev 1 and 2 has no path before it, and finds by whole values only; before 2.0.2 it finds nothing. */
async function startOld(version: '1.1.0' | '2.2.1', script: HttpScript = {}) {
  const emails = new Map<string, string>();
  const server = await startHttp(script, ({ route, url }) => {
    const id = /^\w+ \/email\/(\w+)/.exec(route)?.[1] ?? '';
    const source = emails.get(id);
    if (route === 'GET /config') return { body: `{"version":"${version}","smtpPort":1025}` };
    if (route === 'GET /email') {
      const wanted = url.searchParams.get('headers.message-id');
      const list = [...emails].map(([each, text]) => {
        const field = (name: string) => new RegExp(`^${name}: (.*?)\\r$`, 'im').exec(text)?.[1];
        return { id: each, subject: field('subject'), headers: { 'message-id': field('message-id') } };
      });
      const found = list.filter(({ headers }) => version === '1.1.0' || headers['message-id'] === wanted);
      return { body: JSON.stringify(found) };
    }
    if (source !== undefined && route === `GET /email/${id}/source`) return { body: source };
    if (route !== `DELETE /email/${id}`) return undefined;
    return emails.delete(id) ? { body: 'true' } : { status: 500, body: '{"error":"Email not found"}' };
  });
  return Object.defineProperties({ emails } as typeof server & { emails: typeof emails }, {
    ...Object.getOwnPropertyDescriptors(server),
  });
}

const caught = (messageId: string, subject = 'probe', body = 'hello'): string =>
  `Subject: ${subject}\r\nMessage-ID: ${messageId}\r\n\r\n${body}\r\n`;

describe.each(['1.1.0', '2.2.1'] as const)('a MailDev of version %s', (version) => {
  const deleted = ({ heard }: { heard: readonly string[] }) => heard.filter((line) => !line.startsWith('GET'));

  test('is recognized by its API, and deletes only the test message and its copies', async () => {
    await using server = await startOld(version);
    server.emails.set('old', caught('<old@example.test>', 'an invoice'));
    const inbox = await open(server.port);
    server.emails.set('other', caught('<other@example.test>')).set('b', caught(ID)).set('c', caught(ID));
    const received = await inbox.find(sought(ID), Deadline.after(1000));
    expect([received?.source.toString(), received?.copies]).toEqual([caught(ID), 2]);
    await received?.delete();
    expect(deleted(server)).toEqual(['DELETE /email/b', 'DELETE /email/c']);
    expect([...server.emails.keys()]).toEqual(['old', 'other']);
  });

  test('keeps all messages if the test message does not arrive', async () => {
    await using server = await startOld(version);
    server.emails.set('a', caught('<a@example.test>', 'an invoice', `Message-ID: ${ID}`));
    server.emails.set('b', 'From: somebody@example.test\r\n\r\nNeither Subject nor Message-ID.\r\n');
    const before = [...server.emails];
    const inbox = await open(server.port);
    expect(await inbox.find(sought(ID, { nonce: NONCE }), Deadline.after(700))).toBeUndefined();
    expect([[...server.emails], deleted(server)]).toEqual([before, []]);
    // Messages without the Message-ID or nonce are not read.
    expect(server.heard.filter((line) => line.endsWith('/source'))).toEqual([]);
  });

  test.each<[string, object]>([
    ['of the test message', { 'message-id': ID }],
    ['twice, once of the test message', { 'message-id': [ID, '<a@example.test>'] }],
  ])('keeps a different message even if it lists the Message-ID %s', async (_, headers) => {
    const body = JSON.stringify([{ id: 'a', subject: `probe ${NONCE}`, headers }]);
    await using server = await startOld(version, { replies: { 'GET /email': { body } } });
    server.emails.set('a', caught('<a@example.test>', 'an invoice', `Message-ID: ${ID}\r\n${NONCE}`));
    const inbox = await open(server.port);
    expect(await inbox.find(sought(ID, { nonce: NONCE }), Deadline.after(100))).toBeUndefined();
    expect(deleted(server)).toEqual([]);
    expect(server.heard.filter((line) => line.endsWith('/source'))).toHaveLength(1);
  });

  test.each([404, 500])('that replies to DELETE with %d is asked whether the message is gone', async (status) => {
    await using server = await startOld(version, { replies: { 'DELETE /email/b': { status } } });
    const inbox = await open(server.port);
    server.emails.set('b', caught(ID));
    const received = await inbox.find(sought(ID), Deadline.after(1000));
    await expect(received?.delete()).rejects.toThrow(
      new RegExp(`the server replied to DELETE /email/b with ${status}`),
    );
    server.emails.clear();
    await expect(received?.delete()).resolves.toBeUndefined();
  });
});

test('a server that is not MailDev is reported', async () => {
  await using server = await startHttp({}, () => ({ body: '<!doctype html>' }));
  await expect(open(server.port)).rejects.toThrow(new InboxUnreachable('the server does not have the API of MailDev'));
});

test.each(['all', '../x', 'a/b', ''])('a message with the identifier "%s" is rejected', async (id) => {
  await using server = await startHttp({}, ({ route }) => {
    if (route === 'GET /config') return { body: '{"version":"2"}' };
    return route === 'GET /email' ? { body: JSON.stringify([{ id, subject: '' }]) } : undefined;
  });
  const inbox = await open(server.port);
  await expect(inbox.find(sought(ID), Deadline.after(50))).rejects.toThrow(InboxUnreachable);
  expect(server.heard.filter((line) => !/^GET \/(?:$|(?:api\/)?(?:config|email\?))/.test(line))).toEqual([]);
});

test.each<[string, object[], RegExp]>([
  ['messages', Array.from({ length: 501 }, () => ({ id: 'a' })), /more than 500 messages/],
  ['octets', Array.from({ length: 400 }, () => ({ id: 'a', subject: 'x'.repeat(400) })), /more than 131072 bytes/],
  ['messages', Array.from({ length: 501 }, () => ({ id: 'a' })), /more than 500 messages/],
  ['octets', Array.from({ length: 400 }, () => ({ id: 'a', subject: 'x'.repeat(400) })), /more than 131072 bytes/],
])('a list of too many %s is rejected', async (_, list, reason) => {
  await using server = await startOld('1.1.0', { replies: { 'GET /email': { body: JSON.stringify(list) } } });
  const inbox = await open(server.port);
  await expect(inbox.find(sought(ID), Deadline.after(50))).rejects.toThrow(reason);
});

test('a long message in a list does not hide others', async () => {
  const headers = { 'message-id': ID };
  const list = [
    { id: 'a', text: 'x'.repeat(100_000) },
    { id: 'b', headers },
  ];
  await using server = await startOld('1.1.0', { replies: { 'GET /email': { body: JSON.stringify(list) } } });
  server.emails.set('b', caught(ID));
  const inbox = await open(server.port);
  expect((await inbox.find(sought(ID), Deadline.after(50)))?.source.toString()).toBe(caught(ID));
});
