import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';
import { gateAll } from '../../../src/gate/scheduler.js';
import { textResolver } from '../../../src/net/txt.js';
import type { Delivery, Endpoint } from '../../../src/plan/endpoint.js';
import type { EndpointReport } from '../../../src/report/report.js';
import type { Change } from '../../support/content-filter.js';
import { startDeliveryPath, type DeliveryPath } from '../../support/delivery-path.js';
import { DELIVERY, codes, gate, letters, testRun } from '../../support/gate.js';
import { mailEndpoint } from '../../support/mail-endpoint.js';
import { readMaildir, seedMaildir } from '../../support/maildir.js';
import { startNameServer, type Zone } from '../../support/name-server.js';
import { MAIL_USER } from '../../support/postfix-dovecot.js';
import { startTlsFront } from '../../support/tls-front.js';
import { HOST } from '../../support/certificate-fixtures.js';

/** Delivery from a Postfix that accepts the message to the inbox of a Dovecot. */

/** Starting and stopping real servers takes about two seconds, and much longer on a busy machine. */
const TEST_TIMEOUT_MS = 60_000;

let path: DeliveryPath;
let ports: DeliveryPath['ports'];
beforeAll(async () => {
  path = await startDeliveryPath();
  ports = path.ports;
  await seedMaildir(path.maildir, [['S', 'Subject: seen\n\nSomebody has read this.\n']]);
}, TEST_TIMEOUT_MS);
beforeEach(() => {
  path.filter.change = (message) => message;
  path.greylist.triesLeft = 0;
});
afterAll(() => path.close(), TEST_TIMEOUT_MS);

type Service = keyof DeliveryPath['ports'];

/** An endpoint for all five steps, with some of its delivery replaced. */
function endpoint(service: Service, delivery: Partial<Delivery> = {}, replaced: Partial<Endpoint> = {}): Endpoint {
  const usual = mailEndpoint({ ports, certs: path }, ports[service], replaced);
  return { ...usual, ...(usual.delivery && { delivery: { ...usual.delivery, ...delivery } }) };
}

/** An endpoint for mail without AUTH. */
function anonymous(gated: Endpoint): Endpoint {
  const { auth, ...rest } = gated;
  return auth ? rest : gated;
}

/** An endpoint without an inbox, whose recipient must be rejected. */
function mustRefuse(service: Service, to: string): Endpoint {
  const delivery = { ...DELIVERY, from: MAIL_USER.username, to, expect: 'refused' } as const;
  return endpoint(service, {}, { delivery });
}

/** The five letters, and the codes in order. */
async function see(gated: Endpoint): Promise<[string, string[]]> {
  const { report } = await gate(gated);
  return [letters(report.steps), codes(report.steps)];
}

/** Postfix's count of a client's commands, which it logs at the end of a session. */
async function commandsOf(gated: Endpoint): Promise<string> {
  const counts = async (): Promise<string[]> => (await path.logs()).match(/smtpd\S+ disconnect from .*/g) ?? [];
  const before = (await counts()).length;
  await gate(gated);
  for (;;) {
    const last = (await counts())[before];
    if (last !== undefined) return last;
    await sleep(20);
  }
}

describe('a message that arrives unchanged', () => {
  test.each<[string, Service]>([
    ['straight', 'submission'],
    ['directly, from a server that does not name the TLS session', 'terse'],
    ['through a filter that changes nothing', 'filtered'],
    ['through a second hop without TLS', 'twoHops'],
  ])(
    'passes: %s',
    async (_, service) => {
      const before = await readMaildir(path.maildir);
      expect(await see(endpoint(service))).toEqual(['ppppp', []]);
      expect(await readMaildir(path.maildir)).toEqual(before);
    },
    TEST_TIMEOUT_MS,
  );

  test('is sent with PIPELINING, and each reply is matched with its command', async () => {
    const { report } = await gate(endpoint('submission'));
    const envelope = report.transcript.filter(({ text }) => /^(MAIL|RCPT|DATA|250 2\.1\.|354 )/.test(text));
    expect(envelope.map(({ text }) => text.slice(0, 4))).toEqual(['MAIL', '250 ', 'RCPT', '250 ', 'DATA', '354 ']);
    expect(report.capabilities?.tls).toContain('PIPELINING');
  });

  test('may be large', async () => {
    expect(await see(endpoint('submission', { attachmentBytes: 200 * 1024 }))).toEqual(['ppppp', []]);
  });
});

