import type { Deadline } from './deadline.js';
import { sharedQueries } from './name-servers.js';

/**
 * Looks up the mail servers of a domain (RFC 5321 section 5.1), in order of preference, then by name. A null MX
 * (RFC 7505) is an empty name.
 * @throws an error with a `code` of node:dns: ENOTFOUND or ENODATA if there is no record, any other if the lookup failed
 */
export type MxResolver = (domain: string, deadline: Deadline) => Promise<readonly string[]>;

/** Why there is no host to connect to in the MX records of a domain, or in one of them. */
export type MxFailureKind =
  'lookup-failed' | 'no-domain' | 'no-mail-server' | 'null' | 'address' | 'invalid' | 'too-many';

export class MxFailure extends Error {
  override readonly name = 'MxFailure';

  /**
   * @param detail the code of a failed lookup, the target of the record, or how many hosts are too many
   * @param others the targets of the other records, or of all records
   */
  constructor(
    readonly kind: MxFailureKind,
    readonly detail: string,
    readonly others: readonly string[] = [],
  ) {
    super(`${kind}: ${detail}`);
  }

  /** Whether another lookup makes sense. */
  get transient(): boolean {
    return this.kind === 'lookup-failed';
  }
}

/** @param servers addresses of name servers, `address:port`; by default those of the system */
export function mxResolver(servers?: readonly string[]): MxResolver {
  return sharedQueries(servers, async (resolver, domain) => {
    const records = await resolver.resolveMx(domain);
    return records
      .toSorted((a, b) => a.priority - b.priority || a.exchange.localeCompare(b.exchange, 'en'))
      .map(({ exchange }) => exchange);
  });
}
