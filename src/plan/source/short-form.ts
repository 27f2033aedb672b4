import { expand, type Environment } from './expand.js';
import { mappingAt, textAt, type Located, type LocatedMapping, type LocatedText } from './located.js';
import { MAX_PROBLEMS, type Place, type Problem } from './problem.js';
import { isQuotableName } from './quote.js';
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

/** Splits the short form into entries at line breaks, commas and spaces. Comments are dropped, `${NAME}` is expanded. */
export function readShortForm(text: string, origin: Place, env: Environment) {
  const entries: { source: string; node: LocatedText }[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    for (const { 0: source, index: offset } of line.replace(/(?<=^|[\s,])#.*/, '').matchAll(/[^\s,]+/g)) {
      const place = { ...origin, line: index + 1, column: offset + 1 };
      const { text: expanded, expanded: isExpanded, errors } = expand(source, env);
      if (problems.length < MAX_PROBLEMS) problems.push(...errors.map((message) => ({ ...place, message })));
      entries.push({ source, node: { ...textAt(place, expanded, isExpanded), broken: errors.length > 0 } });
    }
  }
  return { entries, problems };
}

/** An endpoint mapping, or why an entry is not one. */
export type ReadEntry = Readonly<{ mapping?: LocatedMapping; problems: readonly Problem[] }>;

/** @param source its text before the expansion of variables, for errors; undefined if that is not known */
export function readEntry(node: LocatedText, source: string | undefined): ReadEntry {
  if (node.broken) return { problems: [] };
  const [, name = '', port] = ENTRY.exec(node.text) ?? [];
  const problem = entryProblem(node.text, name, port);
  if (problem !== undefined) return { problems: [{ ...node.place, message: `${quoted(source)} ${problem}` }] };
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
function quoted(source: string | undefined): string {
  const isQuotable = source !== undefined && isQuotableName(source.replace(/\$\{\w+\}/g, 'name'));
  return isQuotable ? `"${source}"` : 'this endpoint';
}
