import type { Plan } from '../plan/endpoint.js';
import { STEP_IDS } from '../report/report.js';
import type { EndpointReport } from '../report/report.js';
import { run } from '../gate/run.js';
import { SelfTestFailed } from './failed.js';
import { startLiars } from '../servers/misbehaving.js';
import type { Server } from '../servers/misbehaving.js';
import { CONDUCTS } from '../servers/scenarios.js';
import type { Conduct } from '../servers/scenarios.js';

/**
 * Has the gate show on servers that lie, in this process, that it still finds them out, and on an honest one that it
 * finds nothing there.
 * @param conducts what they do, by name; all that are known here, unless a test brings others
 * @returns how many liars there were
 * @throws {SelfTestFailed} if one of them passes or fails for another reason than its own, an honest one does not
 *   pass, or the gate stays open
 */
export async function selfTest(conducts: Readonly<Record<string, Conduct>> = CONDUCTS): Promise<number> {
  const liars = await startLiars(conducts);
  const { servers } = liars;
  try {
    const plan: Plan = {
      endpoints: servers.map(({ endpoint }) => endpoint),
      policy: { failOn: 'fail', onInconclusive: 'fail' },
      concurrency: servers.length,
      retries: 0,
    };
    const { report, verdict } = await run(plan, {}, () => undefined);
    const misjudged = servers.filter((server, i) => {
      const endpoint = report.endpoints[i];
      const failed = endpoint !== undefined && verdict.failed.includes(endpoint);
      return !endpoint || failed !== (server.lie !== undefined) || !isJudgedRightly(server, endpoint);
    });
    if (misjudged.length > 0) {
      const names = misjudged.map(({ endpoint, lie }) => `a server that ${endpoint.name} (${lie?.finding ?? 'pass'})`);
      throw new SelfTestFailed(`The self-test failed: the gate misjudged ${names.join(', ')}.`);
    }
    const count = servers.filter(({ lie }) => lie !== undefined).length;
    if (count > 0 && !(report.result === 'fail' && verdict.result === 'fail' && verdict.blocks)) {
      throw new SelfTestFailed('The self-test failed: the gate stays open in spite of what it found.');
    }
    return count;
  } finally {
    await liars.close();
  }
}

/** Commands that give something away, with the first step in which they may be heard. */
const GIVE_AWAY = { AUTH: 'authentication', MAIL: 'delivery' } as const;

/** Whether all steps before the lie pass, its own fails by it alone, and nothing is tried or given away after that. */
function isJudgedRightly({ lie, heard }: Server, { result, steps }: EndpointReport): boolean {
  const last = lie ? STEP_IDS.indexOf(lie.step) : STEP_IDS.length;
  const asExpected = STEP_IDS.every((id, i) => {
    const step = steps[i];
    if (step?.id !== id) return false;
    if (i < last) return step.status === 'pass';
    if (i > last) return step.status === 'skip' && step.skipped === 'blocked';
    const errors = step.findings.filter(({ severity }) => severity === 'error');
    return step.status === 'fail' && errors.length > 0 && errors.every(({ code }) => code === lie?.finding);
  });
  const heardInTime = Object.entries(GIVE_AWAY).every(([command, step]) => {
    const mayBeHeard = STEP_IDS.indexOf(step) <= last;
    return heard.has(command) === mayBeHeard;
  });
  return result === (lie ? 'fail' : 'pass') && asExpected && heardInTime;
}
