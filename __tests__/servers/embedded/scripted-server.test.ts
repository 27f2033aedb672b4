import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { createTransport } from 'nodemailer';
import { createPki, type Identity, type Pki } from '../../../src/servers/pki.js';
import { close, drip, flood, raw, reset, silence, startTls, wait, type Dialogue } from '../../support/dialogue.js';
import { closedPort, startScriptedServer } from '../../support/scripted-server.js';

const NAME = 'mail.example.test';

describe('the scripted server', () => {
  let pki: Pki;
  let identity: Identity;
  let tls: { key: string; cert: string };
  beforeAll(async () => {
    pki = await createPki();
    identity = await pki.issue({ names: [NAME] });
    tls = { key: identity.key, cert: identity.chain };
  });

  const send = (port: number, secure: boolean, password = 'right') =>
    createTransport({
      host: '127.0.0.1',
      port,
      secure,
      requireTLS: !secure,
      auth: { user: 'user', pass: password },
      tls: { servername: NAME, ca: pki.root.cert },
    }).sendMail({ from: 'a@example.test', to: 'b@example.test', subject: 'Hello', text: 'one\n.two\n' });

  /** Sends lines in one write and returns everything that the server sends until it closes the connection. */
  const exchange = async (port: number, ...lines: string[]): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(lines.map((line) => `${line}\r\n`).join(''));
    return text(socket);
  };

  test.each([
    ['STARTTLS', false],
    ['implicit TLS', true],
  ])('is a correct submission server by default over %s', async (_, implicit) => {
    const user = { username: 'user', password: 'right' };
    await using server = await startScriptedServer({ tls, implicit, user });
    await send(server.port, implicit);
    expect(server.messages).toHaveLength(1);
    expect(server.messages[0]).toMatch(/^Subject: Hello\r$/m);
    expect(server.messages[0]).toMatch(/\r\n\r\none\r\n\.two\r\n$/);
    expect(server.handshakes).toEqual([{ connection: 0, version: 'TLSv1.3', servername: NAME }]);
    const plain = server.heard.filter(({ phase }) => phase === 'plain').map(({ line }) => line.split(' ')[0]);
    expect(plain).toEqual(implicit ? [] : ['EHLO', 'STARTTLS']);
    expect(server.heard.filter(({ line }) => line.startsWith('AUTH PLAIN ')).map(({ phase }) => phase)).toEqual([
      'tls',
    ]);
    await expect(send(server.port, implicit, 'wrong')).rejects.toMatchObject({ responseCode: 535 });
    expect(server.connections).toBe(2);
  });

  test('records unencrypted commands after STARTTLS, and completes the handshake', async () => {
    await using server = await startScriptedServer({ tls });
    const socket = connect(server.port, '127.0.0.1');
    socket.write('STARTTLS\r\nNOOP injected\r\n');
    let answers = '';
    while (!answers.includes('220 2.0.0')) answers += String((await once(socket, 'data'))[0]);
    const secure = connectTls({ socket, servername: NAME, ca: pki.root.cert });
    await once(secure, 'secureConnect');
    secure.write('QUIT\r\n');
    expect(await text(secure)).toBe('221 2.0.0 Bye\r\n');
    expect(server.heard.map(({ phase, line }) => `${phase} ${line}`)).toEqual([
      'plain STARTTLS',
      'plain NOOP injected',
      'tls QUIT',
    ]);
  });

  test('replies to a verb as scripted, in one phase or both', async () => {
    const replies: Dialogue['replies'] = {
      MAIL: '451 4.7.1 Later',
      'plain:NOOP': ['250-a', '250 b'],
      'tls:NOOP': '500 no',
    };
    await using server = await startScriptedServer({ replies });
    const answer = await exchange(server.port, 'EHLO me', 'NOOP', 'MAIL FROM:<>', 'STARTTLS', 'FOO', 'QUIT');
    expect(answer.split('\r\n')).toEqual([
      '220 mail.example.test ESMTP',
      '250-mail.example.test',
      '250-PIPELINING',
      '250 8BITMIME',
      '250-a',
      '250 b',
      '451 4.7.1 Later',
      '502 5.5.1 Command not implemented',
      '500 5.5.2 Command not recognized',
      '221 2.0.0 Bye',
      '',
    ]);
  });

  test('uses one dialogue per connection, and repeats the last one', async () => {
    await using server = await startScriptedServer([{ greeting: ['421 4.3.2 Later', close] }, { greeting: '220 now' }]);
    expect(await exchange(server.port)).toBe('421 4.3.2 Later\r\n');
    expect(await exchange(server.port, 'QUIT')).toBe('220 now\r\n221 2.0.0 Bye\r\n');
    expect(await exchange(server.port, 'QUIT')).toBe('220 now\r\n221 2.0.0 Bye\r\n');
  });

  test('sends bytes unchanged, one by one, or without end', async () => {
    await using odd = await startScriptedServer({
      greeting: [raw(Uint8Array.of(0xff, 10)), drip('220 slow\r\n', 2), close],
    });
    const chunks: Buffer[] = [];
    const socket = connect(odd.port, '127.0.0.1').on('data', (chunk) => chunks.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString('latin1')).toBe('\xff\n220 slow\r\n');
    expect(chunks.length).toBeGreaterThan(2);

    await using endless = await startScriptedServer({ greeting: flood('220-more\r\n') });
    const reader = connect(endless.port, '127.0.0.1');
    let octets = 0;
    for await (const chunk of reader) {
      octets += (chunk as Buffer).length;
      if (octets > 1_000_000) break;
    }
    expect(octets).toBeGreaterThan(1_000_000);
  });

  test('resets a connection, or stays silent and continues to read', async () => {
    await using server = await startScriptedServer([{ greeting: reset }, { greeting: silence }]);
    const first = connect(server.port, '127.0.0.1');
    await expect(once(first, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    const second = connect(server.port, '127.0.0.1');
    second.write('EHLO anyone\r\n');
    while (server.heard.length === 0) await new Promise(setImmediate);
    expect(server.heard).toEqual([{ connection: 1, phase: 'plain', line: 'EHLO anyone' }]);
    expect(second.bytesRead).toBe(0);
    second.destroy();
  });

  test('closes and resets connections over TLS, and survives a reset before a handshake', async () => {
    await using server = await startScriptedServer([
      { tls, implicit: true, greeting: ['220 hello', close] },
      { tls, implicit: true, greeting: ['220 hello', wait(20), reset] },
      { tls, replies: { STARTTLS: ['220 go', wait(20), startTls] } },
    ]);
    const options = { port: server.port, host: '127.0.0.1', servername: NAME, ca: pki.root.cert };
    expect(await text(connectTls(options))).toBe('220 hello\r\n');
    await expect(text(connectTls(options))).rejects.toMatchObject({ code: 'ECONNRESET' });
    const hasty = connect(server.port, '127.0.0.1');
    hasty.write('STARTTLS\r\n');
    while (server.heard.length === 0) await new Promise(setImmediate);
    hasty.resetAndDestroy();
    await delay(40);
    expect(server.handshakes).toHaveLength(2);
  });

  test('limits TLS versions and can require a client certificate', async () => {
    const strict = { ...tls, ca: pki.root.cert, requestCert: true, rejectUnauthorized: true };
    await using server = await startScriptedServer([
      { tls: { ...tls, maxVersion: 'TLSv1.2' }, implicit: true },
      { tls: strict, implicit: true },
    ]);
    const options = { port: server.port, host: '127.0.0.1', servername: NAME, ca: pki.root.cert };
    const old = connectTls(options);
    await once(old, 'data');
    expect(old.getProtocol()).toBe('TLSv1.2');
    old.destroy();
    const anonymous = connectTls(options);
    await expect(once(anonymous, 'data')).rejects.toMatchObject({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' });
    const client = await pki.issue({ usage: ['clientAuth'] });
    const known = connectTls({ ...options, key: client.key, cert: client.chain });
    const [greeting] = (await once(known, 'data')) as [Buffer];
    expect(greeting.toString()).toBe('220 mail.example.test ESMTP\r\n');
    known.destroy();
  });

  test('closes its connections and its port', async () => {
    const server = await startScriptedServer({ greeting: silence });
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    while (server.connections === 0) await new Promise(setImmediate);
    const closed = once(socket, 'close');
    await server.close();
    await closed;
    await expect(once(connect(server.port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(once(connect(await closedPort(), '127.0.0.1'), 'connect')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
