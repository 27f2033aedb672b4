import { EVERY } from './entry.js';
import type { CatalogueEntry } from './entry.js';
import { fields } from './evidence.js';

/** Findings of the run itself. */
export const RUN = {
  'step-required': {
    title: 'Required step not configured',
    severity: 'error',
    steps: ['authentication', 'delivery'],
    explanation:
      'The step is listed in `require`, but its configuration is missing: credentials for `authentication`; for `delivery`, a message and an inbox to prove that it arrives.',
    evidence: {},
    remedy:
      'Configure credentials (`auth`), or `delivery` with an inbox. If acceptance by the server is enough, set `delivery.expect: accepted`. If the values come from secrets, remember that a secret that does not exist is empty, and so is every secret in a pull request from a fork.',
  },
  'waiver-expired': {
    title: 'Waiver has ended',
    severity: 'error',
    steps: EVERY,
    explanation: 'A finding is waived until a day that is over, so it counts again.',
    evidence: fields('finding', 'until'),
    remedy: 'Mend the finding, or decide anew how long it may stand and move `until`.',
  },
  'waiver-unused': {
    title: 'Waiver not needed',
    severity: 'notice',
    steps: EVERY,
    explanation: 'The finding that a waiver names did not occur, though its step was carried out.',
    evidence: fields('finding', 'until'),
    remedy: 'Take the waiver out, lest it hides the finding when it comes back.',
  },
  'run-stopped': {
    title: 'Run ended before its time',
    severity: 'error',
    steps: EVERY,
    explanation:
      'The deadline of the run was over, or the run was cancelled, before this step had come to its end. Nothing is known of it and of those behind it, so nothing of them is green, and the job fails whatever the policy.',
    evidence: {},
    remedy:
      'Raise `deadline`, lower `timeout`, `retries` or `delivery.within`, or spread the endpoints over several jobs with `shard`. The steps that are slow show their durations in the report.',
  },
  'runner-starved': {
    title: 'Gate suspended or short of CPU',
    severity: 'error',
    steps: EVERY,
    explanation:
      'The process of the gate did not run for five seconds or longer during the attempt: the machine was suspended, overloaded, or limited to a small part of a CPU. Then the connection failed. Servers close the connection to a client that is silent for too long, so the server may be healthy. The attempt is repeated, as after any transient failure.',
    evidence: { stoodStill: 'how long the gate did not run', ...fields('finding') },
    remedy:
      'Run the job again. If it persists, use a runner with more CPU, lower `concurrency`, or run fewer other programs in the job at the same time.',
  },
  'internal-error': {
    title: 'Defect of the gate itself',
    severity: 'error',
    steps: EVERY,
    explanation:
      'The gate came upon something in its own code that should not happen. The endpoint has not been judged.',
    evidence: {},
    remedy: 'Please report it, with this message and the version of the gate. The other endpoints are not affected.',
  },
} as const satisfies Record<string, CatalogueEntry>;
