import { resolve, type Address } from '../net/connect.js';
import { Deadline } from '../net/deadline.js';
import type { Endpoint } from '../plan/endpoint.js';
import type { RunContext } from '../steps/context.js';
import type { UniqueNames } from '../text/unique-names.js';
import { lookUpWithRetries } from './lookups.js';
import type { Target } from './retries.js';

/** Looked up separately, because a lookup of both hides a failure of one. */
const FAMILIES = [4, 6] as const;

/**
 * Expands an endpoint with `addresses: all` into one for each IP address, and one for each family whose lookup failed.
 * Without any IP address, the endpoint stays as it is, with the failure of its lookup.
 * @param names those of all configured endpoints are taken, and those that others have become
 */
export async function expandAddresses(
  endpoint: Endpoint,
  retries: number,
  run: RunContext,
  names: UniqueNames,
): Promise<readonly Target[]> {
  const { name, origin } = endpoint;
  const expanded = (part: string): Endpoint => ({
    ...endpoint,
    name: names.take(`${name} (${part})`),
    origin: { name: origin?.name ?? name, part },
  });
  const answers = await Promise.all(
    FAMILIES.map(async (family) => ({ family, answer: await lookUp(endpoint, family, retries, run) })),
  );
  const found = answers.flatMap(({ answer }) => (answer instanceof Error ? [] : answer));
  const failed = answers.flatMap(({ family, answer }) =>
    answer instanceof Error ? [{ family, failure: answer }] : [],
  );
  const unresolved = failed.filter(({ failure }) => failure.kind === 'lookup-failed');
  const [worst] = [...unresolved, ...failed];
  if (found.length === 0) return [{ endpoint, addresses: worst?.failure }];
  const addresses = [...new Map(found.map((one) => [one.address, one])).values()];
  return [
    ...addresses.map((one) => ({ endpoint: expanded(one.address), addresses: [one] })),
    ...unresolved.map(({ family, failure }) => ({ endpoint: expanded(`IPv${family}`), addresses: failure })),
  ];
}

function lookUp(
  { host, timeoutMs }: Endpoint,
  family: Address['family'],
  retries: number,
  run: RunContext,
): ReturnType<typeof lookUpWithRetries<readonly Address[]>> {
  const once = () => resolve(host, Deadline.after(timeoutMs, run.end), run.resolver, family);
  return lookUpWithRetries(once, retries, run);
}
