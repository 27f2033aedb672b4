/** The unit tests of what the mutation run changes, made quick: each of them runs once for every change. */
const tests = [
  'verdict',
  'waivers',
  'names',
  'reply',
  'peer',
  'runner-log',
  'report-markdown',
  'report-bounds',
  'redaction',
  'redactor',
];

export default {
  rootDir: '../..',
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '<rootDir>/scripts/strip-types.js' },
  testMatch: tests.map((name) => `<rootDir>/__tests__/unit/${name}.test.ts`),
  globals: { DEEP: true },
  setupFiles: ['<rootDir>/scripts/mutation/fast-check.js'],
};
