import type { Inbox, Received } from '../../../src/inbox/inbox.js';
import type { InboxResult } from '../../../src/inbox/failure.js';
import { Inboxes } from '../../../src/inbox/inboxes.js';
import { CATALOG } from '../../../src/findings/catalog.js';
import { Mailbox } from '../../support/imap/mailbox.js';
import { gateAll } from '../../../src/gate/scheduler.js';
import type { RunContext } from '../../../src/steps/context.js';
import type { Delivery, Endpoint } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';
import { close, silence, type Dialogue } from '../../support/dialogue.js';
import { startEmbedded, USER, type Embedded } from '../../support/embedded.js';
import { AUTH, codes, DELIVERY, gate, letters, testEndpoint, testRun } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { own } from '../../../src/text/own.js';

/** Step 5 after the transaction: the delivered message, recipients that must be rejected, and greylisting. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

const served = (dialogue: Dialogue): Dialogue => ({
  ...dialogue,
  tls: { key: certs.good.key, cert: certs.good.chain },
});

const endpointAt = (port: number, replaced: Partial<Endpoint> = {}): Endpoint =>
  testEndpoint(port, {
    delivery: DELIVERY,
    tls: { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    timeoutMs: 3000,
    ...replaced,
  });

test('a required delivery that cannot be verified sends nothing', async () => {
  await using server = await startScriptedServer(served({}));
  const { report } = await gate(endpointAt(server.port, { require: ['delivery'] }));
  expect({ steps: letters(report.steps), codes: codes(report.steps) }).toEqual({
    steps: 'pppnf',
    codes: ['step-required'],
  });
  expect(server.heard.filter(({ line }) => /^(MAIL|RCPT|DATA)/.test(line))).toEqual([]);
});

test.each([
  ['220 mail.example.test Dovecot ready.', ['AUTH PLAIN']],
  ['220 mail.example.test ESMTP ready', ['AUTH PLAIN']],
  ['220 mail.example.test', ['AUTH PLAIN', 'BURL imap']],
])(
  'a proxy probably does not authenticate if the server behind it does not relay: %s, %s',
  async (greeting, offersInTls) => {
    const replies = { RCPT: '554 5.7.1 Relay access denied' };
    await using server = await startScriptedServer(served({ greeting, offersInTls, replies }));
    const { report } = await gate(endpointAt(server.port, { auth: AUTH }));
    const [found] = report.steps[4]?.findings ?? [];
    expect(found?.title).toBe('Relaying denied: proxy probably does not authenticate');
  },
);

describe('the delivered message', () => {
  const delivering = (server: Embedded, replaced: Partial<Delivery>): Endpoint => {
    const endpoint = server.endpoint();
    if (!endpoint.delivery) throw new Error('the embedded server delivers');
    return { ...endpoint, delivery: { ...endpoint.delivery, ...replaced } };
  };

  /** An embedded server that delivers different or additional messages. */
  async function startDelivering(messages: (raw: Buffer) => Buffer[]): Promise<Embedded> {
    const held: { mailbox?: Mailbox } = {};
    const server = await startEmbedded({
      smtp: {
        deliver: (raw) => {
          for (const message of messages(raw)) held.mailbox?.append(message);
        },
      },
    });
    held.mailbox = server.mailbox;
    return server;
  }

  test('is in the report with its latency, and is deleted from the inbox', async () => {
    await using server = await startEmbedded();
    const { report } = await gate(server.endpoint());
    expect({ steps: letters(report.steps), result: report.result }).toEqual({ steps: 'ppppp', result: 'pass' });
    expect(report.delivery).toEqual({
      messageId: expect.stringMatching(/^<starttls-gate\.[0-9a-f-]{36}@example\.test>$/) as unknown,
      octets: expect.any(Number) as unknown,
      latencyMs: expect.any(Number) as unknown,
      copies: 1,
    });
    expect(report.delivery?.latencyMs).toBeLessThanOrEqual(report.steps[4]?.durationMs ?? 0);
    expect(server.mailbox.messages).toEqual([]);
  });

  test('stays in the inbox if the user keeps it', async () => {
    await using server = await startEmbedded();
    const { report } = await gate(delivering(server, { keep: true }));
    expect(letters(report.steps)).toBe('ppppp');
    expect(server.mailbox.messages).toHaveLength(1);
    expect([...(server.mailbox.messages[0]?.flags ?? ['none'])]).toEqual([]);
  });

  test('causes a warning if it arrives twice, and both copies are deleted', async () => {
    await using server = await startDelivering((raw) => [raw, raw]);
    const { report } = await gate(server.endpoint());
    expect({ steps: letters(report.steps), found: codes(report.steps) }).toEqual({
      steps: 'ppppw',
      found: ['message-duplicated'],
    });
    expect(report.delivery?.copies).toBe(2);
    expect(report.steps[4]?.findings[0]?.evidence).toMatchObject({ copies: '2' });
    expect(server.mailbox.messages).toEqual([]);
  });

  test('is not a duplicate of a different message from the same sender', async () => {
    const other = Buffer.from('From: user@example.test\r\nSubject: other\r\nMessage-ID: <other@test>\r\n\r\nhi\r\n');
    await using server = await startDelivering((raw) => [other, raw]);
    const { report } = await gate(server.endpoint());
    expect(codes(report.steps)).toEqual([]);
    expect(server.mailbox.messages).toHaveLength(1);
  });

  test('causes a warning that names the folder if it is in junk', async () => {
    await using server = await startEmbedded();
    const run = { inboxes: new JunkInboxes(server.mailbox) };
    const { report } = await gate(server.endpoint(), run);
    expect({ steps: letters(report.steps), found: codes(report.steps) }).toEqual({
      steps: 'ppppw',
      found: ['message-in-junk'],
    });
    expect(report.delivery?.folder).toBe('Junk\\x1b[2J');
    expect(report.steps[4]?.findings[0]).toMatchObject({
      message: 'The message arrived in the folder "Junk\\x1b[2J".',
      evidence: { folder: 'Junk\\x1b[2J' },
    });
  });

  test('is evaluated even if it cannot be deleted', async () => {
    await using server = await startEmbedded();
    const stays = (): Promise<InboxResult<void>> =>
      Promise.resolve({
        ok: false,
        failure: { kind: 'rejected', reason: 'not-deleted', detail: own`no right to delete` },
      });
    const { report } = await gate(server.endpoint(), { inboxes: new JunkInboxes(server.mailbox, stays) });
    expect({ steps: letters(report.steps), found: codes(report.steps) }).toEqual({
      steps: 'ppppw',
      found: ['message-in-junk', 'inbox-cleanup-failed'],
    });
    expect(report.delivery?.latencyMs).toBeDefined();
  });

  test('is compared up to the last byte of a large attachment', async () => {
    const changed = (raw: Buffer): Buffer => {
      const at = raw.lastIndexOf('\r\n--') - 3;
      raw[at] = raw[at] === 0x41 ? 0x42 : 0x41;
      return raw;
    };
    for (const [alter, found] of [
      [undefined, []],
      [changed, ['message-altered']],
    ] as const) {
      await using server = await startEmbedded(alter ? { alter } : {});
      const { report } = await gate(delivering(server, { attachmentBytes: 2_000_000 }));
      expect(codes(report.steps)).toEqual(found);
      expect(report.delivery?.octets).toBeGreaterThan(2_600_000);
      expect(server.mailbox.messages).toEqual([]);
    }
  }, 30_000);

  test.each<[string, (text: string) => string, string, RegExp]>([
    [
      'a header field',
      (text) => text.replace(/^MIME-Version: .*\r\n/m, ''),
      'Header field removed in transit',
      /^Remove the rule that deletes MIME-Version from the header/,
    ],
    [
      'a footer',
      (text) => `${text.replace(/(\r\n)+$/, '\r\n')}-- \r\nConfidential\r\n`,
      'Text added at the end of the message',
      /^Turn off the footer/,
    ],
    [
      'the subject',
      (text) => text.replace(/^Subject: /m, 'Subject: [team] '),
      'Message altered in transit',
      /turn this change off\.\n- The `Received` lines of the message name the servers/,
    ],
    [
      'a tag of a spam filter',
      (text) => text.replace(/^Subject: /m, 'Subject: [Spam?] '),
      'Message marked as spam',
      /^Find out in the header of the message why the spam filter marked it/,
    ],
    [
      'a tag of external mail',
      (text) => text.replace(/^Subject: /m, 'Subject: [EXTERNAL] '),
      'Message marked as external mail',
      /^Have the administrator of the recipient's organization exempt the test mailbox/,
    ],
    [
      'a banner in front of the text',
      (text) => text.replace('\r\n\r\n', '\r\n\r\n\r\nCAUTION: This email originated from outside of the company.\r\n'),
      'Message marked as external mail',
      /^Have the administrator/,
    ],
  ])('has a fix for what was changed: %s', async (_, alter, title, fix) => {
    await using server = await startEmbedded({ alter: (raw) => Buffer.from(alter(raw.toString('latin1')), 'latin1') });
    const { report } = await gate(delivering(server, {}));
    const [found] = report.steps[4]?.findings ?? [];
    expect(found).toMatchObject({ code: 'message-altered', title });
    expect(found?.remedy).toMatch(fix);
  });

  test('causes a warning if a server re-encodes it, and nothing if only the case of field names changes', async () => {
    const likeCourier = (text: string): string => {
      const [, boundary = ''] = /boundary="([^"]+)"/.exec(text) ?? [];
      return text
        .replaceAll(boundary, '=_courier-1')
        .replace(/^(?:Content-Type|MIME-Version):/gm, (name) => name.toLowerCase())
        .replace('\r\n\r\n', '\r\n\r\nThis is a MIME-formatted message.\r\n');
    };
    const inLowerCase = (text: string): string =>
      text.replace(/^[^]*?\r\n\r\n/, (header) => header.replace(/^[A-Z][\w-]+:/gm, (name) => name.toLowerCase()));
    for (const [alter, steps, found] of [
      [likeCourier, 'ppppw', ['message-reencoded']],
      [(text: string) => `X-Scanned: yes\r\n${likeCourier(text)}`, 'ppppw', ['message-reencoded']],
      [(text: string) => likeCourier(text).replace('This message', 'That message'), 'ppppf', ['message-altered']],
      [inLowerCase, 'ppppp', []],
    ] as const) {
      await using server = await startEmbedded({
        alter: (raw) => Buffer.from(alter(raw.toString('latin1')), 'latin1'),
      });
      const { report } = await gate(delivering(server, { attachmentBytes: 20_000 }));
      expect([letters(report.steps), codes(report.steps)]).toEqual([steps, found]);
      expect(server.mailbox.messages).toEqual([]);
    }
  });

  test('is found before the server replies to QUIT', async () => {
    await using server = await startEmbedded();
    const { inbox } = server.endpoint().delivery ?? {};
    if (!inbox) throw new Error('the embedded server has an inbox');
    await using smtp = await startScriptedServer(served({ replies: { QUIT: silence, MESSAGE: ['250 2.0.0 Queued'] } }));
    const ca = [certs.pki.root.cert, server.pki.root.cert];
    const deliver = setInterval(() => {
      const [message] = smtp.messages;
      if (message === undefined) return;
      clearInterval(deliver);
      server.mailbox.append(Buffer.from(message));
    }, 5);
    const { report } = await gate(
      endpointAt(smtp.port, {
        delivery: { ...DELIVERY, inbox },
        tls: { ca, minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
      }),
    );
    clearInterval(deliver);
    expect(letters(report.steps)).toBe('pppnp');
    // Waiting for the reply to QUIT takes 3 s.
    expect(report.delivery?.latencyMs).toBeLessThan(2500);
  });
});

