import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOOL } from '../../src/report/report.js';

/** The package, its sources and its bundles are consistent. */

const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  dependencies: Readonly<Record<string, string>>;
};

/** The packages in the license list of a bundle: the name on one line, the kind of license on the next. */
function licensed(folder: string): Set<string> {
  const text = readFileSync(join(folder, 'licenses.txt'), 'utf8');
  const entries = text.matchAll(/^(\S+)\n\(?(?:MIT|ISC|0BSD|BSD-|Apache-).*$/gm);
  return new Set([...entries].map(([, name = '']) => name));
}

/** The packages that a bundle contains modules of. */
function bundled(folder: string): Set<string> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const comment = /^;?\/\/ (?:CONCATENATED|EXTERNAL) MODULE: .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm;
  return new Set(
    files.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(comment)].map(([, found = '']) => found),
    ),
  );
}

test('the version in reports is that of the package', () => {
  expect(TOOL.version).toBe(version);
});

test.each(['dist', 'dist/cli'])('the license of every package in %s is next to it', (folder) => {
  expect(bundled(folder).size).toBeGreaterThan(3);
  const beside = licensed(folder);
  expect([...bundled(folder)].filter((name) => !beside.has(name))).toEqual([]);
});

test('the license of every dependency of the action is next to its bundle', () => {
  expect(Object.keys(dependencies).filter((name) => !licensed('dist').has(name))).toEqual([]);
});
