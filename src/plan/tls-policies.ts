import type { Anchors } from './files/anchors.js';
import type { ClientIdentities } from './files/client-identities.js';
import type { TlsPolicy } from './endpoint.js';
import type { EndpointSettings, InputSettings } from './schema/schema.js';

type TlsSettings = Partial<NonNullable<EndpointSettings['tls']>>;

/** The TLS policies of a plan. Endpoints with the same settings share one, so that each chain is judged once for all. */
export class TlsPolicies {
  readonly #known = new Map<string, TlsPolicy>();

  /** The inputs have values for what an endpoint does not set. */
  constructor(
    private readonly inputs: InputSettings,
    private readonly files: Readonly<{ anchors: Anchors; identities: ClientIdentities }>,
  ) {}

  of(settings: TlsSettings): TlsPolicy {
    const key = JSON.stringify(settings);
    const policy = this.#known.get(key) ?? this.#policyOf(settings);
    this.#known.set(key, policy);
    return policy;
  }

  #policyOf(tls: TlsSettings): TlsPolicy {
    const { inputs } = this;
    const { anchors, identities } = this.files;
    const client = identities.of(tls['client-cert'], tls['client-key']);
    const anchorSources = anchors.of([...(inputs.ca ?? []), ...(tls.ca ?? [])]);
    return {
      ca: [...new Set(anchorSources.flatMap(({ certificates }) => certificates))],
      ...(anchorSources.length > 0 && { anchorSources }),
      minVersion: tls['min-version'] ?? inputs['min-tls-version'],
      minValidDays: tls['min-valid-days'] ?? inputs['min-valid-days'],
      warnValidDays: tls['warn-valid-days'] ?? inputs['warn-valid-days'],
      pins: tls.pin ?? [],
      ...((tls.check === 'both' || tls.check === 'all') && { dualCertificates: true }),
      ...(tls.check === 'all' && { oldVersions: true }),
      ...(client && { client }),
    };
  }
}
