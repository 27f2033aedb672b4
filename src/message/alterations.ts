import { mostOctets } from '../inbox/inbox.js';
import { parseMessage, valuesOf } from './fields.js';
import type { Probe } from './probe.js';

/**
 * Whether this is the probe, whatever Message-ID it was given on the way. A bounce or an automatic answer may have
 * its Subject and even quote its body, and is from somebody else.
 * @param received header and body as the inbox has them
 */
export function isProbe(sent: Probe, received: Buffer): boolean {
  const message = parseMessage(received);
  const has = (name: string, text: string): boolean => valuesOf(message, name).some((value) => value.includes(text));
  const [from = ''] = valuesOf(parseMessage(sent.text), 'from');
  return has('subject', sent.nonce) && has('from', from) && message.body.split('\n').includes(sent.nonce);
}

/**
 * Compares what arrived with what was sent: every header field that was set, unfolded (RFC 5322 section 2.2.3),
 * once and no more, and the body, line ends aside. Other fields that were added on the way are no alteration.
 * @param received header and body as the inbox has them
 * @returns what differs, in words; nothing where the message is intact
 */
export function alterations(sent: Probe, received: Buffer): readonly string[] {
  const before = parseMessage(sent.text);
  const after = parseMessage(received);
  const fields = before.fields.flatMap(({ name, value }) => fieldDifference(name, value, valuesOf(after, name)));
  const most = mostOctets(Buffer.byteLength(sent.text));
  const size = received.length < most ? [] : [`the message has ${most} octets or more`];
  return [...fields, ...bodyDifference(before.body, after.body), ...size];
}

/** Readers differ in which one of several they show, so a second one is an alteration, whatever it says. */
function fieldDifference(name: string, was: string, is: readonly string[]): string[] {
  const [first, ...more] = is;
  if (first === undefined) return [`${name} is missing`];
  if (more.length > 0) return [`${name} was "${was}" and is there ${is.length} times: "${is.join('", "')}"`];
  return first === was ? [] : [`${name} was "${was}" and is "${first}"`];
}

/** Some stores take or add an empty line at the end; more than that was added by somebody. */
const LAST_LINE_ENDS = /\n{1,2}$/;

function bodyDifference(before: string, after: string): string[] {
  const was = before.replace(LAST_LINE_ENDS, '');
  const is = after.replace(LAST_LINE_ENDS, '');
  return was === is ? [] : [lineDifference(was.split('\n'), is.split('\n'))];
}

function lineDifference(was: readonly string[], is: readonly string[]): string {
  const at = was.findIndex((line, i) => line !== is[i]);
  if (at < 0) return `the body has ${is.length - was.length} lines more, beginning with "${is[was.length] ?? ''}"`;
  return `line ${at + 1} of the body was "${was[at] ?? ''}" and is "${is[at] ?? 'missing'}"`;
}
