import { completeFinding, type Observed } from '../../src/findings/complete.js';
import { errorFor } from '../../src/inbox/http/status.js';
import type { ApiTarget } from '../../src/plan/endpoint.js';
import { inboxFinding } from '../../src/steps/delivery/inbox-finding.js';
import { testEndpoint } from '../support/gate.js';

/** What the API of a mail catcher, or a proxy in front of it, replies instead of messages, and what to do about it. */

const OBSERVED: Observed = {
  step: 'delivery',
  endpoint: testEndpoint(1025),
  capabilities: [],
  redact: (text) => text,
};
const GO = 'Client sent an HTTP request to an HTTPS server.';
const NGINX = '<html><head><title>400 The plain HTTP request was sent to HTTPS port</title>';

interface Given {
  readonly status: number;
  readonly text?: string;
  readonly scheme?: string;
  readonly body?: string;
  readonly isPlain?: boolean;
  readonly hasLogin?: boolean;
}

function found({ status, text = '', scheme, body = '', isPlain, hasLogin = false }: Given) {
  const target: ApiTarget = {
    scheme: isPlain ? 'mailpit+http' : 'mailpit+https',
    ...{ host: 'mail.example.test', port: 8025, basePath: '' },
  };
  const reply = `status ${status} ${text}, text/html, body: ${body}`;
  const request = { method: 'GET', path: '/api/v1/messages?limit=1' } as const;
  const { failure } = errorFor({ status, scheme, body, reply }, request, hasLogin);
  const delivery = { from: 'a@a.test', to: 'b@b.test', expect: 'received', inbox: target };
  const endpoint = { ...OBSERVED.endpoint, delivery };
  return completeFinding(inboxFinding(failure, target), { ...OBSERVED, endpoint });
}

test.each<[string, Given, string, string, RegExp]>([
  [
    'a login that is not configured',
    { status: 401, text: 'Unauthorized', scheme: 'Basic realm="Mailpit"' },
    'API of the inbox requires a login',
    'configuration',
    /^Set `delivery\.username` and `delivery\.password` to the login of the API: .* Mailpit: `MP_UI_AUTH`/,
  ],
  [
    'a login that is not configured, without naming a scheme',
    { status: 401, text: 'Unauthorized' },
    'API of the inbox requires a login',
    'configuration',
    /^Set `delivery\.username`/,
  ],
  [
    'a login over plain HTTP',
    { status: 401, text: 'Unauthorized', scheme: 'Basic', isPlain: true },
    'API of the inbox requires a login',
    'configuration',
    /^Use `mailpit\+https:\/\/` in `delivery\.inbox`, and set `delivery\.username`/,
  ],
  [
    'a different login',
    { status: 401, text: 'Unauthorized', scheme: 'Basic', hasLogin: true },
    'API of the inbox rejects the login',
    'configuration',
    /^Correct `delivery\.username` and `delivery\.password`/,
  ],
  [
    'a token',
    { status: 401, text: 'Unauthorized', scheme: 'Bearer realm="x"', hasLogin: true },
    'API of the inbox does not accept a password',
    'configuration',
    /\(Basic authentication\)/,
  ],
  [
    'a different client',
    { status: 403, text: 'Forbidden' },
    'API of the inbox denies access',
    'inbox',
    /^Allow the gate to use the API: .*\n- The gate's IP address/,
  ],
  [
    'HTTPS (Go)',
    { status: 400, text: 'Bad Request', body: GO, isPlain: true },
    'API of the inbox requires HTTPS',
    'configuration',
    /^Use `mailpit\+https:\/\/`/,
  ],
  [
    'HTTPS (nginx)',
    { status: 400, text: 'Bad Request', body: NGINX, isPlain: true },
    'API of the inbox requires HTTPS',
    'configuration',
    /^Use `mailpit\+https:\/\/`/,
  ],
  [
    'a login page',
    { status: 302, text: 'Found' },
    'API of the inbox redirects to a different address',
    'configuration',
    /\n- If it is a login page, /,
  ],
  [
    'HTTPS, with a redirect',
    { status: 301, text: 'Moved Permanently', isPlain: true },
    'API of the inbox redirects to a different address',
    'configuration',
    /\n- If it begins with `https:`, use `mailpit\+https:\/\/`/,
  ],
  [
    'patience, because its proxy has no backend',
    { status: 502, text: 'Bad Gateway' },
    'Proxy cannot reach the API of the inbox',
    'inbox',
    /^Start the mail catcher, or correct its address in the proxy/,
  ],
  [
    'patience',
    { status: 500, text: 'Internal Server Error' },
    'Inbox has a temporary problem',
    'inbox',
    /^Look for the error in the inbox server's log/,
  ],
])('an API that requires %s', (_, given, title, party, remedy) => {
  const finding = found(given);
  expect(finding).toMatchObject({ title, party });
  expect(finding.remedy).toMatch(remedy);
  expect(finding.reproduceShows).toBe(`${given.status} ${given.text ?? ''}`.trim());
  expect(finding.message.startsWith('The inbox mailpit+http')).toBe(true);
  expect(finding.message.includes(' rejected the login: ')).toBe(title === 'API of the inbox rejects the login');
});
