import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRegularFile } from '../../src/plan/files/regular-file.js';
import { codeOf } from '../../src/text/reason.js';

/** The reason why a file is not read. */
function refusal(path: string): string | undefined {
  try {
    readRegularFile(path);
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
    ['an empty file', ''],
    ['a file in several chunks', 'ä€😀'.repeat(30_000)],
  ])('returns its text: %s', (_, text) => {
    const path = join(folder, 'file');
    writeFileSync(path, text);
    symlinkSync(path, join(folder, 'link'));
    expect(readRegularFile(path)).toBe(text);
    expect(readRegularFile(join(folder, 'link'))).toBe(text);
  });

  test('returns the content of a file in /proc, which has no size', () => {
    expect(readRegularFile('/proc/self/status')).toContain('Pid:');
  });

  test.each([
    ['a folder', '.'],
    ['a named pipe', 'pipe'],
    ['an endless device', '/dev/zero'],
  ])('rejects %s', (_, path) => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(refusal(path.startsWith('/') ? path : join(folder, path))).toBe('not a regular file');
  });

  test('rejects a file that is too large', () => {
    const path = join(folder, 'file');
    writeFileSync(path, Buffer.alloc(4 * 1024 * 1024));
    expect(readRegularFile(path)).toHaveLength(4 * 1024 * 1024);
    writeFileSync(path, Buffer.alloc(4 * 1024 * 1024 + 1));
    expect(refusal(path)).toBe('larger than 4194304 bytes');
  });

  test('rejects a file that does not exist', () => {
    expect(refusal(join(folder, 'missing'))).toBe('ENOENT');
  });
});
