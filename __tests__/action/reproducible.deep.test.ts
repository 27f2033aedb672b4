import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TEST_TIMEOUT_MS = 600_000;

/** The files below a folder with their content. */
async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [file.slice(folder.length), await readFile(file, 'latin1')] as const);
  return new Map((await Promise.all(read)).sort());
}

// The committed bundles were built in this checkout, and here the same sources are built in a different folder.
// A bundle that contains a path, a date or the order of a directory would differ.
test(
  'the bundles are identical, byte for byte, regardless of the folder in which they are built',
  async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'built elsewhere '));
    try {
      for (const part of ['src', 'scripts', 'package.json', 'tsconfig.json']) {
        await cp(part, join(elsewhere, part), { recursive: true });
      }
      // Through a link, the packages would still be in this checkout. The build does not use the Node among them.
      await mkdir(join(elsewhere, 'node_modules'));
      const packages = (await readdir('node_modules')).filter((name) => name !== 'node');
      await run('cp', [
        '-r',
        ...packages.map((name) => resolve('node_modules', name)),
        join(elsewhere, 'node_modules'),
      ]);
      await run('npm', ['run', 'build'], { cwd: elsewhere });
      const [here, there] = await Promise.all([contents(resolve('dist')), contents(join(elsewhere, 'dist'))]);
      expect([...there.keys()]).toEqual([...here.keys()]);
      expect([...there].filter(([file, text]) => here.get(file) !== text).map(([file]) => file)).toEqual([]);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  },
  TEST_TIMEOUT_MS,
);
