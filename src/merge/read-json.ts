import { readRegularFile } from '../plan/files/regular-file.js';

/** Of one file: a larger one may not fit into a string. */
const MAX_REPORT_BYTES = 256 * 1024 * 1024;
/** A report has eight levels. The parser needs memory for each, even if the file turns out not to be JSON. */
const MAX_DEPTH = 16;
/** Of one object or list. */
const MAX_MEMBERS = 1_000_000;
/** Of all reports together: objects, lists, texts and numbers. */
const MAX_REPORT_VALUES = 20_000_000;

interface Parsed {
  readonly content: unknown;
  /** At least the number of its values. */
  readonly values: number;
}

/**
 * Parses a JSON file, which is untrusted input. Parsed values may take forty times as much memory as their text, so they
 * are counted before.
 * @param others the number of values that are in memory already
 * @throws a SyntaxError, or an error whose `code` is the code of the system, or says in words what is wrong with the file
 */
export function readJson(path: string, others = 0): Parsed {
  const text = readRegularFile(path, MAX_REPORT_BYTES);
  const values = countValues(text, others);
  return { content: JSON.parse(text), values };
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Counts at least the values before the first syntax error. @throws as {@link readJson} does */
function countValues(text: string, others: number): number {
  // The members so far of each list or object that is open, the innermost one last.
  const open: number[] = [];
  let values = 1;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isInText = !isInText;
    else if (isInText) {
      if (code === BACKSLASH) at += 1;
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) open.pop();
    else if (code === OPEN_LIST || code === OPEN_OBJECT || code === COMMA) {
      const members = code === COMMA ? (open.pop() ?? 0) + 1 : 1;
      open.push(members);
      values += 1;
      if (open.length > MAX_DEPTH) throw tooMuch(`more than ${MAX_DEPTH} levels`);
      if (members > MAX_MEMBERS) throw tooMuch(`more than ${MAX_MEMBERS} values in one object or list`);
      if (values > MAX_REPORT_VALUES - others) {
        throw tooMuch(`more than ${MAX_REPORT_VALUES} values${others > 0 ? ', with those of the other reports' : ''}`);
      }
    }
  }
  return values;
}

function tooMuch(code: string): Error {
  return Object.assign(new Error(code), { code });
}
