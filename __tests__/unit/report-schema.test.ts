import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { format } from 'prettier';
import { z } from 'zod';
import { renderJson } from '../../src/output/json.js';
import { reportSchema } from '../../src/report/schema.js';
import { aFinding, anEndpoint, aReport, aTls, warnedEarlier } from '../support/reports.js';

const FILE = 'report.schema.json';

async function generated(): Promise<string> {
  return format(JSON.stringify(z.toJSONSchema(reportSchema)), { parser: 'json', printWidth: 120 });
}

/** With UPDATE_DOCS=1 in the environment, the file is written before it is compared. */
if (process.env.UPDATE_DOCS === '1') writeFileSync(FILE, await generated());

describe('the JSON Schema of report.json', () => {
  const schema = JSON.parse(readFileSync(FILE, 'utf8')) as object;
  const ajv = new Ajv2020({ strict: true });
  addFormats.default(ajv);
  const accepts = ajv.compile(schema);
  const written = (): Record<string, unknown> => {
    const waived = { reason: 'being replaced', until: '2027-01-31' };
    const report = aReport(
      anEndpoint({ tls: aTls(14), environment: 'staging', source: { file: 'x.yml', line: 1 } }),
      anEndpoint(warnedEarlier(), {
        capability: [aFinding('plaintext-auth-advertised', { waived, evidence: { keyword: 'AUTH PLAIN' } })],
        certificate: [aFinding('connection-timeout', { inconclusive: true, reproduce: 'openssl s_client' })],
      }),
    );
    return JSON.parse(renderJson(report)) as Record<string, unknown>;
  };

  test('is generated from the code (to update: UPDATE_DOCS=1 npm run test:unit)', async () => {
    expect(readFileSync(FILE, 'utf8')).toBe(await generated());
  });

  test('accepts a report', () => {
    accepts(written());
    expect(accepts.errors).toBeNull();
  });

  test.each([
    ['a different schema version', { schemaVersion: 2 }],
    ['an invalid result', { result: 'skip' }],
    ['no endpoints', { endpoints: [] }],
    ['a time without a time zone', { startedAt: '2026-11-23T12:00:00' }],
    ['an unknown key', { extra: 1 }],
  ])('rejects %s', (_, change) => {
    expect(accepts({ ...written(), ...change })).toBe(false);
  });
});
