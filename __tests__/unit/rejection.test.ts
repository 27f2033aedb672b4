import { replyOf } from '../support/replies.js';
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
  ['550 5.7.1 Client host rejected: cannot find your reverse hostname', 'client-name'],
  ['554 IP address has no PTR record', 'client-name'],
  ['554 Too many connections', 'rate-limit'],
  ['554 5.7.1 Access denied', 'access-denied'],
  ['550 Not allowed', 'access-denied'],
])('as the greeting: %s', (line, cause) => {
  expect(rejectionOf(replyOf(line)).cause).toBe(cause);
});

test.each<[string, string | undefined]>([
  ['504 5.5.2 <gate>: Helo command rejected: need fully-qualified hostname', 'ehlo-name'],
  ['550 5.7.1 <gate>: Helo command rejected: Host not found', 'ehlo-name'],
  ['501 Syntactically invalid EHLO argument(s)', 'ehlo-name'],
  ['550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)', 'ehlo-name'],
  ['501 5.0.0 Invalid domain name', 'ehlo-name'],
  ['550 5.7.1 Access denied', 'access-denied'],
  ['554 5.7.1 Your IP address is on a blacklist', 'access-denied'],
  ['500 5.5.1 Command unrecognized: "EHLO gate"', undefined],
  ['502 5.5.2 Error: command not recognized', undefined],
])('to EHLO: %s', (line, cause) => {
  expect(ehloRejectionOf(replyOf(line), false, '192.0.2.1').cause).toBe(cause);
  expect(ehloRejectionOf(replyOf(line), true, '192.0.2.1').cause).toBe('helo-only');
  // No firewall is between this machine and itself.
  expect(ehloRejectionOf(replyOf(line), true, '127.0.0.1').cause).toBe('helo-only-on-this-machine');
});
