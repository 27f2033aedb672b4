import jestCircus from 'jest-circus/runner';

/**
 * Jest's own runner, for tests that run at the same time. It takes an import by one of them for code that runs after a
 * test, because another one has ended.
 */
export default function run(global, config, environment, runtime, ...rest) {
  runtime.leaveTestCode = () => undefined;
  return jestCircus.default(global, config, environment, runtime, ...rest);
}
