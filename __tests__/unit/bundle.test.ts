import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../src/version.js';

/** What the package, its sources and its bundles say about one another. */

const { version, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string;
  dependencies: Readonly<Record<string, string>>;
};

test('the version that reports carry is the version of the package', () => {
  expect(VERSION).toBe(version);
});

describe.each(['dist', 'dist/cli'])('the licences beside the bundle in %s', (folder) => {
  const licences = readFileSync(join(folder, 'licenses.txt'), 'utf8');
  const bundle = readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
  /** The packages of which the bundle says that it has modules. */
  const bundled = new Set(
    bundle.flatMap((text) =>
      [...text.matchAll(/^;\/\/ CONCATENATED MODULE: .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)].map(
        ([, name = '']) => name,
      ),
    ),
  );

  test('name that of every package in it', () => {
    expect(bundled.size).toBeGreaterThan(3);
    for (const name of bundled) expect(licences).toMatch(entry(name));
  });

  if (folder === 'dist') {
    test('name that of every dependency of the action', () => {
      for (const name of Object.keys(dependencies)) expect(licences).toMatch(entry(name));
    });
  }
});

/** A name on a line of its own, and on the next what kind of licence it has. */
function entry(name: string): RegExp {
  return new RegExp(`^${name.replaceAll('.', '\\.')}\\n(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\\.0|MIT-0)$`, 'm');
}
