import { startInbox } from './inbox.js';
import { createPki, type CertificateOptions } from './pki.js';
import { startSmtp, type Dialogue } from './smtp.js';

/** What differs from a good server. */
export interface Scenario {
  readonly certificate?: CertificateOptions;
  /** Whether the certificate is from a CA that is not trusted. */
  readonly unknownCa?: true;
  readonly dialogue?: Dialogue;
  /** What the inbox gets of a message that the server accepted; nothing if undefined. */
  readonly deliver?: (message: string) => string | undefined;
}

export interface ScenarioServer<S extends Scenario> {
  readonly name: string;
  readonly scenario: S;
  readonly port: number;
  /** The commands that it has received so far, in upper case. */
  readonly heard: ReadonlySet<string>;
}

/** Mail servers in this process, on free ports of loopback. */
export interface RunningScenarios<S extends Scenario> {
  readonly servers: readonly ScenarioServer<S>[];
  /** The CA to trust, in PEM. */
  readonly ca: string;
  /** Where messages arrive: an HTTP API like that of Mailpit. */
  readonly inboxPort: number;
  /** Stops every server and closes every connection. */
  close(): Promise<void>;
}

/**
 * Starts one server for each scenario, and one inbox for all of them.
 * @param good what all servers have in common; the certificate of each has the name
 * @param scenarios by name
 */
export async function startScenarios<S extends Scenario>(
  good: Dialogue & { readonly name: string },
  scenarios: Readonly<Record<string, S>>,
): Promise<RunningScenarios<S>> {
  const [pki, unknown, inbox] = await Promise.all([createPki(), createPki('Unknown'), startInbox(good.name)]);
  const running = await Promise.all(
    Object.entries(scenarios).map(async ([name, scenario]) => {
      const { certificate, unknownCa, dialogue, deliver = (message: string) => message } = scenario;
      const { key, chain } = await (unknownCa ? unknown : pki).issue({ names: [good.name], ...certificate });
      const heard = new Set<string>();
      const listener = await startSmtp(
        { ...good, tls: { key, cert: chain }, ...dialogue },
        {
          line: (line) => heard.add(line.split(' ', 1)[0]?.toUpperCase() ?? ''),
          message: (message) => {
            const delivered = deliver(message);
            if (delivered !== undefined) inbox.deliver(delivered);
          },
        },
      );
      return { listener, server: { name, scenario, port: listener.port, heard } };
    }),
  );
  return {
    servers: running.map(({ server }) => server),
    ca: pki.root.cert,
    inboxPort: inbox.port,
    close: async () => {
      await Promise.all([inbox, ...running.map(({ listener }) => listener)].map((listener) => listener.close()));
    },
  };
}
