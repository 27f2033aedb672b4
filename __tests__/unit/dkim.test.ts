import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import DKIM from 'nodemailer/lib/dkim';
import { verifySignatures, type DkimSignature } from '../../src/message/dkim.js';
import { composeTestMessage } from '../../src/message/test-message.js';
import { Deadline } from '../../src/net/deadline.js';
import { textResolver } from '../../src/net/txt.js';
import { signed, signingKey, type Tags } from '../support/dkim.js';
import { HOSTILE, hostileText } from '../support/hostile.js';
import { SERVFAIL, SILENCE, startNameServer, type NameServer } from '../support/name-server.js';
import { runs } from '../support/runs.js';
import { computing, waiting } from '../support/time.js';

const NOW = new Date('2026-11-23T12:00:00Z');
const seconds = (days: number): string => String(NOW.getTime() / 1000 + days * 86_400);

const key = signingKey();
const weak = signingKey(512);
let names: NameServer;
let probe: string;

beforeAll(async () => {
  names = await startNameServer({
    'gate._domainkey.example.com': key.record,
    'gate._domainkey.other.example': key.record,
    'foreign._domainkey.example.com': signingKey().record,
    'weak._domainkey.example.com': weak.record,
    'revoked._domainkey.example.com': 'v=DKIM1; p=',
    'nonsense._domainkey.example.com': 'v=DKIM1; p=AAAA',
    'cut._domainkey.example.com': key.record.slice(0, 255),
    'short._domainkey.example.com': 'v=DKIM1; p=MII=',
    'not-dkim._domainkey.example.com': 'v=spf1 -all',
    'strict._domainkey.example.com': `${key.record}; t=y:s`,
    'testing._domainkey.example.com': `${key.record}; t=y`,
    'sha1._domainkey.example.com': `${key.record}; h=sha1`,
    'hashes._domainkey.example.com': `${key.record}; h=sha1 : SHA256`,
    'tlsrpt._domainkey.example.com': `${key.record}; s=tlsrpt`,
    'services._domainkey.example.com': `${key.record}; s=tlsrpt:email`,
    'any._domainkey.example.com': `${key.record}; s=*`,
    'broken._domainkey.example.com': SERVFAIL,
    'silent._domainkey.example.com': SILENCE,
  });
  ({ text: probe } = await composeTestMessage('gate@example.com', 'inbox@example.com', NOW));
});
afterAll(async () => {
  await names[Symbol.asyncDispose]();
});

function verify(message: string | Buffer, withinMs = 5000): Promise<readonly DkimSignature[]> {
  const lookup = textResolver([names.address]);
  const deadline = Deadline.after(withinMs);
  return verifySignatures(Buffer.from(message), { lookup: (name) => lookup(name, deadline), now: NOW });
}

async function byNodemailer(domainName = 'example.com', keySelector = 'gate'): Promise<string> {
  const signer = new DKIM({ domainName, keySelector, privateKey: key.pem });
  return (await buffer(signer.sign(probe))).toString();
}

const OF_THE_DOMAIN = { domain: 'example.com', selector: 'gate', aligned: true };

