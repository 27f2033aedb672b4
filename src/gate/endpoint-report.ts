import type { Endpoint } from '../plan/endpoint.js';
import type { EndpointReport, StepReport } from '../report/report.js';
import { capabilityDifference } from '../smtp/capabilities.js';
import type { Capabilities } from '../smtp/capabilities.js';
import type { PeerText } from '../text/peer.js';
import { shortenList } from '../text/shorten.js';
import { resultOf } from '../verdict/verdict.js';
import type { Visit } from '../steps/context.js';

/**
 * The fields of a report that come from the plan, and the address.
 * @param address the one that was connected to, if any
 */
export function reportHead(
  { name, host, port, transport, role, environment, source }: Endpoint,
  address?: string,
): Pick<EndpointReport, 'name' | 'host' | 'port' | 'address' | 'transport' | 'role' | 'environment' | 'source'> {
  return {
    name,
    host,
    port,
    ...(address !== undefined && { address }),
    transport,
    role,
    ...(environment !== undefined && { environment }),
    ...(source && { source: { ...source } }),
  };
}

/** What an attempt has come to, and what was learned on the way. */
export function reportOf(visit: Visit, steps: StepReport[], durationMs: number): Omit<EndpointReport, 'attempts'> {
  const { endpoint, plain, secured, tls, delivered, transcript, asides } = visit;
  return {
    ...reportHead(endpoint, visit.address ?? visit.addresses?.[0]?.address),
    result: resultOf(steps),
    durationMs: Math.round(durationMs),
    steps,
    ...((plain ?? secured) && {
      capabilities: {
        ...(plain && { plain: listed(plain.lines) }),
        ...(secured && { tls: listed(secured.lines) }),
        ...(plain && secured && difference(plain, secured)),
      },
    }),
    ...(tls && { tls }),
    ...(delivered && { delivery: delivered }),
    transcript: [...transcript.lines, ...asides.lines],
  };
}

function difference(plain: Capabilities, secured: Capabilities): { gained: string[]; lost: string[] } {
  const { gained, lost } = capabilityDifference(plain, secured);
  return { gained: listed(gained), lost: listed(lost) };
}

/** What a report holds is made safe by whoever shows it. */
function listed(texts: readonly PeerText[]): string[] {
  return shortenList(texts.map(({ exact }) => exact));
}
