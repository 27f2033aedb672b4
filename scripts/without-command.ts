import type { FindingCode } from '../src/findings/catalog.js';

const IN_THE_MESSAGE = 'the message in the inbox shows it, not a dialogue with a server';
const OF_THE_CONFIGURATION = 'it is about the configuration';
const OF_THE_RUNNER = 'it is about the machine on which the gate runs';

/** Errors and warnings whose examples have no command, and why no common tool shows them. */
export const WITHOUT_COMMAND: Partial<Record<FindingCode, string>> = {
  'bare-line-feed': 'tools accept both line ends and do not show them',
  throttled: 'another connection would count toward the limit',
  'probe-inconclusive': 'another connection could have a different result',
  'dns-failed': 'the resolver of your machine may give a different answer',
  'no-route': OF_THE_RUNNER,
  'connection-failed-locally': OF_THE_RUNNER,
  'egress-blocked': OF_THE_RUNNER,
  'starttls-command-injection': 'it requires a command in the same packet as STARTTLS',
  'handshake-timeout': 'tools wait, and show nothing',
  'certificate-unchecked': 'another connection could have a different result',
  'auth-server-not-authenticated':
    'the server has not shown that it knows the password, so the password must not be sent to it',
  'credentials-withheld': 'the finding about the certificate has a command; nothing else must be sent to this server',
  'message-rejected': 'tools send a message of their own, which a content filter may accept',
  'inbox-cleanup-failed': 'it requires a message that may be deleted',
  'message-not-received': IN_THE_MESSAGE,
  'message-altered': IN_THE_MESSAGE,
  'message-reencoded': IN_THE_MESSAGE,
  'message-in-junk': IN_THE_MESSAGE,
  'message-duplicated': IN_THE_MESSAGE,
  'delivery-hop-unencrypted': IN_THE_MESSAGE,
  'delivery-hop-mismatch': IN_THE_MESSAGE,
  'delivery-verdict-mismatch': IN_THE_MESSAGE,
  'delivery-verdict-missing': IN_THE_MESSAGE,
  'step-required': OF_THE_CONFIGURATION,
  'waiver-expired': OF_THE_CONFIGURATION,
  'run-stopped': OF_THE_CONFIGURATION,
  'runner-starved': OF_THE_RUNNER,
  'internal-error': 'it is a bug in the gate',
};
