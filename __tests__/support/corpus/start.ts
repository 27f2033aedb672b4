import { startScriptedServer } from '../scripted-server.js';
import type { Beside, Entry } from './entry.js';

/** The servers of an entry, on free ports of 127.0.0.1. */
export interface Started extends AsyncDisposable {
  readonly port: number;
  /** The inbox, if there is one. */
  readonly inbox?: Pick<Beside, 'scheme'> & { readonly port: number };
}

export async function startEntry({ server, inbox }: Pick<Entry, 'server' | 'inbox'>): Promise<Started> {
  const smtp = await startScriptedServer(server);
  const beside = await inbox?.start();
  return {
    port: smtp.port,
    ...(inbox && beside && { inbox: { scheme: inbox.scheme, port: beside.port } }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([smtp.close(), beside?.[Symbol.asyncDispose]()]);
    },
  };
}
