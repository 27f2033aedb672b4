import type { Report } from './report.js';

/** @returns report.json: the report as JSON, indented for people, with a line feed at its end */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
