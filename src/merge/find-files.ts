import { lstatSync, opendirSync } from 'node:fs';
import { join } from 'node:path';

/** Files and folders that are looked at. */
const MAX_ENTRIES = 20_000;

export interface FoundFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Finds every `*.json` below a folder. A link is found too, but never followed.
 * @returns the files, sorted by their paths
 * @throws an error with a `code` if a folder cannot be read or there are too many files
 */
export function findJsonFiles(folder: string): FoundFile[] {
  const found: FoundFile[] = [];
  const folders = [''];
  let entries = 0;
  for (let inside = folders.pop(); inside !== undefined; inside = folders.pop()) {
    const directory = opendirSync(join(folder, inside));
    try {
      for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
        entries += 1;
        if (entries > MAX_ENTRIES) {
          throw Object.assign(new Error(folder), { code: `more than ${MAX_ENTRIES} files and folders` });
        }
        const path = join(inside, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else if (entry.name.endsWith('.json')) found.push({ path, bytes: lstatSync(join(folder, path)).size });
      }
    } finally {
      directory.closeSync();
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
