import { readFileSync, writeFileSync } from 'node:fs';
import pLimit from 'p-limit';
import { EXAMPLES_PAGE, renderExample, renderOverview } from '../../../scripts/examples-page.js';
import { FINDING_CODES, type FindingCode } from '../../../src/findings/codes.js';
import { USER } from '../../support/embedded.js';
import { FINDING_EXAMPLES, type FindingExample } from '../../support/finding-examples.js';
import { undeclaredEvidence } from '../../support/evidence.js';
import { AUTH, codes } from '../../support/gate.js';
import { play, type Played, type Scene } from '../../support/scene.js';
import { disclosed } from '../../support/secret-forms.js';
import { createCertificateFixtures } from '../../support/certificate-fixtures.js';

/** Each finding is caused by its server and not by the similar one, and the page documents that. */

const CONCURRENCY = 6;
const TEST_TIMEOUT_MS = 180_000;

const examples = FINDING_CODES.map((code) => ({ code, example: FINDING_EXAMPLES[code] }));

const played = new Map<Scene, Played>();
const outcome = (scene: Scene): Played => {
  const found = played.get(scene);
  if (!found) throw new Error(`"${scene.name}" was not played`);
  return found;
};

beforeAll(async () => {
  const certs = await createCertificateFixtures();
  const limit = pLimit(CONCURRENCY);
  const scenes = examples.flatMap(({ example: { raising, twin } }) => [raising, twin]);
  await Promise.all(scenes.map((scene) => limit(async () => played.set(scene, await play(scene, certs)))));
}, TEST_TIMEOUT_MS);

test('every finding has an example, and there are no others', () => {
  expect(Object.keys(FINDING_EXAMPLES)).toEqual(FINDING_CODES);
});

describe.each(examples)('$code', ({ code, example }: { code: FindingCode; example: FindingExample }) => {
  const { raising, twin, raises = [code], twinRaises = [] } = example;

  test(`is caused by a server that ${raising.name}`, () => {
    expect(raises).toContain(code);
    expect(codes(outcome(raising).report.steps)).toEqual(raises);
  });

  test(`is not caused by a server that ${twin.name}`, () => {
    expect(twinRaises).not.toContain(code);
    expect(codes(outcome(twin).report.steps)).toEqual(twinRaises);
  });
});

/** Findings whose message is complete. */
const WITHOUT_EVIDENCE: readonly FindingCode[] = [
  'credentials-withheld',
  'receipt-not-verified',
  'step-required',
  'run-stopped',
  'internal-error',
];

test('every finding has evidence, in fields that the catalog declares', () => {
  for (const { code, example } of examples) {
    const { steps } = outcome(example.raising).report;
    expect(undeclaredEvidence(steps)).toEqual([]);
    expect(undeclaredEvidence(outcome(example.twin).report.steps)).toEqual([]);
    const found = steps.flatMap(({ findings }) => findings).find((one) => one.code === code);
    const has = Object.keys(found?.evidence ?? {}).length > 0;
    expect({ code, has }).toEqual({ code, has: !WITHOUT_EVIDENCE.includes(code) });
  }
});

test('a server that passes gets one connection, unless probes or additional TLS checks are configured', () => {
  const unasked = examples
    .flatMap(({ example: { raising, twin } }) => [raising, twin])
    .filter(
      ({ endpoint, policy, retries }) =>
        !endpoint?.probes && !/dualCertificates|oldVersions/.test(String(policy)) && !retries,
    )
    .map((scene) => ({ name: scene.name, ...outcome(scene) }))
    .filter(({ report, connections }) => report.result === 'pass' && connections !== undefined);
  expect(unasked.length).toBeGreaterThan(30);
  for (const { name, connections } of unasked) expect({ name, connections }).toEqual({ name, connections: 1 });
});

describe(EXAMPLES_PAGE, () => {
  const update = process.env.UPDATE_DOCS === '1';
  const section = ({ code, example }: (typeof examples)[number]): string =>
    renderExample({ code, example, report: outcome(example.raising).report });
  const parts = (): string[] => readFileSync(EXAMPLES_PAGE, 'utf8').split(/\n(?=## )/);
  const current = (code: FindingCode): string => parts().find((text) => text.startsWith(`## ${code}\n`)) ?? '';

  beforeAll(() => {
    if (!update) return;
    writeFileSync(EXAMPLES_PAGE, [renderOverview(examples), ...examples.map(section)].join('\n'));
  });

  test('has the table of all examples, and a section for each', () => {
    const [overview, ...sections] = parts();
    expect(`${overview ?? ''}\n`).toBe(`${renderOverview(examples)}\n`);
    expect(sections.map((text) => /^## (.*)$/m.exec(text)?.[1])).toEqual(FINDING_CODES);
  });

  test('contains no secret in any form', () => {
    const page = readFileSync(EXAMPLES_PAGE, 'utf8');
    expect(page).toContain('client: AUTH PLAIN <redacted>');
    expect(disclosed(page, AUTH.secret.reveal(), AUTH.username)).toEqual([]);
    expect(disclosed(page, USER.password, USER.username)).toEqual([]);
  });

  test('shows no port for which the finding would have another cause', () => {
    for (const { code, example } of examples) {
      const { report } = outcome(example.raising);
      const text = renderExample({ code, example, report });
      const usual = [...text.matchAll(/(?::|\bPort )(25|465|587|2525)\b/g)].map(([, port]) => Number(port));
      expect({ code, usual: usual.filter((port) => port !== report.port) }).toEqual({ code, usual: [] });
    }
  });

  describe.each(examples)('$code', (shown) => {
    test('is up to date', () => {
      expect(`${current(shown.code).trimEnd()}\n`).toBe(section(shown));
    });
  });
});
