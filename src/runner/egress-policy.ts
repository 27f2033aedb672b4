import { isScalar, LineCounter, parseDocument } from 'yaml';
import type { EgressPolicy } from '../plan/endpoint.js';
import type { Environment } from '../plan/source/expand.js';
import { jobIn, stepsOf } from './job.js';
import { inWorkflow } from './source.js';

const HARDEN_RUNNER = 'step-security/harden-runner@';

/**
 * Finds a step of this job that blocks outbound connections, which looks like a server that does not respond.
 * @returns undefined if there is none, or if what it does depends on an expression
 */
export function findEgressPolicy(env: Environment): EgressPolicy | undefined {
  return inWorkflow(env, (file, workflow) => {
    const counter = new LineCounter();
    const job = jobIn(parseDocument(workflow, { lineCounter: counter }), env);
    for (const step of stepsOf(job)) {
      const uses = step.get('uses', true);
      if (!isScalar(uses) || !String(uses.value).startsWith(HARDEN_RUNNER)) continue;
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
