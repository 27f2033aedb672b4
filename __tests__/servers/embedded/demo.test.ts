import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { parse } from 'yaml';
import { startDemo, type Demo } from '../../../src/main/demo.js';
import { NAME, startEmbedded, USER, type Embedded } from '../../support/embedded.js';

const ADDRESS = '127.0.0.1';

function submit({ port, pki }: Embedded, { secure = false, subject = 'Hello', password = USER.password } = {}) {
  return createTransport({
    host: ADDRESS,
    port,
    secure,
    requireTLS: !secure,
    auth: { user: USER.username, pass: password },
    tls: { servername: NAME, ca: pki.root.cert },
  }).sendMail({
    from: USER.username,
    to: USER.username,
    subject,
    text: 'one\n.two\nthrée\n',
    messageId: `<${subject}@test>`,
  });
}

function reader({ imapPort, pki }: Embedded, { secure = true, password = USER.password } = {}) {
  return new ImapFlow({
    host: ADDRESS,
    port: imapPort,
    secure,
    ...(!secure && { doSTARTTLS: true }),
    auth: { user: USER.username, pass: password },
    tls: { ca: pki.root.cert },
    logger: false,
  });
}

describe('the embedded mail server', () => {
  test.each([
    ['STARTTLS', 'starttls'],
    ['implicit TLS', 'implicit'],
  ] as const)('accepts a message over %s and returns it over IMAP', async (_, security) => {
    await using server = await startEmbedded({ smtp: { security } });
    await submit(server, { secure: security === 'implicit' });
    const client = reader(server);
    await client.connect();
    const { exists } = await client.mailboxOpen('INBOX');
    expect(exists).toBe(1);
    const query = { source: true, headers: ['subject', 'message-id'], flags: true, size: true, internalDate: true };
    const message = await client.fetchOne('1', query);
    if (message === false) throw new Error('no message');
    expect(message.uid).toBe(1);
    expect(message.flags).toEqual(new Set());
    expect(message.size).toBe(message.source?.length);
    expect(message.headers?.toString()).toBe('Subject: Hello\r\nMessage-ID: <Hello@test>\r\n\r\n');
    expect(message.source?.toString()).toMatch(
      /^Received: from .*\r\n .*\r\n[^]*\r\n\r\none\r\n\.two\r\nthr=C3=A9e\r\n$/,
    );
    await client.logout();
    expect(server.logins.map(({ at, secure }) => `${at} ${String(secure)}`)).toEqual(['smtp true', 'imap true']);
  });

  test('notifies a client in IDLE of a new message', async () => {
    await using server = await startEmbedded();
    const client = reader(server);
    await client.connect();
    await client.mailboxOpen('INBOX');
    const arrival = new Promise<number>((resolve) => {
      client.on('exists', ({ count }: { count: number }) => {
        resolve(count);
      });
    });
    const idling = client.idle();
    await submit(server);
    expect(await arrival).toBe(1);
    expect(await client.search({ header: { 'message-id': '<Hello@test>' } }, { uid: true })).toEqual([1]);
    await idling;
    await client.logout();
  });

  test('removes only the requested message', async () => {
    await using server = await startEmbedded();
    for (const subject of ['first', 'second', 'third']) await submit(server, { subject });
    const client = reader(server);
    await client.connect();
    await client.mailboxOpen('INBOX');
    await client.messageFlagsAdd('1', ['\\Deleted'], { uid: true });
    await client.messageDelete('2', { uid: true });
    expect(await client.search({ all: true }, { uid: true })).toEqual([1, 3]);
    await client.logout();
    expect(server.mailbox.messages.map(({ uid }) => uid)).toEqual([1, 3]);
  });

  test('updates sequence numbers after another client removes messages', async () => {
    await using server = await startEmbedded();
    for (const subject of ['first', 'second', 'third']) await submit(server, { subject });
    const [watcher, remover] = [reader(server), reader(server)];
    await Promise.all([watcher.connect(), remover.connect()]);
    await Promise.all([watcher.mailboxOpen('INBOX'), remover.mailboxOpen('INBOX')]);
    await remover.messageDelete('1:2', { uid: true });
    await watcher.noop();
    const left = await watcher.fetchOne('*', { uid: true });
    expect(left).toMatchObject({ seq: 1, uid: 3 });
    await Promise.all([watcher.logout(), remover.logout()]);
  });

  test('upgrades IMAP with STARTTLS and rejects LOGIN before it', async () => {
    await using server = await startEmbedded({ imap: { security: 'starttls' } });
    const client = reader(server, { secure: false });
    await client.connect();
    await client.logout();
    const socket = connect(server.imapPort, ADDRESS);
    socket.write(`a LOGIN {${USER.username.length}+}\r\n${USER.username} "${USER.password}"\r\nb LOGOUT\r\n`);
    expect(await text(socket)).toMatch(/^a NO \[PRIVACYREQUIRED\]/m);
    expect(server.logins.map(({ secure }) => secure)).toEqual([true]);
  });

  test('rejects wrong passwords and unknown folders', async () => {
    await using server = await startEmbedded();
    await expect(submit(server, { password: 'wrong' })).rejects.toMatchObject({ responseCode: 535 });
    await expect(reader(server, { password: 'wrong' }).connect()).rejects.toMatchObject({ authenticationFailed: true });
    const client = reader(server);
    await client.connect();
    await expect(client.mailboxOpen('Elsewhere')).rejects.toMatchObject({ responseStatus: 'NO' });
    await client.logout();
    expect(server.mailbox.messages).toEqual([]);
  });

  test('can be stopped during handshakes', async () => {
    const [starttls, implicit] = await Promise.all([
      startEmbedded(),
      startEmbedded({ smtp: { security: 'implicit' } }),
    ]);
    const plain = connect(starttls.port, ADDRESS);
    await once(plain, 'data');
    plain.write('EHLO test\r\nSTARTTLS\r\n');
    await once(plain, 'data');
    const secure = connect(implicit.port, ADDRESS);
    await once(secure, 'connect');
    secure.write('\x16\x03\x01\x00');
    const closed = [plain, secure].map(
      (socket) => new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve)),
    );
    await Promise.all([starttls.close(), implicit.close()]);
    expect(await Promise.all(closed)).toHaveLength(2);
  });

  test('can drop or change an accepted message', async () => {
    await using lossy = await startEmbedded({ alter: () => undefined });
    await submit(lossy);
    expect(lossy.mailbox.messages).toEqual([]);
    await using withFooter = await startEmbedded({ alter: (raw) => Buffer.concat([raw, Buffer.from('footer\r\n')]) });
    await submit(withFooter);
    expect(withFooter.mailbox.messages[0]?.raw.toString()).toMatch(/\r\nfooter\r\n$/);
  });
});

