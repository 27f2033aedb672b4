import type { Reply } from '../smtp/reply.js';

/**
 * What a server says in words of its own, for whoever looks for words that tell what it means: a recipient at
 * `relay.example.com` is no matter of relaying. Addresses, host names, numbers with dots and what stands in angle
 * brackets are quoted and not said; a link is said.
 * @returns the texts of all lines as one, in lower case
 */
export function wordsOf({ lines }: Reply): string {
  const text = lines.map(({ exact }) => exact).join(' ');
  const words = text
    .toLowerCase()
    .replace(/<[^<>\s]*>/g, ' ')
    .split(/\s+/);
  return words.filter((word) => word.includes('://') || !/@|\w\.\w/.test(word)).join(' ');
}
