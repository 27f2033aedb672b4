import { z } from 'zod';
import { FINDING_CODES, UNWAIVABLE } from '../../findings/catalogue.js';
import { value, number, oneOf, flag, anyText, list, steps, probes, anchors, mapping } from './fields.js';
import {
  TRANSPORTS,
  ADDRESSES,
  ROLES,
  TLS_VERSIONS,
  FAIL_ON,
  ON_INCONCLUSIVE,
  MECHANISMS,
  AUTH_EXPECT,
  DELIVERY_EXPECT,
  VERDICTS,
  TLS_CHECKS,
} from './enums.js';
import * as values from './values.js';

const DNS_OR_IP = 'must be a DNS name or an IP address, without a port';
const MAILBOX = 'must be a plain address of the form local@domain';
const ONE_LINE = 'must be one line of 1 to 200 visible characters';
const NO_CONTROLS =
  'must be text without control characters (a line break at the end is easily stored with a secret by mistake)';
const INBOX =
  'must be imaps://host[:port]/mailbox, imap://… (by STARTTLS), pop3s://host[:port], pop3://… (by STLS), mailpit+https://host[:port][/base], mailpit+http://…, maildev+https://… or maildev+http://…, without credentials, query or fragment';

/** The inputs of the action. The gate has no other defaults for them than these. */
export const inputSchema = mapping({
  endpoints: anyText.optional().meta({
    description:
      'The mail servers to gate: `host`, `host:port` or `[v6]:port`, one a line (or separated by commas or blanks, with `#` comments; an IPv6 address always in brackets), or a YAML list of such strings and of endpoint mappings. One of `endpoints` and `config` is needed; with both, both lists are gated.',
  }),
  config: anyText.optional().meta({
    description:
      'Path of a YAML file with `defaults:` (an endpoint mapping without `host`, for the endpoints of this file) and `endpoints:` (a YAML list as in the input `endpoints`).',
  }),
  username: value(NO_CONTROLS, values.userName)
    .optional()
    .meta({ description: 'User name for endpoints that name no credentials of their own.' }),
  password: value(NO_CONTROLS, values.secret)
    .optional()
    .meta({ description: 'Password that goes with `username`. Take it from a secret.' }),
  'access-token': value(NO_CONTROLS, values.secret)
    .optional()
    .meta({ description: 'OAuth 2.0 access token that goes with `username`, instead of `password`.' }),
  'mail-from': value(MAILBOX, values.mailbox).optional().meta({
    description:
      'Envelope sender of the probe message, for endpoints without a `delivery` of their own. Needs `rcpt-to`.',
  }),
  'rcpt-to': value(MAILBOX, values.mailbox).optional().meta({
    description: 'Envelope recipient of the probe message. Needs `mail-from`.',
  }),
  inbox: value(INBOX, values.inboxUrl).optional().meta({
    description:
      'Where the probe must arrive. IMAP: `imaps://host[:port]/mailbox` (default port 993), or `imap://…` (143, upgraded by STARTTLS or refused); the mailbox is percent-encoded, default `INBOX`; the folder for junk beside it is looked through too. POP3: `pop3s://host[:port]` (995), or `pop3://…` (110, upgraded by STLS or refused). Mail catchers by their HTTP APIs: `mailpit+https://host[:port][/base]` or `mailpit+http://…` (8025), `maildev+https://…` or `maildev+http://…` (1080). Without an inbox only the acceptance of the probe is tested.',
  }),
  'inbox-username': value(NO_CONTROLS, values.userName).optional().meta({
    description: 'User name for `inbox`. A mail catcher may need none, and gets none over plain HTTP.',
  }),
  'inbox-password': value(NO_CONTROLS, values.secret)
    .optional()
    .meta({ description: 'Password for `inbox`. Take it from a secret.' }),
  ca: anchors.optional().meta({
    description:
      'Further trust anchors: PEM text, or paths of PEM files, one a line. They are added to the default store.',
  }),
  'min-tls-version': oneOf(TLS_VERSIONS)
    .default('TLSv1.2')
    .meta({ description: 'Oldest TLS version that passes: `TLSv1.2` or `TLSv1.3`.' }),
  'min-valid-days': number(0, 3650).default(14).meta({
    description: 'Days for which the certificate of the server must stay valid: 0 to 3650.',
  }),
  require: steps.optional().meta({
    description:
      'Steps that must not be skipped for lack of configuration: ids (`capability`, `upgrade`, `certificate`, `authentication`, `delivery`) separated by commas, spaces or line breaks, or `all`. `delivery` needs proof of arrival: an inbox, or an endpoint with `delivery.expect: accepted` or `refused`.',
  }),
  'fail-on': oneOf(FAIL_ON).default('fail').meta({
    description: 'What fails the job: `fail`; `warn` (warnings too); `never` (report only).',
  }),
  'on-inconclusive': oneOf(ON_INCONCLUSIVE).default('fail').meta({
    description: 'What an endpoint that could not be tested from here counts as: `fail` or `warn`.',
  }),
  concurrency: number(1, 1000).default(32).meta({ description: 'Endpoints gated at a time: 1 to 1000.' }),
  timeout: number(1, 600).default(15).meta({
    description: 'Seconds for any one wait (connect, a whole reply, the handshake): 1 to 600.',
  }),
  retries: number(0, 10).default(2).meta({
    description: 'Further tries after a transient failure, each a new connection from step 1: 0 to 10.',
  }),
  deadline: value('must be a number of minutes from 0.1 to 1440', values.minutes).optional().meta({
    description:
      'Minutes for the whole run: 0.1 to 1440. When they are over, what is known is reported, the rest is `inconclusive`, and the job fails whatever the policy. By default there is none; set it below `timeout-minutes` of the job, which would leave no report.',
  }),
  'self-test': flag.default(false).meta({
    description:
      'Whether the gate first runs against lying servers of its own on loopback, and refuses to gate anything if it does not find every one of them out.',
  }),
  'report-dir': anyText.optional().meta({
    description: "Where report files go. By default `report.json` is a file under the runner's temp folder.",
  }),
  shard: value('must be K/N with K from 1 to N, such as 1/3', values.shard).optional().meta({
    description: 'Gate only the K-th of N parts of the endpoints, as `K/N`, to spread them over N jobs of a matrix.',
  }),
});

