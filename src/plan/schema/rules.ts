import { kindOf } from '../../sasl/mechanisms.js';
import { Secret } from '../../secrets/secret.js';
import { roleOf, transportOf } from './defaults.js';
import type { EndpointSettings } from './endpoint-keys.js';
import { HINTS_OF_CREDENTIALS } from '../where-to-set.js';
import type { Hints } from '../source/problem.js';
import { INBOX_SCHEMES } from './values.js';

/*
 * Rules that concern several keys. They also run if a key has a value that is not allowed. That value is then `z.NEVER`
 * or, in place of a mapping, anything: rules compare values and never call their methods.
 */

/** A rule that is violated. */
export interface Violation {
  /** The whole error, which names the keys. */
  readonly message: string;
  /** Full names of keys. The error is located at the first of them that is set. */
  readonly keys: readonly string[];
  /** Set if the endpoint must be corrected, not the defaults: the error is then located at an own key or the endpoint. */
  readonly isOwn?: true;
  /** Full names of keys, one of which must get a value: the error says where. */
  readonly unset?: readonly string[];
  readonly hints?: Hints;
}

type Violations = Generator<Violation, void>;
type Inheritable = Pick<EndpointSettings, 'auth' | 'delivery'> & Partial<Pick<EndpointSettings, 'tls'>>;
type Auth = NonNullable<EndpointSettings['auth']>;
type Delivery = NonNullable<EndpointSettings['delivery']>;

const SECRETS = ['password', 'access-token'] as const;
const VERDICTS = ['spf', 'dkim', 'dmarc'] as const;
/** Verdicts that only the receiving server can give. */
const REPORTED_VERDICTS = ['spf', 'dmarc'] as const;

/** Rules of the defaults of a file, before they are merged into an endpoint. */
export function* defaultsViolations({ auth }: { readonly auth?: Auth | undefined }): Violations {
  if (auth) yield* secretViolations(auth);
}

/** Rules of an endpoint that has been merged with the defaults and the inputs. */
export function* endpointViolations(endpoint: EndpointSettings): Violations {
  yield* serverViolations(endpoint);
  yield* inheritableViolations(endpoint);
  yield* probeViolations(endpoint);
}

function* serverViolations({ host, mx, auth }: EndpointSettings): Violations {
  if (host === undefined && mx === undefined) yield { message: 'host or mx is missing', keys: [], isOwn: true };
  if (mx === undefined) return;
  if (host !== undefined) yield { message: 'host and mx cannot both be set; remove one of them', keys: ['mx'] };
  if (!auth) return;
  const message =
    'auth cannot be used with mx: the names of the MX hosts come from DNS, and anyone who can change the answer would get the credentials; use host for a server that needs them';
  yield { message, keys: ['auth'], isOwn: true };
}

/** Rules of the keys that an endpoint can inherit from the inputs, and of the keys that depend on them. */
export function* inheritableViolations({ auth, delivery, tls }: Inheritable): Violations {
  if (auth) yield* authViolations(auth);
  if (auth?.mechanism === 'EXTERNAL' && tls?.['client-cert'] === undefined) {
    yield { message: 'auth.mechanism EXTERNAL requires tls.client-cert', keys: ['auth'] };
  }
  if (auth?.expect === 'rejected' && delivery) {
    const message = 'delivery cannot be used with auth.expect: rejected, because the session is not authenticated';
    yield { message, keys: ['delivery'] };
  }
  if (delivery) {
    yield* deliveryViolations(delivery);
    yield* inboxViolations(delivery);
  }
  const client = { 'tls.client-cert': tls?.['client-cert'], 'tls.client-key': tls?.['client-key'] };
  if (Object.values(client).some((value) => value !== undefined)) yield* incomplete(client);
}

function* probeViolations(endpoint: EndpointSettings): Violations {
  const probes: readonly unknown[] = Array.isArray(endpoint.probes) ? endpoint.probes : [];
  if (probes.length > 0 && transportOf(endpoint) === 'implicit') {
    const message =
      'probes require transport: starttls, but this endpoint uses implicit TLS; remove them, or set probes: [] if they come from the defaults';
    yield { message, keys: ['probes'], isOwn: true };
  } else if (probes.includes('plaintext-mail') && roleOf(endpoint) === 'mx') {
    const message = 'probes: plaintext-mail requires role: submission, but this endpoint has role mx';
    yield { message, keys: ['probes'], isOwn: true };
  }
}

function* secretViolations(auth: Auth): Violations {
  if (auth.password === undefined || auth['access-token'] === undefined) return;
  const message = 'auth.password and auth.access-token cannot both be set; remove one of them';
  yield { message, keys: ['auth.access-token'] };
}

