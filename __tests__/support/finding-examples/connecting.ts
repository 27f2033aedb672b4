import type { CONNECTING as FINDINGS } from '../../../src/findings/catalogue/connecting.js';
import { failureOf } from '../../../src/net/connect.js';
import type { Resolver } from '../../../src/net/connect.js';
import type { FindingExamples } from './finding-example.js';

const LOOPBACK = '127.0.0.1';
/** A loopback address on which no server of the tests listens. */
const DESERTED = '127.0.0.8';
/** No packet leaves for a multicast address: TCP has no use for it, and the system says that it has no route. */
const NOWHERE = '224.0.0.1';

const resolvesTo =
  (...addresses: readonly string[]): Resolver =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: 4 as const })));

const missing: Resolver = () => Promise.reject(Object.assign(new Error('lookup'), { code: 'ENOTFOUND' }));

/** Whether there is a connection at all. */
export const OF_CONNECTING: FindingExamples<keyof typeof FINDINGS> = {
  'dns-failed': {
    raising: {
      name: 'its name does not exist',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: missing },
    },
    twin: {
      name: 'its name has an address',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: resolvesTo(LOOPBACK) },
    },
  },
  'no-route': {
    raising: {
      name: 'its only address cannot be reached from here',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: resolvesTo(NOWHERE) },
    },
    twin: {
      name: 'one of its two addresses can be reached',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: resolvesTo(NOWHERE, LOOPBACK) },
    },
  },
  'connection-failed-locally': {
    raising: {
      name: 'this machine has no file descriptor left for it (no server can do this: the gate is told so)',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: () => Promise.reject(failureOf({ code: 'EMFILE' }, LOOPBACK)) },
    },
    twin: {
      name: 'this machine has none left for the lookup of its name',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: () => Promise.reject(Object.assign(new Error('lookup'), { code: 'EMFILE' })) },
    },
    twinRaises: ['dns-failed'],
  },
  'connection-refused': {
    raising: { name: 'nobody listens', instead: 'nobody' },
    twin: {
      name: 'nobody listens on the first of its two addresses',
      endpoint: { host: 'smtp.example.test' },
      world: { resolver: resolvesTo(DESERTED, LOOPBACK) },
    },
  },
  'connection-timeout': {
    raising: { name: 'does not answer the connection request', instead: { fullPort: 0 } },
    twin: { name: 'refuses it at once', instead: 'nobody' },
    twinRaises: ['connection-refused'],
  },
  'egress-blocked': {
    raising: {
      name: 'does not answer on port 25, seen from a hosted runner',
      instead: { fullPort: 25 },
      world: { hostedRunner: true },
    },
    twin: {
      name: 'does not answer on another port, seen from a hosted runner',
      instead: { fullPort: 0 },
      world: { hostedRunner: true },
    },
    twinRaises: ['connection-timeout'],
  },
};
