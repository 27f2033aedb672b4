import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Writes the licences of what is bundled beside each bundle. ncc's own list leaves out every package whose modules
 * it merges into others. Here it is the whole tree below the packages that a bundle may draw on.
 */

const manifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

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

function licenceOf([folder, { name, license }]) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file === undefined ? 'No licence text is distributed with this package.' : readFileSync(join(folder, file), 'utf8');
  return `${name}\n${license}\n\n${text.replace(/\r\n/g, '\n').trim()}\n`;
}

const licences = [...tree(Object.keys(manifest('.').dependencies))].map(licenceOf).sort();
for (const folder of ['dist', 'dist/cli']) {
  writeFileSync(`${folder}/licenses.txt`, [...new Set(licences)].join('\n----\n\n'));
}
