import { mappingAt, textAt, type Located, type LocatedMapping, type LocatedText } from './located.js';
import { MAX_PROBLEMS, type Place, type Problem } from './problem.js';
import { isQuotableName } from './quote.js';
import { unresolvedAt } from './references.js';
import { host, wholeNumber } from '../schema/values.js';

/** `host`, `host:port`, `[v6]` or `[v6]:port`. */
const ENTRY = /^(\[[^\]]*\]|[^:[\]]+)(?::(.*))?$/;

/**
 * Whether the text of the input `endpoints` is YAML and not the short form. The first line that is not empty and not a
 * comment decides: YAML begins with `- `, `---`, `{`, `key: `, or with a `[` that does not open an IPv6 address.
 */
export function isYaml(text: string): boolean {
  const [first = ''] = text.split(/\r?\n/).flatMap((line) => (/^\s*(?:#|$)/.test(line) ? [] : [line.trim()]));
  return /^(?:-(?:\s|$)|---|\{|[\w-]+:(?:\s|$)|\[(?![0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*(?:\]|$)))/i.test(first);
}

/** Splits the short form into entries at line breaks, commas and spaces. Comments are dropped, `${NAME}` stays unresolved. */
export function readShortForm(text: string, origin: Place) {
  const entries: LocatedText[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    for (const { 0: source, index: offset } of line.replace(/(?<=^|[\s,])#.*/, '').matchAll(/[^\s,]+/g)) {
      const place = { ...origin, line: index + 1, column: offset + 1 };
      const { located, errors } = unresolvedAt(place, source);
      if (problems.length < MAX_PROBLEMS) problems.push(...errors.map((message) => ({ ...place, message })));
      entries.push(located);
    }
  }
  return { entries, problems };
}

/** An endpoint mapping, or why an entry is not one. */
export type ReadEntry = Readonly<{ mapping?: LocatedMapping; problems: readonly Problem[] }>;

/** An entry that is not resolved is a host whose name is not known. */
export function readEntry(node: LocatedText): ReadEntry {
  if (node.broken) return { mapping: mappingAt(node.place, [['host', node]]), problems: [] };
  const [, name = '', port] = ENTRY.exec(node.text) ?? [];
  const problem = entryProblem(node.text, name, port);
  if (problem !== undefined)
    return { problems: [{ ...node.place, message: `${quoted(node.template ?? node.text)} ${problem}` }] };
  const part = (text: string): Located => textAt(node.place, text, node.expanded);
  const values: [string, Located][] = [['host', part(name)]];
  if (port !== undefined) values.push(['port', part(port)]);
  return { mapping: mappingAt(node.place, values), problems: [] };
}

function entryProblem(text: string, name: string, port: string | undefined): string | undefined {
  if (/^[^[]*:.*:/.test(text) && !text.includes('/')) {
    return 'must have brackets around the IPv6 address, as in [2001:db8::1]:587';
  }
  if (host(name) === undefined || /[/@]/.test(text)) return 'must be host, host:port or [v6]:port';
  const isPort = port === undefined || wholeNumber(port, 1, 65535) !== undefined;
  return isPort ? undefined : 'must have a whole number from 1 to 65535 as its port';
}

/** A wrong entry may be a URL with credentials, or part of one whose password contains a space or a comma. */
function quoted(source: string): string {
  return isQuotableName(source.replace(/\$\{\w+\}/g, 'name')) ? `"${source}"` : 'this endpoint';
}
