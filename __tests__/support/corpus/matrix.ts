import type { FindingCode } from '../../../src/findings/catalog.js';
import { beneath, close, drip, flood, raw, reset, silence, wait, type Act } from '../dialogue.js';
import { AS_GOOD, TIMEOUT_MS, octets, stoppedAt, wire, type Entry, type Means } from './entry.js';
import { END_OF_DATA, QUIT, STAGES, codeOf, goesOn, serverAt, type Stage } from './stages.js';

/*
 * Every stage of the dialogue with everything that can be wrong with an answer, whichever it is an answer to.
 */

/** What a server does at a stage, and what that comes to. */
interface Behaviour {
  readonly name: string;
  readonly acts: (stage: Stage) => readonly Act[];
  /** Where an answer is wrong. */
  readonly found?: { readonly letter?: 'i'; readonly code: FindingCode };
}

const LOST = { code: 'connection-lost' } as const;
const LATE = { code: 'reply-timeout' } as const;
const MALFORMED = { code: 'protocol-error' } as const;

const text = ({ good }: Stage): string => wire(good);
const half = (stage: Stage): string => text(stage).slice(0, 6);
const rest = (stage: Stage): string => text(stage).slice(6);
const more = (stage: Stage): string => `${codeOf(stage)}-more\r\n`;

/** The answer is not there, or not in time. */
const MISSING: readonly Behaviour[] = [
  { name: 'says nothing', acts: () => [silence], found: LATE },
  { name: 'hangs up', acts: () => [close], found: LOST },
  { name: 'resets the connection', acts: () => [reset], found: LOST },
  { name: 'says half a line and no more', acts: (stage) => [raw(half(stage)), silence], found: LATE },
  { name: 'says half a line and hangs up', acts: (stage) => [raw(half(stage)), close], found: LOST },
  { name: 'says half a reply and no more', acts: (stage) => [raw(more(stage)), silence], found: LATE },
  { name: 'says half a reply and hangs up', acts: (stage) => [raw(more(stage)), close], found: LOST },
  { name: 'drips its answer', acts: (stage) => [drip(text(stage), TIMEOUT_MS / 4)], found: LATE },
  { name: 'drips lines of one reply', acts: (stage) => [drip(more(stage).repeat(99), TIMEOUT_MS / 40)], found: LATE },
];

/** What comes is no reply. */
const MALFORMEDLY: readonly Behaviour[] = [
  { name: 'says what is no reply', acts: () => ['hello there'], found: MALFORMED },
  { name: 'says an empty line', acts: () => [''], found: MALFORMED },
  { name: 'says NUL, and nothing else', acts: () => [raw('\0\r\n')], found: MALFORMED },
  { name: 'has a code of four digits', acts: (stage) => [`${codeOf(stage)}0 ok`], found: MALFORMED },
  { name: 'has a code that is too low', acts: () => ['150 ok'], found: MALFORMED },
  { name: 'has a code that is too high', acts: () => ['650 ok'], found: MALFORMED },
  { name: 'has its code in full-width digits', acts: () => ['２２０ ok'], found: MALFORMED },
  { name: 'puts a colon behind the code', acts: (stage) => [`${codeOf(stage)}:ok`], found: MALFORMED },
  { name: 'says every octet there is', acts: () => [raw(EVERY_OCTET)], found: MALFORMED },
  { name: 'mixes codes', acts: (stage) => [`${codeOf(stage)}-one`, '299 two'], found: MALFORMED },
  { name: 'goes on in another protocol', acts: (stage) => [`${codeOf(stage)}-one`, '* OK two'], found: MALFORMED },
];

const EVERY_OCTET = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)), octets('\r\n')]);

/** The answer is too large, or never ends. */
const OVERSIZED: readonly Behaviour[] = [
  {
    name: 'says a line of 5000 octets',
    acts: (stage) => [`${codeOf(stage)} ${'a'.repeat(5000)}`],
    found: MALFORMED,
  },
  {
    name: 'says 129 lines',
    acts: (stage) => [raw(more(stage).repeat(128)), `${codeOf(stage)} ok`],
    found: MALFORMED,
  },
  {
    name: 'says few lines that are too much together',
    acts: (stage) => [raw(`${codeOf(stage)}-${'a'.repeat(4000)}\r\n`.repeat(20)), `${codeOf(stage)} ok`],
    found: MALFORMED,
  },
  {
    name: 'says a line without end',
    acts: (stage) => [raw(`${codeOf(stage)} `), flood('aaaaaaaa')],
    found: MALFORMED,
  },
  { name: 'says a reply without end', acts: (stage) => [flood(more(stage))], found: MALFORMED },
  { name: 'says empty lines without end', acts: () => [flood('\r\n')], found: MALFORMED },
  { name: 'says NUL without end', acts: () => [flood('\0')], found: MALFORMED },
];

