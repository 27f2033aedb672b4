import type { Endpoint, Plan } from '../plan/endpoint.js';
import type { SecretIdentity } from '../sasl/client.js';
import { wireForms } from '../sasl/mechanisms.js';
import { basicCredentials, type KnownSecret } from '../secrets/forms.js';
import { redactorOf, type Redactor } from '../secrets/redactor.js';

/** Up to this many logins, every report is searched for all of them. The more there are, the longer the search takes. */
const SEARCHED_TOGETHER = 50;

/**
 * Every credential of a plan that is sent to a server. The private key of a client certificate is not among them: it is
 * never sent, so no server can echo it.
 */
export function credentialsOf({ endpoints }: Pick<Plan, 'endpoints'>): SecretIdentity[] {
  return endpoints.flatMap(({ auth, delivery, host, port }) => {
    const known: SecretIdentity[] = [];
    if (auth && auth.kind !== 'certificate') known.push({ ...auth, host, port });
    const inbox = delivery?.inbox;
    if (inbox?.password && inbox.username !== undefined) {
      const { username, password: secret } = inbox;
      known.push({ kind: 'password', username, secret, host: inbox.host, port: inbox.port });
    }
    return known;
  });
}

/** A secret with all that SASL and HTTP make of it before they send it. */
export function knownSecret(credentials: SecretIdentity): KnownSecret {
  const { username, secret } = credentials;
  return { secret, sent: [basicCredentials(username, secret), ...wireForms(credentials)] };
}

export function secretsOf(plan: Pick<Plan, 'endpoints'>): KnownSecret[] {
  return credentialsOf(plan).map(knownSecret);
}

/**
 * Chooses what the reports of each server are searched for: all secrets of the plan if they are few, otherwise those of
 * every endpoint on that server, because it can repeat in one session what it received in another. The servers of an
 * endpoint with `mx` are not known yet, so its secrets count for every server on its port.
 */
export function redactorsFor(plan: Plan): (server: Pick<Endpoint, 'host' | 'port'>) => Redactor {
  const secrets = secretsOf(plan);
  const logins = new Set(secrets.map(({ sent: [login] }) => login));
  if (logins.size <= SEARCHED_TOGETHER) {
    const one = redactorOf(secrets);
    return () => one;
  }
  const endpointsOf = new Map<string, Endpoint[]>();
  for (const endpoint of plan.endpoints) {
    const server = serverOf(endpoint);
    const endpoints = endpointsOf.get(server) ?? [];
    endpoints.push(endpoint);
    endpointsOf.set(server, endpoints);
  }
  const ofMxHosts = plan.endpoints.filter(({ mx }) => mx !== undefined);
  const redactors = new Map<string, Redactor>();
  return (endpoint) => {
    const server = serverOf(endpoint);
    const known = redactors.get(server);
    if (known) return known;
    const endpoints = [...(endpointsOf.get(server) ?? []), ...ofMxHosts.filter(({ port }) => port === endpoint.port)];
    const redactor = redactorOf(secretsOf({ endpoints }));
    if (redactors.size >= SEARCHED_TOGETHER) redactors.clear();
    redactors.set(server, redactor);
    return redactor;
  };
}

function serverOf({ host, port }: Pick<Endpoint, 'host' | 'port'>): string {
  return `${host}:${port}`;
}

/** The reason for a failure of the gate, without the secrets of the plan. */
export function redactReason(reason: string, plan: Plan | undefined): string {
  return plan ? redactorOf(secretsOf(plan)).redact(reason) : reason;
}
