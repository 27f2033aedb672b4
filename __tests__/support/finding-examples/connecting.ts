import type { CONNECTING as FINDINGS } from '../../../src/findings/catalog/connecting.js';
import { failureOf, type Resolver } from '../../../src/net/connect.js';
import type { FindingExamples } from './finding-example.js';

const LOOPBACK = '127.0.0.1';
/** A loopback address on which no server of the tests listens. */
const DESERTED = '127.0.0.8';
/** A multicast address: TCP cannot connect to one, and the system reports that there is no route. */
const NOWHERE = '224.0.0.1';

const resolvesTo =
  (...addresses: readonly string[]): Resolver =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: 4 as const })));

const noResponse: Resolver = () => Promise.reject(failureOf({ code: 'ETIMEDOUT' }, '192.0.2.1'));

const missing: Resolver = () => Promise.reject(Object.assign(new Error('lookup'), { code: 'ENOTFOUND' }));

/** Whether there is a connection at all. */
export const OF_CONNECTING: FindingExamples<keyof typeof FINDINGS> = {
  'dns-failed': {
    raising: {
      name: 'has a name that does not exist',
      endpoint: { host: 'smtp.example.test' },
      run: { resolver: missing },
    },
    twin: {
      name: 'has a name with an IP address',
      endpoint: { host: 'smtp.example.test' },
      run: { resolver: resolvesTo(LOOPBACK) },
    },
  },
  'no-route': {
    raising: {
      name: 'has one IP address, and there is no route to it',
      endpoint: { host: 'multicast.example.test' },
      run: { resolver: resolvesTo(NOWHERE) },
    },
    twin: {
      name: 'has two IP addresses, and there is a route to one of them',
      endpoint: { host: 'multicast.example.test' },
      run: { resolver: resolvesTo(NOWHERE, LOOPBACK) },
    },
  },
  'connection-failed-locally': {
    raising: {
      name: 'cannot be reached because the runner has no file descriptor left (simulated)',
      endpoint: { host: 'smtp.example.test' },
      run: { resolver: () => Promise.reject(failureOf({ code: 'EMFILE' }, LOOPBACK)) },
    },
    twin: {
      name: 'cannot be looked up because the runner has no file descriptor left (simulated)',
      endpoint: { host: 'smtp.example.test' },
      run: { resolver: () => Promise.reject(Object.assign(new Error('lookup'), { code: 'EMFILE' })) },
    },
    twinRaises: ['dns-failed'],
  },
  'connection-refused': {
    raising: { name: 'does not listen on the port', instead: 'nobody' },
    twin: {
      name: 'does not listen on the first of its two IP addresses',
      endpoint: { host: 'smtp.example.test' },
      run: { resolver: resolvesTo(DESERTED, LOOPBACK) },
    },
  },
  'connection-timeout': {
    raising: { name: 'does not respond to the connection request', instead: { fullPort: 0 } },
    twin: { name: 'refuses the connection', instead: 'nobody' },
    twinRaises: ['connection-refused'],
  },
  'egress-blocked': {
    raising: {
      name: 'does not respond on port 25, and the gate runs on a GitHub-hosted runner (simulated)',
      endpoint: { host: 'smtp.example.test', port: 25 },
      run: { resolver: noResponse, hostedRunner: true },
    },
    twin: {
      name: 'does not respond on a different port, and the gate runs on a GitHub-hosted runner (simulated)',
      endpoint: { host: 'smtp.example.test', port: 587 },
      run: { resolver: noResponse, hostedRunner: true },
    },
    twinRaises: ['connection-timeout'],
  },
};
