import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConnectFailure } from '../../src/net/connect.js';
import { findJobContainer } from '../../src/runner/job-container.js';
import { inboxFinding } from '../../src/steps/delivery/inbox-finding.js';

const FILE = '.github/workflows/release.yml';
const SERVICES = '    services:\n      mailserver:\n        image: example.test/mail\n';

describe('the container of a job', () => {
  let workspace: string;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'container-'));
    mkdirSync(join(workspace, '.github/workflows'), { recursive: true });
  });
  afterEach(() => {
    rmSync(workspace, { recursive: true });
  });

  test.each([
    [
      'is that of the workflow file, with its services',
      `    container: node:24\n${SERVICES}`,
      { services: ['mailserver'] },
    ],
    ['needs no services', '    container:\n      image: node:24\n', { services: [] }],
    ['is not that of a service', SERVICES, undefined],
  ])('%s', (_, job, container) => {
    writeFileSync(join(workspace, FILE), `on: push\njobs:\n  other:\n    steps: []\n  gate:\n${job}    steps: []\n`);
    expect(
      findJobContainer({
        GITHUB_JOB: 'gate',
        GITHUB_WORKFLOW_REF: `octo/repo/${FILE}@refs/heads/main`,
        GITHUB_REPOSITORY: 'octo/repo',
        GITHUB_WORKSPACE: workspace,
      }),
    ).toEqual(container);
  });

  test('is known by its workspace if there is no workflow file', () => {
    expect(findJobContainer({ GITHUB_WORKSPACE: '/__w/repo/repo' })).toEqual({ services: [] });
    expect(findJobContainer({ GITHUB_WORKSPACE: '/home/runner/work/repo/repo' })).toBeUndefined();
  });
});

test('an inbox on a loopback address is not a service of a job in a container', () => {
  const cause = new ConnectFailure('refused', 'ECONNREFUSED', '127.0.0.1');
  const target = { scheme: 'mailpit+http', host: 'localhost', port: 8025, basePath: '' } as const;
  const run = { jobContainer: () => ({ services: ['mailpit'] }) };
  expect(inboxFinding({ kind: 'no-connection', cause }, target, run).cause).toBe('refused-in-container');
  expect(inboxFinding({ kind: 'no-connection', cause }, target).cause).toBe('refused');
  const elsewhere = new ConnectFailure('refused', 'ECONNREFUSED', '192.0.2.1');
  expect(inboxFinding({ kind: 'no-connection', cause: elsewhere }, target, run).cause).toBe('refused');
});
