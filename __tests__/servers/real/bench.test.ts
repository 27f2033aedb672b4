import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { createTransport } from 'nodemailer';
import { MAIL_USER, startMailServers, type MailServers } from '../../support/postfix-dovecot.js';
import { processesIn } from '../../support/processes.js';
import { run } from '../../support/run.js';
import { HOST, CERTIFICATE_NAMES } from '../../support/certificate-fixtures.js';

const ADDRESS = '127.0.0.1';

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

describe('the real servers', () => {
  let servers: MailServers;
  beforeAll(async () => {
    servers = await startMailServers();
  }, TEST_TIMEOUT_MS);
  afterAll(() => servers.close(), TEST_TIMEOUT_MS);

  const ehlo = async (port: number): Promise<string> => {
    const socket = connect(port, ADDRESS);
    socket.write('EHLO test.example.test\r\n');
    await sleep(100);
    socket.write('QUIT\r\n');
    return text(socket);
  };

  const submit = (port: number, secure: boolean, password = MAIL_USER.password): Promise<unknown> =>
    createTransport({
      host: ADDRESS,
      port,
      secure,
      requireTLS: !secure,
      auth: { user: MAIL_USER.username, pass: password },
      tls: { servername: HOST, ca: servers.certs.pki.root.cert },
    }).sendMail({ from: MAIL_USER.username, to: MAIL_USER.username, subject: `port ${port}`, text: 'hello' });

  /** The subjects in the mailbox, as soon as there are this many. */
  const subjects = async (count: number): Promise<string[]> => {
    for (;;) {
      const messages = await servers.messages();
      if (messages.length >= count)
        return messages.map((message) => /^Subject: (.*)$/m.exec(message)?.[1] ?? '').sort();
      await sleep(50);
    }
  };

  test('offer STARTTLS, AUTH or neither, depending on the port', async () => {
    const { mx, submission, noTls, authBeforeTls } = servers.ports;
    const [exchanger, sub, none, before] = await Promise.all([mx, submission, noTls, authBeforeTls].map(ehlo));
    expect(exchanger).toMatch(/^250-STARTTLS\r$/m);
    expect(sub).toMatch(/^250-STARTTLS\r$/m);
    expect(sub).not.toMatch(/AUTH/);
    expect(none).toMatch(/^250-PIPELINING\r$/m);
    expect(none).not.toMatch(/STARTTLS/);
    expect(before).toMatch(/^250-STARTTLS\r$/m);
    expect(before).toMatch(/^250-AUTH PLAIN LOGIN\r$/m);
  });

  test.each(CERTIFICATE_NAMES)('present the certificate %s', async (certName) => {
    const target = `${ADDRESS}:${servers.certificatePorts[certName]}`;
    const shown = await run('bash', [
      '-c',
      'openssl s_client -connect "$1" -starttls smtp -servername "$2" -showcerts -cipher "DEFAULT:@SECLEVEL=0" </dev/null',
      'bash',
      target,
      HOST,
    ]);
    const sent = shown.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/g) ?? [];
    expect(sent.join('')).toBe(servers.certs[certName].chain);
  });

  test('deliver messages from STARTTLS and implicit TLS into the Maildir, and return them over IMAP', async () => {
    const { submission, submissions, imap, imaps } = servers.ports;
    await Promise.all([submit(submission, false), submit(submissions, true)]);
    expect(await subjects(2)).toEqual([`port ${submission}`, `port ${submissions}`].sort());
    for (const port of [imap, imaps]) {
      const client = new ImapFlow({
        host: ADDRESS,
        port,
        secure: port === imaps,
        ...(port === imap && { doSTARTTLS: true }),
        auth: { user: MAIL_USER.username, pass: MAIL_USER.password },
        tls: { ca: servers.certs.pki.root.cert },
        logger: false,
      });
      await client.connect();
      expect(await client.mailboxOpen('INBOX')).toMatchObject({ exists: 2 });
      await client.logout();
    }
  });

  test('reject a wrong password', async () => {
    await expect(submit(servers.ports.submission, false, 'wrong')).rejects.toMatchObject({ responseCode: 535 });
  });

  test('support at most TLS 1.1 on the port for that', async () => {
    const { oldTls } = servers.ports;
    const shakeHands = (option: string): Promise<string> =>
      run('bash', [
        '-c',
        `openssl s_client -connect "$1" -starttls smtp ${option} -cipher "DEFAULT:@SECLEVEL=0" </dev/null`,
        'bash',
        `${ADDRESS}:${oldTls}`,
      ]);
    expect(await shakeHands('-tls1_1')).toMatch(/^ {4}Protocol {2}: TLSv1\.1$/m);
    await expect(shakeHands('-tls1_2')).rejects.toThrow(/unsupported protocol/);
  });

  test(
    'leave no process and no file, and do not affect other instances',
    async () => {
      const brief = await startMailServers();
      expect((await processesIn(brief.folder)).map(({ command }) => command).join('\n')).toMatch(
        /master[^]*dovecot|dovecot[^]*master/,
      );
      await brief.close();
      expect(await processesIn(brief.folder)).toEqual([]);
      await expect(access(brief.folder)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await ehlo(servers.ports.mx)).toMatch(/^220 /);
    },
    TEST_TIMEOUT_MS,
  );
});
