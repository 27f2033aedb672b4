import type { EndpointReport } from '../report/report.js';
import type { EndpointView } from './view-model.js';

/** The parts of each configured endpoint that has several, such as MX hosts, by its name. */
export function groupsIn(endpoints: readonly EndpointReport[]): ReadonlyMap<string, readonly EndpointReport[]> {
  const groups = new Map<string, EndpointReport[]>();
  for (const endpoint of endpoints) {
    if (endpoint.configured === undefined) continue;
    const group = groups.get(endpoint.configured);
    if (group) group.push(endpoint);
    else groups.set(endpoint.configured, [endpoint]);
  }
  return new Map([...groups].filter(([, parts]) => parts.length > 1));
}

/**
 * Moves the parts of each configured endpoint next to each other, to the place of the first one.
 * @param endpoints in the order of the parts, such as the preference of MX hosts
 */
export function groupParts(views: readonly EndpointView[], endpoints: readonly EndpointReport[]): EndpointView[] {
  const order = new Map(endpoints.map((endpoint, at) => [endpoint, at]));
  const placeOf = new Map<string | EndpointReport, number>();
  const placed = views.map((view, at) => {
    const key = view.endpoint.configured ?? view.endpoint;
    const place = placeOf.get(key) ?? at;
    placeOf.set(key, place);
    return { view, place, part: order.get(view.endpoint) ?? 0 };
  });
  return placed.sort((a, b) => a.place - b.place || a.part - b.part).map(({ view }) => view);
}
