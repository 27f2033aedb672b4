import type { Identity } from '../../../src/servers/pki.js';
import type { FindingCode } from '../../../src/findings/codes.js';
import { HOSTILE } from '../hostile.js';
import { startHttp, type HttpReply, type HttpScript } from '../http.js';
import { startMailpit } from '../mailpit.js';
import { startScriptedImap, type ImapReply, type ImapScript } from '../scripted-imap.js';
import { startScriptedPop3, type Pop3Reply, type Pop3Script } from '../scripted-pop3.js';
import { secretForms } from '../secret-forms.js';
import { stoppedAt, type Beside, type Entry, type Means } from './entry.js';

/*
 * Healthy mail servers with a malicious inbox.
 */

const LINE = HOSTILE.join(' ').replace(/[\r\n\0]/g, ' ');

/** What a server does, and the finding. */
type Row<Script> = readonly [name: string, script: Script, code: FindingCode];

type ImapRow = Row<Omit<ImapScript, 'identity'>>;

function imap(means: Means): readonly ImapRow[] {
  const echoes = secretForms(means.password, means.username).map((form) => `* OK [ALERT] you said ${form}.`);
  const at = (command: string, reply: ImapReply): ImapRow[1] => ({ replies: { [command]: reply } });
  return [
    ['does not reply', { greeting: 'silence' }, 'inbox-unreachable'],
    ['closes the connection', { greeting: 'close' }, 'inbox-unreachable'],
    ['sends BYE with markup', { greeting: [`* BYE ${LINE}`] }, 'inbox-unreachable'],
    ['sends a greeting that is not IMAP', { greeting: [LINE] }, 'inbox-unreachable'],
    ['sends a greeting of a megabyte', { greeting: [`* OK ${'a'.repeat(1_000_000)}`] }, 'inbox-unreachable'],
    ['sends a greeting with a literal of four gigabytes', { greeting: ['* OK {4294967295}'] }, 'inbox-unreachable'],
    ['rejects the login with markup', at('LOGIN', [`$ NO ${LINE}`]), 'inbox-rejected'],
    ['rejects the login with the credentials', at('LOGIN', [...echoes, `$ NO ${means.password}`]), 'inbox-rejected'],
    ['does not reply to the login', at('LOGIN', 'silence'), 'inbox-unreachable'],
    ['closes the connection after the login', at('LOGIN', 'close'), 'inbox-unreachable'],
    ['has no such mailbox, in markup', at('SELECT', [`$ NO ${LINE}`]), 'inbox-rejected'],
    ['closes the connection when the mailbox is opened', at('SELECT', 'close'), 'inbox-unreachable'],
    ['does not reply when the mailbox is opened', at('SELECT', 'silence'), 'inbox-unreachable'],
  ];
}

type Pop3Row = Row<Pick<Pop3Script, 'greeting' | 'replies'>>;

function pop3(means: Means): readonly Pop3Row[] {
  const at = (replies: Readonly<Record<string, Pop3Reply>>): Pop3Row[1] => ({ replies });
  /** A message that arrives after the inbox is opened. */
  const arriving = (replies: Readonly<Record<string, Pop3Reply>>): Pop3Row[1] => {
    let lists = 0;
    return { replies: { UIDL: () => ['+OK', ...(lists++ === 0 ? [] : [`1 ::error::pwned`]), '.'], ...replies } };
  };
  const header = ['+OK', ...HOSTILE.flatMap((text) => text.split(/\r?\n/)).map((text) => `X: ${text}`)];
  const forms = secretForms(means.password, means.username).join(' ');
  return [
    ['does not reply', { greeting: 'silence' }, 'inbox-unreachable'],
    ['closes the connection', { greeting: 'close' }, 'inbox-unreachable'],
    ['sends -ERR with markup', { greeting: [`-ERR ${LINE}`] }, 'inbox-unreachable'],
    ['sends a greeting that is not POP3', { greeting: [LINE] }, 'inbox-unreachable'],
    ['sends a greeting with a runner command', { greeting: ['::error::pwned'] }, 'inbox-unreachable'],
    ['sends a greeting of a megabyte', { greeting: [`+OK ${'a'.repeat(1_000_000)}`] }, 'inbox-unreachable'],
    ['rejects the user with markup', at({ USER: [`-ERR ${LINE}`] }), 'inbox-rejected'],
    ['rejects the login with markup', at({ PASS: [`-ERR ${LINE}`] }), 'inbox-rejected'],
    ['rejects the login with the credentials', at({ PASS: [`-ERR ${means.password} ${forms}`] }), 'inbox-rejected'],
    ['does not reply to the login', at({ PASS: 'silence' }), 'inbox-unreachable'],
    ['closes the connection after the login', at({ PASS: 'close' }), 'inbox-unreachable'],
    ['is busy, with markup', at({ PASS: [`-ERR [IN-USE] ${LINE}`] }), 'inbox-unreachable'],
    ['rejects the list with markup', at({ UIDL: [`-ERR ${LINE}`] }), 'inbox-rejected'],
    ['lists markup', at({ UIDL: ['+OK', LINE, '.'] }), 'inbox-unreachable'],
    ['lists a runner command', at({ UIDL: ['+OK', '::error::pwned', '.'] }), 'inbox-unreachable'],
    [
      'lists too many messages',
      at({ UIDL: ['+OK', ...Array.from({ length: 10_001 }, () => '1 a')] }),
      'inbox-unreachable',
    ],
    ['rejects a header with markup', arriving({ TOP: [`-ERR ${LINE}`] }), 'inbox-rejected'],
    ['has a header of markup', arriving({ TOP: [...header, '', '.'] }), 'message-not-received'],
    ['sends an endless header', arriving({ TOP: ['+OK', 'a'.repeat(1_100_000)] }), 'inbox-unreachable'],
    ['closes the connection in a header', arriving({ TOP: 'close' }), 'inbox-unreachable'],
  ];
}

