/** What needs nothing but npm (unit, embedded servers, the built bundle), and real servers from Debian. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '<rootDir>/scripts/strip-types.js' },
};

export default {
  testTimeout: 60_000,
  // Most of the time they wait for one another's peers, so one of two processors is not left to rest.
  maxWorkers: '100%',
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/__tests__/unit/**/*.test.ts'] },
    { ...shared, displayName: 'embedded', testMatch: ['<rootDir>/__tests__/servers/embedded/**/*.test.ts'] },
    { ...shared, displayName: 'action', testMatch: ['<rootDir>/__tests__/action/**/*.test.ts'] },
    { ...shared, displayName: 'real', testMatch: ['<rootDir>/__tests__/servers/real/**/*.test.ts'] },
  ],
};