const DONE: InboxResult<void> = { ok: true, value: undefined };

/** Inboxes that find each message in a junk folder whose name contains control characters. */
class JunkInboxes extends Inboxes {
  readonly #mailbox: Mailbox;
  readonly #remove: () => Promise<InboxResult<void>>;

  constructor(mailbox: Mailbox, remove = (): Promise<InboxResult<void>> => Promise.resolve(DONE)) {
    super();
    this.#mailbox = mailbox;
    this.#remove = remove;
  }

  override open(): Promise<InboxResult<Inbox>> {
    const find = (): Promise<InboxResult<Received>> => {
      const [{ raw } = { raw: Buffer.alloc(0) }] = this.#mailbox.messages;
      const received: Received = {
        source: raw,
        junk: 'Junk\u001b[2J',
        copies: 1,
        hasMore: false,
        recount: () => Promise.resolve(DONE),
        delete: this.#remove,
      };
      return Promise.resolve({ ok: true, value: received });
    };
    const explain = () => Promise.resolve({ folders: ['INBOX'] });
    const value = { find, explain, ended: new Promise<void>(() => undefined), close: () => Promise.resolve() };
    return Promise.resolve({ ok: true, value });
  }
}

/** Inboxes that stay open after an attempt, for the next one. */
class SharedInboxes extends Inboxes implements AsyncDisposable {
  override close(): Promise<void> {
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await super.close();
  }
}

