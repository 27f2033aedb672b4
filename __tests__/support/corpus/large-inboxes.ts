import type { Act } from '../dialogue.js';
import { flood, raw } from '../dialogue.js';

/** An inbox with TLS from the first byte that says more than it may, whatever it is asked. */
export interface LargeInbox {
  readonly name: string;
  readonly scheme: 'imaps' | 'mailpit+https';
  readonly says: readonly Act[];
}

const MEBIBYTE = 1024 * 1024;
const PREAUTH = raw('* PREAUTH Hello\r\n');
const JSON_FOLLOWS = raw('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"messages":[');

export const LARGE_INBOXES: readonly LargeInbox[] = [
  { name: 'a literal of 2 MiB', scheme: 'imaps', says: [PREAUTH, literal(2 * MEBIBYTE)] },
  { name: 'literals of half a mebibyte', scheme: 'imaps', says: [PREAUTH, ...repeated(literal(MEBIBYTE / 2), 20)] },
  { name: 'a line of IMAP without end', scheme: 'imaps', says: [raw('* OK '), flood('aaaaaaaa')] },
  { name: 'lines of IMAP without end', scheme: 'imaps', says: [PREAUTH, flood('* 1 EXISTS\r\n')] },
  { name: 'JSON of Mailpit without end', scheme: 'mailpit+https', says: [JSON_FOLLOWS, flood('{"ID":"a"},')] },
];

function literal(octets: number): Act {
  return raw(`* 1 FETCH (UID 1 BODY[1] {${octets}}\r\n${'\n'.repeat(octets)})\r\n`);
}

function repeated(act: Act, times: number): Act[] {
  return Array.from({ length: times }, () => act);
}