const authShape = {
  username: value(NO_CONTROLS, values.userName).optional().meta({
    description:
      'User name. Needs `password` or `access-token`; with `mechanism: EXTERNAL` it is whom to act as, and may be left out.',
  }),
  password: value(NO_CONTROLS, values.secret)
    .optional()
    .meta({ description: 'Password, as `${NAME}` from the environment.' }),
  'access-token': value(NO_CONTROLS, values.secret)
    .optional()
    .meta({ description: 'OAuth 2.0 access token, instead of `password`.' }),
  mechanism: oneOf(MECHANISMS)
    .optional()
    .meta({
      description: `The SASL mechanism to insist on. Strongest first: ${MECHANISMS.map((name) => `\`${name}\``).join(', ')}. \`EXTERNAL\` signs in with \`tls.client-cert\`, and is never chosen unasked.`,
      otherwise: 'the strongest that both sides have',
    }),
  expect: oneOf(AUTH_EXPECT).default('accepted').meta({
    description:
      'What the server must do with the credentials: `accepted`; or `rejected`, for a revoked key or a test of a lock-out, where being let in is the failure. An endpoint of the latter kind has no `delivery`.',
  }),
};

const verdictsShape = {
  'authserv-id': value(
    'must be the name by which the receiving server signs its Authentication-Results',
    values.authservId,
  )
    .optional()
    .meta({
      description:
        'The receiver whose `Authentication-Results` count for `spf` and `dmarc`, by its authserv-id (RFC 8601). No other is believed. Needed for `spf` and `dmarc`.',
    }),
  spf: oneOf(VERDICTS).optional().meta({ description: 'What SPF must come to at that receiver: `pass`, mostly.' }),
  dkim: oneOf(VERDICTS).optional().meta({
    description:
      'What the DKIM signature must come to: `pass`, mostly. It is verified here, on the message that arrived, with the key from DNS.',
  }),
  dmarc: oneOf(VERDICTS).optional().meta({ description: 'What DMARC must come to at that receiver: `pass`, mostly.' }),
};

