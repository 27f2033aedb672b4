import { completeFinding } from '../../src/findings/complete.js';
import type { Credentials } from '../../src/plan/endpoint.js';
import type { Finding } from '../../src/report/report.js';
import { PROVIDERS } from '../../src/findings/software/providers.js';
import { Secret } from '../../src/secrets/secret.js';
import type { AuthAttempt } from '../../src/steps/authentication/auth-attempt.js';
import { judgeAuth } from '../../src/steps/authentication/auth-outcome.js';
import { PeerText } from '../../src/text/peer.js';
import { AUTH_REPLIES, type AuthReply } from '../support/auth-replies.js';
import { testEndpoint } from '../support/gate.js';
import { replyOf } from '../support/replies.js';

/** Real replies to AUTH, and what the gate concludes from them. */

const GREETING = '220 mail.example.test ESMTP';
const HOST = 'mail.example.test';
const OFFERS = ['PIPELINING', 'AUTH PLAIN LOGIN'];

function attemptOf(row: AuthReply): AuthAttempt {
  const {
    greeting = GREETING,
    offers = OFFERS,
    mechanism = 'PLAIN',
    username = 'app@example.test',
    host = HOST,
    saslError,
  } = row;
  const kind = ['XOAUTH2', 'OAUTHBEARER'].includes(mechanism) ? 'access-token' : 'password';
  const auth: Credentials = { username, kind, secret: new Secret('correct horse'), expect: 'accepted' };
  const reply = replyOf([row.reply].flat().join('\r\n'));
  return {
    ...{ reply, auth, mechanism, credentialsSent: true, usedStartTls: true, clientCertificateRequested: false },
    ...{ binding: undefined, fault: undefined, iterations: undefined },
    reportedError: saslError === undefined ? undefined : new PeerText(saslError),
    server: { host, greetings: [greeting], offers, domain: 'example.test' },
    now: new Date('2026-11-29T12:00:00Z'),
  };
}

async function findingOf(row: AuthReply): Promise<Finding> {
  const { greeting = GREETING, offers = OFFERS, host = HOST } = row;
  const { auth } = attemptOf(row);
  const { findings } = await judgeAuth(attemptOf(row));
  const [found] = findings;
  if (!found) throw new Error(`nothing is wrong with ${row.from}`);
  const endpoint = testEndpoint(587, { host, servername: host, auth });
  return completeFinding(found, {
    ...{ step: 'authentication', endpoint, greeting, capabilities: offers, redact: (text: string) => text },
  });
}

test.each(AUTH_REPLIES.map((row) => [row.from, row] as const))('%s', async (_, row) => {
  const { title, party, remedy, inconclusive } = await findingOf(row);
  expect({ title, party: party === 'server' ? party : undefined, inconclusive }).toEqual({
    title: row.title,
    party: row.party,
    inconclusive: row.inconclusive,
  });
  if (row.fix) expect(remedy).toMatch(row.fix);
  if (row.without) expect(remedy).not.toMatch(row.without);
  if (row.software !== undefined) expect(remedy).toContain(`${row.software}: `);
});

test.each([
  ...['432 4.7.12 A password transition is needed', '432 4.7.12 Account is locked', '432 4.7.8 wrong password'],
  ...['432 Invalid credentials', '432 try again later', '432 4.7.0 Too many failed logins', '432 Too many connections'],
])('the password is not sent again after 432: %s', async (reply) => {
  const { findings, transient = false } = await judgeAuth(attemptOf({ from: reply, reply, title: '' }));
  expect(transient).toBe(false);
  expect(findings).toMatchObject([{ code: 'auth-rejected' }]);
});

describe('no mail service gets advice about a password if the credentials are a token', () => {
  const SERVICES = AUTH_REPLIES.filter(({ software }) => software !== undefined && software in PROVIDERS);
  const greeted = new Map(SERVICES.map(({ software, greeting, host }) => [software, { greeting, host }]));
  const REPLIES = [
    '535 5.7.8 Authentication failed',
    '535 5.7.8 Username and Password not accepted',
    '535 5.7.1 Something else',
    '534 5.7.9 Application-specific password required',
    '534 5.7.14 Please log in via your web browser',
    '535 5.7.139 Authentication unsuccessful',
    '535 5.7.139 Authentication unsuccessful, basic authentication is disabled',
    '550 5.7.30 Basic authentication is not supported for Client Submission',
    '432 4.7.12 A password transition is needed',
    '535 5.7.0 Too many bad auth attempts',
    '454 4.7.0 Too many login attempts',
    '535 5.7.8 This user does not have access rights to this service',
  ];

  test.each([...greeted.keys()])('%s', async (software) => {
    const { greeting, host } = greeted.get(software) ?? {};
    const from = { ...(greeting !== undefined && { greeting }), ...(host !== undefined && { host }) };
    for (const mechanism of ['XOAUTH2', 'OAUTHBEARER']) {
      for (const reply of REPLIES) {
        const { remedy } = await findingOf({ ...from, from: reply, reply, mechanism, title: '' });
        expect(remedy).not.toMatch(/app(lication-specific)? password|account password|(new|the) password/i);
      }
    }
  });
});
