import type { CauseOf } from '../findings/catalog.js';
import type { KnownFinding } from '../findings/finding.js';
import { Deadline } from '../net/deadline.js';
import type { EndpointReport } from '../report/report.js';
import { lookUp } from '../steps/connection.js';
import type { Context, RunContext } from '../steps/context.js';

/** What the limit of a server depends on. */
interface Attempted {
  readonly report: Pick<EndpointReport, 'address' | 'steps'>;
  /** Whether the server asks for fewer connections. */
  readonly isThrottled: boolean;
}

/**
 * Waits until a connection to the IP addresses of an endpoint may be opened, while other endpoints run. The wait is
 * not part of the attempt, so it does not count toward a time limit.
 * @param pauseMs milliseconds without a new connection if the server asks for fewer
 * @param work the attempt. Its turn ends with it, if it does not end it earlier
 */
export async function inTurn<T extends Attempted>(
  { endpoint, addresses }: Pick<Context, 'endpoint' | 'addresses'>,
  run: RunContext,
  pauseMs: number,
  work: (more: Pick<Context, 'found' | 'turn'>) => Promise<T>,
): Promise<T> {
  const { connections, end, whileWaiting } = run;
  const found = addresses ?? (await lookUp(endpoint.host, Deadline.after(endpoint.timeoutMs, end), run));
  if (found instanceof Error) return work({ found });
  const hosts = found.map(({ address }) => address);
  const wait = async () => {
    const entering = connections.enter(hosts);
    try {
      return await end.race(entering, () => new Error('the run is over'));
    } catch {
      void entering.then((late) => {
        late.end();
      });
      return undefined;
    }
  };
  const turn = connections.tryEnter(hosts) ?? (await whileWaiting(wait));
  try {
    const attempted = await work({ found, turn });
    // The next connection may be opened as soon as the turn ends.
    adjustLimit(attempted, pauseMs, run);
    return attempted;
  } finally {
    turn?.end();
  }
}

/** The causes of findings in which a server says that clients connect, authenticate or send too often. */
const TOO_OFTEN: readonly (string | undefined)[] = [
  'rate-limit' satisfies CauseOf<'greeting-rejected'> & CauseOf<'sender-rejected'>,
  'connection-limit' satisfies CauseOf<'sender-rejected'>,
  'server-busy' satisfies CauseOf<'sender-rejected'>,
  'too-many-attempts' satisfies CauseOf<'auth-rejected'> & CauseOf<'auth-temporary-failure'>,
];

/** Whether the server asks for fewer connections: it replied with 421, or reports a rate limit. */
export function asksForFewer({ code, cause }: KnownFinding): boolean {
  return code === 'throttled' || TOO_OFTEN.includes(cause);
}

function adjustLimit(
  { report: { address, steps }, isThrottled }: Attempted,
  pauseMs: number,
  { connections }: RunContext,
): void {
  if (address === undefined) return;
  if (isThrottled) connections.slowDown(address, pauseMs);
  else if (steps.some(({ status }) => status === 'pass')) connections.speedUp(address);
}
