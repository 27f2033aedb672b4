import type { TLSSocketOptions } from 'node:tls';
import type { Identity } from '../../src/demo/pki.js';
import type { World } from '../../src/gate/visit.js';
import type { Endpoint, TlsPolicy } from '../../src/plan/endpoint.js';
import type { EndpointReport } from '../../src/report/report.js';
import { TrustStore } from '../../src/tls/trust.js';
import type { Dialogue } from './dialogue.js';
import { FULL, startFullListener } from './full-listener.js';
import { gate, testEndpoint } from './gate.js';
import { startInjectable } from './injectable-server.js';
import type { Manner } from './injectable-server.js';
import { closedPort, startScriptedServer } from './scripted-server.js';
import type { ScriptedServer } from './scripted-server.js';
import type { Species, Zoo } from './zoo.js';

/** A server and an endpoint that is directed at it, as data. Whatever is left out is as it is where all is well. */
export interface Scene {
  /** What is particular about it, in a few words (Markdown). */
  readonly name: string;
  /** What the server does; a list is for one connection after the other, where the last one stays. */
  readonly server?: Dialogue | readonly Dialogue[];
  /** The same, where the script has a handshake in it. */
  readonly serverWith?: (tls: TLSSocketOptions) => Dialogue | readonly Dialogue[];
  /** A server that is known for what it does with commands behind STARTTLS. */
  readonly injectable?: Manner;
  /** No server at all: connections are refused, or get no answer on that port (0 for any). */
  readonly instead?: 'nobody' | { readonly fullPort: number };
  /** What the server presents; with `none` it knows nothing of TLS. */
  readonly certificate?: Species | 'none' | ((zoo: Zoo) => Promise<Identity>);
  readonly endpoint?: Partial<Omit<Endpoint, 'tls' | 'port'>>;
  /** What is demanded of TLS beyond the usual. */
  readonly policy?: (zoo: Zoo) => Partial<TlsPolicy>;
  /** Whether the authority of the zoo is in the default store, as a public one is, and not named in `ca`. */
  readonly publicAuthority?: true;
  readonly world?: Partial<World>;
}

/** What came of a scene. */
export interface Played {
  readonly report: Omit<EndpointReport, 'attempts'>;
  /** How many connections the server saw; undefined where it does not count them. */
  readonly connections: number | undefined;
}

/** Enough for a busy machine, and not long to wait for a server that says nothing. */
export const SCENE_TIMEOUT_MS = 1000;

/** Takes the endpoint of a scene through its steps, once. */
export async function play(scene: Scene, zoo: Zoo): Promise<Played> {
  const identity = await identityOf(scene, zoo);
  await using stage = await set(scene, identity);
  const { port } = stage;
  const { policy = () => ({}), world = {} } = scene;
  const root = zoo.pki.root.cert;
  const ca = scene.publicAuthority ? [] : [root];
  const { report } = await gate(
    testEndpoint(port, {
      ...(scene.instead && scene.instead !== 'nobody' && { host: FULL }),
      timeoutMs: SCENE_TIMEOUT_MS,
      ...scene.endpoint,
      tls: { ca, minVersion: 'TLSv1.2', minValidDays: 14, pins: [], ...policy(zoo) },
    }),
    { ...(scene.publicAuthority && { trust: new StoreWith(root) }), ...world },
  );
  return { report, connections: stage.connections };
}

type Stage = AsyncDisposable & Pick<ScriptedServer, 'port'> & Partial<Pick<ScriptedServer, 'connections'>>;

async function set({ server = {}, serverWith, injectable, instead }: Scene, identity?: Identity): Promise<Stage> {
  if (instead === 'nobody') return { port: await closedPort(), [Symbol.asyncDispose]: () => Promise.resolve() };
  if (instead) return startFullListener(instead.fullPort);
  if (injectable && identity) return startInjectable(identity, injectable);
  const tls = identity && { key: identity.key, cert: identity.chain };
  const scripts = [serverWith ? serverWith(tls ?? {}) : server].flat();
  return startScriptedServer(scripts.map((script) => ({ ...script, ...(tls && { tls: { ...tls, ...script.tls } }) })));
}

async function identityOf({ certificate = 'good' }: Scene, zoo: Zoo): Promise<Identity | undefined> {
  if (certificate === 'none') return undefined;
  return typeof certificate === 'string' ? zoo[certificate] : certificate(zoo);
}

/** The default store of a machine on which one more authority counts as public. */
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