function* authViolations(auth: Auth): Violations {
  yield* secretViolations(auth);
  const secret = SECRETS.find((key) => auth[key] !== undefined);
  if (isUnknown(auth.mechanism) && secret === undefined) return;
  const needed = auth.mechanism && kindOf(auth.mechanism);
  if (needed === 'certificate') {
    const message = `auth.mechanism EXTERNAL authenticates with tls.client-cert and does not use auth.${secret}; remove it`;
    if (secret) yield { message, keys: [`auth.${secret}`] };
  } else if (auth.username === undefined && secret === undefined) {
    const message = 'auth.expect: rejected requires credentials, but none are set';
    if (auth.expect === 'rejected') yield { message, keys: ['auth.expect'], hints: HINTS_OF_CREDENTIALS };
  } else if (needed && secret && secret !== needed) {
    const message = `auth.mechanism ${auth.mechanism} requires auth.${needed}, not auth.${secret}`;
    yield { message, keys: [`auth.${secret}`] };
  } else {
    const key = secret ?? needed;
    const name = key ? `auth.${key}` : 'auth.password or auth.access-token';
    yield* incomplete({ 'auth.username': auth.username, [name]: key && auth[key] });
  }
}

function* inboxViolations({ inbox, ...login }: Pick<Delivery, 'inbox' | 'username' | 'password'>): Violations {
  const hasLogin = login.username !== undefined || login.password !== undefined;
  const isApi = inbox !== undefined && 'basePath' in inbox;
  const isMailbox = inbox !== undefined && 'mailbox' in inbox;
  if (!hasLogin && !isMailbox) return;
  if (isApi && INBOX_SCHEMES[inbox.scheme].tls === 'none') {
    const message = `delivery.username and delivery.password are not sent over plain HTTP; use ${inbox.scheme}s, or remove them`;
    yield { message, keys: ['delivery.inbox'] };
    return;
  }
  yield* incomplete({ 'delivery.username': login.username, 'delivery.password': login.password });
  if (inbox !== undefined) return;
  const message = 'delivery.inbox is missing, but its credentials are set';
  yield { message, keys: ['delivery'], unset: ['delivery.inbox'] };
}

function* deliveryViolations(delivery: Delivery): Violations {
  const { expect, inbox, keep, hop, verdicts, 'attachment-bytes': bytes } = delivery;
  if ((expect === 'accepted' || expect === 'refused') && inbox !== undefined) {
    const message = `delivery.inbox cannot be used with delivery.expect: ${expect}, which reads no inbox; remove delivery.inbox and its credentials, or change delivery.expect`;
    yield { message, keys: ['delivery.inbox', 'delivery.expect'], isOwn: true };
  }
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-boolean-literal-compare -- a wrong value is an object
  const isKept = keep === true;
  if (expect === 'refused') {
    for (const [key, isSet] of [['keep', isKept] as const, ['attachment-bytes', bytes > 0] as const]) {
      const message = `delivery.${key} has no effect with delivery.expect: refused, which sends no message; remove it`;
      if (isSet) yield { message, keys: [`delivery.${key}`] };
    }
  } else if (isKept && inbox === undefined) {
    const message = 'delivery.keep requires delivery.inbox: it keeps the message in the inbox';
    yield { message, keys: ['delivery.keep'] };
  }
  if (hop === 'proxied' && inbox === undefined) {
    const message = 'delivery.hop requires delivery.inbox: the hop is in the message that arrives';
    yield { message, keys: ['delivery.hop'] };
  }
  // It is null if an environment variable in its place is not set, which has been reported.
  if (!verdicts) return;
  if (inbox === undefined) {
    const message = 'delivery.verdicts requires delivery.inbox: the verdicts are in the message that arrives';
    yield { message, keys: ['delivery.verdicts'], isOwn: true };
  }
  if (VERDICTS.every((check) => verdicts[check] === undefined)) {
    const message = `delivery.verdicts must set at least one of ${VERDICTS.join(', ')}`;
    yield { message, keys: ['delivery.verdicts'], isOwn: true };
  }
  const reported = REPORTED_VERDICTS.filter((check) => verdicts[check] !== undefined);
  if (reported.length === 0 || verdicts['authserv-id'] !== undefined) return;
  const message = `delivery.verdicts.authserv-id is missing; it is required for ${reported.join(' and ')}`;
  const keys = [...reported.map((check) => `delivery.verdicts.${check}`), 'delivery.verdicts'];
  yield { message, keys, isOwn: true };
}

/** Whether a keyword is wrong, or comes from an environment variable that is not resolved. */
function isUnknown(keyword: unknown): boolean {
  return typeof keyword === 'object';
}

/** Values that must all be set, and not be empty. @param values by the full names of their keys */
function* incomplete(values: Readonly<Record<string, string | Secret | undefined>>): Violations {
  // Without any of these keys, it is the inbox that requires them.
  const keys = [...Object.keys(values), 'delivery'];
  for (const [key, value] of Object.entries(values)) {
    const isEmpty = value instanceof Secret ? value.isBlank : typeof value === 'string' && value.trim() === '';
    const what = value === undefined ? 'missing' : 'empty or contains only spaces';
    if (value === undefined || isEmpty) {
      yield { message: `${key} is ${what}`, keys: [key, ...keys], unset: key.split(' or ') };
    }
  }
}
