import { addedText, externalTag, spamTag } from '../../src/message/added-text.js';
import { alterations } from '../../src/message/alterations.js';
import { parseMessage } from '../../src/message/fields.js';
import { composeTestMessage } from '../../src/message/test-message.js';

const BANNER = 'CAUTION: This email originated from outside of the organization.';
const compose = () => composeTestMessage('gate@example.com', 'inbox@example.com', new Date('2026-11-23T12:00:00Z'));

const inBase64 = (text: string): string => {
  const at = text.indexOf('\r\n\r\n');
  const header = text.slice(0, at).replace('Content-Transfer-Encoding: 7bit', 'Content-Transfer-Encoding: base64');
  const body = Buffer.from(`\r\n${BANNER}\r\n${text.slice(at + 4)}`).toString('base64');
  return `${header}\r\n\r\n${body.replace(/.{76}/g, '$&\r\n')}\r\n`;
};

test.each<[string, (text: string) => string, string | undefined, string | undefined]>([
  ['nothing', (text) => text, undefined, undefined],
  ['an encoded banner', inBase64, BANNER, BANNER],
  ['a footer', (text) => `${text}\r\nScanned for viruses.\r\n`, 'Scanned for viruses.', undefined],
  ['a tag', (text) => text.replace('Subject: ', 'Subject: [EXT] '), undefined, '[EXT]'],
  ['a different tag', (text) => text.replace('Subject: ', 'Subject: [SPAM] '), undefined, undefined],
])('what was added to a message is found decoded: %s', async (_, alter, added, mark) => {
  const sent = await compose();
  const received = parseMessage(Buffer.from(alter(sent.text)));
  expect(addedText(sent, received)).toBe(added);
  expect(externalTag(sent, received)).toBe(mark);
});

test('of a long Subject, only the beginning is searched for tags', async () => {
  const sent = await compose();
  const after = (count: number, tag: string) =>
    parseMessage(Buffer.from(sent.text.replace('Subject: ', `Subject: ${'x '.repeat(count)}${tag} `)));
  expect(externalTag(sent, after(100, '[EXT]'))).toBe('[EXT]');
  expect(externalTag(sent, after(600, '[EXT]'))).toBeUndefined();
  expect(externalTag(sent, after(100, '[ext [EXT]'))).toBe('[EXT]');
  expect(spamTag(sent, after(100, '[SPAM]'))).toMatch(/\[SPAM\]$/);
  expect(spamTag(sent, after(600, '[SPAM]'))).toBeUndefined();
});

test('the lines at the end are quoted from the first that has text', async () => {
  const sent = await compose();
  const [difference] = alterations(sent, Buffer.from(`${sent.text}\r\n\r\n-- \r\nScanned for viruses.\r\n`));
  expect(difference?.text).toMatch(/ extra lines, beginning with "Scanned for viruses\."$/);
});
