import { ImapLog } from '../../src/inbox/imap/log.js';
import { connectError } from '../../src/inbox/imap/opening-error.js';
import { Transcript } from '../../src/net/transcript.js';

/** What the client throws if the connection ends before it has read everything. */
const CLOSED = Object.assign(new Error('closed'), { code: 'ClosedAfterConnectTLS' });

function failureAfter(...unread: string[]) {
  const transcript = new Transcript();
  const log = new ImapLog(transcript, 'INBOX');
  log.debug({ src: 'c', msg: '2 AUTHENTICATE PLAIN' });
  log.addUnread(unread);
  const { failure } = connectError(CLOSED, log);
  const detail = 'detail' in failure ? failure.detail.render((text) => text) : '';
  return { failure, detail, lines: transcript.lines.map(({ text }) => text) };
}

test('lines that the IMAP client has not read when the connection ends are quoted and recorded', () => {
  const said = ['2 OK Logged in, but initialization failed.', '* BYE Internal error occurred.'];
  const { failure, detail, lines } = failureAfter(...said);
  expect(failure).toMatchObject({ reason: 'mailbox-not-opened', reply: 'Logged in, but initialization failed.' });
  expect(detail).toMatch(/"Logged in, but initialization failed\.", and then .*: "Internal error occurred\."$/);
  expect(lines.slice(1)).toEqual(said);
});

test('other unread lines are not recorded', () => {
  const { detail, lines } = failureAfter('* 1 FETCH (BODY "secret")', '1 OK ID completed.', '* BYE Too busy');
  expect(detail).toBe('the server closed the connection after AUTHENTICATE: "Too busy"');
  expect(lines.slice(1)).toEqual(['* BYE Too busy']);
});

test('a connection that ends without a word has no code of the client', () => {
  expect(failureAfter().detail).toBe('the connection was lost after AUTHENTICATE');
});
