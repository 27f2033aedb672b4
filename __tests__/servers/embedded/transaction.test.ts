import type { Transient } from '../../../src/steps/hand-over.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';
import { close, hear, reset, silence, wait, type Dialogue } from '../../support/dialogue.js';
import { AUTH, codes, DELIVERY, gate, letters, testEndpoint } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';

/** The mail transaction of step 5: the commands, how they are grouped, and how replies are interpreted. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

const REFUSED = '550 5.7.1 No';

interface Run {
  readonly steps: string;
  readonly codes: readonly string[];
  readonly transient: Transient;
  readonly finding: Finding | undefined;
  /** What the server received over TLS after AUTH, including the lines of messages. */
  readonly heard: readonly string[];
  readonly messages: readonly string[];
}

async function run(server: Dialogue, endpoint: Partial<Endpoint> = {}): Promise<Run> {
  const tls = { key: certs.good.key, cert: certs.good.chain };
  await using running = await startScriptedServer({ ...server, tls });
  const { report, transient } = await gate(
    testEndpoint(running.port, {
      auth: AUTH,
      delivery: DELIVERY,
      timeoutMs: 3000,
      tls: { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
      ...endpoint,
    }),
  );
  const inside = running.heard.filter(({ phase }) => phase === 'tls').map(({ line }) => line);
  return {
    steps: letters(report.steps),
    codes: codes(report.steps),
    transient,
    finding: report.steps[4]?.findings[0],
    heard: inside.slice(inside.findIndex((line) => line.startsWith('AUTH')) + 1),
    messages: running.messages,
  };
}

const offering = (...keywords: string[]): Pick<Dialogue, 'offersInTls'> => ({
  offersInTls: ['AUTH PLAIN', ...keywords],
});
const MAIL = `MAIL FROM:<${DELIVERY.from}>`;
const RCPT = `RCPT TO:<${DELIVERY.to}>`;

describe('PIPELINING', () => {
  test.concurrent('MAIL, RCPT and DATA are sent before the first reply if it is offered', async () => {
    const { heard, codes: found } = await run({ ...offering('PIPELINING'), replies: { MAIL: silence } });
    expect(heard).toEqual([MAIL, RCPT, 'DATA']);
    expect(found).toEqual(['reply-timeout']);
  });

  test.concurrent.each([
    ['MAIL', [MAIL]],
    ['RCPT', [MAIL, RCPT]],
    ['DATA', [MAIL, RCPT, 'DATA']],
  ] as const)('nothing is sent before the reply to %s if it is not offered over TLS', async (verb, expected) => {
    const server = { offers: ['PIPELINING', 'STARTTLS'], ...offering('8BITMIME') };
    expect((await run({ ...server, replies: { [verb]: silence } })).heard).toEqual(expected);
  });

  test('replies are matched in order, whether they arrive together or separately', async () => {
    for (const pause of [[], [wait(50)]]) {
      const { steps, messages } = await run({
        ...offering('PIPELINING'),
        replies: {
          MAIL: [...pause, '250-2.1.0', '250 fine'],
          RCPT: [...pause, '251 will forward'],
          DATA: [...pause, '354 go'],
        },
      });
      expect(steps).toBe('ppppp');
      expect(messages).toHaveLength(1);
    }
  });
});

describe.each([
  ['together', offering('PIPELINING')],
  ['one by one', offering()],
])('with commands sent %s', (_how, offers) => {
  test.concurrent.each<[string, Dialogue['replies'], string, string]>([
    ['MAIL rejected', { MAIL: REFUSED, RCPT: '503 no', DATA: '503 no' }, 'f', 'sender-rejected'],
    ['MAIL rejected, the rest accepted', { MAIL: REFUSED }, 'f', 'sender-rejected'],
    ['MAIL deferred, RCPT rejected', { MAIL: '451 later', RCPT: REFUSED, DATA: '503 no' }, 'i', 'sender-rejected'],
    ['RCPT rejected', { RCPT: REFUSED, DATA: '554 no recipients' }, 'f', 'recipient-rejected'],
    ['RCPT rejected, DATA accepted', { RCPT: REFUSED }, 'f', 'recipient-rejected'],
    ['RCPT deferred, DATA accepted', { RCPT: '450 later' }, 'i', 'recipient-rejected'],
    ['RCPT rejected, connection closed', { RCPT: [REFUSED, close] }, 'f', 'recipient-rejected'],
    ['RCPT rejected, then 421', { RCPT: REFUSED, DATA: ['421 enough', close] }, 'f', 'recipient-rejected'],
    ['RCPT rejected, then silence', { RCPT: REFUSED, DATA: silence }, 'f', 'recipient-rejected'],
    ['RCPT rejected, no reply to the lone dot', { RCPT: REFUSED, MESSAGE: silence }, 'f', 'recipient-rejected'],
    ['421 to RCPT', { RCPT: ['421 enough', close] }, 'i', 'throttled'],
    ['connection closed after RCPT', { RCPT: close }, 'f', 'connection-lost'],
    ['DATA rejected', { DATA: '554 no' }, 'f', 'message-rejected'],
    ['354 to MAIL', { MAIL: '354 what' }, 'f', 'protocol-error'],
    ['354 to RCPT', { RCPT: '354 what' }, 'f', 'protocol-error'],
    ['250 to DATA', { DATA: '250 fine' }, 'f', 'protocol-error'],
    ['two replies to MAIL', { MAIL: ['250 one', '250 two'] }, 'f', 'protocol-error'],
    ['RCPT accepted and then rejected', { RCPT: ['250 yes', '550 no'] }, 'f', 'protocol-error'],
    ['421 after 354', { DATA: ['354 go', '421 4.3.2 Shutting down', close] }, 'i', 'throttled'],
    ['an extra reply after 354', { DATA: ['354 go', '250 gone'] }, 'f', 'protocol-error'],
  ])('%s', async (_name, replies = {}, letter, code) => {
    const { steps, codes: found, messages, transient } = await run({ ...offers, replies });
    expect({ steps, found }).toEqual({ steps: `pppp${letter}`, found: [code] });
    // Even if the server accepts commands after a refusal, it receives no message.
    expect(messages.join('')).toBe('');
    expect(transient).toBe(letter === 'i' || code === 'connection-lost');
  });
});

test('a 354 despite a rejected recipient gets only a dot, and the session ends with QUIT', async () => {
  const { heard, messages } = await run({ ...offering('PIPELINING'), replies: { RCPT: REFUSED } });
  expect(heard).toEqual([MAIL, RCPT, 'DATA', '.', 'QUIT']);
  expect(messages).toEqual(['']);
});

test.each<[string, Dialogue['replies']]>([
  ['MAIL is rejected', { MAIL: REFUSED }],
  ['RCPT has an invalid reply', { RCPT: '354 what' }],
])('a 354 gets neither a dot nor QUIT if %s and no recipient was rejected', async (_, replies = {}) => {
  const { heard, messages, codes: found } = await run({ ...offering('PIPELINING'), replies });
  expect(heard).toEqual([MAIL, RCPT, 'DATA']);
  expect(messages).toEqual([]);
  expect(found).toEqual([replies.MAIL ? 'sender-rejected' : 'protocol-error']);
});

test('a 354 gets only a dot if MAIL and RCPT were rejected', async () => {
  const { heard } = await run({ ...offering('PIPELINING'), replies: { MAIL: REFUSED, RCPT: '503 5.5.1 No MAIL' } });
  expect(heard).toEqual([MAIL, RCPT, 'DATA', '.', 'QUIT']);
});

test('a 354 after the final dot is a protocol error', async () => {
  const { steps, codes: found } = await run({ replies: { MESSAGE: '354 more' } });
  expect({ steps, found }).toEqual({ steps: 'ppppf', found: ['protocol-error'] });
});

test.each<[string, string[], string, string[]]>([
  [
    'accepted before the session ends',
    ['250 2.0.0 Queued', '421 4.4.2 One message a connection'],
    'p',
    ['receipt-not-verified'],
  ],
  ['rejected before the session ends', ['554 no', '421 bye'], 'f', ['message-rejected']],
  ['accepted and then rejected', ['250 2.0.0 Queued', '554 no'], 'f', ['protocol-error']],
])('a message is evaluated if it is %s', async (_, answers, letter, found) => {
  const outcome = await run({ replies: { MESSAGE: [...answers, close] } });
  expect({ steps: outcome.steps, found: outcome.codes }).toEqual({ steps: `pppp${letter}`, found });
});

test('no reply to the message within a short timeout is likely due to that timeout', async () => {
  const { finding } = await run({ replies: { MESSAGE: silence } }, { timeoutMs: 1500 });
  expect(finding).toMatchObject({ code: 'reply-timeout', party: 'configuration', certainty: 'likely' });
  expect(finding?.remedy).toMatch(/^Raise `timeout`, which is set to 1\.5 s: the default is 15 s/);
});

describe('a lost connection', () => {
  const large = { delivery: { ...DELIVERY, attachmentBytes: 3_000_000 } };

  test.each<[string, Dialogue['replies'], Partial<Endpoint>, boolean]>([
    ['is retried in the middle of the message', { DATA: ['354 go', hear(1000), reset] }, large, true],
    ['is not retried after the final dot', { MESSAGE: reset }, large, false],
    ['is not retried after the final dot of a small message', { MESSAGE: reset }, {}, false],
  ])('%s', async (_, replies = {}, endpoint, isTransient) => {
    const outcome = await run({ replies }, endpoint);
    expect(outcome.codes).toEqual(['connection-lost']);
    expect(outcome.transient).toBe(isTransient);
  });
});

describe('SIZE', () => {
  test('is a parameter of MAIL if it is offered, and no other parameter is sent', async () => {
    const { heard, messages } = await run(offering('SIZE 10240000', '8BITMIME', 'DSN', 'CHUNKING', 'SMTPUTF8'));
    expect(heard.slice(0, 2)).toEqual([`${MAIL} SIZE=${messages[0]?.length ?? NaN}`, RCPT]);
  });

  test.each(['SIZE', 'SIZE 0', 'size 10240000'])('%s is not a limit that is too low', async (keyword) => {
    const { steps, heard } = await run(offering(keyword));
    expect(steps).toBe('ppppp');
    expect(heard[0]).toMatch(/ SIZE=\d+$/);
  });

  test('a limit one byte below the size fails before anything is sent, and a limit equal to the size passes', async () => {
    const size = (await run(offering())).messages[0]?.length ?? NaN;
    expect((await run(offering(`SIZE ${size}`))).steps).toBe('ppppp');
    const { steps, codes: found, finding, heard } = await run(offering(`SIZE ${size - 1}`));
    expect({ steps, found }).toEqual({ steps: 'ppppf', found: ['message-rejected'] });
    expect(finding?.evidence).toEqual({ size: String(size), limit: String(size - 1) });
    expect(heard).toEqual(['QUIT']);
  });
});

describe('international addresses', () => {
  const delivery = { ...DELIVERY, to: 'pöst@example.test' };

  test('are announced with SMTPUTF8 and BODY=8BITMIME next to SIZE', async () => {
    const { heard, messages } = await run(offering('SIZE', 'SMTPUTF8', '8BITMIME'), { delivery });
    expect(heard[0]).toMatch(/^MAIL FROM:<gate@example\.test> SIZE=\d+ BODY=8BITMIME SMTPUTF8$/);
    expect(Buffer.from(messages[0] ?? '', 'latin1').toString()).toMatch(/^To: pöst@example\.test\r$/m);
  });

  test('are announced only with SMTPUTF8 to a server without 8BITMIME', async () => {
    const { heard } = await run(offering('SMTPUTF8'), { delivery });
    expect(heard[0]).toBe('MAIL FROM:<gate@example.test> SMTPUTF8');
  });
});

test('relaying that is denied with a temporary code does not depend on another attempt', async () => {
  const { steps, finding } = await run({ replies: { RCPT: '454 4.7.1 <a@b>: Relay access denied' } });
  expect(steps).toBe('ppppi');
  expect(finding?.message).toMatch(/Retrying does not help, although the code is temporary\.$/);
});

test('a sender that is rejected in the reply to RCPT is named in title and fix', async () => {
  const reply = [
    '550-Verification failed for <gate@example.test>',
    '550-Unrouteable address',
    '550 Sender verify failed',
  ];
  const auth = { ...AUTH, username: 'app@example.test' };
  const { finding } = await run({ replies: { RCPT: reply } }, { auth });
  expect(finding).toMatchObject({ code: 'recipient-rejected', title: 'Sender address does not exist' });
  expect(finding?.remedy).toMatch(
    /^Set `delivery\.from` \(`gate@example\.test`\) to an address that exists, such as `app@example\.test`\./,
  );
});

describe('a refusal is explained', () => {
  test.each<[keyof NonNullable<Dialogue['replies']>, string, string, RegExp, RegExp]>([
    ['MAIL', '530 5.7.0 Authentication required', 'sender-rejected', /requires authentication/, /accounts may send/],
    [
      'RCPT',
      '554 5.7.1 <a@b>: Relay access denied',
      'recipient-rejected',
      /does not relay/,
      /relay rules .* include authenticated clients/,
    ],
    ['RCPT', '550 5.7.54 SMTP; Unable to relay', 'recipient-rejected', /does not relay/, /`delivery.to`/],
    ['RCPT', '550 5.1.1 User unknown', 'recipient-rejected', /the recipient does not exist/, /`delivery.to`/],
    ['RCPT', '550 No such user here', 'recipient-rejected', /the recipient does not exist/, /`delivery.to`/],
    ['RCPT', '552 5.2.2 Over quota', 'recipient-rejected', /The mailbox of the recipient is full\.$/, /quota/],
    [
      'RCPT',
      '452 4.3.1 Insufficient system storage',
      'recipient-rejected',
      /the disk of its mail queue is full\.$/,
      /Free space/,
    ],
    ['RCPT', '452 4.2.2 Mailbox full', 'recipient-rejected', /The mailbox of the recipient is full\.$/, /quota/],
    [
      'RCPT',
      '452 4.2.2 Mailbox full: too many messages',
      'recipient-rejected',
      /The mailbox of the recipient is full\.$/,
      /quota/,
    ],
    [
      'MESSAGE',
      '552 5.3.4 Too big, by our policy on spam',
      'message-rejected',
      /exceeds the server's size limit/,
      /attachment-bytes/,
    ],
    [
      'RCPT',
      '550 5.1.1 No such user; see https://example.com/spf-and-dmarc',
      'recipient-rejected',
      /the recipient does not exist/,
      /`delivery.to`/,
    ],
    [
      'RCPT',
      '550 5.0.0 no, see https://example.com/dmarc',
      'recipient-rejected',
      /dmarc"\.$/,
      /^If the reply does not say why .* search the server's log for the address/,
    ],
    [
      'RCPT',
      '550 5.0.0 no, see https://spamhaus.org/x',
      'recipient-rejected',
      /rejects the IP address of the client/,
      /IP address/,
    ],
    [
      'RCPT',
      '450 4.1.1 <a@b>: Recipient address rejected: unverified address: connect timed out',
      'recipient-rejected',
      /has not finished verifying/,
      /reject_unverified_recipient/,
    ],
    ['RCPT', '550 5.2.1 Disabled', 'recipient-rejected', /disabled/, /Enable/],
    ['RCPT', '450 4.7.1 Greylisted', 'recipient-rejected', /greylisting/, /`delivery.within`/],
    [
      'RCPT',
      '554 5.7.1 blocked using zen.example',
      'recipient-rejected',
      /rejects the IP address of the client/,
      /IP address/,
    ],
    [
      'RCPT',
      '553 5.7.1 Sender address rejected: not owned by user',
      'recipient-rejected',
      /as this sender/,
      /`delivery.from`/,
    ],
    [
      'MAIL',
      '550 5.1.8 Domain of sender not found',
      'sender-rejected',
      /found no mail server/,
      /none for `example\.test`/,
    ],
    ['MAIL', '550 5.7.23 SPF validation failed', 'sender-rejected', /SPF, DKIM or DMARC check/, /SPF record/],
    ['MAIL', '550 5.7.60 no permission to send as this sender', 'sender-rejected', /as this sender/, /`delivery.from`/],
    ['MAIL', '552 5.3.4 Too big', 'message-rejected', /exceeds the server's size limit/, /attachment-bytes/],
    [
      'MESSAGE',
      '552 Message exceeds fixed limit',
      'message-rejected',
      /exceeds the server's size limit/,
      /attachment-bytes/,
    ],
    [
      'MESSAGE',
      '550 5.7.26 unauthenticated mail is not accepted due to DMARC',
      'message-rejected',
      /SPF, DKIM or DMARC check/,
      /SPF record/,
    ],
    ['MESSAGE', '554 5.6.0 Content', 'message-rejected', /filter/, /quarantine of the filter/],
    ['MESSAGE', '550 Looks like spam to us', 'message-rejected', /filter/, /quarantine of the filter/],
    ['DATA', '554 5.7.0 No', 'message-rejected', /policy/, /log/],
    [
      'RCPT',
      '550 no',
      'recipient-rejected',
      /with "550 no"\.$/,
      /^If the reply does not say why .* search the server's log for the address/,
    ],
    [
      'RCPT',
      '550 5.1.1 <b@example.com>: Recipient address rejected: User unknown in relay recipient table',
      'recipient-rejected',
      /relay_domains.*does not know this recipient/,
      /`delivery.to`/,
    ],
    [
      'RCPT',
      '550 <b@c>: Recipient address rejected: User unknown in relay recipient table',
      'recipient-rejected',
      /relay_domains.*does not know this recipient/,
      /`delivery.to`/,
    ],
    [
      'RCPT',
      '550 5.1.1 <b@relay.example.com>: User unknown',
      'recipient-rejected',
      /the recipient does not exist/,
      /`delivery.to`/,
    ],
    [
      'RCPT',
      '550 5.0.0 b@relay.example.com at relay.example.com: no',
      'recipient-rejected',
      /: no"\.$/,
      /^If the reply does not say why .* search the server's log for the address/,
    ],
    [
      'RCPT',
      '550 5.7.1 <c@d>: Recipient address rejected: Access denied',
      'recipient-rejected',
      /mail for this recipient/,
      /`delivery.to`/,
    ],
    [
      'RCPT',
      '450 4.7.25 Client host rejected: cannot find your hostname',
      'recipient-rejected',
      /valid PTR record/,
      /PTR record/,
    ],
    [
      'RCPT',
      '450 4.7.1 <[192.0.2.1]>: Helo command rejected: Host not found',
      'recipient-rejected',
      /does not accept the client's EHLO name/,
      /^Set `ehlo` to/,
    ],
    [
      'RCPT',
      '450 4.7.1 mail: Client host rejected: Greylisted',
      'recipient-rejected',
      /greylisting/,
      /`delivery.within`/,
    ],
    [
      'RCPT',
      '451 4.7.650 The mail server has been temporarily rate limited due to IP reputation',
      'recipient-rejected',
      /defers mail from the IP address/,
      /only to clients that have not authenticated/,
    ],
    ['RCPT', '530 5.7.0 Must issue a STARTTLS command first', 'recipient-rejected', /session is encrypted/, /proxy/],
    [
      'RCPT',
      '550 Access denied - Invalid HELO name',
      'recipient-rejected',
      /does not accept the client's EHLO name/,
      /^Set `ehlo` to/,
    ],
    [
      'RCPT',
      '550 5.2.4 Mailing list expansion problem',
      'recipient-rejected',
      /problem"\.$/,
      /^If the reply does not say why .* search the server's log for the address/,
    ],
    [
      'RCPT',
      '550 5.3.3 system not capable',
      'recipient-rejected',
      /capable"\.$/,
      /^If the reply does not say why .* search the server's log for the address/,
    ],
    [
      'MESSAGE',
      '552 5.7.0 This was blocked because its content presents a security issue',
      'message-rejected',
      /filter/,
      /quarantine of the filter/,
    ],
    [
      'MESSAGE',
      '552 blocked, as its content presents a security issue',
      'message-rejected',
      /filter/,
      /quarantine of the filter/,
    ],
    ['MESSAGE', '552 5.2.3 Too much', 'message-rejected', /exceeds the server's size limit/, /attachment-bytes/],
    [
      'MESSAGE',
      '550 5.7.1 Message rejected: relay spam score',
      'message-rejected',
      /filter/,
      /quarantine of the filter/,
    ],
    [
      'MESSAGE',
      '554 5.7.1 Message contains spam (dkim ok, spf=pass)',
      'message-rejected',
      /filter/,
      /quarantine of the filter/,
    ],
    ['MESSAGE', '550 SPF check failed', 'message-rejected', /SPF, DKIM or DMARC check/, /SPF record/],
  ])('%s: %s', async (verb, reply, code, says, remedy) => {
    const { finding } = await run({ replies: { [verb]: reply } });
    expect(finding).toMatchObject({
      code,
      message: expect.stringMatching(says) as unknown,
      remedy: expect.stringMatching(remedy) as unknown,
      evidence: { reply },
    });
    expect(finding?.inconclusive).toBe(reply.startsWith('4') ? true : undefined);
  });

  test('the fix is to configure credentials if there are none', async () => {
    const { finding } = await run({ replies: { MAIL: '530 5.7.0 Must authenticate' } }, { auth: undefined } as never);
    expect(finding?.remedy).toMatch(/^Configure `auth`/);
  });
});

describe('a large message', () => {
  const delivery = { ...DELIVERY, attachmentBytes: 3_000_000 };

  test('arrives completely, and the transcript has its beginning and the reply', async () => {
    const tls = { key: certs.good.key, cert: certs.good.chain };
    await using server = await startScriptedServer({ tls, ...offering('PIPELINING', 'SIZE') });
    const { report } = await gate(
      testEndpoint(server.port, {
        auth: AUTH,
        delivery,
        tls: { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
      }),
    );
    expect(letters(report.steps)).toBe('ppppp');
    const [message = ''] = server.messages;
    const [, base64 = ''] = /base64\r\n[^]*?\r\n\r\n([^]*?)\r\n--/.exec(message) ?? [];
    expect(Buffer.from(base64, 'base64')).toHaveLength(3_000_000);
    expect(Math.max(...message.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(78);
    expect(report.delivery).toEqual({ messageId: expect.any(String) as unknown, octets: message.length });
    const sent = report.transcript.find(({ text }) => text.includes('Subject:'));
    expect(sent?.text.length).toBeLessThan(20_000);
    expect(sent?.text).toMatch(/\r\n… and 4\d{6} more characters\r\n\.$/);
    expect(report.transcript.map(({ text }) => text)).toContain('250 2.0.0 Queued');
  });

  test.each<[string, string]>([
    ['552 5.3.4 Message too big', 'f'],
    ['452 4.3.4 Not now', 'i'],
  ])('is not sent completely if the server replies with "%s" in the middle', async (reply, letter) => {
    const outcome = await run({ replies: { DATA: ['354 go', hear(1000), reply, silence] } }, { delivery });
    expect({ steps: outcome.steps, found: outcome.codes }).toEqual({
      steps: `pppp${letter}`,
      found: ['message-rejected'],
    });
    expect(outcome.finding?.evidence).toEqual({
      reply,
      sender: DELIVERY.from,
      recipient: DELIVERY.to,
      account: AUTH.username,
    });
    expect(outcome.heard).not.toContain('.');
    expect(outcome.heard).not.toContain('QUIT');
    expect(outcome.transient).toBe(letter === 'i');
  });
});
