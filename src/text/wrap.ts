/**
 * Splits a text into lines at its spaces, but not inside `code` that fits into a line. A word that is longer than a line
 * stays whole.
 * @param width the length of a line, in UTF-16 code units; undefined means no limit
 */
export function wrap(text: string, width: number | undefined): string[] {
  if (width === undefined || text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of wordsOf(text, width)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width && line !== '') {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** The same with a hanging indent: the first line follows `indent`, and the others begin with as many spaces. */
export function hang(indent: string, text: string, width: number | undefined): string[] {
  const lines = wrap(text, width === undefined ? undefined : Math.max(width - indent.length, NARROWEST));
  return lines.map((line, index) => (index === 0 ? indent : ' '.repeat(indent.length)) + line);
}

const NARROWEST = 20;

function wordsOf(text: string, width: number): string[] {
  const words = text.match(/(?:`[^`]*`|\S)+/g) ?? [];
  return words.flatMap((word) => (word.length > width ? word.split(/\s+/) : [word]));
}
