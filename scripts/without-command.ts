import type { FindingCode } from '../src/findings/codes.js';

const OF_THE_CONFIGURATION = 'it is about the configuration';
const OF_THE_MACHINE = 'it is about the machine that runs the gate';
const OF_THE_RUN = 'it is about this run of the gate, not about a server';
const NOT_CHECKED = 'it is about a check that the gate could not complete';

/** Errors and warnings whose examples have no command, and why no common tool shows them. */
export const WITHOUT_COMMAND: Partial<Record<FindingCode, string>> = {
  'probe-inconclusive': NOT_CHECKED,
  'connection-failed-locally': OF_THE_MACHINE,
  'mx-too-many': 'it is about a limit of the gate',
  'starttls-command-injection': 'tools send no command in the same packet as STARTTLS',
  'certificate-unchecked': NOT_CHECKED,
  'auth-server-not-authenticated':
    'the server has not shown that it knows the password, so the password must not be sent to it',
  'credentials-withheld': 'the finding about the certificate explains it, and nothing more may be sent to this server',
  'inbox-cleanup-failed': 'a tool would have to delete a message in the inbox',
  'step-required': OF_THE_CONFIGURATION,
  'waiver-expired': OF_THE_CONFIGURATION,
  'run-stopped': OF_THE_RUN,
  'runner-starved': OF_THE_MACHINE,
  'internal-error': 'it is a bug in the gate',
};

/** Findings whose command no example can run, and why. */
export const NOT_RUN: Partial<Record<FindingCode, string>> = {
  'egress-blocked': 'it needs a network in which port 25 is blocked; the command is that of `connection-timeout`',
};

/** Errors and warnings whose examples have a command, and why causes without one have none. */
export const OTHER_CAUSES_WITHOUT_COMMAND: Partial<Record<FindingCode, string>> = {
  throttled: 'a server that closes idle sessions would have to be kept waiting',
  'no-route': 'for other errors of the operating system, it is about the machine that runs the gate',
  'client-hello-intolerant':
    'only OpenSSL 3.5 and later send a post-quantum key share, and openssl waits for a reply without a limit',
  'inbox-unreachable': 'it is about this machine, or about a limit of the gate',
  'inbox-rejected': 'a tool would have to delete a message in the inbox, or find one that is no longer there',
  'delivery-verdict-mismatch': 'no common tool verifies the signature of a message',
};
