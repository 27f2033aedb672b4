import { CONTENT, says, type Row } from './refusal.js';

/** Refusals in words that say less. */
export const OF_POLICY: readonly Row[] = [
  {
    fits: ({ at, code, text }) => at === 'MESSAGE' && code < 500 && /\b(?:try again|try) later\b/.test(text),
    text: 'A filter of the server defers the message.',
    cause: 'deferred-by-filter',
  },
  {
    fits: ({ at, text }) => at === 'MESSAGE' && /\brejected by next-hop\b|\bsaid: 5\d\d\b/.test(text),
    text: 'A server behind this one rejected the message, and the reply quotes it.',
    cause: 'rejected-by-next-server',
  },
  {
    fits: ({ at, status, text }) => at === 'MESSAGE' && (status.startsWith('6.') || CONTENT.test(text)),
    text: 'A content filter or a policy rejected the message.',
    cause: 'content-filter',
  },
  {
    fits: ({ at, status }) => at === 'MESSAGE' && status.startsWith('7.'),
    text: 'A policy or a filter of the server rejected the message.',
    cause: 'policy',
  },
  {
    fits: says(/^administrative prohibition$/),
    text: 'A rule of the server rejected this, and the reply does not say why.',
    cause: 'policy',
  },
  {
    fits: ({ status }) => status.startsWith('7.'),
    text: 'A policy of the server rejected this.',
    cause: 'policy',
  },
  {
    // RFC 5321 section 4.2.2
    fits: ({ code }) => [500, 501, 502, 503, 504, 555].includes(code),
    text: 'The server does not accept the command.',
    cause: 'command-not-accepted',
  },
];
