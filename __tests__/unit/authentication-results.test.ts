import fc from 'fast-check';
import { parseAuthenticationResults, resultsOf } from '../../src/message/authentication-results.js';
import { parseMessage } from '../../src/message/fields.js';
import { receivedHops } from '../../src/message/trace.js';
import { computing } from '../support/time.js';

const verdicts = (value: string): unknown => {
  const parsed = parseAuthenticationResults(value);
  return parsed && [parsed.authservId, ...parsed.results.map(({ method, result }) => `${method}=${result}`)];
};

describe('an Authentication-Results field', () => {
  test.each<[string, string, unknown]>([
    ['without results', 'example.org 1; none', ['example.org']],
    ['of one method', 'example.com; spf=pass smtp.mailfrom=example.net', ['example.com', 'spf=pass']],
    [
      'of several methods with comments',
      'example.com;   dkim=pass (good signature) header.d=example.com; auth=pass (cram-md5) smtp.auth=a@b; spf=fail smtp.mailfrom=c',
      ['example.com', 'dkim=pass', 'auth=pass', 'spf=fail'],
    ],
    [
      'with comments in every position (RFC 8601 appendix B.7)',
      "foo.example.net (foobar) 1 (baz); dkim (Because I like it) / 1 (One yay) = (wait for it) fail policy (A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462",
      ['foo.example.net', 'dkim=fail'],
    ],
    [
      'with a semicolon in a string and in a comment',
      'a.b; dmarc=fail (p=none; x) reason="spf=pass; dmarc=pass" header.from=c; spf=none',
      ['a.b', 'dmarc=fail', 'spf=none'],
    ],
    ['with a name in quotes and in capitals', '"MX.example.com"; SPF=Pass', ['mx.example.com', 'spf=pass']],
    ['of a name with an at sign', 'a@b.example; spf=pass', ['a@b.example', 'spf=pass']],
    ['with results in comments only', 'a.b; (spf=pass) dkim=fail', ['a.b', 'dkim=fail']],
    ['with a comment that is never closed', 'a.b; dkim=fail (; spf=pass', ['a.b', 'dkim=fail']],
    ['with invalid results', 'a.b; spf; =pass; spf=; spf=pass', ['a.b', 'spf=pass']],
    ['of a later version', 'a.b 2; spf=pass', undefined],
    ['without an authserv-id (Microsoft 365)', 'spf=pass (sender IP is 1) smtp.mailfrom=a; dkim=pass', undefined],
    ['of two names', 'a.b c.d; spf=pass', undefined],
    ['with an empty authserv-id', '; spf=pass', undefined],
    ['that is empty', '', undefined],
  ])('%s is parsed', (_, value, expected) => {
    expect(verdicts(value)).toEqual(expected);
  });

  test.each([
    `a; ${'('.repeat(1_000_000)}`,
    `a; spf${' '.repeat(1_000_000)}`,
    `a${';'.repeat(1_000_000)}`,
    `"${'\\'.repeat(1_000_000)}`,
  ])('of a megabyte is parsed in time', (value) => {
    const message = parseMessage(
      `${`Authentication-Results: ${value.slice(0, 16_000)}\r\n`.repeat(66)}Authentication-Results: ${value}\r\n\r\n`,
    );
    const computed = computing();
    resultsOf(message, receivedHops(message), 'a');
    expect(computed()).toBeLessThan(2000);
  });

  test('is parsed quickly below lines of parentheses that end like a transfer within the receiver', () => {
    const line = `Received: from a ${'('.repeat(8000)} ([127.0.0.1]) by mx with ESMTP;\r\n\tMon\r\n`;
    const message = parseMessage(`${line.repeat(60)}Authentication-Results: mx; spf=pass\r\n\r\n`);
    const computed = computing();
    resultsOf(message, receivedHops(message), 'mx');
    expect(computed()).toBeLessThan(2000);
  });

  test('of any bytes is parsed without an exception', () => {
    const words = fc.constantFrom('mx', ' ', ';', '=', 'spf', 'pass', '(', ')', '"', '\\', '/', '1', '.', '\r\n ');
    fc.assert(
      fc.property(fc.array(words), fc.string(), (some, text) => {
        const message = parseMessage(`Authentication-Results: mx;${some.join('')}${text}\r\n\r\n`);
        expect(resultsOf(message, receivedHops(message), 'mx').length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the results of one receiver', () => {
  const HOP = 'Received: from a by b with ESMTP;\r\n\tMon\r\n';
  const own = (results: string): string => `Authentication-Results: mx.example;\r\n\t${results}\r\n`;
  const other = (results: string): string => `Authentication-Results: other.example; ${results}\r\n`;
  const found = (header: string): string[] => {
    const message = parseMessage(`${header}Subject: x\r\n\r\n${own('body=pass')}`);
    return resultsOf(message, receivedHops(message), 'mx.example').flatMap(({ results }) =>
      results.map(({ method, result }) => `${method}=${result}`),
    );
  };

  const by = (host: string, from = 'a', protocol = 'ESMTPS'): string =>
    `Received: from ${from} by ${host} with ${protocol} id x;\r\n\tMon\r\n`;
  const line = (text: string): string => `Received: ${text};\r\n\tMon\r\n`;
  const ITSELF = 'mail (localhost [127.0.0.1])';
  const STRANGER = 'c (unknown [192.0.2.66])';
  const QMAIL = 'from unknown (HELO c) (192.0.2.66)';
  /** A Received line of a transfer within the receiver. */
  const INSIDE = by('store.example', ITSELF);

  test.each<[string, string, string[]]>([
    ['are those with its authserv-id', other('spf=fail') + own('spf=pass') + HOP, ['spf=pass']],
    ['may be in several fields', own('dkim=pass') + own('spf=pass') + HOP, ['dkim=pass', 'spf=pass']],
    ['may be below its own Received line', by('mx.example') + own('spf=pass') + HOP, ['spf=pass']],
    ['may be below the only Received line', by('mx.example') + own('spf=pass'), ['spf=pass']],
    ['are ignored without a Received line, because the receiver may not add one', own('spf=pass'), []],
    ['are ignored above more Received lines than are read', own('spf=pass') + HOP.repeat(101), []],
    ['are those above its line, if there are any', own('dmarc=fail') + HOP + own('spf=pass') + HOP, ['dmarc=fail']],
    ['are ignored if the hop before the last could have added them', HOP + HOP + own('spf=pass') + HOP, []],
    ['are ignored below all Received lines', HOP + HOP + own('spf=pass'), []],
    [
      'are ignored below all Received lines, even below one with its name',
      by('mx.example', 'r2') + by('r2') + own('spf=pass'),
      [],
    ],
    [
      'may be below its line under a line without a client (Gmail)',
      line('by 2002:a05:6000:1 with SMTP id z1') + by('mx.example', STRANGER) + own('spf=pass') + HOP,
      ['spf=pass'],
    ],
    [
      'may be below its line under a line without a client (qmail)',
      line('(qmail 1 invoked from network)') + line(`${QMAIL} by mx.example with SMTP`) + own('spf=pass') + HOP,
      ['spf=pass'],
    ],
    [
      'may be above its line under other lines of the receiver',
      INSIDE + own('spf=pass') + by('mx.example') + HOP,
      ['spf=pass'],
    ],
    [
      'may be identified by a host under its name',
      INSIDE + by('Host.MX.example.') + own('spf=pass') + HOP,
      ['spf=pass'],
    ],
    ['are not identified by a host with a similar ending', HOP + by('evilmx.example') + own('spf=pass') + HOP, []],
    [
      'are not identified by a second line with its name',
      by('mx.example', STRANGER) + by('mx.example') + own('spf=pass') + HOP,
      [],
    ],
    [
      'may be below the line of the mail store',
      by('store.example', 'b', 'LMTP') + by('mx.example') + own('spf=pass') + HOP,
      ['spf=pass'],
    ],
    [
      'may be below the lines of a filter on the same host',
      by('mx.example', ITSELF) +
        by('localhost', 'mx.example ([127.0.0.1])') +
        by('mx.example', STRANGER) +
        own('spf=pass') +
        HOP,
      ['spf=pass'],
    ],
    [
      'are ignored below a client that only claims to be local',
      by('mx.example', '[127.0.0.1] (evil [192.0.2.66])') + by('mx.example', ITSELF) + own('spf=pass') + HOP,
      [],
    ],
    [
      'are ignored below such a client in the format of Exim',
      by('mx.example', '[192.0.2.66] (helo=[127.0.0.1])') + by('mx.example', ITSELF) + own('spf=pass') + HOP,
      [],
    ],
    [
      'may be below the lowest line if only one host has handled the message',
      by('mx.example', ITSELF) + by('mx.example', ITSELF) + own('spf=pass'),
      ['spf=pass'],
    ],
    [
      'are ignored if an earlier hop could have added them',
      own('dmarc=fail') + HOP + HOP + own('spf=pass'),
      ['dmarc=fail'],
    ],
    ['are ignored with a different authserv-id', other('spf=pass') + HOP, []],
    [
      'are ignored with an authserv-id that only begins alike',
      `Authentication-Results: mx.example.evil; spf=pass\r\n`,
      [],
    ],
    [
      'are ignored if a client could have added them and a host with a different name received the message',
      by('in.provider.example', STRANGER) + by('mx.example', STRANGER) + own('spf=pass') + HOP,
      [],
    ],
    [
      'are ignored if a client could have added them and the host does not name the IP address of the client',
      by('in.provider.example', 'c') + by('mx.example', STRANGER) + own('spf=pass') + HOP,
      [],
    ],
    [
      'are ignored if a client could have added them and the host does not name the client',
      line('by in.provider.example with ESMTPS id 1') + by('mx.example', STRANGER) + own('spf=pass') + HOP,
      [],
    ],
    ['are ignored below the line of a different host', by('in.provider.example', STRANGER) + own('spf=pass'), []],
    [
      'are ignored in a field with a space after its name, which a receiver does not have to remove',
      by('mx.example', STRANGER) + own('spf=pass').replace(':', ' :') + own('dmarc=pass').replace(':', '\u00a0:'),
      [],
    ],
    [
      'are ignored below a truncated line without a client',
      line(`by mx.example with SMTP (${'x'.repeat(8192)}) from ${STRANGER}`) +
        by('mx.example', ITSELF) +
        own('spf=pass'),
      [],
    ],
    [
      'are ignored in other fields',
      `ARC-Authentication-Results: i=1; mx.example; spf=pass\r\nX-${own('spf=pass')}`,
      [],
    ],
  ])('%s', (_, header, expected) => {
    expect(found(header)).toEqual(expected);
  });

  /** Fields below a line are used only if it records a transfer within the receiver, which no client can forge. */
  const below = (text: string): string[] => found(line(text) + by('mx.example', ITSELF) + own('spf=pass') + HOP);

  test.each<[string, string]>([
    ['HELO of an address, and the address of the client without brackets', 'unknown (HELO [127.0.0.1]) (192.0.2.66)'],
    ['HELO of an address, and no address of the client', 'unknown (HELO [127.0.0.1])'],
    ['EHLO of an address, and no address of the client', 'unknown (EHLO [127.0.0.1])'],
    ['HELO of an address in the format of Exim', 'evil.example (helo=[127.0.0.1])'],
    ['EHLO of an address, and an unknown client', '[127.0.0.1] (unknown [unknown])'],
    ['EHLO of an address, and a link-local client', '[127.0.0.1] (unknown [fe80::66%2])'],
    ['EHLO of an address, and a private client', '[127.0.0.1] (unknown [10.0.0.66])'],
    ['EHLO of an address, and a client with a port', '[127.0.0.1] (unknown 192.0.2.66:4242)'],
    ['EHLO that looks like the address of the client', 'c (localhost [127.0.0.1]) (unknown [192.0.2.66])'],
    ['EHLO that looks like the rest of the line', 'c (localhost [127.0.0.1]) by mx.example (unknown [192.0.2.66])'],
    ['EHLO that looks like a line', 'c (localhost [127.0.0.1]) by mx.example with LMTP; Mon (unknown [192.0.2.66])'],
    ['EHLO that opens a comment', 'c (localhost [127.0.0.1]) ( (unknown [192.0.2.66])'],
    ['EHLO that opens a quote', 'c (localhost [127.0.0.1]) " (unknown [192.0.2.66])'],
    [
      'EHLO that is so long that the line is truncated',
      `c (localhost [127.0.0.1]) ${'x'.repeat(8192)} (unknown [192.0.2.66])`,
    ],
    ['name in DNS that looks like an address', 'c (127.0.0.1 [192.0.2.66])'],
    ['name in DNS that begins like an address', 'c (localhost [127.0.0.1].evil.example [192.0.2.66])'],
    ['name only', 'localhost'],
    ['address only as the name', '[127.0.0.1]'],
  ])('are ignored below a client with a %s', (_, client) => {
    expect(below(`from ${client} by mx.example with ESMTP id 1`)).toEqual([]);
  });

  test.each<[string, string]>([
    ['a remote IP address', 'from c (unknown [192.0.2.66]) by mx.example with LMTP id 1'],
    ['LMTP only in the EHLO name', 'from c with LMTP (unknown [192.0.2.66]) by mx.example with ESMTP id 1'],
    ['a remote IPv6 address', 'from c (unknown [2001:db8::1]) by mx.example with LMTP id 1'],
    ['an IPv6 address after other text', 'from c (v6:2001:db8::1) by mx.example with LMTP id 1'],
    ['an IPv6 address of eight groups after other text', 'from c (ip6:2001:db8:0:0:0:0:0:1) by mx with LMTP id 1'],
    ['an IPv6 address before other text', 'from c (2001:db8::1/64) by mx.example with LMTP id 1'],
    ['an IPv6 address and a port', 'from c (2001:db8::1.4242) by mx.example with LMTP id 1'],
  ])('are ignored below LMTP with %s', (_, text) => {
    expect(below(text)).toEqual([]);
  });

  test.each([
    'from mail (localhost [127.0.0.1]) by mx.example (Postfix) with ESMTP id 1',
    'from mail (localhost.localdomain [127.0.1.1]) by mx.example (Postfix) with ESMTP id 1',
    'from mail (localhost [127.0.0.1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) by mx.example (Postfix) with ESMTPS id 1',
    'from mail (localhost [IPv6:::1]) by mx.example (Postfix) with ESMTP id 1',
    'from mail (localhost [IPv6:0:0:0:0:0:0:0:1]) by mx.example (8.17.1/8.17.1) with ESMTP id 1',
    'from mail (localhost [::ffff:127.0.0.1]) by mx.example with ESMTP',
    'from localhost ([127.0.0.1] helo=mail) by mx.example with esmtp (Exim 4.96) (envelope-from <a@b>) id 1',
    'from localhost ([127.0.0.1]:55748 helo=mail) by mx.example with esmtps (TLS1.3) (Exim 4.96) id 1',
    'from mail ([127.0.0.1]) by localhost (mx.example [127.0.0.1]) (amavisd-new, port 10024) with ESMTP id 1 for <a@b>',
    'from mail by mx.example with LMTP id 1 (envelope-from <a@b>)',
    'from mail ([127.0.0.1]) by mx.example with LMTP id 1',
    'from mail ([unix socket]) by mx.example (Cyrus 3.8) with LMTPA',
    'from mail ([IPv6:::1]) by mx.example (Dovecot) with LMTP id 1 for <a@b>; Mon, 23 Nov 2026 12:00:00 +0000',
    'from mail (client=::1.) by mx.example with LMTP id 1',
    'by mx.example (Postfix, from userid 1000) id 1',
  ])('are used below a transfer within the receiver: %s', (text) => {
    expect(below(text)).toEqual(['spf=pass']);
  });
});
