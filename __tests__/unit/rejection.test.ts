import { replyOf } from '../support/replies.js';
import { CATALOG } from '../../src/findings/catalog.js';
import { blocklistErrorIn } from '../../src/steps/replies/blocklist.js';
import { ehloRejectionOf, rejectionOf } from '../../src/steps/capability/rejection.js';

/** A rejection of the client or of its EHLO has a fix for each cause that the server names. */

test.each<[string, string | undefined]>([
  ['554 mail.example.test ESMTP', undefined],
  ['554 5.3.2 System not accepting network messages now', undefined],
  ['521 5.3.2 mail.example.test does not accept mail', 'no-mail'],
  ['554 No SMTP service here', 'no-mail'],
  ['554 5.7.1 No mail service here', 'no-mail'],
  ['554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', 'blocklist'],
  ['554 5.7.1 Blocked, see https://www.spamhaus.org/query/ip/192.0.2.1', 'blocklist'],
  ['550 5.7.1 Your IP address is listed in our DNSBL', 'blocklist'],
  ["554 Your access to this mail system has been rejected due to the sending MTA's poor reputation", 'blocklist'],
  ['554-mx0a-1.pphosted.com\r\n554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1', 'blocklist'],
  ['554 Rejected. https://delist.example.test/check?address=192.0.2.1', 'blocklist'],
  ['554 Rejected. https://delist.example.test/check/2001:db8::1', 'blocklist'],
  ['550 5.7.1 Access denied (S3140). Contact your Internet service provider.', 'blocklist'],
  [
    '550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal visit https://sender.office.com/',
    'blocklist',
  ],
  ['554 5.7.1 Blocked. See https://csi.cloudmark.com/en/reset/?ip=192.0.2.1', 'blocklist'],
  ['550 5.7.1 Refused; see http://www.barracudacentral.org/reputation', 'blocklist'],
  ['554 Access denied. See http://www.mail-abuse.com/', 'blocklist'],
  ['554 Access denied. See https://example.test/policy', 'access-denied'],
  ['554 Access denied. See https://example.test/a:b', 'access-denied'],
  ['554 Client host [192.0.2.1] blocked using zen.spamhaus.org; Error: open resolver', 'blocklist-query-refused'],
  ['554 Client host [192.0.2.1] blocked: 127.255.255.252', 'blocklist-gone'],
  ['550 5.7.1 Client host rejected: cannot find your reverse hostname', 'client-name'],
  ['554 IP address has no PTR record', 'client-name'],
  ['554 Too many connections', 'rate-limit'],
  ['554 5.7.1 Access denied', 'access-denied'],
  ['550 Not allowed', 'access-denied'],
])('as the greeting: %s', (line, cause) => {
  expect(rejectionOf(replyOf(line), false).cause).toBe(cause);
});

test('a server for submission should not require reverse DNS', () => {
  const reply = replyOf('550 5.7.25 cannot find your reverse hostname');
  expect(rejectionOf(reply, true).cause).toBe('client-name-for-submission');
  const { party, remedy } = CATALOG['greeting-rejected'].causes['client-name-for-submission'];
  expect(party).toBe('server');
  expect(remedy).toMatch(/^Configure the server not to check reverse DNS on this port/);
  expect(rejectionOf(replyOf('554 Too many connections'), true).cause).toBe('rate-limit');
});

test.each<[string, string | undefined]>([
  ['504 5.5.2 <gate>: Helo command rejected: need fully-qualified hostname', 'ehlo-name'],
  ['550 5.7.1 <gate>: Helo command rejected: Host not found', 'ehlo-name'],
  ['501 Syntactically invalid EHLO argument(s)', 'ehlo-name'],
  ['550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)', 'ehlo-name'],
  ['501 5.0.0 Invalid domain name', 'ehlo-name'],
  ['550 5.7.1 Access denied', 'access-denied'],
  ['554 5.7.1 Your IP address is on a blacklist', 'blocklist'],
  ['554 5.7.1 Blocked using zen.spamhaus.org; 127.255.255.254', 'blocklist-query-refused'],
  ['500 5.5.1 Command unrecognized: "EHLO gate"', undefined],
  ['502 5.5.2 Error: command not recognized', undefined],
])('to EHLO: %s', (line, cause) => {
  expect(ehloRejectionOf(replyOf(line), false, '192.0.2.1').cause).toBe(cause);
  expect(ehloRejectionOf(replyOf(line), true, '192.0.2.1').cause).toBe('helo-only');
  // No firewall is between this machine and itself.
  expect(ehloRejectionOf(replyOf(line), true, '127.0.0.1').cause).toBe('helo-only-on-this-machine');
});

