import type { KnownFinding } from '../findings/finding.js';
import { ConnectFailure } from '../net/connect.js';
import { STEP_IDS, type StepId } from '../report/report.js';
import { ConnectionLost, ReplyTimeout } from '../smtp/session.js';
import type { Endpoint } from '../plan/endpoint.js';
import { fixed, own } from '../text/own.js';
import type { Context, EarlierFailure } from './context.js';

/**
 * Replaces the cause of a failure before the greeting if an earlier attempt got further: then neither the address nor the
 * port is wrong, and the server greets its clients.
 */
export function unlessWorkedBefore(found: KnownFinding, error: unknown, context: Context): KnownFinding {
  const { furthest } = context;
  const failed = failedStep(error, context);
  if (furthest === undefined || failed === undefined || !isAfter(furthest.step, failed)) return found;
  const { step, message, awaited, detail, beforeTls } = furthest;
  const more = {
    // The earlier message is redacted.
    message: own`${found.message} An earlier attempt got further: ${fixed(message)}`,
    evidence: {
      ...found.evidence,
      reached: step,
      ...(awaited !== undefined && { earlierAwaited: fixed(awaited) }),
      ...(detail !== undefined && { earlierDetail: fixed(detail) }),
      ...(beforeTls !== undefined && { beforeTls: fixed(beforeTls) }),
    },
  };
  if (found.code === 'connection-refused' || found.code === 'connection-timeout') {
    return { ...found, ...more, cause: 'worked-before' };
  }
  if (found.code !== 'connection-lost' && found.code !== 'reply-timeout') return found;
  const died = beforeTls === undefined ? 'stopped-before-auth' : 'stopped-before-auth-over-tls';
  return { ...found, ...more, cause: isBeforeAuth(furthest) ? died : 'worked-before' };
}

/** Whether the server closed the connection instead of listing AUTH. */
function isBeforeAuth({ awaited, detail }: EarlierFailure): boolean {
  return awaited === 'the reply to EHLO over TLS' && detail !== undefined;
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
export function hasConnectedBefore({ endpoint, furthest }: Pick<Context, 'endpoint' | 'furthest'>): boolean {
  return furthest !== undefined && isAfter(furthest.step, openingStep(endpoint));
}

/** The step that opens the connection. */
export function openingStep({ transport }: Pick<Endpoint, 'transport'>): StepId {
  return transport === 'implicit' ? 'certificate' : 'capability';
}

function isAfter(step: StepId, other: StepId): boolean {
  return STEP_IDS.indexOf(step) > STEP_IDS.indexOf(other);
}
