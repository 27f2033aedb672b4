import { BODY_REPLACED, DOT_CHANGED, noField, NOT_IN_MAILBOX, SEVERAL_COPIES, SUBJECT } from '../commands/arrival.js';
import { beginning, stable, type Reproduction, type Values } from './entry.js';

/** The commands that show what happens to a message between the server and the inbox. */

/** The search for the message of the gate in the inbox. An API lists what it finds. */
export const NOT_THERE: Reproduction = {
  command: 'inbox-search',
  shows: ({ inbox = '' }) => (inbox.startsWith('mailpit+') ? '"messages":[]' : NOT_IN_MAILBOX),
};

/** The newest message, of which the evidence has the subject. */
export const OTHER_MESSAGE: Reproduction = {
  command: 'inbox-newest',
  shows: ({ other = '' }) => {
    const [, subject = ''] = /; Subject: (.+)$/.exec(other) ?? [];
    return stable(ascii(subject));
  },
  otherwise: NOT_THERE,
};

export const DISAPPEARS: Reproduction = { command: 'sent-search', shows: NOT_IN_MAILBOX };

/** The body that was sent has no such words in it. */
const ADDED_AT_END = /\bbeginning with "(.+?)"(?:;|$)/;
const SUBJECT_CHANGED = /(?:^|; )subject was ".*?" and is "(.*?)STARTTLS Gate test message/;
const ADDRESS_CHANGED = /(?:^|; )(?:from|to) was ".*?" and is "(.*?)"/;
const LINE_CHANGED = /\bbody was "(.*?)" and is "/;

export const ALTERED: Reproduction = {
  command: 'sent-message',
  shows: ({ added = '', altered = '' }) => {
    const [, tag] = SUBJECT_CHANGED.exec(altered) ?? [];
    if (tag !== undefined && tag !== '') return `Subject: ${tag}${SUBJECT}`;
    const [, line = ''] = LINE_CHANGED.exec(altered) ?? [];
    // The command sends a different body, so a changed line of the test message is not in it.
    const isOfBody = added !== '' && line !== '' && (line.includes(added) || added.includes(line));
    const text = isOfBody ? '' : added || (ADDED_AT_END.exec(altered)?.[1] ?? ADDRESS_CHANGED.exec(altered)?.[1] ?? '');
    return stable(ascii(text));
  },
  otherwise: {
    command: 'sent-encoding',
    shows: ({ altered = '' }) => {
      const [, was = '', is = ''] = /\bcontent-type was "([^"]*)" and is "([^"]*)/.exec(altered) ?? [];
      const type = is.split(';')[0] ?? '';
      return type === '' || was.split(';')[0] === type ? '' : `Content-Type: ${type}`;
    },
  },
};

export const DOT: Reproduction = { command: 'sent-dot', shows: DOT_CHANGED };

export const FIELD_REMOVED: Reproduction = {
  command: 'sent-field',
  shows: ({ removed = '' }) => noField(removed.split(', ')[0] ?? ''),
};

export const REPLACED: Reproduction = { command: 'sent-body', shows: BODY_REPLACED };

export const REENCODED: Reproduction = {
  command: 'sent-encoding',
  shows: ({ altered = '' }) => {
    const [, encoding] = /\bcontent-transfer-encoding was "[^"]*" and is "([\w-]+)"/i.exec(altered) ?? [];
    return encoding === undefined ? '' : `Content-Transfer-Encoding: ${encoding}`;
  },
};

export const IN_JUNK: Reproduction = { command: 'sent-to-junk', shows: SUBJECT };
export const DUPLICATED: Reproduction = { command: 'sent-copies', shows: SEVERAL_COPIES };

/** How the line names the protocol, with what follows, because one name is the beginning of another. */
export const HOP_WITHOUT_TLS: Reproduction = {
  command: 'sent-header',
  shows: ({ received = '' }) => /\bwith (?:[\w.-]+ )?\w*SMTPA?(?= (?:id\b|\())(?: id| \()/i.exec(received)?.[0] ?? '',
};

export const OTHER_HOP: Reproduction = {
  command: 'sent-header',
  shows: ({ received = '', found = '' }) =>
    found.split(' ').find((part) => received.includes(part)) ?? /\bTLS\s?v?1[._]?[0-3]?\b/i.exec(received)?.[0] ?? '',
};

export const NOT_SIGNED: Reproduction = { command: 'sent-dkim-signature', shows: noField('DKIM-Signature') };

export const NO_RESULT: Reproduction = {
  command: 'sent-results',
  shows: ({ present = '' }) =>
    present === 'none'
      ? noField('Authentication-Results')
      : `Authentication-Results: ${/^[^;(]*/.exec(beginning(present))?.[0] ?? ''}`.trim(),
};

/** A result that the receiver added. */
export const RESULT: Reproduction = {
  command: 'sent-header',
  shows: ({ check = '', found = '', result = '' }: Values) => (result === '' ? '' : `${check}=${found}`),
};

export const RESULT_OF_OTHER_DOMAIN: Reproduction = {
  command: 'sent-header',
  shows: ({ result = '' }) => /\b(?:smtp\.mailfrom|header\.from)=[\w.@-]+/.exec(result)?.[0] ?? '',
};

/** A message has other characters encoded. */
function ascii(text: string): string {
  return /^[ -~]*/.exec(text)?.[0] ?? '';
}
