import { listOf } from '../../text/lists.js';
import { beginning, entriesOf, REPLY, type CatalogEntry, type Values } from './entry.js';
import { fields } from './evidence.js';

const { error } = entriesOf(['upgrade']);

/** openssl does not show the data itself. */
const NOT_TLS = { command: 'openssl', shows: 'wrong version number' } as const;
/** Without a ClientHello, the server may not send it. */
const SHOWS_DATA = {
  command: 'after-starttls',
  shows: ({ data, arrived }: Values) => (arrived === undefined ? beginning(data) : ''),
  otherwise: NOT_TLS,
} as const;
const SHOWS_REPLY = { command: 'starttls', shows: REPLY } as const;

/** Findings of step 2: the reply to STARTTLS. */
export const UPGRADE = {
  'starttls-refused': error(
    'STARTTLS refused',
    'The server offers STARTTLS, but replies to the command with something other than 220. A temporary reply (4xx, usually 454) is a failure too if the server still sends it on the last attempt.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: "Look for the reason in the server's log for the time of the run.",
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
          remedy: listOf(
            "Check the server's log for why it could not load the certificate or the private key. Typical reasons:",
            [
              'The path of a file is wrong, or the file does not exist.',
              "The server's user cannot read the private key.",
              'The key does not match the certificate.',
              'The key is encrypted with a passphrase.',
            ],
          ),
          setting: 'starttls-refused',
          reproduce: SHOWS_REPLY,
        },
        'server-problem': {
          title: 'Server error instead of STARTTLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Look for the error in the server's log for the time of the run. The reply is about the mail system, not about TLS, so the certificate is probably not the problem. Usually a filter or another service that the server uses does not respond: start it, or correct its address in the server's configuration.",
          examples: 'Postfix: a milter in `smtpd_milters`.',
          setting: 'filter-unavailable',
          reproduce: SHOWS_REPLY,
        },
        'not-implemented': {
          title: 'Server does not implement the STARTTLS that it offers',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Find the proxy or content filter in front of the mail server: probably one program sends the EHLO reply, and another, which does not support STARTTLS, receives the command.',
            [
              'Configure TLS in the program that accepts the connection.',
              'Or configure it to pass STARTTLS to the server behind it.',
              'Otherwise, it must not offer STARTTLS.',
            ],
          ),
          reproduce: SHOWS_REPLY,
        },
        'syntax-error': {
          title: 'Server rejects the syntax of STARTTLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Update the server, or the proxy that changes the command: STARTTLS has no parameters, and the gate sent none.',
          reproduce: SHOWS_REPLY,
        },
        'bad-sequence': {
          title: 'Server does not allow STARTTLS at this point',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Configure the server, and the proxy in front of it, so that exactly one of them handles STARTTLS. The server assumes that TLS is already active, or that a command is missing before STARTTLS. Usually a proxy terminates TLS, or sends commands of its own.',
          reproduce: SHOWS_REPLY,
        },
        'requires-more': {
          title: 'Server requires a different command before STARTTLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Allow STARTTLS for clients that have not authenticated, and require TLS before AUTH. The server requires a different command, usually AUTH, before STARTTLS, so a password would be sent unencrypted.',
          reproduce: SHOWS_REPLY,
        },
        'wrong-success-code': {
          title: 'Wrong success code for STARTTLS',
          party: 'server',
          certainty: 'likely',
          remedy:
            'Fix the server, or the proxy or script that replies in its place: it must reply to STARTTLS with 220. Clients do not start TLS after any other code, even one that means success. The certificate is not the problem.',
          reproduce: SHOWS_REPLY,
        },
        deferred: {
          title: 'STARTTLS deferred',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Look for the reason in the text of the reply, or in the server's log for the time of the run. The error is temporary, but the server still sent it on the last attempt.",
          reproduce: SHOWS_REPLY,
        },
        'refused-to-client': {
          title: 'Server refuses TLS to this client',
          party: 'server',
          certainty: 'likely',
          remedy:
            "Look for the reason in the text of the reply, or in the server's log for the time of the run. Usually a rule of the server excludes the gate's IP address from TLS, or ends the session at this point.",
          reproduce: SHOWS_REPLY,
        },
      },
    },
  ),
  'plaintext-after-starttls': error(
    'Unencrypted data after the 220 to STARTTLS',
    'Between the 220 to STARTTLS and the TLS handshake, unencrypted data arrived, or a TLS record before the gate had sent its ClientHello. A client that keeps this data in its buffer treats it as a reply over TLS. This is response injection: an attacker on the network path can insert replies into an encrypted session.',
    {
      party: 'server',
      certainty: 'likely',
      remedy: listOf('Test from the server itself (loopback).', [
        'If the data arrives there too, update the server, or the proxy in front of it, which typically replies to STARTTLS twice.',
        'If not, treat this as an attack, and find the device in the network that inserts the data.',
      ]),
      reproduce: SHOWS_DATA,
    },
    {
      evidence: { ...fields('data'), arrived: 'set if the data arrived after the ClientHello' },
      reference: 'RFC 3207 section 4.2',
      resultType: 'validation-failure',
      causes: {
        'error-reply': {
          title: 'Server reports an error instead of starting TLS',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            "Check the server's log for the cause of this error. The server sent it unencrypted after its 220, so it probably found out too late that it cannot start TLS.",
            [
              'Usually it could not load the certificate or the private key, or reached a limit or timeout.',
              'If the log shows no such error, assume that a device in the network inserted the data.',
            ],
          ),
          setting: 'starttls-refused',
          reproduce: SHOWS_DATA,
        },
        // A device that inserts data would not wait for the ClientHello and complain about it.
        'reads-client-hello': {
          title: 'Server does not start TLS after its 220',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Implement or enable TLS in the program that replies 220 to STARTTLS: after that reply it reads the ClientHello as a command. The certificate is not the problem.',
            [
              'If it is a test server, mail sink or script without TLS, it must not list STARTTLS in its EHLO reply. For tests with TLS, use one that supports it.',
              'If it is a proxy that replies to STARTTLS itself, configure TLS there, or have it pass STARTTLS, and everything after it, through to the mail server.',
            ],
          ),
          reproduce: NOT_TLS,
        },
        'early-record': {
          title: 'Server sends TLS before the ClientHello',
          party: 'server',
          certainty: 'likely',
          remedy: listOf(
            'Check the proxy in front of the server: it probably starts TLS as a client, not as a server (stunnel: `client = no`). In a TLS handshake, the client speaks first, but the other side did not wait for it.',
            ['If there is no proxy, update the server.'],
          ),
          reproduce: { command: 'bytes-after-starttls', shows: recordStart },
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

/** The type and version of the TLS record, in hexadecimal digits. The evidence has these bytes escaped. */
function recordStart({ data = '' }: Values): string {
  return /^\\x(1[56])\\x(03)\\x(0\d)/.exec(data)?.slice(1).join('') ?? '';
}
