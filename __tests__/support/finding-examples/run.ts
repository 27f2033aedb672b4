import type { RUN } from '../../../src/findings/catalog/run.js';
import { Deadline } from '../../../src/net/deadline.js';
import { Secret } from '../../../src/secrets/secret.js';
import { close, silence, type Sasl } from '../dialogue.js';
import { AUTH } from '../gate.js';
import type { Scene } from '../scene.js';
import { waive, type FindingExamples } from './finding-example.js';

const LOGIN_ONLY = { offersInTls: ['AUTH LOGIN'] };
const USER_NAME_PLEASE = Buffer.from('Username:').toString('base64');

/** A run that is canceled just after the client has started AUTH. */
function canceled(): Pick<Scene, 'server' | 'run'> {
  const cut = new AbortController();
  const login: Sasl = function* () {
    yield USER_NAME_PLEASE;
    cut.abort();
    return silence;
  };
  return {
    server: { ...LOGIN_ONLY, sasl: { LOGIN: login } },
    run: {
      end: Deadline.on(cut.signal),
      whyEnded: () => ({ why: 'the run was canceled (SIGTERM)', cause: 'cancelled' }),
    },
  };
}

/**
 * A gate that does not run for some time after AUTH, and a server that closes the connection.
 * @param ms for how long it does not run
 */
function standingStill(ms: number): Pick<Scene, 'server' | 'run'> {
  const standstill = { totalMs: 0, pausesMs: 0, waitBegins: () => undefined, waitEnds: () => undefined };
  const login: Sasl = function* () {
    yield USER_NAME_PLEASE;
    standstill.totalMs += ms;
    standstill.pausesMs += ms;
    return close;
  };
  return {
    server: { ...LOGIN_ONLY, sasl: { LOGIN: login } },
    run: { end: Deadline.on(new AbortController().signal, standstill) },
  };
}

/** Findings about the run. */
export const OF_RUN: FindingExamples<keyof typeof RUN> = {
  'step-required': {
    raising: {
      name: 'offers AUTH; `require` names authentication, but no credentials are configured',
      endpoint: { require: ['authentication'] },
    },
    twin: {
      name: 'offers AUTH; `require` names authentication, and credentials are configured',
      endpoint: { require: ['authentication'], auth: AUTH },
    },
  },
  'waiver-expired': {
    raising: {
      name: 'has an expired certificate, and the waiver has expired too',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired', '2026-01-31') },
    },
    raises: ['certificate-expired', 'waiver-expired'],
    twin: {
      name: 'has an expired certificate, with a waiver',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired') },
    },
    twinRaises: ['(certificate-expired)'],
  },
  'waiver-unused': {
    raising: {
      name: 'has a valid certificate, with a waiver that it does not need',
      endpoint: { waive: waive('certificate-expired') },
    },
    twin: {
      name: 'has an expired certificate, with a waiver that it needs',
      certificate: 'expired',
      endpoint: { waive: waive('certificate-expired') },
    },
    twinRaises: ['(certificate-expired)'],
  },
  'run-stopped': {
    raising: {
      name: 'has not yet requested the password when the run is canceled',
      ...canceled(),
      endpoint: { auth: AUTH },
    },
    twin: {
      name: 'never requests the password, and the run continues',
      server: { ...LOGIN_ONLY, replies: { AUTH: [`334 ${USER_NAME_PLEASE}`, silence] } },
      endpoint: { auth: AUTH },
    },
    twinRaises: ['reply-timeout'],
  },
  'runner-starved': {
    raising: {
      name: 'closes the connection after AUTH, and the gate got no CPU time for nine seconds',
      ...standingStill(9000),
      endpoint: { auth: AUTH },
    },
    twin: {
      name: 'closes the connection after AUTH, and the gate was never suspended',
      ...standingStill(0),
      endpoint: { auth: AUTH },
    },
    twinRaises: ['connection-lost'],
  },
  'internal-error': {
    raising: {
      name: 'causes an error in the gate (simulated with a client certificate that is not one)',
      policy: () => ({ client: { certificate: 'no certificate', key: new Secret('no key') } }),
    },
    twin: {
      name: 'receives a valid client certificate',
      policy: ({ good }) => ({ client: { certificate: good.cert, key: new Secret(good.key) } }),
    },
  },
};
