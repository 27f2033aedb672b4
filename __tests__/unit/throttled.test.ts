import { completeFinding, type Observed } from '../../src/findings/complete.js';
import { replyOf } from '../support/replies.js';
import { throttled } from '../../src/steps/throttled.js';
import { testEndpoint } from '../support/gate.js';
import { EXACTLY, inWords } from '../support/reports.js';

/** A temporary refusal has a fix for each cause that the server names. */

const AT = { of: 'EHLO', isDue: true, overTls: false } as const;

const OBSERVED: Observed = {
  ...{ step: 'capability', endpoint: testEndpoint(2525), capabilities: [], redact: (value) => value },
};

test.each<[string, string | undefined]>([
  ['421 4.3.2 Service not available', undefined],
  ['421 mail Service not available, closing transmission channel', undefined],
  ['450 Come back later', undefined],
  ['421 4.3.2 Too many connections', 'connection-limit'],
  ['421 4.7.0 mail.example.test Error: too many connections from 192.0.2.1', 'connection-limit'],
  ['421 4.7.28 Our system has detected an unusual rate of mail', 'rate-limit'],
  ['421 4.3.2 All server ports are busy', 'server-busy'],
  ['421 4.3.2 Connection rate limit exceeded.', 'rate-limit'],
  ['421 4.3.2 Service not active', 'service-inactive'],
  ['421 4.3.2 System not accepting network messages', 'service-inactive'],
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
  ['451 4.3.1 Insufficient system resources', 'out-of-resources'],
  ['452 4.3.1 Insufficient system resources (UsedDiskSpace[C:\\Exchange])', 'out-of-resources'],
  ['421 4.3.0 Out of memory', 'out-of-resources'],
  ['452 4.4.5 Insufficient disk space; try again later', 'disk-full'],
  ['452 4.3.1 Insufficient system storage', 'disk-full'],
  ['421 4.4.1 Backend server is not available', 'next-server'],
  ['421 No backend available', 'next-server'],
  ['421 4.7.0 Too many failed login attempts from your IP address', 'too-many-failures'],
  ['421 4.7.0 Too many invalid commands', 'too-many-errors'],
  ['421 Unexpected failure, please try later', 'server-problem'],
  ['421 4.4.1 Connection to back-end refused', 'next-server'],
  ['421 4.3.0 Cannot connect to the database', 'server-problem'],
])('%s', (line, cause) => {
  const found = inWords(throttled(replyOf(line), AT));
  expect(found).toMatchObject({ code: 'throttled', inconclusive: true, evidence: { awaited: 'the reply to EHLO' } });
  expect(found.cause).toBe(cause);
});

describe('too many failures', () => {
  const auth = { of: 'AUTH PLAIN', isDue: true, overTls: true } as const;

  test.each([
    '421 Too many bad auth attempts',
    '421 4.7.0 Too many failed login attempts',
    '421 4.7.0 Too many authentication failures, closing connection',
    '421 Cannot authenticate due to a temporary system problem. (#AUTH005)',
  ])('in reply to AUTH are about the credentials: %s', (line) => {
    expect(throttled(replyOf(line), auth).cause).toBe('too-many-failures');
  });

  test.each(['421 Too many requests', '421 4.7.0 Too many connections'])('are not any limit: %s', (line) => {
    expect(throttled(replyOf(line), auth).cause).toMatch(/^(rate|connection)-limit$/);
  });
});

describe('the fix of a temporary rejection', () => {
  const greeting = { of: 'greeting', isDue: true, overTls: false } as const;
  const fixOf = (line: string) => completeFinding(throttled(replyOf(line), greeting), OBSERVED).remedy;

  test.each([
    '421 4.3.2 Service not active',
    '421 4.3.2 Service not available',
    '421 Service not available, closing transmission channel',
    '421 Down for maintenance',
    '452 4.3.1 Insufficient system resources',
    '452 4.4.5 Insufficient disk space; try again later',
    '421 4.4.1 Backend server is not available',
    '421 4.3.0 Temporary failure',
  ])('is not about limits if the reply is not: %s', (line) => {
    expect(fixOf(line)).not.toMatch(/\blimits?\b|\brate\b|blocklist/i);
  });

  test('activates the components of Exchange, whose words these are', () => {
    const fix = fixOf('421 4.3.2 Service not active');
    expect(fix).toMatch(/^Activate the mail service on the server, or end its maintenance mode/);
    expect(fix).toMatch(/Probably Exchange: `Get-ServerComponentState .*ServerWideOffline -State Active/);
  });
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