type HttpRow = Row<NonNullable<HttpScript['replies']>[string]>;

/** What an HTTP server sends instead of the API of a mail catcher. */
const HTTP: readonly HttpRow[] = [
  ['does not reply', 'silence', 'inbox-unreachable'],
  ['closes the connection', 'close', 'inbox-unreachable'],
  ['has a page of markup', { body: LINE }, 'inbox-unreachable'],
  ['denies access with markup', { status: 403, body: LINE }, 'inbox-rejected'],
  ['fails with markup', { status: 500, body: LINE }, 'inbox-unreachable'],
  [
    'has JSON of markup',
    { body: JSON.stringify({ messages: [{ ID: LINE, MessageID: LINE, Subject: LINE }] }) },
    'inbox-unreachable',
  ],
  [
    'has JSON of five megabytes',
    { body: JSON.stringify({ messages: [], more: 'a'.repeat(5_000_000) }) },
    'inbox-unreachable',
  ],
  ['has JSON of great depth', { body: '['.repeat(100_000) }, 'inbox-unreachable'],
];

const email = (fields: object): HttpReply => ({ body: JSON.stringify([{ id: 'a', subject: '', ...fields }]) });

/** What a MailDev sends as a list of messages. */
const LISTS: readonly HttpRow[] = [
  ...HTTP,
  ['has JSON of the wrong types', email({ subject: [{}], headers: 7 }), 'inbox-unreachable'],
  ['has a message with an identifier of markup', email({ id: LINE }), 'inbox-unreachable'],
  ['has a message with a path as its identifier', email({ id: '../../all' }), 'inbox-unreachable'],
  ['has a list of values that are not messages', { body: JSON.stringify([LINE, null, 1]) }, 'inbox-unreachable'],
  ['has a truncated list', { body: '[{"id":"a"},' }, 'inbox-unreachable'],
  ['has fields with markup', email({ subject: LINE, headers: { 'message-id': [LINE, LINE] } }), 'message-not-received'],
];

export function inboxes(means: Means, identity: Identity): Entry[] {
  const entry =
    <Script>(kind: string, scheme: Beside['scheme'], start: (script: Script) => ReturnType<Beside['start']>) =>
    ([name, script, code]: Row<Script>): Entry => ({
      name: `${kind}: ${name}`,
      server: { tls: means.tls },
      inbox: { scheme, start: () => start(script) },
      ...stoppedAt(4, 'f', code),
    });
  const catcher = (replies: NonNullable<HttpScript['replies']>): ReturnType<Beside['start']> =>
    startHttp({ identity, replies }, () => undefined);
  return [
    ...imap(means).map(entry('IMAP', 'imaps', (script) => startScriptedImap({ identity, ...script }))),
    ...pop3(means).map(
      entry('POP3', 'pop3s', (script) => startScriptedPop3({ identity, security: 'implicit', ...script })),
    ),
    ...HTTP.map(
      entry('Mailpit', 'mailpit+https', (reply) =>
        startMailpit({ identity, replies: { 'GET /api/v1/messages': reply } }),
      ),
    ),
    ...LISTS.map(
      entry('MailDev', 'maildev+https', (reply) =>
        catcher({ 'GET /config': { body: '{"version":"2.0.0"}' }, 'GET /email': reply }),
      ),
    ),
    ...HTTP.map(
      entry('MailDev on the first request', 'maildev+https', (reply) => catcher({ 'GET /api/config': reply })),
    ),
  ];
}
