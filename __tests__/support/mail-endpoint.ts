import type { Credentials, Delivery, Endpoint } from '../../src/plan/endpoint.js';
import { Secret } from '../../src/secrets/secret.js';
import { DELIVERY, testEndpoint } from './gate.js';
import { MAIL_USER } from './postfix-dovecot.js';
import type { Zoo } from './zoo.js';

/** Real servers with an inbox, on 127.0.0.1. */
interface Servers {
  readonly ports: { readonly imaps: number };
  readonly zoo: Pick<Zoo, 'pki'>;
}

/** An endpoint for all five steps: {@link MAIL_USER} signs in, sends to himself, and reads over IMAPS. */
export function mailEndpoint(servers: Servers, port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  return trusting(servers, port, { auth: withPassword(), delivery: toOneself(servers), ...replaced });
}

/** An endpoint for the first three steps, which trusts the authority of the zoo. */
export function trusting({ zoo }: Servers, port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  const tls = { ca: [zoo.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  return testEndpoint(port, { tls, timeoutMs: 10_000, ...replaced });
}

/** What MAIL_USER signs in with. */
export function withPassword(
  password: string = MAIL_USER.password,
  replaced: Pick<Credentials, 'mechanism'> = {},
): Credentials {
  const { username } = MAIL_USER;
  return { username, secret: new Secret(password), kind: 'password', expect: 'accepted', ...replaced };
}

/** A message of MAIL_USER to himself, looked for in his inbox. */
export function toOneself({ ports }: Servers, replaced: Partial<Delivery> = {}): Delivery {
  const { username, password } = MAIL_USER;
  return {
    ...DELIVERY,
    from: username,
    to: username,
    inbox: {
      scheme: 'imaps',
      host: '127.0.0.1',
      port: ports.imaps,
      mailbox: 'INBOX',
      username,
      password: new Secret(password),
    },
    withinMs: 20_000,
    ...replaced,
  };
}
