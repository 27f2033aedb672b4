import { escapeJson } from '../text/escape.js';
import type { Report } from '../report/report.js';

const LIST_BEGINS = '{\n  "endpoints": [\n';
const LIST_ENDS = '\n  ]\n}';

/** Renders report.json: indented JSON, safe to print, because it has no workflow command and no control character. */
export function renderJson(report: Report): string {
  return [...jsonPieces(report)].join('');
}

const PIECE_CHARACTERS = 256 * 1024;

/** The same in pieces of several endpoints. The whole report at once would take most of the memory of a run. */
export function* jsonPieces({ endpoints, ...rest }: Report): Generator<string, void, undefined> {
  let piece = `${JSON.stringify(rest, null, 2).slice(0, -'\n}'.length)},\n${LIST_BEGINS.slice('{\n'.length)}`;
  for (const [at, endpoint] of endpoints.entries()) {
    if (at > 0) piece += ',\n';
    piece += escapeJson(
      JSON.stringify({ endpoints: [endpoint] }, null, 2).slice(LIST_BEGINS.length, -LIST_ENDS.length),
    );
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}${LIST_ENDS}\n`;
}
