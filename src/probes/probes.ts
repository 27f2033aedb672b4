import type { CauseOf } from '../findings/catalog.js';
import { finding, type KnownFinding } from '../findings/finding.js';
import { Deadline } from '../net/deadline.js';
import type { ProbeName } from '../plan/schema/enums.js';
import type { StepId } from '../report/report.js';
import { probeMs, spentProbe } from '../steps/budget.js';
import { onSideConnection } from '../steps/connection.js';
import type { Context } from '../steps/context.js';
import { errorToFinding } from '../steps/error-to-finding.js';
import type { Connection, Facts } from '../steps/hand-over.js';
import { Unanswered } from './answers.js';
import { commandInjection } from './command-injection.js';
import { plaintextAuth } from './plaintext-auth.js';
import { plaintextMail, unauthenticatedMail } from './plaintext-mail.js';
import { fixed, own, type OwnText } from '../text/own.js';

/*
 * Probes are optional tests, each on a side connection, while the main session waits at the end of the step that the
 * probe belongs to. No probe sends a credential, a client certificate or a recipient.
 */

interface Probe {
  readonly name: ProbeName;
  readonly step: StepId;
  /**
   * @param attempt the time limit of the attempt that the probe is part of
   * @throws {Unanswered} and what a session throws
   */
  readonly run: (side: Context, connection: Connection, attempt: Deadline) => Promise<KnownFinding | undefined>;
}

const PROBES: readonly Probe[] = [
  { name: 'plaintext-auth', step: 'capability', run: plaintextAuth },
  { name: 'plaintext-mail', step: 'capability', run: plaintextMail },
  { name: 'command-injection', step: 'upgrade', run: commandInjection },
  { name: 'plaintext-mail', step: 'authentication', run: unauthenticatedMail },
];

/** Whether the main session reached the point where the probes of a step begin. If not, its failure says enough. */
async function arePossible(step: StepId, { plaintext, insideTls, handshake }: Facts): Promise<boolean> {
  if (step === 'upgrade') return (await handshake?.outcome)?.ok ?? false;
  return (step === 'capability' ? plaintext : insideTls) !== undefined;
}

/** Runs the configured probes of a step, one after the other. Never throws. */
export async function runProbes(step: StepId, context: Context, facts: Facts): Promise<KnownFinding[]> {
  const { probes } = context.endpoint;
  const configured = PROBES.filter((one) => one.step === step && probes.includes(one.name));
  const findings: KnownFinding[] = [];
  if (configured.length === 0 || !(await arePossible(step, facts))) return findings;
  for (const probe of configured) {
    const found = await runProbe(probe, context, facts.address);
    if (found) findings.push(found);
  }
  return findings;
}

async function runProbe(
  { name, step, run }: Probe,
  context: Context,
  address: string | undefined,
): Promise<KnownFinding | undefined> {
  const budget = Deadline.after(probeMs(context.endpoint), context.budget);
  try {
    return await onSideConnection(
      context,
      { address, transcript: context.sideTranscript, budget },
      (side, connection) => run(side, connection, context.budget),
    );
  } catch (error) {
    if (error instanceof Unanswered) return inconclusive(name, error.sentence, {}, error.why);
    const received = step === 'authentication' ? 'inside-tls' : 'greeting';
    const { finding: found } = errorToFinding(error, context, received);
    if (found.code === 'internal-error') return found;
    // With TLS 1.3, the server says so after the handshake.
    const cause = found.code === 'client-certificate-required' ? 'client-certificate' : undefined;
    return inconclusive(name, own`${found.message}${spentProbe(budget, context.endpoint)}`, found.evidence, cause);
  }
}

function inconclusive(
  probe: ProbeName,
  why: OwnText,
  evidence: KnownFinding['evidence'] = {},
  cause?: CauseOf<'probe-inconclusive'>,
): KnownFinding {
  return finding('probe-inconclusive', own`The probe ${fixed(probe)} has no result. ${why}`, {
    evidence: { ...evidence, probe },
    ...(cause && { cause }),
  });
}
