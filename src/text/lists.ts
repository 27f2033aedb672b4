/** What a line of a text starts with if it is an item of a list. */
const ITEM = '- ';

/**
 * A text with a list below it.
 * @param lead a sentence, which outputs also show without the list
 * @param items sentences, the most likely or most useful first
 */
export function listOf(lead: string, items: readonly string[]): string {
  return [lead, ...items.map((item) => ITEM + item)].join('\n');
}

/** Texts as one: a text after a list starts on a line of its own. */
export function together(texts: readonly string[]): string {
  return texts.reduce((before, text) => `${before}${before.includes('\n') ? '\n' : ' '}${text}`);
}

/** A paragraph, or items of a list, which are without their marks. */
export type Part = { readonly paragraph: string } | { readonly items: readonly string[] };

/** The paragraphs and lists of a text, in their order. */
export function partsOf(text: string): Part[] {
  const parts: ({ paragraph: string } | { items: string[] })[] = [];
  for (const line of text.split('\n')) {
    const last = parts.at(-1);
    if (!line.startsWith(ITEM)) parts.push({ paragraph: line });
    else if (last && 'items' in last) last.items.push(line.slice(ITEM.length));
    else parts.push({ items: [line.slice(ITEM.length)] });
  }
  return parts;
}
