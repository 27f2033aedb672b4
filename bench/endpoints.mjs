/*
 * What it costs to test endpoints (steps 1 to 3, with report and summary), compared with a minimal program (bench/floor.mjs)
 * and with the tools that people use manually. They take turns in the same run, and the median of each is printed. With two
 * or more CPUs, the clients run on one of them and the server on another. Argument: the largest number of endpoints
 * (default 5000).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { address, createCertificate, startServer } from './server-process.mjs';

const MOST = Number(process.argv[2] ?? 5000);
/** Endpoints, milliseconds before each reply, connections at a time, runs of each program. */
const SCENES = [
  [1, 0, 1, 9],
  [100, 0, 20, 5],
  [100, 25, 100, 5],
  [1000, 0, 20, 3],
  [1000, 25, 100, 3],
  [5000, 0, 50, 3],
].filter(([count]) => count <= MOST);
/** These tools need a process for each endpoint, so more endpoints would only take longer. */
const MOST_BY_HAND = 100;

const PEAK_MEMORY = resolve('__tests__/action/fixtures/peak-memory.mjs');
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const inFolder = (name) => join(folder, name);
const [onClient, onServer] = cpus().length > 1 && isInstalled('taskset') ? [on(0), on(1)] : [[], []];

function on(cpu) {
  return ['taskset', '-c', String(cpu)];
}

function isInstalled(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** A program for every endpoint of the list, some at a time. */
function eachWith(script, concurrency) {
  return ['xargs', '-P', String(concurrency), '-I', '{}', '-a', inFolder('hosts'), 'sh', '-c', script];
}

/** The programs, with their command lines. */
function contenders([count, , concurrency], port) {
  const node = [process.execPath, `--import=${PEAK_MEMORY}`];
  const ca = inFolder('ca.pem');
  const programs = {
    gate: [...node, resolve('dist/index.js')],
    floor: [...node, resolve('bench/floor.mjs'), inFolder('endpoints'), ca, String(concurrency)],
  };
  if (count > MOST_BY_HAND) return programs;
  const byHand = {
    openssl: `echo QUIT | openssl s_client -quiet -starttls smtp -connect {}:${port} -CAfile ${ca} -verify_return_error -verify_hostname mail.bench.test`,
    'posttls-finger': `posttls-finger -c -l secure -F ${ca} '[{}]:${port}' mail.bench.test`,
    swaks: `swaks --server {} --port ${port} --tls --tls-verify --tls-ca-path ${ca} --tls-sni mail.bench.test --quit-after TLS`,
  };
  for (const [name, script] of Object.entries(byHand)) {
    if (isInstalled(name)) programs[name] = eachWith(`${script} >/dev/null 2>&1`, concurrency);
  }
  return programs;
}

/** @returns the time that passes and the CPU time, in seconds, and for Node.js the peak memory in MB */
function measure(command, concurrency) {
  const env = {
    PATH: process.env.PATH,
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: inFolder('output'),
    GITHUB_STEP_SUMMARY: inFolder('summary'),
    INPUT_CONCURRENCY: String(concurrency),
    INPUT_CONFIG: inFolder('fleet.yml'),
    'INPUT_REPORT-DIR': inFolder('report'),
    PEAK_FILE: inFolder('peak'),
    RUNNER_TEMP: folder,
    TIMEFORMAT: '%R %U %S',
  };
  for (const name of ['output', 'summary', 'peak']) writeFileSync(inFolder(name), '');
  const script = 'time "$@" >/dev/null 2>errors';
  const options = { cwd: folder, env, encoding: 'utf8' };
  const { status, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', ...onClient, ...command], options);
  if (status !== 0)
    throw new Error(`${command.join(' ')}: exit code ${status}\n${readFileSync(inFolder('errors'), 'utf8')}`);
  const [real, user, system] = stderr.trim().split(' ').map(Number);
  return { wall: real, cpu: user + system, memory: Number(readFileSync(inFolder('peak'), 'utf8')) / 2 ** 20 };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function runScene(scene) {
  const [count, delayMs, concurrency, runs] = scene;
  const server = await startServer(folder, delayMs, onServer);
  try {
    const hosts = Array.from({ length: count }, (_, index) => address(index));
    writeFileSync(inFolder('hosts'), hosts.map((host) => `${host}\n`).join(''));
    writeFileSync(inFolder('endpoints'), hosts.map((host) => `${host}:${server.port}\n`).join(''));
    const defaults = ['defaults:', `  port: ${server.port}`, '  servername: mail.bench.test', '  tls: { ca: ca.pem }'];
    writeFileSync(
      inFolder('fleet.yml'),
      [...defaults, 'endpoints:', ...hosts.map((host) => `  - ${host}`), ''].join('\n'),
    );
    const programs = Object.entries(contenders(scene, server.port));
    const results = new Map(programs.map(([name]) => [name, []]));
    for (let run = 0; run < runs; run += 1) {
      for (const [name, command] of programs) results.get(name).push(measure(command, concurrency));
    }
    const medians = new Map(
      [...results].map(([name, all]) => [
        name,
        Object.fromEntries(['wall', 'cpu', 'memory'].map((what) => [what, median(all.map((one) => one[what]))])),
      ]),
    );
    for (const [name, one] of medians) print(scene, name, one, medians.get('floor'));
  } finally {
    server.kill();
  }
}

function print([count, delayMs, concurrency], name, { wall, cpu, memory }, floor) {
  const ratio = (a, b) => (name === 'floor' ? '' : ` (${(a / b).toFixed(2)})`);
  const cells = [
    ...[count, `${delayMs} ms`, concurrency, name],
    `${wall.toFixed(2)} s${ratio(wall, floor.wall)}`,
    `${cpu.toFixed(2)} s${ratio(cpu, floor.cpu)}`,
    `${((1000 * cpu) / count).toFixed(1)} ms`,
    memory > 0 ? `${Math.round(memory)} MB${ratio(memory, floor.memory)}` : '',
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

try {
  createCertificate(folder);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  process.stdout.write(
    `Commit ${commit}, Node.js ${process.version}, ${cpus().length} CPUs (${cpus()[0].model}). In parentheses: times the floor.\n\n` +
      '| endpoints | delay | at a time | program | time | CPU time | CPU time each | peak memory |\n' +
      `|${' --- |'.repeat(8)}\n`,
  );
  for (const scene of SCENES) await runScene(scene);
} finally {
  rmSync(folder, { recursive: true });
}
