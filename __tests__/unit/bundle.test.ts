import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TOOL } from '../../src/report/report.js';

/** The package, its sources and its bundles are consistent. */

const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  dependencies: Readonly<Record<string, string>>;
};

/** The packages in the license list: the name on one line, the kind of license on the next. */
function licensed(): Set<string> {
  const text = readFileSync('dist/licenses.txt', 'utf8');
  const entries = text.matchAll(/^(\S+)\n\(?(?:MIT|ISC|0BSD|BSD-|Apache-).*$/gm);
  return new Set([...entries].map(([, name = '']) => name));
}

test('the version in reports is that of the package', () => {
  expect(TOOL.version).toBe(version);
});

test('the license of every dependency is next to the bundle', () => {
  const beside = licensed();
  expect(Object.keys(dependencies).filter((name) => !beside.has(name))).toEqual([]);
});

test('the bundle holds shared code once, in less than 6 MB', () => {
  const files = readdirSync('dist', { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(6_000_000);
});
