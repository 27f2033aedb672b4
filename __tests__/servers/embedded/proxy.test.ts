import { run } from '../../../src/gate/run.js';
import { codes, testEndpoint } from '../../support/gate.js';
import { closedPort } from '../../support/scripted-server.js';

/** No proxy is used. If the environment names one, a connection failure says so. */

const HINT = /The gate ignores (\w+) and connects directly\.$/;

test.each<[string, Record<string, string>, string | undefined]>([
  ['HTTPS', { HTTPS_PROXY: 'http://joe:secret@proxy.example.test:3128' }, 'HTTPS_PROXY'],
  ['HTTP, in lower case', { http_proxy: 'http://proxy.example.test' }, 'http_proxy'],
  ['everything', { ALL_PROXY: 'socks5://proxy.example.test' }, 'ALL_PROXY'],
  ['nothing', { HTTPS_PROXY: '', NO_PROXY: '*', MY_HTTP_PROXY: 'x' }, undefined],
])('a proxy for %s', async (_, env, named) => {
  const plan = {
    endpoints: [testEndpoint(await closedPort())],
    policy: { failOn: 'fail', onInconclusive: 'fail' },
    concurrency: 1,
    retries: 0,
  } as const;
  const { report } = await run(plan, env, () => undefined);
  const steps = report.endpoints[0]?.steps ?? [];
  expect(codes(steps)).toEqual(['connection-refused']);
  const message = steps[0]?.findings[0]?.message ?? '';
  expect(HINT.exec(message)?.[1]).toBe(named);
  expect(message).not.toContain('proxy.example.test');
});
