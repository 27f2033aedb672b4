import { ConnectFailure } from '../net/connect.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { EndpointReport, StepReport } from '../report/report.js';
import { capabilityDifference, type Capabilities } from '../smtp/capabilities.js';
import type { PeerText } from '../text/peer.js';
import { shortenList } from '../text/shorten.js';
import { resultOf } from '../verdict/verdict.js';
import type { Context } from '../steps/context.js';
import type { Facts } from '../steps/hand-over.js';

/**
 * The fields of a report that come from the plan, and the address.
 * @param address that of the connection, if there was one
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

/** The report of an attempt: the reports of its steps, and the facts they learned. */
export function reportOf(
  { endpoint, addresses = [], transcript, sideTranscript }: Context,
  { address, plaintext, insideTls, tls, delivery }: Facts,
  steps: StepReport[],
  durationMs: number,
): Omit<EndpointReport, 'attempts'> {
  const [expected] = addresses instanceof ConnectFailure ? [] : addresses;
  return {
    ...reportHead(endpoint, address ?? expected?.address),
    result: resultOf(steps),
    durationMs: Math.round(durationMs),
    steps,
    ...((plaintext ?? insideTls) && {
      capabilities: {
        ...(plaintext && { plain: listed(plaintext.lines) }),
        ...(insideTls && { tls: listed(insideTls.lines) }),
        ...(plaintext && insideTls && difference(plaintext, insideTls)),
      },
    }),
    ...(tls && { tls }),
    ...(delivery && { delivery }),
    transcript: [...transcript.lines, ...sideTranscript.lines],
  };
}

function difference(plain: Capabilities, secured: Capabilities): { gained: string[]; lost: string[] } {
  const { gained, lost } = capabilityDifference(plain, secured);
  return { gained: listed(gained), lost: listed(lost) };
}

/** The texts in a report are escaped where they are shown. */
function listed(texts: readonly PeerText[]): string[] {
  return shortenList(texts.map(({ exact }) => exact));
}
