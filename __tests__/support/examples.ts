import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every page of the documentation, written or generated. */
export const PAGES: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...['docs', 'docs/adr', 'docs/recipes'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

export const RECIPES: readonly string[] = PAGES.filter(
  (page) => page.startsWith('docs/recipes/') && !page.endsWith('README.md'),
);

/** A fenced block of a page. */
export interface Example {
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** The path in its first line, if it is a complete file: `# .github/workflows/mail.yml`. */
  readonly path?: string;
}

const FENCED = /^```(\w*)\n(.*?)^```$/gms;

/** The text of a page without its fenced blocks. */
export function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replaceAll(FENCED, '');
}

export function examplesOf(page: string): Example[] {
  return [...readFileSync(page, 'utf8').matchAll(FENCED)].map(([, language = '', text = '']) => {
    const path = /^# (\.?[\w-]+\/[\w./-]+)\n/.exec(text)?.[1];
    return { page, language, text, ...(path !== undefined && { path }) };
  });
}

/** Replaces each `${{ expression }}` with its value. @throws {Error} for one without a value */
export function withValues(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ ?(.+?) ?\}\}/g, (_, expression: string) => {
    const value = values[expression];
    if (value === undefined) throw new Error(`The test has no value for ${expression}`);
    return value;
  });
}
