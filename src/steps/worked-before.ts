import type { KnownFinding } from '../findings/finding.js';
import { ConnectFailure } from '../net/connect.js';
import { STEP_IDS, type StepId } from '../report/report.js';
import { ConnectionLost, ReplyTimeout } from '../smtp/session.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { Context } from './context.js';

/**
 * Replaces the cause of a failure before the greeting if an earlier attempt got further: then neither the address nor the
 * port is wrong, and the server greets its clients.
 */
export function unlessWorkedBefore(found: KnownFinding, error: unknown, context: Context): KnownFinding {
  const { reached } = context;
  const failed = failedStep(error, context);
  if (reached === undefined || failed === undefined || !isAfter(reached, failed)) return found;
  const isAvailability =
    found.code === 'connection-refused' ||
    found.code === 'connection-timeout' ||
    found.code === 'connection-lost' ||
    found.code === 'reply-timeout';
  return isAvailability ? { ...found, evidence: { ...found.evidence, reached }, cause: 'worked-before' } : found;
}

/** The step in which the server did not accept the connection, or did not greet the client. */
function failedStep(error: unknown, { endpoint }: Context): StepId | undefined {
  if (error instanceof ConnectFailure) return openingStep(endpoint);
  if (!(error instanceof ConnectionLost || error instanceof ReplyTimeout)) return undefined;
  const { at, heard } = error;
  if (at.of !== 'greeting' || !at.isDue || heard.length > 0) return undefined;
  return at.overTls ? 'authentication' : openingStep(endpoint);
}

/** Whether an earlier attempt had a connection to the server. */
export function hasConnectedBefore({ endpoint, reached }: Pick<Context, 'endpoint' | 'reached'>): boolean {
  return reached !== undefined && isAfter(reached, openingStep(endpoint));
}

function openingStep({ transport }: Endpoint): StepId {
  return transport === 'implicit' ? 'certificate' : 'capability';
}

function isAfter(step: StepId, other: StepId): boolean {
  return STEP_IDS.indexOf(step) > STEP_IDS.indexOf(other);
}
