import { excerpt } from '../../text/peer.js';
import type { Context } from '../context.js';

/** More names than these say nothing new. */
const MOST_NAMES = 2;

/** Causes in which another endpoint at the same host matters: its connections and messages count toward the same limit. */
export function isLimit(cause: string | undefined): boolean {
  return cause === 'rate-limit' || cause === 'connection-limit';
}

/** The evidence `sameHost`: other endpoints of the plan at the same host. */
export function sameHost(context: Pick<Context, 'endpoint' | 'run'> | undefined): { readonly sameHost?: string } {
  if (!context) return {};
  const { endpoint, run } = context;
  const host = endpoint.host.toLowerCase();
  const names = run.endpoints.filter((other) => other.name !== endpoint.name && other.host.toLowerCase() === host);
  if (names.length === 0) return {};
  return {
    sameHost: names
      .slice(0, MOST_NAMES)
      .map(({ name }) => excerpt(name))
      .join(', '),
  };
}
