import { testEndpoint } from '../support/gate.js';
import { judge } from '../support/judge-rejection.js';
import { REJECTIONS, SENDER, type Stage } from '../support/rejections.js';

/** Replies as they occur in the field: the cause, and what every fix must be. */

describe.each(Object.entries(REJECTIONS))('a rejection in the words of %s', (_, rejections) => {
  test.each(rejections)('at %s of the %s: %s', (stage, client, text, cause) => {
    const { found, reported } = judge([stage, client, text, cause]);
    expect(found.cause).toBe(cause);
    const { remedy, reproduce, title, party } = reported;
    expect(reproduce).toBeDefined();
    // There is only one endpoint.
    expect(remedy).not.toContain('per-host');
    // The username of the account is not the sender, so it may be.
    if (client === 'stranger') expect(`${title} ${remedy}`).not.toMatch(/although authenticated|had authenticated/);
    // A reply that is not understood leads to the server's own words.
    if (cause === undefined) {
      expect(remedy).toMatch(/\breply\b|text of the (greeting|reply)/);
      expect(party).toBe('server');
    }
  });
});

describe('a limit of the server', () => {
  const at = (host: string) => testEndpoint(2525, { name: `${host}:2525`, host });
  const fixOf = (stage: Stage, text: string, host?: string): string =>
    judge([stage, 'account', text, undefined], host === undefined ? [] : [at(host)]).reported.remedy;

  test.each<[Stage, string]>([
    ['DATA', '550 5.7.0 Requested action not taken: too many emails per second'],
    ['greeting', '421 Too many concurrent SMTP connections from this IP address; please try again later.'],
    ['EHLO', '421 4.3.2 Connection rate limit exceeded.'],
    ['MESSAGE', '432 4.3.2 Concurrent connections limit exceeded.'],
  ])('is about the other endpoint at the same host, if there is one, at %s: %s', (stage, text) => {
    const [lead] = fixOf(stage, text, 'SMTP.example.com').split('\n');
    expect(lead).toContain('`SMTP.example.com:2525` used ');
    expect(lead).toMatch(/^(Test one endpoint of this server at a time|Set `per-host: 1`)/);
    for (const alone of [fixOf(stage, text), fixOf(stage, text, 'other.example.com')]) {
      expect(alone).not.toMatch(/per-host|one endpoint/);
      expect(alone).toMatch(/\bother (clients|connections|jobs)\b/);
    }
  });
});

test('the address of the account itself is not advised instead of the same sender', () => {
  const { reported } = judge(
    ['MESSAGE', 'account', '550 5.7.60 SMTP; Client does not have permissions to send as this sender', undefined],
    [],
    SENDER,
  );
  expect(reported.remedy).toMatch(/^Allow the account to send as `gate@sender\.example`/);
  expect(reported.remedy).not.toContain('delivery.from');
});
