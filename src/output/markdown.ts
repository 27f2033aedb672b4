import { visible } from '../text/peer.js';

/**
 * GitHub-flavoured Markdown that is known to be harmless: written here, or made from any text by {@link escape}.
 * Whatever is not of this class is text, and is escaped where it is interpolated.
 */
export class Markdown {
  readonly #source: string;

  /** @param source Markdown of our own; never text from elsewhere */
  constructor(source: string) {
    this.#source = source;
  }

  toString(): string {
    return this.#source;
  }
}

export type Interpolated = Markdown | string | number;

/**
 * Template tag: its literal parts are Markdown, and its interpolations are text unless they are {@link Markdown}.
 * (Not called `gfm`, since formatters reformat what follows that name.)
 */
export function gfm(literals: TemplateStringsArray, ...values: readonly Interpolated[]): Markdown {
  return new Markdown(literals.reduce((before, literal, at) => before + source(values[at - 1] ?? '') + literal));
}

/** Joins pieces, each made harmless, with a separator of our own. */
export function join(pieces: readonly Interpolated[], separator: string): Markdown {
  return new Markdown(pieces.map(source).join(separator));
}

/** Paragraphs, headings and other blocks, each apart from the next; what is undefined is left out. */
export function blocks(pieces: readonly (Markdown | undefined)[]): Markdown {
  return join(
    pieces.filter((piece) => piece !== undefined),
    '\n\n',
  );
}

/** A list, an item a line. */
export function list(items: readonly Markdown[]): Markdown {
  return join(
    items.map((item) => gfm`- ${item}`),
    '\n',
  );
}

/** Text of ours that uses backticks for code, and nothing else of Markdown. */
export function prose(text: string): Markdown {
  return join(
    text.split(/`([^`]*)`/).map((part, at) => (at % 2 === 0 ? part : code(part))),
    '',
  );
}

/**
 * A link.
 * @param url of our own, absolute
 * @throws TypeError where it is no URL
 */
export function link(label: Interpolated, url: string): Markdown {
  return new Markdown(`<a href="${html(new URL(url).href)}">${source(label)}</a>`);
}

/** Text as code within a line or a table cell, where backticks could not hold a pipe or a backtick. */
export function code(text: string): Markdown {
  return gfm`<code>${text}</code>`;
}

/** Lines as a block of code, in HTML, out of which no text can break. */
export function codeBlock(lines: readonly string[]): Markdown {
  return new Markdown(`<pre><code>${lines.map((line) => html(visible(line))).join('\n')}\n</code></pre>`);
}

/** A table. The cells of a row are those of the head; a pipe or a line break in a cell is escaped like all text. */
export function table(head: readonly Interpolated[], rows: readonly (readonly Interpolated[])[]): Markdown {
  const line = (cells: readonly Interpolated[]) => `| ${cells.map(source).join(' | ')} |`;
  return new Markdown([line(head), line(head.map(() => new Markdown('---'))), ...rows.map(line)].join('\n'));
}

/** A part of the page that is folded until somebody opens it. */
export function details(summary: Interpolated, content: Markdown): Markdown {
  return new Markdown(`<details><summary>${source(summary)}</summary>\n\n${source(content)}\n\n</details>`);
}

function source(value: Interpolated): string {
  return value instanceof Markdown ? value.toString() : escape(String(value)).toString();
}

/*
 * What GitHub looks for in the finished page (mentions, references, formulas, names of emoji) and what it makes a link
 * of without any syntax (mail addresses, URLs). It looks within one piece of text, so a `<wbr>` behind these characters
 * stops it, and copied text stays what it was.
 */
const PARTED = /[@#$]|:(?=\/|[\w+-]+:)|(?<=\bwww)\.|(?<=\bGH)-(?=\d)/;
/* What is syntax anywhere; an underscore within a word is none. */
const SYNTAX = /[&<>"'`*[\]{}|\\~!^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/;
/* What is syntax at the start or end of a line: lists, rules, underlines of headings, indented code, hard breaks. */
const AT_EDGE = /^[-+=]|(?<=^\d{1,9})[.)](?= |$)|^ {2,}|(?<! ) {2,}$/;
const ACTIVE = new RegExp(`(${PARTED.source})|${SYNTAX.source}|${AT_EDGE.source}`, 'gi');

/**
 * Makes text of any origin harmless for Markdown and HTML: what a reader sees is the text, on one line, and no part
 * of it is markup, a link, a mention or a reference. Character references do it, which Markdown never takes for its
 * own syntax.
 */
export function escape(text: string): Markdown {
  return new Markdown(
    visible(text).replace(ACTIVE, (found, parted: string | undefined) => references(found) + (parted ? '<wbr>' : '')),
  );
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, references);
}

/** Each character as a reference by its number, which HTML shows as that character. */
function references(ascii: string): string {
  return ascii.replace(/[^]/g, (character) => `&#${character.charCodeAt(0)};`);
}
