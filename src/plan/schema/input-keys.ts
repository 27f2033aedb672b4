import type { z } from 'zod';
import { FAIL_ON, ON_INCONCLUSIVE, TLS_VERSIONS } from './enums.js';
import {
  anyText,
  flag,
  inboxUrl,
  input,
  mailbox,
  number,
  oneOf,
  pemOrPaths,
  secret,
  steps,
  userName,
  validDays,
  value,
} from './fields.js';
import * as values from './values.js';

/** The inputs of the action, as in `action.yml`: the only place of their defaults and descriptions. */
export const inputShape = {
  endpoints: input(
    anyText.optional(),
    'The mail servers to test: `host`, `host:port` or `[v6]:port`, one per line (or separated by commas or spaces, with `#` comments; an IPv6 address always in brackets), or a YAML list of such strings and of endpoint mappings. Set `endpoints`, `config`, or both; with both, the endpoints of both are tested.',
  ),
  config: input(
    anyText.optional(),
    'Path of a YAML file with `defaults:` (an endpoint mapping without `host` or `mx`, for the endpoints of this file) and `endpoints:` (a YAML list of `host`, `host:port`, and endpoint mappings).',
  ),
  username: input(userName.optional(), 'Username for endpoints without credentials of their own.'),
  password: input(secret.optional(), 'Password for `username`.', 'Store it as a secret.'),
  'access-token': input(
    secret.optional(),
    'OAuth 2.0 access token for `username`, instead of `password`.',
    'Store it as a secret.',
  ),
  'mail-from': input(
    mailbox.optional(),
    'Envelope sender of the test message, for endpoints without a `delivery` of their own. Requires `rcpt-to`.',
  ),
  'rcpt-to': input(mailbox.optional(), 'Envelope recipient of the test message. Requires `mail-from`.'),
  inbox: input(
    inboxUrl.optional(),
    'Where the test message must arrive. IMAP: `imaps://host[:port]/mailbox` (default port 993), or `imap://…` (143, with mandatory STARTTLS); the mailbox is percent-encoded, default `INBOX`; the junk folder is searched too. POP3: `pop3s://host[:port]` (995), or `pop3://…` (110, with mandatory STLS). HTTP API of a mail catcher: `mailpit+https://host[:port][/base]` or `mailpit+http://…` (8025), `maildev+https://…` or `maildev+http://…` (1080). Without an inbox, the gate only tests whether the server accepts the message.',
  ),
  'inbox-username': input(
    userName.optional(),
    'Username for `inbox`. A mail catcher may need none. Not allowed with plain HTTP.',
  ),
  'inbox-password': input(secret.optional(), 'Password for `inbox`.', 'Store it as a secret.'),
  ca: input(
    pemOrPaths.optional(),
    'Additional trusted CAs: PEM text, or paths of PEM files, one per line. They are added to the default trust store.',
  ),
  'min-tls-version': input(
    oneOf(TLS_VERSIONS).default('TLSv1.2'),
    'Oldest TLS version that the gate accepts: `TLSv1.2` or `TLSv1.3`.',
  ),
  'min-valid-days': input(
    validDays.default('auto'),
    'How many more days the certificate of the server must be valid: `auto`, or 0 to 3650. `auto` is 14 days, or a sixth of the lifetime of the certificate if that is less.',
  ),
  'warn-valid-days': input(
    validDays.default('auto'),
    'How many more days the certificate should be valid: `auto`, or 0 to 3650. If it expires sooner, the gate warns that its renewal is late; 0 disables the warning. `auto` is 21 days, or a quarter of the lifetime of the certificate if that is less.',
  ),
  environments: input(
    anyText.optional(),
    'Test only the endpoints of these environments, and those without an `environment`: names separated by commas, spaces or line breaks. `${NAME}` is resolved only in what is tested.',
    'So several jobs with different secrets can share one config file.',
  ),
  require: input(
    steps.optional(),
    'Steps that must not be skipped for lack of configuration: IDs (`capability`, `upgrade`, `certificate`, `authentication`, `delivery`) separated by commas, spaces or line breaks, or `all`. `delivery` requires an inbox, or an endpoint with `delivery.expect: accepted` or `refused`.',
  ),
  'fail-on': input(
    oneOf(FAIL_ON).default('fail'),
    'What makes the gate fail: `fail` (failures), `warn` (warnings too) or `never` (report only).',
  ),
  'on-inconclusive': input(
    oneOf(ON_INCONCLUSIVE).default('fail'),
    'Whether an endpoint that could not be tested counts as `fail` or `warn`.',
  ),
  'fail-on-flaky': input(
    flag.default(false),
    'Whether an endpoint that passed only after a retry counts as failed, even if the retry was because of greylisting.',
  ),
  concurrency: input(
    number(1, 1000).default(32),
    'Number of endpoints that the gate tests at the same time: 1 to 1000.',
  ),
  'per-host': input(
    number(1, 1000).default(4),
    'Maximum number of simultaneous connections to one IP address, regardless of `concurrency`: 1 to 1000. Probes and additional handshakes count, but never wait for others. A server that replies with 421 or reports a rate limit gets fewer, after a pause.',
  ),
  timeout: input(
    number(1, 600).default(15),
    'Timeout in seconds for each wait (connection, complete reply, TLS handshake): 1 to 600.',
  ),
  retries: input(
    number(0, 10).default(2),
    'Retries after a transient failure, each on a new connection from step 1: 0 to 10.',
  ),
  deadline: input(
    value('must be a number of minutes from 0.1 to 1440', values.minutes, 'word').optional(),
    'Time limit in minutes for the whole run: 0.1 to 1440. When it expires, the gate writes its report; what was not tested is `inconclusive`, and the gate fails regardless of `fail-on` and `on-inconclusive`. There is no deadline by default.',
    'Set it lower than the `timeout-minutes` of the job: a job that times out leaves no report.',
  ),
  'self-test': input(
    flag.default(false),
    'First test the gate itself with built-in misbehaving servers on loopback. If it misses one of them, it tests no endpoint and fails.',
  ),
  'report-dir': input(
    anyText.optional(),
    "Folder for `report.json`. By default it is a new folder in the runner's temp folder.",
  ),
  shard: input(
    value('must be K/N with K from 1 to N, such as 1/3', values.shard, 'word').optional(),
    'Test only part K of N of the endpoints, as `K/N`.',
    'It distributes the endpoints over the N jobs of a matrix.',
  ),
};

/** The inputs that endpoints inherit, and their keys there. */
export const KEYS_OF_INPUTS = {
  username: 'auth.username',
  password: 'auth.password',
  'access-token': 'auth.access-token',
  'mail-from': 'delivery.from',
  'rcpt-to': 'delivery.to',
  inbox: 'delivery.inbox',
  'inbox-username': 'delivery.username',
  'inbox-password': 'delivery.password',
} as const;

export type InputSettings = z.output<z.ZodObject<typeof inputShape>>;

/** The outputs of the action, each with its description. */
export const OUTPUTS = {
  result: 'The worst result of all endpoints: `pass`, `warn`, `inconclusive` or `fail`.',
  'endpoints-total': 'Number of endpoints that were tested.',
  'endpoints-failed':
    'Number of endpoints that count as failed: those whose result is `fail`; `inconclusive`, unless `on-inconclusive: warn` makes it count as a warning; `warn` with `fail-on: warn`; and those that passed only after a retry with `fail-on-flaky: true`. With `fail-on: never`, the count is the same as with `fail`.',
  'failed-endpoints': 'Names of the endpoints that count as failed, as a JSON array.',
  report: 'Path of `report.json`. Empty after a configuration error or a failed self-test.',
} as const;
