import fc from 'fast-check';
import { isYaml } from '../../src/plan/source/short-form.js';
import { load, problems } from '../support/load-plan.js';

async function hosts(endpoints: string, env: Record<string, string> = {}): Promise<[string, number][]> {
  const plan = await load({ inputs: { endpoints }, env });
  return plan.endpoints.map(({ host, port }) => [host, port]);
}

describe('the short form', () => {
  test('separates entries by line breaks, commas and spaces, and ignores comments', async () => {
    const text =
      '# ours\na.example, b.example:25\tc.example:465,,\r\n\n  [::1]:2525 # local\n[2001:db8::1]\n,d.example#1:25 #';
    expect(await problems({ inputs: { endpoints: text } })).toEqual([
      'endpoints:6:2: this endpoint must be host, host:port or [v6]:port',
    ]);
    expect(await hosts(text.replace('#1', ''))).toEqual([
      ['a.example', 587],
      ['b.example', 25],
      ['c.example', 465],
      ['::1', 2525],
      ['2001:db8::1', 587],
      ['d.example', 25],
    ]);
  });

  test('expands each entry on its own', async () => {
    expect(await hosts('${HOST}:${PORT} b.example', { HOST: 'a.example', PORT: '2525' })).toEqual([
      ['a.example', 2525],
      ['b.example', 587],
    ]);
    expect(
      await problems({ inputs: { endpoints: 'x.example\n ${HOSTS} ${NONE}' }, env: { HOSTS: 'top, secret' } }),
    ).toEqual([
      'endpoints:2:2: "${HOSTS}" must be host, host:port or [v6]:port',
      'endpoints:2:11: the environment variable NONE is not set; set it in env: of the step',
    ]);
  });

  test('every wrong entry is quoted, with its place', async () => {
    const endpoints =
      'good.example:587\nmail.example:99999 mail.example:abc\n[::1\n::1 2001:db8::1:587\n[mail.example]:25\n:25\nmail.example:';
    const port = 'must have a whole number from 1 to 65535 as its port';
    const brackets = 'must have brackets around the IPv6 address, as in [2001:db8::1]:587';
    const form = 'must be host, host:port or [v6]:port';
    expect(await problems({ inputs: { endpoints } })).toEqual([
      `endpoints:2:1: "mail.example:99999" ${port}`,
      `endpoints:2:20: "mail.example:abc" ${port}`,
      `endpoints:3:1: "[::1" ${form}`,
      `endpoints:4:1: "::1" ${brackets}`,
      `endpoints:4:5: "2001:db8::1:587" ${brackets}`,
      `endpoints:5:1: "[mail.example]:25" ${form}`,
      `endpoints:6:1: ":25" ${form}`,
      `endpoints:7:1: "mail.example:" ${port}`,
    ]);
  });

  test('the error for a URL instead of a host contains no credentials', async () => {
    const lines = await problems({
      inputs: {
        endpoints:
          'smtps://user:s3cret@mail.example:465\nuser:s3cret@mail.example\nsmtp://user:s3cret x@mail.example:587\nuser:s3cret\nuser:a,s3cret!@mail.example',
      },
    });
    expect(lines).toHaveLength(7);
    expect(lines.join()).not.toMatch(/s3cret/);
    expect(lines[0]).toBe('endpoints:1:1: this endpoint must be host, host:port or [v6]:port');
  });

  test('host and port are read as written, and the name of the endpoint is read the same way', async () => {
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
    );
    await fc.assert(
      fc.asyncProperty(host, fc.integer({ min: 1, max: 65535 }), async (name, port) => {
        const plan = await load({ inputs: { endpoints: `${name}:${port}` } });
        const [endpoint] = plan.endpoints;
        expect(endpoint).toMatchObject({ name: `${name.toLowerCase()}:${port}`, port });
        const again = await load({ inputs: { endpoints: endpoint?.name ?? '' } });
        expect(again.endpoints).toEqual(plan.endpoints);
      }),
    );
  });
});

describe('isYaml', () => {
  test.each([
    '- a.example',
    '# comment\n\n  - a.example',
    '-\n  host: a.example',
    '---\n- a.example',
    '[a.example, b.example]',
    '["::1"]',
    '[{host: a.example}]',
    '{host: a.example}',
    'host: a.example\nport: 25',
  ])('%j', (text) => {
    expect(isYaml(text)).toBe(true);
  });

  test.each([
    '',
    '# only',
    'a.example',
    'a.example:25',
    '[::1]',
    '[::1]:25, [::2]',
    '[2001:db8::1]:25 # x',
    '[::1',
    '${HOST}',
    '-a',
  ])('%j is the short form', (text) => {
    expect(isYaml(text)).toBe(false);
  });
});