describe('an error of a blocklist is not a listing of the client', () => {
  test.each([
    // Postfix and Exim quote what the blocklist returns.
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; Error: open resolver; https://check.spamhaus.org/returnc/pub/198.51.100.1/',
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; Error: open resolver; https://www.spamhaus.org/returnc/pub/198.51.100.1',
    '550 192.0.2.1 is listed at zen.spamhaus.org (127.255.255.254: https://www.spamhaus.org/returnc/pub/198.51.100.1)',
    '550-192.0.2.1 is in a black list at zen.spamhaus.org\r\n550 Error: open resolver',
    '554 5.7.1 Blocked using zen.spamhaus.org; Error: excessive queries; https://www.spamhaus.org/returnc/vol/',
    '554 5.7.1 Blocked using bl.score.senderscore.com; Excessive Number of Queries | https://knowledge.validity.com/',
    '554 5.7.1 Blocked: query via public/open resolver',
    '554 5.7.1 listed in multi.uribl.com; 127.0.0.1 -> Query Refused. See http://uribl.com/refused.shtml',
    '554 5.7.1 Listed in multi.surbl.org: DNS query blocked',
    '450 4.7.1 Blocked using zen.spamhaus.org; 127.255.255.255',
  ])('because it refuses the queries of the server: %s', (line) => {
    expect(blocklistErrorIn(replyOf(line))).toBe('blocklist-query-refused');
  });

  test.each([
    '554 5.7.1 Blocked using zin.spamhaus.org; 127.255.255.252',
    '554 5.7.1 Blocked using zin.spamhaus.org; Error: typing error in DNSBL name',
    '554 5.7.1 Blocked using zin.spamhaus.org; https://www.spamhaus.org/returnc/typo/',
    '554 5.7.1 Blocked using relays.ordb.org; ordb.org was shut down on December 18, 2006. Please remove from your mailserver.',
    '554 5.7.1 Blocked; this DNSBL has been discontinued',
  ])('because its name is wrong, or it does not exist any more: %s', (line) => {
    expect(blocklistErrorIn(replyOf(line))).toBe('blocklist-gone');
  });

  test.each([
    '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.1',
    '554 Your IP address runs an open resolver and is listed',
    '554 5.7.1 Too many queries',
    '550 5.1.1 <127.255.255.254@example.test>: user unknown',
    '550 5.2.1 This account has been closed',
  ])('unless it is one: %s', (line) => {
    expect(blocklistErrorIn(replyOf(line))).toBeUndefined();
  });
});

describe('the page that a rejection names', () => {
  const removal = (reply: string): string => {
    const { remedy } = CATALOG['greeting-rejected'].causes.blocklist;
    return typeof remedy === 'function' ? remedy({ reply }) : '';
  };

  test.each([
    ['554 Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1', 'https://ipcheck.proofpoint.com/?ip=192.0.2.1'],
    ['554 Listed (http://www.example.test/lookup?ip=192.0.2.1).', 'http://www.example.test/lookup?ip=192.0.2.1'],
    ['554 Listed, see "https://example.test/a".', 'https://example.test/a'],
  ])('is in the fix: %s', (reply, page) => {
    expect(removal(reply)).toContain(`from the blocklist, on the page that the reply names: ${page}. Usually`);
  });

  test.each(['554 Listed', '554 Listed: https://example.test/a…', '554 Listed: https://example.test/\\x1b[31m'])(
    'is not if there is none, or only a part of one: %s',
    (reply) => {
      expect(removal(reply)).toContain('from the blocklist, which the reply usually names.');
    },
  );

  test.each([
    [
      '554 mx.example.test / Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1',
      'https://ipcheck.proofpoint.com',
    ],
    ['554 mx.example.test / Listed', 'mx.example.test'],
  ])('is what to look for in the output of the command, without the IP address: %s', (reply, shows) => {
    const { reproduce } = CATALOG['greeting-rejected'].causes.blocklist;
    expect(typeof reproduce?.shows === 'function' && reproduce.shows({ reply })).toBe(shows);
  });
});
