/** One field of a message's header. */
export interface HeaderField {
  /** In lower case. */
  readonly name: string;
  /** Unfolded (RFC 5322 section 2.2.3), without the blanks around it. */
  readonly value: string;
}

/** A message taken apart. */
export interface ParsedMessage {
  /** Every field, in the order of the message; the same name may come again. */
  readonly fields: readonly HeaderField[];
  /** Its lines end in line feeds alone. */
  readonly body: string;
}

/**
 * Takes a message apart, whatever its line ends. A line of the header that is no field is left out.
 * @param message header and body; any octets
 */
export function parseMessage(message: string | Buffer): ParsedMessage {
  const lines = message.toString('utf8').replace(/\r\n/g, '\n');
  const end = lines.indexOf('\n\n');
  const header = end < 0 ? lines : lines.slice(0, end);
  const unfolded = header.replace(/\n(?=[ \t])/g, '');
  const fields = unfolded.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    if (colon < 0) return [];
    return [{ name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() }];
  });
  return { fields, body: end < 0 ? '' : lines.slice(end + 2) };
}

/** The values of every field of that name, in order; `name` is in lower case. */
export function valuesOf({ fields }: ParsedMessage, name: string): readonly string[] {
  return fields.flatMap((field) => (field.name === name ? [field.value] : []));
}
