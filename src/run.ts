import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { FindingCode } from './findings/catalogue.js';
import { gateFleet } from './gate/fleet.js';
import { judge } from './gate/verdict.js';
import { Inboxes } from './inbox/inboxes.js';
import { systemResolver } from './net/connect.js';
import { textResolver } from './net/txt.js';
import { Deadline } from './net/deadline.js';
import type { Plan } from './plan/endpoint.js';
import { redactorsFor } from './redaction.js';
import { redactEndpoint } from './report/redact.js';
import type { EndpointReport, Report, Verdict } from './report/report.js';
import { TrustStore } from './tls/trust.js';
import { VERSION } from './version.js';

const MINUTE_MS = 60_000;

/** What came of a run. */
export interface Outcome {
  readonly report: Report;
  readonly verdict: Verdict;
}

/**
 * The story on one page: a Plan goes in, the fleet is gated, a Report and a Verdict come out.
 * @param env the environment; it tells whether this is a runner of GitHub's own
 * @param finished told of each endpoint as it finishes, without secrets
 * @param cancelled ends the run before its time; its reason says why
 * @param conceal told of what is made of a secret for one sign-in alone, for whoever keeps secrets out of a log
 */
export async function run(
  plan: Plan,
  env: Readonly<Record<string, string | undefined>>,
  finished: (endpoint: EndpointReport) => void,
  cancelled?: AbortSignal,
  conceal: (text: string) => void = () => undefined,
): Promise<Outcome> {
  const startedAt = new Date();
  const begun = performance.now();
  const redactorOf = redactorsFor(plan);
  const inboxes = new Inboxes();
  const cut = AbortSignal.any([
    ...(cancelled ? [cancelled] : []),
    ...(plan.deadlineMs === undefined ? [] : [AbortSignal.timeout(plan.deadlineMs)]),
  ]);
  // As many waits end with it as there are.
  setMaxListeners(0, cut);
  const end = Deadline.on(cut);
  try {
    const endpoints = await gateFleet(
      plan,
      {
        end,
        whyEnded: () =>
          cancelled?.aborted
            ? String(cancelled.reason)
            : `its deadline of ${(plan.deadlineMs ?? 0) / MINUTE_MS} min is over`,
        resolver: systemResolver,
        txt: textResolver(),
        now: () => new Date(),
        hostName: hostname(),
        hostedRunner: env.RUNNER_ENVIRONMENT === 'github-hosted',
        trust: new TrustStore(),
        inboxes,
        redact: (endpoint) => redactEndpoint(endpoint, redactorOf(endpoint.name)),
        conceal,
        pause: (ms) => end.race(pause(ms), () => new Error('the run is over')).catch(() => undefined),
        random: Math.random,
      },
      finished,
    );
    const verdict = judge(endpoints, plan.policy, wasCutShort(endpoints));
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

/**
 * Whether an endpoint was left before its time, by the end of the run or by a defect of our own. A run whose end comes
 * after the last of them is whole.
 */
function wasCutShort(endpoints: readonly EndpointReport[]): boolean {
  const unjudged = new Set<string>(['run-stopped', 'internal-error'] satisfies FindingCode[]);
  return endpoints.some(({ steps }) => steps.some(({ findings }) => findings.some(({ code }) => unjudged.has(code))));
}
