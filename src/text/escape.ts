import { UNSEEN, visible } from './peer.js';

/*
 * The runner trims a line and executes it if it starts with `::`; otherwise it looks for `##[` anywhere in it. Its
 * comparison depends on the culture and ignores characters that have no width, so they are ignored here too.
 */
const COMMAND_AT_START = /^([\s\p{Default_Ignorable_Code_Point}]*:)(?=\p{Default_Ignorable_Code_Point}*:)/u;
const OLD_COMMAND = /#(?=\p{Default_Ignorable_Code_Point}*#\p{Default_Ignorable_Code_Point}*\[)/gu;

/**
 * Escapes a text for the log of a GitHub runner and for a terminal: the result is one line without a workflow command
 * or a control character.
 */
export function escapeLine(text: string): string {
  return visible(text).replace(COMMAND_AT_START, '$1 ').replace(OLD_COMMAND, '# ');
}

/** Nearly all JSON. It is recognized much faster than the classes of Unicode. */
const ASCII_LINES = /^[ -~\n]*$/;

/** The same for JSON, which still parses to the same values. No line of JSON starts with `::`. */
export function escapeJson(json: string): string {
  const withoutCommands = json.replace(OLD_COMMAND, '\\u0023');
  if (ASCII_LINES.test(withoutCommands)) return withoutCommands;
  return withoutCommands.replace(UNSEEN, (character) => (character === '\n' ? character : unicodeEscapes(character)));
}

function unicodeEscapes(character: string): string {
  return character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
