import type { RUN } from '../../../src/findings/catalogue/run.js';
import { Deadline } from '../../../src/net/deadline.js';
import { Secret } from '../../../src/secrets/secret.js';
import { close, silence } from '../dialogue.js';
import type { Sasl } from '../dialogue.js';
import { AUTH } from '../gate.js';
import type { Scene } from '../scene.js';
import { waive } from './finding-example.js';
import type { FindingExamples } from './finding-example.js';

const LOGIN_ONLY = { offersInTls: ['AUTH LOGIN'] };
const USER_NAME_PLEASE = Buffer.from('Username:').toString('base64');

/** A run that is cancelled in the very moment in which the server knows who signs in. */
function cancelled(): Pick<Scene, 'server' | 'world'> {
  const cut = new AbortController();
  const login: Sasl = function* () {
    yield USER_NAME_PLEASE;
    cut.abort();
    return silence;
  };
  return {
    server: { ...LOGIN_ONLY, sasl: { LOGIN: login } },
    world: { end: Deadline.on(cut.signal), whyEnded: () => ({ why: 'the run was cancelled (SIGTERM)' }) },
  };
}

/**
 * A gate that stands still after AUTH, and a server that closes the connection. @param ms how long the gate stands
 * still
 */
function standingStill(ms: number): Pick<Scene, 'server' | 'world'> {
  const standstill = { totalMs: 0, pausesMs: 0, during: <T>(wait: Promise<T>) => wait };
  const login: Sasl = function* () {
    yield USER_NAME_PLEASE;
    standstill.totalMs += ms;
    standstill.pausesMs += ms;
    return close;
  };
  return {
    server: { ...LOGIN_ONLY, sasl: { LOGIN: login } },
    world: { end: Deadline.on(new AbortController().signal, standstill) },
  };
}

/** What is of the run, and of no server. */
export const OF_RUN: FindingExamples<keyof typeof RUN> = {
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
    raising: {
      name: 'has not yet asked for the password when the run is cancelled',
      ...cancelled(),
      endpoint: { auth: AUTH },
    },
    twin: {
      name: 'does not ask for it, and the run goes on',
      server: { ...LOGIN_ONLY, replies: { AUTH: [`334 ${USER_NAME_PLEASE}`, silence] } },
      endpoint: { auth: AUTH },
    },
    twinRaises: ['reply-timeout'],
  },
  'runner-starved': {
    raising: {
      name: 'closes the connection after AUTH, while the gate does not run for nine seconds',
      ...standingStill(9000),
      endpoint: { auth: AUTH },
    },
    twin: {
      name: 'closes the connection after AUTH, and the gate runs',
      ...standingStill(0),
      endpoint: { auth: AUTH },
    },
    twinRaises: ['connection-lost'],
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
