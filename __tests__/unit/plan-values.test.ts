import fc from 'fast-check';
import * as values from '../../src/plan/schema/values.js';
import { visible } from '../../src/text/peer.js';
import { anyText } from '../support/any-text.js';

const DIGEST = Buffer.alloc(32, 7).toString('base64');

describe('wholeNumber', () => {
  test.each([
    ['1', 1],
    ['10', 10],
  ])('%s', (text, number) => {
    expect(values.wholeNumber(text, 1, 10)).toBe(number);
  });

  test.each(['0', '11', '-1', '+1', '01', '1.0', '1e0', '0x1', ' 1', '1 ', '', 'one', '1_0', '٣', '9'.repeat(400)])(
    '%j is not a number from 1 to 10',
    (text) => {
      expect(values.wholeNumber(text, 1, 10)).toBeUndefined();
    },
  );
});

describe('host', () => {
  test.each([
    ['smtp.example.com', 'smtp.example.com'],
    ['SMTP.Example.COM.', 'smtp.example.com'],
    ['localhost', 'localhost'],
    ['_mx_1.example.com', '_mx_1.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['3com.example', '3com.example'],
    ['192.0.2.7', '192.0.2.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[::1]', '::1'],
  ])('%s', (text, expected) => {
    expect(values.host(text)).toBe(expected);
  });

  test.each([
    '',
    '.',
    'a..b',
    '-a.example',
    'a-.example',
    'a b',
    'a/b',
    'smtp.example.com:587',
    'user@host',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}aa`,
    // The resolver reads these as IPv4 addresses, but not as the ones they resemble.
    '127.1',
    '0x7f.0.0.0x1',
    '256.1.1.1',
    '2130706433',
    '１２７.１',
    'fe80::1%eth0',
    '[192.0.2.7]',
    '[::1',
    '[smtp.example.com]',
    'host\nname',
    'a%2eb',
  ])('%j is invalid', (text) => {
    expect(values.host(text)).toBeUndefined();
  });

  test('the result is accepted and unchanged when it is read again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), anyText()), (text) => {
        const name = values.host(text);
        if (name !== undefined) expect(values.host(name)).toBe(name);
      }),
    );
  });
});

describe('ehloName', () => {
  test.each(['ci.example.com', 'localhost', '[192.0.2.1]', '[IPv6:2001:db8::1]'])('%s', (text) => {
    expect(values.ehloName(text)).toBe(text);
  });

  test('an international domain is sent as A-labels', () => {
    expect(values.ehloName('bücher.example')).toBe('xn--bcher-kva.example');
  });

  test.each([
    '192.0.2.1',
    '[::1]',
    '[IPv6:192.0.2.1]',
    '[IPv6:fe80::1%eth0]',
    '[192.0.2.256]',
    '[ci]',
    'ci example',
    'ci\r\nMAIL FROM:<>',
    '[192.0.2.1]\r\nMAIL FROM:<>',
    '',
    '[]',
    'build_01.corp.example',
    "Max's-Mac.local",
    '-ci.example',
    'ci-.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}aa`,
  ])('%j is invalid', (text) => {
    expect(values.ehloName(text)).toBeUndefined();
  });

  test('no accepted value can end the command', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.domain(),
          anyText(),
          fc.ipV6().map((ip) => `[IPv6:${ip}]`),
        ),
        (text) => {
          const name = values.ehloName(text);
          if (name !== undefined) expect(name).toMatch(/^(?:[a-z0-9.-]+|\[[0-9a-f.:IPv]+\])$/i);
        },
      ),
    );
  });
});

