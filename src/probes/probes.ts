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

/*
 * Probes are optional tests, each on a side connection, while the main session waits at the end of the step that the
 * probe belongs to. No probe sends a credential, a client certificate or a recipient.
 */

interface Probe {
  readonly name: ProbeName;
  readonly step: StepId;
  /** Whether the main session reached the point where the probe begins. If not, its failure says enough. */
  readonly isPossible: (facts: Facts) => boolean | Promise<boolean>;
  /** @throws {Unanswered} and what a session throws */
  readonly run: (side: Context, connection: Connection) => Promise<KnownFinding | undefined>;
}

const offersPlaintext = ({ plaintext }: Facts): boolean => plaintext !== undefined;

const PROBES: readonly Probe[] = [
  { name: 'plaintext-auth', step: 'capability', isPossible: offersPlaintext, run: plaintextAuth },
  { name: 'plaintext-mail', step: 'capability', isPossible: offersPlaintext, run: plaintextMail },
  {
    name: 'command-injection',
    step: 'upgrade',
    isPossible: async ({ handshake }) => (await handshake?.outcome)?.ok ?? false,
    run: commandInjection,
  },
  {
    name: 'plaintext-mail',
    step: 'authentication',
    isPossible: ({ insideTls }) => insideTls !== undefined,
    run: unauthenticatedMail,
  },
];

/** Runs the configured probes of a step, one after the other. Never throws. */
export async function runProbes(step: StepId, context: Context, facts: Facts): Promise<KnownFinding[]> {
  const findings: KnownFinding[] = [];
  const { probes } = context.endpoint;
  for (const probe of PROBES.filter((one) => one.step === step && probes.includes(one.name))) {
    const found = (await probe.isPossible(facts)) && (await runProbe(probe, context, facts.address));
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
    return await onSideConnection(context, { address, transcript: context.sideTranscript, budget }, run);
  } catch (error) {
    if (error instanceof Unanswered) return inconclusive(name, error.message);
    const received = step === 'authentication' ? 'inside-tls' : 'greeting';
    const { finding: found } = errorToFinding(error, context, received);
    if (found.code === 'internal-error') return found;
    return inconclusive(name, `${found.message}${spentProbe(budget, context.endpoint)}`, found.evidence);
  }
}

function inconclusive(probe: ProbeName, why: string, evidence: Readonly<Record<string, string>> = {}): KnownFinding {
  return finding('probe-inconclusive', `The probe ${probe} has no result. ${why}`, {
    evidence: { ...evidence, probe },
  });
}