describe('a message that is not found', () => {
  const lost = (server: Embedded, replaced: Partial<Endpoint> = {}): Endpoint => {
    const endpoint = server.endpoint(replaced);
    if (!endpoint.delivery) throw new Error('the embedded server delivers');
    return { ...endpoint, delivery: { ...endpoint.delivery, withinMs: 300 } };
  };

  test('is reported with the place and time of the search, the reply and the dialogue with the inbox', async () => {
    await using server = await startEmbedded({ alter: () => undefined });
    server.mailbox.append(Buffer.from('Subject: An older message\r\n\r\nHello\r\n'));
    const { report } = await gate(lost(server));
    const [found] = report.steps[4]?.findings ?? [];
    const url = `imaps://127.0.0.1:${server.imapPort}`;
    expect(found).toMatchObject({
      code: 'message-not-received',
      party: 'server',
      certainty: 'likely',
      evidence: {
        inbox: url,
        user: USER.username,
        mailbox: 'INBOX',
        searched: 'INBOX',
        junk: 'not searched',
        within: '0.3 s',
      },
    });
    const { reply, messageId } = found?.evidence ?? {};
    expect(found?.message).toBe(
      `The server accepted the message to ${USER.username} ("${reply}"), but it was not found within 0.3 s. The gate searched INBOX at ${url} as ${USER.username}. It found no junk folder to search. No message has arrived in INBOX since the gate opened it (UIDNEXT is still 2).`,
    );
    expect(reply).toMatch(/^250 /);
    expect(found?.remedy).toContain(
      `Search the server's queue (often \`mailq\`) and its log for the Message-ID ${messageId}: they show what happened`,
    );
    expect(found?.remedy).toMatch(
      /\n- Still queued: .*\n- Bounced: .*`delivery\.from`\.\n- Delivered to a different mailbox or server: .*\n- Delivered to this mailbox: the inbox server /,
    );
    expect(report.inboxTranscript?.map(({ text }) => text).join('\n')).toMatch(/ LOGIN [^]* SELECT INBOX\n/);
  });

  test('is reported with the junk folder, if that was searched', async () => {
    await using server = await startEmbedded({ alter: () => undefined, imap: { junk: new Mailbox() } });
    server.mailbox.append(Buffer.from('Subject: An older message\r\n\r\nHello\r\n'));
    const { report } = await gate(lost(server));
    const [found] = report.steps[4]?.findings ?? [];
    expect(found?.message).toMatch(
      / The gate searched INBOX, Junk at .* That includes the junk folder\. No message has arrived in INBOX /,
    );
    expect(found?.evidence).toMatchObject({ searched: 'INBOX, Junk', junk: 'searched' });
  });

  test('is reported with the fact that the inbox has never received any', async () => {
    await using server = await startEmbedded({ alter: () => undefined });
    const [found] = (await gate(lost(server))).report.steps[4]?.findings ?? [];
    expect(found?.message).toMatch(/ INBOX has never received a message \(UIDNEXT is 1\)\.$/);
    // The message may still be queued, so that is no evidence for a different mail store.
    expect(found).toMatchObject({ title: CATALOG['message-not-received'].title });
    expect(found?.remedy).toMatch(/^Search the server's queue .*\n- Still queued: /);
  });

  test('is reported with a recipient that differs from the user of the inbox by a letter', async () => {
    await using server = await startEmbedded({ alter: () => undefined });
    const endpoint = lost(server);
    const to = USER.username.replace('@', 's@');
    if (!endpoint.delivery) throw new Error('the embedded server delivers');
    const { report } = await gate({ ...endpoint, delivery: { ...endpoint.delivery, to } });
    const [found] = report.steps[4]?.findings ?? [];
    expect(found).toMatchObject({ title: 'Recipient is not the user of the inbox', party: 'configuration' });
    expect(found?.message).toMatch(
      `The recipient ${to} differs by one letter from ${USER.username}, the user of the inbox. `,
    );
    expect(found?.remedy).toMatch(`Correct \`delivery.to\` (${to}) or \`delivery.username\` (${USER.username}): `);
  });

  test.each([
    ['its first message', 0, 'UIDNEXT rose from 1 to 2'],
    ['another message', 3, 'UIDNEXT rose from 4 to 5'],
  ])('was removed by another program if the inbox received %s, which is no longer there', async (_, before, rose) => {
    const mailbox = new Mailbox();
    for (let n = 0; n < before; n += 1) mailbox.append(Buffer.from('Subject: Older\r\n\r\nHello\r\n'));
    const deliver = (raw: Buffer): void => {
      mailbox.append(raw);
      mailbox.remove(({ uid }) => uid > before);
    };
    await using server = await startEmbedded({ imap: { mailbox }, smtp: { deliver } });
    const [found] = (await gate(lost(server))).report.steps[4]?.findings ?? [];
    expect(found).toMatchObject({
      code: 'message-not-received',
      title: 'Message removed from the inbox before the gate read it',
      party: 'inbox',
      certainty: 'likely',
    });
    expect(found?.message).toContain(`but is no longer there (${rose}).`);
    expect(found?.remedy).toMatch(/^Use a mailbox that only the gate reads, /);
  });

  test('was not removed if a different message arrived that is still there', async () => {
    const mailbox = new Mailbox();
    const deliver = (): void => {
      mailbox.append(Buffer.from('Subject: Different\r\n\r\nHello\r\n'));
    };
    await using server = await startEmbedded({ imap: { mailbox }, smtp: { deliver } });
    const [found] = (await gate(lost(server))).report.steps[4]?.findings ?? [];
    expect(found?.title).toBe('Message accepted but not found in the inbox');
    expect(found?.message).not.toMatch(/UID|never received/);
  });

  test('was not removed by another program if the gate has deleted a message of another endpoint', async () => {
    let isFirst = true;
    await using server = await startEmbedded({
      alter: (raw) => {
        const delivered = isFirst ? raw : undefined;
        isFirst = false;
        return delivered;
      },
    });
    await using inboxes = new SharedInboxes();
    const first = await gate(server.endpoint(), { inboxes });
    expect([letters(first.report.steps), server.mailbox.messages]).toEqual(['ppppp', []]);
    const [found] = (await gate(lost(server), { inboxes })).report.steps[4]?.findings ?? [];
    expect(found?.title).toBe('Message accepted but not found in the inbox');
    expect(found?.message).not.toMatch(/UID|never received/);
  });

  test('is in a different folder of the account if a rule files it there', async () => {
    const folders = { Archive: new Mailbox(), Notifications: new Mailbox() };
    const deliver = (raw: Buffer): void => {
      folders.Notifications.append(raw);
    };
    await using server = await startEmbedded({ imap: { folders }, smtp: { deliver } });
    server.mailbox.append(Buffer.from('Subject: An older message\r\n\r\nHello\r\n'));
    const { report } = await gate(lost(server));
    const [found] = report.steps[4]?.findings ?? [];
    const url = `imaps://127.0.0.1:${server.imapPort}`;
    expect(found).toMatchObject({
      code: 'message-not-received',
      title: 'Message delivered to a different folder',
      party: 'configuration',
      certainty: 'certain',
      evidence: { folder: 'Notifications', otherFolders: '2', uid: '1' },
      reproduceShows: '* SEARCH 1',
    });
    expect(found?.reproduce).toContain(
      ` -X 'UID SEARCH HEADER Message-ID ${found?.evidence?.messageId}' ${url}/Notifications`,
    );
    expect(found?.message).toContain(' It is in the folder "Notifications" instead.');
    expect(found?.remedy).toContain(`\`delivery.inbox\` to the folder "Notifications" (\`${url}/Notifications\`)`);
    expect(folders.Notifications.messages).toHaveLength(1);
    expect(report.inboxTranscript?.map(({ text }) => text).join('\n')).not.toContain('Archive');
  });

  test('is in the folder that its subaddress names', async () => {
    const folders = { ci: new Mailbox() };
    const deliver = (raw: Buffer): void => {
      folders.ci.append(raw);
    };
    await using server = await startEmbedded({ imap: { folders }, smtp: { deliver } });
    const endpoint = lost(server);
    const delivery = endpoint.delivery && { ...endpoint.delivery, to: 'inbox+CI@example.test' };
    const [found] = (await gate({ ...endpoint, ...(delivery && { delivery }) })).report.steps[4]?.findings ?? [];
    expect(found).toMatchObject({
      title: 'Message delivered to the folder of its subaddress',
      party: 'configuration',
      reproduceShows: '* SEARCH 1',
    });
    expect(found?.remedy).toMatch(/^Set `delivery\.inbox` to the folder "ci" .* without the plus sign/);
  });

  test('is in no other folder of the account, if that was searched', async () => {
    const folders = { Archive: new Mailbox() };
    await using server = await startEmbedded({ imap: { folders }, alter: () => undefined });
    const [found] = (await gate(lost(server))).report.steps[4]?.findings ?? [];
    expect(found?.message).toContain(' It is not in the other folder of the account either.');
    expect(found?.evidence?.otherFolders).toBe('1');
  });

  test('is reported with the queue ID that the server named', async () => {
    await using server = await startEmbedded();
    await using smtp = await startScriptedServer(
      served({ offersInTls: ['AUTH PLAIN'], replies: { MESSAGE: ['250 2.0.0 Ok: queued as 4VbXyZ1q2Rz3'] } }),
    );
    const endpoint = endpointAt(smtp.port, {
      tls: { ca: [certs.pki.root.cert, server.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    });
    const inbox = server.endpoint().delivery?.inbox;
    const { report } = await gate({ ...endpoint, delivery: { ...DELIVERY, withinMs: 300, ...(inbox && { inbox }) } });
    const [found] = report.steps[4]?.findings ?? [];
    expect(found).toMatchObject({ code: 'message-not-received', evidence: { queueId: '4VbXyZ1q2Rz3' } });
    expect(found?.remedy).toMatch(/^Find the message on the server: `postqueue -p` .* `grep 4VbXyZ1q2Rz3 /);
  });

  test('is reported with a message that has its Subject and is not the test message', async () => {
    const reply = (raw: string): string =>
      raw
        .replace(/^Message-ID:\s+<.*>/m, 'Message-ID: <reply@example.test>')
        .replace(/^From: .*$/m, 'From: Out of office <robot@example.test>')
        .replace(/^Subject: /m, 'Subject: Re: ')
        .replace(/\r\n\r\n[^]*/, '\r\n\r\nI am on holiday.\r\n');
    await using server = await startEmbedded({ alter: (raw) => Buffer.from(reply(raw.toString())) });
    const { report } = await gate(lost(server));
    const [found] = report.steps[4]?.findings ?? [];
    expect(found).toMatchObject({
      code: 'message-not-received',
      title: 'A different message arrived instead',
      evidence: {
        other: expect.stringMatching(
          /^From: Out of office <robot@example\.test>; Subject: Re: STARTTLS Gate test message [\w-]{36}$/,
        ) as string,
      },
    });
    expect(found?.message).toMatch(
      / A message with the identifier of the test message is there, but it is not the test message \(From: /,
    );
    expect(server.mailbox.messages).toHaveLength(1);
  });

  test.each([
    ['with its diagnostic text', 'failed', 'smtp; 550 5.1.1 <inbox>: no such\r\n user', 'Message bounced'],
    ['only as a message that is there, if it reports a delay', 'delayed', 'x', 'A different message arrived instead'],
  ])('is reported with the bounce in the inbox: %s', async (_, action, diagnostic, title) => {
    const bounce = (raw: Buffer): Buffer =>
      Buffer.from(
        [
          'From: MAILER-DAEMON@example.test',
          'Subject: Undelivered Mail Returned to Sender',
          'Message-ID: <bounce@example.test>',
          'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
          ...['', '--b', '', 'Sorry.', '--b', 'Content-Type: message/delivery-status', ''],
          ...['Reporting-MTA: dns; mail.example.test', '', `Action: ${action}`, 'Status: 5.1.1'],
          ...[`Diagnostic-Code: ${diagnostic}`, '', '--b', 'Content-Type: message/rfc822', ''],
          `${raw.toString().split('\r\n\r\n')[0] ?? ''}\r\n\r\n--b--\r\n`,
        ].join('\r\n'),
      );
    await using server = await startEmbedded({ alter: bounce });
    const [found] = (await gate(lost(server))).report.steps[4]?.findings ?? [];
    expect(found).toMatchObject({ code: 'message-not-received', title });
    if (action !== 'failed') return;
    expect(found).toMatchObject({ certainty: 'certain', evidence: { bounce: '550 5.1.1 <inbox>: no such user' } });
    expect(found?.message).toMatch(/ A bounce of the test message is there \(From: MAILER-DAEMON.*: no such user"\.$/);
    expect(found?.remedy).toMatch(/^Correct what the bounce says \("550 5\.1\.1 <inbox>: no such user"\)/);
    expect(server.mailbox.messages).toHaveLength(1);
  });
});

describe('a recipient that must be rejected', () => {
  const delivery = { ...DELIVERY, to: 'stranger@example.net', expect: 'refused' } as const;
  const pipelining = { offersInTls: ['PIPELINING', 'SIZE 1', 'AUTH PLAIN'] };

  test.each<[string, Dialogue, string, string[]]>([
    ['is rejected', { replies: { RCPT: '554 5.7.1 Relay access denied' } }, 'p', []],
    ['is rejected, and the connection is closed', { replies: { RCPT: ['550 no', close] } }, 'p', []],
    ['is rejected with 530', { replies: { RCPT: '530 5.7.0 Authentication required' } }, 'p', []],
    ...[
      '530 5.7.0 Authentication required',
      '530 5.7.57 Client not authenticated to send mail. [AM0PR01CA0123.eurprd01.prod.outlook.com 2026-03-20T10:11:12.345Z 08DB28A0B2AA2B50]',
      '530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM [AM0PR01CA0123.eurprd01.prod.outlook.com]',
    ].map((reply): [string, Dialogue, string, string[]] => [
      `MAIL is rejected for an unauthenticated client: ${reply}`,
      { replies: { MAIL: reply } },
      'p',
      [],
    ]),
    ...[
      '530',
      '530 5.7.0 Must issue a STARTTLS command first',
      '530 5.7.0 Authentication required from 192.0.2.1',
      '550 5.7.1 Authentication required',
      '554 5.7.1 Relay access denied',
    ].map((reply): [string, Dialogue, string, string[]] => [
      `MAIL is rejected for a possibly unrelated reason: ${reply}`,
      { replies: { MAIL: reply } },
      'f',
      ['sender-rejected'],
    ]),
    ['is rejected with 454', { replies: { RCPT: '454 4.7.1 <stranger@example.net>: Relay access denied' } }, 'p', []],
    ...[
      '550 5.1.1 <stranger@example.net>: Recipient address rejected: User unknown in relay recipient table',
      '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
      '550 relay not permitted',
      "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
      '554 5.7.1 <stranger@example.net>: Recipient address rejected: Access denied',
      '550 5.2.1 The account is disabled',
      '550 5.1.0 No such user',
      '550 5.1.1 No such user; see https://example.com/spf-and-dmarc',
    ].map((reply): [string, Dialogue, string, string[]] => [
      `is rejected: ${reply}`,
      { replies: { RCPT: reply } },
      'p',
      [],
    ]),
    ...[
      '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
      '554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied',
      '550 5.1.8 <gate@example.test>: Sender address rejected: Domain not found',
      '550 5.1.0 <gate@example.test>: Sender address rejected: User unknown in relay recipient table',
      '550 Sender unknown',
      '550 5.1.0 Sender rejected',
      '550 5.1.0 <gate@example.test> sender rejected. Refer to Error Codes section',
      '550 5.1.1 Unknown sender',
      '550 rDNS lookup failed: host not found',
      '550 Access denied - Invalid HELO name',
      '550 5.7.23 <stranger@example.net>: Recipient address rejected: SPF fail - not authorized',
      '550 5.7.1 Your IP has a poor reputation',
      '550 Administrative prohibition',
      '550 Blocked',
      '550 TLS required',
      '550 Too many recipients today',
      '550 5.1.1 Directory lookup failed',
      '552 5.2.2 Over quota',
      '500 5.5.1 Command unrecognized',
      '501 5.1.3 Bad recipient address syntax',
      '503 5.5.1 Need MAIL before RCPT',
      '504 5.5.2 <gate>: Helo command rejected: need fully-qualified hostname',
      '554 5.3.0 no',
      '554 Transaction failed',
      '530 5.7.0 Must issue a STARTTLS command first',
    ].map((reply): [string, Dialogue, string, string[]] => [
      `the reply rejects something else: ${reply}`,
      { replies: { RCPT: reply } },
      'f',
      ['recipient-rejected'],
    ]),
    ['is accepted', {}, 'f', ['relay-open']],
    ['is accepted with 251', { replies: { RCPT: '251 will forward' } }, 'f', ['relay-open']],
    ['is accepted, and the server closes the connection after RSET', { replies: { RSET: close } }, 'f', ['relay-open']],
    ['is deferred', { replies: { RCPT: '450 4.2.0 later' } }, 'i', ['recipient-rejected']],
    ['is rejected and then accepted', { replies: { RCPT: ['550 no', '250 or yes'] } }, 'f', ['protocol-error']],
    ['gets 354', { replies: { RCPT: '354 what' } }, 'f', ['protocol-error']],
    ['the sender is rejected', { replies: { MAIL: '550 5.7.1 no' } }, 'f', ['sender-rejected']],
    ['the sender is deferred', { replies: { MAIL: '451 later' } }, 'i', ['sender-rejected']],
    ['gets 421', { replies: { RCPT: ['421 enough', close] } }, 'i', ['throttled']],
  ])('%s', async (_name, dialogue, letter, found) => {
    await using server = await startScriptedServer(served({ ...pipelining, ...dialogue }));
    const { report } = await gate(endpointAt(server.port, { delivery }));
    expect({ steps: letters(report.steps), found: codes(report.steps) }).toEqual({ steps: `pppn${letter}`, found });
    expect(server.heard.filter(({ line }) => /^DATA|^BDAT|^\.$/i.test(line))).toEqual([]);
    expect(server.messages).toEqual([]);
    expect(report.delivery).toBeUndefined();
  });

  test('is reset at once if the server accepts it', async () => {
    await using server = await startScriptedServer(served(pipelining));
    const { report } = await gate(endpointAt(server.port, { delivery, auth: AUTH }));
    const inside = server.heard.filter(({ phase }) => phase === 'tls').map(({ line }) => line.split(':')[0]);
    expect(inside.slice(2)).toEqual(['MAIL FROM', 'RCPT TO', 'RSET', 'QUIT']);
    const [found] = report.steps[4]?.findings ?? [];
    expect(found?.message).toBe(
      'The server accepted RCPT TO:<stranger@example.net> from this account ("250 2.0.0 Ok"), but it must reject this recipient.',
    );
    expect(found?.reproduce).toMatch(/ --to stranger@example\.net --quit-after RCPT && echo 'recipient accepted'$/);
  });

  test('is not certainly an open relay if client and server are in one private network', async () => {
    await using server = await startScriptedServer(served(pipelining));
    const { report } = await gate(endpointAt(server.port, { delivery }));
    expect(report.steps[4]?.findings).toMatchObject([
      { title: 'Recipient accepted from a local or private network', certainty: 'likely' },
    ]);
  });

  test('is not sent if the sender is rejected, and the finding says so', async () => {
    await using server = await startScriptedServer(served({ replies: { MAIL: '530 5.7.0 Authentication required' } }));
    const { report } = await gate(endpointAt(server.port, { delivery, auth: AUTH }));
    expect(report.steps[4]?.findings[0]?.message).toMatch(
      /requires authentication first\. The gate did not send RCPT\.$/,
    );
    expect(server.heard.filter(({ line }) => line.startsWith('RCPT'))).toEqual([]);
  });

  test.each(['530 5.7.0 Must authenticate', '550 5.7.1 Authentication required'])(
    'is not rejected for an authenticated client by "%s", and the finding says so',
    async (reply) => {
      await using server = await startScriptedServer(served({ ...pipelining, replies: { RCPT: reply } }));
      const stranger = await gate(endpointAt(server.port, { delivery }));
      expect(letters(stranger.report.steps)).toBe('pppnp');
      const { report } = await gate(endpointAt(server.port, { delivery, auth: AUTH }));
      expect({ steps: letters(report.steps), found: codes(report.steps) }).toEqual({
        steps: 'ppppf',
        found: ['recipient-rejected'],
      });
      expect(report.steps[4]?.findings[0]?.message).toMatch(
        /requires authentication first\. This does not show that the server rejects the recipient\.$/,
      );
    },
  );

  test('satisfies `require` if it is rejected', async () => {
    await using server = await startScriptedServer(served({ replies: { RCPT: '550 no' } }));
    const { report } = await gate(endpointAt(server.port, { delivery, require: ['delivery'] }));
    expect(letters(report.steps)).toBe('pppnp');
  });
});

describe('greylisting', () => {
  const LATER = '450 4.2.0 Greylisted, come again';
  const put = (verb: 'RCPT' | 'DATA', reply = LATER): Dialogue => ({ replies: { [verb]: reply } });

  /** Runs one attempt for each dialogue; pauses between attempts take no time. */
  async function attempts(
    dialogues: readonly Dialogue[],
    { retries = 2, withinMs = 60_000 } = {},
  ): Promise<{ report: EndpointReport; pauses: number[]; connections: number }> {
    await using server = await startScriptedServer(dialogues.map(served));
    const pauses: number[] = [];
    const pause: RunContext['pause'] = (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    };
    const endpoints = [endpointAt(server.port, { delivery: { ...DELIVERY, withinMs } })];
    const plan = { endpoints, policy: { failOn: 'fail', onInconclusive: 'fail' }, concurrency: 1, retries } as const;
    const [report] = await gateAll(plan, testRun({ pause }), () => undefined);
    if (!report) throw new Error('no report');
    return { report, pauses, connections: server.connections };
  }

  test.each(['RCPT', 'DATA'] as const)('at %s passes if it ends within the limit, and is reported', async (verb) => {
    const { report, pauses } = await attempts([put(verb), put(verb), put(verb), put(verb), {}]);
    expect(letters(report.steps)).toBe('pppnp');
    expect(report).toMatchObject({ result: 'pass', attempts: 5 });
    expect(report.earlier?.map(({ message }) => message)).toEqual([
      expect.stringContaining(LATER),
      expect.stringMatching(/has deferred the message for 1 s/),
      expect.stringMatching(/has deferred the message for 5 s/),
      expect.stringMatching(/has deferred the message for 21 s/),
    ]);
    expect(codes(report.steps)).toEqual(['greylisted', 'receipt-not-verified']);
    expect(report.steps[4]?.findings[0]).toMatchObject({
      severity: 'notice',
      message: `The server first replied with "${LATER}", and accepted the message 60 s later.`,
      evidence: { reply: LATER, seconds: '60' },
    });
    expect(pauses.slice(0, 3)).toEqual([1000, 4000, 16_000]);
    // The last attempt is at the end of the time limit, and not long after it.
    expect(pauses.slice(3)).toEqual([expect.closeTo(39_000, -3)]);
  });

  test('is inconclusive if it lasts longer than the limit', async () => {
    const { report, connections, pauses } = await attempts([put('RCPT')], { withinMs: 30_000 });
    expect(letters(report.steps)).toBe('pppni');
    expect(codes(report.steps)).toEqual(['recipient-rejected']);
    expect(connections).toBe(5);
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(30_000);
    expect(report.steps[4]?.findings[0]?.message).toMatch(
      /greylisting.* The server has deferred the message for 30 s\.$/,
    );
  });

  test('gets as many attempts as `retries` allows, even if the time limit is short', async () => {
    const { report, connections } = await attempts([put('RCPT')], { withinMs: 1000 });
    expect([letters(report.steps), connections]).toEqual(['pppni', 3]);
  });

  test('is not retried if `retries` is 0', async () => {
    const { report, connections, pauses } = await attempts([put('RCPT')], { retries: 0 });
    expect([letters(report.steps), connections, pauses]).toEqual(['pppni', 1, []]);
  });

  test.each<[string, Dialogue]>([
    ['a temporary error', put('RCPT', '451 4.3.0 Local error')],
    ['a full mailbox', put('RCPT', '452 4.2.2 Full')],
    ['a client without a hostname', put('RCPT', '450 4.7.25 Client host rejected: cannot find your hostname')],
    ['a rejected HELO name', put('RCPT', '450 4.7.1 <gate>: Helo command rejected: Host not found')],
    ['a rate limit', put('RCPT', '451 4.7.650 temporarily rate limited due to IP reputation')],
    ['a deferred sender', { replies: { MAIL: '450 4.7.1 later' } }],
    ['421', { replies: { RCPT: ['421 4.7.0 later', close] } }],
  ])('is different from %s, which gets only the usual retries', async (_name, dialogue) => {
    const { report, connections } = await attempts([dialogue]);
    expect([letters(report.steps), connections]).toEqual(['pppni', 3]);
  });

  test('after the final dot does not send the message twice', async () => {
    const { report, connections } = await attempts([{ replies: { MESSAGE: LATER } }]);
    expect([letters(report.steps), connections, codes(report.steps)]).toEqual(['pppni', 1, ['message-rejected']]);
  });

  test('fails if a rejection follows', async () => {
    const { report } = await attempts([put('RCPT'), put('RCPT', '550 5.1.1 Unknown'), {}]);
    expect([letters(report.steps), report.attempts]).toEqual(['pppnf', 2]);
  });

  test('is not reported if the first failure was a different one', async () => {
    const { report } = await attempts([{ greeting: close }, {}]);
    expect(report.attempts).toBe(2);
    expect(codes(report.steps)).toEqual(['receipt-not-verified']);
  });
});
