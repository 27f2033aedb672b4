import { finding } from '../../findings/finding.js';
import { own } from '../../text/own.js';
import { withheld } from '../authentication/authentication.js';
import type { Context } from '../context.js';
import { stopped, type SignedIn, type StepResult } from '../hand-over.js';

/** Step 5: a test message is delivered, if that is configured. */
export async function delivery(context: Context, signedIn: SignedIn): Promise<StepResult<undefined>> {
  const { endpoint, run } = context;
  if (!endpoint.delivery) {
    if (!endpoint.require.includes('delivery')) {
      return { ok: true, findings: [], next: undefined, skipped: 'not-configured' };
    }
    const message = own`Delivery is required, but it is not configured.`;
    const cause = run.inTerminal ? 'no-message-in-terminal' : 'no-message';
    return { ok: true, findings: [finding('step-required', message, { cause })], next: undefined };
  }
  if (!signedIn.isVerified) return stopped(withheld(endpoint));
  // Loaded only for a delivery.
  const { deliver } = await import('./deliver.js');
  return deliver(context, signedIn, endpoint.delivery);
}
