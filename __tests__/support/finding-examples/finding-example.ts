import { createHash } from 'node:crypto';
import type { Identity } from '../../../src/servers/pki.js';
import type { FindingCode } from '../../../src/findings/catalogue.js';
import { SCENE_TIMEOUT_MS } from '../scene.js';
import type { Scene } from '../scene.js';

/** One server that must raise a finding, and beside it a near twin that must not. */
export interface FindingExample {
  readonly raising: Scene;
  /** What the raising server is found to be, in order; default: the example's own code. Waived ones in parentheses. */
  readonly raises?: readonly string[];
  readonly twin: Scene;
  /** What the twin is found to be instead; default: nothing. */
  readonly twinRaises?: readonly string[];
}

/** An example for each of some findings. */
export type FindingExamples<Code extends FindingCode = FindingCode> = Readonly<Record<Code, FindingExample>>;

/** Milliseconds that are long to wait for a server, and not too long. */
export const LONG_MS = SCENE_TIMEOUT_MS / 4;

/** Refuses all that the probes try, so that they pass. */
export const STRICT = {
  'plain:AUTH': '530 5.7.0 TLS first',
  'plain:MAIL': '530 5.7.0 TLS first',
  'tls:MAIL': '530 5.7.0 AUTH',
};

/** What `tls.pin` takes, without the `sha256/` before it. */
export const pin = ({ keys }: Identity): string =>
  createHash('sha256')
    .update(keys.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');

/** A waiver for one finding. @param until the last day on which it holds; default one that nobody lives to see */
export const waive = (finding: FindingCode, until = '2099-12-31') => [
  { finding, until, reason: 'the certificate is on order' },
];
