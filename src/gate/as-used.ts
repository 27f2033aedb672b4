import type { ReproducibleEndpoint } from '../findings/reproduce.js';
import type { Endpoint } from '../plan/endpoint.js';
import { keyKindOf } from '../tls/trust.js';
import type { Facts } from '../steps/hand-over.js';

/** An endpoint with the values that the gate used, so that a command uses the same. */
export function asUsed(
  endpoint: Endpoint,
  { ehloName, endsInDefaultStore, tls, inboxMailbox: mailbox, inboxEndsInDefaultStore }: Facts,
): ReproducibleEndpoint {
  const { delivery } = endpoint;
  // Another client may get the other certificate.
  const keyType = tls?.otherCertificates && keyKindOf(tls.certificate.key);
  return {
    ...endpoint,
    ...(ehloName !== undefined && { ehlo: ehloName }),
    ...(endsInDefaultStore !== undefined && { endsInDefaultStore }),
    ...(keyType !== undefined && { keyType }),
    ...(delivery?.inbox && {
      delivery: {
        ...delivery,
        inbox: {
          ...delivery.inbox,
          ...(mailbox !== undefined && { mailbox }),
          ...(inboxEndsInDefaultStore !== undefined && { endsInDefaultStore: inboxEndsInDefaultStore }),
        },
      },
    }),
  };
}
