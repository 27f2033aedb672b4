import { hostname } from 'node:os';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { gateAll } from './scheduler.js';
import { redactorsFor } from './secrets.js';
import { assemble } from '../verdict/assemble.js';
import { Inboxes } from '../inbox/inboxes.js';
import { systemResolver } from '../net/connect.js';
import { ConnectionLimit } from '../net/connection-limit.js';
import { cnameResolver } from '../net/cname.js';
import { mxResolver } from '../net/mx.js';
import { textResolver } from '../net/txt.js';
import { Deadline } from '../net/deadline.js';
import type { Plan } from '../plan/endpoint.js';
import { redactReport } from '../secrets/redact-report.js';
import type { EndpointReport, Progress, Report, RunReport, Verdict } from '../report/report.js';
import { Judgments } from '../steps/certificate/judgments.js';
import { TrustStore } from '../tls/trust.js';

export interface Outcome {
  readonly report: Report;
  readonly verdict: Verdict;
  /** Aborted at the deadline, or when the run is canceled; this may be after the run has ended. */
  readonly cut: AbortSignal;
}

/**
 * Tests every endpoint of a plan.
 * @param env the environment, which says whether this is a GitHub-hosted runner
 * @param finished receives each report, without secrets, as its endpoint finishes
 * @param cancelled ends the run early; its reason says why
 * @param addMask receives each text that AUTH derives from a secret, to be masked in the log
 */
export async function run(
  plan: Plan,
  env: Readonly<Record<string, string | undefined>>,
  finished: (endpoint: EndpointReport, progress: Progress) => void,
  cancelled?: AbortSignal,
  addMask: (text: string) => void = () => undefined,
): Promise<Outcome> {
  const startedAt = new Date();
  const startedAtMs = performance.now();
  const redactorOf = redactorsFor(plan);
  const proxyVariable = Object.keys(env).find((name) => /^(?:https?|all)_proxy$/i.test(name) && env[name]);
  const inboxes = new Inboxes();
  const deadline = plan.deadlineMs === undefined ? undefined : AbortSignal.timeout(plan.deadlineMs);
  const cut = AbortSignal.any([cancelled, deadline].filter((signal) => signal !== undefined));
  const end = Deadline.on(cut);
  try {
    const gating = gateAll(
      plan,
      {
        endpoints: plan.endpoints,
        end,
        whyEnded: () =>
          cancelled?.aborted
            ? { why: String(cancelled.reason), cause: plan.inTerminal ? 'interrupted' : 'cancelled' }
            : { why: `the deadline of the run (${(plan.deadlineMs ?? 0) / 60_000} min) has passed` },
        resolver: systemResolver(),
        txt: textResolver(),
        mx: mxResolver(),
        cname: cnameResolver(),
        now: () => new Date(),
        hostName: hostname(),
        inTerminal: plan.inTerminal === true,
        hostedRunner: env.RUNNER_ENVIRONMENT === 'github-hosted',
        ...(plan.egressPolicy && { egressPolicy: plan.egressPolicy }),
        ...(plan.jobContainer && { jobContainer: plan.jobContainer }),
        ...(proxyVariable !== undefined && { proxyVariable }),
        trust: new TrustStore(),
        judgments: new Judgments(),
        inboxes,
        redactorOf,
        redact: (report, derivedSecrets) => redactReport(report, redactorOf(report), derivedSecrets),
        addMask,
        connections: new ConnectionLimit(plan.perHost ?? Infinity),
        whileWaiting: (wait) => wait(),
        pause: (ms) => end.race(pause(ms), () => new Error('the run is over')).catch(() => undefined),
        random: Math.random,
      },
      finished,
    );
    // The gate may also be suspended between two waits.
    const endpoints = await end.during(gating);
    const durationMs = performance.now() - startedAtMs;
    return { ...assemble(endpoints, { policy: plan.policy, run: identify(plan, env), startedAt, durationMs }), cut };
  } finally {
    await inboxes.close();
  }
}

/** What distinguishes this run from others, and this shard from the others of the run. */
function identify({ hash, shard }: Plan, env: Readonly<Record<string, string | undefined>>): RunReport {
  const { GITHUB_RUN_ID: id = '', GITHUB_RUN_ATTEMPT: attempt = '' } = env;
  return {
    ...(/^\d{1,20}$/.test(id) && { id }),
    ...(/^[1-9]\d{0,5}$/.test(attempt) && { attempt: Number(attempt) }),
    ...(shard && { shard: { k: shard.part, n: shard.parts } }),
    ...(hash !== undefined && { planHash: hash }),
  };
}
