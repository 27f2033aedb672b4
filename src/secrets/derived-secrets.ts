import { wireForms } from '../sasl/mechanisms.js';
import type { Secret } from './secret.js';
import type { Plan } from '../plan/endpoint.js';

/** A credential and what protocols join it with. */
export interface PlannedSecret {
  readonly secret: Secret;
  readonly kind: 'password' | 'access-token';
  readonly username: string;
  /** The server that it is meant for. */
  readonly host: string;
  readonly port: number;
}

/**
 * Every credential that a plan holds and a server gets, for whoever must keep them out of what is printed. The private
 * key of a client certificate is none of them: it never travels, so no server can echo it.
 */
export function secretsOf({ endpoints }: Plan): PlannedSecret[] {
  return endpoints.flatMap(({ auth, delivery, host, port }) => {
    const inbox = delivery?.inbox;
    return [
      ...(auth && auth.kind !== 'certificate' ? [{ ...auth, host, port }] : []),
      ...(inbox?.password && inbox.username !== undefined
        ? [
            {
              secret: inbox.password,
              kind: 'password' as const,
              username: inbox.username,
              host: inbox.host,
              port: inbox.port,
            },
          ]
        : []),
    ];
  });
}

/**
 * What protocols make of a credential before they send it: all messages of SASL, and the login of HTTP (RFC 7617).
 * @returns base64 texts, none of which need have anything in common with the base64 of the credential
 */
export function sentForms(planned: PlannedSecret): string[] {
  const login = Buffer.from(`${planned.username}:${planned.secret.reveal()}`).toString('base64');
  return [login, ...wireForms(planned)];
}
