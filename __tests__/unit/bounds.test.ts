import { globSync, readFileSync } from 'node:fs';
import { CATALOG } from '../../src/findings/catalog.js';

/** The threat model lists every limit on what a server may send, with its value in the code. */

const ROWS = readFileSync('docs/threat-model.md', 'utf8')
  .split('\n')
  .filter((line) => line.includes('` in `src/'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** In the folders that read what servers send. */
const BOUNDS = globSync('src/{smtp,sasl,tls,inbox,message,net}/**/*.ts').flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/\bconst ((?:MAX|MOST|LONGEST)_\w+) =/g)].map(
    ([, name = '']) => `\`${name}\` in \`${path}\``,
  ),
);

test('each bound has a row', () => {
  expect(BOUNDS.length).toBeGreaterThan(25);
  const places = ROWS.map(([, , , where]) => where);
  expect(BOUNDS.filter((bound) => !places.includes(bound))).toEqual([]);
});

test.each(ROWS)('%s%s: %s, %s', (_, what, value = '', where = '', because = '', hit = '') => {
  const [, name = '', path = ''] = /^`(\w+)` in `([\w./-]+)`$/.exec(where) ?? [];
  const [, inCode] = new RegExp(`const ${name} = ([^;]+);`).exec(readFileSync(path, 'utf8')) ?? [];
  expect([what, value]).toEqual([what, `\`${inCode ?? 'nothing'}\``]);
  expect(because).not.toBe('');
  const codes = [...hit.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code);
  expect(codes.filter((code) => !(code in CATALOG))).toEqual([]);
});

/** Limits on the configuration, on numbers in an encoding, and on what the gate sends. */
const OF_NO_PEER = ['src/plan/', 'src/tls/x509/der.ts', 'src/smtp/sign-in-exchange.ts'];

test('every constant with the name of a bound has a row', () => {
  const rows = ROWS.map(([, , , where]) => where);
  const bounds = globSync('src/**/*.ts')
    .filter((path) => !OF_NO_PEER.some((other) => path.startsWith(other)))
    .flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/^(?:export )?const (MAX_\w+) =/gm)].map(
        ([, name]) => `\`${name}\` in \`${path}\``,
      ),
    );
  expect(bounds.length).toBeGreaterThan(20);
  expect(bounds.filter((bound) => !rows.includes(bound))).toEqual([]);
});

test('every test that the threat model names exists', () => {
  const folders = { unit: 'unit', action: 'action', embedded: 'servers/embedded', real: 'servers/real' } as const;
  const named = [...readFileSync('docs/threat-model.md', 'utf8').matchAll(/`(unit|action|embedded|real)\/([\w-]+)`/g)];
  expect(named.length).toBeGreaterThan(40);
  const missing = named.flatMap(([name, folder, test]) => {
    const path = `__tests__/${folders[folder as keyof typeof folders]}/${test ?? ''}`;
    return globSync([`${path}.test.ts`, `${path}.deep.test.ts`]).length > 0 ? [] : [name];
  });
  expect(missing).toEqual([]);
});
