import process from 'node:process';
import { prepareProcess } from '../../src/main/prepare-process.js';
import { testEndpoint } from '../support/gate.js';

/** The size of Node's thread pool, which looks up names. */

const NAME = 'UV_THREADPOOL_SIZE';
const given = process.env[NAME];
afterEach(() => {
  if (given === undefined) Reflect.deleteProperty(process.env, NAME);
  else process.env[NAME] = given;
});

const endpoint = testEndpoint(587);
const ofDomain = { ...endpoint, mx: {} };

test.each([
  ['one endpoint', [endpoint], 20, '8'],
  ['as many endpoints as can be tested at once', Array(20).fill(endpoint), 20, '160'],
  ['endpoints that take turns', [endpoint, endpoint], 1, '256'],
  ['endpoints that take turns at a high concurrency', Array(101).fill(endpoint), 100, '800'],
  ['a domain, whose hosts are not known yet', [ofDomain], 4, '256'],
])('the pool has threads for %s', (_, endpoints, concurrency, size) => {
  Reflect.deleteProperty(process.env, NAME);
  prepareProcess({ endpoints, concurrency });
  expect(process.env[NAME]).toBe(size);
});

test('a size that the user has set is kept', () => {
  process.env[NAME] = '5';
  prepareProcess({ endpoints: [endpoint], concurrency: 20 });
  expect(process.env[NAME]).toBe('5');
});
