import { completeFinding, type Observed } from '../../src/findings/complete.js';
import type { Searched } from '../../src/inbox/inbox.js';
import type { InboxTarget, MailboxTarget } from '../../src/plan/endpoint.js';
import { Secret } from '../../src/secrets/secret.js';
import { notReceived } from '../../src/steps/delivery/not-received.js';
import { DELIVERY, testEndpoint } from '../support/gate.js';
import { replyOf } from '../support/replies.js';

/** Where to look for a message that a server accepted and that did not arrive. */

const MESSAGE_ID = '<starttls-gate.1@example.com>';
const OBSERVED: Observed = {
  step: 'delivery',
  endpoint: testEndpoint(587),
  capabilities: [],
  redact: (text) => text,
};
const IMAP: MailboxTarget = {
  ...{ scheme: 'imaps', host: 'imap.example.com', port: 993, mailbox: 'INBOX' },
  ...{ username: 'reader', password: new Secret('correct horse') },
};
const MAILPIT: InboxTarget = { scheme: 'mailpit+http', host: 'localhost', port: 8025, basePath: '' };
const EMPTY: Searched = { folders: ['INBOX'], uids: { first: 1, next: 1, seen: 0 } };

function missing(reply: string, inbox: InboxTarget = IMAP, searched: Searched = EMPTY) {
  const found = notReceived({
    message: { messageId: MESSAGE_ID, nonce: '1', token: '2', text: '' },
    delivery: { ...DELIVERY, to: 'reader@example.com', inbox },
    accepted: replyOf(reply),
    ...{ searched, other: undefined },
  });
  const delivery = { from: 'a@example.com', to: 'reader@example.com', expect: 'received', inbox };
  return completeFinding(found, { ...OBSERVED, endpoint: { ...OBSERVED.endpoint, delivery } });
}

test.each<[string, string, RegExp]>([
  ['Exim', '250 OK id=1xXWSm-00000Y-08', /^Find .* `mailq` .* `exigrep 1xXWSm-00000Y-08 \/var\/log\/exim4\/mainlog` /],
  ['Postfix', '250 2.0.0 Ok: queued as 4VbXyZ1q2Rz3', /^Find .* `postqueue -p` .* `grep 4VbXyZ1q2Rz3 /],
  [
    'Postfix behind amavis',
    '250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 0A1B2C3D4E',
    /^Find .* `postqueue -p` .* `grep 0A1B2C3D4E /,
  ],
  ['OpenSMTPD', '250 2.0.0 8f3a2b1c Message accepted for delivery', /^Find .* `smtpctl show queue` .* `grep 8f3a2b1c /],
  ['Sendmail', '250 2.0.0 4ASHJ2Kp012345 Message accepted for delivery', /^Find .* `mailq` .* `grep 4ASHJ2Kp012345 /],
  [
    'Exchange',
    `250 2.6.0 ${MESSAGE_ID} [InternalId=33182548427013, Hostname=MX.example.com] 2135 bytes in 0.113 Queued mail for delivery`,
    /^Find .* `Get-MessageTrackingLog -MessageId "<starttls-gate\.1@example\.com>"` /,
  ],
  [
    'Microsoft 365',
    `250 2.0.0 OK ${MESSAGE_ID} [InternalId=33182548427013, Hostname=AM0PR01MB1234.eurprd01.prod.exchangelabs.com] 8971 bytes in 0.1 Queued mail for delivery`,
    /^Trace the message: `Get-MessageTraceV2 -MessageId "<starttls-gate\.1@example\.com>"`/,
  ],
  [
    'Gmail',
    '250 2.0.0 OK  1764345600 d2e1a72fcca58-7c3f0a1b2c3si1234567b3a.5 - gsmtp',
    /^Look for the message in "Email log search"/,
  ],
  [
    'Stalwart',
    '250 2.0.0 Message queued with id 1a2b3c4d5e6f.',
    /^Search the server's queue .* queue ID 1a2b3c4d5e6f:/,
  ],
  [
    'a service with the words of Postfix',
    '250 Ok: queued as 9Xk2-qPzT5mV7sWbYcNd3A',
    /^Search the server's queue .* queue ID 9Xk2-qPzT5mV7sWbYcNd3A:/,
  ],
  ['a server that names no queue ID', '250 2.0.0 Accepted', /^Search the server's queue .* Message-ID <starttls-gate/],
])('%s shows it with its own commands, which come first', (_, reply, expected) => {
  const { remedy, title, party } = missing(reply);
  expect({ title, party }).toEqual({ title: 'Message accepted but not found in the inbox', party: 'server' });
  expect(remedy).toMatch(expected);
  expect(remedy.split('\n').map((line) => line.split(':', 1)[0])).toEqual([
    expect.any(String),
    '- Still queued',
    '- Bounced',
    '- Delivered to a different mailbox or server',
    '- Delivered to this mailbox',
  ]);
});

test('a server that keeps deferred mail says why', () => {
  expect(missing('250 OK id=1xXWSm-00000Y-08').remedy).toContain('`exim -M 1xXWSm-00000Y-08`');
  expect(missing('250 2.0.0 Ok: queued as 4VbXyZ1q2Rz3').remedy).toContain('`postsuper -H 4VbXyZ1q2Rz3`');
});

test.each<[string, InboxTarget, Searched, RegExp]>([
  [
    'POP3, which reads one folder',
    { ...IMAP, scheme: 'pop3s' },
    { folders: ['INBOX'] },
    /: a filter put it into a folder that POP3/,
  ],
  [
    'IMAP without a search of other folders',
    IMAP,
    { folders: ['INBOX'] },
    /: a rule moved it to a different folder, or /,
  ],
  [
    'IMAP',
    IMAP,
    { ...EMPTY, elsewhere: { count: 3 } },
    /\n- Delivered to this mailbox: the inbox server probably reads /,
  ],
  [
    'a mail catcher',
    MAILPIT,
    { folders: ['all messages'] },
    /\n- Delivered elsewhere: .* the SMTP port of this mail catcher\.$/,
  ],
])('the fix names what the inbox does not show: %s', (_, inbox, searched, expected) => {
  expect(missing('250 OK id=1xXWSm-00000Y-08', inbox, searched).remedy).toMatch(expected);
});

test.each<[string, InboxTarget, string | undefined]>([
  ['IMAP', IMAP, 'not in the mailbox'],
  ['Mailpit', MAILPIT, '"messages":[]'],
  ['POP3, which has no search', { ...IMAP, scheme: 'pop3s' }, undefined],
])('a command searches the inbox for the message: %s', (_, inbox, shows) => {
  expect(missing('250 OK id=1', inbox).reproduceShows).toBe(shows);
});
