import type { ReproducibleEndpoint } from '../findings/reproduce.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { Facts } from '../steps/hand-over.js';

/** An endpoint with the values that the gate used, so that a command uses the same. */
export function asUsed(
  endpoint: Endpoint,
  { ehloName, endsInDefaultStore, inboxMailbox: mailbox }: Facts,
): ReproducibleEndpoint {
  const { delivery } = endpoint;
  return {
    ...endpoint,
    ...(ehloName !== undefined && { ehlo: ehloName }),
    ...(endsInDefaultStore !== undefined && { endsInDefaultStore }),
    ...(delivery?.inbox &&
      mailbox !== undefined && { delivery: { ...delivery, inbox: { ...delivery.inbox, mailbox } } }),
  };
}
