import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { gateAll } from './scheduler.js';
import { redactorsFor } from './secrets.js';
import { judge } from '../verdict/verdict.js';
import { Inboxes } from '../inbox/inboxes.js';
import { systemResolver } from '../net/connect.js';
import { textResolver } from '../net/txt.js';
import { Deadline } from '../net/deadline.js';
import type { Plan } from '../plan/endpoint.js';
import { redactReport } from '../secrets/redact-report.js';
import { SCHEMA_VERSION, TOOL } from '../report/report.js';
import type { EndpointReport, Progress, Report, Verdict } from '../report/report.js';
import { TrustStore } from '../tls/trust.js';

const MINUTE_MS = 60_000;

/** What came of a run. */
export interface Outcome {
  readonly report: Report;
  readonly verdict: Verdict;
  /** Aborted at the deadline, or when the run is cancelled; this may be after the run has ended. */
  readonly cut: AbortSignal;
}

/**
 * The story on one page: a Plan goes in, every endpoint is gated, a Report and a Verdict come out.
 * @param env the environment; it tells whether this is a runner of GitHub's own
 * @param finished receives each report, without secrets, as its endpoint finishes
 * @param cancelled ends the run before its time; its reason says why
 * @param addMask receives what is computed from a secret for one sign-in alone, to be masked in a log
 */
export async function run(
  plan: Plan,
  env: Readonly<Record<string, string | undefined>>,
  finished: (endpoint: EndpointReport, progress: Progress) => void,
  cancelled?: AbortSignal,
  addMask: (text: string) => void = () => undefined,
): Promise<Outcome> {
  const startedAt = new Date();
  const begun = performance.now();
  const redactorOf = redactorsFor(plan);
  const proxyVariable = Object.keys(env).find((name) => /^(?:https?|all)_proxy$/i.test(name) && env[name]);
  const inboxes = new Inboxes();
  const cut = AbortSignal.any([
    ...(cancelled ? [cancelled] : []),
    ...(plan.deadlineMs === undefined ? [] : [AbortSignal.timeout(plan.deadlineMs)]),
  ]);
  // As many waits end with it as there are.
  setMaxListeners(0, cut);
  const end = Deadline.on(cut);
  try {
    const gating = gateAll(
      plan,
      {
        end,
        whyEnded: () =>
          cancelled?.aborted
            ? { why: String(cancelled.reason), cause: 'cancelled' }
            : { why: `its deadline of ${(plan.deadlineMs ?? 0) / MINUTE_MS} min is over` },
        resolver: systemResolver(),
        txt: textResolver(),
        now: () => new Date(),
        hostName: hostname(),
        hostedRunner: env.RUNNER_ENVIRONMENT === 'github-hosted',
        ...(proxyVariable !== undefined && { proxyVariable }),
        trust: new TrustStore(),
        inboxes,
        redact: (report, derivedSecrets) => redactReport(report, redactorOf(report).with(derivedSecrets)),
        addMask,
        pause: (ms) => end.race(pause(ms), () => new Error('the run is over')).catch(() => undefined),
        random: Math.random,
      },
      finished,
    );
    // The gate can be stopped between two waits, too.
    const endpoints = await end.during(gating);
    const verdict = judge(endpoints, plan.policy);
    const report: Report = {
      schemaVersion: SCHEMA_VERSION,
      tool: TOOL,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - begun),
      result: verdict.result,
      endpoints,
    };
    return { report, verdict, cut };
  } finally {
    await inboxes.close();
  }
}
