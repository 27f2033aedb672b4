import { CONTENT, isLate, says, type Refusal, type Row } from './refusal.js';

/** A part of the server has failed. Some servers say so with a code that is also used for greylisting. */
const FAILURE =
  /\b(local|internal|server|configuration|system) (problem|error)\b|\blookup fail|\bservice unavailable\b|\b(scan|milter|clam|virus|antivirus)\w* .*\b(fail|error|unavailable|timeout|timed out|unable|not running)|\bqq (trouble|temporary problem)\b|\berror running plugin\b/;
/** Postfix says this at any command if a milter does not respond. */
const MILTER = /\bservice unavailable - try again later\b/;

const TOO_LARGE =
  /too (?:big|large)|size (?:limit|exceed)|\b(?:message|mail|e-?mail|body|content|data|size)\b[^.;]{0,30}\bexceeds[^.;]{0,60} size\b|\bexceeds[^.;]{0,60} (?:message|mail) size\b/;

/** Of the codes about the system, 4.3.2 is also that of a server that only accepts a client that comes back (postscreen). */
function isFailure({ code, status, text }: Refusal): boolean {
  return code < 500 && (['3.0', '3.5'].includes(status) || FAILURE.test(text));
}

/** Refusals that are about the mailbox, the limits and the problems of the server. */
export const OF_SERVER: readonly Row[] = [
  {
    isExactly: ({ status, text }) => status === '2.2' && !/gr[ae]y-?list/.test(text),
    // At MAIL, the server does not know the recipient yet.
    fits: ({ at, text }) => at !== 'MAIL' && /quota|mailbox (is )?full/.test(text),
    text: 'The mailbox of the recipient is full.',
    cause: 'mailbox-full',
  },
  {
    fits: says(/insufficient system resources/),
    text: 'According to the server, it is short of resources, such as disk space or memory.',
    cause: 'out-of-resources',
  },
  {
    fits: ({ status, text }) =>
      status === '3.1' || /insufficient (system )?storage|insufficient disk space|space shortage/.test(text),
    text: 'According to the server, the disk of its mail queue is full.',
    cause: 'disk-full',
  },
  {
    isExactly: ({ status }) => status === '3.4',
    fits: ({ code, status, text }) =>
      status === '2.3' ||
      TOO_LARGE.test(text) ||
      (code === 552 && status === '' && !CONTENT.test(text) && !text.includes('not found')),
    text: "The message exceeds the server's size limit.",
    cause: 'message-too-large',
  },
  {
    fits: says(/\bwrong office 365 region\b/),
    text: 'The server is not the one that receives mail for the domain of the recipient.',
    cause: 'wrong-server',
  },
  {
    fits: ({ code, text }) =>
      code < 500 &&
      /\b(?:connect(?:ion|ing)?|lost connection) to (?:the )?(?:relay|back-?end|upstream)\b|\bmailbox server unavailable\b|\btemporary server error\b.{0,80}\bprx\d/.test(
        text,
      ),
    text: 'The server cannot reach the server behind it.',
    cause: 'next-server',
  },
  {
    fits: ({ code, text }) => code < 500 && text.includes('temporary server error'),
    text: 'The server reports a problem of its own.',
    cause: 'server-problem',
  },
  {
    fits: (refusal) => refusal.code < 500 && (MILTER.test(refusal.text) || (isLate(refusal.at) && isFailure(refusal))),
    text: 'The server could not check or store the message.',
    cause: 'scanner-unavailable',
  },
  {
    fits: (refusal) =>
      refusal.code < 500 && (refusal.status === '3.5' || /\bconfiguration (problem|error)\b/.test(refusal.text)),
    text: 'The server reports a problem in its own configuration.',
    cause: 'configuration-problem',
  },
  {
    fits: isFailure,
    text: 'The server reports a problem of its own.',
    cause: 'server-problem',
  },
];
