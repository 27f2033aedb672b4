import { setImmediate as turn } from 'node:timers/promises';
import { createPki, type Pki } from '../../../src/servers/pki.js';
import { gateAll } from '../../../src/gate/scheduler.js';
import type { RunContext } from '../../../src/steps/context.js';
import type { Endpoint, InboxTarget } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';
import { Secret } from '../../../src/secrets/secret.js';
import { startEmbedded, USER, type Embedded } from '../../support/embedded.js';
import { codes, letters, testRun } from '../../support/gate.js';
import type { HttpReply } from '../../support/http.js';
import { startMailpit } from '../../support/mailpit.js';
import {
  headerRow,
  sourceRow,
  startScriptedImap,
  type ImapReply,
  type ScriptedImap,
} from '../../support/scripted-imap.js';
import { startScriptedPop3, type Pop3Reply } from '../../support/scripted-pop3.js';

/* A correct mail server, and an inbox whose connection is lost at some command. */

const HOST = '127.0.0.1';
const LOGIN = { username: USER.username, password: new Secret(USER.password) };
const CLEANUP_FAILED = ['ppppw', ['inbox-cleanup-failed']];

let pki: Pki;
let identity: { key: string; chain: string };

beforeAll(async () => {
  pki = await createPki('Lost');
  identity = await pki.issue({ addresses: [HOST] });
});

/** Starts a server that hands each message it has accepted to `deliver`. */
const startServer = (deliver: (raw: Buffer) => void): Promise<Embedded> => startEmbedded({ pki, smtp: { deliver } });

interface Terms {
  readonly keep?: boolean;
  readonly withinMs?: number;
  readonly timeoutMs?: number;
  readonly run?: Partial<RunContext>;
}

/** Tests it with two retries. Pauses take no time, unless `run` replaces them. */
async function gate(server: Embedded, inbox: InboxTarget, terms: Terms = {}): Promise<EndpointReport> {
  const { keep = false, withinMs = 20_000, timeoutMs = 5000, run = { pause: () => turn() } } = terms;
  const endpoint: Endpoint = server.endpoint();
  if (!endpoint.delivery) throw new Error('no delivery');
  const endpoints = [{ ...endpoint, timeoutMs, delivery: { ...endpoint.delivery, inbox, keep, withinMs } }];
  const plan = { endpoints, policy: { failOn: 'fail', onInconclusive: 'fail' }, concurrency: 1, retries: 2 } as const;
  const shared = testRun(run);
  try {
    const [report] = await gateAll(plan, shared, () => undefined);
    if (!report) throw new Error('no report');
    return report;
  } finally {
    await shared.inboxes.close();
  }
}

const outcome = ({ steps }: EndpointReport): unknown => [
  letters(steps),
  codes(steps).filter((code) => code !== 'delivery-hop-unproved'),
];

/**
 * What an IMAP server does instead after a command, and how often. `BODY.PEEK[]` is the command that reads the message;
 * `after UID EXPUNGE` is the reply to that command.
 */
interface Fault {
  readonly at: string;
  readonly reply: ImapReply;
  readonly times: number;
  /** Whether the first fault comes only after the message has been read. */
  readonly atCleanUp?: boolean;
}

/** Starts an IMAP server with one message, once it has been delivered and, if `late`, the fault has happened. */
async function startFaulty({ at, reply, times, atCleanUp = false }: Fault, late: boolean) {
  let source = '';
  let left = times;
  let isRead = false;
  let isExpunged = false;
  const isThere = (): boolean => source !== '' && !isExpunged && (!late || left < times);
  const or = (command: string, usual: () => ImapReply) => (): ImapReply => {
    const isDue = at === command && left > 0 && (isRead || !atCleanUp);
    if (command === 'BODY.PEEK[]') isRead = true;
    if (!isDue) return usual();
    left -= 1;
    return reply;
  };
  const messageId = (): string => /^Message-ID:\s+(<.*>)/m.exec(source)?.[1] ?? '';
  const done = (): ImapReply => ['$ OK Done'];
  const imap = await startScriptedImap({
    identity,
    replies: {
      LOGIN: or('LOGIN', () => ['$ OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] Welcome']),
      LIST: or('LIST', () => ['* LIST () "/" INBOX', '$ OK Done']),
      SELECT: or('SELECT', () => {
        const messages = isThere() ? 1 : 0;
        const next = `* OK [UIDNEXT ${messages + 1}] Next`;
        return [`* ${messages} EXISTS`, '* OK [UIDVALIDITY 1] Valid', next, '$ OK [READ-WRITE] Done'];
      }),
      NOOP: or('NOOP', () => [...(isThere() ? ['* 1 EXISTS'] : []), '$ OK Done']),
      IDLE: or('IDLE', () => ['+ Idling', ...(isThere() ? ['* 1 EXISTS'] : [])]),
      DONE: or('DONE', done),
      'UID FETCH': (line) =>
        line.includes('BODY.PEEK[]')
          ? or('BODY.PEEK[]', () => [sourceRow(1, source), '$ OK Done'])()
          : or('UID FETCH', () => [...(isThere() ? [headerRow(1, messageId())] : []), '$ OK Done'])(),
      'UID STORE': or('UID STORE', done),
      'UID EXPUNGE': or('UID EXPUNGE', () => {
        isExpunged = true;
        return or('after UID EXPUNGE', done)();
      }),
    },
  });
  const deliver = (raw: Buffer): void => {
    source = raw.toString();
  };
  return Object.defineProperties({ deliver } as ScriptedImap & { deliver: typeof deliver; readonly isEmpty: boolean }, {
    ...Object.getOwnPropertyDescriptors(imap),
    isEmpty: { get: () => source !== '' && isExpunged },
  });
}