describe('a message that a filter changes', () => {
  const inText =
    (change: (text: string) => string): Change =>
    (message) =>
      Buffer.from(change(message.toString('latin1')), 'latin1');

  test.each<[string, (text: string) => string, string[]]>([
    ['a footer below the body', (text) => `${text}-- \r\nScanned.\r\n`, ['message-altered']],
    ['a tag in the subject', (text) => text.replace(/^Subject: /m, 'Subject: [external] '), ['message-altered']],
    ['a line that loses its leading dot', (text) => text.replace(/^\./m, ''), ['message-altered']],
    ['a second From', (text) => `From: somebody@else.example\r\n${text}`, ['message-altered']],
    ['an additional field', (text) => `X-Scanned: yes\r\n${text}`, []],
  ])(
    '%s',
    async (_, change, expected) => {
      path.filter.change = inText(change);
      expect(await see(endpoint('filtered'))).toEqual([expected.length > 0 ? 'ppppf' : 'ppppp', expected]);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('the hop that accepted the message from the gate', () => {
  const behind = (port: number): Endpoint => anonymous({ ...endpoint('mxs'), port, transport: 'implicit', role: 'mx' });

  test('is encrypted if there is no proxy', async () => {
    expect(await see(behind(ports.mxs))).toEqual(['aapnp', []]);
  });

  test('is unencrypted behind a proxy that terminates TLS', async () => {
    const front = await startTlsFront(path.identity, ports.noTls);
    try {
      expect(await see(behind(front.port))).toEqual(['aapnf', ['delivery-hop-unencrypted']]);
    } finally {
      await front.close();
    }
  });

  test('has a different TLS session behind a proxy that opens a new one', async () => {
    const onward = { ca: path.pki.root.cert, servername: HOST, maxVersion: 'TLSv1.2' } as const;
    const front = await startTlsFront(path.identity, ports.mxs, onward);
    try {
      expect(await see(behind(front.port))).toEqual(['aapnw', ['delivery-hop-mismatch']]);
    } finally {
      await front.close();
    }
  });
});

describe('the SPF, DKIM and DMARC results of a message', () => {
  const keys = (): { privateKey: string; record: string } => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const octets = publicKey.export({ type: 'spki', format: 'der' });
    return {
      privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      record: `v=DKIM1; k=rsa; p=${octets.toString('base64')}`,
    };
  };
  const good = keys();
  const signed: Change = (message) =>
    buffer(new DKIM({ domainName: 'example.test', keySelector: 'gate', privateKey: good.privateKey }).sign(message));
  const unsigned: Change = (message) => message;

  test.each<[string, Change, Zone, [string, string[]]]>([
    ['signed, with the key in DNS', signed, { 'gate._domainkey.example.test': good.record }, ['ppppp', []]],
    ['not signed', unsigned, {}, ['ppppf', ['delivery-verdict-mismatch']]],
    ['signed, without a key in DNS', signed, {}, ['ppppf', ['delivery-verdict-mismatch']]],
    [
      'signed, with a different key in DNS',
      signed,
      { 'gate._domainkey.example.test': keys().record },
      ['ppppf', ['delivery-verdict-mismatch']],
    ],
  ])(
    'DKIM: %s',
    async (_, change, zone, expected) => {
      await using names = await startNameServer(zone);
      path.filter.change = change;
      const gated = endpoint('filtered', { verdicts: { dkim: 'pass' } });
      const { report } = await gate(gated, { txt: textResolver([names.address]) });
      expect([letters(report.steps), codes(report.steps)]).toEqual(expected);
    },
    TEST_TIMEOUT_MS,
  );

  const ours = `Authentication-Results: ${HOST}; spf=pass smtp.mailfrom=example.test; dmarc=pass header.from=example.test`;
  test.each<[string, string, [string, string[]]]>([
    ['as required', ours, ['ppppp', []]],
    ['of a different server', ours.replace(HOST, 'mx.elsewhere.example'), ['ppppf', ['delivery-verdict-missing']]],
    ['without DMARC', ours.replace(/; dmarc.*/, ''), ['ppppf', ['delivery-verdict-missing']]],
    ['with a different SPF result', ours.replace('spf=pass', 'spf=softfail'), ['ppppf', ['delivery-verdict-mismatch']]],
  ])(
    'Authentication-Results %s',
    async (_, field, [seen, expected]) => {
      path.filter.change = (message) => Buffer.concat([Buffer.from(`${field}\r\n`), message]);
      const verdicts = { authservId: HOST, spf: 'pass', dmarc: 'pass' } as const;
      const [five, found] = await see(endpoint('filtered', { verdicts }));
      expect([five, [...new Set(found)]]).toEqual([seen, expected]);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('a server that defers the message', () => {
  /** Runs as many attempts as necessary; pauses between them take no time. */
  async function insist(gated: Endpoint, retries: number): Promise<EndpointReport> {
    const run = testRun({ pause: () => Promise.resolve() });
    const plan = {
      endpoints: [gated],
      policy: { failOn: 'fail', onInconclusive: 'fail' },
      concurrency: 1,
      retries,
    } as const;
    try {
      const [report] = await gateAll(plan, run, () => undefined);
      if (!report) throw new Error('no report');
      return report;
    } finally {
      await run.inboxes.close();
    }
  }

  test.each<['greylisted' | 'greylistedAtData', number]>([
    ['greylisted', 1],
    ['greylistedAtData', 1],
    ['greylisted', 3],
  ])(
    'gets further attempts: %s, %d times',
    async (service, tries) => {
      path.greylist.triesLeft = tries;
      const report = await insist(endpoint(service, { withinMs: 300_000 }), 1);
      expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppp', ['greylisted']]);
      expect(report.attempts).toBe(tries + 1);
    },
    TEST_TIMEOUT_MS,
  );

  test.each<['greylisted' | 'greylistedAtData', string]>([
    ['greylisted', 'recipient-rejected'],
    ['greylistedAtData', 'message-rejected'],
  ])(
    'permanently is inconclusive: %s',
    async (service, code) => {
      path.greylist.triesLeft = Infinity;
      const report = await insist(endpoint(service, { withinMs: 120_000 }), 1);
      expect([letters(report.steps), codes(report.steps)]).toEqual(['ppppi', [code]]);
      expect(report.attempts).toBeGreaterThan(2);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('Postfix rejects', () => {
  test.each<[string, () => Endpoint, string]>([
    ['the sender', () => endpoint('senderRefused'), 'sender-rejected'],
    ['an unknown recipient', () => endpoint('submission', { to: 'nobody@example.test' }), 'recipient-rejected'],
    ['relaying', () => anonymous(endpoint('mx', { to: 'somebody@elsewhere.example' })), 'recipient-rejected'],
    ['DATA', () => endpoint('dataRefused'), 'message-rejected'],
    ['the message', () => endpoint('messageRefused'), 'message-rejected'],
    ['the size of the message', () => endpoint('small', { attachmentBytes: 40_000 }), 'message-rejected'],
  ])('%s', async (_, gated, code) => {
    const tested = gated();
    expect(await see(tested)).toEqual([tested.auth ? 'ppppf' : 'pppnf', [code]]);
  });

  test('a message that is too large, which is known in advance and not sent', async () => {
    expect(await see(endpoint('small'))).toEqual(['ppppp', []]);
    expect(await commandsOf(endpoint('small', { attachmentBytes: 40_000 }))).not.toMatch(/ (mail|rcpt|data)=/);
  });
});

describe('a recipient that must be rejected', () => {
  const FOREIGN = 'somebody@elsewhere.example';

  test.each<[string, () => Endpoint, [string, string[]]]>([
    ['of a foreign domain is rejected by a mail exchanger', () => anonymous(mustRefuse('mx', FOREIGN)), ['pppnp', []]],
    [
      'that is unknown is rejected by the mail exchanger',
      () => anonymous(mustRefuse('mx', 'nobody@example.test')),
      ['pppnp', []],
    ],
    [
      'of a foreign domain is accepted by an open relay',
      () => anonymous(mustRefuse('openRelay', FOREIGN)),
      ['pppnf', ['relay-open']],
    ],
    [
      'of a foreign domain is accepted from an authenticated account',
      () => mustRefuse('submission', FOREIGN),
      ['ppppf', ['relay-open']],
    ],
  ])('%s', async (_, gated, expected) => {
    const tested = gated();
    expect(await see(tested)).toEqual(expected);
    const commands = await commandsOf(tested);
    expect(commands).toMatch(/ mail=1 rcpt=(1|0\/1) /);
    expect(commands).not.toMatch(/ data=/);
  });
});
