import * as yaml from 'yaml';
import { LITERAL_KEYS } from './expand.js';
import { textAt, type Located, type LocatedEntry } from './located.js';
import { unresolvedAt } from './references.js';
import { MAX_PROBLEMS, type Place, type Problem } from './problem.js';
import { isQuotableKey } from './quote.js';

/** More than any configuration needs, and low enough for every recursion here. */
const MAX_DEPTH = 32;
/** Lexical tokens: enough for a file of the largest size with thousands of full endpoint mappings. */
const MAX_TOKENS = 600_000;
/** Values in all aliases together: aliases of aliases grow without limit. */
const MAX_ALIASED = 10_000;

/** Messages for syntax errors. The messages of the library quote the text, which may be a password. */
const SYNTAX: Partial<Record<yaml.ErrorCode, string>> = {
  BAD_ALIAS: 'malformed alias; quote a value that begins with "*"',
  BAD_DQ_ESCAPE: 'invalid escape sequence in a double-quoted text; use single quotes, or write \\\\',
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  BAD_SCALAR_START: 'a plain value cannot begin with this character; quote it',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping cannot begin here; quote a value that contains ": "',
  MISSING_CHAR: 'a closing quote or bracket, a comma, a colon or a space is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must end with a colon on its own line',
  MULTIPLE_DOCS: 'a second YAML document begins here, and only one is read',
  NON_STRING_KEY: 'a key must be plain text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'tags are not supported; quote a value that begins with "!"',
  UNEXPECTED_TOKEN: 'unexpected text; quote a value that contains special characters, such as ${NAME} inside { }',
};

/**
 * Reads one YAML document. Scalars stay text, aliases are followed up to a limit, `${NAME}` stays unresolved; in the
 * values of LITERAL_KEYS it is an error.
 * @param origin the file or the input that the text comes from
 * @returns no `root` if the text is empty or is not valid YAML
 */
export function readYaml(text: string, origin: Place): { root?: Located; problems: Problem[] } {
  const lines = new yaml.LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { ...origin, line, column: col };
  };
  const { tokens, excess } = tokensOf(text, lines);
  if (excess) return { problems: [{ ...placeOf(excess.offset), message: `YAML: ${excess.what}` }] };
  const [document, second] = compose(tokens, text.length);
  const errors: { code: yaml.ErrorCode; pos: [number, number] }[] = [...document.errors, ...document.warnings];
  if (second) errors.push({ code: 'MULTIPLE_DOCS', pos: [second.range[0], second.range[1]] });
  const syntax = errors.slice(0, MAX_PROBLEMS).map(({ code, pos }) => ({
    ...placeOf(pos[0]),
    message: `YAML: ${SYNTAX[code] ?? `syntax error (${code})`}`,
  }));
  // Other errors on the same line are usually consequences of the first.
  if (syntax.length > 0) return { problems: [...new Map(syntax.toReversed().map((p) => [p.line, p])).values()] };
  if (document.contents === null) return { problems: [] };
  const reader = new Reader(placeOf);
  return { root: reader.read(document.contents), problems: reader.problems };
}

/** The tokens of a text; `excess` if it exceeds a limit: the rest of it is not read. */
function tokensOf(
  text: string,
  lines: yaml.LineCounter,
): { tokens: yaml.CST.Token[]; excess?: { what: string; offset: number } } {
  const parser = new yaml.Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: yaml.CST.Token[] = [];
  let count = 0;
  for (const lexeme of new yaml.Lexer().lex(text)) {
    const { offset } = parser;
    tokens.push(...parser.next(lexeme));
    count += 1;
    if (count > MAX_TOKENS) return { tokens, excess: { what: 'too many values', offset } };
    // The stack holds the document, each open collection, and the value that is being read.
    if (parser.stack.length > MAX_DEPTH + 1) return { tokens, excess: { what: 'nested too deeply', offset } };
  }
  return { tokens: [...tokens, ...parser.end()] };
}

