import { run } from '../gate/run.js';
import type { Endpoint, Plan } from '../plan/endpoint.js';
import { STEP_IDS, type EndpointReport } from '../report/report.js';
import { Secret } from '../secrets/secret.js';
import { LOOPBACK } from '../servers/listener.js';
import { MISBEHAVING, type Misbehaving } from '../servers/misbehaving.js';
import { startScenarios, type RunningScenarios, type ScenarioServer } from '../servers/scenarios.js';

const NAME = 'mail.self-test.example';
const MAILBOX = `gate@${NAME}`;
const WAIT_MS = 2000;
/** The message is in the inbox before the gate looks there, and the gate looks once more at the end. */
const WITHIN_MS = 20;

/**
 * Runs the gate against misbehaving servers in this process: each must fail in its own step, by its own finding alone,
 * and the gate must fail. A server that behaves correctly must pass.
 * @param scenarios the servers by name; a test may use others
 * @returns how many misbehaving servers the gate detected, or what it got wrong
 */
export async function selfTest(
  scenarios: Readonly<Record<string, Misbehaving>> = MISBEHAVING,
): Promise<{ ok: true; detected: number } | { ok: false; reason: string }> {
  const running = await startScenarios({ name: NAME, offersInTls: ['AUTH PLAIN'] }, scenarios);
  const { servers } = running;
  try {
    const plan: Plan = {
      endpoints: servers.map((server) => endpointOf(server, running)),
      policy: { failOn: 'fail', onInconclusive: 'fail' },
      concurrency: servers.length,
      retries: 0,
    };
    const { report, verdict } = await run(plan, {}, () => undefined);
    const misjudged = servers.filter((server, i) => {
      const endpoint = report.endpoints[i];
      const mustFail = server.scenario.expected !== undefined;
      return !endpoint || verdict.failed.includes(endpoint) !== mustFail || !isJudgedCorrectly(server, endpoint);
    });
    if (misjudged.length > 0) {
      const names = misjudged.map(
        ({ name, scenario }) => `a server that ${name} (${scenario.expected?.finding ?? 'pass'})`,
      );
      return { ok: false, reason: `The self-test failed: the gate misjudged ${names.join(', ')}.` };
    }
    const detected = servers.filter(({ scenario }) => scenario.expected !== undefined).length;
    if (detected > 0 && !(report.result === 'fail' && verdict.result === 'fail' && verdict.blocks)) {
      return { ok: false, reason: 'The self-test failed: the gate passed although it detected misbehaving servers.' };
    }
    return { ok: true, detected };
  } finally {
    await running.close();
  }
}

/** Commands that disclose something, with the first step that may send them. */
const DISCLOSING = { AUTH: 'authentication', MAIL: 'delivery' } as const;

/** Whether only the expected step fails, by the expected finding alone, and nothing is tried or disclosed after it. */
function isJudgedCorrectly(
  { scenario: { expected }, heard }: ScenarioServer<Misbehaving>,
  { result, steps }: EndpointReport,
): boolean {
  const last = expected ? STEP_IDS.indexOf(expected.step) : STEP_IDS.length;
  const asExpected = STEP_IDS.every((id, i) => {
    const step = steps[i];
    if (step?.id !== id) return false;
    if (i < last) return step.status === 'pass';
    if (i > last) return step.status === 'skip' && step.skipped === 'blocked';
    const errors = step.findings.filter(({ severity }) => severity === 'error');
    return step.status === 'fail' && errors.length > 0 && errors.every(({ code }) => code === expected?.finding);
  });
  const heardInTime = Object.entries(DISCLOSING).every(
    ([command, step]) => heard.has(command) === STEP_IDS.indexOf(step) <= last,
  );
  return result === (expected ? 'fail' : 'pass') && asExpected && heardInTime;
}

function endpointOf(
  { name, port }: ScenarioServer<Misbehaving>,
  { ca, inboxPort }: RunningScenarios<Misbehaving>,
): Endpoint {
  return {
    name,
    host: LOOPBACK,
    port,
    transport: 'starttls',
    servername: NAME,
    addresses: 'first',
    role: 'submission',
    auth: { username: MAILBOX, secret: new Secret('self-test'), kind: 'password', expect: 'accepted' },
    delivery: {
      from: MAILBOX,
      to: MAILBOX,
      inbox: { scheme: 'mailpit+http', host: LOOPBACK, port: inboxPort, basePath: '' },
      withinMs: WITHIN_MS,
      expect: 'received',
      keep: false,
      attachmentBytes: 0,
    },
    tls: { ca: [ca], minVersion: 'TLSv1.2', minValidDays: 14, pins: [] },
    probes: [],
    require: [],
    waive: [],
    timeoutMs: WAIT_MS,
  };
}
