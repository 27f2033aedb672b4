import { escapeJson } from '../text/escape.js';
import type { Report } from '../report/report.js';

const LIST_BEGINS = '{\n  "endpoints": [\n';
const LIST_ENDS = '\n  ]\n}';

/** Renders report.json: indented JSON, safe to print, because it has no workflow command and no control character. */
export function renderJson(report: Report): string {
  return [...jsonPieces(report)].join('');
}

/** The same in pieces, one per endpoint. The whole report at once would take most of the memory of a run. */
export function* jsonPieces({ endpoints, ...rest }: Report): Generator<string, void, undefined> {
  yield `${JSON.stringify(rest, null, 2).slice(0, -'\n}'.length)},\n${LIST_BEGINS.slice('{\n'.length)}`;
  for (const [at, endpoint] of endpoints.entries()) {
    if (at > 0) yield ',\n';
    yield escapeJson(JSON.stringify({ endpoints: [endpoint] }, null, 2).slice(LIST_BEGINS.length, -LIST_ENDS.length));
  }
  yield `${LIST_ENDS}\n`;
}