describe('a DKIM signature', () => {
  test('of nodemailer passes, regardless of fields above it and of line ends', async () => {
    const message = await byNodemailer();
    const traced = `Received: from a by b;\r\n\tMon\r\nARC-Seal: i=1; a=rsa-sha256; cv=none; d=a; s=b; b=c\r\n${message}`;
    for (const text of [message, traced, traced.replace(/\r\n/g, '\n'), `${message}\r\n\r\n`]) {
      expect(await verify(text)).toEqual([{ ...OF_THE_DOMAIN, verdict: 'pass' }]);
    }
  });

  test('of a different domain passes, but is not aligned with From', async () => {
    expect(await verify(await byNodemailer('other.example'))).toEqual([
      { domain: 'other.example', selector: 'gate', aligned: false, verdict: 'pass' },
    ]);
  });

  test.each<[string, Tags, DkimSignature['verdict'], RegExp]>([
    ['no key in DNS', { s: 'nobody' }, 'permerror', /^no key$/],
    ['an invalid DNS name', { s: `${'a'.repeat(64)}.b` }, 'permerror', /^no key$/],
    ['a different key in DNS', { s: 'foreign' }, 'fail', /^bad signature$/],
    ['a revoked key', { s: 'revoked' }, 'permerror', /^the key is revoked: p= is empty$/],
    ['an invalid key', { s: 'nonsense' }, 'permerror', /^p= in the key record is not a public key$/],
    ['a key that is cut off', { s: 'cut' }, 'permerror', /^the key in DNS is cut off after 255 characters$/],
    ['a record for a different purpose', { s: 'not-dkim' }, 'permerror', /does not have v=DKIM1$/],
    ['a name server that fails', { s: 'broken' }, 'temperror', /^DNS failure: ESERVFAIL$/],
    ['an expiration in the past', { t: seconds(-9), x: seconds(-1) }, 'fail', /^expired$/],
    ['an expiration before its timestamp', { t: seconds(9), x: seconds(5) }, 'permerror', /^invalid expiration$/],
    ['SHA-1', { a: 'rsa-sha1' }, 'policy', /RFC 8301/],
    ['an unknown algorithm', { a: 'rsa-md5' }, 'neutral', /algorithm/],
    ['no domain', { d: '' }, 'neutral', /domain/],
    ['no signed From', { h: 'Subject:To' }, 'permerror', /^From is not signed$/],
    ['a length beyond the body', { l: '100000' }, 'permerror', /beyond the end/],
    ['an invalid length', { l: '-1' }, 'permerror', /beyond the end/],
    ['an unknown version', { v: '2' }, 'permerror', /version/],
    ['no version', { v: '' }, 'permerror', /version/],
    ['an identity of a different domain', { i: '@evil.example' }, 'permerror', /^i= is not at or under d=$/],
    ['an identity that only ends like the domain', { i: '@notexample.com' }, 'permerror', /^i= is not at or under d=$/],
    ['an identity in a parent domain', { i: '@com' }, 'permerror', /^i= is not at or under d=$/],
    ['an invalid identity', { i: 'example.com' }, 'permerror', /^i= is not at or under d=$/],
    ['an identity in a subdomain for a strict key', { s: 'strict', i: '@sub.example.com' }, 'permerror', /\(t=s\)$/],
    ['a key for a different hash', { s: 'sha1' }, 'permerror', /^its key is not for SHA-256$/],
    ['a key for a different service', { s: 'tlsrpt' }, 'permerror', /^its key is not for mail$/],
    ['a key that is not in DNS', { q: 'http' }, 'permerror', /^its key is not in DNS$/],
    ['an unknown canonicalization', { c: 'relaxed/evil' }, 'permerror', /^its canonicalization is not known$/],
    ['a wrong body hash', { bh: 'AAAA' }, 'fail', /^body hash did not verify$/],
  ])('with %s does not pass', async (_, tags, verdict, reason) => {
    const [result, ...more] = await verify(signed(probe, key, tags));
    expect(more).toEqual([]);
    expect(result).toMatchObject({ verdict, reason: expect.stringMatching(reason) as string });
  });

  test('that does not match its key comes with the beginning of the key, in one string of the record', async () => {
    const record = signingKey().record;
    const p = record.indexOf('p=');
    const results = async (strings: string[]): Promise<readonly DkimSignature[]> =>
      verifySignatures(Buffer.from(signed(probe, key)), { lookup: () => Promise.resolve([strings]), now: NOW });
    expect(await results([record])).toMatchObject([{ publishedKey: record.slice(p, p + 78) }]);
    expect(await results([record.slice(0, p + 60), record.slice(p + 60)])).toMatchObject([
      { publishedKey: record.slice(p, p + 60) },
    ]);
    const [unseen] = await results([record.slice(0, p + 1), record.slice(p + 1)]);
    expect(unseen).toMatchObject({ reason: 'bad signature' });
    expect(unseen).not.toHaveProperty('publishedKey');
  });

  test.each<[string, Tags]>([
    ['with the default tags', {}],
    ['that has not expired', { t: seconds(-1), x: seconds(1) }],
    ['with the length of the whole body', { l: 'all' }],
    ['with a length of 20 bytes', { l: '20' }],
    ['with an identity in the domain', { i: 'a=40b@Example.com' }],
    ['with an identity in a subdomain', { i: 'gate@sub.example.com' }],
    ['with a strict key, and no identity', { s: 'strict' }],
    ['with a strict key and an identity in the domain', { s: 'strict', i: 'gate@example.com' }],
    ['with a key in testing', { s: 'testing', i: '@sub.example.com' }],
    ['with a key for its hash too', { s: 'hashes' }],
    ['with a key for mail too', { s: 'services' }],
    ['with a key for everything', { s: 'any' }],
    ['with a key in DNS too', { q: 'http:dns/txt' }],
  ])('%s passes', async (_, tags) => {
    const length = String(probe.length - probe.indexOf('\r\n\r\n') - 4);
    const result = await verify(signed(probe, key, tags.l === 'all' ? { l: length } : tags));
    expect(result).toEqual([{ ...OF_THE_DOMAIN, selector: tags.s ?? 'gate', verdict: 'pass' }]);
  });

  test('with a short key does not pass', async () => {
    expect(await verify(signed(probe, weak, { s: 'weak' }))).toMatchObject([
      { verdict: 'policy', reason: 'the key is too short' },
    ]);
  });

  test('does not pass if no name server replies in time', async () => {
    const waited = waiting();
    expect(await verify(signed(probe, key, { s: 'silent' }), 300)).toMatchObject([
      { verdict: 'temperror', reason: 'DNS failure: ETIMEOUT' },
    ]);
    expect(waited()).toBeLessThan(1500);
  });

  test.each<[string, (text: string) => string]>([
    ['body', (text) => text.replace('looks for', 'looks at')],
    ['footer', (text) => `${text}-- \r\nScanned.\r\n`],
    ['signed field', (text) => text.replace(/^Subject: /m, 'Subject: [SPAM] ')],
    ['signature', (text) => text.replace(/ b=../, ' b=AA')],
  ])('fails if the %s was changed', async (_, alter) => {
    expect(await verify(alter(signed(probe, key)))).toMatchObject([{ verdict: 'fail' }]);
  });

  test('is one of several, of which at most eight are verified', async () => {
    const bad = signed(probe, key, { s: 'nobody' }).slice(0, -probe.length);
    const results = await verify(bad + (await byNodemailer()));
    expect(results.map(({ selector, verdict }) => [selector, verdict])).toEqual([
      ['nobody', 'permerror'],
      ['gate', 'pass'],
    ]);
    expect((await verify(bad.repeat(20) + (await byNodemailer()))).map(({ selector }) => selector)).toEqual(
      Array.from({ length: 8 }, () => 'nobody'),
    );
  });

  test('passes although the key of another one has only two bytes', async () => {
    const bad = signed(probe, key, { s: 'short' }).slice(0, -probe.length);
    expect(await verify(bad + (await byNodemailer()))).toMatchObject([
      { selector: 'short', verdict: 'permerror', reason: 'the key in DNS is not complete', keyProblem: 'cut-off' },
      { selector: 'gate', verdict: 'pass' },
    ]);
  });

  test('that is missing gives "none", without a lookup', async () => {
    const before = names.asked.length;
    expect(await verify(probe)).toEqual([]);
    expect(await verify('')).toEqual([]);
    expect(names.asked.length).toBe(before);
  });
});

