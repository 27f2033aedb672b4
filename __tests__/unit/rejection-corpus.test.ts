import { testEndpoint } from '../support/gate.js';
import { judge } from '../support/judge-rejection.js';
import { RECIPIENT, REJECTIONS, SENDER, type Stage } from '../support/rejections.js';

/** Replies as they occur in the field: the cause, and what every fix must be. */

describe.each(Object.entries(REJECTIONS))('a rejection in the words of %s', (_, rejections) => {
  test.each(rejections)('at %s of the %s: %s', (stage, client, text, cause) => {
    const { found, reported } = judge([stage, client, text, cause]);
    expect(found.cause).toBe(cause);
    const { remedy, reproduce, title, party } = reported;
    expect(reproduce).toBeDefined();
    // There is only one endpoint.
    expect(remedy).not.toContain('per-host');
    if (client === 'stranger') expect(remedy).not.toContain('exempt the account');
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
    { account: SENDER },
  );
  expect(reported.remedy).toMatch(/^Allow the account to send as `gate@sender\.example`/);
  expect(reported.remedy).not.toContain('delivery.from');
});

describe('a recipient that the server does not know', () => {
  const judgeAt = (text: string, setting: { inbox?: string; greeting?: string; role?: 'mx'; to?: string } = {}) =>
    judge(['RCPT', 'stranger', text, undefined], [], setting).reported;
  const INVALID = `550 Invalid recipient: <${RECIPIENT}>`;

  test.each([
    INVALID,
    `550 5.1.1 ${RECIPIENT} User unknown`,
    '550 5.4.1 Recipient address rejected: Access denied.',
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
    `550 5.1.1 <${RECIPIENT}>: Recipient address rejected: User unknown in virtual mailbox table`,
  ])('is for the owner of the server if the inbox has the same username: %s', (text) => {
    for (const inbox of [RECIPIENT, RECIPIENT.toUpperCase(), 'inbox']) {
      const { party, remedy, reproduce } = judgeAt(text, { inbox });
      expect(party).toBe('server');
      expect(remedy).toContain('A typo is unlikely');
      expect(remedy).not.toContain('delivery.to');
      expect(reproduce).toBeDefined();
    }
    expect(judgeAt(text, { inbox: 'inbo' }).remedy).toContain('delivery.to');
    expect(judgeAt(text).remedy).toContain('delivery.to');
  });

  test('is in a domain that an MX host does not serve, if it does not relay', () => {
    const text = `554 5.7.1 <${RECIPIENT}>: Relay access denied`;
    const greeting = '220 mx.example.test ESMTP Postfix';
    const { title, party, remedy } = judgeAt(text, { inbox: RECIPIENT, greeting, role: 'mx' });
    expect({ title, party }).toEqual({ title: 'Domain of the recipient not served', party: 'server' });
    expect(remedy).toMatch(/^Add `recipient\.example` to the domains .*Postfix: a backup MX needs/s);
    expect(judgeAt(text, { role: 'mx' }).remedy).not.toMatch(/^Configure `auth`/);
    expect(judgeAt(text, { inbox: RECIPIENT }).remedy).toMatch(/^Configure `auth`/);
  });

  test.each(['550 5.1.1 User unknown', '550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table'])(
    'may have an extension that the server does not ignore: %s',
    (text) => {
      const { title, remedy } = judgeAt(text, { to: 'inbox+ci@recipient.example', inbox: 'inbox@recipient.example' });
      expect(title).toBe('Recipient with a plus sign does not exist');
      expect(remedy).toContain('so that `inbox+ci@recipient.example` reaches `inbox@recipient.example`');
      expect(remedy).toContain('`recipient_delimiter = +`');
      expect(judgeAt(text, { to: 'inbox@recipient.example' }).title).not.toBe(title);
    },
  );

  test('may be in a domain for which OpenSMTPD has no rule', () => {
    const { title, message, party, remedy } = judgeAt(INVALID, { greeting: '220 mx.example.test ESMTP OpenSMTPD' });
    expect({ title, party }).toEqual({ title: 'Recipient not accepted', party: 'server' });
    expect(message).toContain('has no rule that accepts mail for its domain');
    expect(remedy).toMatch(/^Check that a rule of the server accepts mail for `recipient\.example`/);
    expect(remedy).toContain('OpenSMTPD: add `match from any for domain "recipient.example" action NAME`');
  });

  test.each([
    ['Postfix', '`doveadm user inbox@recipient.example`'],
    ['Exim 4.98', '`exim -bt inbox@recipient.example`'],
    ['Sendmail 8', '`sendmail -bv inbox@recipient.example`'],
    ['OpenSMTPD', '`match from any for domain "recipient.example" action NAME`'],
  ])('has the look-up of %s: %s', (product, command) => {
    const { remedy } = judgeAt('550 5.1.1 User unknown', { greeting: `220 mx.example.test ESMTP ${product}` });
    expect(remedy).toContain(command);
  });
});

test('the permission in Microsoft 365 names the mailbox and the account', () => {
  const text = '554 5.2.252 SendAsDenied; app@sender.example not allowed to send as gate@sender.example';
  const greeting = '220 VI1PR08CA0123.outlook.office365.com Microsoft ESMTP MAIL Service ready';
  const { remedy } = judge(['MESSAGE', 'account', text, undefined], [], { greeting }).reported;
  expect(remedy).toContain(
    'tenant administrator grant the permission "Send as" in the admin center (Delegation of the mailbox), or with `Add-RecipientPermission gate@sender.example -Trustee app@sender.example -AccessRights SendAs`',
  );
  expect(remedy).not.toContain('alias');
});

test('a value that a shell interprets does not become a part of a command', () => {
  const greeting = '220 VI1PR08CA0123.outlook.office365.com Microsoft ESMTP MAIL Service ready';
  const setting = { greeting, account: 'app$(id)@sender.example' };
  const { remedy } = judge(['MESSAGE', 'account', '554 5.2.252 SendAsDenied', undefined], [], setting).reported;
  expect(remedy).toContain('`Add-RecipientPermission gate@sender.example -Trustee ACCOUNT -AccessRights SendAs`');
});

test.each([undefined, 'inbox'])(
  'the look-up of a recipient in a table of Postfix is safe to paste, with the inbox %s',
  (inbox) => {
    const lookUp = (to: string): string | undefined => {
      const text = '550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table';
      const setting = { to, ...(inbox !== undefined && { inbox: to }) };
      return /`(postmap -q .*?)`/.exec(judge(['RCPT', 'stranger', text, undefined], [], setting).reported.remedy)?.[1];
    };
    expect(lookUp(RECIPIENT)).toBe(`postmap -q ${RECIPIENT} TABLE`);
    expect(lookUp('a;$(id)|sh#@example.org')).toBe("postmap -q 'a;$(id)|sh#@example.org' TABLE");
  },
);
