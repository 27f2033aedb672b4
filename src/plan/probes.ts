import { at } from './source/located.js';
import type { LocatedMapping } from './source/located.js';
import type { Problem } from './source/problem.js';
import { roleOf, transportOf } from './resolve.js';
import type { EndpointSettings } from './schema/schema.js';

/**
 * Probes that an endpoint asks for and that cannot be made there: left out in silence, they would be taken for passed.
 * @param own the endpoint as the user wrote it, which says where
 * @param settings the same with the defaults of its file under it
 */
export function probeProblems(own: LocatedMapping, settings: EndpointSettings): Problem[] {
  const { probes = [] } = settings;
  const { place } = at(own, 'probes') ?? own;
  const problem = (message: string): Problem[] => [{ ...place, message }];
  if (probes.length > 0 && transportOf(settings) === 'implicit') {
    return problem(
      'probes need transport starttls, and this endpoint has implicit; leave them out, or set probes: [] if the defaults name them',
    );
  }
  if (probes.includes('plaintext-mail') && roleOf(settings) === 'mx') {
    return problem(
      'probes: plaintext-mail is for role submission, and this endpoint has mx, which takes mail from all',
    );
  }
  return [];
}