const at = (port: number): InboxTarget => ({ scheme: 'imaps', host: HOST, port, mailbox: 'INBOX', ...LOGIN });
const logins = ({ heard }: ScriptedImap): number => heard.filter((line) => line.startsWith('LOGIN')).length;

describe('an IMAP connection that is lost', () => {
  test.each<[string, ImapReply, string]>([
    ['LOGIN', 'close', 'opened'],
    ['SELECT', 'close', 'opened'],
    ['SELECT', ['* BYE Too many connections'], 'opened'],
    ['LIST', 'close', 'opened'],
    ['LIST', 'silence', 'opened'],
    ['NOOP', 'close', 'looked through'],
    ['NOOP', 'silence', 'looked through'],
    ['UID FETCH', 'close', 'looked through'],
    ['UID FETCH', ['* BYE Shutting down'], 'looked through'],
    ['IDLE', 'close', 'looked through'],
    ['DONE', 'close', 'looked through'],
    ['BODY.PEEK[]', 'close', 'read'],
    ['BODY.PEEK[]', 'silence', 'read'],
  ])('at %s (%j) is opened again, and the message that arrived meanwhile is found', async (command, reply, when) => {
    // The inbox is opened early, and again in step 5: both fail, and the next attempt succeeds.
    const fault = { at: command, reply, times: when === 'opened' ? 2 : 1 };
    await using imap = await startFaulty(fault, when === 'looked through');
    await using server = await startServer(imap.deliver);
    // Enough for a busy machine; shorter for the server that does not reply.
    const report = await gate(server, at(imap.port), { timeoutMs: reply === 'silence' ? 1500 : 5000 });
    expect(outcome(report)).toEqual(['ppppp', []]);
    // If the early opening has not finished, step 5 waits for it.
    expect(when === 'opened' ? [2, 3] : [1]).toContain(report.attempts);
    expect(imap.heard.filter((line) => line.startsWith('UID EXPUNGE'))).toEqual(['UID EXPUNGE 1']);
  });

  test.each<[string, ImapReply]>([
    ['NOOP', 'close'],
    ['NOOP', 'silence'],
    ['UID FETCH', 'close'],
    ['UID STORE', 'close'],
    ['UID STORE', ['* BYE Shutting down']],
    ['UID EXPUNGE', 'close'],
    ['UID EXPUNGE', 'silence'],
    ['after UID EXPUNGE', 'close'],
  ])('at %s (%j) after the message was found is opened again, and the message is deleted', async (command, reply) => {
    await using imap = await startFaulty({ at: command, reply, times: 1, atCleanUp: true }, false);
    await using server = await startServer(imap.deliver);
    const report = await gate(server, at(imap.port), { timeoutMs: reply === 'silence' ? 1500 : 5000 });
    expect(outcome(report)).toEqual(['ppppp', []]);
    expect([report.attempts, logins(imap), imap.isEmpty]).toEqual([1, 2, true]);
    expect(report.delivery?.copies).toBe(1);
  });

  test('after the message was found is opened again even if the message is to be kept', async () => {
    await using imap = await startFaulty({ at: 'NOOP', reply: 'close', times: 1, atCleanUp: true }, false);
    await using server = await startServer(imap.deliver);
    expect(outcome(await gate(server, at(imap.port), { keep: true }))).toEqual(['ppppp', []]);
    expect([logins(imap), imap.isEmpty]).toEqual([2, false]);
  });

  test.each([
    [true, 'searched for copies'],
    [false, 'cleaned up'],
  ])('at every search for copies is a warning that says what failed; kept: %s', async (keep, what) => {
    await using imap = await startFaulty({ at: 'NOOP', reply: 'close', times: Infinity, atCleanUp: true }, false);
    await using server = await startServer(imap.deliver);
    const report = await gate(server, at(imap.port), { keep, withinMs: 6000 });
    expect(outcome(report)).toEqual(CLEANUP_FAILED);
    const found = report.steps.flatMap(({ findings }) => findings).find(({ code }) => code === 'inbox-cleanup-failed');
    expect(found?.message).toMatch(
      new RegExp(
        `^After the test message was read, the inbox imaps://\\S+ could not be ${what}: .*connection was lost.*\\.$`,
      ),
    );
  });

  // The inbox is opened again at once, then after pauses of 1, 2 and 4 s while there is time.
  test.each([
    ['NOOP', 6000, 4],
    ['UID EXPUNGE', 60_000, 5],
  ])('at %s repeatedly is a warning if the message was found', async (command, withinMs, most) => {
    await using imap = await startFaulty({ at: command, reply: 'close', times: Infinity, atCleanUp: true }, false);
    await using server = await startServer(imap.deliver);
    expect(outcome(await gate(server, at(imap.port), { withinMs, run: {} }))).toEqual(CLEANUP_FAILED);
    expect(logins(imap)).toBeGreaterThan(1);
    expect(logins(imap)).toBeLessThanOrEqual(most);
  });

  test('repeatedly is a failure when the time limit is reached, and there is a pause before each attempt', async () => {
    const pauses: number[] = [];
    const pause = (ms: number): Promise<void> => {
      pauses.push(ms);
      return turn();
    };
    await using imap = await startFaulty({ at: 'UID FETCH', reply: 'close', times: Infinity }, false);
    await using server = await startServer(imap.deliver);
    // The pauses take no time here, and the next one would be longer than this.
    const report = await gate(server, at(imap.port), { withinMs: 7000, run: { pause } });
    expect(outcome(report)).toEqual(['ppppf', ['inbox-unreachable']]);
    expect([report.attempts, pauses]).toEqual([1, [1000, 2000, 4000]]);
    // One login an attempt, and one more if the message was there before the inbox had been opened.
    expect([4, 5]).toContain(logins(imap));
  });

  test('is not opened again after the password is rejected', async () => {
    const refusal = ['$ NO [AUTHENTICATIONFAILED] Expired'];
    await using imap = await startFaulty({ at: 'UID FETCH', reply: 'close', times: 1 }, false);
    let tries = 0;
    await using server = await startServer(imap.deliver);
    await using refusing = await startScriptedImap({
      identity,
      replies: {
        LOGIN: () => (tries++ === 0 ? ['$ OK [CAPABILITY IMAP4rev1 IDLE UIDPLUS] Welcome'] : refusal),
        'UID FETCH': 'close',
      },
    });
    const report = await gate(server, at(refusing.port));
    expect(outcome(report)).toEqual(['ppppf', ['inbox-rejected']]);
    expect(logins(refusing)).toBe(2);
  });

  test('is not opened again if the password was rejected the first time', async () => {
    await using imap = await startFaulty({ at: 'LOGIN', reply: ['$ NO [AUTHENTICATIONFAILED] No'], times: 9 }, false);
    await using server = await startServer(imap.deliver);
    const report = await gate(server, at(imap.port));
    expect(outcome(report)).toEqual(['ppppf', ['inbox-rejected']]);
    expect([logins(imap), report.attempts]).toEqual([1, 1]);
  });
});

