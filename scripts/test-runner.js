import jestCircus from 'jest-circus/runner';

/**
 * Jest's own runner, for concurrent tests. As soon as one of them ends, Jest would report an import by another one as code
 * that runs after the end of its test.
 */
export default function run(global, config, environment, runtime, ...rest) {
  runtime.leaveTestCode = () => undefined;
  return jestCircus.default(global, config, environment, runtime, ...rest);
}