/** The first document of a text, and the second if there is one. */
function compose(tokens: readonly yaml.CST.Token[], length: number) {
  const composer = new yaml.Composer({ schema: 'failsafe', stringKeys: true, uniqueKeys: false });
  // The library creates an Error for each syntax error. Their stack traces would take most of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const [first, second] = composer.compose(tokens, true, length);
    if (!first) throw new TypeError('a YAML text without a document');
    return [first, second] as const;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Turns the nodes of one document, in order, into located values. */
class Reader {
  readonly problems: Problem[] = [];
  readonly #placeOf: (offset: number) => Place;
  readonly #anchors = new Map<string, yaml.Node>();
  /** The node that each alias stands for: the last one with its name before the alias. */
  readonly #targets = new Map<yaml.Alias, yaml.Node | undefined>();
  /** Nodes that are being read, from the outside in. */
  readonly #open: yaml.Node[] = [];
  #aliases = 0;
  #aliased = 0;

  constructor(placeOf: (offset: number) => Place) {
    this.#placeOf = placeOf;
  }

  read(node: yaml.Node, isLiteral = false, place = this.#placeOf(node.range?.[0] ?? 0)): Located {
    if (this.#open.length >= MAX_DEPTH) return this.#broken(place, 'nested too deeply');
    const isAliased = this.#aliases > 0;
    if (isAliased && ++this.#aliased > MAX_ALIASED) return this.#broken(place, 'too many values by alias');
    if (yaml.isAlias(node)) return this.#alias(node, isLiteral, place);
    if (!isAliased && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    this.#open.push(node);
    const located = this.#value(node, isLiteral, place);
    this.#open.pop();
    return located;
  }

  #value(node: yaml.Node, isLiteral: boolean, place: Place): Located {
    if (yaml.isMap(node)) return { kind: 'mapping', entries: this.#entries(node), place };
    if (yaml.isSeq(node))
      return { kind: 'list', items: (node.items as yaml.Node[]).map((item) => this.read(item)), place };
    const { located, errors } = unresolvedAt(place, textOf(node), isLiteral);
    for (const message of errors) this.#report({ ...place, message });
    return located;
  }

  #entries(mapping: yaml.YAMLMap): Map<string, LocatedEntry> {
    const entries = new Map<string, LocatedEntry>();
    for (const pair of mapping.items) {
      const { key, value } = pair as { key: yaml.Node; value: yaml.Node | null };
      const name = textOf(key);
      const place = this.#placeOf(key.range?.[0] ?? 0);
      const what = isQuotableKey(name) ? `key "${name}"` : 'a key';
      const isLiteral = LITERAL_KEYS.includes(name);
      if (entries.has(name)) this.#report({ ...place, message: `${what} is given twice` });
      else entries.set(name, { key: place, value: value ? this.read(value, isLiteral) : textAt(place, '') });
    }
    return entries;
  }

  #alias(alias: yaml.Alias, isLiteral: boolean, place: Place): Located {
    if (!this.#targets.has(alias)) this.#targets.set(alias, this.#anchors.get(alias.source));
    const target = this.#targets.get(alias);
    if (!target) return this.#broken(place, 'an alias without an anchor before it; quote a value that begins with "*"');
    if (this.#open.includes(target)) return this.#broken(place, 'an alias cannot contain itself');
    this.#aliases++;
    const located = this.read(target, isLiteral, place);
    this.#aliases--;
    return located;
  }

  #report(problem: Problem): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  #broken(place: Place, message: string): Located {
    this.#report({ ...place, message: `YAML: ${message}` });
    return { ...textAt(place, ''), broken: true };
  }
}

/** The text of a scalar. In the failsafe schema all scalars are strings. */
function textOf(node: yaml.Node): string {
  return yaml.isScalar(node) && typeof node.value === 'string' ? node.value : '';
}
