/*
 * What the self-test adds to a run: the built program without and with it, in turn, and the medians. The endpoint
 * refuses the connection, so the self-test pays for all that another run would load and warm up anyway.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import process from 'node:process';

const PAIRS = 9;

/** A port of loopback on which nobody listens any more. */
async function closedPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** @returns how many milliseconds it takes */
async function run(...args) {
  const begun = performance.now();
  await once(spawn(process.execPath, ['dist/cli/index.js', ...args], { stdio: 'ignore' }), 'close');
  return performance.now() - begun;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const endpoint = ['--retries', '0', `127.0.0.1:${await closedPort()}`];
const without = [];
const including = [];
for (let pair = 0; pair < PAIRS; pair += 1) {
  without.push(await run(...endpoint));
  including.push(await run('--self-test', ...endpoint));
}
const [plain, proven] = [median(without), median(including)];
process.stdout.write(
  `${Math.round(plain)} ms without the self-test, ${Math.round(proven)} ms with it: ` +
    `${Math.round(proven - plain)} ms more, ${(proven / plain).toFixed(2)} times as much\n`,
);
