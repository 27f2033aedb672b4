import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completeFinding } from '../../src/findings/complete.js';
import { ConnectFailure } from '../../src/net/connect.js';
import type { EgressPolicy } from '../../src/plan/endpoint.js';
import { findEgressPolicy } from '../../src/runner/egress-policy.js';
import { connectFailed } from '../../src/steps/connect-failed.js';
import type { Context } from '../../src/steps/context.js';
import { testEndpoint, testRun } from '../support/gate.js';
import { EXACTLY } from '../support/reports.js';

const FILE = '.github/workflows/release.yml';

describe('the egress policy of a job', () => {
  let workspace: string;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'egress-'));
    mkdirSync(join(workspace, '.github/workflows'), { recursive: true });
  });
  afterEach(() => {
    rmSync(workspace, { recursive: true });
  });

  const find = (inputs: string, job = 'gate', others = '  other: {}\n'): unknown => {
    const step = `      - uses: step-security/harden-runner@v2\n        with:\n${inputs}`;
    writeFileSync(join(workspace, FILE), `on: push\njobs:\n  gate:\n    steps:\n${step}      - uses: ./\n${others}`);
    return findEgressPolicy({
      GITHUB_JOB: job,
      GITHUB_WORKFLOW_REF: `octo/repo/${FILE}@refs/heads/main`,
      GITHUB_REPOSITORY: 'octo/repo',
      GITHUB_WORKSPACE: workspace,
    });
  };
  const block = '          egress-policy: block\n';

  test('is that of harden-runner, with what it allows', () => {
    const allowed = ['github.com:443', '*.example.com:587'];
    expect(find(`${block}          allowed-endpoints: >\n            ${allowed.join('\n            ')}\n`)).toEqual({
      ...{ file: FILE, line: 5 },
      allowed,
    });
    expect(find(block)).toEqual({ file: FILE, line: 5, allowed: [] });
    expect(find(block, '', '')).toEqual({ file: FILE, line: 5, allowed: [] });
  });

  test.each([
    ['it only reports', '          egress-policy: audit\n', 'gate'],
    ['an expression decides', '          egress-policy: ${{ vars.POLICY }}\n', 'gate'],
    ['an expression has the endpoints', `${block}          allowed-endpoints: \${{ vars.HOSTS }}\n`, 'gate'],
    ['it is in another job', block, 'other'],
    ['the name of the job is not known', block, ''],
  ])('is not known if %s', (_, inputs, job) => {
    expect(find(inputs, job)).toBeUndefined();
  });
});

describe('a connection that fails in such a job', () => {
  const failing = (kind: 'timed-out' | 'name-not-found', allowed: readonly string[], address = '54.185.253.63') => {
    const policy: EgressPolicy = { file: FILE, line: 5, allowed };
    const endpoint = testEndpoint(587, { host: 'smtp.example.com' });
    const context = { endpoint, run: testRun({ egressPolicy: () => policy }) } as Context;
    const failure = new ConnectFailure(kind, 'no response in time', address);
    return completeFinding(connectFailed(failure, context), EXACTLY);
  };

  test('is blamed on the policy, with the endpoint to allow', () => {
    const found = failing('timed-out', ['github.com:443', 'smtp.example.com:465', 'smtp.example.com']);
    expect(found).toMatchObject({
      ...{ code: 'connection-timeout', title: 'Connection blocked by a step of the workflow' },
      ...{ party: 'configuration', certainty: 'likely', inconclusive: true },
    });
    expect(found.remedy).toMatch(/^Add `smtp\.example\.com:587` to `allowed-endpoints` .*line 5 of \.github/);
  });

  test.each([
    ['the endpoint is allowed', failing('timed-out', ['smtp.example.com:587'])],
    ['its domain is allowed', failing('timed-out', ['*.example.com:587'])],
    ['the server is on this machine', failing('timed-out', [], '127.0.0.1')],
    ['the name does not exist', failing('name-not-found', [])],
  ])('is not blamed on it if %s', (_, { title }) => {
    expect(title).not.toBe('Connection blocked by a step of the workflow');
  });
});
