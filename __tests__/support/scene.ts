import type { Identity } from '../../src/servers/pki.js';
import { gateAll } from '../../src/gate/scheduler.js';
import type { RunContext } from '../../src/steps/context.js';
import type { Delivery, Endpoint, TlsPolicy } from '../../src/plan/endpoint.js';
import type { EndpointReport } from '../../src/report/report.js';
import { TrustStore } from '../../src/tls/trust.js';
import type { Dialogue } from './dialogue.js';
import { startEmbedded, type EmbeddedOptions } from './embedded.js';
import { FULL, startFullListener } from './full-listener.js';
import { testEndpoint, testRun } from './gate.js';
import { closedPort, startScriptedServer } from './scripted-server.js';
import type { CertificateName, CertificateFixtures } from './certificate-fixtures.js';

/** A server and its endpoint, as data. The default is a correct server and a usual endpoint. */
export interface Scene {
  /** What is different about it, in a few words (Markdown). */
  readonly name: string;
  /** What the server does; a list has one dialogue for each connection, and the last one repeats. */
  readonly server?: Dialogue | readonly Dialogue[];
  /** A server with an inbox, for all five steps. */
  readonly embedded?: (certs: CertificateFixtures) => EmbeddedOptions;
  /** No server: connections are refused, or there is no reply on that port (0 for any). */
  readonly instead?: 'nobody' | { readonly fullPort: number };
  /** What the server presents; with `none` it has no TLS. */
  readonly certificate?: CertificateName | 'none' | ((certs: CertificateFixtures) => Promise<Identity>);
  readonly endpoint?: Partial<Omit<Endpoint, 'tls'>>;
  /** What is different about the TLS policy. */
  readonly policy?: (certs: CertificateFixtures) => Partial<TlsPolicy>;
  /** Whether the CA is in the default store, as a public CA is, instead of in `ca`. */
  readonly publicAuthority?: true;
  /** What is different about the delivery to a server with an inbox. */
  readonly delivery?: Partial<Delivery>;
  /** Retries, without a pause before them; default: none. */
  readonly retries?: number;
  readonly run?: Partial<RunContext>;
  /** Whether the last of several reports is the one that is shown. */
  readonly showsLast?: true;
}

/** The outcome of a scene. */
export interface Played {
  readonly report: EndpointReport;
  /** The number of connections to the server; undefined if it does not count them. */
  readonly connections: number | undefined;
}

/** Long enough for a busy machine, and short enough for a server that never replies. */
export const SCENE_TIMEOUT_MS = 2000;

/**
 * Runs the gate against the endpoint of a scene. Only once, because a scene may have state.
 * @param whileRunning called before the server stops
 * @param anchorFile a file that contains the trusted CAs of the endpoint once `whileRunning` is called
 */
export async function play(
  scene: Scene,
  certs: CertificateFixtures,
  whileRunning: (report: EndpointReport, endpoint: Endpoint) => Promise<void> = () => Promise.resolve(),
  anchorFile?: string,
): Promise<Played> {
  await using stage = await set(scene, certs);
  const { policy = () => ({}), retries = 0 } = scene;
  const root = certs.pki.root.cert;
  const usual = { minVersion: 'TLSv1.2', minValidDays: 'auto', warnValidDays: 'auto', pins: [] } as const;
  const tls = { ca: scene.publicAuthority ? [] : [root], ...usual, ...policy(certs) };
  const source = { ...(anchorFile !== undefined && { path: anchorFile }), certificates: tls.ca };
  const endpoint = testEndpoint(stage.port, {
    timeoutMs: SCENE_TIMEOUT_MS,
    ...stage.endpoint,
    ...scene.endpoint,
    tls: { ...tls, ...(tls.ca.length > 0 && { anchorSources: [source] }) },
  });
  const run = testRun({
    ...(scene.publicAuthority && { trust: new StoreWith(root) }),
    pause: () => Promise.resolve(),
    ...scene.run,
  });
  try {
    const verdict = { failOn: 'fail', onInconclusive: 'fail' } as const;
    const plan = { endpoints: [endpoint], policy: verdict, concurrency: 1, retries };
    const report = (await gateAll(plan, run, () => undefined)).at(scene.showsLast ? -1 : 0);
    if (!report) throw new Error(`"${scene.name}" has no report`);
    await whileRunning(report, endpoint);
    return { report, connections: stage.connections };
  } finally {
    await run.inboxes.close();
  }
}

interface Stage extends AsyncDisposable {
  readonly port: number;
  readonly connections?: number;
  /** What the endpoint needs in addition to the port. */
  readonly endpoint?: Partial<Endpoint>;
}

async function set(scene: Scene, certs: CertificateFixtures): Promise<Stage> {
  const { server = {}, embedded, instead } = scene;
  if (instead === 'nobody') return { port: await closedPort(), [Symbol.asyncDispose]: () => Promise.resolve() };
  if (instead) return Object.assign(await startFullListener(instead.fullPort), { endpoint: { host: FULL } });
  if (embedded) return withInbox(embedded(certs), scene, certs);
  const identity = await identityOf(scene, certs);
  const tls = identity && { key: identity.key, cert: identity.chain };
  return startScriptedServer(
    [server].flat().map((script) => ({ ...script, ...(tls && { tls: { ...tls, ...script.tls } }) })),
  );
}

async function withInbox(options: EmbeddedOptions, { delivery }: Scene, { pki }: CertificateFixtures): Promise<Stage> {
  const server = await startEmbedded({ pki, ...options });
  const { auth, delivery: usual, timeoutMs } = server.endpoint();
  if (!auth || !usual) throw new TypeError('an embedded server lets its user in, and delivers');
  return {
    port: server.port,
    endpoint: { auth, delivery: { ...usual, ...delivery }, timeoutMs },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function identityOf({ certificate = 'good' }: Scene, certs: CertificateFixtures): Promise<Identity | undefined> {
  if (certificate === 'none') return undefined;
  return typeof certificate === 'string' ? certs[certificate] : certificate(certs);
}

/** A default store with one more public CA. */
class StoreWith extends TrustStore {
  readonly #root: string;

  constructor(root: string) {
    super();
    this.#root = root;
  }

  override pem(ca: readonly string[]): string[] {
    return [...super.pem(ca), this.#root];
  }

  override isPublic(): boolean {
    return true;
  }
}
