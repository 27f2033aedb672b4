import { own, type OwnText } from '../../text/own.js';
import { excerpt } from '../../text/peer.js';
import { rejected, temporary, unusable, type InboxError } from '../failure.js';

export interface HttpRequest {
  readonly method: 'GET' | 'DELETE';
  /** After the base path, with its slash and query. */
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: unknown;
}

/** A response other than a success. */
interface Refusal {
  readonly status: number;
  /** The value of WWW-Authenticate. */
  readonly scheme: string | undefined;
  /** The beginning of the body. */
  readonly body: string;
  /** All of that, escaped. */
  readonly reply: string;
}

/** Node.js, nginx, Go and Apache reply with 400 and one of these to HTTP on a port for HTTPS. */
const REQUIRES_TLS =
  /plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server|speaking plain HTTP to an SSL/i;

/** Why an API does not do what is requested. @param hasLogin whether the request had credentials */
export function errorFor(
  { status, scheme, body, reply }: Refusal,
  request: HttpRequest,
  hasLogin: boolean,
): InboxError {
  const detail = replied(request, status);
  if (status === 401) return loginError(detail, scheme, reply, hasLogin);
  if (status === 403) return rejected('api-forbidden', own`access denied: ${detail}`, reply);
  if (status >= 502 && status <= 504) return temporary('api-behind-gateway', detail, reply);
  if (status >= 500) return temporary('server-error', detail, reply);
  if (status === 400 && REQUIRES_TLS.test(body)) {
    return unusable('api-requires-tls', own`${detail}: "${excerpt(body)}"`, reply);
  }
  if (status >= 400) return rejected('command-refused', detail, reply);
  return unusable(status >= 300 ? 'api-redirected' : 'invalid-reply', detail, reply);
}

export function replied({ method, path }: HttpRequest, status: number): OwnText {
  return own`the server replied to ${method} ${path} with ${status}`;
}

function loginError(detail: OwnText, scheme: string | undefined, reply: string, hasLogin: boolean): InboxError {
  if (scheme !== undefined && !/\bbasic\b/i.test(scheme)) {
    return rejected('api-login-not-basic', own`the API does not accept a username and password: ${detail}`, reply);
  }
  return hasLogin
    ? rejected('api-login-refused', detail, reply)
    : rejected('api-login-missing', own`the API requires a login, and the gate has sent none: ${detail}`, reply);
}