describe('the demo', () => {
  let demo: Demo;
  let endpoints: { name: string; host: string; port: number }[];
  beforeAll(async () => {
    demo = await startDemo();
    endpoints = parse(demo.inputs.endpoints ?? '') as typeof endpoints;
  });
  afterAll(() => demo.close());

  /** The greeting of a server and its unencrypted reply to EHLO. */
  const ehlo = async (name: string): Promise<string> => {
    const { host, port } = endpoints.find((each) => each.name.includes(name)) ?? { host: '', port: 0 };
    const socket = connect(port, host);
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    socket.write('EHLO test\r\nQUIT\r\n');
    return greeting.toString() + (await text(socket));
  };

  test('has eleven endpoints with unique names, all on loopback', () => {
    expect(endpoints).toHaveLength(11);
    expect(new Set(endpoints.map(({ name }) => name)).size).toBe(endpoints.length);
    expect(new Set(endpoints.map(({ host }) => host))).toEqual(new Set([ADDRESS]));
    expect(Object.values(demo.inputs).every((value) => value !== '')).toBe(true);
  });

  test('has servers that behave as the names of its endpoints say', async () => {
    expect(await ehlo('good: STARTTLS')).toMatch(/^220 [^]*250[- ]STARTTLS\r$/m);
    expect(await ehlo('good: STARTTLS')).not.toMatch(/AUTH/);
    expect(await ehlo('AUTH before TLS')).toMatch(/^250[- ]AUTH PLAIN LOGIN\r$/m);
    expect(await ehlo('no STARTTLS')).toMatch(/^250 8BITMIME\r$/m);
    expect(await ehlo('no STARTTLS')).not.toMatch(/^250[- ]STARTTLS/m);
    expect(await ehlo('try again later')).toMatch(/^421 4\.7\.0 Too busy/);
  });
});
