import { z } from 'zod';
import { FINDING_CODES, UNWAIVABLE } from '../../findings/codes.js';
import { SUPPORTED } from '../../sasl/mechanisms.js';
import * as enums from './enums.js';
import {
  anyText,
  domain,
  flag,
  host,
  inboxUrl,
  list,
  key,
  mailbox,
  mapping,
  number,
  oneLine,
  oneOf,
  pemOrPaths,
  probes,
  secret,
  steps,
  userName,
  validDays,
  value,
} from './fields.js';
import * as values from './values.js';

/*
 * The keys of an endpoint mapping: the only place of their defaults, allowed values and descriptions. `otherwise` is
 * the documentation of a default that depends on something else.
 */

const authShape = {
  username: key(
    userName.optional(),
    'Username. Requires `password` or `access-token`. With `mechanism: EXTERNAL` it is the authorization identity (authzid), and is optional.',
  ),
  password: key(secret.optional(), 'Password, as `${NAME}` from the environment.'),
  'access-token': key(secret.optional(), 'OAuth 2.0 access token, instead of `password`.'),
  mechanism: key(
    oneOf(SUPPORTED, undefined, 'never').optional(),
    `The SASL mechanism to use. Strongest first: ${SUPPORTED.filter((name) => name !== 'EXTERNAL')
      .map((name) => `\`${name}\``)
      .join(', ')}. Or \`EXTERNAL\`, which authenticates with \`tls.client-cert\` and is used only if it is set here.`,
    'the strongest that client and server both support',
  ),
  expect: key(
    oneOf(enums.AUTH_EXPECT).default('accepted'),
    'What the server must do with the credentials: `accepted`; or `rejected`, for a revoked password or to test a lockout: step 4 then fails if the server accepts them. `rejected` excludes `delivery`.',
  ),
};

const verdictsShape = {
  'authserv-id': key(
    value(
      'must be the name that the receiving server writes at the start of its Authentication-Results header fields',
      values.authservId,
    ).optional(),
    'The authserv-id (RFC 8601) of the receiving server. Only `Authentication-Results` with this name are trusted. Required for `spf` and `dmarc`.',
  ),
  spf: key(oneOf(enums.AUTH_RESULTS).optional(), 'SPF result that this server must report, usually `pass`.'),
  dkim: key(
    oneOf(enums.AUTH_RESULTS).optional(),
    'Result that the DKIM signature must have, usually `pass`. The gate verifies the signature itself, on the message that arrived, with the key from DNS.',
  ),
  dmarc: key(oneOf(enums.AUTH_RESULTS).optional(), 'DMARC result that this server must report, usually `pass`.'),
};

const deliveryShape = {
  from: key(mailbox, 'Envelope sender of the test message.'),
  to: key(mailbox, 'Envelope recipient of the test message.'),
  inbox: key(
    inboxUrl.optional(),
    'Where the test message must arrive, as in the input `inbox`. IMAP and POP3 require `username` and `password`; a mail catcher may need none.',
    'only acceptance by the server is tested',
  ),
  username: key(userName.optional(), 'Username for `inbox`.'),
  password: key(secret.optional(), 'Password for `inbox`, as `${NAME}` from the environment.'),
  within: key(
    number(1, 3600).default(60),
    'Seconds from acceptance until the message must have arrived: 1 to 3600. If the server greylists the sender and `retries` is not 0, the gate also retries for that long.',
  ),
  expect: key(
    oneOf(enums.DELIVERY_EXPECT).default('received'),
    '`received`; `accepted`, if acceptance by the server is enough (no inbox is read); or `refused`, for a recipient that the server must refuse, such as one in a domain that it does not serve: acceptance is a failure, and no message is ever sent. The gate authenticates with the credentials of `auth`; without them, the session is unauthenticated. `accepted` and `refused` exclude `inbox`.',
  ),
  keep: key(
    flag.default(false),
    'Whether the test message stays in the inbox. By default the gate deletes it after reading it, and never deletes anything else.',
  ),
  'attachment-bytes': key(
    number(0, 50_000_000).default(0),
    'Size in bytes of a random attachment to the test message, to show that a large message is delivered: 0 to 50000000. In transit it is about a third larger (base64). At most two endpoints with more than 1000000 are tested at the same time.',
  ),
  verdicts: key(
    mapping(verdictsShape).optional(),
    'Required results of the checks of the sender: at least one of `spf`, `dkim` and `dmarc`. Requires `inbox`.',
    'not tested',
  ),
  hop: key(
    oneOf(enums.DELIVERY_HOPS).default('direct'),
    '`direct`; or `proxied`, if a proxy in front of the server terminates TLS and forwards the message over loopback or a private network: a `Received` line that shows this is then a notice. Requires `inbox`.',
  ),
};

