import { headersOf } from '../../src/inbox/headers.js';

const ID = '<wanted@test>';

test.each<[string, string, string, string]>([
  ['in their order', `Subject: probe\r\nMessage-ID: ${ID}\r\n\r\n`, ID, 'probe'],
  ['in any case, and without spaces', `MESSAGE-id:${ID}\nsubject:probe\n\n`, ID, 'probe'],
  ['with a space before the colon', `Message-ID : ${ID}\r\nSubject\t: probe\r\n`, ID, 'probe'],
  ['folded', `Message-ID:\r\n ${ID}\r\nSubject: a\r\n\tprobe\r\n`, ID, 'a\tprobe'],
  ['that occur twice', `Message-ID: <a@test>\r\nMessage-ID: ${ID}\r\n`, `<a@test> ${ID}`, ''],
  [
    'after many other fields',
    `${'Received: from a by b\r\n'.repeat(4000)}Message-ID: ${ID}\r\nSubject: probe\r\n`,
    ID,
    'probe',
  ],
  ['after a long one', `Subject: ${'x'.repeat(2000)}\r\nMessage-ID: ${ID}\r\n`, ID, 'x'.repeat(1024)],
  ['not in another field', `X-Message-ID: ${ID}\r\nX-Original: Subject: probe\r\n`, '', ''],
  ['not in a folded line of another field', `X: y\r\n Message-ID: ${ID}\r\n`, '', ''],
  ['not in the body', `From: a\r\n\r\nMessage-ID: ${ID}\r\nSubject: probe\r\n`, '', ''],
  ['not beyond the size limit of a header', `X: ${'x'.repeat(128 * 1024)}\r\nMessage-ID: ${ID}\r\n`, '', ''],
])('the headers of a message are found %s', (_, source, messageId, subject) => {
  const found = headersOf(Buffer.from(source));
  expect(found).toEqual({ messageId, subject });
});
