/*
 * Writes dist/: one bundle of all programs, whose chunks are loaded when they are used, a file for each program, and the
 * licenses of what is bundled. ncc's own list of licenses leaves out every package whose modules it merges into others.
 * Here it is the whole tree below the dependencies.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { minify } from 'terser';

/** The file of each program, relative to dist/, and its function in src/main/programs.ts. */
const PROGRAMS = { 'index.js': 'action', 'cli/index.js': 'cli', 'merge.js': 'merge' };
const BUNDLE = 'dist/programs';

rmSync('dist', { recursive: true, force: true });
execFileSync('ncc', ['build', 'src/main/programs.ts', '--out', BUNDLE], { stdio: 'inherit' });

const scripts = readdirSync(BUNDLE).filter((name) => name.endsWith('index.js'));
const licenses = [...tree(Object.keys(manifest('.').dependencies))];
const licensed = new Set(licenses.map(([, { name }]) => name));
const missing = scripts.flatMap(bundledBy).filter((name) => !licensed.has(name));
if (missing.length > 0) throw new Error(`Bundled without a license: ${[...new Set(missing)].join(', ')}`);
writeFileSync('dist/licenses.txt', [...new Set(licenses.map(licenseOf).sort())].join('\n----\n\n'));

for (const name of scripts) {
  const path = join(BUNDLE, name);
  const { code } = await minify(readFileSync(path, 'utf8'), { module: true, ecma: 2020 });
  writeFileSync(path, `${code}\n`);
}

for (const [file, program] of Object.entries(PROGRAMS)) {
  const path = join('dist', file);
  mkdirSync(dirname(path), { recursive: true });
  const bundle = `${'../'.repeat(file.split('/').length - 1) || './'}programs/index.js`;
  writeFileSync(path, `import { ${program} } from '${bundle}';\n\nawait ${program}();\n`);
}
writeFileSync('dist/package.json', '{ "type": "module" }\n');

/** The packages whose modules a file of ncc contains, by the comments before them. */
function bundledBy(name) {
  const comment = /^;?\/\/ (?:CONCATENATED|EXTERNAL) MODULE: .*node_modules\/((?:@[^/]+\/)?[^/]+)\//gm;
  return [...readFileSync(join(BUNDLE, name), 'utf8').matchAll(comment)].map(([, found]) => found);
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Where a package finds another: in its own node_modules, or in those of the folders above. */
function locate(name, from) {
  for (let folder = from; ; folder = join(folder, '..')) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (folder === '.') return undefined;
  }
}

/** The folders of a package's tree, each once. */
function tree(names, from = '.', found = new Map()) {
  for (const name of names) {
    const folder = locate(name, from);
    // Optional peers may not be installed, and then are not bundled.
    if (folder === undefined || found.has(folder)) continue;
    const { dependencies = {} } = manifest(folder);
    found.set(folder, manifest(folder));
    tree(Object.keys(dependencies), folder, found);
  }
  return found;
}

function licenseOf([folder, { name, license }]) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file === undefined ? 'No license text is distributed with this package.' : readFileSync(join(folder, file), 'utf8');
  return `${name}\n${license}\n\n${text.replace(/\r\n/g, '\n').trim()}\n`;
}
