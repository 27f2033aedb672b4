import { createPki, type Identity } from '../../../src/servers/pki.js';
import { HOST } from '../certificate-fixtures.js';
import type { Entry, Means } from './entry.js';
import { inboxes } from './inboxes.js';
import { hostileCertificates, markup } from './markup.js';
import { matrix } from './matrix.js';
import { tlsEntries } from './tls.js';
import { wrong } from './wrong.js';

export { TIMEOUT_MS } from './entry.js';
export type { Entry } from './entry.js';

/** The corpus, and what is necessary to test it. */
export interface Corpus {
  readonly entries: readonly Entry[];
  /** The CA of its certificates, in PEM. */
  readonly ca: string;
  /** A healthy server. */
  readonly good: Pick<Means, 'tls'>;
  /** Its certificate. */
  readonly identity: Identity;
}

/**
 * Creates the corpus: every behavior as data, with its expected result.
 * @param credentials those that its servers receive and repeat
 */
export async function createCorpus(credentials: Pick<Means, 'username' | 'password'>): Promise<Corpus> {
  const pki = await createPki('Corpus');
  const good = { names: [HOST], addresses: ['127.0.0.1'] };
  const identity = await pki.issue(good);
  const means: Means = { tls: { key: identity.key, cert: identity.chain }, ...credentials };
  const entries = [
    ...matrix(means),
    ...wrong(means),
    ...tlsEntries(means),
    ...markup(means),
    ...(await hostileCertificates(createPki, pki, good)),
    ...inboxes(means, identity),
  ];
  return { entries, ca: pki.root.cert, good: { tls: means.tls }, identity };
}
