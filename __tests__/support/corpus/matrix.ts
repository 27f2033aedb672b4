import type { FindingCode } from '../../../src/findings/codes.js';
import { beneath, close, drip, flood, raw, reset, silence, wait, type Act } from '../dialogue.js';
import { AS_GOOD, TIMEOUT_MS, octets, stoppedAt, wire, type Entry, type Means } from './entry.js';
import { END_OF_DATA, QUIT, STAGES, codeOf, goesOn, serverAt, type Stage } from './stages.js';

/*
 * Every stage of the session with everything that can be wrong with any reply.
 */

/** What a server does at a stage, and the finding. */
interface Behavior {
  readonly name: string;
  readonly acts: (stage: Stage) => readonly Act[];
  /** The finding; undefined if the reply is accepted. */
  readonly found?: { readonly letter?: 'i'; readonly code: FindingCode };
}

const LOST = { code: 'connection-lost' } as const;
const LATE = { code: 'reply-timeout' } as const;
const MALFORMED = { code: 'protocol-error' } as const;

const text = ({ good }: Stage): string => wire(good);
const half = (stage: Stage): string => text(stage).slice(0, 6);
const rest = (stage: Stage): string => text(stage).slice(6);
const more = (stage: Stage): string => `${codeOf(stage)}-more\r\n`;

/** The reply is missing or late. */
const MISSING: readonly Behavior[] = [
  { name: 'does not reply', acts: () => [silence], found: LATE },
  { name: 'closes the connection', acts: () => [close], found: LOST },
  { name: 'resets the connection', acts: () => [reset], found: LOST },
  { name: 'sends half a line and then nothing', acts: (stage) => [raw(half(stage)), silence], found: LATE },
  { name: 'sends half a line and closes the connection', acts: (stage) => [raw(half(stage)), close], found: LOST },
  { name: 'sends half a reply and then nothing', acts: (stage) => [raw(more(stage)), silence], found: LATE },
  { name: 'sends half a reply and closes the connection', acts: (stage) => [raw(more(stage)), close], found: LOST },
  {
    name: 'sends its reply byte by byte',
    // Many times the timeout: on a busy machine most of the time does not count.
    acts: (stage) => [drip(text(stage).replace(/\r\n$/, `${'.'.repeat(99)}$&`), TIMEOUT_MS / 4)],
    found: LATE,
  },
  {
    name: 'sends lines of one reply byte by byte',
    acts: (stage) => [drip(more(stage).repeat(99), TIMEOUT_MS / 40)],
    found: LATE,
  },
];

/** What it sends is not a reply. */
const NOT_A_REPLY: readonly Behavior[] = [
  { name: 'sends text that is not a reply', acts: () => ['hello there'], found: MALFORMED },
  { name: 'sends an empty line', acts: () => [''], found: MALFORMED },
  { name: 'sends only NUL', acts: () => [raw('\0\r\n')], found: MALFORMED },
  { name: 'has a code of four digits', acts: (stage) => [`${codeOf(stage)}0 ok`], found: MALFORMED },
  { name: 'has a code that is too low', acts: () => ['150 ok'], found: MALFORMED },
  { name: 'has a code that is too high', acts: () => ['650 ok'], found: MALFORMED },
  { name: 'has a code in fullwidth digits', acts: () => ['２２０ ok'], found: MALFORMED },
  { name: 'has a colon after the code', acts: (stage) => [`${codeOf(stage)}:ok`], found: MALFORMED },
  { name: 'sends every byte value', acts: () => [raw(EVERY_BYTE)], found: MALFORMED },
  { name: 'mixes codes', acts: (stage) => [`${codeOf(stage)}-one`, '299 two'], found: MALFORMED },
  {
    name: 'continues in a different protocol',
    acts: (stage) => [`${codeOf(stage)}-one`, '* OK two'],
    found: MALFORMED,
  },
];

const EVERY_BYTE = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)), octets('\r\n')]);

/** The reply is too large, or never ends. */
const OVERSIZED: readonly Behavior[] = [
  {
    name: 'sends a line of 5000 bytes',
    acts: (stage) => [`${codeOf(stage)} ${'a'.repeat(5000)}`],
    found: MALFORMED,
  },
  {
    name: 'sends 129 lines',
    acts: (stage) => [raw(more(stage).repeat(128)), `${codeOf(stage)} ok`],
    found: MALFORMED,
  },
  {
    name: 'sends a few lines that are too long in total',
    acts: (stage) => [raw(`${codeOf(stage)}-${'a'.repeat(4000)}\r\n`.repeat(20)), `${codeOf(stage)} ok`],
    found: MALFORMED,
  },
  {
    name: 'sends an endless line',
    acts: (stage) => [raw(`${codeOf(stage)} `), flood('aaaaaaaa')],
    found: MALFORMED,
  },
  { name: 'sends an endless reply', acts: (stage) => [flood(more(stage))], found: MALFORMED },
  { name: 'sends endless empty lines', acts: () => [flood('\r\n')], found: MALFORMED },
  { name: 'sends endless NUL', acts: () => [flood('\0')], found: MALFORMED },
];

