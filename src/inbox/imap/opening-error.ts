import { codeOf } from '../../text/reason.js';
import { excerpt } from '../../text/peer.js';
import { InboxError, noGreeting, noReply, rejected, temporary, unusable, type MailboxNaming } from '../failure.js';
import { isRefusal, quotedFrom, whatServerSays, type ImapFlowError } from './dialogue.js';
import { isLogin, type ImapLog } from './log.js';
import { fixed, own, type OwnText } from '../../text/own.js';
import { pathOf, type Namespace } from './namespace.js';
import { imapLoginProblem, mailboxProblem } from '../response-codes.js';

/** The codes of a lost connection or a server that did not reply, of the client and of the system. */
const LOST: ReadonlySet<string> = new Set([
  'NoConnection',
  'EConnectionClosed',
  'ClosedAfterConnectText',
  'ClosedAfterConnectTLS',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Response codes (RFC 9051 section 7.1) and words for a mailbox that does not exist. */
const MISSING =
  /\b(?:NONEXISTENT|TRYCREATE)\b|not (?:exist|found)|n.t exist|no such (?:mailbox|folder)|unknown mailbox/i;

/** Why the client could not connect, start TLS or log in. */
export function connectError(error: unknown, log: ImapLog): InboxError {
  if (error instanceof InboxError) return error;
  const said = whatServerSays(error);
  const { authenticationFailed, tlsFailed, reason } = error as ImapFlowError;
  // After any other command, the client has found that it cannot log in.
  if (authenticationFailed && !isLogin(log.command)) {
    return rejected(
      'login-disabled',
      own`the server announces LOGINDISABLED, and no login mechanism that the gate supports`,
    );
  }
  if (authenticationFailed) return loginError(error, log.refusal);
  const code = codeOf(error);
  if (code === 'GREETING_TIMEOUT') return noGreeting();
  if (code === 'UPGRADE_TIMEOUT') return noReply('the TLS handshake after STARTTLS');
  if (code === 'STARTTLS_INJECTION') {
    return unusable('data-after-starttls', own`the server sent unencrypted data after it accepted STARTTLS`);
  }
  if (log.command === '' && reason !== undefined) {
    return unusable('greeting-refused', own`the server refused the connection with the greeting "BYE ${said}"`, said);
  }
  if (tlsFailed) return withoutStartTls(log);
  return lostOr(error, log, (detail) => unusable('invalid-reply', detail));
}

function loginError(error: unknown, refusal: string): InboxError {
  const said = whatServerSays(error);
  const problem = imapLoginProblem(refusal);
  if (!problem) return rejected('login-refused', quotedFrom(error), said);
  const reply = excerpt(refusal);
  if (problem.kind === 'rejected')
    return rejected(problem.reason, own`the server rejected the login: "${reply}"`, said);
  const { reason } = problem;
  return reason === 'login-unavailable'
    ? temporary(reason, own`the server cannot check the login now: "${reply}"`, said)
    : temporary(reason, own`the server does not allow a login now: "${reply}"`, said);
}

/**
 * Why the client could not open a mailbox after the login.
 * @param namespace of the account
 */
export function openError(error: unknown, mailbox: string, log: ImapLog, namespace: Namespace | undefined): InboxError {
  if (error instanceof InboxError) return error;
  const said = whatServerSays(error);
  if (!isRefusal(error)) return lostOr(error, log, (detail) => unusable('invalid-reply', detail));
  const name = excerpt(mailbox);
  const reply = excerpt(log.refusal);
  const problem = mailboxProblem(log.refusal);
  if (problem?.kind === 'temporary') {
    return temporary(problem.reason, own`the mailbox "${name}" is not available now: "${reply}"`, said);
  }
  const naming = namingOf(mailbox, namespace);
  const requested = naming.requested === undefined ? own`` : own`, requested as "${naming.requested}"`;
  const reason = naming.suggested === undefined ? 'mailbox-missing' : 'mailbox-separator';
  return (error as ImapFlowError).mailboxMissing === true || MISSING.test(log.refusal)
    ? rejected(
        reason,
        own`the login succeeded, but there is no mailbox "${name}"${requested}: "${reply}"`,
        said,
        naming,
      )
    : rejected(
        problem?.reason ?? 'mailbox-refused',
        own`the login succeeded, but the mailbox "${name}" cannot be opened: "${reply}"`,
        said,
      );
}

/** Separators that servers use. A configured name with the wrong one is the name of a different mailbox. */
const SEPARATORS = ['/', '.'];

function namingOf(mailbox: string, namespace: Namespace | undefined): MailboxNaming {
  const requested = pathOf(mailbox, namespace);
  const delimiter = namespace?.delimiter;
  const wrong = SEPARATORS.find((separator) => separator !== delimiter && mailbox.includes(separator));
  const isOther = wrong !== undefined && typeof delimiter === 'string' && !mailbox.includes(delimiter);
  return {
    ...(requested !== mailbox && { requested: excerpt(requested) }),
    ...(isOther && {
      separator: excerpt(delimiter),
      suggested: excerpt(pathOf(mailbox.replaceAll(wrong, delimiter), namespace)),
    }),
  };
}

function withoutStartTls({ command, greeting, refusal }: ImapLog): InboxError {
  if (command === 'STARTTLS') {
    const reply = excerpt(refusal);
    return unusable('starttls-refused', own`the server replied to STARTTLS with "${reply}"`, reply);
  }
  if (/^\* PREAUTH\b/i.test(greeting)) {
    return unusable('preauth', own`the server greets with PREAUTH, after which STARTTLS is not possible`);
  }
  return unusable('starttls-not-offered', own`the server does not offer STARTTLS`);
}

function lostOr(error: unknown, log: ImapLog, other: (detail: OwnText) => InboxError): InboxError {
  const { command, accepted } = log;
  const when = command === '' ? own`before the greeting` : own`after ${fixed(command)}`;
  const code = codeOf(error);
  if (!LOST.has(code)) return other(own`the server sent something ${when} that the IMAP client does not accept`);
  const last = (error as ImapFlowError).reason ?? log.bye;
  if (NOT_INITIALIZED.test(accepted) || (accepted !== '' && INTERNAL.test(last))) return notOpened(accepted, last);
  if (last !== '')
    return temporary('connection-lost', own`the server closed the connection ${when}: "${excerpt(last)}"`);
  // The other codes are those of the client.
  const detail = /^E[A-Z]+$/.test(code) ? own` (${code})` : own``;
  return temporary('connection-lost', own`the connection was lost ${when}${detail}`);
}

/** What Dovecot adds to its OK if it cannot open the user's mail. */
const NOT_INITIALIZED = /\binitiali[sz]ation failed\b/i;

const INTERNAL = /\binternal (?:server )?error\b|\bserver ?bug\b|\bfatal error\b/i;

function notOpened(accepted: string, last: string): InboxError {
  const end = last === '' ? own`` : own`: "${excerpt(last)}"`;
  return temporary(
    'mailbox-not-opened',
    own`the server accepted the login with "${excerpt(accepted)}", and then closed the connection${end}`,
    excerpt(NOT_INITIALIZED.test(accepted) ? accepted : last),
  );
}
