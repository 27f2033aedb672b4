import { UNSEEN, visible } from './peer.js';

/*
 * The runner trims a line, and obeys it if it starts with `::`; failing that, it looks for `##[` anywhere in it.
 * It looks by the rules of a culture, which skip characters that have no width, so they are skipped here too.
 */
const COMMAND_AT_START = /^([\s\p{Default_Ignorable_Code_Point}]*:)(?=\p{Default_Ignorable_Code_Point}*:)/u;
const OLD_COMMAND = /#(?=\p{Default_Ignorable_Code_Point}*#\p{Default_Ignorable_Code_Point}*\[)/gu;

/**
 * Makes a line that the GitHub runner shows and never obeys, and that does nothing to a terminal either:
 * a blank stands in what would be a workflow command, and control characters and line breaks are made visible.
 * @param text text of any origin
 * @returns one line
 */
export function neutralise(text: string): string {
  return visible(text).replace(COMMAND_AT_START, '$1 ').replace(OLD_COMMAND, '# ');
}

/**
 * Writes what a terminal or a runner could obey, or a reader not see, as escapes of JSON: whoever parses it gets the
 * same texts. No line of JSON starts with `::`.
 * @param json indented or not
 */
export function neutraliseJson(json: string): string {
  return json
    .replace(OLD_COMMAND, '\\u0023')
    .replace(UNSEEN, (character) => (character === '\n' ? character : escapes(character)));
}

function escapes(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));
  return units.map((unit) => `\\u${unit}`).join('');
}
