import { createTransport } from 'nodemailer';
import { InboxRejected, InboxUnreachable } from '../../../src/inbox/inbox.js';
import type { Inbox } from '../../../src/inbox/inbox.js';
import { Inboxes } from '../../../src/inbox/inboxes.js';
import { Deadline } from '../../../src/net/deadline.js';
import type { ApiTarget } from '../../../src/plan/endpoint.js';
import { codes, DELIVERY, gate, letters, testEndpoint } from '../../support/gate.js';
import { createInboxTrust, HOST, LOGIN, sought } from '../../support/inbox.js';
import type { InboxTrust } from '../../support/inbox.js';
import { startMailDev } from '../../support/maildev.js';
import { startHttp } from '../../support/mailpit.js';

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

function open(port: number, replaced: Partial<ApiTarget> = {}): Promise<Inbox> {
  const target: ApiTarget = { scheme: 'maildev+http', host: HOST, port, basePath: '', ...replaced };
  return inboxes.open(target, trusted.settings({ timeoutMs: 5000 }));
}

/** What MailDev has: the subjects, and whether they were read. */
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

  test.each(['', '/mail'])('at "%s" gives the very message and its copies, and deletes only them', async (basePath) => {
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
  });

  test('finds the message by its nonce where it has another Message-ID, and no stranger of that Subject', async () => {
    await using server = await startMailDev();
    const inbox = await open(server.webPort);
    await deliver(server.smtpPort, '<bounce@example.test>', `Re: ${NONCE}`, 'bounced');
    await deliver(server.smtpPort, '<renamed@example.test>', `probe ${NONCE}`, 'the probe');
    const is = (source: Buffer): boolean => source.includes('the probe');
    const received = await inbox.find(sought(ID, { nonce: NONCE, is }), Deadline.after(5000));
    await received?.delete();
    expect(await contents(server.webPort)).toEqual([[`Re: ${NONCE}`, false]]);
  });

  test('has nothing when the time is over', async () => {
    await using server = await startMailDev();
    const inbox = await open(server.webPort);
    await deliver(server.smtpPort, '<other@example.test>', 'other');
    expect(await inbox.find(sought(ID), Deadline.after(100))).toBeUndefined();
  });

  test('over TLS takes the probe and proves it: the whole way', async () => {
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
    await expect(open(server.webPort, { scheme: 'maildev+https' })).rejects.toThrow(/^login refused: .*401/);
  });

  test('stops with the test that started it', async () => {
    const { webPort, ...server } = await startMailDev();
    await server[Symbol.asyncDispose]();
    await expect(open(webPort)).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('a MailDev of version 2', () => {
  /** Its API has no path before it, and finds by whole values only. */
  const start = () => {
    const emails = new Map([
      ['old', '<old@example.test>'],
      ['b', ID],
    ]);
    return startHttp({}, ({ route, url }) => {
      const id = /^\w+ \/email\/(\w+)/.exec(route)?.[1] ?? '';
      if (route === 'GET /config') return { body: '{"version":"2.2.1","smtpPort":1025}' };
      if (route === 'GET /email') {
        const wanted = url.searchParams.get('headers.message-id');
        const found = [...emails].filter(([, messageId]) => messageId === wanted);
        return { body: JSON.stringify(found.map(([each]) => ({ id: each, subject: 'probe', headers: {} }))) };
      }
      if (route === `GET /email/${id}/source`) return { body: `Message-ID: ${emails.get(id) ?? ''}\r\n\r\n` };
      if (route === `DELETE /email/${id}`) return { body: String(emails.delete(id)) };
      return undefined;
    });
  };

  test('is found without being told', async () => {
    await using server = await start();
    const received = await (await open(server.port)).find(sought(ID), Deadline.after(1000));
    expect(received?.source.toString()).toBe(`Message-ID: ${ID}\r\n\r\n`);
    await received?.delete();
    expect(server.heard.filter((line) => !line.startsWith('GET'))).toEqual(['DELETE /email/b']);
  });
});

test('what is no MailDev is told', async () => {
  await using server = await startHttp({}, () => ({ body: '<!doctype html>' }));
  await expect(open(server.port)).rejects.toThrow(new InboxUnreachable('what answers is not the API of MailDev'));
});

test.each(['all', '../x', 'a/b', ''])('no message is called "%s"', async (id) => {
  await using server = await startHttp({}, ({ route }) => {
    if (route === 'GET /config') return { body: '{"version":"2"}' };
    return route === 'GET /email' ? { body: JSON.stringify([{ id, subject: '' }]) } : undefined;
  });
  const inbox = await open(server.port);
  await expect(inbox.find(sought(ID), Deadline.after(50))).rejects.toThrow(InboxUnreachable);
  expect(server.heard.filter((line) => !/^GET \/(api\/)?(config|email\?)/.test(line))).toEqual([]);
});