/** Gives this reply the n-th time, counted from 1, and otherwise the usual one. */
const nth = <Reply>(wanted: number, reply: Reply) => {
  let times = 0;
  return (): Reply | undefined => {
    times += 1;
    return times === wanted ? reply : undefined;
  };
};

describe('a POP3 session that is lost', () => {
  test.each<[string, number, Pop3Reply, unknown]>([
    ['PASS', 2, 'close', ['ppppp', []]],
    ['UIDL', 2, 'close', ['ppppp', []]],
    ['UIDL', 2, 'silence', ['ppppp', []]],
    ['TOP', 1, 'close', ['ppppp', []]],
    ['RETR', 1, 'close', ['ppppp', []]],
    ['DELE', 1, 'close', ['ppppp', []]],
    ['DELE', 1, 'silence', ['ppppp', []]],
    ['DELE', 1, ['-ERR Read-only'], CLEANUP_FAILED],
  ])('at %s has the expected outcome', async (command, time, reply, expected) => {
    await using pop3 = await startScriptedPop3({
      identity,
      security: 'implicit',
      replies: { [command]: nth(time, reply) },
    });
    await using server = await startServer((raw) => pop3.maildrop.push({ id: 'a', text: raw.toString() }));
    const inbox: InboxTarget = { scheme: 'pop3s', host: HOST, port: pop3.port, mailbox: 'INBOX', ...LOGIN };
    const report = await gate(server, inbox, { timeoutMs: reply === 'silence' ? 1500 : 5000 });
    expect(outcome(report)).toEqual(expected);
    expect(pop3.maildrop).toHaveLength(expected === CLEANUP_FAILED ? 1 : 0);
  });

  test('after the message was deleted is not a failure, and a different one with its Message-ID stays', async () => {
    const forged = (text: string): string => text.replace(/\r\n\r\n[^]*$/, '\r\n\r\nForged\r\n');
    await using pop3 = await startScriptedPop3({
      identity,
      security: 'implicit',
      replies: {
        QUIT: () => {
          const at = pop3.maildrop.findIndex(({ id }) => id === 'a');
          if (at < 0 || !pop3.heard.includes('DELE 1')) return undefined;
          pop3.maildrop.splice(at, 1);
          return 'close';
        },
      },
    });
    await using server = await startServer((raw) => {
      const text = raw.toString();
      pop3.maildrop.push({ id: 'a', text }, { id: 'b', text: forged(text) });
    });
    const inbox: InboxTarget = { scheme: 'pop3s', host: HOST, port: pop3.port, mailbox: 'INBOX', ...LOGIN };
    expect(outcome(await gate(server, inbox))).toEqual(['ppppp', []]);
    expect(pop3.maildrop.map(({ id }) => id)).toEqual(['b']);
  });

  test('after the only message was deleted is not a failure', async () => {
    await using pop3 = await startScriptedPop3({
      identity,
      security: 'implicit',
      replies: {
        QUIT: () => (pop3.heard.includes('DELE 1') && pop3.maildrop.splice(0).length > 0 ? 'close' : undefined),
      },
    });
    await using server = await startServer((raw) => pop3.maildrop.push({ id: 'a', text: raw.toString() }));
    const inbox: InboxTarget = { scheme: 'pop3s', host: HOST, port: pop3.port, mailbox: 'INBOX', ...LOGIN };
    expect(outcome(await gate(server, inbox))).toEqual(['ppppp', []]);
    expect(pop3.heard.filter((line) => line.startsWith('DELE'))).toEqual(['DELE 1']);
  });
});

