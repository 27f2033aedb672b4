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

const DIED_AT_EHLO = {
  title: 'Connection lost at EHLO over TLS',
  party: 'server',
  certainty: 'likely',
} as const;
const BEFORE_CREDENTIALS = 'The credentials are not the problem: the gate had not sent them yet.';
const EXCLUDED =
  '`smtpd_sasl_tls_security_options` (by default the same as `smtpd_sasl_security_options`) probably contains `noplaintext`, which excludes PLAIN and LOGIN: set it to `noanonymous`. `smtpd_sasl_mechanism_filter` can exclude mechanisms, too.';

/** The server lists AUTH in its reply to EHLO over TLS, for which it asks its authentication backend. */
const BEFORE_AUTH = {
  ...DIED_AT_EHLO,
  remedy: `Check the server's log for the time of the run: the process that handled the connection probably died at EHLO over TLS, where it lists AUTH. The log says which of two problems it is. If the server cannot reach its authentication backend, start that, or correct its address in the server's configuration. If the log shows no such error, the backend responds, but the rules of the server exclude every mechanism of it: allow one over TLS. ${BEFORE_CREDENTIALS}`,
  examples: `Postfix: look for "fatal: no SASL authentication mechanisms". If a warning about the connection to Dovecot precedes it ("SASL: Connect to … failed"), start Dovecot, or correct \`smtpd_sasl_path\` and the socket that it names. If none does, ${EXCLUDED}`,
} as const satisfies Cause;

/** The same if the server lists AUTH before TLS: then its backend responds. */
const OVER_TLS_ONLY = {
  ...DIED_AT_EHLO,
  remedy: ({ beforeTls = '' }: Values) =>
    `Check the server's log for the time of the run: the process that handled the connection probably died at EHLO over TLS, where it lists AUTH. Before TLS, it offers AUTH ${beforeTls}, so its authentication backend responds, and probably only the rules that apply over TLS exclude every mechanism: allow one there. And do not offer AUTH before TLS. ${BEFORE_CREDENTIALS}`,
  examples: `Postfix: look for "fatal: no SASL authentication mechanisms". ${EXCLUDED} \`smtpd_tls_auth_only = yes\` removes AUTH before TLS.`,
} as const satisfies Cause;

/** The causes if the connection ends at EHLO over TLS. */
export const AT_EHLO_OVER_TLS = { 'before-auth': BEFORE_AUTH, 'before-auth-over-tls': OVER_TLS_ONLY } as const;

const IN_EARLIER_ATTEMPT = {
  title: 'Server process died at EHLO over TLS',
  reproduce: WORKED_BEFORE.reproduce,
} as const;

function earlier(remedy: string): string {
  return `${remedy.replace('the run:', 'the first attempt:')} ${NO_GREETING_SINCE}`;
}

/** The causes of a missing greeting after an earlier attempt that got further. */
export const AFTER_EARLIER_ATTEMPT = {
  'worked-before': WORKED_BEFORE,
  'stopped-before-auth': { ...BEFORE_AUTH, ...IN_EARLIER_ATTEMPT, remedy: earlier(BEFORE_AUTH.remedy) },
  'stopped-before-auth-over-tls': {
    ...OVER_TLS_ONLY,
    ...IN_EARLIER_ATTEMPT,
    remedy: (evidence: Values) => earlier(OVER_TLS_ONLY.remedy(evidence)),
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
