import type { FindingCode } from '../../../src/findings/catalogue.js';
import { HOSTILE } from '../hostile.js';
import type { HttpScript } from '../mailpit.js';
import type { ImapReply, ImapScript } from '../scripted-imap.js';
import { secretForms } from '../secret-forms.js';
import { stoppedAt } from './entry.js';
import type { Entry, Means } from './entry.js';

/*
 * Good mail servers with a hostile inbox beside them.
 */

const LINE = HOSTILE.join(' ').replace(/[\r\n\0]/g, ' ');

/** What an IMAP server does at a command, or as its greeting. */
type Row = readonly [name: string, script: Omit<ImapScript, 'identity'>, code: FindingCode];

function rows(means: Means): readonly Row[] {
  const echoes = secretForms(means.password, means.username).map((form) => `* OK [ALERT] you said ${form}.`);
  const at = (command: string, reply: ImapReply): Omit<ImapScript, 'identity'> => ({ replies: { [command]: reply } });
  return [
    ['says nothing', { greeting: 'silence' }, 'inbox-unreachable'],
    ['hangs up', { greeting: 'close' }, 'inbox-unreachable'],
    ['greets with BYE and markup', { greeting: [`* BYE ${LINE}`] }, 'inbox-unreachable'],
    ['greets with what is no IMAP', { greeting: [LINE] }, 'inbox-unreachable'],
    ['greets with a line of a megabyte', { greeting: [`* OK ${'a'.repeat(1_000_000)}`] }, 'inbox-unreachable'],
    ['greets with a literal of four gigabytes', { greeting: ['* OK {4294967295}'] }, 'inbox-unreachable'],
    ['refuses the login with markup', at('LOGIN', [`$ NO ${LINE}`]), 'inbox-rejected'],
    ['refuses the login with the credentials', at('LOGIN', [...echoes, `$ NO ${means.password}`]), 'inbox-rejected'],
    ['says nothing to the login', at('LOGIN', 'silence'), 'inbox-unreachable'],
    ['hangs up on the login', at('LOGIN', 'close'), 'inbox-unreachable'],
    ['has no such mailbox, in markup', at('SELECT', [`$ NO ${LINE}`]), 'inbox-rejected'],
    ['hangs up when the mailbox is opened', at('SELECT', 'close'), 'inbox-unreachable'],
    ['says nothing when the mailbox is opened', at('SELECT', 'silence'), 'inbox-unreachable'],
  ];
}

const WELCOME = 'GET /api/v1/messages';

/** What an HTTP server says where the API of Mailpit is expected. */
const HTTP: readonly (readonly [name: string, reply: NonNullable<HttpScript['replies']>[string], code: FindingCode])[] =
  [
    ['says nothing', 'silence', 'inbox-unreachable'],
    ['hangs up', 'close', 'inbox-unreachable'],
    ['has a page of markup', { body: LINE }, 'inbox-unreachable'],
    ['refuses with markup', { status: 403, body: LINE }, 'inbox-rejected'],
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

export function inboxes(means: Means, identity: NonNullable<ImapScript['identity']>): Entry[] {
  const server = { tls: means.tls };
  return [
    ...rows(means).map(([name, script, code]): Entry => ({
      name: `IMAP: ${name}`,
      server,
      inbox: { identity, ...script },
      ...stoppedAt(4, 'f', code),
    })),
    ...HTTP.map(([name, reply, code]): Entry => ({
      name: `HTTP: ${name}`,
      server,
      http: { identity, replies: { [WELCOME]: reply } },
      ...stoppedAt(4, 'f', code),
    })),
  ];
}
