import type { Plan } from '../plan/endpoint.js';
import { run } from '../run.js';
import { SelfTestFailed } from './failed.js';
import { startLiars } from './liars.js';
import type { Lie } from './liars.js';

/**
 * Has the gate show on servers that lie, in this process, that it still finds them out.
 * @param lies what they do, by name; all that are known here, unless a test brings others
 * @returns how many there were
 * @throws {SelfTestFailed} if one of them passes, or fails for another reason than its own
 */
export async function selfTest(lies?: Readonly<Record<string, Lie>>): Promise<number> {
  const liars = await startLiars(lies);
  try {
    const plan: Plan = {
      endpoints: liars.endpoints.map(({ endpoint }) => endpoint),
      policy: { failOn: 'fail', onInconclusive: 'fail' },
      concurrency: liars.endpoints.length,
      retries: 0,
    };
    const { report } = await run(plan, {}, () => undefined);
    const believed = liars.endpoints.filter(({ mustFind }, i) => {
      const { result, steps = [] } = report.endpoints[i] ?? {};
      return result !== 'fail' || !steps.some(({ findings }) => findings.some(({ code }) => code === mustFind));
    });
    if (believed.length > 0) {
      const names = believed.map(({ endpoint, mustFind }) => `a server that ${endpoint.name} (${mustFind})`);
      throw new SelfTestFailed(`The self-test failed: the gate did not find out ${names.join(', ')}.`);
    }
    return liars.endpoints.length;
  } finally {
    await liars.close();
  }
}
