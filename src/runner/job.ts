import { isMap, isSeq, type Document, type YAMLMap } from 'yaml';
import type { Environment } from '../plan/source/expand.js';

/** The job of a workflow that runs the gate; undefined if it is not known which one that is. */
export function jobIn(workflow: Document, env: Environment): YAMLMap | undefined {
  const jobs = workflow.get('jobs');
  if (!isMap(jobs)) return undefined;
  const [only, ...others] = jobs.items;
  const job = env.GITHUB_JOB ? jobs.get(env.GITHUB_JOB) : others.length === 0 ? only?.value : undefined;
  return isMap(job) ? job : undefined;
}

/** The steps of a job, in order; none if the job is not known or calls a reusable workflow. */
export function stepsOf(job: YAMLMap | undefined): YAMLMap[] {
  const steps = job?.get('steps');
  return isSeq(steps) ? steps.items.filter(isMap) : [];
}
