import { availableParallelism } from 'node:os';

const shared = {
  testEnvironment: 'node',
  testRunner: '<rootDir>/scripts/test-runner.js',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '<rootDir>/scripts/strip-types.js' },
};

/** Tests that also run in `npm run test:deep`, where `runs()` is ten times as much. */
const LONGER = [
  'unit/dkim',
  'unit/redactor',
  'unit/report-summary',
  'servers/embedded/malformed',
  'action/fail-closed',
];

const project = (displayName, folder) => ({
  ...shared,
  displayName,
  testMatch: [`<rootDir>/__tests__/${folder}/**/*.test.ts`],
  testPathIgnorePatterns: ['\\.deep\\.test\\.ts$'],
});

export default {
  testTimeout: 60_000,
  // Tests mostly wait for their servers, so each processor runs three files at a time.
  maxWorkers: 3 * availableParallelism(),
  // A worker without open handles still takes up to half a second to free its heap on a busy machine.
  workerGracefulExitTimeout: 30_000,
  projects: [
    project('unit', 'unit'),
    /** Servers in this process. */
    project('embedded', 'servers/embedded'),
    /** The bundle in dist/. */
    project('action', 'action'),
    /** Servers of Debian. */
    project('real', 'servers/real'),
    /** Fuzzing, large corpora and whole builds. */
    {
      ...shared,
      displayName: 'deep',
      testMatch: [
        '<rootDir>/__tests__/**/*.deep.test.ts',
        ...LONGER.map((file) => `<rootDir>/__tests__/${file}.test.ts`),
      ],
      globals: { DEEP: true },
    },
  ],
};
