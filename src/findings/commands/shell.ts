import { isIP } from 'node:net';

/** Quotes everything that a shell could interpret, including brackets, which zsh does. */
export function command(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** EHLO as a word of a command. */
export function ehloLine(ehlo: string | undefined): string {
  return ehlo === undefined ? '"EHLO $(hostname)"' : command([`EHLO ${ehlo}`]);
}

/** A host and a port, with brackets around an IPv6 address. */
export function authority(host: string, port: number): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Prints the lines of a command's output that match, or a text if there is none. Nothing, if the command fails. */
export function orElse(read: string, pattern: string, text: string): string {
  return `r=$(${read}) && { printf '%s\\n' "$r" | grep ${pattern} || echo '${text}'; }`;
}
