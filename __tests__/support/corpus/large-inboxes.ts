import type { Identity } from '../../../src/servers/pki.js';
import type { FindingCode } from '../../../src/findings/codes.js';
import { flood, raw, type Act } from '../dialogue.js';
import { startHttp } from '../http.js';
import { startScriptedPop3, type Pop3Reply } from '../scripted-pop3.js';
import { startScriptedServer } from '../scripted-server.js';
import type { Beside } from './entry.js';

/** An inbox that sends as much as it may, or more. */
export interface LargeInbox {
  readonly name: string;
  readonly scheme: Beside['scheme'];
  readonly start: (identity: Identity) => ReturnType<Beside['start']>;
  /** The finding. */
  readonly code: FindingCode;
}

const MEBIBYTE = 1024 * 1024;
const PREAUTH = raw('* PREAUTH Hello\r\n');
const JSON_HEADER = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const JSON_FOLLOWS = raw(`${JSON_HEADER}\r\n{"messages":[`);
const CHUNKS_FOLLOW = raw(`${JSON_HEADER}Transfer-Encoding: chunked\r\n\r\n`);

const MESSAGES = 9999;
/** Identifiers of the maximum length (RFC 1939 section 7). */
const named = (message: number, prefix: string): string => `${message} ${prefix}${String(message).padStart(69, '0')}`;
const listOf = (messages: number, prefix: string): string[] => [
  '+OK',
  ...Array.from({ length: messages }, (_, at) => named(at + 1, prefix)),
  '.',
];
const OLD = listOf(MESSAGES, 'u');
const LARGE_HEADER = ['+OK', `Message-ID: ${'\x01'.repeat(2000)}`, `Subject: ${'\xff'.repeat(2000)}`, '', '.'];

export const LARGE_INBOXES: readonly LargeInbox[] = [
  sends('a literal of 2 MiB', 'imaps', [PREAUTH, literal(2 * MEBIBYTE)]),
  sends('literals of half a mebibyte', 'imaps', [PREAUTH, ...repeated(literal(MEBIBYTE / 2), 20)]),
  sends('an endless line of IMAP', 'imaps', [raw('* OK '), flood('aaaaaaaa')]),
  sends('endless lines of IMAP', 'imaps', [PREAUTH, flood('* 1 EXISTS\r\n')]),
  sends('an endless line of POP3', 'pop3s', [raw('+OK '), flood('aaaaaaaa')]),
  sends('an endless maildrop', 'pop3s', ['+OK', '+OK', '+OK', '+OK', flood('1 a\r\n')]),
  maildrop('a maildrop of 9,999 messages', 'message-not-received', () => OLD),
  maildrop('9,999 other messages in each session', 'inbox-unreachable', (session) => listOf(MESSAGES, String(session))),
  maildrop('a thousand stored headers', 'inbox-unreachable', (session) => listOf(session === 0 ? 0 : 999, 'u')),
  sends('endless JSON of Mailpit', 'mailpit+https', [JSON_FOLLOWS, flood('{"ID":"a"},')]),
  sends('JSON of Mailpit in chunks of one byte', 'mailpit+https', [CHUNKS_FOLLOW, flood('1\r\n \r\n')]),
  catcher('JSON of Mailpit with the maximum number of messages', 'mailpit+https', 'message-not-received', () =>
    JSON.stringify({ messages: repeated({ ID: 'a', MessageID: '', Subject: '' }, 1500) }),
  ),
  catcher('a list of MailDev of the maximum length', 'maildev+https', 'message-not-received', () =>
    JSON.stringify(repeated({ id: 'a', subject: 'x'.repeat(1000) }, 126)),
  ),
  catcher('a list of MailDev of 5 MiB', 'maildev+https', 'inbox-unreachable', () =>
    JSON.stringify(repeated({ id: 'a', subject: 'x'.repeat(1000) }, 4990)),
  ),
  catcher('a list of MailDev with the maximum number of values', 'maildev+https', 'inbox-unreachable', () =>
    JSON.stringify(repeated({}, 43_000)),
  ),
  catcher('a list of MailDev of 300,000 messages', 'maildev+https', 'inbox-unreachable', () =>
    JSON.stringify(repeated({ id: 'a' }, 300_000)),
  ),
  catcher('a list of MailDev in which every message matches', 'maildev+https', 'inbox-rejected', (url) => {
    const headers = { 'message-id': url.searchParams.get('headers.message-id') };
    return JSON.stringify(Array.from({ length: 500 }, (_, at) => ({ id: `i${at}`, headers })));
  }),
];

/** An inbox that sends the same for every request. */
function sends(name: string, scheme: Beside['scheme'], acts: readonly Act[]): LargeInbox {
  return {
    name,
    scheme,
    start: ({ key, chain: cert }) => startScriptedServer({ tls: { key, cert }, implicit: true, greeting: acts }),
    code: 'inbox-unreachable',
  };
}

/** @param list the list of messages in each session, counted from 0 */
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

/** @param list the response to every request except that for its configuration */
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