/** The reply is unusual but valid. */
const TOLERATED: readonly Behavior[] = [
  {
    name: 'sends its reply in many pieces',
    acts: (stage) => (text(stage).match(/[^]{1,3}/g) ?? []).map(raw),
  },
  {
    name: 'pauses in the middle of a line',
    acts: (stage) => [raw(half(stage)), wait(TIMEOUT_MS / 20), raw(rest(stage))],
  },
  {
    name: 'has control characters in its text',
    acts: (stage) => [raw(octets(`${codeOf(stage)}-\0\x07\x1b[2J\r\x80\xff\r\n`)), raw(text(stage))],
  },
  {
    name: 'sends no text in its first lines',
    acts: (stage) => [`${codeOf(stage)}-`, `${codeOf(stage)}- `, ...stage.good],
  },
];

const SHUTTING_DOWN = '421 4.3.2 Shutting down';

/** The rows of the matrix. */
export function matrix(means: Means): Entry[] {
  return [...STAGES, QUIT].flatMap((stage, at) => [
    ...[...MISSING, ...NOT_A_REPLY, ...OVERSIZED].map((behavior) => entry(stage, behavior, means)),
    entry(stage, { ...SENDS_421 }, means),
    ...TOLERATED.map((behavior) =>
      entry(stage, { ...behavior, acts: () => [...behavior.acts(stage), ...goesOn(stage)] }, means),
    ),
    bareLineFeeds(stage, means),
    ...unsolicited(stage, means),
    ...early(STAGES[at - 1], stage, means),
    ...(stage.verb?.startsWith('tls:') ? [truncated(stage, means), garbled(stage, means)] : []),
  ]);
}

const SENDS_421: Behavior = {
  name: 'sends 421',
  acts: () => [SHUTTING_DOWN, close],
  found: { letter: 'i', code: 'throttled' },
};

function entry(stage: Stage, { name, acts, found }: Behavior, means: Means): Entry {
  return {
    name: `${stage.name}: ${name}`,
    server: serverAt(stage, means, acts(stage)),
    ...(found && stage !== QUIT ? stoppedAt(stage.step, found.letter ?? 'f', found.code) : AS_GOOD),
  };
}

/** Accepted with a warning, except after QUIT. */
function bareLineFeeds(stage: Stage, means: Means): Entry {
  const { step, good, name } = stage;
  const acts = [raw(text(stage).replaceAll('\r', '')), ...goesOn(stage)];
  const warned = { steps: `${'p'.repeat(step)}w${'p'.repeat(4 - step)}` };
  return {
    name: `${name}: ends ${good.length === 1 ? 'its line' : 'its lines'} with LF alone`,
    server: serverAt(stage, means, acts),
    ...(stage === QUIT ? AS_GOOD : { ...warned, codes: [...AS_GOOD.codes, 'bare-line-feed'] }),
  };
}

/** A correct reply with unsolicited data after it, which is unencrypted after STARTTLS. */
function unsolicited(stage: Stage, means: Means): Entry[] {
  const isUnencrypted = stage.verb === 'plain:STARTTLS';
  const come = (acts: readonly Act[], letter: 'f' | 'i', code: FindingCode) => ({
    server: serverAt(stage, means, acts),
    ...(stage === QUIT
      ? AS_GOOD
      : stoppedAt(stage.next, isUnencrypted ? 'f' : letter, isUnencrypted ? 'plaintext-after-starttls' : code)),
  });
  return [
    { name: `${stage.name}: replies twice`, ...come([...stage.good, ...stage.good], 'f', 'protocol-error') },
    { name: `${stage.name}: replies endlessly`, ...come([flood(text(stage))], 'f', 'protocol-error') },
    {
      name: `${stage.name}: replies, and sends half a line`,
      ...come([raw(text(stage) + '25')], 'f', 'protocol-error'),
    },
    {
      name: `${stage.name}: replies, and sends 421`,
      ...come([...stage.good, SHUTTING_DOWN, close], 'i', 'throttled'),
      // The server is already responsible for the message (RFC 5321 section 3.8).
      ...(stage === END_OF_DATA && AS_GOOD),
    },
  ];
}

/** The reply comes before the command, after the reply of the previous stage. */
function early(before: Stage | undefined, stage: Stage, means: Means): Entry[] {
  if (!before || stage.verb === 'tls:EHLO') return [];
  return [
    {
      name: `${stage.name}: replies before the command`,
      server: serverAt(before, means, [...before.good, ...stage.good]),
      ...stoppedAt(before.next, 'f', 'protocol-error'),
    },
  ];
}

/** An end that anyone in transit could have caused (RFC 8446 section 6.1). */
function truncated(stage: Stage, means: Means): Entry {
  return {
    name: `${stage.name}: ends the connection without close_notify`,
    server: serverAt(stage, means, [beneath(close)]),
    ...(stage === QUIT ? AS_GOOD : stoppedAt(stage.step, 'f', 'connection-lost')),
  };
}

function garbled(stage: Stage, means: Means): Entry {
  return {
    name: `${stage.name}: replies unencrypted, below TLS`,
    server: serverAt(stage, means, [beneath(...stage.good), silence]),
    ...(stage === QUIT ? AS_GOOD : stoppedAt(stage.step, 'f', 'connection-lost')),
  };
}
