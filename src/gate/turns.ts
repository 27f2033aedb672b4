import type { CauseOf } from '../findings/catalog.js';
import type { KnownFinding } from '../findings/finding.js';
import { Deadline } from '../net/deadline.js';
import type { EndpointReport } from '../report/report.js';
import { lookUp } from '../steps/connection.js';
import type { Context, RunContext } from '../steps/context.js';

/**
 * Waits until a connection to the IP addresses of an endpoint may be opened, while other endpoints run. The wait is
 * not part of the attempt, so it does not count toward a time limit.
 * @param work the attempt. It gives its turn back as soon as the connection is closed, at its end at the latest
 */
export async function inTurn<T>(
  { endpoint, addresses }: Pick<Context, 'endpoint' | 'addresses'>,
  run: RunContext,
  work: (more: Pick<Context, 'found' | 'turn'>) => Promise<T>,
): Promise<T> {
  const { connections, end, whileWaiting } = run;
  const found = addresses ?? (await lookUp(endpoint.host, Deadline.after(endpoint.timeoutMs, end), run));
  if (found instanceof Error) return work({ found });
  const hosts = found.map(({ address }) => address);
  const wait = () => end.race(connections.enter(hosts), () => new Error('the run is over')).catch(() => undefined);
  const turn = connections.tryEnter(hosts) ?? (await whileWaiting(wait));
  try {
    return await work({ found, turn });
  } finally {
    turn?.end();
  }
}

/** The causes of findings in which a server says that clients connect, authenticate or send too often. */
const TOO_OFTEN: readonly (string | undefined)[] = [
  'rate-limit' satisfies CauseOf<'greeting-rejected'> & CauseOf<'sender-rejected'>,
  'too-many-attempts' satisfies CauseOf<'auth-rejected'> & CauseOf<'auth-temporary-failure'>,
];

/** Whether the server asks for fewer connections: it replied with 421, or reports a rate limit. */
export function asksForFewer({ code, cause }: KnownFinding): boolean {
  return code === 'throttled' || TOO_OFTEN.includes(cause);
}

/**
 * Adapts the limit of a server after an attempt.
 * @param isThrottled whether it asks for fewer connections
 * @param pauseMs milliseconds without a new connection
 */
export function adjustLimit(
  { address, steps }: Pick<EndpointReport, 'address' | 'steps'>,
  isThrottled: boolean,
  pauseMs: number,
  { connections }: RunContext,
): void {
  if (address === undefined) return;
  if (isThrottled) connections.slowDown(address, pauseMs);
  else if (steps.some(({ status }) => status === 'pass')) connections.speedUp(address);
}
