import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { run } from './run.js';

/**
 * Adds messages to a Maildir as read messages with flags.
 * @param folder the folder of the mailbox; created if it is missing
 * @param messages their texts by their flags, in the letters of Maildir (S seen, T deleted, F flagged)
 */
export async function seedMaildir(folder: string, messages: readonly (readonly [string, string])[]): Promise<void> {
  for (const name of ['cur', 'new', 'tmp']) await mkdir(join(folder, name), { recursive: true });
  for (const [index, [flags, text]] of messages.entries()) {
    const name = `${1_700_000_000 + index}.M${index}.example:2,${flags}`;
    await writeFile(join(folder, 'cur', name), text);
  }
  await run('chown', ['-R', 'mail:mail', folder]);
}

/** Every message of a Maildir and its folders by the path of its file, whose name contains its flags. */
export async function readMaildir(folder: string): Promise<Record<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = files
    .filter((file) => file.isFile() && /(^|\/)(cur|new)$/.test(file.parentPath))
    .map((file) => relative(folder, join(file.parentPath, file.name)))
    .sort()
    .map(async (file) => [file, await readFile(join(folder, file), 'latin1')] as const);
  return Object.fromEntries(await Promise.all(read));
}
