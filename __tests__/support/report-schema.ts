import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** What is wrong with a report by the JSON Schema that the repository ships; nothing where it holds. */
export function schemaErrors(report: unknown): string[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  const accepts = ajv.compile(JSON.parse(readFileSync('report.schema.json', 'utf8')) as object);
  return accepts(report) ? [] : (accepts.errors ?? []).map((error) => JSON.stringify(error));
}
