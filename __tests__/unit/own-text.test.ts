import { clientLine } from '../../src/text/client-line.js';
import { exactly, fixed, join, own, renderAll } from '../../src/text/own.js';

/** Our own words are never redacted, and values always are. */

const redact = (value: string): string => value.replaceAll('server', '<redacted>');

test('only the values are redacted, at any depth', () => {
  const clause = own`, not the server ${'server.example'}`;
  const text = own`The server replied with "${'server'}"${clause} on port ${25}.`;
  expect(text.render(redact)).toBe(
    'The server replied with "<redacted>", not the server <redacted>.example on port 25.',
  );
  expect(exactly(text)).toBe('The server replied with "server", not the server server.example on port 25.');
});

test('texts can be joined, and a word from a fixed set is our own', () => {
  const all = join([own`the server`, fixed('server'), own`${'server'}`], ', ');
  expect(all.render(redact)).toBe('the server, server, <redacted>');
  expect(join([], ', ').render(redact)).toBe('');
});

test('a string in a record is a value as a whole', () => {
  const texts = { reply: '535 the server', awaited: own`the reply of the server` };
  expect(renderAll(texts, redact)).toEqual({ reply: '535 the <redacted>', awaited: 'the reply of the server' });
});

test.each([
  ['EHLO server', 'EHLO <redacted>'],
  ['MAIL FROM:<server@a.example> SIZE=1', 'MAIL FROM:<<redacted>@a.example> SIZE=1'],
  ['AUTH PLAIN server', 'AUTH PLAIN <redacted>'],
  ['A3 SELECT server', 'A3 SELECT <redacted>'],
  ['A4 UID SEARCH server', 'A4 UID SEARCH <redacted>'],
  ['TOP 1 server', 'TOP 1 <redacted>'],
  ['server', '<redacted>'],
])('of the line %s, only the values are redacted', (line, expected) => {
  expect(clientLine(line).render(redact)).toBe(expected);
});

test.each(['EHLO', 'MAIL FROM:', 'RCPT TO:', 'AUTH PLAIN', 'DATA', 'STARTTLS', 'STLS', 'QUIT', 'A1 STARTTLS'])(
  'the command %s is not redacted, whatever the password is',
  (command) => {
    expect(clientLine(command).render(() => '')).toBe(command);
    expect(clientLine(`${command} <x>`).render(() => '')).toBe(command);
  },
);

test('a word that only begins like a command is a value', () => {
  expect(clientLine('DATABASE').render(() => '<redacted>')).toBe('<redacted>');
});
