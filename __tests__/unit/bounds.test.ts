import { globSync, readFileSync } from 'node:fs';
import { CATALOGUE } from '../../src/findings/catalogue.js';

/** Every bound on what a peer may send stands in the threat model as it is in the code, and the other way round. */

const ROWS = readFileSync('docs/threat-model.md', 'utf8')
  .split('\n')
  .filter((line) => line.includes('` in `src/'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** In the rooms that hear peers. */
const BOUNDS = globSync('src/{smtp,sasl,tls,inbox,message,net}/**/*.ts').flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/\bconst ((?:MAX|MOST|LONGEST)_\w+) =/g)].map(
    ([, name = '']) => `\`${name}\` in \`${path}\``,
  ),
);

test('each bound has its row', () => {
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
  expect(codes.filter((code) => !(code in CATALOGUE))).toEqual([]);
});

/** Bounds of the user's own configuration, of a number in an encoding, and of what we say ourselves. */
const OF_NO_PEER = ['src/plan/', 'src/tls/x509/der.ts', 'src/sasl/exchange.ts'];

test('every bound that is named as one has its row', () => {
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
