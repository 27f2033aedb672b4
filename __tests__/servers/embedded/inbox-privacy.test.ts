import type { MailboxTarget } from '../../../src/plan/endpoint.js';
import { Secret } from '../../../src/secrets/secret.js';
import { startEmbedded } from '../../support/embedded.js';
import { gate } from '../../support/gate.js';
import { createInboxTrust, HOST, type InboxTrust } from '../../support/inbox.js';
import { startScriptedImap, type ImapScript } from '../../support/scripted-imap.js';
import { startScriptedPop3, type Pop3Script } from '../../support/scripted-pop3.js';

/** The report never has mail of other people, or the names of folders that the gate does not use. */

let trust: InboxTrust;
beforeAll(async () => {
  trust = await createInboxTrust();
});

async function reportOf(port: number, scheme: MailboxTarget['scheme'], mailbox = 'Team/Gate') {
  await using server = await startEmbedded({ pki: trust.pki });
  const endpoint = server.endpoint();
  if (!endpoint.delivery) throw new Error('the embedded server delivers');
  const inbox = { scheme, host: HOST, port, mailbox, username: 'reader', password: new Secret('correct horse') };
  const delivery = { ...endpoint.delivery, withinMs: 300, inbox };
  const { report } = await gate({ ...endpoint, timeoutMs: 1000, delivery });
  const { inboxTranscript = [] } = report;
  return { json: JSON.stringify(report), lines: inboxTranscript.map(({ text }) => text) };
}

async function reportOfImap(replies: ImapScript['replies'] = {}) {
  await using server = await startScriptedImap({ identity: trust.identity, replies });
  return await reportOf(server.port, 'imaps');
}

const LISTED = ['* LIST () "/" Team/Gate', '$ OK Done'];
const NEW = ['* 1 EXISTS', '$ OK Done'];

test.each<[string, string, RegExp]>([
  [
    'an unterminated envelope',
    '* 1 FETCH (UID 1 ENVELOPE ("x" "TOPSECRET" NIL',
    /^\(\d+ bytes that are not valid IMAP\)$/,
  ],
  ['text after a literal that is too short', '* 1 FETCH (UID 1 BODY[] {1}\r\nxSubject: TOPSECRET', /not valid IMAP/],
  ['a line of a message', 'Subject: TOPSECRET', /not valid IMAP/],
  ['a line of a message like a reply', '9 OK TOPSECRET', /^\(14 bytes that are not valid IMAP\)$/],
  ['a line of a message like a status', '* OK TOPSECRET', /^\* OK \(…\)$/],
  ['a line of a message like a continuation', '+ TOPSECRET', /^\+ \(…\)$/],
  ['an envelope outside FETCH', '* ENVELOPE ("x" "TOPSECRET" NIL)', /^\* ENVELOPE \(…\)$/],
  ['an envelope with a number', '* 1 MESSAGE ("x" "TOPSECRET" NIL)', /^\* 1 MESSAGE \(…\)$/],
])('%s in reply to FETCH is not recorded', async (_, line, recorded) => {
  const { json, lines } = await reportOfImap({
    LIST: LISTED,
    NOOP: NEW,
    'UID FETCH': [line, '$ OK Done'],
  });
  expect(json).not.toContain('TOPSECRET');
  expect(lines).toContainEqual(expect.stringMatching(/ UID FETCH /));
  expect(lines).toContainEqual(expect.stringMatching(recorded));
});

test.each(['* 1 FETCH (UID 1 ENVELOPE ("x" "TOPSECRET" NIL', '* NO ENVELOPE ("x" "TOPSECRET")', 'x TOPSECRET'])(
  'mail that the server sends after another command is not recorded: %s',
  async (line) => {
    const { json, lines } = await reportOfImap({ LIST: LISTED, NOOP: [line, '$ OK Done'] });
    expect(json).not.toContain('TOPSECRET');
    expect(lines).toContainEqual(expect.stringMatching(/^\* NO \(…\)$|not valid IMAP/));
  },
);

test('of the folders of the account, only those that the gate uses are recorded', async () => {
  const { json, lines } = await reportOfImap({
    LIST: [
      '* LIST (\\HasNoChildren) "/" INBOX',
      '* LIST (\\HasChildren) "/" Team',
      '* LIST (\\HasNoChildren) "/" "Team/Gate"',
      '* LIST (\\HasNoChildren) "/" "Shared/Team/Gate"',
      '* LIST (\\HasNoChildren) "/" "Layoffs TOPSECRET"',
      '* LIST (\\HasNoChildren) "/" Team/TOPSECRET',
      '* LIST (\\HasNoChildren \\Junk) "/" Unwanted',
      '$ OK Done',
    ],
    SELECT: ['$ NO [NOPERM] Denied'],
  });
  expect(json).not.toContain('TOPSECRET');
  const names = lines.filter((line) => line.startsWith('* LIST')).map((line) => line.replace(/^.* "?|"$/g, ''));
  expect(new Set(names)).toEqual(new Set(['INBOX', 'Team', 'Team/Gate', 'Shared/Team/Gate', '(…)', 'Unwanted']));
});

test.each<[string, NonNullable<Pop3Script['replies']>]>([
  ['TOP', { UIDL: ['+OK', '1 a', '.'], TOP: ['Subject: TOPSECRET', '.'] }],
  ['UIDL', { UIDL: ['+OK', 'Subject: TOPSECRET', '.'] }],
  ['NOOP', { UIDL: ['Subject: TOPSECRET', '+OK', '.'] }],
])('a line of a message is not recorded with POP3: after %s', async (_, replies) => {
  let lists = 0;
  const later = {
    ...replies,
    UIDL: () => ((lists += 1) === 1 && replies.TOP ? ['+OK', '.'] : replies.UIDL) as string[],
  };
  await using server = await startScriptedPop3({ identity: trust.identity, security: 'implicit', replies: later });
  const { json } = await reportOf(server.port, 'pop3s');
  expect(json).not.toContain('TOPSECRET');
  expect(json).toContain('with an invalid line (18 bytes)');
});
