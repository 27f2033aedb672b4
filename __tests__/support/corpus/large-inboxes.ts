import type { Identity } from '../../../src/servers/pki.js';
import type { FindingCode } from '../../../src/findings/catalog.js';
import { flood, raw, type Act } from '../dialogue.js';
import { startHttp } from '../http.js';
import { startScriptedPop3, type Pop3Reply } from '../scripted-pop3.js';
import { startScriptedServer } from '../scripted-server.js';
import type { Beside } from './entry.js';

/** An inbox that says as much as it may, or more. */
export interface LargeInbox {
  readonly name: string;
  readonly scheme: Beside['scheme'];
  readonly start: (identity: Identity) => ReturnType<Beside['start']>;
  /** What comes of it. */
  readonly code: FindingCode;
}

const MEBIBYTE = 1024 * 1024;
const PREAUTH = raw('* PREAUTH Hello\r\n');
const JSON_HEADER = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const JSON_FOLLOWS = raw(`${JSON_HEADER}\r\n{"messages":[`);
const CHUNKS_FOLLOW = raw(`${JSON_HEADER}Transfer-Encoding: chunked\r\n\r\n`);

const MESSAGES = 9999;
/** Identifiers of the greatest length (RFC 1939 section 7). */
const named = (message: number, prefix: string): string => `${message} ${prefix}${String(message).padStart(69, '0')}`;
const listOf = (messages: number, prefix: string): string[] => [
  '+OK',
  ...Array.from({ length: messages }, (_, at) => named(at + 1, prefix)),
  '.',
];
const OLD = listOf(MESSAGES, 'u');
const LARGE_HEADER = ['+OK', `Message-ID: ${'\x01'.repeat(2000)}`, `Subject: ${'\xff'.repeat(2000)}`, '', '.'];

export const LARGE_INBOXES: readonly LargeInbox[] = [
  says('a literal of 2 MiB', 'imaps', [PREAUTH, literal(2 * MEBIBYTE)]),
  says('literals of half a mebibyte', 'imaps', [PREAUTH, ...repeated(literal(MEBIBYTE / 2), 20)]),
  says('a line of IMAP without end', 'imaps', [raw('* OK '), flood('aaaaaaaa')]),
  says('lines of IMAP without end', 'imaps', [PREAUTH, flood('* 1 EXISTS\r\n')]),
  says('a line of POP3 without end', 'pop3s', [raw('+OK '), flood('aaaaaaaa')]),
  says('a maildrop without end', 'pop3s', ['+OK', '+OK', '+OK', '+OK', flood('1 a\r\n')]),
  maildrop('a maildrop of 9,999 messages', 'message-not-received', () => OLD),
  maildrop('9,999 other messages in each session', 'inbox-unreachable', (session) => listOf(MESSAGES, String(session))),
  maildrop('a thousand headers that are kept', 'inbox-unreachable', (session) => listOf(session === 0 ? 0 : 999, 'u')),
  says('JSON of Mailpit without end', 'mailpit+https', [JSON_FOLLOWS, flood('{"ID":"a"},')]),
  says('JSON of Mailpit in chunks of an octet', 'mailpit+https', [CHUNKS_FOLLOW, flood('1\r\n \r\n')]),
  catcher('as many messages as JSON of Mailpit may have', 'mailpit+https', 'message-not-received', () =>
    JSON.stringify({ messages: repeated({ ID: 'a', MessageID: '', Subject: '' }, 1500) }),
  ),
  catcher('a list of MailDev as long as it may be', 'maildev+https', 'message-not-received', () =>
    JSON.stringify(repeated({ id: 'a', subject: 'x'.repeat(1000) }, 126)),
  ),
  catcher('a list of MailDev of 5 MiB', 'maildev+https', 'inbox-unreachable', () =>
    JSON.stringify(repeated({ id: 'a', subject: 'x'.repeat(1000) }, 4990)),
  ),
  catcher('a list of MailDev with as many values as there may be', 'maildev+https', 'inbox-unreachable', () =>
    JSON.stringify(repeated({}, 43_000)),
  ),
  catcher('a list of MailDev of 300,000 messages', 'maildev+https', 'inbox-unreachable', () =>
    JSON.stringify(repeated({ id: 'a' }, 300_000)),
  ),
  catcher('a list of MailDev with nothing but what is sought', 'maildev+https', 'inbox-rejected', (url) => {
    const headers = { 'message-id': url.searchParams.get('headers.message-id') };
    return JSON.stringify(Array.from({ length: 500 }, (_, at) => ({ id: `i${at}`, headers })));
  }),
];

/** Whatever it is asked. */
function says(name: string, scheme: Beside['scheme'], acts: readonly Act[]): LargeInbox {
  return {
    name,
    scheme,
    start: ({ key, chain: cert }) => startScriptedServer({ tls: { key, cert }, implicit: true, greeting: acts }),
    code: 'inbox-unreachable',
  };
}

/** @param list of the first session, 0, and of each further one */
function maildrop(name: string, code: FindingCode, list: (session: number) => Pop3Reply): LargeInbox {
  return {
    name,
    scheme: 'pop3s',
    start: (identity) => {
      let session = 0;
      return startScriptedPop3({
        identity,
        security: 'implicit',
        replies: { UIDL: () => list(session++), TOP: LARGE_HEADER },
      });
    },
    code,
  };
}

/** @param list what it says to all but what tells what it is */
function catcher(name: string, scheme: Beside['scheme'], code: FindingCode, list: (url: URL) => string): LargeInbox {
  return {
    name,
    scheme,
    start: (identity) =>
      startHttp({ identity, replies: { 'GET /config': { body: '{"version":"2.0.0"}' } } }, ({ route, url }) =>
        /config|source$/.test(route) ? undefined : { body: list(url) },
      ),
    code,
  };
}

function literal(octets: number): Act {
  return raw(`* 1 FETCH (UID 1 BODY[1] {${octets}}\r\n${'\n'.repeat(octets)})\r\n`);
}

function repeated<T>(what: T, times: number): T[] {
  return Array.from({ length: times }, () => what);
}
