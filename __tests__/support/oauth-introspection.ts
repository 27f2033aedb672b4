import { createServer } from 'node:http';
import { listen, type Listener } from '../../src/servers/listener.js';

/** The endpoint at which a mail server validates access tokens. */
export interface Introspection extends Listener {
  readonly url: string;
}

/**
 * Starts an introspection endpoint (RFC 7662) as Dovecot uses it: by GET, with the token as the authorization.
 * @param owners the email address for each valid token
 */
export async function startIntrospection(owners: ReadonlyMap<string, string>): Promise<Introspection> {
  const listener = await listen(
    createServer((request, response) => {
      const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const email = owners.get(token);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(email === undefined ? { active: false } : { active: true, email }));
    }),
  );
  return { ...listener, url: `http://127.0.0.1:${listener.port}/introspect` };
}
