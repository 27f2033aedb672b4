import { visible } from '../text/peer.js';

/** GitHub-flavored Markdown from our own code, or text that was escaped. All other text is escaped when interpolated. */
export class Markdown {
  readonly #source: string;

  /** @param source never text from elsewhere */
  constructor(source: string) {
    this.#source = source;
  }

  toString(): string {
    return this.#source;
  }
}

type Interpolated = Markdown | string | number;

/**
 * Template tag: its literal parts are Markdown, and its interpolations are text unless they are {@link Markdown}.
 * (Not called `markdown`, because formatters reformat what follows that name.)
 */
export function gfm(literals: TemplateStringsArray, ...values: readonly Interpolated[]): Markdown {
  return new Markdown(literals.reduce((before, literal, at) => before + source(values[at - 1] ?? '') + literal));
}

/** Joins the pieces that are not undefined. Text among them is escaped; the separator is Markdown. */
export function join(pieces: readonly (Interpolated | undefined)[], separator: string): Markdown {
  const sources = pieces.flatMap((piece) => (piece === undefined ? [] : [source(piece)]));
  return new Markdown(sources.join(separator));
}

export function blocks(pieces: readonly (Markdown | undefined)[]): Markdown {
  return join(pieces, '\n\n');
}

export function list(items: readonly Markdown[]): Markdown {
  const lines = items.map((item) => gfm`- ${item}`);
  return join(lines, '\n');
}

/** Our own text, in which backticks mark code. Other Markdown in it is escaped. */
export function prose(text: string): Markdown {
  const parts = text.split(/`([^`]*)`/).map((part, at) => (at % 2 === 0 ? part : code(part)));
  return join(parts, '');
}

/** @param url an absolute URL from our own code @throws {TypeError} if it is not a URL */
export function link(label: Interpolated, url: string): Markdown {
  return new Markdown(`<a href="${html(new URL(url).href)}">${source(label)}</a>`);
}

/** Code in a line or a table cell. In a cell, backticks could not contain a pipe or a backtick. */
export function code(text: string): Markdown {
  return gfm`<code>${text}</code>`;
}

/**
 * Lines as a block of code. It is HTML, because no text can end it. Brackets are escaped for renderers that look for
 * links even there.
 */
export function codeBlock(lines: readonly string[]): Markdown {
  return new Markdown(`<pre><code>${lines.map((line) => html(visible(line))).join('\n')}\n</code></pre>`);
}

/** Every row has as many cells as the head. Pipes and line breaks in them are escaped, like all text. */
export function table(head: readonly Interpolated[], rows: readonly (readonly Interpolated[])[]): Markdown {
  const line = (cells: readonly Interpolated[]) => `| ${cells.map(source).join(' | ')} |`;
  return new Markdown([line(head), line(head.map(() => new Markdown('---'))), ...rows.map(line)].join('\n'));
}

export function details(summary: Interpolated, content: Markdown): Markdown {
  return new Markdown(`<details><summary>${source(summary)}</summary>\n\n${source(content)}\n\n</details>`);
}

function source(value: Interpolated): string {
  return value instanceof Markdown ? value.toString() : escape(String(value)).toString();
}

/*
 * What GitHub looks for in the finished page (mentions, references, formulas, names of emoji) and what it turns into
 * links without any syntax (mail addresses, URLs). It looks within one piece of text, so a `<wbr>` after these
 * characters stops it. Copied text stays the same.
 */
const PARTED = /[@#$]|:(?=\/|[\w+-]+:)|(?<=\bwww)\.|(?<=\bGH)-(?=\d)/;
/* Syntax anywhere in a line. An underscore inside a word is not. */
const SYNTAX = /[&<>"'`*[\]{}|\\~!^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/;
/* Syntax at the start or end of a line: lists, rules, underlines of headings, indented code, hard breaks. */
const AT_EDGE = /^[-+=]|(?<=^\d{1,9})[.)](?= |$)|^ {2,}|(?<! ) {2,}$/;
const ACTIVE = new RegExp(`(${PARTED.source})|${SYNTAX.source}|${AT_EDGE.source}`, 'gi');

/**
 * Escapes text of any origin for Markdown and HTML: the reader sees it on one line, and no part of it is markup, a link,
 * a mention or a reference. Markdown never parses character references as syntax.
 */
export function escape(text: string): Markdown {
  return new Markdown(
    visible(text).replace(ACTIVE, (found, parted: string | undefined) => references(found) + (parted ? '<wbr>' : '')),
  );
}

function html(text: string): string {
  return text.replace(/[&<>"'[\]]/g, references);
}

function references(ascii: string): string {
  return ascii.replace(/[^]/g, (character) => `&#${character.charCodeAt(0)};`);
}