const tlsShape = {
  ca: key(
    pemOrPaths.optional(),
    'Additional trusted CAs: PEM text, or paths of PEM files, one per line; or a list of these. They are added to those of the input `ca`.',
  ),
  'min-version': key(
    oneOf(enums.TLS_VERSIONS).optional(),
    'Oldest TLS version that the gate accepts: `TLSv1.2` or `TLSv1.3`.',
    'the input `min-tls-version`',
  ),
  'min-valid-days': key(
    validDays.optional(),
    'How many more days the certificate of the server must be valid: `auto`, or 0 to 3650.',
    'the input `min-valid-days`',
  ),
  'warn-valid-days': key(
    validDays.optional(),
    'How many more days the certificate should be valid: `auto`, or 0 to 3650. If it expires sooner, the gate warns; 0 disables the warning.',
    'the input `warn-valid-days`',
  ),
  pin: key(
    list(value('must be sha256/ and the base64 of 32 bytes', values.pin), (text) => [text])
      .refine((pins) => pins.length > 0, 'is an empty list; remove it')
      .optional(),
    'SHA-256 of the public key (SPKI) of the server, as `sha256/` and base64, or a list of these for a key rollover. A pinned key is trusted even if the chain, the name or the purpose of the certificate is not valid.',
  ),
  check: key(
    oneOf(enums.TLS_CHECKS).default('single'),
    'What the gate checks: `single`, the certificate that the server sends in the handshake; `both`, the RSA and the ECDSA certificate of a server that has two, with a few additional connections that end after the handshake; or `all`, these and, with one more connection, whether the server also accepts TLS 1.0 or 1.1.',
  ),
  'client-cert': key(
    anyText.optional(),
    'Client certificate and its chain, for a server that requests one: PEM text, or the path of a PEM file. Requires `client-key`. It is sent during the handshake, before the server is authenticated, and never to the inbox.',
  ),
  'client-key': key(
    anyText.optional(),
    'Private key of `client-cert`, without a passphrase: PEM text, as `${NAME}` from the environment, or the path of a PEM file.',
  ),
};

const waivable = FINDING_CODES.filter((code) => !UNWAIVABLE.includes(code));

const waiverShape = {
  finding: key(
    oneOf(waivable, 'must be the code of a finding that can be waived'),
    'Code of the finding that does not block.',
  ),
  until: key(
    value('must be a date in the form YYYY-MM-DD', values.day, 'word'),
    'Last day of the waiver (UTC), in the form YYYY-MM-DD. After that day the finding fails the job again.',
  ),
  reason: key(oneLine, 'Reason, shown in the report.'),
};

export const endpointShape = {
  name: key(
    oneLine.optional(),
    'Name of the endpoint in all reports. Must be unique.',
    '`host:port`; with `mx`, the domain, followed by the port if it is not 25',
  ),
  host: key(
    host.optional(),
    'DNS name of the server (an international name is converted to A-labels), or its IP address.',
    '**required**, unless `mx` is set',
  ),
  mx: key(
    domain.optional(),
    'Instead of `host`: a domain whose MX hosts are tested. Each of them is an endpoint of its own, named `name: MX host`, in order of preference ([more](fleets.md#mx-hosts)). Cannot be used with `auth`, because the names come from DNS.',
    'none',
  ),
  port: key(
    number(1, 65535).optional(),
    'TCP port: 1 to 65535.',
    '465 with `transport: implicit`, 25 with `mx`, otherwise 587',
  ),
  transport: key(
    oneOf(enums.TRANSPORTS).optional(),
    '`starttls`; or `implicit` for implicit TLS, where TLS begins with the first byte of the connection.',
    '`implicit` on port 465, otherwise `starttls`',
  ),
  servername: key(
    host.optional(),
    'SNI, and the name that the certificate must be valid for.',
    '`host`; with `mx`, the name of each MX host',
  ),
  ehlo: key(
    value(
      'must be a domain or an address literal such as [192.0.2.1] or [IPv6:2001:db8::1]',
      values.ehloName,
      'name',
    ).optional(),
    'The name that EHLO sends: a domain (letters, digits and hyphens, no underscore) or an address literal.',
    "the runner's host name if it is a fully qualified domain, otherwise the address literal of the local socket",
  ),
  addresses: key(
    oneOf(enums.ADDRESSES).default('first'),
    '`first`; or `all`, to test each A and AAAA address as an endpoint of its own, named `name (address)`.',
  ),
  role: key(
    oneOf(enums.ROLES).optional(),
    '`submission` or `mx`: they have different requirements (RFC 3207 section 4).',
    '`mx` if the key `mx` is set or on port 25, otherwise `submission`',
  ),
  environment: key(oneLine.optional(), 'Environment that the endpoint belongs to, shown in the report.'),
  auth: key(
    mapping(authShape).optional(),
    'Credentials for step 4.',
    'the inputs `username`, `password`, `access-token`',
  ),
  delivery: key(
    mapping(deliveryShape).optional(),
    'The test message of step 5.',
    'the inputs `mail-from`, `rcpt-to`, `inbox`, `inbox-username`, `inbox-password`',
  ),
  tls: key(mapping(tlsShape).optional(), 'Policy for step 3.'),
  probes: key(
    probes.optional(),
    'Additional tests, each on short connections of its own, without credentials or a recipient. Only with `transport: starttls`. `plaintext-auth`: does the server accept a password before TLS? `plaintext-mail` (role `submission`): does it accept MAIL without TLS, or without AUTH? `command-injection`: does a command that is sent unencrypted right after STARTTLS reach the TLS session?',
    'none',
  ),
  require: key(
    steps.optional(),
    'Steps that must not be skipped for lack of configuration: IDs, or `all`. `delivery` requires an inbox, or `delivery.expect: accepted` or `refused`.',
    'the input `require`',
  ),
  waive: key(
    z.array(mapping(waiverShape), 'must be a list of waivers').default([]),
    'Known findings. They are reported as waived, and do not fail the job until after the date in `until`.',
    'none',
  ),
};

const ofEachEndpoint = z.never('must not be set in defaults: each endpoint has its own').optional();

/** The keys of `defaults`: those of an endpoint, each of them optional. */
export const defaultsShape = {
  ...endpointShape,
  host: ofEachEndpoint,
  mx: ofEachEndpoint,
  delivery: mapping(deliveryShape).partial().optional(),
};

export type EndpointSettings = z.output<z.ZodObject<typeof endpointShape>>;
