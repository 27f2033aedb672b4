import { completeFinding } from '../../src/findings/complete.js';
import { replyOf } from '../support/replies.js';
import { throttled } from '../../src/steps/throttled.js';
import { EXACTLY, inWords } from '../support/reports.js';

/** A temporary refusal has a fix for each cause that the server names. */

const AT = { of: 'EHLO', isDue: true, overTls: false } as const;

test.each<[string, string | undefined]>([
  ['421 4.3.2 Service not available', undefined],
  ['421 mail Service not available, closing transmission channel', undefined],
  ['450 Come back later', undefined],
  ['421 4.3.2 Too many connections', 'connection-limit'],
  ['421 4.7.0 mail.example.test Error: too many connections from 192.0.2.1', 'connection-limit'],
  ['421 4.7.28 Our system has detected an unusual rate of mail', 'rate-limit'],
  ['421 4.3.2 All server ports are busy', 'server-busy'],
  ['421 4.3.2 Connection rate limit exceeded.', 'rate-limit'],
  ['421 4.3.2 Service shutting down', 'maintenance'],
  ['421 Down for maintenance', 'maintenance'],
  ['421 4.4.2 mail.example.test Error: timeout exceeded', 'idle'],
  ['421 4.4.2 Connection timed out', 'idle'],
  ['421 Idle timeout', 'idle'],
  ['450 4.7.1 <gate>: Helo command rejected: Host not found', 'ehlo-name'],
  ['450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]', 'client-name'],
  ['450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]', 'client-name'],
  ['450 4.7.1 Come back later', 'client-rejected'],
  ['421 4.7.0 Your IP address is on our blocklist', 'blocklist'],
  ['421 4.7.1 Deferred, see https://ipcheck.proofpoint.com/?ip=192.0.2.1', 'blocklist'],
  ['421 4.7.1 Service unavailable; Client host blocked; Error: open resolver', 'blocklist-query-refused'],
  [
    '421 Domain sandbox0.mailgun.org is not allowed to send: Sandbox subdomains are for test purposes only.',
    'recipient-not-authorized',
  ],
  [
    '421 Domain sandbox0.mailgun.org is not allowed to send: Please activate your Mailgun account.',
    'account-not-active',
  ],
  ['450 4.7.1 Listed at zin.spamhaus.org (127.255.255.252)', 'blocklist-gone'],
  ['421 Access denied', 'client-rejected'],
  ['450 Greylisted', 'client-rejected'],
  ['421 4.3.0 Failed to connect to relay server', 'next-server'],
  ['421 4.4.0 Failed to connect to relay server', 'next-server'],
  ['421 4.3.0 Permission denied', 'server-problem'],
  ['421 4.3.5 PROXY not allowed', 'server-problem'],
  ['421 4.3.0 Temporary lookup failure', 'server-problem'],
  ['451 4.3.1 Insufficient system resources', 'server-problem'],
  ['421 Unexpected failure, please try later', 'server-problem'],
  ['421 4.4.1 Connection to back-end refused', 'next-server'],
  ['421 4.3.0 Cannot connect to the database', 'server-problem'],
])('%s', (line, cause) => {
  const found = inWords(throttled(replyOf(line), AT));
  expect(found).toMatchObject({ code: 'throttled', inconclusive: true, evidence: { awaited: 'the reply to EHLO' } });
  expect(found.cause).toBe(cause);
});

test('an internal error instead of a greeting may mean that the server expects the PROXY protocol', () => {
  const greeting = { of: 'greeting', isDue: true, overTls: false } as const;
  const found = completeFinding(
    throttled(replyOf('421 4.3.0 mail.example.test Server local error'), greeting),
    EXACTLY,
  );
  expect(found).toMatchObject({ code: 'throttled', title: 'Server reports an internal error as its greeting' });
  expect(found.remedy).toMatch(/PROXY protocol/);
});
