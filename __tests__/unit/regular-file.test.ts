import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRegularFile, readRegularFileSync } from '../../src/plan/regular-file.js';
import { codeOf } from '../../src/text/reason.js';

/** Why a file is not read. */
function refusal(path: string): string | undefined {
  try {
    readRegularFileSync(path);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

describe('reading a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'regular-file-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['an empty one', ''],
    ['one in several pieces', 'ä€😀'.repeat(30_000)],
  ])('gives its text: %s', async (_, text) => {
    const path = join(folder, 'file');
    writeFileSync(path, text);
    symlinkSync(path, join(folder, 'link'));
    expect(readRegularFileSync(path)).toBe(text);
    await expect(readRegularFile(join(folder, 'link'))).resolves.toBe(text);
  });

  test('gives the content of a file in /proc, which has no size', () => {
    expect(readRegularFileSync('/proc/self/status')).toContain('Pid:');
  });

  test.each([
    ['a folder', '.'],
    ['a named pipe', 'pipe'],
    ['a device without an end', '/dev/zero'],
  ])('refuses %s', (_, path) => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(refusal(path.startsWith('/') ? path : join(folder, path))).toBe('not a regular file');
  });

  test('refuses one that is too large', () => {
    const path = join(folder, 'file');
    writeFileSync(path, Buffer.alloc(4 * 1024 * 1024));
    expect(readRegularFileSync(path)).toHaveLength(4 * 1024 * 1024);
    writeFileSync(path, Buffer.alloc(4 * 1024 * 1024 + 1));
    expect(refusal(path)).toBe('larger than 4194304 bytes');
  });

  test('rejects the promise instead of throwing', async () => {
    const read = readRegularFile(join(folder, 'missing'));
    await expect(read).rejects.toThrow('ENOENT');
  });
});