const deliveryShape = {
  from: value(MAILBOX, values.mailbox).meta({ description: 'Envelope sender of the probe message.' }),
  to: value(MAILBOX, values.mailbox).meta({ description: 'Envelope recipient of the probe message.' }),
  inbox: value(INBOX, values.inboxUrl).optional().meta({
    description:
      'Where the probe must arrive, as in the input `inbox`. IMAP and POP3 need `username` and `password`; a mail catcher may need none.',
    otherwise: 'only its acceptance is tested',
  }),
  username: value(NO_CONTROLS, values.userName).optional().meta({ description: 'User name for `inbox`.' }),
  password: value(NO_CONTROLS, values.secret)
    .optional()
    .meta({ description: 'Password for `inbox`, as `${NAME}` from the environment.' }),
  within: number(1, 3600).default(60).meta({
    description:
      'Seconds from its acceptance until the message must be there: 1 to 3600. As long, too, a server is asked again that greylists the sender, if `retries` is not 0.',
  }),
  expect: oneOf(DELIVERY_EXPECT).default('received').meta({
    description:
      '`received`; `accepted`, if acceptance by the server is enough (no inbox is read); or `refused`, for a recipient that the server must refuse, such as one in a domain that it does not serve: acceptance is a failure, and no message is ever sent. The credentials of `auth` are used; without any, the session is not signed in. `accepted` and `refused` exclude `inbox`.',
  }),
  keep: flag.default(false).meta({
    description:
      'Whether the probe message stays in the inbox. By default it is deleted once it was read, and nothing else is.',
  }),
  'attachment-bytes': number(0, 50_000_000).default(0).meta({
    description:
      'Octets of an attachment at random that the probe carries, to show that a large message passes: 0 to 50000000. On its way it is a good third more (base64). Of endpoints with more than 1000000, two are gated at a time.',
  }),
  verdicts: mapping(verdictsShape).optional().meta({
    description:
      'What must have been found about the origin of the message: at least one of `spf`, `dkim` and `dmarc`. Needs `inbox`.',
    otherwise: 'not asked',
  }),
};

const tlsShape = {
  ca: anchors.optional().meta({
    description:
      'Further trust anchors: PEM text, or paths of PEM files, one a line; or a list of these. They are added to those of the input `ca`.',
  }),
  'min-version': oneOf(TLS_VERSIONS).optional().meta({
    description: 'Oldest TLS version that passes: `TLSv1.2` or `TLSv1.3`.',
    otherwise: 'the input `min-tls-version`',
  }),
  'min-valid-days': number(0, 3650).optional().meta({
    description: 'Days for which the certificate of the server must stay valid: 0 to 3650.',
    otherwise: 'the input `min-valid-days`',
  }),
  pin: list(value('must be sha256/ and the base64 of 32 octets', values.pin), (text) => [text])
    .optional()
    .meta({
      description:
        'SHA-256 of the public key (SPKI) of the server as `sha256/` and base64, or a list of these for a rollover. A pinned key is authenticated whatever its chain.',
    }),
  check: oneOf(TLS_CHECKS).default('single').meta({
    description:
      'Which certificates are judged: `single`, the one that the handshake brings; `both`, the RSA and the ECDSA certificate of a server that has two, with a few further connections, up to the handshake.',
  }),
  'client-cert': anyText.optional().meta({
    description:
      'Client certificate and its chain, for a server that asks for one: PEM text, or the path of a PEM file. Needs `client-key`. It is sent during the handshake, before the server is authenticated, and never to the inbox.',
  }),
  'client-key': anyText.optional().meta({
    description:
      'Private key of `client-cert`, without a passphrase: PEM text, as `${NAME}` from the environment, or the path of a PEM file.',
  }),
};

const waivable = FINDING_CODES.filter((code) => !UNWAIVABLE.includes(code));

const waiverShape = {
  finding: oneOf(waivable, 'must be the code of a finding that can be waived').meta({
    description: 'Code of the finding that no longer blocks.',
  }),
  until: value('must be a day of the calendar as YYYY-MM-DD', values.day).meta({
    description: 'The last day of the waiver (UTC), as YYYY-MM-DD. After it the finding counts again.',
  }),
  reason: value(ONE_LINE, values.displayName).meta({
    description: 'Why, for whoever reads the report.',
  }),
};

