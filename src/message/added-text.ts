import { parseMessage, valuesOf, type ParsedMessage } from './fields.js';
import { decodePart, partsOf } from './mime.js';
import type { TestMessage } from './test-message.js';

/** More of a line is not a text for people. */
const MAX_CHARACTERS = 200;
/** Of a subject. The test message's has about a hundred. */
const MAX_SUBJECT = 1024;
/** Tags of subjects and phrases of banners with which organizations mark mail from outside. */
const EXTERNAL_TAG = /\[ *(?:ext|extern|external)\b[^\][]*\]/i;
const EXTERNAL_BANNER =
  /\b(?:originat\w+|came|comes|sent|received|is) (?:from )?(?:outside|an? external)\b|\bexternal (?:sender|e?-?mail|message)\b/i;

const SPAM_TAG = /\b(?:spam|junk|bulk|unsolicited|suspicious|phish(?:ing)?)\b/i;

/** The first line of text, decoded, that is in the message that arrived and not in the one that was sent. */
export function addedText(sent: TestMessage, received: ParsedMessage): string | undefined {
  const before = new Set(linesOfText(parseMessage(sent.text)));
  return linesOfText(received)
    .find((line) => line !== '' && !before.has(line))
    ?.slice(0, MAX_CHARACTERS);
}

/** The mark of external mail that was added to the subject or to the text. */
export function externalTag(sent: TestMessage, received: ParsedMessage): string | undefined {
  const subject = subjectOf(received);
  const was = subjectOf(parseMessage(sent.text));
  const tag = EXTERNAL_TAG.test(was) ? undefined : EXTERNAL_TAG.exec(subject)?.[0];
  const added = addedText(sent, received);
  return added !== undefined && EXTERNAL_BANNER.test(added) ? added : tag;
}

/** The mark of a spam filter that was added to the subject. */
export function spamTag(sent: TestMessage, received: ParsedMessage): string | undefined {
  const subject = subjectOf(received);
  const was = subjectOf(parseMessage(sent.text));
  const [before = '', ...more] = subject.split(was);
  return more.length > 0 && SPAM_TAG.test(before) ? before.trim() : undefined;
}

function subjectOf(message: ParsedMessage): string {
  const [subject = ''] = valuesOf(message, 'subject');
  return subject.slice(0, MAX_SUBJECT);
}

function linesOfText(message: ParsedMessage): string[] {
  return (partsOf(message) ?? []).flatMap((part) => {
    if (!part.isText) return [];
    const decoded: Buffer[] = [];
    decodePart(part, (bytes) => decoded.push(bytes));
    const lines = Buffer.concat(decoded).toString('utf8').split(/\r?\n/);
    return lines.map((line) => line.replace(/<[^<>]*>/g, ' ').trim());
  });
}
