/*
 * A fleet in shards on one machine: the built action for each shard, two at a time, against a server in a process of its
 * own, then the built merge. One endpoint in a hundred has a certificate for a different name.
 *
 * First one shard is missing, one is damaged and one is duplicated: there must be no verdict, and exactly these reasons.
 * Then the first two run again, as attempt 2, and the copy is removed: the merge must fail, because of exactly the bad
 * endpoints. Arguments: the number of endpoints (default 50000) and of shards (default 20).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { createCertificate, startServer } from './server-process.mjs';

const ENDPOINTS = Number(process.argv[2] ?? 50_000);
const SHARDS = Number(process.argv[3] ?? 20);
const AT_A_TIME = 2;
const [MISSING, DAMAGED, REPEATED] = [2, 3, 4];
assert(ENDPOINTS >= SHARDS && SHARDS >= REPEATED, 'at least four shards, and as many endpoints');

const PEAK_MEMORY = resolve('__tests__/action/fixtures/peak-memory.mjs');
const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
const reports = join(folder, 'reports');

/** Every endpoint has an IP address of its own in 127.0.0.0/8. */
function writeConfig(port) {
  const hosts = Array.from({ length: ENDPOINTS }, (_, index) => {
    const host = `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
    return index % 100 === 99 ? `{ host: ${host}, servername: other.bench.test }` : host;
  });
  const defaults = ['defaults:', `  port: ${port}`, '  servername: mail.bench.test', '  tls: { ca: ca.pem }'];
  // On one line: a list of lines would have more tokens than the gate reads.
  writeFileSync(join(folder, 'fleet.yml'), [...defaults, `endpoints: [${hosts.join(', ')}]`, ''].join('\n'));
}

/** Runs a program of the action. */
async function run(file, inputs, attempt) {
  const runnerFiles = mkdtempSync(join(folder, 'step-'));
  const [output, peak] = ['output', 'peak'].map((name) => join(runnerFiles, name));
  writeFileSync(output, '');
  const variables = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, String(value)]);
  const env = {
    ...Object.fromEntries(variables),
    PATH: process.env.PATH,
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: output,
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_ATTEMPT: String(attempt),
    GITHUB_STEP_SUMMARY: join(runnerFiles, 'summary'),
    NODE_OPTIONS: `--import=${PEAK_MEMORY}`,
    PEAK_FILE: peak,
    RUNNER_TEMP: runnerFiles,
  };
  const begun = performance.now();
  const child = spawn(process.execPath, [resolve(file)], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    // The last lines have the verdict.
    log = (log + text).slice(-10_000);
  });
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - begun) / 1000;
  return { code, log, seconds, megabytes: Number(readFileSync(peak, 'utf8')) / 2 ** 20 };
}

const folderOf = (k, attempt) => join(reports, `fleet-1-${attempt}-shard-${k}`);

/** Tests some shards, a few at the same time. */
async function test(shards, attempt) {
  const waiting = [...shards];
  const ended = [];
  const worker = async () => {
    for (let k = waiting.shift(); k !== undefined; k = waiting.shift()) {
      const inputs = {
        ...{ config: 'fleet.yml', shard: `${k}/${SHARDS}`, concurrency: 100, 'per-host': 100 },
        'report-dir': folderOf(k, attempt),
      };
      ended.push(await run('dist/index.js', inputs, attempt));
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  for (const { code, log } of ended) assert(code === 0 || /^::error::Gate failed/m.test(log), log);
  return { seconds: (performance.now() - begun) / 1000, megabytes: Math.max(...ended.map((one) => one.megabytes)) };
}

const merge = (attempt) => run('dist/merge.js', { reports, shards: SHARDS, 'report-dir': 'merged' }, attempt);

function print(what, { seconds, megabytes }) {
  process.stdout.write(`| ${what} | ${seconds.toFixed(1)} s | ${Math.round(megabytes)} MB |\n`);
}

mkdirSync(reports);
createCertificate(folder);
const server = await startServer(folder);
try {
  writeConfig(server.port);
  process.stdout.write(
    `${ENDPOINTS} endpoints in ${SHARDS} shards, ${AT_A_TIME} at a time; Node.js ${process.version}, ${cpus().length} CPUs\n\n` +
      '| part | time | peak memory |\n| --- | --- | --- |\n',
  );
  const all = Array.from({ length: SHARDS }, (_, index) => index + 1);
  print('all shards', await test(all, 1));

  rmSync(folderOf(MISSING, 1), { recursive: true });
  truncateSync(join(folderOf(DAMAGED, 1), 'report.json'), 1000);
  const copy = join(reports, 'copy');
  cpSync(folderOf(REPEATED, 1), copy, { recursive: true });
  const refused = await merge(1);
  print('merge without a verdict', refused);
  assert.equal(refused.code, 1);
  const reasons = refused.log.split('\n').filter((line) => line !== '' && !line.startsWith('::'));
  assert.deepEqual(reasons, [
    `fleet-1-1-shard-${DAMAGED}/report.json is damaged: it is not JSON`,
    `2 of ${SHARDS} shards are missing: ${MISSING}, ${DAMAGED}`,
    `attempt 1 of shard ${REPEATED} has 2 reports: copy/report.json, fleet-1-1-shard-${REPEATED}/report.json`,
  ]);

  print('two shards again', await test([MISSING, DAMAGED], 2));
  rmSync(copy, { recursive: true });
  rmSync(folderOf(DAMAGED, 1), { recursive: true });
  const merged = await merge(2);
  print('merge', merged);
  const { counts, result, endpoints } = JSON.parse(readFileSync(join(folder, 'merged/report.json'), 'utf8'));
  const bad = Math.floor(ENDPOINTS / 100);
  assert.deepEqual(
    [merged.code, result, counts],
    [
      bad > 0 ? 1 : 0,
      bad > 0 ? 'fail' : 'pass',
      { pass: ENDPOINTS - bad, warn: 0, inconclusive: 0, fail: bad, total: ENDPOINTS },
    ],
  );
  const failed = endpoints.filter((one) => one.result === 'fail').map(({ host }) => Number(host.split('.')[3]));
  process.stdout.write(`\nThe verdicts are right: ${failed.length} of ${ENDPOINTS} endpoints failed.\n`);
} finally {
  server.kill();
  rmSync(folder, { recursive: true });
}
