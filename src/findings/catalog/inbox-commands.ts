import { LOOKUP_FAILED, NO_ADDRESS } from '../commands/dig.js';
import { beginning, stable, type Reproduction } from './entry.js';

/** The commands that show why an inbox cannot be used. */

/** The reply of an HTTP API, of which curl prints the status and its text after the version of HTTP. */
export const API_STATUS: Reproduction = {
  command: 'inbox',
  shows: ({ reason = '', inboxReply = '' }) => {
    const isFirst = /replied to GET \S*(?:\/messages\?limit=1|\/email|\/config) with \d{3}\b/.test(reason);
    return isFirst ? (/^status (\d{3}(?: [\w -]+)?)/.exec(inboxReply)?.[1] ?? '') : '';
  },
};

/** The dialogue shows the server's own text. A long one is shortened in the evidence. */
export const DIALOGUE: Reproduction = {
  command: 'inbox',
  // Dovecot appends how long it took, such as "(0.001 + 0.000 secs).".
  shows: ({ inboxReply = '' }) => (inboxReply.startsWith('status ') ? '' : stable(inboxReply)),
  otherwise: API_STATUS,
};

/** Only this request of the gate is a part of the dialogue of curl. */
export const REQUEST_REFUSED: Reproduction = {
  command: 'inbox',
  shows: ({ reason = '', inboxReply = '' }) =>
    reason.includes(' for the list of messages: "-ERR') ? stable(inboxReply) : '',
  otherwise: API_STATUS,
};

export const NAME_NOT_FOUND: Reproduction = { command: 'inbox-addresses', shows: NO_ADDRESS };
export const LOOKUP: Reproduction = { command: 'inbox-lookup', shows: LOOKUP_FAILED };
/** The error of curl for a timeout. */
export const CONNECTION_TIMED_OUT: Reproduction = { command: 'inbox-connect', shows: 'curl: (28)' };

/** What curl prints for the error of the operating system. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EPERM: 'Operation not permitted',
  EACCES: 'Permission denied',
};

export const NOT_CONNECTED: Reproduction = {
  command: 'inbox-connect',
  shows: ({ reason = '' }) => SYSTEM_ERRORS[/\((E[A-Z]+)\)$/.exec(reason)?.[1] ?? ''] ?? '',
};

export const HANDSHAKE_FAILED: Reproduction = {
  command: 'inbox-tls',
  shows: ({ alert, reason = '' }) => {
    if (alert !== undefined) return `SSL alert number ${alert}`;
    return reason.startsWith('the connection was lost during the TLS handshake') ? 'no peer certificate available' : '';
  },
};

/** The error of curl for a timeout, before it has logged in. */
export const SILENT: Reproduction = { command: 'inbox-opening', shows: 'curl: (28)' };

/** What precedes the login. */
const OPENING = '(?:CAPABILITY|CAPA|STARTTLS|STLS)';
/** The login, and what follows it in the dialogue of curl. */
const SESSION = '(?:LOGIN|AUTHENTICATE|AUTH|SELECT|USER|PASS|UIDL|GET \\S*(?:/messages\\?limit=1|/email))';

export const NO_REPLY: Reproduction = {
  command: 'inbox-opening',
  shows: ({ reason = '' }) => (new RegExp(`in time to ${OPENING}$`).test(reason) ? 'curl: (28)' : ''),
  otherwise: {
    command: 'inbox-in-time',
    shows: ({ reason = '' }) => (new RegExp(`in time to ${SESSION}$`).test(reason) ? 'curl: (28)' : ''),
  },
};

/** curl prints this if the connection ends instead of a reply. */
const LOST = 'curl: (56)';

/** Of a server that says something before, the end of the connection shows less. */
const lastWords =
  (end: string): Reproduction['shows'] =>
  ({ reason = '', inboxReply = '' }) => {
    if (!new RegExp(`(?:lost|closed the connection) ${end}`).test(reason)) return '';
    return inboxReply === '' ? LOST : stable(inboxReply);
  };

export const CONNECTION_LOST: Reproduction = {
  command: 'inbox-opening',
  shows: lastWords(`(?:before the greeting|after ${OPENING}\\b)`),
  otherwise: { command: 'inbox', shows: lastWords(`after ${SESSION}\\b`) },
};

/** What the server says first. */
export const FIRST_LINE_OF_INBOX: Reproduction = {
  command: 'inbox-greeting',
  shows: ({ inboxReply = '' }) => beginning(inboxReply).slice(0, LONGEST_FIRST_LINE),
};

/** In characters. Enough to recognize the protocol. */
const LONGEST_FIRST_LINE = 40;

/** The error of curl if TLS is required and not possible. */
export const WITHOUT_STARTTLS: Reproduction = { command: 'inbox-opening', shows: 'curl: (64)' };
/** IMAP servers say how many messages a mailbox has. */
export const HOW_MANY_MESSAGES: Reproduction = {
  command: 'inbox',
  shows: ({ inbox = '' }) => (inbox.startsWith('imap') ? ' EXISTS' : ''),
};
export const GREETS_WITH_PREAUTH: Reproduction = { command: 'inbox-opening', shows: 'PREAUTH' };
export const LOGIN_DISABLED: Reproduction = { command: 'inbox-opening', shows: 'LOGINDISABLED' };
/** The error of curl for data after the reply to STARTTLS. */
export const INJECTED: Reproduction = { command: 'inbox-opening', shows: 'curl: (8)' };
