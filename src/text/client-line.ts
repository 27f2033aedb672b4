import { fixed, own, type OwnText } from './own.js';

/** The commands of SMTP, POP3 and IMAP (after a tag) that the gate sends, and what follows them in any session. */
const COMMAND =
  /^(?:(?:EHLO|HELO|LHLO|MAIL FROM:|RCPT TO:|AUTH(?: [A-Z\d-]+)?|DATA|RSET|NOOP|QUIT|STARTTLS|STLS|CAPA|USER|PASS|STAT|LIST|UIDL|TOP|RETR|DELE)|[A-F\d]+ (?:UID )?[A-Z]+)(?![^\s<])/;

/** A line that the gate sends: its command is our own word, and what follows is a value. */
export function clientLine(line: string): OwnText {
  const [command = ''] = COMMAND.exec(line) ?? [];
  return own`${fixed(command)}${line.slice(command.length)}`;
}
