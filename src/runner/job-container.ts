import { isMap, parseDocument } from 'yaml';
import type { JobContainer } from '../plan/endpoint.js';
import type { Environment } from '../plan/source/expand.js';
import { jobIn } from './job.js';
import { inWorkflow } from './source.js';

/** Where the runner mounts its folder for work in the container of a job. */
const MOUNTED_WORK = '/__w/';

/** @returns the container that the job runs in; undefined if it runs on the runner itself */
export function findJobContainer(env: Environment): JobContainer | undefined {
  const job = inWorkflow(env, (_, workflow) => jobIn(parseDocument(workflow), env));
  if (!env.GITHUB_WORKSPACE?.startsWith(MOUNTED_WORK) && !job?.has('container')) return undefined;
  const services = job?.get('services');
  return { services: isMap(services) ? services.items.map(({ key }) => String(key)) : [] };
}
