import { close, flood, raw, reset, silence, type Dialogue } from '../../support/dialogue.js';
import { AUTH, DELIVERY, gate, testEndpoint, testRun } from '../../support/gate.js';
import { startScriptedServer } from '../../support/scripted-server.js';
import { createCertificateFixtures, type CertificateFixtures } from '../../support/certificate-fixtures.js';
import { completeFinding } from '../../../src/findings/complete.js';
import { Deadline } from '../../../src/net/deadline.js';
import type { Endpoint } from '../../../src/plan/endpoint.js';
import type { Finding } from '../../../src/report/report.js';
import { ReplyTimeout } from '../../../src/smtp/session.js';
import type { Context } from '../../../src/steps/context.js';
import { replyTimeout } from '../../../src/steps/session-failed.js';
import { EXACTLY } from '../../support/reports.js';

/** Every finding about a session that ended names the reply that the gate was waiting for. */

let certs: CertificateFixtures;
beforeAll(async () => {
  certs = await createCertificateFixtures();
});

/** The error that a server causes in an attempt with authentication and delivery. */
async function errorOf(dialogue: Dialogue, endpoint: Partial<Endpoint> = {}): Promise<Finding | undefined> {
  const { good, pki } = certs;
  await using server = await startScriptedServer({ tls: { key: good.key, cert: good.chain }, ...dialogue });
  const tls = { ca: [pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  const { report } = await gate(
    testEndpoint(server.port, { tls, auth: AUTH, delivery: DELIVERY, timeoutMs: 700, ...endpoint }),
  );
  return report.steps.flatMap(({ findings }) => findings).find(({ severity }) => severity === 'error');
}

type Verb = keyof NonNullable<Dialogue['replies']>;

const at = (verb: Verb | 'greeting', reply: Dialogue['greeting'] & {}): Dialogue =>
  verb === 'greeting' ? { greeting: reply } : { replies: { [verb]: reply } };

/** Each point of a session, the reply in a sentence, and the titles of a silence and of a closed connection there. */
const POINTS: readonly [Verb | 'greeting', string, string, string][] = [
  ['greeting', 'greeting', 'No greeting', 'Connection closed without a greeting'],
  ['plain:EHLO', 'reply to EHLO', 'Reply timed out', 'Connection lost'],
  ['STARTTLS', 'reply to STARTTLS', 'Reply timed out', 'Connection lost'],
  ['tls:EHLO', 'reply to EHLO over TLS', 'Reply timed out', 'Connection lost at EHLO over TLS'],
  ['AUTH', 'reply to AUTH PLAIN', 'No reply to AUTH', 'Connection lost after AUTH'],
  ['MAIL', 'reply to MAIL', 'Reply timed out', 'Connection lost'],
  ['RCPT', 'reply to RCPT', 'Reply timed out', 'Connection lost'],
  ['DATA', 'reply to DATA', 'Reply timed out', 'Connection lost'],
  [
    'MESSAGE',
    'reply to the end of the message',
    'No reply after the message within a short timeout',
    'Connection lost after the message',
  ],
];

describe.each(POINTS)('at %s', (verb, name, silent, closed) => {
  const awaited = `the ${name}`;

  test.concurrent('a silence names the reply', async () => {
    const found = await errorOf(at(verb, silence));
    expect(found).toMatchObject({ code: 'reply-timeout', title: silent, evidence: { awaited } });
    expect(found?.message).toMatch(new RegExp(`^The ${name} did not arrive within 0\\.7 s\\.$`));
  });

  test.concurrent('a closed connection names the reply', async () => {
    const found = await errorOf(at(verb, close));
    expect(found).toMatchObject({ code: 'connection-lost', title: closed, evidence: { awaited } });
    expect(found?.message).toBe(`The server closed the connection before the ${name} arrived.`);
  });

  test.concurrent('an incomplete reply names it', async () => {
    const found = await errorOf(at(verb, [raw('250-begun\r\n'), silence]));
    expect(found).toMatchObject({ code: 'reply-timeout', title: 'Incomplete reply', evidence: { awaited } });
    expect(found?.message).toBe(`The ${name} was not complete within 0.7 s. The server sent only "250-begun".`);
  });

  test.concurrent('a 421 names it', async () => {
    const found = await errorOf(at(verb, ['421 4.3.2 Service not available', close]));
    expect(found).toMatchObject({ code: 'throttled', inconclusive: true, evidence: { awaited } });
    expect(found?.message).toContain(
      '"421 4.3.2 Service not available", which means that it is closing the connection.',
    );
  });

  test.concurrent('an invalid reply names it', async () => {
    const found = await errorOf(at(verb, '2x0 invalid'));
    expect(found).toMatchObject({ code: 'protocol-error', evidence: { awaited } });
    expect(found?.message).toMatch(new RegExp(`^Instead of the ${name}, the server sent a line `));
  });
});

test('implicit TLS and then silence is about the greeting, which was awaited over TLS', async () => {
  const found = await errorOf({ implicit: true, greeting: silence }, { transport: 'implicit' });
  expect(found).toMatchObject({
    code: 'reply-timeout',
    title: 'No greeting over TLS',
    party: 'configuration',
    certainty: 'likely',
    message: 'The greeting over TLS did not arrive within 0.7 s.',
    evidence: { awaited: 'the greeting over TLS' },
  });
  expect(found?.remedy).toMatch(/waits for the client to speak first/);
  expect(found?.reproduce).toContain('--tls-on-connect');
});

test('a connection that is closed at EHLO over TLS is not blamed on the backend that listed AUTH before TLS', async () => {
  const found = await errorOf({ offers: ['STARTTLS', 'AUTH PLAIN'], ...at('tls:EHLO', close) });
  expect(found).toMatchObject({ title: 'Connection lost at EHLO over TLS', evidence: { beforeTls: 'PLAIN' } });
  expect(found?.remedy).toMatch(/^Check the server's log for the time of the run: .* backend responds.*`noplaintext`/);
});

describe('221 in place of a reply', () => {
  test.concurrent.each<[Verb, string]>([
    ['plain:EHLO', 'EHLO'],
    ['tls:EHLO', 'EHLO over TLS'],
    ['AUTH', 'AUTH PLAIN'],
    ['MAIL', 'MAIL'],
    ['RCPT', 'RCPT'],
    ['DATA', 'DATA'],
    ['MESSAGE', 'the end of the message'],
  ])('to %s is quoted, whether commands are sent together or not', async (verb, to) => {
    for (const offersInTls of [['PIPELINING', 'AUTH PLAIN'], ['AUTH PLAIN']]) {
      const found = await errorOf({ offersInTls, ...at(verb, ['221 2.7.0 I can break rules too', close]) });
      expect(found).toMatchObject({
        code: 'connection-lost',
        title: 'Server ended the session',
        message: `The server replied to ${to} with "221 2.7.0 I can break rules too", which means that it is closing the connection.`,
        evidence: { reply: '221 2.7.0 I can break rules too' },
      });
    }
  });
});

test('a reply that no command asked for is attributed to the command before it', async () => {
  const found = await errorOf({ replies: { MAIL: ['250 ok', '250 again'] }, offersInTls: ['AUTH PLAIN'] });
  expect(found).toMatchObject({
    code: 'protocol-error',
    title: 'Unsolicited reply',
    message: 'After the reply to MAIL, the server sent an unsolicited reply: "250 again".',
    evidence: { awaited: 'nothing, after the reply to MAIL' },
  });
});

test('an error before the first command means that the server got a line that the gate did not send', async () => {
  const error = '500 5.5.2 Error: command not recognized';
  const found = await errorOf({ greeting: raw(`220 mail.example.test ESMTP\r\n${error}\r\n`) });
  expect(found).toMatchObject({
    code: 'protocol-error',
    title: 'PROXY header treated as a command',
    message: `After the greeting, the server sent an unsolicited reply: "${error}".`,
  });
  expect(found?.remedy).toMatch(/PROXY protocol/);
});

test('different codes in one reply have their own fix', async () => {
  const found = await errorOf({ replies: { 'plain:EHLO': ['250-mail.example.test', '220 STARTTLS'] } });
  expect(found).toMatchObject({ code: 'protocol-error', title: 'Different codes in one reply' });
  expect(found?.message).toMatch(/a reply that mixes the codes 250 and 220: "220 STARTTLS"\.$/);
});

test.each([
  [2000, 'configuration', /^Raise `timeout`/],
  [15_000, 'server', /^Check whether the mail server is running/],
])('the fix for a missing greeting depends on the timeout: %i ms', (timeoutMs, party, remedy) => {
  const context = { endpoint: testEndpoint(587, { timeoutMs }), run: testRun(), budget: Deadline.after(60_000) };
  const error = new ReplyTimeout(timeoutMs, []);
  const found = completeFinding(replyTimeout(error, context as Context), EXACTLY);
  expect(found).toMatchObject({ code: 'reply-timeout', title: 'No greeting', party });
  expect(found.remedy).toMatch(remedy);
});

test('a connection that is reset on EHLO may be the work of a device in between', async () => {
  const found = await errorOf({ replies: { 'plain:EHLO': reset } });
  expect(found).toMatchObject({ code: 'connection-lost', evidence: { awaited: 'the reply to EHLO' } });
  expect(found?.remedy).toMatch(
    /a rule may have closed the connection because of EHLO\. .* an intrusion prevention system/,
  );
});

test('a connection that is closed between two commands is attributed to the command before it', async () => {
  const found = await errorOf({ replies: { 'plain:EHLO': ['250-mail', '250 STARTTLS', reset] } });
  expect(found?.code).toBe('connection-lost');
  expect(found?.evidence?.awaited).toMatch(/^(?:nothing, after the reply to EHLO|the reply to STARTTLS)$/);
});

test('an unknown greeting names the greeting, and advises to check host and port', async () => {
  const found = await errorOf({ greeting: flood('hello\r\n') });
  expect(found).toMatchObject({ code: 'protocol-error', title: 'Not an SMTP greeting', party: 'configuration' });
});
