import { posix, win32 } from 'node:path';
import { fromWorkspace } from '../../src/plan/source/sources.js';

describe('the path of a config file in messages and annotations', () => {
  test.each([
    ['within the workspace', 'D:\\a\\repo', '.github\\mail\\gate.yml', '.github/mail/gate.yml'],
    ['written with slashes', 'D:\\a\\repo', './.github/gate.yml', '.github/gate.yml'],
    ['absolute', 'D:\\a\\repo', 'D:\\a\\repo\\gate.yml', 'gate.yml'],
    ['in a folder whose name begins with two dots', 'D:\\a\\repo', '.\\..odd\\gate.yml', '..odd/gate.yml'],
    ['outside the workspace', 'D:\\a\\repo', 'C:\\gate.yml', 'C:\\gate.yml'],
  ])('has slashes on Windows, as GitHub expects: %s', (_, cwd, path, shown) => {
    expect(fromWorkspace(cwd, path, win32)).toBe(shown);
  });

  test.each([
    ['./.github/gate.yml', '.github/gate.yml'],
    ['back\\slash.yml', 'back\\slash.yml'],
    ['./..odd/gate.yml', '..odd/gate.yml'],
    ['../gate.yml', '../gate.yml'],
    ['./../gate.yml', './../gate.yml'],
    ['..', '..'],
  ])('keeps its characters on other systems: %s', (path, shown) => {
    expect(fromWorkspace('/repo', path, posix)).toBe(shown);
  });
});
