import type { Cause, Values } from './entry.js';

const FAILED_LATER = {
  title: 'Server stopped working between two attempts',
  party: 'server',
  certainty: 'likely',
} as const;

/** What an earlier attempt proves, and what to look for. */
function crashIn({ reached = 'a later step' }: Values): string {
  return `Check the server's log for the time of the first attempt: a process of the server probably died in ${reached}, and the log says why. An earlier attempt got that far, so \`host\` and \`port\` are right.`;
}

const NO_GREETING_SINCE =
  'The later attempts got no greeting, probably because the server pauses a service that crashes.';
const FATAL = 'Postfix: look for "fatal".';

/** The cause of a missing greeting, if the server worked in an earlier attempt of the same run. */
const WORKED_BEFORE = {
  ...FAILED_LATER,
  remedy: (evidence: Values) => `${crashIn(evidence)} ${NO_GREETING_SINCE}`,
  examples: FATAL,
  reproduce: {
    command: 'as-far-as-before',
    shows: ({ earlierAwaited = '', earlierDetail = '' }: Values) =>
      earlierAwaited.startsWith('the ') ? closedAs(earlierDetail) : '',
  },
} as const satisfies Cause;

/** The server lists AUTH in its reply to EHLO over TLS, for which it asks its authentication backend. */
export const BEFORE_AUTH = {
  title: 'Connection lost at EHLO over TLS',
  party: 'server',
  certainty: 'likely',
  remedy:
    "Check the server's log for the time of the run: the process that handled the connection probably died at EHLO over TLS, where it lists AUTH, and the log says why. Usually its authentication backend is missing, or its rules exclude every mechanism of that backend. Start the backend or correct its address in the server's configuration, or allow a mechanism over TLS. The credentials are not the problem: the gate had not sent them yet.",
  examples:
    'Postfix: look for "fatal", such as "no SASL authentication mechanisms". If a warning about the connection to Dovecot precedes it, start Dovecot, or correct `smtpd_sasl_path` and the socket that it names. Otherwise, `smtpd_sasl_tls_security_options` (by default the same as `smtpd_sasl_security_options`) probably contains `noplaintext`, which excludes PLAIN and LOGIN: set it to `noanonymous`.',
} as const satisfies Cause;

/** The causes of a missing greeting after an earlier attempt that got further. */
export const AFTER_EARLIER_ATTEMPT = {
  'worked-before': WORKED_BEFORE,
  'stopped-before-auth': {
    ...BEFORE_AUTH,
    title: 'Server process died at EHLO over TLS',
    remedy: `${BEFORE_AUTH.remedy.replace('the run:', 'the first attempt:')} ${NO_GREETING_SINCE}`,
    reproduce: WORKED_BEFORE.reproduce,
  },
} as const satisfies Readonly<Record<string, Cause>>;

/** The cause of a missing connection, if the server worked in an earlier attempt of the same run. */
export const CONNECTED_BEFORE = {
  ...FAILED_LATER,
  remedy: (evidence: Values) =>
    `${crashIn(evidence)} If the log shows no crash, the server or a firewall in front of it has probably blocked the gate's IP address since that failure.`,
  examples: FATAL,
} as const satisfies Cause;

/** What swaks prints if the connection ends like this. A reset looks to it like the end of the connection. */
export function closedAs(detail: string): string {
  return /^the server closed the connection$|ECONNRESET$/.test(detail)
    ? 'Remote host closed connection unexpectedly'
    : '';
}
