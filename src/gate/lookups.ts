import { ConnectFailure } from '../net/connect.js';
import { MxFailure } from '../net/mx.js';
import type { RunContext } from '../steps/context.js';
import { pauseBefore } from './retries.js';

/**
 * Repeats a lookup that fails temporarily, with the same pauses as between attempts.
 * @returns what it finds, or its failure; throws any other error
 */
export async function lookUpWithRetries<T>(
  lookUp: () => Promise<T>,
  retries: number,
  run: RunContext,
): Promise<T | ConnectFailure | MxFailure> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await lookUp();
    } catch (error) {
      if (!(error instanceof ConnectFailure || error instanceof MxFailure)) throw error;
      if (!error.transient || tries > retries) return error;
    }
    await run.pause(pauseBefore(tries + 1, run));
  }
}