describe('a hostile message', () => {
  const LONG = 1024 * 1024;
  test.each<[string, (signature: string) => string]>([
    ['a header of folded lines', (signature) => `${signature}X: ${' \r\n'.repeat(LONG / 3)}y\r\n${probe}`],
    ['many fields', (signature) => `${signature}${'X: y\r\n'.repeat(LONG / 6)}${probe}`],
    ['many signatures', (signature) => signature.repeat(2000) + probe],
    [
      'many lengths',
      (signature) =>
        Array.from({ length: 1000 }, (_, i) => signature.replace('; h=', `; l=${i}; h=`)).join('') +
        probe +
        'x'.repeat(LONG),
    ],
    ['a long signature', (signature) => `${signature.trim()}${';'.repeat(LONG)}\r\n${probe}`],
    ['a signature of semicolons', (signature) => `${signature.trim()}${';'.repeat(7000)}\r\n${probe}`],
    ['a long From', (signature) => `${signature}From: ${'<('.repeat(60_000)}\r\n${probe}`],
    ['a From of commas', (signature) => `${signature}From: ${'a,:;'.repeat(30_000)}\r\n${probe}`],
    ['a long type', (signature) => `${signature}Content-Type: ${'a;b*0="'.repeat(17_000)}\r\n${probe}`],
    ['a long line', (signature) => `${signature}${probe}${'x \t'.repeat(LONG / 3)}`],
    [
      'a body of spaces',
      (signature) => `${signature.replace('simple/simple', 'relaxed/relaxed')}${probe}${' \r\n'.repeat(3 * LONG)}`,
    ],
    ['a body of line ends', (signature) => `${signature}${probe}${'\r\n'.repeat(LONG / 2)}`],
    ['a body of line feeds', (signature) => `${signature}${probe}${'\n'.repeat(LONG)}`],
  ])('of %s is verified in time', async (_, compose) => {
    const said: unknown[] = [];
    const log = console.log;
    console.log = (...all: unknown[]) => said.push(all);
    try {
      const signature = signed(probe, key).slice(0, -probe.length);
      const computed = computing();
      expect((await verify(compose(signature))).length).toBeGreaterThan(0);
      expect(computed()).toBeLessThan(3000);
      // Standard output may be a report in JSON.
      expect(said).toEqual([]);
    } finally {
      console.log = log;
    }
  });

  test('of too many lines is neutral, even if a signature follows them', async () => {
    const signature = signed(probe, key).slice(0, -probe.length);
    const neutral = { verdict: 'neutral', reason: 'the message has too many lines to verify' };
    for (const text of [
      `${signature}${probe}${' \r\n'.repeat(6000)}`,
      `${'X: y\r\n'.repeat(40_000)}${signature}${probe}`,
      `${signed(probe, key, { l: '20' })}${' \r\n'.repeat(6000)}`,
    ]) {
      expect(await verify(text)).toEqual([expect.objectContaining(neutral)]);
    }
    expect(await verify(`${signature}${probe}${' \r\n'.repeat(3000)}`)).toMatchObject([{ verdict: 'fail' }]);
  });

  test('of any bytes gives results', async () => {
    const anyOf = (...texts: string[]) => fc.array(fc.constantFrom(...texts)).map((all) => all.join(''));
    const tags = [
      'v=1;',
      'a=rsa-sha256;',
      'c=relaxed;',
      'c=a/b;',
      's=gate;',
      'h=from:from;',
      'bh=;',
      'b=AAAA;',
      'l=0;',
    ];
    const header = fc
      .tuple(
        anyOf(...tags, 'd=example.com;', 'd=\u00e9..;', 'x=1;', 't=y;', 'i=@a;', '=', '(', '"', '\\', '\r\n '),
        anyOf('a', '@', '<', '>', '(', ')', '"', ',', ';', ':', '\\', '=?utf-8?q?=zz?=', ' ', '.'),
        anyOf('multipart/mixed;', 'boundary=', 'a*0*=', "utf-8''%zz", "x''%", '"', ';', '\\', '=', ' ', '*1'),
        // Valid except for its signature, so the library always verifies it.
        fc.constantFrom(signed(probe, key, { s: 'foreign' })),
      )
      .map(
        ([some, from, type, last]) => `DKIM-Signature: ${some}\r\nFrom: ${from}\r\nContent-Type: ${type}\r\n${last}`,
      );
    await fc.assert(
      fc.asyncProperty(header, fc.uint8Array({ maxLength: 500 }), async (some, octets) => {
        const results = await verify(Buffer.concat([Buffer.from(some), octets]));
        expect(results.length).toBeGreaterThan(0);
        expect(results.every(({ verdict }) => verdict !== 'pass')).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('a hostile name server', () => {
  /** All texts about a key. None of them contains text from its DNS record. */
  const REASONS = [
    'no key',
    'invalid public key',
    'unknown key version',
    'unknown key type',
    'the key is too short',
    'bad signature',
    'the name of the key has several TXT records',
    'the key record in DNS contains backslashes',
    'the key record in DNS contains quotation marks',
    'the key record in DNS does not have v=DKIM1',
    'the key record in DNS has no p=',
    'the key is revoked: p= is empty',
    'the key record in DNS has an unknown key type in k=',
    'p= in the key record is not base64',
    'the key in DNS is cut off after 255 characters',
    'the key in DNS is not complete',
    'p= in the key record is not a public key',
    'k= in the key record is not the type of the key',
    'its key is not for SHA-256',
    'its key is not for mail',
  ];
  const tag = fc.constantFrom('v', 'k', 'p', 'h', 's', 't', 'n', 'a');
  const record = fc.oneof(
    hostileText,
    fc.array(fc.tuple(tag, hostileText)).map((tags) => tags.map((pair) => pair.join('=')).join('; ')),
    fc.tuple(tag, hostileText).map((pair) => `v=DKIM1; ${pair.join('=')}`),
    fc.tuple(tag, hostileText).map((pair) => `${pair.join('=')}; ${weak.record}`),
  );
  const answer = fc.array(fc.array(fc.oneof(record, fc.constantFrom(...HOSTILE)), { maxLength: 3 }), { maxLength: 3 });

  test('cannot make a signature pass, and its text is not in the result', async () => {
    const message = signed(probe, key);
    await fc.assert(
      fc.asyncProperty(answer, async (records) => {
        const lookup = () => Promise.resolve(records);
        const results = await verifySignatures(Buffer.from(message), { lookup, now: NOW });
        expect(results).toMatchObject([{ domain: 'example.com', selector: 'gate' }]);
        expect(results[0]?.verdict).not.toBe('pass');
        expect(REASONS).toContain(results[0]?.reason);
      }),
      { numRuns: runs(500) },
    );
  });

  test('cannot add text to the result of a failed lookup', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error(HOSTILE.join('')), { code: 'ESERVFAIL' }));
    expect(await verifySignatures(Buffer.from(signed(probe, key)), { lookup, now: NOW })).toMatchObject([
      { verdict: 'temperror', reason: 'DNS failure: ESERVFAIL' },
    ]);
  });
});