/** The answer is odd, and as good as any. */
const TOLERATED: readonly Behaviour[] = [
  {
    name: 'says its answer in many pieces',
    acts: (stage) => (text(stage).match(/[^]{1,3}/g) ?? []).map(raw),
  },
  {
    name: 'rests in the middle of a line',
    acts: (stage) => [raw(half(stage)), wait(TIMEOUT_MS / 20), raw(rest(stage))],
  },
  {
    name: 'has control characters in its text',
    acts: (stage) => [raw(octets(`${codeOf(stage)}-\0\x07\x1b[2J\r\x80\xff\r\n`)), raw(text(stage))],
  },
  {
    name: 'says no text in its first lines',
    acts: (stage) => [`${codeOf(stage)}-`, `${codeOf(stage)}- `, ...stage.good],
  },
];

const SHUTTING_DOWN = '421 4.3.2 Shutting down';

/** The rows of the matrix. */
export function matrix(means: Means): Entry[] {
  return [...STAGES, QUIT].flatMap((stage, at) => [
    ...[...MISSING, ...MALFORMEDLY, ...OVERSIZED].map((behaviour) => entry(stage, behaviour, means)),
    entry(stage, { ...SAYS_421 }, means),
    ...TOLERATED.map((behaviour) =>
      entry(stage, { ...behaviour, acts: () => [...behaviour.acts(stage), ...goesOn(stage)] }, means),
    ),
    bareLineFeeds(stage, means),
    ...unsolicited(stage, means),
    ...early(STAGES[at - 1], stage, means),
    ...(stage.verb?.startsWith('tls:') ? [truncated(stage, means), garbled(stage, means)] : []),
  ]);
}

const SAYS_421: Behaviour = {
  name: 'says 421',
  acts: () => [SHUTTING_DOWN, close],
  found: { letter: 'i', code: 'throttled' },
};

function entry(stage: Stage, { name, acts, found }: Behaviour, means: Means): Entry {
  return {
    name: `${stage.name}: ${name}`,
    server: serverAt(stage, means, acts(stage)),
    ...(found && stage !== QUIT ? stoppedAt(stage.step, found.letter ?? 'f', found.code) : AS_GOOD),
  };
}

/** Read on, and remarked upon; behind QUIT nobody remarks any more. */
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

/** A good answer, and something behind it that nobody has asked for. Behind STARTTLS that is in the clear. */
function unsolicited(stage: Stage, means: Means): Entry[] {
  const inTheClear = stage.verb === 'plain:STARTTLS';
  const come = (acts: readonly Act[], letter: 'f' | 'i', code: FindingCode) => ({
    server: serverAt(stage, means, acts),
    ...(stage === QUIT
      ? AS_GOOD
      : stoppedAt(stage.next, inTheClear ? 'f' : letter, inTheClear ? 'plaintext-after-starttls' : code)),
  });
  return [
    { name: `${stage.name}: answers twice`, ...come([...stage.good, ...stage.good], 'f', 'protocol-error') },
    { name: `${stage.name}: answers without end`, ...come([flood(text(stage))], 'f', 'protocol-error') },
    { name: `${stage.name}: answers, and half a line`, ...come([raw(text(stage) + '25')], 'f', 'protocol-error') },
    {
      name: `${stage.name}: answers, and 421`,
      ...come([...stage.good, SHUTTING_DOWN, close], 'i', 'throttled'),
      // The message is the server's by then (RFC 5321 section 3.8).
      ...(stage === END_OF_DATA && AS_GOOD),
    },
  ];
}

/** The answer comes before the question, behind the answer of the stage before. */
function early(before: Stage | undefined, stage: Stage, means: Means): Entry[] {
  if (!before || stage.verb === 'tls:EHLO') return [];
  return [
    {
      name: `${stage.name}: answers before it is asked`,
      server: serverAt(before, means, [...before.good, ...stage.good]),
      ...stoppedAt(before.next, 'f', 'protocol-error'),
    },
  ];
}

/** An end that anybody on the way could have made: RFC 8446 section 6.1. */
function truncated(stage: Stage, means: Means): Entry {
  return {
    name: `${stage.name}: ends the connection without close_notify`,
    server: serverAt(stage, means, [beneath(close)]),
    ...(stage === QUIT ? AS_GOOD : stoppedAt(stage.step, 'f', 'connection-lost')),
  };
}

function garbled(stage: Stage, means: Means): Entry {
  return {
    name: `${stage.name}: answers in the clear, beneath TLS`,
    server: serverAt(stage, means, [beneath(...stage.good), silence]),
    ...(stage === QUIT ? AS_GOOD : stoppedAt(stage.step, 'f', 'connection-lost')),
  };
}
