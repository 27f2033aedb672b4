import { EVERY_STEP, type CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** Findings that any step can report. */
export const ANY_STEP = {
  'connection-lost': {
    title: 'Connection lost',
    severity: 'error',
    steps: EVERY_STEP,
    explanation:
      'The server, or something between client and server, closed or reset the connection when the server had to reply. Typical causes are access lists, overload, a crashed worker process, or a firewall with a short idle timeout.',
    evidence: fields('detail', 'address', 'received', 'mechanism'),
    remedy:
      "Look for this connection in the server's log at the time of the run. Check access lists (postscreen, tcp wrappers, fail2ban) and connection limits for the address of the runner.",
    reference: 'RFC 5321 section 3.8',
  },
  'reply-timeout': {
    title: 'Reply timed out',
    severity: 'error',
    steps: EVERY_STEP,
    explanation:
      'The gate did not receive a complete reply within `timeout`. The connection is open, but the server sends nothing, sends its reply too slowly, or never ends it. `received` is the part of the reply that arrived.',
    evidence: fields('waited', 'received', 'attemptLimit'),
    remedy:
      'Find out what the server waits for at this point: a DNS lookup of the client, a blocklist, an authentication backend, a content filter. If it is slow by design (a tarpit, a greet delay), raise `timeout`.',
    reference: 'RFC 5321 section 4.5.3.2',
  },
  'protocol-error': {
    title: 'Invalid SMTP reply',
    severity: 'error',
    steps: EVERY_STEP,
    explanation:
      'The server sent something that is not a valid SMTP reply: a line without a three-digit code, different codes in one reply, a reply to no command, or lines without end.',
    evidence: fields('line', 'reply', 'mechanism', 'saslError', 'fault'),
    remedy:
      'Check that host and port are those of the mail server itself and not of a proxy or another service, and that nothing between client and server rewrites SMTP (a "fixup" or ALG feature of a firewall).',
    reference: 'RFC 5321 section 4.2',
  },
  'bare-line-feed': {
    title: 'Lines end with a bare LF',
    severity: 'warning',
    steps: EVERY_STEP,
    explanation:
      'The server ends lines with LF, but SMTP requires CR LF. Most clients accept this, as the gate does. Strict clients hang or close the connection.',
    evidence: { reply: 'the first reply that has such a line' },
    remedy: 'Make the server, or the script that acts as one, end each line with CR LF.',
    reference: 'RFC 5321 section 2.3.8',
  },
  throttled: {
    title: 'Server temporarily unavailable',
    severity: 'error',
    steps: EVERY_STEP,
    explanation:
      'On every attempt the server replied 421, or replied to the connection or to EHLO with another temporary code. It is running, but it does not serve this client now: overload, a rate limit, maintenance, or a reputation list.',
    evidence: fields('reply'),
    remedy:
      "Run the gate again later. If it persists, check the server's rate and connection limits for the address of the runner, lower `concurrency`, or raise `retries`.",
    reference: 'RFC 5321 section 3.8',
  },
  'probe-inconclusive': {
    title: 'Probe inconclusive',
    severity: 'warning',
    steps: ['capability', 'upgrade', 'authentication'],
    explanation:
      'A probe of `probes` could not be completed on its own connection, although the main session got this far. Typical causes are a rate limit, a temporary reply, a timeout, a server that requires a client certificate (a probe sends none), or rejections of MAIL that may be about the sender only. The question of the probe is open, so the step does not pass.',
    evidence: {
      ...fields(
        'detail',
        'address',
        'received',
        'waited',
        'attemptLimit',
        'line',
        'reply',
        'protocol',
        'alert',
        'name',
      ),
      probe: 'the name of the probe',
    },
    remedy:
      'Run the gate again. If it persists, exempt the address of the runner from connection limits, or remove the probe from `probes` for this endpoint.',
  },
} as const satisfies Record<string, CatalogueEntry>;
