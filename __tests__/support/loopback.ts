import { createPki, type Identity, type Pki } from '../../src/servers/pki.js';
import type { Dialogue } from './dialogue.js';

/** A CA, and a certificate with which an endpoint on 127.0.0.1 needs no further settings. */
export interface Loopback {
  readonly pki: Pki;
  readonly identity: Identity;
  /** The CA in PEM, for the input `ca`. */
  readonly ca: string;
  /** A correct scripted server, except for `replaced`. */
  dialogue(replaced?: Dialogue): Dialogue;
}

export async function createLoopback(): Promise<Loopback> {
  const pki = await createPki('Test');
  const identity = await pki.issue({ addresses: ['127.0.0.1'] });
  return {
    pki,
    identity,
    ca: pki.root.cert,
    dialogue: (replaced = {}) => ({ tls: { key: identity.key, cert: identity.chain }, ...replaced }),
  };
}