describe('a mail catcher that fails', () => {
  const broken: HttpReply = { status: 503 };
  test.each<[string, HttpReply | 'silence' | 'close', unknown]>([
    ['GET /api/v1/messages', 'close', ['ppppp', []]],
    ['GET /api/v1/messages', broken, ['ppppp', []]],
    ['GET /api/v1/search', 'close', ['ppppp', []]],
    ['GET /api/v1/search', 'silence', ['ppppp', []]],
    ['GET /api/v1/search', broken, ['ppppp', []]],
    ['GET /api/v1/message/a/raw', 'close', ['ppppp', []]],
    ['DELETE /api/v1/messages', broken, ['ppppp', []]],
    ['DELETE /api/v1/messages', 'close', ['ppppp', []]],
    ['DELETE /api/v1/messages', 'silence', ['ppppp', []]],
    ['DELETE /api/v1/messages', { status: 400 }, CLEANUP_FAILED],
  ])('once at %s (%j) has the expected outcome', async (route, reply, expected) => {
    const once = nth(1, reply);
    const replies = Object.defineProperty({}, route, { get: once });
    await using mailpit = await startMailpit({ replies });
    await using server = await startServer((raw) => {
      mailpit.messages.push({ id: 'a', text: raw.toString(), read: false });
    });
    const inbox: InboxTarget = { scheme: 'mailpit+http', host: HOST, port: mailpit.port, basePath: '' };
    const report = await gate(server, inbox, { timeoutMs: reply === 'silence' ? 1500 : 5000 });
    expect(outcome(report)).toEqual(expected);
    expect(mailpit.messages).toHaveLength(expected === CLEANUP_FAILED ? 1 : 0);
  });

  test('once at its deletion, and has another copy by then: both are deleted and reported', async () => {
    let text = '';
    const replies = Object.defineProperty({}, 'DELETE /api/v1/messages', {
      get: () => {
        if (mailpit.messages.length > 1) return undefined;
        mailpit.messages.push({ id: 'b', text, read: false });
        return 'close';
      },
    });
    await using mailpit = await startMailpit({ replies });
    await using server = await startServer((raw) => {
      text = raw.toString();
      mailpit.messages.push({ id: 'a', text, read: false });
    });
    const inbox: InboxTarget = { scheme: 'mailpit+http', host: HOST, port: mailpit.port, basePath: '' };
    const report = await gate(server, inbox);
    expect(outcome(report)).toEqual(['ppppw', ['message-duplicated']]);
    expect([report.delivery?.copies, mailpit.messages]).toEqual([2, []]);
  });
});