const endpointShape = {
  name: value(ONE_LINE, values.displayName).optional().meta({
    description: 'What the endpoint is called everywhere. Unique.',
    otherwise: '`host:port`',
  }),
  host: value(DNS_OR_IP, values.host).meta({
    description: 'DNS name (converted to A-labels where it is international) or IP address of the server.',
  }),
  port: number(1, 65535).optional().meta({
    description: 'TCP port: 1 to 65535.',
    otherwise: '587, or 465 with `transport: implicit`',
  }),
  transport: oneOf(TRANSPORTS).optional().meta({
    description: '`starttls`, or `implicit` for TLS from the first byte.',
    otherwise: '`implicit` on port 465, else `starttls`',
  }),
  servername: value(DNS_OR_IP, values.host).optional().meta({
    description: 'SNI, and the name that the certificate must carry.',
    otherwise: '`host`',
  }),
  ehlo: value('must be a domain or an address literal such as [192.0.2.1] or [IPv6:2001:db8::1]', values.ehloName)
    .optional()
    .meta({
      description:
        'The name that EHLO sends: a domain (letters, digits and hyphens, no underscore) or an address literal.',
      otherwise:
        "the runner's host name if it is a fully qualified domain, else the address literal of the local socket",
    }),
  addresses: oneOf(ADDRESSES).default('first').meta({
    description: '`first`, or `all`: every A and AAAA address is an endpoint of its own, named `name (address)`.',
  }),
  role: oneOf(ROLES).optional().meta({
    description: '`submission` or `mx`: what is right differs (RFC 3207 section 4).',
    otherwise: '`mx` on port 25, else `submission`',
  }),
  environment: value(ONE_LINE, values.displayName)
    .optional()
    .meta({ description: 'Environment that the endpoint belongs to, shown in the report.' }),
  auth: mapping(authShape).optional().meta({
    description: 'Credentials for step 4.',
    otherwise: 'the inputs `username`, `password`, `access-token`',
  }),
  delivery: mapping(deliveryShape).optional().meta({
    description: 'The probe message of step 5.',
    otherwise: 'the inputs `mail-from`, `rcpt-to`, `inbox`, `inbox-username`, `inbox-password`',
  }),
  tls: mapping(tlsShape).optional().meta({ description: 'Policy for step 3.' }),
  probes: probes.optional().meta({
    description:
      'Further tries, each on short connections of its own, without a credential or a recipient; with `transport: starttls` only. `plaintext-auth`: would the server take a password before TLS? `plaintext-mail` (role `submission`): does it take MAIL without TLS, or without AUTH? `command-injection`: does a command sent in the clear behind STARTTLS reach the TLS session?',
    otherwise: 'none',
  }),
  require: steps.optional().meta({
    description:
      'Steps that must not be skipped for lack of configuration: ids, or `all`. `delivery` needs an inbox, or `delivery.expect: accepted` or `refused`.',
    otherwise: 'the input `require`',
  }),
  waive: z.array(mapping(waiverShape), 'must be a list of waivers').default([]).meta({
    description: 'Known findings that are reported as waived and do not block until a day.',
    otherwise: 'none',
  }),
};

/** An endpoint mapping as the user writes it, once defaults are laid under it. */
export const endpointSchema = mapping(endpointShape);
export type EndpointSettings = z.output<typeof endpointSchema>;

/** The `defaults` of a file: an endpoint mapping of which any part may be left out. */
export const defaultsSchema = mapping({
  ...endpointShape,
  host: z.never('belongs to each endpoint and has no default').optional(),
  delivery: mapping(deliveryShape).partial().optional(),
});

/** The `config` file. Its defaults, and its endpoints on top of them, are checked one by one. */
export const configSchema = mapping({
  defaults: z.unknown().optional().meta({
    description:
      'What holds for every endpoint of this file that does not say otherwise: an endpoint mapping without `host`.',
  }),
  endpoints: z.array(z.unknown(), 'must be a list of endpoints').min(1, 'is an empty list').meta({
    description: 'The endpoints: `host`, `host:port` or `[v6]:port`, or endpoint mappings.',
  }),
});

export type InputName = keyof typeof inputSchema.shape;
export type InputSettings = z.output<typeof inputSchema>;

/** Names of all inputs, as in `action.yml`. */
export const INPUT_NAMES = Object.keys(inputSchema.shape) as InputName[];

/** The outputs of the action, as in `action.yml`, each with its description. */
export const OUTPUTS = {
  result: '`pass`, `warn`, `inconclusive` or `fail`: the worst result of all endpoints.',
  'endpoints-total': 'How many endpoints were gated.',
  'endpoints-failed':
    'How many of them count as failed: those whose result is `fail`; `inconclusive`, unless `on-inconclusive: warn` makes it count as a warning; and, with `fail-on: warn`, all that warn. With `fail-on: never` as with `fail`.',
  'failed-endpoints': 'Their names, as a JSON array.',
  report: 'Path of `report.json`. Empty after a configuration error.',
} as const;

export type OutputName = keyof typeof OUTPUTS;
