import { entriesOf, REPLY, type CatalogEntry } from './entry.js';
import { fields } from './evidence.js';

const { error } = entriesOf(['upgrade']);

/** Findings of step 2: the reply to STARTTLS. */
export const UPGRADE = {
  'starttls-refused': error(
    'STARTTLS refused',
    'The server offers STARTTLS, but replies to the command with something other than 220.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Usually the TLS library of the server could not load the certificate or the key. Look in the server's log for the reason (permissions, a wrong path, a key that does not match the certificate).",
      setting: 'starttls-refused',
      reproduce: { command: 'starttls', shows: REPLY },
    },
    { evidence: fields('reply'), reference: 'RFC 3207 section 4', resultType: 'starttls-not-supported' },
  ),
  'plaintext-after-starttls': error(
    'Unencrypted data after the 220 to STARTTLS',
    'Between the 220 to STARTTLS and the TLS handshake, unencrypted data arrived, or a TLS record before the gate had sent its ClientHello. A client that keeps it in its buffer treats it as a reply over TLS. This is response injection: an attacker on the network path can insert replies into an encrypted session.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        'If the server itself sends the data, update the server: typically it replies to STARTTLS twice, or sends a 421 and closes the connection. If the data comes from the network, find the device that inserts it.',
    },
    { evidence: fields('data'), reference: 'RFC 3207 section 4.2', resultType: 'validation-failure' },
  ),
  'starttls-command-injection': error(
    'STARTTLS command injection',
    "The probe `command-injection` sent STARTTLS and NOOP in one write, and over TLS the server replied to the NOOP as well. It keeps commands that it received unencrypted, and executes them in the encrypted session. An attacker who can insert bytes into the connection can execute commands before those of the client, and have the client's mail and password sent to the attacker (CVE-2011-0411).",
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Update the mail server, or the proxy that terminates TLS in front of it. Every maintained server discards what it received before the handshake (Postfix since 2.8). A proxy must discard its buffer when it starts TLS.',
    },
    { evidence: fields('sent', 'reply'), reference: 'RFC 3207 section 4.2' },
  ),
} as const satisfies Record<string, CatalogEntry>;
