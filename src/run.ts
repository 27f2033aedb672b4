import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { gateFleet } from './gate/fleet.js';
import { judge } from './gate/verdict.js';
import { Inboxes } from './inbox/inboxes.js';
import { systemResolver } from './net/connect.js';
import type { Plan } from './plan/endpoint.js';
import { redactorsFor } from './redaction.js';
import { redactEndpoint } from './report/redact.js';
import type { EndpointReport, Report, Verdict } from './report/report.js';
import { TrustStore } from './tls/trust.js';
import { VERSION } from './version.js';

/** What came of a run. */
export interface Outcome {
  readonly report: Report;
  readonly verdict: Verdict;
}

/**
 * The story on one page: a Plan goes in, the fleet is gated, a Report and a Verdict come out.
 * @param env the environment; it tells whether this is a runner of GitHub's own
 * @param finished told of each endpoint as it finishes, without secrets
 */
export async function run(
  plan: Plan,
  env: Readonly<Record<string, string | undefined>>,
  finished: (endpoint: EndpointReport) => void,
): Promise<Outcome> {
  const startedAt = new Date();
  const begun = performance.now();
  const redactorOf = redactorsFor(plan);
  const inboxes = new Inboxes();
  try {
    const endpoints = await gateFleet(
      plan,
      {
        resolver: systemResolver,
        now: () => new Date(),
        hostName: hostname(),
        hostedRunner: env.RUNNER_ENVIRONMENT === 'github-hosted',
        trust: new TrustStore(),
        inboxes,
        redact: (endpoint) => redactEndpoint(endpoint, redactorOf(endpoint.name)),
        pause,
        random: Math.random,
      },
      finished,
    );
    const verdict = judge(endpoints, plan.policy);
    const report: Report = {
      schemaVersion: 1,
      tool: { name: 'starttls-gate', version: VERSION },
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - begun),
      result: verdict.result,
      endpoints,
    };
    return { report, verdict };
  } finally {
    await inboxes.close();
  }
}
