import type { Credentials, Delivery, Endpoint } from '../../src/plan/endpoint.js';
import { Secret } from '../../src/secrets/secret.js';
import { DELIVERY, testEndpoint } from './gate.js';
import { MAIL_USER } from './postfix-dovecot.js';
import type { CertificateFixtures } from './certificate-fixtures.js';

/** Real servers with an inbox, on 127.0.0.1. */
interface Servers {
  readonly ports: { readonly imaps: number };
  readonly certs: Pick<CertificateFixtures, 'pki'>;
}

/** An endpoint for all five steps: {@link MAIL_USER} signs in, sends a message to the same address, and reads it over IMAPS. */
export function mailEndpoint(servers: Servers, port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  return trusting(servers, port, { auth: withPassword(), delivery: toOneself(servers), ...replaced });
}

/** An endpoint for the first three steps, which trusts the CA of the certificate fixtures. */
export function trusting({ certs }: Servers, port: number, replaced: Partial<Endpoint> = {}): Endpoint {
  const tls = { ca: [certs.pki.root.cert], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] } as const;
  return testEndpoint(port, { tls, timeoutMs: 10_000, ...replaced });
}

/** The credentials of MAIL_USER. */
export function withPassword(
  password: string = MAIL_USER.password,
  replaced: Pick<Credentials, 'mechanism'> = {},
): Credentials {
  const { username } = MAIL_USER;
  return { username, secret: new Secret(password), kind: 'password', expect: 'accepted', ...replaced };
}

/** A message from MAIL_USER to the same address, searched for in its inbox. */
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
