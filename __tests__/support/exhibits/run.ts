import type { RUN } from '../../../src/findings/catalogue/run.js';
import { Deadline } from '../../../src/net/deadline.js';
import { Secret } from '../../../src/text/secret.js';
import { silence } from '../dialogue.js';
import { AUTH } from '../gate.js';
import type { Scene } from '../scene.js';
import { waive } from './exhibit.js';
import type { Exhibits } from './exhibit.js';

/** A run that is cancelled in the very moment in which the server is asked to let somebody in. */
function cancelled(): Pick<Scene, 'server' | 'world'> {
  const cut = new AbortController();
  return {
    server: {
      sasl: {
        *PLAIN() {
          cut.abort();
          return silence;
        },
      },
    },
    world: { end: Deadline.on(cut.signal), whyEnded: () => 'the run was cancelled (SIGTERM)' },
  };
}

/** What is of the run, and of no server. */
export const OF_RUN: Exhibits<keyof typeof RUN> = {
  'step-required': {
    raising: {
      name: 'offers AUTH, which is required, and there are no credentials for it',
      endpoint: { require: ['authentication'] },
    },
    twin: {
      name: 'offers AUTH, which is required, and there are',
      endpoint: { require: ['authentication'], auth: AUTH },
    },
  },
  'waiver-expired': {
    raising: {
      name: 'its certificate ended, and so did the waiver',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired', '2026-01-31') },
    },
    raises: ['certificate-expired', 'waiver-expired'],
    twin: {
      name: 'its certificate ended, and the waiver did not',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired') },
    },
    twinRaises: ['(certificate-expired)'],
  },
  'waiver-unused': {
    raising: {
      name: 'its certificate holds, and has a waiver',
      endpoint: { waive: waive('certificate-expired') },
    },
    twin: {
      name: 'its certificate is needed by the waiver',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired') },
    },
    twinRaises: ['(certificate-expired)'],
  },
  'run-stopped': {
    raising: { name: 'has not yet answered AUTH when the run is cancelled', ...cancelled(), endpoint: { auth: AUTH } },
    twin: {
      name: 'does not answer AUTH, and the run goes on',
      server: { replies: { AUTH: silence } },
      endpoint: { auth: AUTH },
    },
    twinRaises: ['reply-timeout'],
  },
  'internal-error': {
    raising: {
      name: 'the gate comes upon a client certificate that cannot be one, though the plan should have refused it',
      policy: () => ({ client: { certificate: 'no certificate', key: new Secret('no key') } }),
    },
    twin: {
      name: 'the client certificate is one',
      policy: ({ good }) => ({ client: { certificate: good.cert, key: new Secret(good.key) } }),
    },
  },
};
