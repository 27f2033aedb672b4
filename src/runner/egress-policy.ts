import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { EgressPolicy } from '../plan/endpoint.js';
import type { Environment } from '../plan/source/expand.js';
import { inWorkflow } from './source.js';

const HARDEN_RUNNER = 'step-security/harden-runner@';

/**
 * Finds a step of this job that blocks outbound connections, which looks like a server that does not respond.
 * @returns undefined if there is none, or if what it does depends on an expression
 */
export function findEgressPolicy(env: Environment): EgressPolicy | undefined {
  return inWorkflow(env, (file, workflow) => {
    const counter = new LineCounter();
    const jobs = parseDocument(workflow, { lineCounter: counter }).get('jobs');
    if (!isMap(jobs)) return undefined;
    const [only, ...others] = jobs.items;
    const job = env.GITHUB_JOB ? jobs.get(env.GITHUB_JOB) : others.length === 0 ? only?.value : undefined;
    const steps = isMap(job) ? job.get('steps') : undefined;
    if (!isSeq(steps)) return undefined;
    for (const step of steps.items) {
      const uses = isMap(step) ? step.get('uses', true) : undefined;
      if (!isMap(step) || !isScalar(uses) || !String(uses.value).startsWith(HARDEN_RUNNER)) continue;
      const policy = step.getIn(['with', 'egress-policy']);
      const endpoints = step.getIn(['with', 'allowed-endpoints']);
      const allowed = typeof endpoints === 'string' ? endpoints : '';
      if (policy !== 'block' || allowed.includes('${{')) return undefined;
      const { line } = counter.linePos(uses.range?.[0] ?? 0);
      return { file, line, allowed: allowed.split(/[\s,]+/).filter((endpoint) => endpoint !== '') };
    }
    return undefined;
  });
}
