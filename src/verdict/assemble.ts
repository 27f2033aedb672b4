import type { GatePolicy } from '../plan/endpoint.js';
import {
  SCHEMA_VERSION,
  TOOL,
  type EndpointReport,
  type Report,
  type RunReport,
  type Verdict,
} from '../report/report.js';
import { countsOf, judge } from './verdict.js';

interface Circumstances {
  readonly policy: GatePolicy;
  readonly run: RunReport;
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** The report of a run, and its verdict, which says the same. @param endpoints without secrets, in the order of the report */
export function assemble(
  endpoints: EndpointReport[],
  { policy, run, startedAt, durationMs }: Circumstances,
): { report: Report; verdict: Verdict } {
  const verdict = judge(endpoints, policy);
  const report = {
    schemaVersion: SCHEMA_VERSION,
    tool: TOOL,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(durationMs),
    result: verdict.result,
    blocked: verdict.blocks,
    policy: { ...policy },
    counts: countsOf(endpoints),
    run,
    endpoints,
  } as const;
  return { report, verdict };
}
