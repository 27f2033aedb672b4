/**
 * What each folder of src/ may import, besides itself. docs/architecture.md shows these arrows as a diagram.
 * They never form a circle, and type imports count.
 */
export const ARROWS = {
  text: [],
  net: ['text'],
  report: [],
  findings: ['report', 'text'],
  secrets: ['report', 'text'],
  plan: ['findings', 'report', 'sasl', 'secrets', 'text'],
  sasl: ['secrets', 'text'],
  smtp: ['net', 'sasl', 'secrets', 'text'],
  tls: ['net', 'secrets', 'text'],
  message: ['net', 'text'],
  inbox: ['message', 'net', 'plan', 'secrets', 'text', 'tls'],
  verdict: ['findings', 'plan', 'report', 'text'],
  steps: ['findings', 'inbox', 'message', 'net', 'plan', 'report', 'sasl', 'smtp', 'text', 'tls', 'verdict'],
  probes: ['findings', 'net', 'plan', 'report', 'smtp', 'steps', 'text', 'tls'],
  gate: [
    'findings',
    'inbox',
    'net',
    'plan',
    'probes',
    'report',
    'sasl',
    'secrets',
    'smtp',
    'steps',
    'text',
    'tls',
    'verdict',
  ],
  merge: ['plan', 'report', 'secrets', 'text', 'verdict'],
  output: ['findings', 'report', 'text'],
  runner: ['net', 'output', 'plan', 'report', 'text'],
  servers: ['findings', 'report'],
  main: ['gate', 'merge', 'output', 'plan', 'report', 'runner', 'secrets', 'servers', 'text', 'verdict'],
};

const anyOf = (folders) => `^src/(${folders.join('|')})/`;

export default {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(ARROWS).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      severity: 'error',
      from: { path: anyOf([folder]) },
      to: { path: '^src/', pathNot: anyOf([folder, ...allowed]) },
    })),
    {
      name: 'folder-without-arrows',
      comment: 'A new folder of src/ needs a line in ARROWS.',
      severity: 'error',
      from: { path: '^src/', pathNot: anyOf(Object.keys(ARROWS)) },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
