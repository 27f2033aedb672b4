import { STEP_IDS } from '../../report/report.js';
import { entriesOf, type CatalogEntry } from './entry.js';
import { fields } from './evidence.js';

const { error, warning } = entriesOf(STEP_IDS);
const TIMEOUT = fields('waited', 'received', 'attemptLimit');

/** Findings that any step can report. */
export const ANY_STEP = {
  'connection-lost': error(
    'Connection lost',
    'The server, or something between client and server, closed or reset the connection when a reply was expected. Typical causes are access lists, overload, a crashed worker process, or a firewall with a short idle timeout.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Look for this connection in the server's log at the time of the run. Check access lists (postscreen, tcp wrappers, fail2ban) and connection limits for the runner's IP address.",
    },
    { evidence: fields('detail', 'address', 'received', 'mechanism'), reference: 'RFC 5321 section 3.8' },
  ),
  'reply-timeout': error(
    'Reply timed out',
    'The gate did not receive a complete reply within `timeout`. The connection is open, but the server sends nothing, sends its reply too slowly, or never ends it. `received` is the part of the reply that arrived.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Find out what the server waits for at this point: a DNS lookup of the client, a blocklist, an authentication backend, or a content filter. If it is slow by design (tarpit, greet delay), raise `timeout`.',
    },
    { evidence: TIMEOUT, reference: 'RFC 5321 section 4.5.3.2' },
  ),
  'protocol-error': error(
    'Invalid SMTP reply',
    'The server sent something that is not a valid SMTP reply: a line without a three-digit code, different codes in one reply, a reply that no command asked for, or a line or reply that never ends.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'Check that host and port are those of the mail server itself and not of a proxy or a different service. Check that nothing between client and server rewrites SMTP (a "fixup" or ALG feature of a firewall).',
    },
    { evidence: fields('line', 'reply', 'mechanism', 'saslError', 'fault'), reference: 'RFC 5321 section 4.2' },
  ),
  'bare-line-feed': warning(
    'Lines end with a bare LF',
    'The server ends lines with LF, but SMTP requires CR LF. Most clients accept this, and so does the gate. Strict clients hang or close the connection.',
    {
      party: 'server',
      certainty: 'certain',
      remedy: 'Change the server, or the script that acts as one, to end each line with CR LF.',
    },
    { evidence: { reply: 'the first reply that has such a line' }, reference: 'RFC 5321 section 2.3.8' },
  ),
  throttled: error(
    'Server temporarily unavailable',
    'On every attempt the server replied with 421, or rejected the connection or EHLO with another temporary code. It is running, but it does not serve this client now. Typical causes are overload, a rate limit, maintenance, or a blocklist.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Run the gate again later. If it persists, check the server's rate and connection limits for the runner's IP address, lower `concurrency`, or raise `retries`.",
    },
    { evidence: fields('reply'), reference: 'RFC 5321 section 3.8' },
  ),
  'probe-inconclusive': warning(
    'Probe inconclusive',
    'A probe in `probes` could not be completed on its own connection, although the main session got this far. Typical causes are a rate limit, a temporary reply, a timeout, a server that requires a client certificate (a probe sends none), or rejections of MAIL that may be about the sender only. The probe has no result, so the step does not pass.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Run the gate again. If it persists, exempt the runner's IP address from connection limits, or remove the probe from `probes` for this endpoint.",
    },
    {
      steps: ['capability', 'upgrade', 'authentication'],
      evidence: {
        ...TIMEOUT,
        ...fields('detail', 'address', 'line', 'reply', 'protocol', 'alert', 'name'),
        probe: 'the name of the probe',
      },
    },
  ),
} as const satisfies Record<string, CatalogEntry>;
