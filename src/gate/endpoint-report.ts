import type { EndpointReport, StepReport } from '../report/report.js';
import { capabilityDifference } from '../smtp/capabilities.js';
import type { Capabilities, CapabilityDifference } from '../smtp/capabilities.js';
import { shortenList } from '../text/shorten.js';
import { resultOf } from './verdict.js';
import type { Visit } from './visit.js';

/** What an attempt has come to, and what was learned on the way. */
export function reportOf(visit: Visit, steps: StepReport[], durationMs: number): Omit<EndpointReport, 'attempts'> {
  const { endpoint, plain, secured, tls, delivered, transcript, asides } = visit;
  const { name, host, port, transport, role, environment, source } = endpoint;
  const address = visit.address ?? visit.addresses?.[0]?.address;
  return {
    name,
    host,
    port,
    ...(address !== undefined && { address }),
    transport,
    role,
    ...(environment !== undefined && { environment }),
    result: resultOf(steps),
    durationMs: Math.round(durationMs),
    ...(source && { source: { ...source } }),
    steps,
    ...((plain ?? secured) && {
      capabilities: {
        ...(plain && { plain: shortenList(plain.lines) }),
        ...(secured && { tls: shortenList(secured.lines) }),
        ...(plain && secured && difference(plain, secured)),
      },
    }),
    ...(tls && { tls }),
    ...(delivered && { delivery: delivered }),
    transcript: [...transcript.lines, ...asides.lines],
  };
}

function difference(plain: Capabilities, secured: Capabilities): CapabilityDifference {
  const { gained, lost } = capabilityDifference(plain, secured);
  return { gained: shortenList(gained), lost: shortenList(lost) };
}
