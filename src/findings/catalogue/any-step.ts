import { EVERY } from './entry.js';
import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** Findings of any step. */
export const ANY_STEP = {
  'connection-lost': {
    title: 'Connection lost',
    severity: 'error',
    steps: EVERY,
    explanation:
      'The server, or something on the way to it, closed or reset the connection where it owed an answer. Access lists, overload, a crashed worker and firewalls with short idle times look like this.',
    evidence: fields('detail', 'address', 'received', 'mechanism'),
    remedy:
      "Look for this connection in the server's log at the time of the run; check access lists (postscreen, tcp wrappers, fail2ban) and connection limits for the address of the runner.",
    reference: 'RFC 5321 section 3.8',
  },
  'reply-timeout': {
    title: 'No reply in time',
    severity: 'error',
    steps: EVERY,
    explanation:
      'A whole reply was not there within `timeout`. The connection stands, and the server says nothing, or sends its reply too slowly to be of use, or does not end it; `received` has what there was of it.',
    evidence: fields('waited', 'received', 'attempt'),
    remedy:
      'Find out what the server waits for at this point: a name lookup of the client, a blocklist, an authentication back-end, a content filter. If it is slow by design (a tarpit, a greet delay), raise `timeout`.',
    reference: 'RFC 5321 section 4.5.3.2',
  },
  'protocol-error': {
    title: 'Malformed reply',
    severity: 'error',
    steps: EVERY,
    explanation:
      'What the server sent is no SMTP reply: a line without a three-digit code, different codes within one reply, a reply that nobody asked for, or lines without end.',
    evidence: fields('line', 'reply', 'mechanism', 'told', 'fault'),
    remedy:
      'Check that host and port lead to the mail server itself and not to a proxy or another service, and that nothing on the way rewrites SMTP (a "fixup" or ALG feature of a firewall).',
    reference: 'RFC 5321 section 4.2',
  },
  'bare-line-feed': {
    title: 'Lines end in a bare line feed',
    severity: 'warning',
    steps: EVERY,
    explanation:
      'The server ends lines with LF where SMTP wants CR LF. Most clients read on, as the gate does; strict ones hang or hang up.',
    evidence: { reply: 'the first reply that has such a line' },
    remedy: 'Make the server, or the script that plays it, end each line with CR LF.',
    reference: 'RFC 5321 section 2.3.8',
  },
  throttled: {
    title: 'Server not accepting connections now',
    severity: 'error',
    steps: EVERY,
    explanation:
      'The server answered 421, or put the greeting or EHLO off with another temporary code, on every try. It is there, and it is not serving this client now: overload, a rate limit, maintenance, or a reputation list.',
    evidence: fields('reply'),
    remedy:
      "Run the gate again later. If it stays, look for rate and connection limits for the runner's address on the server, lower `concurrency`, or raise `retries`.",
    reference: 'RFC 5321 section 3.8',
  },
  'probe-inconclusive': {
    title: 'Probe without an answer',
    severity: 'warning',
    steps: ['capability', 'upgrade', 'authentication'],
    explanation:
      'A probe of `probes` could not be carried out on the connection that it makes for itself, though the main dialogue came as far: a rate limit, a temporary answer, a time-out, a client certificate that is demanded (a probe shows none), or refusals of MAIL that may be about the sender alone. Its question is open, so the step is not green.',
    evidence: {
      ...fields('detail', 'address', 'received', 'waited', 'attempt', 'line', 'reply', 'protocol', 'alert', 'name'),
      probe: 'the name of the probe',
    },
    remedy:
      'Run the gate again. If it stays, exempt the address of the runner from connection limits, or take the probe out of `probes` for this endpoint.',
  },
} as const satisfies Record<string, CatalogueEntry>;
