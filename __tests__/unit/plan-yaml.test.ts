import fc from 'fast-check';
import { ConfigurationError } from '../../src/plan/source/problem.js';
import { anyText } from '../support/any-text.js';
import { load, problems } from '../support/load-plan.js';

/** The problems of a `config` file, without its name. */
async function wrong(config: string, env: Record<string, string> = {}): Promise<string[]> {
  return (await problems({ config, env })).map((line) => line.replace(/^gate\.yml:/, ''));
}

describe('syntax', () => {
  test.each([
    [
      'endpoints:\n  - host: a.example\n  port: [587\n',
      '3:1: YAML: wrong indentation, or a bracket that is not closed',
    ],
    ['endpoints:\n\t- a.example', '2:1: YAML: a tab cannot indent; use spaces'],
    [
      'endpoints: [a.example]\n---\nendpoints: []',
      '2:1: YAML: a second YAML document begins here, and only one is read',
    ],
    ['endpoints: [a.example]\n? [x]\n: y', '2:3: YAML: a key must be plain text'],
    ['endpoints: !include x', '1:12: YAML: tags are not supported; quote a value that begins with "!"'],
  ])('%j', async (text, line) => {
    expect(await wrong(text)).toContain(line);
  });

  test('a key given twice is a problem at the second', async () => {
    expect(await wrong('endpoints:\n  - host: a.example\n    port: 25\n    port: 26')).toEqual([
      '4:5: key "port" is given twice',
    ]);
  });

  test('a key given twice is not quoted if it contains a value', async () => {
    const lines = await wrong('endpoints: [{host: a.example, auth: {password:s3cret, password:s3cret}}]');
    expect(lines).toContain('1:55: a key is given twice');
    expect(lines.join()).not.toMatch(/s3cret/);
  });

  test('no message quotes text that is not valid YAML: it may be a password', async () => {
    const texts = [
      '*hunter2',
      '&hunter2 x y: z',
      '!hunter2',
      '"x"hunter2',
      '"\\hunter2"',
      '`hunter2',
      '@hunter2',
      '%hunter2',
      '{hunter2',
      'a: hunter2',
    ];
    for (const text of texts) {
      const lines = await wrong(
        `endpoints:\n  - host: a.example\n    auth: {username: u}\n    delivery:\n      password: ${text}`,
      );
      expect(lines.join()).not.toMatch(/hunter2/);
    }
  });
});

describe('aliases', () => {
  test('stand for the value that they name', async () => {
    const { endpoints } = await load({
      config:
        'endpoints:\n  - host: a.example\n    tls: &strict {min-version: TLSv1.3}\n  - {host: b.example, tls: *strict}',
    });
    expect(endpoints.map(({ tls }) => tls.minVersion)).toEqual(['TLSv1.3', 'TLSv1.3']);
  });

  test('the last anchor before an alias counts', async () => {
    const { endpoints } = await load({
      config:
        'endpoints:\n- {host: a.example, environment: &e one, name: &e two}\n- {host: b.example, environment: *e}',
    });
    expect(endpoints[1]?.environment).toBe('two');
  });

  test.each([
    ['endpoints: [*a]', '1:13: YAML: an alias without an anchor before it; quote a value that begins with "*"'],
    ['endpoints: &a [*a]', '1:16: YAML: an alias cannot contain itself'],
  ])('%j', async (text, line) => {
    expect(await wrong(text)).toContain(line);
  });

  test('cannot grow without limit', async () => {
    const laughs = Array.from({ length: 12 }, (_, level) => {
      const below = level === 0 ? 'ha' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(10).fill(below).join(', ')}]`;
    });
    expect(await wrong(`${laughs.join('\n')}\nendpoints: *l11`)).toContainEqual(
      expect.stringContaining('too many values by alias'),
    );
  });
});

describe('depth', () => {
  test.each(['[', '{a: ', '- '])('%j without end is an error', async (open) => {
    expect((await wrong(open.repeat(30_000))).join()).toMatch(/nested too deeply/);
  });

  test('valid YAML that is nested too deeply is an error', async () => {
    expect(await wrong(`endpoints: ${'['.repeat(100)}${']'.repeat(100)}`)).toContain('1:43: YAML: nested too deeply');
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    ...['endpoints', 'defaults', 'host', 'port', 'tls', 'auth', 'password', '- ', ': ', '\n', '  ', '[', ']', '{', '}'],
    ...[
      ', ',
      '"',
      "'",
      '|',
      '>',
      '&a ',
      '*a',
      '!',
      '#',
      '${A}',
      '${',
      '%',
      '---\n',
      '? ',
      '~',
      'a.example',
      '25',
      '\t',
      '<<',
      '__proto__',
    ],
  );
  const text = fc.oneof(
    anyText(),
    fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
  );

  test('ends in a plan or in a ConfigurationError', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.boolean(), async (content, isConfig) => {
        try {
          const plan = await load({
            ...(isConfig ? { config: content } : { inputs: { endpoints: content } }),
            env: { A: 'x' },
          });
          expect(plan.endpoints.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
          expect((error as ConfigurationError).problems.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
