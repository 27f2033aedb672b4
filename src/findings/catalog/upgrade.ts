import { beginning, entriesOf, REPLY, type CatalogEntry, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error } = entriesOf(['upgrade']);

const SHOWS_DATA = { command: 'after-starttls', shows: ({ data }: Values) => beginning(data) } as const;
const SHOWS_REPLY = { command: 'starttls', shows: REPLY } as const;

/** Findings of step 2: the reply to STARTTLS. */
export const UPGRADE = {
  'starttls-refused': error(
    'STARTTLS refused',
    'The server offers STARTTLS, but replies to the command with something other than 220. A temporary reply (4xx, usually 454) is a failure too if the server still sends it on the last attempt.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: "Look in the server's log at the time of the run for the reason.",
      setting: 'starttls-refused',
      reproduce: SHOWS_REPLY,
    },
    {
      evidence: fields('reply'),
      reference: 'RFC 3207 section 4',
      resultType: 'starttls-not-supported',
      causes: {
        'tls-not-available': {
          title: 'Server cannot start TLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Usually the TLS library of the server could not load the certificate or the key. Look in the server's log for the reason: a wrong path, a file that the server's user cannot read, a key that does not match the certificate, or a key with a passphrase.",
          setting: 'starttls-refused',
          reproduce: SHOWS_REPLY,
        },
        'not-implemented': {
          title: 'Server does not implement the STARTTLS that it offers',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Two programs answer here: one writes the reply to EHLO, and another, which has no STARTTLS, gets the command. Usually that is a proxy or content filter in front of the mail server. Configure TLS in the program that accepts the connection, or let it pass STARTTLS to the server behind it; otherwise it must not offer STARTTLS.',
          reproduce: SHOWS_REPLY,
        },
        'syntax-error': {
          title: 'Server rejects the syntax of STARTTLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'STARTTLS has no parameters, and the gate sent none, so this is a defect of the server, or of a proxy that changes the command. Update it.',
          reproduce: SHOWS_REPLY,
        },
        'bad-sequence': {
          title: 'Server does not allow STARTTLS at this point',
          party: 'server',
          certainty: 'likely',
          remedy:
            'The server assumes that TLS is already active, or that a command is missing before STARTTLS. Usually a proxy in front of it terminates TLS or sends commands of its own. Configure the proxy and the server so that exactly one of them handles STARTTLS.',
          reproduce: SHOWS_REPLY,
        },
        'requires-more': {
          title: 'Server requires a different command before STARTTLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'The server requires a command, usually AUTH, before STARTTLS. A password would then be sent unencrypted. Allow STARTTLS to clients that have not authenticated, and require TLS before AUTH.',
          reproduce: SHOWS_REPLY,
        },
        'wrong-success-code': {
          title: 'Wrong success code for STARTTLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'The server must reply to STARTTLS with 220. Clients do not start TLS after any other code, even if it means success. This is a defect of the server, or of a proxy or script that answers in its place: update it. It is not a problem of the certificate.',
          reproduce: SHOWS_REPLY,
        },
        deferred: {
          title: 'STARTTLS deferred',
          party: 'server',
          certainty: 'likely',
          remedy:
            "The server sent a temporary error on every attempt. Its text, or the server's log at the time of the run, says why.",
          reproduce: SHOWS_REPLY,
        },
        'refused-to-client': {
          title: 'Server refuses TLS to this client',
          party: 'server',
          certainty: 'likely',
          remedy:
            "The text of the reply says why. Usually a rule of the server excludes the runner's IP address from TLS, or ends the session at this point. Look for that rule, or for the reason in the server's log at the time of the run.",
          reproduce: SHOWS_REPLY,
        },
      },
    },
  ),
  'plaintext-after-starttls': error(
    'Unencrypted data after the 220 to STARTTLS',
    'Between the 220 to STARTTLS and the TLS handshake, unencrypted data arrived, or a TLS record before the gate had sent its ClientHello. A client that keeps it in its buffer treats it as a reply over TLS. This is response injection: an attacker on the network path can insert replies into an encrypted session.',
    {
      party: 'server',
      certainty: 'likely',
      remedy:
        "Compare with the server's log, or with a connection from the server itself. If the server sends the data, update it: typically it, or a proxy in front of it, replies to STARTTLS twice. If the server does not send the data, treat it as an attack, and find the device in the network that inserts it.",
      reproduce: SHOWS_DATA,
    },
    {
      evidence: fields('data'),
      reference: 'RFC 3207 section 4.2',
      resultType: 'validation-failure',
      causes: {
        'error-reply': {
          title: 'Server reports an error instead of starting TLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'After its 220, the server sent an error, unencrypted. Usually it found out too late that it cannot start TLS: look in its log for a certificate or key that could not be loaded, or for a time limit. If the log has no such error, treat the data as inserted by a device in the network.',
          setting: 'starttls-refused',
          reproduce: SHOWS_DATA,
        },
        'early-record': {
          title: 'Server sends TLS before the ClientHello',
          party: 'server',
          certainty: 'likely',
          remedy:
            'In a TLS handshake the client speaks first, but this server, or a proxy in front of it, did not wait for that. Update it. If it starts TLS as a client, as a proxy that is configured for the wrong direction does, correct that setting.',
        },
      },
    },
  ),
  'starttls-command-injection': error(
    'STARTTLS command injection',
    "The probe `command-injection` sent STARTTLS and NOOP in one write, and over TLS the server replied to the NOOP as well. It keeps commands that it received unencrypted, and executes them in the encrypted session. An attacker who can insert bytes into the connection can execute commands before those of the client, and have the client's mail and password sent to the attacker (CVE-2011-0411).",
    {
      party: 'server',
      certainty: 'certain',
      remedy:
        'Update the mail server, or the proxy that terminates TLS in front of it. Every maintained mail server discards what it received before the handshake; a proxy must do the same.',
    },
    { evidence: fields('sent', 'reply'), reference: 'RFC 3207 section 4.2' },
  ),
} as const satisfies Record<string, CatalogEntry>;
