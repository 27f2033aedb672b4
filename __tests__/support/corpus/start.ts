import { startMailpit } from '../mailpit.js';
import { startScriptedImap } from '../scripted-imap.js';
import { startScriptedServer } from '../scripted-server.js';
import type { Entry } from './entry.js';

/** The servers of an entry, on free ports of 127.0.0.1. */
export interface Started extends AsyncDisposable {
  readonly port: number;
  /** Where the message is looked for, where it is. */
  readonly inbox?: { readonly scheme: 'imaps' | 'mailpit+https'; readonly port: number };
}

export async function startEntry({ server, inbox, http }: Entry): Promise<Started> {
  const smtp = await startScriptedServer(server);
  const scheme = inbox ? 'imaps' : 'mailpit+https';
  const beside = inbox ? await startScriptedImap(inbox) : http && (await startMailpit(http));
  return {
    port: smtp.port,
    ...(beside && { inbox: { scheme, port: beside.port } }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([smtp.close(), beside?.[Symbol.asyncDispose]()]);
    },
  };
}
