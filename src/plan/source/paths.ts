import systemPath from 'node:path';
import type { PlatformPath } from 'node:path';

/**
 * The path relative to a folder, or undefined if it is outside. Both must be absolute.
 * @param system a parameter so that tests can use the paths of another system
 */
export function within(folder: string, path: string, system: PlatformPath = systemPath): string | undefined {
  const inside = system.relative(folder, path);
  return inside.split(system.sep)[0] === '..' || system.isAbsolute(inside) ? undefined : inside;
}
