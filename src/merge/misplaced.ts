import { hashOf, startOf } from '../plan/shard.js';
import type { EndpointReport } from '../report/report.js';
import { REDACTED } from '../secrets/secret.js';

/** What a shard's report says about its configured endpoints. */
interface Part {
  /** The smallest and the largest hash of their names. Empty without a name that is known. */
  readonly first: string;
  readonly last: string;
  /** The possible number of configured endpoints. */
  readonly least: number;
  readonly most: number;
}

/**
 * Compares the endpoints of each shard with the division of all configured endpoints: the shards must have consecutive
 * parts of their names in the order of the hashes, of the right sizes. A password in a name is redacted, so the hash of
 * such a name is not known. It still counts.
 * @param shards the endpoints of all shards, in order
 * @returns the indexes of the shards that do not have their endpoints
 */
export function findMisplaced(shards: readonly (readonly EndpointReport[])[]): number[] {
  const parts = shards.map(partOf);
  const misordered = findMisordered(parts);
  const missized = findMissized(parts);
  return parts.flatMap((_, index) => (misordered.has(index) || missized.has(index) ? [index] : []));
}

function partOf(endpoints: readonly EndpointReport[]): Part {
  const known = new Set<string>();
  const redacted = new Set<string>();
  let whole = 0;
  let expanded = 0;
  for (const { name, configured } of endpoints) {
    const one = configured ?? name;
    if (!one.includes(REDACTED)) known.add(one);
    else if (configured === undefined) whole += 1;
    else {
      expanded += 1;
      redacted.add(configured);
    }
  }
  const hashes = [...known].map(hashOf).sort();
  // Redacted, several configured endpoints may have one name. Each has at least one report.
  return {
    first: hashes[0] ?? '',
    last: hashes.at(-1) ?? '',
    least: known.size + whole + redacted.size,
    most: known.size + whole + expanded,
  };
}

/** The parts with a name that belongs before an earlier part or after a later one. */
function findMisordered(parts: readonly Part[]): Set<number> {
  const found = new Set<number>();
  let last = '';
  parts.forEach((part, index) => {
    if (part.first !== '' && part.first <= last) found.add(index);
    if (part.last > last) ({ last } = part);
  });
  let first = '';
  parts.toReversed().forEach((part, index) => {
    if (first !== '' && part.last >= first) found.add(parts.length - 1 - index);
    if (part.first !== '' && (first === '' || part.first < first)) ({ first } = part);
  });
  return found;
}

/** The parts with too few or too many endpoints, if no total suits all of them. */
function findMissized(parts: readonly Part[]): Set<number> {
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const isOfSize = ({ least, most }: Part, index: number, total: number): boolean => {
    const size = startOf(index + 1, total, parts.length) - startOf(index, total, parts.length);
    return least <= size && size <= most;
  };
  const least = sum(parts.map((part) => part.least));
  const most = sum(parts.map((part) => part.most));
  for (let total = least; total <= most; total += 1) {
    if (parts.every((part, index) => isOfSize(part, index, total))) return new Set();
  }
  return new Set(parts.flatMap((part, index) => (isOfSize(part, index, least) ? [] : [index])));
}
