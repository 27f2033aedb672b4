import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** The violations of the JSON Schema in the repository by a report; empty if it is valid. */
export function schemaErrors(report: unknown): string[] {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  const accepts = ajv.compile(JSON.parse(readFileSync('report.schema.json', 'utf8')) as object);
  return accepts(report) ? [] : (accepts.errors ?? []).map((error) => JSON.stringify(error));
}
