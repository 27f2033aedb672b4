import { createHash } from 'node:crypto';
import type { Identity } from '../../../src/servers/pki.js';
import type { FindingCode } from '../../../src/findings/codes.js';
import { SCENE_TIMEOUT_MS, type Scene } from '../scene.js';

/** A server that causes a finding, and a similar one that does not. */
export interface FindingExample {
  readonly raising: Scene;
  /** All findings of the raising server, in order; default: the finding itself. Waived ones are in parentheses. */
  readonly raises?: readonly string[];
  readonly twin: Scene;
  /** All findings of the twin; default: none. */
  readonly twinRaises?: readonly string[];
}

/** An example for each of some findings. */
export type FindingExamples<Code extends FindingCode = FindingCode> = Readonly<Record<Code, FindingExample>>;

/** Milliseconds that are noticeable, but well within the timeout. */
export const LONG_MS = SCENE_TIMEOUT_MS / 4;

/** Rejects everything that the probes try, so that they pass. */
export const STRICT = {
  'plain:AUTH': '530 5.7.0 TLS first',
  'plain:MAIL': '530 5.7.0 TLS first',
  'tls:MAIL': '530 5.7.0 AUTH',
};

/** A value of `tls.pin` without the prefix `sha256/`. */
export const pin = ({ keys }: Identity): string =>
  createHash('sha256')
    .update(keys.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');

/** A waiver for one finding. @param until its last day; default: a date in the far future */
export const waive = (finding: FindingCode, until = '2099-12-31') => [
  { finding, until, reason: 'the certificate is on order' },
];
