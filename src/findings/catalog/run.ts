import { STEP_IDS } from '../../report/report.js';
import { entriesOf, type CatalogEntry } from './entry.js';
import { fields } from './evidence.js';

const { error, notice } = entriesOf(STEP_IDS);

const EMPTY_SECRETS =
  'If the values come from secrets, check that these exist: a secret that does not exist is empty, and so is every secret in a pull request from a fork.';

/** Findings of the run itself. */
export const RUN = {
  'step-required': error(
    'Required step not configured',
    'The step is listed in `require`, but its configuration is missing: credentials for `authentication`; for `delivery`, a message and an inbox to prove that it arrives (or `delivery.expect: accepted` or `refused`).',
    { party: 'configuration', certainty: 'certain', remedy: `Configure what the step needs. ${EMPTY_SECRETS}` },
    {
      steps: ['authentication', 'delivery'],
      evidence: {},
      causes: {
        'no-credentials': {
          title: 'No credentials configured',
          party: 'configuration',
          certainty: 'certain',
          remedy: `Configure \`auth\`, or \`username\` and \`password\`. ${EMPTY_SECRETS}`,
        },
        'no-credentials-in-terminal': {
          title: 'No credentials configured',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Configure `auth` in the config file, or set `--username` and the environment variable `STARTTLS_GATE_PASSWORD`.',
        },
        'no-credentials-for-mx': {
          title: 'MX hosts get no credentials',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Set `require` of this endpoint to a list without `authentication`; it may be empty (`require: []`). An endpoint with `mx` has no credentials, because the names of the MX hosts come from DNS. To test AUTH, use an endpoint with `host`.',
        },
        'no-message': {
          title: 'No test message configured',
          party: 'configuration',
          certainty: 'certain',
          remedy: `Configure \`delivery\`, or \`mail-from\`, \`rcpt-to\` and \`inbox\`. ${EMPTY_SECRETS}`,
        },
        'no-message-in-terminal': {
          title: 'No test message configured',
          party: 'configuration',
          certainty: 'certain',
          remedy: 'Configure `delivery` in the config file, or set `--mail-from`, `--rcpt-to` and `--inbox`.',
        },
        'no-inbox': {
          title: 'No inbox configured',
          party: 'configuration',
          certainty: 'certain',
          remedy: `Configure \`delivery.inbox\`, or \`inbox\`. If acceptance by the server is enough, set \`delivery.expect: accepted\`. ${EMPTY_SECRETS}`,
        },
        'no-inbox-in-terminal': {
          title: 'No inbox configured',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Configure `delivery.inbox` in the config file, or set `--inbox`. An inbox with a password also needs `--inbox-username` and the environment variable `STARTTLS_GATE_INBOX_PASSWORD`. If acceptance by the server is enough, set `delivery.expect: accepted`.',
        },
      },
    },
  ),
  'waiver-expired': error(
    'Waiver expired',
    'The last day of a waiver (`until`) has passed, so its finding counts again.',
    {
      party: 'configuration',
      certainty: 'certain',
      remedy: 'Fix the problem, or decide how much longer to waive it, and change `until`.',
    },
    { evidence: fields('finding', 'until') },
  ),
  'waiver-unused': notice(
    'Waiver not needed',
    'The finding that a waiver names did not occur, although its step ran.',
    {
      party: 'configuration',
      certainty: 'certain',
      remedy: 'Remove the waiver, so that it does not hide the finding if the problem comes back.',
    },
    { evidence: fields('finding', 'until') },
  ),
  'run-stopped': error(
    'Run stopped early',
    'The deadline of the run passed, or the run was canceled, before this step ended. Nothing is known about this step and the steps after it, so none of them passes, and the job fails regardless of `fail-on` and `on-inconclusive`.',
    {
      title: 'Deadline of the run reached',
      party: 'configuration',
      certainty: 'certain',
      remedy:
        'Raise `deadline`, lower `timeout`, `retries` or `delivery.within`, or divide the endpoints among several runs with `shard`. The durations in the report show which steps are slow.',
    },
    {
      evidence: {},
      causes: {
        cancelled: {
          title: 'Run canceled',
          party: 'configuration',
          certainty: 'certain',
          remedy:
            'Run it again. The page of the workflow run shows who or what canceled it: a person, a newer run of the same `concurrency` group, or a `timeout-minutes` that is too short. If it is too short, raise it, or lower `timeout`, `retries` or `delivery.within`.',
        },
        interrupted: {
          title: 'Run interrupted',
          party: 'configuration',
          certainty: 'certain',
          remedy: 'Run it again, and let it finish. To limit the duration of a run, set `--deadline`.',
        },
      },
    },
  ),
  'runner-starved': error(
    'Gate process suspended or starved of CPU time',
    'The gate process got no CPU time for at least five seconds during the attempt: the machine was suspended, overloaded, or limited to a small part of a CPU. Then the connection failed. Servers close the connection to a client that is silent for too long, so the server may be healthy. The gate repeats the attempt, as after any transient failure.',
    {
      party: 'configuration',
      certainty: 'likely',
      remedy:
        'Run the gate again. If it persists, use a machine with more CPU, lower `concurrency`, or run fewer other programs at the same time.',
    },
    { evidence: { suspendedFor: 'how long the gate did not run', ...fields('finding') } },
  ),
  'internal-error': error(
    'Internal error',
    'The gate has a bug: its own code reached an unexpected state. The endpoint has not been judged.',
    {
      party: 'gate',
      certainty: 'certain',
      remedy: 'Please report it, with this message and the version of the gate. The other endpoints are not affected.',
    },
    { evidence: {} },
  ),
} as const satisfies Record<string, CatalogEntry>;