describe('mailbox', () => {
  test.each([
    ['gate@example.com', 'gate@example.com'],
    ["o'neil+tag=x@example.com", "o'neil+tag=x@example.com"],
    ['Gate@bücher.example', 'Gate@xn--bcher-kva.example'],
    ['gäte@bücher.example', 'gäte@xn--bcher-kva.example'],
    ['root@localhost', 'root@localhost'],
    ['gate@[192.0.2.1]', 'gate@[192.0.2.1]'],
  ])('%s', (text, expected) => {
    expect(values.mailbox(text)).toBe(expected);
  });

  test.each([
    '',
    'gate',
    '@example.com',
    'gate@',
    'a@b@example.com',
    '<gate@example.com>',
    'Gate <gate@example.com>',
    'ga te@example.com',
    'gate@exam ple.com',
    'gate@example.com\r\nDATA',
    'gate\u0000@example.com',
    '"a b"@example.com',
    'g\u202eate@example.com',
    'gate\u{e0020}@example.com',
    'gate\ufe0f@example.com',
    'gate\u3164@example.com',
    'gate\ud800@example.com',
    `${'ä'.repeat(33)}@example.com`,
    `${'a'.repeat(65)}@example.com`,
  ])('%j is invalid', (text) => {
    expect(values.mailbox(text)).toBeUndefined();
  });

  test('no accepted value can end a command or its argument', () => {
    fc.assert(
      fc.property(anyText(), fc.constantFrom('example.com', '[192.0.2.1]'), (local, domain) => {
        const address = values.mailbox(`${local}@${domain}`);
        if (address !== undefined) expect(address).toMatch(/^[^\s<>\p{Cc}\p{Cf}]+@[!-;=?-~]+$/u);
      }),
    );
  });
});

describe('inboxUrl', () => {
  test.each([
    ['imaps://imap.example.com', { scheme: 'imaps', host: 'imap.example.com', port: 993, mailbox: 'INBOX' }],
    ['imap://imap.example.com/', { scheme: 'imap', host: 'imap.example.com', port: 143, mailbox: 'INBOX' }],
    ['IMAPS://[::1]:1993/Tests/a%20b', { scheme: 'imaps', host: '::1', port: 1993, mailbox: 'Tests/a b' }],
    [
      'imaps://bücher.example/Entw%C3%BCrfe',
      { scheme: 'imaps', host: 'xn--bcher-kva.example', port: 993, mailbox: 'Entwürfe' },
    ],
    ['pop3://pop.example.com', { scheme: 'pop3', host: 'pop.example.com', port: 110, mailbox: 'INBOX' }],
    ['pop3s://pop.example.com/', { scheme: 'pop3s', host: 'pop.example.com', port: 995, mailbox: 'INBOX' }],
    ['pop3s://192.0.2.1:1995', { scheme: 'pop3s', host: '192.0.2.1', port: 1995, mailbox: 'INBOX' }],
    ['mailpit+http://localhost', { scheme: 'mailpit+http', host: 'localhost', port: 8025, basePath: '' }],
    ['mailpit+https://m.example/', { scheme: 'mailpit+https', host: 'm.example', port: 8025, basePath: '' }],
    ['Mailpit+HTTPS://m.example:443/a/b/', { scheme: 'mailpit+https', host: 'm.example', port: 443, basePath: '/a/b' }],
    ['maildev+http://[::1]', { scheme: 'maildev+http', host: '::1', port: 1080, basePath: '' }],
    [
      'maildev+https://m.example/%C3%A4',
      { scheme: 'maildev+https', host: 'm.example', port: 1080, basePath: '/%C3%A4' },
    ],
  ])('%s', (text, expected) => {
    expect(values.inboxUrl(text)).toEqual(expected);
  });

  test.each([
    'https://imap.example.com/',
    'imap.example.com',
    'imaps:imap.example.com',
    'imaps:///INBOX',
    'imaps://user@imap.example.com/INBOX',
    'imaps://user:secret@imap.example.com/INBOX',
    'imaps://imap.example.com/INBOX?x',
    'imaps://imap.example.com/INBOX#x',
    'imaps://imap.example.com:0/',
    'imaps://imap.example.com:70000/',
    'imaps://imap.example.com/%ff',
    'imaps://imap.example.com/a%0d%0ab',
    'imaps://imap example.com/',
    'pop3s://pop.example.com/INBOX',
    'pop3s://user@pop.example.com',
    'pop://pop.example.com',
    'mailpit://m.example',
    'mailpit+ftp://m.example',
    'imap+https://m.example',
    'constructor://m.example',
    'mailpit+https://user:secret@m.example',
    'mailpit+https://m.example/a?b',
    'mailpit+https://m.example/a#b',
    'mailpit+https://m.example/a/../b',
    'mailpit+https://m.example/a b',
    'mailpit+https://m.example/%0',
    'maildev+http://m.example:0',
  ])('%s is invalid', (text) => {
    expect(values.inboxUrl(text)).toBeUndefined();
  });
});

