import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOL } from '../../src/report/report.js';

/** What the package, its sources and its bundles say about one another. */

const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  dependencies: Readonly<Record<string, string>>;
};

/** The packages whose licence stands in a bundle's list: the name on one line, the kind of licence on the next. */
function licensed(folder: string): Set<string> {
  const text = readFileSync(join(folder, 'licenses.txt'), 'utf8');
  const entries = text.matchAll(/^(\S+)\n\(?(?:MIT|ISC|0BSD|BSD-|Apache-).*$/gm);
  return new Set([...entries].map(([, name = '']) => name));
}

/** The packages of which a bundle says that it has modules. */
function bundled(folder: string): Set<string> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const comment = /^;?\/\/ (?:CONCATENATED|EXTERNAL) MODULE: .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm;
  return new Set(
    files.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(comment)].map(([, found = '']) => found),
    ),
  );
}

test('the version that reports carry is the version of the package', () => {
  expect(TOOL.version).toBe(version);
});

test.each(['dist', 'dist/cli'])('the licence of every package in %s is beside it', (folder) => {
  expect(bundled(folder).size).toBeGreaterThan(3);
  const beside = licensed(folder);
  expect([...bundled(folder)].filter((name) => !beside.has(name))).toEqual([]);
});

test('the licence of every dependency of the action is beside its bundle', () => {
  expect(Object.keys(dependencies).filter((name) => !licensed('dist').has(name))).toEqual([]);
});
