import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** Findings of step 2: the answer to STARTTLS. */
export const STEP_2 = {
  'starttls-refused': {
    title: 'STARTTLS refused',
    severity: 'error',
    steps: ['upgrade'],
    explanation: 'The server advertises STARTTLS and, asked for it, answers something other than 220.',
    evidence: fields('reply'),
    remedy:
      "Advertised but not usable usually means that the TLS library could not load certificate or key: look in the server's log for the reason (permissions, a wrong path, a key that does not fit).",
    reference: 'RFC 3207 section 4',
    resultType: 'starttls-not-supported',
  },
  'plaintext-after-starttls': {
    title: 'Data in the clear behind the 220',
    severity: 'error',
    steps: ['upgrade'],
    explanation:
      'Between the 220 to STARTTLS and the TLS handshake something arrived in the clear, or something like TLS before the handshake had begun. A client that keeps it in its buffer takes it for an answer from inside TLS: that is response injection, a way for an attacker on the path to speak in an encrypted session.',
    evidence: fields('octets'),
    remedy:
      'If the server itself does it, update it: it answers STARTTLS with more than one reply or gives up after the 220. If it comes from the path, find the device that adds it.',
    reference: 'RFC 3207 section 4.2',
    resultType: 'validation-failure',
  },
  'starttls-command-injection': {
    title: 'Commands in the clear are carried into TLS',
    severity: 'error',
    steps: ['upgrade'],
    explanation:
      'The probe `command-injection` sent STARTTLS and NOOP in one write, and inside TLS the server answered the NOOP too: it keeps what it received in the clear and obeys it in the encrypted session. Whoever can add octets on the way can so put commands before those of the client, and have its mail and its password sent to themselves (CVE-2011-0411).',
    evidence: fields('sent', 'reply'),
    remedy:
      'Update the mail server, or whatever ends TLS in front of it: every maintained one throws away what it received before the handshake (Postfix since 2.8). A proxy must drop its buffer when it begins TLS.',
    reference: 'RFC 3207 section 4.2',
  },
} as const satisfies Record<string, CatalogueEntry>;