describe('displayName', () => {
  test('any visible text is allowed', () => {
    expect(values.displayName('Größe · staging (eu) 🚀')).toBe('Größe · staging (eu) 🚀');
    expect(values.displayName('a'.repeat(200))).toHaveLength(200);
  });

  test.each(['', ' ', 'a'.repeat(201), 'a\nb', 'a\u001b[2Jb', 'a\u202eb', 'a\u200bb', 'a\u{e0062}b', 'a\u{1d173}b'])(
    '%j is invalid',
    (text) => {
      expect(values.displayName(text)).toBeUndefined();
    },
  );
});

describe('visible', () => {
  test.each([
    ['a\r\nb\u0085', 'a\\x0d\\x0ab\\x85'],
    ['\u00ad\u0600\u180e\u2028\u2029\u2065\ufeff', '\\xad\\u0600\\u180e\\u2028\\u2029\\u2065\\ufeff'],
    ['a\u{e0020}\u{e007f}\u{1d173}b', 'a\\u{e0020}\\u{e007f}\\u{1d173}b'],
    ['Größe 🚀 ⚠️ 日本', 'Größe 🚀 ⚠️ 日本'],
  ])('%j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

describe('secret', () => {
  test('keeps its spaces, and cannot be printed', () => {
    const secret = values.secret(' p w ');
    expect(secret?.reveal()).toBe(' p w ');
    expect(JSON.stringify({ secret })).toBe('{"secret":"<redacted>"}');
  });

  test.each(['with a line break at its end\n', 'two\u0000fields', 'two\u0001fields'])('%j is invalid', (text) => {
    expect(values.secret(text)).toBeUndefined();
    expect(values.userName(text)).toBeUndefined();
  });
});

describe('pin', () => {
  test('returns the base64', () => {
    expect(values.pin(`sha256/${DIGEST}`)).toBe(DIGEST);
  });

  test.each([
    DIGEST,
    'sha256/',
    'sha256/short',
    `sha1/${DIGEST}`,
    `sha256//${DIGEST}`,
    `sha256/${DIGEST.slice(0, -1)}`,
    `sha256/${Buffer.alloc(33).toString('base64')}`,
    // The last character has bits that belong to no byte.
    `sha256/${'A'.repeat(42)}B=`,
  ])('%s is invalid', (text) => {
    expect(values.pin(text)).toBeUndefined();
  });
});

describe('day', () => {
  test.each(['2027-01-31', '2028-02-29', '0001-01-01'])('%s', (text) => {
    expect(values.day(text)).toBe(text);
  });

  test.each([
    '2027-02-29',
    '2027-13-01',
    '2027-00-10',
    '2027-1-1',
    '2027-01-31T00:00:00Z',
    '31.01.2027',
    'someday',
    '',
  ])('%j is invalid', (text) => {
    expect(values.day(text)).toBeUndefined();
  });
});

describe('shard', () => {
  test('is one part out of a number of parts', () => {
    expect(values.shard('2/3')).toEqual({ part: 2, parts: 3 });
    expect(values.shard('1/1')).toEqual({ part: 1, parts: 1 });
  });

  test.each(['0/2', '3/2', '1', '1/', '/2', '1/0', '-1/2', '1/2/3', 'a/b', '1 / 2'])('%j is invalid', (text) => {
    expect(values.shard(text)).toBeUndefined();
  });
});
